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
from hashlib import blake2b
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from segue.spaces.embeddings import Embeddings, mean
from segue.spaces.passages import Passages
from segue.spaces.units import Units, to_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.records import Comparison
    from segue.snapshot import Corpus, Description
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
    """

    name: str
    needs: str
    agreement: ClassVar[str] = "with passages that are alike"
    centred: ClassVar[bool] = False

    def __init__(self, corpus: Corpus) -> None:
        self._embeddings = Embeddings.of(corpus, self.name)
        means = self._embeddings.means()
        self._centre = np.zeros(self._embeddings.width)
        if self.centred and len(means):
            self._centre = means.mean(axis=0)
        units = to_units(means - self._centre)
        apart = np.flatnonzero(units.any(axis=1))
        self._stored = apart
        self._units = Units(units[apart], self._embeddings.rows[apart], tracks=len(corpus))
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

    def nearest(self, point: EmbeddedPoint, *, k: int, allowed: Mask | None, margin: float) -> Rows:
        """Rows of the `k` best allowed tracks and of all within `margin` of the k-th."""
        unit = point.unit.astype(np.float32)
        return self._units.nearest(unit, k=k, allowed=allowed, margin=margin)

    def compare(self, point: EmbeddedPoint, row: int) -> tuple[Comparison, ...]:
        """The passages of both that are the most alike."""
        place = self._units.places[row]
        if place < 0:
            return ()
        return self._passages.compare(point.windows, int(self._stored[place]))

    def windows(self, rows: Rows) -> NDArray[np.float16]:
        """The windows of tracks that stand here, shape (rows, windows, width)."""
        return self._embeddings.windows[self._stored[self._units.places[rows]]]

    def twins(self, point: EmbeddedPoint) -> Rows:
        """Rows of the tracks that stand at the very place of a point, in order.

        Their windows are the same: others would have another mean.
        """
        found = self._by_unit.get(_digest(point.unit), [])
        return np.array(found, dtype=np.int64)

    @cached_property
    def _by_unit(self) -> dict[bytes, list[int]]:
        found: dict[bytes, list[int]] = {}
        for row, unit in zip(self._units.rows.tolist(), self._units.vectors, strict=True):
            found.setdefault(_digest(unit), []).append(row)
        return found

    @cached_property
    def _passages(self) -> Passages:
        return Passages(self._embeddings, agreement=self.agreement)


def _digest(unit: NDArray[np.floating]) -> bytes:
    return blake2b(unit.astype(np.float32, copy=False).tobytes(), digest_size=16).digest()


class SoundSpace(EmbeddedSpace):
    """What a network hears that was taught to tell artists apart by their sound."""

    name = "sound"
    needs = (
        "audio and a network that hears it: analyse its file, and teach one with "
        "`segue train sound --library`"
    )
    agreement = "with passages that sound alike"


class GenreSpace(EmbeddedSpace):
    """What a network hears that was taught to name genres."""

    name = "genre"
    needs = (
        "audio and a network that hears genres: analyse its file, and teach one with "
        "`segue train genre --library`"
    )
    agreement = "with passages of a like genre"


def brought(name: str) -> type[EmbeddedSpace]:
    """The space of an embedder that somebody brought, by the name of its space."""
    said = {
        "name": name,
        "needs": f"audio that the embedder {name!r} has heard: run `segue analyse`",
        "agreement": f"with passages alike in {name}",
        "__doc__": f"What the embedder {name!r} hears.",
    }
    return type(f"{name.capitalize()}Space", (EmbeddedSpace,), said)
