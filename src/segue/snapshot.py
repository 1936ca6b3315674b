"""One immutable epoch of everything a query needs.

The catalogue is written to while queries run. A `Snapshot` is what one query sees: the map from
track ids to dense row numbers, the columns filters read, and every space fitted to exactly these
tracks. It is built whole, swapped in whole and never changed, so an answer can name its epoch.

`Corpus` is the part that comes from the catalogue; `Space` is the promise every sense of
likeness keeps (see `segue.spaces`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Set
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from segue.columns import Alike
    from segue.records import Comparison, TrackRecord
    from segue.types import Floats, Frames, Mask, Rows, TrackId, Vectors


GIVEN, ESTIMATED, PREDICTED = "given", "estimated", "predicted"
"""Where attributes come from: a source, a formula over the signal, or a model (by its name)."""

_TRUST = (ESTIMATED, PREDICTED, GIVEN)


def trust(provenance: str) -> int:
    """How far to trust attributes of a provenance, more is better; -1 for a kind nobody knows."""
    kind = provenance.partition(":")[0]
    return _TRUST.index(kind) if kind in _TRUST else -1


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Vectors the catalogue holds for one space: `vectors[i]` belongs to row `rows[i]`.

    Those of an embedder are float16: the windows of a track one after the other, `width` numbers
    each. `width` is None where a vector is one whole. `unproven` says that the embedder was taught
    with invented music alone, and is not shown to help with real music.
    """

    rows: Rows
    vectors: NDArray[np.float32] | NDArray[np.float16]
    version: str
    width: int | None = None
    unproven: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Playlists:
    """Which tracks stand in which playlists of the catalogue.

    Playlist ``p`` holds the rows ``rows[starts[p] : starts[p + 1]]``, each once, in the order in
    which they first come in it; `starts` has one entry more than there are playlists. `titles` are
    as their owners wrote them, empty where they did not.
    """

    titles: tuple[str, ...]
    starts: Rows
    rows: NDArray[np.int32]

    def __len__(self) -> int:
        """How many playlists there are."""
        return len(self.titles)

    @classmethod
    def none(cls) -> Self:
        """Of a catalogue without playlists."""
        import numpy as np

        return cls((), np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32))


