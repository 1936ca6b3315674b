"""Playlists as JSPF: XSPF in JSON, with what other programs know a track by.

Every track stands in it, with or without a file. `segue.sources.jspf` reads it back.

Reference: https://www.xspf.org/jspf; recording ids as in https://musicbrainz.org/doc/jspf.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from segue.exports.places import address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from segue.exports.places import Places
    from segue.records import OutsideId, Track
    from segue.types import TrackId

_IDENTIFIERS = {
    "musicbrainz": "https://musicbrainz.org/recording/{}",
    "spotify": "https://open.spotify.com/track/{}",
    "isrc": "urn:isrc:{}",
}
"""How ids that others gave are written as addresses."""


def jspf(
    tracks: Sequence[Track],
    *,
    files: Mapping[TrackId, Path],
    places: Places,
    title: str = "",
    notes: Sequence[str] = (),
    at: datetime | None = None,
) -> str:
    """A playlist as text; see `segue.exports.m3u.m3u8`.

    Parameters
    ----------
    tracks, files, places, title
        As there.
    notes
        What to say of each track, such as why it is there; of as many of them as there are.
    at
        When it was made.
    """
    said = [*notes, *[""] * len(tracks)]
    entries = [
        _entry(track, files, places, note) for track, note in zip(tracks, said, strict=False)
    ]
    playlist: dict[str, Any] = {"title": title, "creator": "Segue"}
    if at is not None:
        playlist["date"] = at.isoformat(timespec="seconds")
    playlist["track"] = entries
    return json.dumps({"playlist": playlist}, ensure_ascii=False, indent=2) + "\n"


def _entry(
    track: Track, files: Mapping[TrackId, Path], places: Places, note: str
) -> dict[str, Any]:
    file = files.get(track.id)
    identifiers = [_identifier(each) for each in track.outside_ids if each.scheme in _IDENTIFIERS]
    found = {
        "title": track.title,
        "creator": "; ".join(track.artists),
        "album": track.album,
        "duration": None if track.duration is None else round(track.duration * 1_000),
        "location": [] if file is None else [address(places.named(file))],
        "identifier": identifiers,
        "annotation": note,
    }
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _identifier(known: OutsideId) -> str:
    return _IDENTIFIERS[known.scheme].format(known.value)
