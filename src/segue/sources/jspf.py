"""Playlists as JSPF: XSPF in JSON, what ListenBrainz and others write.

Reference: https://www.xspf.org/jspf; recording ids as in
https://musicbrainz.org/doc/jspf.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from segue.errors import BadTableError
from segue.records import OutsideId, PlaylistRecord, Rejection, TrackRecord
from segue.sources.credits import split_credit
from segue.sources.json_text import amount, said
from segue.sources.paths import is_web, locate, unquoted
from segue.sources.values import isrc, musicbrainz_id, spotify_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_jspf(
    content: Any,  # noqa: ANN401 (any JSON)
    *,
    path: Path,
) -> Iterator[PlaylistRecord | Rejection]:
    """One playlist.

    Parameters
    ----------
    content
        The playlist as JSON holds it.
    path
        Its file: what it is known by, and where relative locations start.

    Yields
    ------
    PlaylistRecord or Rejection
        The playlist, after a rejection for every entry that names no track.

    Raises
    ------
    BadTableError
        It is no JSPF playlist.
    """
    playlist = content.get("playlist") if isinstance(content, dict) else None
    tracks = playlist.get("track") if isinstance(playlist, dict) else None
    if not isinstance(playlist, dict) or not isinstance(tracks, list):
        raise BadTableError(
            "this JSON holds no playlist with a list of tracks",
            where=str(path),
            remedy='A JSPF playlist is {"playlist": {"track": […]}}',
        )
    folder = path.parent.resolve()
    entries: list[TrackRecord] = []
    for number, track in enumerate(tracks, start=1):
        entry = _entry(track, folder, f"{path.name}, entry {number}")
        if entry is None:
            reason = f"entry {number} names no track"
            yield Rejection(place=str(path), line=None, reason=reason)
        else:
            entries.append(entry)
    yield PlaylistRecord(
        title=said(playlist.get("title")) or path.stem,
        outside_id=OutsideId("jspf", str(folder / path.name)),
        entries=tuple(entries),
        description=said(playlist.get("annotation")),
        modified=_time(said(playlist.get("date"))),
    )


def _entry(track: object, folder: Path, place: str) -> TrackRecord | None:
    if not isinstance(track, dict):
        return None
    ids = dict.fromkeys(
        found
        for word in (*_listed(track.get("identifier")), *_listed(track.get("location")))
        if (found := _outside_id(word, folder)) is not None
    )
    title = said(track.get("title"))
    if not title and not ids:
        return None
    duration = amount(track.get("duration"))
    return TrackRecord(
        title=title,
        artists=split_credit(said(track.get("creator"))),
        album=said(track.get("album")),
        outside_ids=tuple(ids),
        duration=None if duration is None else duration / 1_000,
        place=place,
    )


def _listed(value: object) -> list[str]:
    """Texts of what may be one text or a list of them."""
    found = value if isinstance(value, list) else [value]
    return [text for item in found if (text := said(item))]


def _outside_id(word: str, folder: Path) -> OutsideId | None:
    """The id an identifier or location gives a track; None for one that means nothing here."""
    plain = word.casefold()
    try:
        if "musicbrainz.org/recording/" in plain:
            return _named("musicbrainz", musicbrainz_id(word))
        if "spotify:track:" in plain or "open.spotify.com/" in plain:
            return _named("spotify", spotify_id(word))
        if "isrc:" in plain:
            return _named("isrc", isrc(word.rpartition(":")[2]))
    except ValueError:
        return None
    if is_web(word) or plain.startswith("urn:"):
        return None
    # What is relative is an address too, with blanks and the like written as %20.
    place = word if plain.startswith("file://") else unquoted(word)
    return OutsideId("path", str(locate(place, folder=folder)))


def _named(scheme: str, value: str | None) -> OutsideId | None:
    return None if value is None else OutsideId(scheme, value)


def _time(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