MAP = "map:"
"""Begins the name under which a space laid out on a plane is kept among what was trained."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What training found out about a space or a lens, and what it is built with from then on.

    `version` is that of the space's vectors, where it has any. `state` is plain JSON: parameters,
    and under ``origin`` what it was learned from and how well it did. `arrays` are numbers beside.
    """

    version: str
    state: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def _nobody() -> Rows:
    import numpy as np

    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """All tracks of the catalogue as columns, one entry a row; a row is one track.

    Text columns are empty strings or tuples where nothing is known. `year` is 0 and `explicit`
    -1 where unknown, `duration` and `popularity` NaN. `attributes` has shape (tracks, 12): the
    eight of `records.CONTINUOUS`, then tempo, key, mode, time signature; NaN where unknown.
    `origins`, of the same shape, says which of `provenances` each comes from, -1 where unknown;
    `provenances` stand from the least trusted to the best. `title_keys` and `artist_keys` are the
    normal forms of `segue.names`, `album_keys` those of albums and whose they are, empty for a
    track on none; () where nobody knows albums. `labels` and `lyrics` hold text by row, only for
    rows that have any, `emotions` the emotion or mood that labels name.
    `performances` finds rows by `names.performance_key`; None where nobody has laid them out.
    `placed` has stored vectors by space name, `trained` what was learned, by that of space or lens.
    `languages` are codes in lower case by row, and `paths` the files that hold a row, only for rows
    that have any. `recordings` numbers what files of rows hold, -1 where no other is known to hold
    it; empty where nobody listened. `beside` is the folder for files that follow; None without one.
    """

    epoch: int
    ids: Sequence[TrackId]
    row_of: Mapping[TrackId, int]
    titles: Sequence[str]
    artists: Sequence[tuple[str, ...]]
    albums: Sequence[str]
    genres: Sequence[tuple[str, ...]]
    title_keys: Sequence[str]
    artist_keys: Sequence[tuple[str, ...]]
    labels: Mapping[int, str]
    lyrics: Mapping[int, str]
    year: NDArray[np.int16]
    duration: NDArray[np.float32]
    explicit: NDArray[np.int8]
    popularity: NDArray[np.float32]
    playable: Mask
    attributes: Frames
    origins: NDArray[np.int8]
    provenances: tuple[str, ...]
    synthetic: Mask
    placed: Mapping[str, Placed]
    playlists: Playlists = field(default_factory=Playlists.none)
    trained: Mapping[str, Trained] = field(default_factory=dict)
    emotions: Mapping[int, str] = field(default_factory=dict)
    languages: Mapping[int, str] = field(default_factory=dict)
    paths: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    album_keys: Sequence[str] = ()
    recordings: Rows = field(default_factory=_nobody)
    performances: Alike | None = None
    beside: Path | None = None

    def __len__(self) -> int:
        """How many tracks there are."""
        return len(self.ids)

    def origin(self, row: int) -> str:
        """The best provenance among a row's attributes; "" where it has none."""
        best = int(self.origins[row].max(initial=-1))
        return "" if best < 0 else self.provenances[best]

    @property
    def estimated(self) -> Mask:
        """Which attributes are estimates from the signal, shape (tracks, 12)."""
        import numpy as np

        guesses = [place for place, name in enumerate(self.provenances) if name == ESTIMATED]
        return np.isin(self.origins, guesses)


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """What is known of something that is not in the catalogue: an uploaded file, a typed wish.

    `vectors` are by space name, raw as the extractor gave them; those of an embedder have shape
    (windows, width). `origins` are those of the record's attributes (`records.Track`). `lacking`
    says by space what a vector that is missing would need, where that is not what all tracks need.
    `title` is that of a playlist, which is no track's title; `wished` is true of what somebody
    wishes for: little may be said of it, and what is left out is open.
    """

    record: TrackRecord
    vectors: Mapping[str, NDArray[np.floating]]
    origins: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    wished: bool = False


