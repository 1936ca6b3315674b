"""What sources say and the catalogue knows: tracks, files, playlists, plays."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from segue.types import TrackId

CONTINUOUS: tuple[str, ...] = (
    "energy",
    "valence",
    "danceability",
    "loudness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "speechiness",
)
"""The eight continuous attributes, in the order of every matrix that holds them."""

KEYS: tuple[str, ...] = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
"""Names of the twelve pitch classes; `Attributes.key` is an index into it."""


@dataclass(frozen=True, slots=True)
class OutsideId:
    """A name somebody else gave a track: a scheme (``spotify``, ``isrc``, …) and a value."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """Musical attributes of one track; None where unknown.

    Energy, valence, danceability, acousticness, instrumentalness, liveness and speechiness lie
    in [0, 1]; `loudness` is in dB relative to full scale (about -60 to 0), `tempo` in beats a
    minute (> 0), `key` a pitch class 0–11 (0 is C), `mode` 1 for major and 0 for minor,
    `time_signature` beats a bar.
    """

    energy: float | None = None
    valence: float | None = None
    danceability: float | None = None
    loudness: float | None = None
    acousticness: float | None = None
    instrumentalness: float | None = None
    liveness: float | None = None
    speechiness: float | None = None
    tempo: float | None = None
    key: int | None = None
    mode: int | None = None
    time_signature: int | None = None

    def known(self) -> dict[str, float]:
        """Only what is known, by name, in the order of the fields."""
        pairs = ((spec.name, getattr(self, spec.name)) for spec in fields(self))
        return {name: value for name, value in pairs if value is not None}


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What one source says about one track.

    `duration` is in seconds. `labels` are (kind, value) pairs such as ("emotion", "joy") or
    ("tag", "live"). `place` says where the record stood (a line of a table, a path), for messages.
    """

    title: str = ""
    artists: tuple[str, ...] = ()
    album: str = ""
    album_artist: str = ""
    genres: tuple[str, ...] = ()
    outside_ids: tuple[OutsideId, ...] = ()
    duration: float | None = None
    year: int | None = None
    explicit: bool | None = None
    popularity: float | None = None
    track_number: int | None = None
    language: str = ""
    lyrics: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    attributes: Attributes | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One audio file: its identity is `content_hash` (sha256 of its bytes), never its path.

    `path` is absolute, `root` the library folder it was found under; `modified` is the file
    system's time in seconds since 1970. `track` is what its tags say.
    """

    path: Path
    root: Path
    content_hash: str
    size: int
    modified: float
    format: str
    duration: float | None
    track: TrackRecord
    art: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """What a whole file says when it is played from end to end.

    `duration` is in seconds, counted. `loudness` is the integrated loudness in LUFS and
    `loudness_range` its range in LU (ITU-R BS.1770, EBU Tech 3342), None where nothing is above the
    gate; `true_peak` is in dBTP (-inf is written as None). `waveform` holds the peaks the player
    draws, one byte each from 0 to 255 (full scale), `waveform_rate` how many a second.
    `fingerprint` is the Chromaprint of its first two minutes: uint32, little-endian, oldest first;
    empty where there is too little. `warning` is a sentence when not all of the file could be read.
    """

    duration: float
    loudness: float | None
    loudness_range: float | None
    true_peak: float | None
    waveform: bytes
    waveform_rate: float
    fingerprint: bytes
    warning: str = ""


@dataclass(frozen=True, slots=True)
class PlaylistRecord:
    """One playlist as its source has it; `entries` in playing order."""

    title: str
    outside_id: OutsideId
    entries: tuple[TrackRecord, ...]
    description: str = ""
    followers: int | None = None
    modified: float | None = None
    listener: str = ""


@dataclass(frozen=True, slots=True)
class Play:
    """One listening event or count: `times` plays of a track (or artist) by a listener.

    `at` is seconds since 1970, None where the source only counts.
    """

    listener: str
    track: TrackRecord
    times: int = 1
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something a source could not take: where, and the reason as a sentence."""

    place: str
    line: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Track:
    """What the catalogue knows of one track, all doors joined.

    `origins` has the provenance of each known attribute: ``given``, ``estimated`` from sound or
    ``predicted:<model>``; `provenance` is the best of them. `playable`: one of our files holds it.
    """

    id: TrackId
    title: str
    artists: tuple[str, ...]
    album: str = ""
    genres: tuple[str, ...] = ()
    year: int | None = None
    duration: float | None = None
    explicit: bool | None = None
    popularity: float | None = None
    attributes: Attributes | None = None
    provenance: str = ""
    origins: Mapping[str, str] = field(default_factory=dict, hash=False)
    outside_ids: tuple[OutsideId, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    playable: bool = False
    synthetic: bool = False

    @property
    def artist(self) -> str:
        """All artists as one line; empty when none is known."""
        return ", ".join(self.artists)

    @property
    def name(self) -> str:
        """``artist – title``, as a person would say it."""
        title = self.title or "Untitled"
        return f"{self.artist} – {title}" if self.artists else title
