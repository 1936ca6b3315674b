"""What a music file says of itself: its tags as a track record, and its embedded picture.

A file is never lost over its tags: where they are damaged or missing, the name of the file says
what it can (see `segue.sources.filenames`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.names import fold
from segue.records import OutsideId, TrackRecord
from segue.sources import values
from segue.sources.containers import gather, open_tags, pictures
from segue.sources.credits import split_credit, split_genres
from segue.sources.filenames import read_name
from segue.sources.formats import mpeg_seconds, sniff
from segue.sources.json_text import said
from segue.sources.lyrics import lyrics_beside, plain_lyrics
from segue.sources.riff import wav_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from segue.sources.containers import Texts

logger = logging.getLogger("segue.sources.tags")

LARGEST_ART = 10 << 20
"""Bytes an embedded picture may have."""

_LONGEST_NAME = 1_000
_LONGEST_DURATION = 30 * 86_400
_UNKNOWN_MODE = 0
_RESERVED = frozenset({"path", "record"})
"""Schemes no tag may claim: they say where a record was found, not what it is."""

_IMAGES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Tagged:
    """What a file says of itself: `duration` in seconds where its header tells, `art` if any."""

    track: TrackRecord
    duration: float | None = None
    art: bool = False


def read_tags(path: Path, *, format: str | None = None) -> Tagged:
    """Read the tags of a music file.

    Parameters
    ----------
    path
        An audio file.
    format
        What it is (`segue.sources.formats`); looked at when None.

    Returns
    -------
    Tagged
        A record whose title is never blank. Guests named after "feat." are artists of their own,
        genre numbers are names, lyrics come from the tags or from an ``.lrc`` beside the file.

    Raises
    ------
    OSError
        The file cannot be read at all.
    """
    kind = _format(path) if format is None else format
    file = open_tags(path, format=kind) if kind else None
    texts: Texts = {}
    art = False
    try:
        texts = gather(path, file, format=kind)
        art = any(image_type(data) for data in pictures(path, file, format=kind))
    except Exception as problem:
        logger.warning("%s: tags are damaged (%s: %s)", path, type(problem).__name__, problem)
    duration = _duration(path, file, kind)
    return Tagged(_record(path, texts, duration), duration, art)


def _duration(path: Path, file: Any, kind: str) -> float | None:  # noqa: ANN401
    """Seconds as the file's headers have it, where they can be trusted; else counted."""
    info = getattr(file, "info", None)
    if kind == "wav":
        found = wav_seconds(path)
    elif kind == "mp3" and (info is None or info.bitrate_mode == _UNKNOWN_MODE):
        found = mpeg_seconds(path)
    else:
        found = getattr(info, "length", None)
    return float(found) if found is not None and 0 < found < _LONGEST_DURATION else None


def read_art(path: Path) -> tuple[bytes, str] | None:
    """The embedded picture of a music file.

    Returns
    -------
    tuple or None
        Its bytes and media type, the front cover where one is marked; None where there is none
        that is a JPEG, PNG, WebP or GIF by its content and at most `LARGEST_ART` bytes.

    Raises
    ------
    OSError
        The file cannot be read at all.
    """
    kind = _format(path)
    file = open_tags(path, format=kind) if kind else None
    try:
        for data in pictures(path, file, format=kind):
            if (media := image_type(data)) is not None:
                return data, media
    except Exception as problem:
        logger.warning("%s: the picture is damaged (%s: %s)", path, type(problem).__name__, problem)
    return None


def image_type(data: bytes) -> str | None:
    """The media type of a picture a browser may be given; None for anything else."""
    if len(data) > LARGEST_ART:
        return None
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media for start, media in _IMAGES if data.startswith(start)), None)


def _format(path: Path) -> str:
    with path.open("rb") as stream:
        return sniff(stream, size=path.stat().st_size)


def _record(path: Path, texts: Texts, duration: float | None) -> TrackRecord:
    """A record from what the tags say, and from the file's name where they are silent."""
    named = read_name(path.stem)
    title = _first(texts.get("title"))
    artists = _names(texts.get("artists")) or _names(texts.get("artist"), split_credit)
    if named.artist and not artists and (not title or fold(title) == fold(named.title)):
        artists = split_credit(named.artist)
    compilation = _first(texts.get("compilation")) in {"1", "True", "true", "yes"}
    lyrics = next(
        (text for raw in texts.get("lyrics", ()) if (text := plain_lyrics(said(raw)))), ""
    )
    return TrackRecord(
        title=title or named.title or path.name,
        artists=artists,
        album=_first(texts.get("album")) or ("" if texts else named.album),
        album_artist=_first(texts.get("albumartist")) or ("Various Artists" if compilation else ""),
        genres=_names(texts.get("genre"), split_genres),
        outside_ids=_outside_ids(texts),
        duration=duration,
        year=_parsed(values.year, (*texts.get("date", ()), *texts.get("originaldate", ()))),
        explicit={"1": True, "4": True, "2": False}.get(_first(texts.get("itunesadvisory"))),
        track_number=_parsed(values.track_number, texts.get("tracknumber", ()))
        or (None if title else named.track_number),
        language=_first(texts.get("language")),
        lyrics=lyrics or lyrics_beside(path),
        place=str(path),
    )


def _first(texts: list[str] | None) -> str:
    """The first text that is not blank, on one line."""
    for text in texts or ():
        if plain := " ".join(said(text).split()):
            return plain[:_LONGEST_NAME]
    return ""


def _names(
    texts: list[str] | None, split: Callable[[str], Iterable[str]] = lambda text: (text,)
) -> tuple[str, ...]:
    """Every name in `texts`, parted where it is several, each once."""
    found = (
        name[:_LONGEST_NAME]
        for text in texts or ()
        for part in split(text.replace("\0", ";"))
        if (name := " ".join(said(part).split()))
    )
    return tuple(dict.fromkeys(found))


def _parsed(parse: Callable[[str], int | None], texts: Iterable[str]) -> int | None:
    for text in texts:
        try:
            value = parse(text)
        except ValueError:
            continue
        if value is not None:
            return value
    return None


def _outside_ids(texts: Texts) -> tuple[OutsideId, ...]:
    """Identifiers that are what they should be; others are left out, for the names still stand."""
    found: list[OutsideId] = []
    parsers: tuple[tuple[str, str, Callable[[str], str | None]], ...] = (
        ("isrc", "isrc", values.isrc),
        ("musicbrainz_trackid", "musicbrainz", values.musicbrainz_id),
    )
    for name, scheme, parse in parsers:
        for text in texts.get(name, ()):
            try:
                value = parse(text)
            except ValueError:
                continue
            if value is not None:
                found.append(OutsideId(scheme, value))
    # Free text "segue_id", as scheme:value: how a caller's own identifier travels in a file.
    for text in texts.get("segue_id", ()):
        scheme, _, own = text.strip().partition(":")
        if scheme.isidentifier() and scheme.casefold() not in _RESERVED and own.strip():
            found.append(OutsideId(scheme.casefold(), own.strip()))
    return tuple(dict.fromkeys(found))
