"""Tags of every kind of file under one set of names.

Each kind of file writes tags in its own way: ID3 frames (MP3, WAV, AIFF, AAC), Vorbis comments
(FLAC, Ogg, Opus), MP4 atoms, APEv2 items, RIFF INFO chunks. `gather` gives their texts by the
names Vorbis comments have (``title``, ``artist``, ``albumartist`` …), and `pictures` the bytes of
embedded pictures, the front cover first. mutagen does the reading.
"""

from __future__ import annotations

import base64
import binascii
import logging
from typing import TYPE_CHECKING, Any

from segue.sources.riff import read_info

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

logger = logging.getLogger("segue.sources.tags")

Texts = dict[str, list[str]]

_ID3 = {
    "TIT2": "title",
    "TPE1": "artist",
    "TALB": "album",
    "TPE2": "albumartist",
    "TDRC": "date",
    "TDOR": "originaldate",
    "TRCK": "tracknumber",
    "TSRC": "isrc",
    "TLAN": "language",
    "TCMP": "compilation",
}
_MP4 = {
    "\xa9nam": "title",
    "\xa9ART": "artist",
    "\xa9alb": "album",
    "aART": "albumartist",
    "\xa9gen": "genre",
    "\xa9day": "date",
    "\xa9lyr": "lyrics",
    "cpil": "compilation",
    "rtng": "itunesadvisory",
}
_RENAMED = {
    "album artist": "albumartist",
    "album_artist": "albumartist",
    "year": "date",
    "track": "tracknumber",
    "unsyncedlyrics": "lyrics",
    "unsynced lyrics": "lyrics",
    "syncedlyrics": "lyrics",
    "musicbrainz track id": "musicbrainz_trackid",
    "musicbrainz recording id": "musicbrainz_trackid",
}
_FRONT_COVER = 3
_FREE = "----:com.apple.iTunes:"


def open_tags(path: Path, *, format: str) -> Any | None:  # noqa: ANN401
    """Open a file's tags.

    Parameters
    ----------
    path
        An audio file.
    format
        What it is (see `segue.sources.formats`), which its name may hide.

    Returns
    -------
    mutagen.FileType or None
        None where the tags, or the stream they describe, are too damaged to read: the file itself
        may still play. The reason is logged.
    """
    from mutagen import MutagenError

    kind = _kind(path, format)
    try:
        return kind(path)
    except (MutagenError, OSError) as problem:
        logger.warning("%s: tags cannot be read (%s)", path, str(problem)[:200])
    except Exception as problem:
        logger.warning("%s: tags are damaged (%s: %s)", path, type(problem).__name__, problem)
    return None


def _kind(path: Path, format: str) -> Any:  # noqa: ANN401
    """The class of mutagen that reads this format."""
    from mutagen import aac, aiff, flac, mp3, mp4, oggflac, oggopus, oggspeex, oggvorbis, wave

    if format == "ogg":
        with path.open("rb") as stream:
            head = stream.read(64)
        if b"FLAC" in head:
            return oggflac.OggFLAC
        return oggspeex.OggSpeex if b"Speex" in head else oggvorbis.OggVorbis
    kinds = {
        "mp3": mp3.MP3,
        "aac": aac.AAC,
        "flac": flac.FLAC,
        "opus": oggopus.OggOpus,
        "wav": wave.WAVE,
        "aiff": aiff.AIFF,
        "m4a": mp4.MP4,
    }
    return kinds[format]


def gather(path: Path, file: Any, *, format: str) -> Texts:  # noqa: ANN401
    """All texts of a file's tags, by name.

    Parameters
    ----------
    path
        The file.
    file
        What `open_tags` gave, which may be None.
    format
        As for `open_tags`.

    Returns
    -------
    dict
        Name to texts, in the order they stand; empty where there is no tag at all.
    """
    found = _texts(getattr(file, "tags", None))
    if "title" not in found:
        if format in {"mp3", "aac"}:
            for tags in _loose_tags(path):
                found = _texts(tags) | found
        elif format == "wav":
            found = read_info(path) | found
    return found


