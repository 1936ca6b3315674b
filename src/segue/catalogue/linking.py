"""The rule by which a record that shares no id with a track may still be that track.

They must agree in what a recording is:

- equal title keys (`segue.names.title_key`: a live take, a remix, a remaster is another one),
  and no two different years of a remaster;
- the first artist of one is among the artists of the other;
- durations within max(3 s, 2 %) of each other, where both are known;
- no two different ids of one scheme: another Spotify id is another release and stays apart;
- where the titles say nothing of a version, albums of one kind: what stands on a live or
  acoustic album is another recording.

Then the **confidence** is a product of three agreements, in [0, 1]::

    confidence = artists × duration × album

    artists   1 the same; .95 the same first and some more; .8 another first
    duration  1 − .2 × (difference / tolerance); .85 when one is unknown
    album     1 the same (brackets do not count: an edition); .95 when one is unknown;
              .85 another (a single, a compilation)

A link is made from `THRESHOLD` on. It lies so that a name alone is enough, but a name with a
different album and no duration is not. When the two best are closer than `MARGIN`, the record is
**ambiguous**: it stays apart, and the candidates are listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.names import (
    album_base,
    album_kind,
    artist_keys,
    is_placeholder,
    joined_key,
    remaster_years,
    split_title,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


THRESHOLD = 0.75
MARGIN = 0.05

TOLERANCE_SECONDS = 3.0
TOLERANCE_SHARE = 0.02

_SAME_FIRST = 0.95
_OTHER_FIRST = 0.8
_DURATION_SPAN = 0.2
_DURATION_UNKNOWN = 0.85
_ALBUM_UNKNOWN = 0.95
_ALBUM_OTHER = 0.85


@dataclass(frozen=True, slots=True)
class Name:
    """What the rule looks at: normal forms, and seconds where known.

    `says_enough` is whether it names a recording at all: nobody's tracks and untitled ones never
    link.
    """

    title_key: str
    artist_keys: tuple[str, ...]
    album: str
    kind: str
    remastered: frozenset[str]
    duration: float | None
    says_enough: bool


def name_of(title: str, artists: tuple[str, ...], *, album: str, duration: float | None) -> Name:
    """The name of a recording in the form the rule compares."""
    base, version = split_title(title)
    keys = artist_keys(artists)
    return Name(
        title_key=joined_key(base, version),
        artist_keys=keys,
        album=album_base(album),
        kind="" if version else album_kind(album),
        remastered=remaster_years(title),
        duration=duration,
        says_enough=bool(keys) and not is_placeholder(title),
    )


def confidence(record: Name, track: Name) -> float:
    """How sure it is that both are one recording, in [0, 1]; 0 when they must stay apart."""
    if not (record.says_enough and track.says_enough) or record.title_key != track.title_key:
        return 0.0
    if record.album and track.album and record.kind != track.kind:
        return 0.0
    if record.remastered and track.remastered and record.remastered != track.remastered:
        return 0.0
    return _artists(record, track) * _duration(record, track) * _album(record, track)


def choose(confidences: Sequence[float]) -> tuple[int, ...]:
    """Which candidates it may be, best first: none, the one, or several that are equally good."""
    ranked = sorted(
        (index for index, value in enumerate(confidences) if value >= THRESHOLD),
        key=lambda index: (-confidences[index], index),
    )
    return tuple(i for i in ranked if confidences[ranked[0]] - confidences[i] < MARGIN)


def _artists(record: Name, track: Name) -> float:
    ours, theirs = record.artist_keys, track.artist_keys
    if set(ours) == set(theirs):
        return 1.0
    if ours[0] == theirs[0]:
        return _SAME_FIRST
    return _OTHER_FIRST if ours[0] in theirs or theirs[0] in ours else 0.0


def _duration(record: Name, track: Name) -> float:
    if record.duration is None or track.duration is None:
        return _DURATION_UNKNOWN
    tolerance = max(TOLERANCE_SECONDS, TOLERANCE_SHARE * max(record.duration, track.duration))
    difference = abs(record.duration - track.duration)
    return 0.0 if difference > tolerance else 1.0 - _DURATION_SPAN * difference / tolerance


def _album(record: Name, track: Name) -> float:
    if not record.album or not track.album:
        return _ALBUM_UNKNOWN
    return 1.0 if record.album == track.album else _ALBUM_OTHER
