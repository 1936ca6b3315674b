"""What only the API says: files on their way, jobs, playlists, groups. Times are since 1970."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.records import Attributes, Reasons, Track


@dataclass(frozen=True, slots=True)
class Status:
    """How the server stands: whether it can answer, its epoch, tracks by space, counts by name."""

    ready: bool
    epoch: int
    counts: Mapping[str, int | Mapping[str, int]] = field(default_factory=dict)
    spaces: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """An artist, an album or a genre: what it is asked for by, its name, how many tracks."""

    key: str
    name: str
    tracks: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a listener thinks of a track: like, dislike or skip, and since when."""

    track_id: str
    kind: str
    at: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A playlist. `edition` is named by who changes it; only those `made_here` can be changed.

    `tracks` are there where one playlist is asked for.
    """

    number: int
    title: str
    description: str
    owner: str
    count: int
    edition: float
    made_here: bool
    tracks: tuple[Track, ...] = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was brought: found by its token, forgotten when it expires.

    `state` is ``waiting``, ``heard``, ``refused`` (then `reason` says why) or ``kept``. `track_id`
    is the track of the catalogue that it is, `duration` in seconds once all of it was read.
    """

    token: str
    name: str
    size: int
    state: str
    reason: str
    created: float
    expires: float
    duration: float | None = None
    loudness: float | None = None
    track_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that a job could do nothing with, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Job:
    """Work in the background; `open` while it is not over, `rate` done a second, `eta` seconds."""

    id: int
    kind: str
    state: str
    title: str
    message: str
    done: int
    total: int | None
    open: bool
    created: float
    rate: float = 0.0
    eta: float | None = None
    started: float | None = None
    finished: float | None = None
    attempts: int = 0
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class FileRow:
    """One recommendation for a file that was sent, and why."""

    name: str
    album: str
    artists: tuple[str, ...]
    similarity_score: float
    id: str = ""
    reasons: Reasons | None = None


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """Recommendations for a file that was sent, and what was heard in it."""

    recommendations: tuple[FileRow, ...]
    count: int
    lens: str = ""
    attributes: Attributes | None = None
    absent: Mapping[str, str] = field(default_factory=dict)
