"""The space `latent`: near means alike in numbers, artist, genre and emotion at once.

An autoencoder was taught (`segue train latent`) to press what is known of a track into 20 numbers,
from which its numbers can be rebuilt and its artist, genre and emotion told. These 20, its *code*,
brought to length 1, are where it stands; the score is the cosine.

Codes stand in the catalogue. A track that has come since, an uploaded file and a typed wish are
encoded by the encoder that the catalogue keeps beside them, and so is whatever a wish leaves out:
for that the encoder was taught with gaps.

What a code says of emotion and genre is read from it by the two linear heads that were taught with
it, softmax(W code + b). It is the network's word, and is marked as an estimate. Likeness of two
such words is the share of random pairs of tracks whose probabilities lie farther apart (half the
sum of the differences).
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.errors import SegueError, UnavailableError
from segue.latent.encoder import ENCODER, SPACE, Encoder
from segue.latent.facts import Facts
from segue.records import Comparison
from segue.spaces.units import Units, kept_at, products, to_units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue.index.served import VectorTables
    from segue.snapshot import Corpus, Description, Trained
    from segue.types import Floats, Mask, Rows, Vectors

HEADS = {"emotions": "emotion", "genres": "genre"}
"""What can be read from a code: the words of the manifest, and what a comparison calls it."""

PAIRS = 1_024
"""Random pairs that likeness is measured against."""

SEED = 42

_DECIMALS = 6

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class LatentPoint:
    """The `code` as the encoder gave it and `unit`, its direction; shape (width,)."""

    code: Floats
    unit: Floats


class LatentSpace:
    """Cosine of codes; see the module."""

    name = SPACE
    needs = (
        "a network that knows the catalogue, and an attribute, artist, genre or emotion that it "
        "knows: run `segue train latent`"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._trained = corpus.trained.get(SPACE)
        rows, codes = self._codes(corpus)
        units = to_units(codes.astype(np.float64))
        apart = units.any(axis=1)
        self._stored = codes[apart]
        self._width = codes.shape[1]
        kept = kept_at(corpus, self.name)
        self._units = Units(units[apart], rows[apart], tracks=len(corpus), place=kept)
        self.placed: Mask = self._units.placed

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Place the tracks of `corpus` that have a code, and encode those that have none yet."""
        return cls(corpus)

    def _codes(self, corpus: Corpus) -> tuple[Rows, Vectors]:
        """Whose codes, and the codes."""
        placed = corpus.placed.get(SPACE)
        if placed is None:
            return np.empty(0, dtype=np.int64), np.empty((0, 1), dtype=np.float32)
        codes = placed.vectors.astype(np.float32, copy=False)
        lacking = np.setdiff1d(np.arange(len(corpus)), placed.rows)
        if self._encoder is None or not len(lacking):
            return placed.rows, codes
        facts = Facts.of_corpus(corpus, lacking)
        known = np.flatnonzero(self._encoder.known(facts))
        more = self._encoder.encode(facts.take(known))
        return np.concatenate([placed.rows, lacking[known]]), np.concatenate([codes, more])

    @cached_property
    def _encoder(self) -> Encoder | None:
        """The catalogue's; None where it keeps none that can be used."""
        if self._trained is None or ENCODER not in self._trained.arrays:
            return None
        try:
            return Encoder.of_trained(self._trained)
        except SegueError as problem:
            _log.warning("tracks without a code, files and wishes get none: %s", problem)
            self.needs = (
                "an encoder that is whole: the catalogue's is damaged, so run "
                "`segue train latent` again"
            )
            return None

    def point(self, row: int) -> LatentPoint | None:
        """Where the track of `row` stands; None when it has no code."""
        place = self._units.places[row]
        return None if place < 0 else self._at(self._stored[place])

    def place(self, description: Description) -> LatentPoint | None:
        """Where something from outside would stand, by its code or by what is said of it.

        Raises
        ------
        UnavailableError
            Its code was made by another encoder.
        """
        code = description.vectors.get(SPACE)
        if len(self._units) == 0:
            return None
        if code is None:
            facts = Facts.of_records([description.record])
            if self._encoder is None or not self._encoder.known(facts)[0]:
                return None
            code = self._encoder.encode(facts)[0]
        if len(code) != self._width:
            raise UnavailableError(
                f"the code has {len(code)} numbers, those of the catalogue's tracks {self._width}",
                remedy="Leave it out: it is made from what is said",
            )
        return self._at(code)

    def _at(self, code: Vectors) -> LatentPoint | None:
        exact = np.asarray(code, dtype=np.float64)
        unit = to_units(exact[np.newaxis])[0]
        return LatentPoint(exact, unit) if unit.any() else None

    def score(self, points: Sequence[LatentPoint], *, rows: Rows | None = None) -> Vectors:
        """Cosine of every point to every row, shape (points, rows); 0 for rows not placed."""
        units = np.array([point.unit for point in points], dtype=np.float32)
        return self._units.score(units.reshape(len(points), self._width), rows=rows)

    def score_exactly(self, point: LatentPoint, *, rows: Rows) -> Floats:
        """The same in float64, from the codes themselves."""
        scores = np.zeros(len(rows))
        there = np.flatnonzero(self.placed[rows])
        codes = self._stored[self._units.places[rows[there]]].astype(np.float64)
        scores[there] = np.vecdot(to_units(codes), point.unit)
        return scores

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        there = np.flatnonzero(self.placed[rows])
        codes = self._stored[self._units.places[rows[there]]].astype(np.float64)
        return products(to_units(codes), there=there, count=len(rows))

    def nearest(self, point: LatentPoint, *, k: int, allowed: Mask | None, margin: float) -> Rows:
        """Rows of the `k` best allowed tracks and of all within `margin` of the k-th."""
        unit = point.unit.astype(np.float32)
        return self._units.nearest(
            unit,
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

    def compare(self, point: LatentPoint, row: int) -> tuple[Comparison, ...]:
        """What both codes say of emotion and genre; else how close they are."""
        place = self._units.places[row]
        if place < 0:
            return ()
        code = self._stored[place].astype(np.float64)
        if self._heads:
            return tuple(head.compare(point.code, code) for head in self._heads)
        return (self._closeness(point.unit, to_units(code[np.newaxis])[0]),)

    @cached_property
    def _heads(self) -> tuple[Head, ...]:
        if self._trained is None:
            return ()
        found = (Head.of(self._trained, kind, self._sample) for kind in HEADS)
        return tuple(head for head in found if head is not None)

    @cached_property
    def _sample(self) -> tuple[Floats, Floats]:
        """Codes of random pairs of different tracks, shape (pairs, width) each."""
        generator = np.random.default_rng(SEED)
        one, other = generator.integers(len(self._stored), size=(2, PAIRS))
        apart = one != other
        codes = self._stored.astype(np.float64)
        return codes[one[apart]], codes[other[apart]]

    @cached_property
    def _spread(self) -> list[float]:
        """Cosines of random pairs, sorted."""
        one, other = (to_units(codes) for codes in self._sample)
        return sorted(np.vecdot(one, other).round(_DECIMALS).tolist())

    def _closeness(self, one: Floats, other: Floats) -> Comparison:
        cosine = round(float(one @ other), _DECIMALS)
        likeness = bisect_left(self._spread, cosine) / max(len(self._spread), 1)
        return Comparison(
            feature="code",
            seed=f"{self._width} numbers",
            track=f"{self._width} numbers",
            likeness=1.0 if cosine >= 1.0 else likeness,
            agreement="alike in numbers, artist, genre and emotion together",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Words that are read from a code.

    Attributes
    ----------
    feature
        What they are: "emotion", "genre".
    words
        In the order of the weights.
    weights, bias
        Shape (words, width) and (words,).
    spread
        Distances of random pairs of tracks, sorted.
    """

    feature: str
    words: tuple[str, ...]
    weights: Floats
    bias: Floats
    spread: list[float]

    @classmethod
    def of(cls, trained: Trained, kind: str, sample: tuple[Floats, Floats]) -> Self | None:
        """The head of a kind of words; None where the network was taught none."""
        words = tuple(trained.state.get(kind, ()))
        weights, bias = (trained.arrays.get(f"{kind}_{part}") for part in ("weights", "bias"))
        if len(words) < 2 or weights is None or bias is None:
            return None
        if weights.shape != (len(words), sample[0].shape[1]) or bias.shape != (len(words),):
            return None
        exact = weights.astype(np.float64), bias.astype(np.float64)
        apart = _apart(*(_shares(codes, *exact) for codes in sample))
        return cls(HEADS[kind], words, *exact, sorted(apart.round(_DECIMALS).tolist()))

    def compare(self, seed: Floats, track: Floats) -> Comparison:
        """The likeliest word of both codes."""
        one, other = _shares(np.array([seed, track]), self.weights, self.bias)
        apart = round(float(_apart(one, other)), _DECIMALS)
        closer = bisect_left(self.spread, apart)
        likeness = 1.0 - closer / len(self.spread) if self.spread else 0.0
        said, theirs = self.words[int(one.argmax())], self.words[int(other.argmax())]
        return Comparison(
            feature=f"{self.feature} by code",
            seed=said,
            track=theirs,
            likeness=1.0 if apart == 0.0 else likeness,
            agreement=f"nearest to {said}" if said == theirs else "",
            contrast="" if said == theirs else f"nearer to {theirs} than to {said}",
            estimated=True,
        )


def _shares(codes: Floats, weights: Floats, bias: Floats) -> Floats:
    """Probabilities of words, shape (codes, words)."""
    logits = codes @ weights.T + bias
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def _apart(one: Floats, other: Floats) -> Floats:
    """Half the sum of the differences of probabilities, over the last axis."""
    apart: Floats = np.abs(one - other).sum(axis=-1) / 2
    return apart
