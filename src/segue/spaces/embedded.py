"""Spaces of embedders: near means alike to a network that was taught to hear likeness.

A track stands at the mean of its windows (`segue.spaces.embeddings`), brought to length 1. The
score is the cosine. `sound` is what a network hears that was taught to tell artists apart by three
seconds of their sound (a Siamese network: Hadsell, Chopra & LeCun, *Dimensionality reduction by
learning an invariant mapping*, CVPR 2006); `genre` is what one hears that was taught to name
genres, before it names them. An embedder that somebody brings makes a space of its own name.

A track is placed when an embedder has heard it and its mean is not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self, cast
from weakref import WeakValueDictionary

import numpy as np

from segue.embedding.windows import SECONDS
from segue.index.choosing import tier_for
from segue.index.exact import ExactIndex
from segue.spaces.embeddings import Embeddings, mean
from segue.spaces.passages import Passages
from segue.spaces.units import Units, kept_at, products, to_units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from segue.index.served import VectorTables
    from segue.records import Comparison
    from segue.snapshot import Corpus, Description, WindowPair
    from segue.types import Floats, Mask, Rows, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedPoint:
    """`windows` as stored, shape (windows, width), and `unit`, the direction of their mean."""

    windows: NDArray[np.float16]
    unit: Floats


class EmbeddedSpace:
    """Cosine of the mean windows of tracks; a base of spaces, which name what they stand on.

    Attributes
    ----------
    name, needs
        As of any space.
    agreement
        What a sentence says of two tracks whose closest passages are closer than most.
    centred
        Whether the mean of all tracks is subtracted first, so that what all music of the
        catalogue shares no longer makes it alike.
    unproven
        Whether its embedder was taught with invented music alone, and is not shown to help with
        real music.
    window
        How long a window is, in seconds; None where they lie side by side.
    """

    name: str
    needs: str
    agreement: ClassVar[str] = "with passages that are alike"
    centred: ClassVar[bool] = False
    window: float | None = None

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._embeddings = Embeddings.of(corpus, self.name)
        count, dims = len(self._embeddings), self._embeddings.width
        self._centre = np.zeros(dims)
        if self.centred and count:
            total = sum((block.sum(axis=0) for block in self._embeddings.blocks()), np.zeros(dims))
            self._centre = total / count
        units = ExactIndex.filled(
            (to_units(means - self._centre) for means in self._embeddings.blocks()),
            count=count,
            dims=dims,
            half=tier_for(count, dims) != "exact",
        )
        self._stored = np.flatnonzero(units.vectors.any(axis=1))
        if len(self._stored) < count:
            units = units.only(self._stored)
        rows = self._embeddings.rows[self._stored]
        self._units = Units(units, rows, tracks=len(corpus), place=kept_at(corpus, self.name))
        self._embeddings.let_go()
        self.placed: Mask = self._units.placed
        self.unproven = self._embeddings.unproven

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Place the embedded tracks of `corpus`."""
        return cls(corpus)

    def point(self, row: int) -> EmbeddedPoint | None:
        """Where the track of `row` stands; None when it is not embedded."""
        place = self._units.places[row]
        if place < 0:
            return None
        return self._at(self._embeddings.windows[self._stored[place]])

    def place(self, description: Description) -> EmbeddedPoint | None:
        """Where what an embedder heard of `description` stands; None when none heard it.

        Raises
        ------
        UnavailableError
            Another embedder did than that of the catalogue's tracks.
        """
        windows = self._embeddings.outside(description, self.name)
        return None if windows is None else self._at(windows)

    def _at(self, windows: NDArray[np.float16]) -> EmbeddedPoint | None:
        unit = to_units(mean(windows[np.newaxis]) - self._centre)[0]
        return EmbeddedPoint(windows, unit) if unit.any() else None

    def score(self, points: Sequence[EmbeddedPoint], *, rows: Rows | None = None) -> Vectors:
        """Cosine of every point to every row, shape (points, rows); 0 for rows not placed."""
        units = np.array([point.unit for point in points], dtype=np.float32)
        return self._units.score(units.reshape(len(points), self._embeddings.width), rows=rows)

    def score_exactly(self, point: EmbeddedPoint, *, rows: Rows) -> Floats:
        """The same in float64, from the windows themselves."""
        scores = np.zeros(len(rows))
        there = np.flatnonzero(self.placed[rows])
        stored = self._stored[self._units.places[rows[there]]]
        units = to_units(self._embeddings.means(stored) - self._centre)
        scores[there] = np.vecdot(units, point.unit)
        return scores

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        there = np.flatnonzero(self.placed[rows])
        stored = self._stored[self._units.places[rows[there]]]
        units = to_units(self._embeddings.means(stored) - self._centre)
        return products(units, there=there, count=len(rows))

    def nearest(self, point: EmbeddedPoint, *, k: int, allowed: Mask | None, margin: float) -> Rows:
        """Rows of the `k` best allowed tracks and of all within `margin` of the k-th."""
        return self._units.nearest(
            point.unit.astype(np.float32),
            k=k,
            allowed=allowed,
            margin=margin,
            exactly=lambda rows: self.score_exactly(point, rows=rows),
        )

    def directions(self, rows: Rows) -> Vectors:
        """See `segue.maps.directions.Directed`."""
        return self._units.at(rows)

    @property
    def error(self) -> float:
        """Most that `score` is off, beside rounding in float32."""
        return self._units.error

    @property
    def tier(self) -> str:
        """How it is searched at this moment: a name of `segue.index.choosing`."""
        return self._units.tier

    def make_index(self, *, going_on: Callable[[int], bool]) -> bool:
        """See `segue.snapshot.Indexed`."""
        return self._units.make_index(going_on=going_on)

    def serve_from(self, tables: VectorTables, *, going_on: Callable[[int], bool]) -> None:
        """See `segue.index.served.Servable`."""
        self._units.serve_from(self.name, tables, going_on=going_on)

    def compare(self, point: EmbeddedPoint, row: int) -> tuple[Comparison, ...]:
        """The passages of both that are the most alike."""
        place = self._units.places[row]
        if place < 0:
            return ()
        return self._passages.compare(point.windows, int(self._stored[place]))

    def closest(self, point: EmbeddedPoint, row: int, *, most: int) -> tuple[WindowPair, ...]:
        """See `segue.snapshot.Windowed`."""
        place = self._units.places[row]
        if place < 0:
            return ()
        return self._passages.closest(point.windows, int(self._stored[place]), most=most)

    def windows(self, rows: Rows) -> NDArray[np.float16]:
        """The windows of tracks that stand here, shape (rows, windows, width)."""
        return self._embeddings.windows[self._stored[self._units.places[rows]]]

    def twins(self, point: EmbeddedPoint) -> Rows:
        """Rows of the tracks that stand at the very place of a point, in order.

        Their windows are the same: others would have another mean.
        """
        near = self._units.same(point.unit)
        # Held in half precision, vectors that are nearly the same are the same.
        stored = self._stored[self._units.places[near]]
        units = to_units(self._embeddings.means(stored) - self._centre).astype(np.float32)
        twins: Rows = near[(units == point.unit.astype(np.float32)).all(axis=1)]
        return twins

    @cached_property
    def _passages(self) -> Passages:
        return Passages(self._embeddings, agreement=self.agreement)


