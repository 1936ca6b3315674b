"""What the engine answers: recommendations, and why each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from segue.records.tracks import Track
    from segue.types import TrackId


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one space did for the place of one recommendation.

    `score` is what it gave, `expected` the mean score of a random pair of the catalogue. Of all
    tracks that could be recommended the row stands at the place `rank` before anything is selected,
    and would stand at `without` if this space were taken out of the blend for all of them and the
    others kept their weights. Both are one more than there are tracks that score higher, so tracks
    of one score share a place. Where the space is the only one, nothing is left:
    the row would come last.

    `estimated` is true where the track stands nowhere in this space and the score is its
    expectation given the scores that are present; `inferred` where it stands there by its content
    alone, as a track that nobody put into a playlist does among playlists.
    """

    space: str
    weight: float
    score: float
    expected: float
    rank: int
    without: int
    estimated: bool = False
    inferred: bool = False

    @property
    def value(self) -> float:
        """The contribution itself: ln(`without` / `rank`), the e-folds of places it is worth.

        Above 0 the space speaks for the row, below 0 against it. Weight × (score − expected) says
        how high a score is, not what the row owes to it: every rival may score as high. By ranks
        the space that contributes most is the one whose loss costs the row most places.
        """
        return log(self.without / self.rank)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One feature of the seed beside the same feature of the recommendation.

    `likeness` is in [0, 1]: 1 for the same, and the share of random pairs of the catalogue that
    differ more otherwise. `seed` and `track` are ready to read ("122 BPM", "A minor").
    `agreement` ends a sentence that begins with "Both" ("calm", "in A minor"), `contrast` one
    that begins with "yours is" ("more acoustic (0.91 against 0.42)"); empty where there is
    nothing to say. `estimated` is true where either side is an estimate from the signal.
    """

    feature: str
    seed: str
    track: str
    likeness: float
    agreement: str = ""
    contrast: str = ""
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Where two tracks sound most alike, in a space that hears windows of them.

    `seed_at` and `track_at` are seconds from the beginning of each file, `seconds` how long the
    passage is, `likeness` as in `Comparison`. `seed` is the id of the seed that holds it, empty of
    a file from outside.
    """

    space: str
    seed: TrackId
    seed_at: float
    track_at: float
    seconds: float
    likeness: float


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why this row: contributions (largest first), what agrees, what differs most, one sentence.

    `passages` are those that sound most alike, the best first. `near` names the seed of a set that
    the row is nearest to; empty of a single seed. `playlists` is how many playlists hold both, of a
    set how many that hold several of it hold the row; None where no playlist counts.
    """

    contributions: tuple[Contribution, ...]
    agree: tuple[Comparison, ...]
    differs: Comparison | None
    sentence: str
    passages: tuple[Passage, ...] = ()
    near: str = ""
    playlists: int | None = None

    def share(self, space: str) -> float:
        """Part of the positive contributions that came from `space`, in [0, 1]."""
        total = sum(max(part.value, 0.0) for part in self.contributions)
        mine = sum(max(part.value, 0.0) for part in self.contributions if part.space == space)
        return mine / total if total > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One row of an answer. `versions` are the grouped duplicates that stand behind it.

    `changes` say what moved it (`segue.recommend.selection`): ``hubs``, ``recent``, ``variation``,
    ``diversity``. Rows are taken in the order of score + the sum of changes, each in units of the
    score; what is not named changed nothing.
    """

    rank: int
    track: Track
    score: float
    reasons: Reasons
    versions: tuple[TrackId, ...] = ()
    changes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer(Sequence["Recommendation"]):
    """The recommendations for one seed, in order, with how they came about.

    `weights` are the lens's weights by space, `candidates` how many tracks passed the filters
    and stood in each space, the seed itself among them where it does; `absent` the spaces the seed
    is not placed in with what would place it.
    Of a set of seeds `seeds` are the ids of its tracks that the answer is computed from, and `seed`
    names it. `origin` says in a sentence where learned weights come from; `notes` are sentences on
    what was asked that the person may not expect.
    """

    seed: Track
    lens: str
    weights: Mapping[str, float]
    epoch: int
    recommendations: tuple[Recommendation, ...]
    candidates: Mapping[str, int] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    seeds: tuple[TrackId, ...] = ()
    origin: str = ""
    notes: tuple[str, ...] = ()

    @overload
    def __getitem__(self, index: int) -> Recommendation: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Recommendation, ...]: ...
    def __getitem__(self, index: int | slice) -> Recommendation | tuple[Recommendation, ...]:
        """Row `index` (0 is the best), or a slice of rows."""
        return self.recommendations[index]

    def __len__(self) -> int:
        """How many recommendations there are."""
        return len(self.recommendations)

    def __iter__(self) -> Iterator[Recommendation]:
        """From the best to the last."""
        return iter(self.recommendations)