@runtime_checkable
class Space(Protocol):
    """One sense of likeness: it puts tracks at points so that near means alike.

    A space is built from a corpus and then never changes. Points are opaque to callers: they come
    from `point` (a row) or `place` (a description) and go back into `score`.
    """

    name: str
    """The word for it in lenses, JSON, pages; also the entry point's name."""

    needs: str
    """What would place a track here, as a sentence: "import a table with attributes …"."""

    placed: Mask
    """Which rows stand in this space, shape (tracks,)."""

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Fit the closed-form state (means, IDF, unit vectors) to `corpus`; may place nobody."""
        ...

    def point(self, row: int) -> object | None:
        """Where the track of `row` stands; None when it is not placed."""
        ...

    def place(self, description: Description) -> object | None:
        """Where something from outside would stand; None when nothing places it."""
        ...

    def score(self, points: Sequence[object], *, rows: Rows | None = None) -> Vectors:
        """Likeness of every point to every row (or to `rows`), shape (points, rows), float32.

        Cosine in [-1, 1] unless the space says otherwise; 0 for rows that are not placed.
        """
        ...

    def score_exactly(self, point: object, *, rows: Rows) -> NDArray[np.float64]:
        """The same as `score` for few rows in float64: what ties and answers are settled by."""
        ...

    def compare(self, point: object, row: int) -> tuple[Comparison, ...]:
        """Features of the point beside those of `row`, each with its likeness; may be empty."""
        ...


@runtime_checkable
class Searchable(Protocol):
    """What a space may promise beside `Space`: finding its nearest without scoring every row."""

    def nearest(self, point: object, *, k: int, allowed: Mask | None, margin: float) -> Rows:
        """Rows of the `k` best placed and allowed tracks, and of all within `margin` of the k-th.

        Best first, equal scores by row; `allowed` has shape (tracks,), None for every track.
        """
        ...


@runtime_checkable
class Rounded(Protocol):
    """What a space may promise beside `Space`: how far its `score` is from `score_exactly`.

    That of any other space is off by rounding in float32 alone.
    """

    @property
    def error(self) -> float:
        """Most that `score` is off where numbers are held in half precision, beside rounding."""
        ...


@runtime_checkable
class Indexed(Rounded, Protocol):
    """What a space may promise beside `Searchable`: an index that is made when there is time."""

    tier: str
    """How it is searched at this moment: a name of `segue.index.choosing`."""

    def make_index(self, *, going_on: Callable[[int], bool]) -> bool:
        """Make the index that it wants and has not, or not any more; whether one was made.

        Takes minutes with a million tracks; the space goes on answering meanwhile, and answers by
        the index from then on. `going_on` is asked now and then with how far it has come; False
        gives the work up.
        """
        ...


@runtime_checkable
class Blurred(Protocol):
    """What a space may promise beside `Space`: from where on likeness is hardly told apart."""

    blur: float | None
    """The raw score of such a likeness; None where there is none."""


@dataclass(frozen=True, slots=True)
class WindowPair:
    """Window `seed` of `of_seed` beside window `track` of `of_track`, all counted from 0.

    `likeness` is the share of random pairs of tracks whose closest windows are less alike, and 1
    where the two are the same.
    """

    seed: int
    of_seed: int
    track: int
    of_track: int
    likeness: float


@runtime_checkable
class Windowed(Protocol):
    """What a space may promise beside `Space`: telling which windows of tracks are most alike."""

    name: str
    window: float | None
    """How long a window is, in seconds; None where they lie side by side."""

    def closest(self, point: Any, row: int, *, most: int) -> tuple[WindowPair, ...]:  # noqa: ANN401 (points are opaque)
        """The closest pairs of windows, the best first, no window twice; none of nobody."""
        ...


@runtime_checkable
class Paired(Protocol):
    """What a space may promise beside `Space`: comparing a few tracks with one another at once."""

    def between(self, rows: Rows) -> Floats:
        """Raw scores of `rows` with one another, shape (rows, rows); 0 where one is not placed."""
        ...


@runtime_checkable
class Guessing(Protocol):
    """What a space may promise beside `Space`: telling points that rest on estimates."""

    def guessed(self, point: object) -> bool:
        """Whether it would stand nowhere without attributes that are estimates."""
        ...


@runtime_checkable
class Learned(Protocol):
    """What a space may promise beside `Space`: that a network made it, and whether that helps."""

    unproven: bool
    """Whether it was taught with invented music alone, and is not shown to help with real music."""


@runtime_checkable
class Gathering(Protocol):
    """What a space may promise beside `Space`: scoring a set of seeds in a way of its own."""

    def gather(self, points: Sequence[object], *, weights: Floats) -> object | None:
        """One point for several, for `score` and the rest; None where nothing of them is left.

        Parameters
        ----------
        points
            At least one.
        weights
            One a point: above 0 pulls near, below 0 pushes away; those above 0 sum to 1.
        """
        ...


@runtime_checkable
class Inferring(Protocol):
    """What a space may promise beside `Space`: telling who stands in it by their content alone."""

    inferred: Mask
    """Which placed rows a model put there, for want of what the space is made of, (tracks,)."""

    def infers(self, point: object) -> bool:
        """Whether a point is such a place."""
        ...


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A corpus and the spaces built from it, by name.

    `facets` are single features that keep the promise of a space too, so that a lens can weigh
    them; no default does, and nobody is told to be absent from them.
    """

    corpus: Corpus
    spaces: Mapping[str, Space]
    facets: Mapping[str, Space] = field(default_factory=dict)

    def weighable(self, name: str) -> Space:
        """The space or the facet called `name`; KeyError where there is neither."""
        return self.spaces[name] if name in self.spaces else self.facets[name]

    @cached_property
    def guessing(self) -> Mapping[str, Guessing]:
        """Spaces that tell points which rest on estimates; to ask who does takes longer."""
        return {name: space for name, space in self.spaces.items() if isinstance(space, Guessing)}

    @cached_property
    def proven(self) -> Set[str]:
        """Spaces that a network made which knows real music."""
        return {n for n, s in self.spaces.items() if isinstance(s, Learned) and not s.unproven}

    @property
    def epoch(self) -> int:
        """The catalogue's epoch this was built from."""
        return self.corpus.epoch
