"""Listens as ListenBrainz exports them: JSON objects, one a line, in a list, or in an archive.

A listen has ``listened_at`` (seconds since 1970) and ``track_metadata`` with names and, in
``additional_info`` or ``mbid_mapping``, identifiers.

Reference: https://listenbrainz.readthedocs.io/en/latest/users/json.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.errors import BadTableError
from segue.records import OutsideId, Play, Rejection, TrackRecord
from segue.sources.credits import split_credit
from segue.sources.encodings import BREAKS, open_bytes
from segue.sources.json_text import amount, open_members, parse_json, read_json, said
from segue.sources.values import isrc, musicbrainz_id, spotify_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_LONGEST = 1 << 20


def read_listens(path: Path) -> Iterator[Play | Rejection]:
    """Plays of a ListenBrainz export; a listen that names nothing is a rejection.

    Raises
    ------
    BadTableError
        The file is no JSON or no archive, or holds no listens.
    """
    name = path.name.casefold()
    if name.endswith(".zip"):
        return _archive(path)
    if name.endswith((".jsonl", ".jsonl.gz")):
        return _file_of_lines(path)
    return _listed(path)


def _listed(path: Path) -> Iterator[Play | Rejection]:
    content = read_json(path)
    if isinstance(content, dict):
        payload = content.get("payload", content)
        content = payload.get("listens") if isinstance(payload, dict) else None
    if not isinstance(content, list):
        raise BadTableError(
            "this JSON holds no list of listens",
            where=str(path),
            remedy="Give an export of ListenBrainz",
        )
    for number, listen in enumerate(content, start=1):
        yield _play(listen, str(path), number, listener="")


def _archive(path: Path) -> Iterator[Play | Rejection]:
    listener = ""
    for where, data in open_members(path, "user.json", needed=False):
        if isinstance(data, bytes):
            about = parse_json(data, where=where)
            listener = said(about.get("username")) if isinstance(about, dict) else ""
    for where, data in open_members(path, ".jsonl"):
        if isinstance(data, BadTableError):
            yield Rejection(place=where, line=None, reason=data.what)
        else:
            yield from _lines(data.splitlines(), where, listener=listener)


def _file_of_lines(path: Path) -> Iterator[Play | Rejection]:
    with open_bytes(path) as stream:
        yield from _lines(iter(lambda: stream.readline(_LONGEST), b""), str(path), listener="")


def _lines(lines: Iterable[bytes], where: str, *, listener: str) -> Iterator[Play | Rejection]:
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                listen = parse_json(line, where=where)
            except BadTableError as problem:
                yield Rejection(place=where, line=number, reason=problem.what)
            else:
                yield _play(listen, where, number, listener=listener)
    except BREAKS as problem:
        reason = f"the compressed file breaks off here ({problem})"
        yield Rejection(place=where, line=number + 1, reason=reason)


def _play(listen: object, where: str, number: int, *, listener: str) -> Play | Rejection:
    about = listen.get("track_metadata") if isinstance(listen, dict) else None
    if not isinstance(listen, dict) or not isinstance(about, dict):
        return Rejection(place=where, line=number, reason="it is no listen with track_metadata")
    title, artist = said(about.get("track_name")), said(about.get("artist_name"))
    ids = tuple(_outside_ids(about))
    if not (title or artist or ids):
        return Rejection(place=where, line=number, reason="it names neither a track nor an artist")
    details = _object(about.get("additional_info"))
    length = amount(details.get("duration_ms"))
    seconds = amount(details.get("duration")) if length is None else length / 1_000
    track = TrackRecord(
        title=title,
        artists=split_credit(artist),
        album=said(about.get("release_name")),
        outside_ids=ids,
        duration=seconds,
        place=f"{where.rpartition('/')[2]}, line {number}",
    )
    name = said(listen.get("user_name")) or listener
    return Play(listener=name, track=track, at=amount(listen.get("listened_at")))


def _outside_ids(about: dict[str, Any]) -> Iterator[OutsideId]:
    details, mapped = _object(about.get("additional_info")), _object(about.get("mbid_mapping"))
    recording = said(details.get("recording_mbid")) or said(mapped.get("recording_mbid"))
    found: tuple[tuple[str, Callable[[str], str | None], str], ...] = (
        ("musicbrainz", musicbrainz_id, recording),
        ("isrc", isrc, said(details.get("isrc"))),
        ("spotify", spotify_id, said(details.get("spotify_id"))),
    )
    for scheme, parse, text in found:
        try:
            value = parse(text)
        except ValueError:
            continue  # players send all kinds of things here; the names still say what was heard
        if value is not None:
            yield OutsideId(scheme, value)


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
