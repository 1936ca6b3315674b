"""Files that hold the same recording: a report that a person can act on. Nothing acts by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Copy:
    """One file, and what tells it from the best copy.

    `bit_rate` is size over length, in kbit/s; pictures in the file count. `later` says how many
    seconds of the best copy are gone before this one begins, below 0 where it begins earlier.
    `likeness` is how far the two fingerprints agree: 1 where no bit differs, 0 as by chance; None
    where they were not compared with each other. `why` says in words why it is the best, or what
    the best has over it.
    """

    path: str
    track_id: str
    title: str
    artists: tuple[str, ...]
    format: str
    size: int
    duration: float | None
    bit_rate: float | None
    loudness: float | None
    true_peak: float | None
    later: float | None
    likeness: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Copies:
    """One recording: its files, the best first.

    `spare` is how many bytes all but the best take. `named_alike` is false where they stand under
    different names; `tracks` says under how many tracks.
    """

    files: tuple[Copy, ...]
    spare: int
    tracks: int
    named_alike: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A file that is a part of a longer one; neither is a copy of the other."""

    whole: Copy
    part: Copy


@dataclass(frozen=True, slots=True)
class Namesakes:
    """Different recordings under one name: another take, a live version, another master.

    One file of each, the longest first.
    """

    title: str
    artists: tuple[str, ...]
    files: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What fingerprints say of all files that are there.

    `files` were compared, `waiting` were not yet. `copies` come with most `spare` bytes first,
    `spare` is the sum over all of them. `left_out` counts what was not listed, by kind, where less
    was asked for.
    """

    files: int
    waiting: int
    copies: tuple[Copies, ...]
    excerpts: tuple[Excerpt, ...]
    namesakes: tuple[Namesakes, ...]
    spare: int
    left_out: Mapping[str, int]
