"""Journeys: tracks in an order that is meant, and how each follows the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from pathlib import Path

    from segue.records.answers import Reasons
    from segue.records.tracks import Track
    from segue.types import TrackId


@dataclass(frozen=True, slots=True)
class Step:
    """One track of a journey, and how it follows the one before.

    The first track follows nothing, and where either side is unknown there is no change: None.

    Attributes
    ----------
    place
        1 is the first.
    jump
        The share of random pairs of the catalogue that are more alike, as the lens has it: 0 for
        the same, 0.5 for two tracks drawn at random.
    tempo_change
        By which part faster, half and double tempo taken for the same: from -0.29 to 0.41.
    key_change
        Steps on the Camelot wheel, 0 to 7.
    energy_change
        From -1 to 1, above 0 where it rises.
    reasons
        Why it follows.
    versions
        Other tracks of the catalogue that hold the same recording.
    """

    place: int
    track: Track
    jump: float | None = None
    tempo_change: float | None = None
    key_change: int | None = None
    energy_change: float | None = None
    reasons: Reasons | None = None
    versions: tuple[TrackId, ...] = ()


@dataclass(frozen=True, slots=True)
class Smoothness:
    """How smoothly an order runs, each a mean over its steps; None where nothing is known.

    `tempo` is in octaves (0 to 0.5), `key` in steps on the Camelot wheel (0 to 7), `jump` as in
    `Step`. `arc` is how far the energy of a track is from what the arc has at its place, 0 to 1.
    """

    tempo: float | None
    key: float | None
    jump: float | None
    arc: float | None = None


@dataclass(frozen=True, slots=True)
class Journey(Sequence["Step"]):
    """Tracks in an order that is meant.

    Attributes
    ----------
    kind
        ``order``, ``path`` or ``radio``.
    lens, weights, epoch, origin, seconds
        As in `Answer`.
    largest
        The largest jump; None where no two tracks are compared.
    bound
        What no jump should be larger than; None where nothing was asked.
    kept
        Whether all is as asked: the bound, the number of tracks, artists apart.
    smoothness, before
        How smoothly it runs, and how smoothly it ran in the order that was given.
    notes
        Sentences on what is otherwise than asked.
    """

    kind: str
    lens: str
    weights: Mapping[str, float]
    epoch: int
    steps: tuple[Step, ...]
    largest: float | None = None
    bound: float | None = None
    kept: bool = True
    smoothness: Smoothness | None = None
    before: Smoothness | None = None
    origin: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        """Step `index` (0 is the first), or a slice of steps."""
        return self.steps[index]

    def __len__(self) -> int:
        """How many tracks there are."""
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        """From the first to the last."""
        return iter(self.steps)


@dataclass(frozen=True, slots=True)
class RadioState:
    """All that a radio remembers; plain values, so that it can be sent away and back.

    Attributes
    ----------
    seeds
        Tracks it was begun with.
    lens
        A lens by name, or weights as ``space=weight,…``; empty for the one that suits.
    drift
        0 stays near the seeds, 1 goes on from the last tracks alone.
    apart
        Tracks of others between two by one artist.
    window
        No track comes again within so many.
    variation, draw
        How far chance chooses among tracks of like scores, 0 to 1; the same draw plays the same
        tracks.
    count
        How many it has played.
    played
        The last ones, no more than `window`, the oldest first; the seeds come first of all.
    liked, skipped
        What was said of its tracks, the newest last.
    """

    seeds: tuple[TrackId, ...]
    lens: str = ""
    drift: float = 0.5
    apart: int = 4
    window: int = 200
    variation: float = 0.5
    draw: int = 0
    count: int = 0
    played: tuple[TrackId, ...] = ()
    liked: tuple[TrackId, ...] = ()
    skipped: tuple[TrackId, ...] = ()


@dataclass(frozen=True, slots=True)
class Export:
    """A playlist file that was written: where, as what, and which tracks have no file to play."""

    path: Path
    format: str
    written: int
    without_file: tuple[Track, ...] = field(default=())