def _texts(tags: Any) -> Texts:  # noqa: ANN401
    from mutagen.mp4 import MP4Tags

    if not tags:
        return {}
    if hasattr(tags, "getall"):
        return _from_id3(tags)
    if isinstance(tags, MP4Tags):
        return _from_mp4(tags)
    found: Texts = {}
    for word, value in tags.items():
        name = word.casefold()
        texts = [str(text) for text in value] if not isinstance(value, str) else [value]
        found.setdefault(_RENAMED.get(name, name), []).extend(texts)
    return found


def _loose_tags(path: Path) -> Iterator[Any]:
    """ID3 and APEv2 tags that mutagen's class for the format does not look for."""
    from mutagen import MutagenError
    from mutagen.apev2 import APEv2
    from mutagen.id3 import ID3

    for kind in (ID3, APEv2):
        try:
            yield kind(path)
        except MutagenError:
            continue


def _from_id3(tags: Any) -> Texts:  # noqa: ANN401
    found: Texts = {}
    for frame, name in _ID3.items():
        for held in tags.getall(frame):
            found.setdefault(name, []).extend(str(text) for text in held.text)
    for held in tags.getall("TCON"):
        found.setdefault("genre", []).extend(held.genres)
    for held in tags.getall("TXXX"):
        name = held.desc.casefold()
        found.setdefault(_RENAMED.get(name, name), []).extend(str(text) for text in held.text)
    for held in tags.getall("UFID"):
        if held.owner == "http://musicbrainz.org":
            found["musicbrainz_trackid"] = [held.data.decode("ascii", "replace")]
    lyrics = [held.text for held in tags.getall("USLT")]
    lyrics += ["\n".join(line for line, _ in held.text) for held in tags.getall("SYLT")]
    if lyrics:
        found["lyrics"] = lyrics
    return found


def _from_mp4(tags: Any) -> Texts:  # noqa: ANN401
    found: Texts = {}
    for atom, value in tags.items():
        values = value if isinstance(value, list) else [value]
        if atom.startswith(_FREE):
            name = atom[len(_FREE) :].casefold()
            texts = [bytes(item).decode("utf-8", "replace") for item in values]
            found.setdefault(_RENAMED.get(name, name), []).extend(texts)
        elif atom == "trkn":
            found["tracknumber"] = [str(pair[0]) for pair in values]
        elif atom in _MP4:
            texts = [str(int(item) if isinstance(item, bool) else item) for item in values]
            found.setdefault(_MP4[atom], []).extend(texts)
    return found


def pictures(path: Path, file: Any, *, format: str) -> Iterator[bytes]:  # noqa: ANN401
    """Embedded pictures as they stand, the front cover first; parameters as for `gather`."""
    tags = getattr(file, "tags", None)
    if format in {"mp3", "aac"} and not tags:
        tags = next(_loose_tags(path), None)
    if tags is not None and hasattr(tags, "getall"):
        held = tags.getall("APIC")
    elif format == "m4a":
        yield from (bytes(cover) for cover in (tags or {}).get("covr", []))
        return
    else:
        held = list(getattr(file, "pictures", [])) or _vorbis_pictures(tags)
    yield from (picture.data for picture in sorted(held, key=_rank))


def _vorbis_pictures(tags: Any) -> list[Any]:  # noqa: ANN401
    from mutagen.flac import Picture, error

    found: list[Any] = []
    for text in (tags or {}).get("metadata_block_picture", []):
        try:
            found.append(Picture(base64.b64decode(text)))  # type: ignore[no-untyped-call]
        except (binascii.Error, ValueError, error) as problem:
            logger.warning("an embedded picture is damaged (%s)", problem)
    return found


def _rank(picture: Any) -> bool:  # noqa: ANN401
    return bool(picture.type != _FRONT_COVER)