class SoundSpace(EmbeddedSpace):
    """What a network hears that was taught to tell artists apart by their sound."""

    name = "sound"
    window = SECONDS
    needs = (
        "audio and a network that hears it: analyse its file, and teach one with "
        "`segue train sound --library`"
    )
    agreement = "with passages that sound alike"


class GenreSpace(EmbeddedSpace):
    """What a network hears that was taught to name genres."""

    name = "genre"
    window = SECONDS
    needs = (
        "audio and a network that hears genres: analyse its file, and teach one with "
        "`segue train genre --library`"
    )
    agreement = "with passages of a like genre"

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Place the embedded tracks of `corpus`, once for this space and for `genre_votes`."""
        built = _genre_space(corpus) if cls is GenreSpace else cls(corpus)
        return cast("Self", built)


_GENRES: WeakValueDictionary[int, GenreSpace] = WeakValueDictionary()
"""By corpus, as long as anybody uses the space, which holds its corpus: no number comes twice."""


def _genre_space(corpus: Corpus) -> GenreSpace:
    made = _GENRES.get(id(corpus))
    if made is None:
        made = _GENRES[id(corpus)] = GenreSpace(corpus)
    return made


def brought(name: str) -> type[EmbeddedSpace]:
    """The space of an embedder that somebody brought, by the name of its space."""
    said = {
        "name": name,
        "needs": f"audio that the embedder {name!r} has heard: run `segue analyse`",
        "agreement": f"with passages alike in {name}",
        "__doc__": f"What the embedder {name!r} hears.",
    }
    return type(f"{name.capitalize()}Space", (EmbeddedSpace,), said)
