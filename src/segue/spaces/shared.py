"""What the words of two tracks share, said field by field.

Only what is shared is said: that two tracks are by different artists is no news. The distance of
two tracks in a field is 1 less the part of their tokens that both have; likeness is the share of
random pairs that are further apart, and 1 for the same words.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from segue.names import artist_key, fold
from segue.records import Comparison
from segue.spaces.tokens import FIELDS, texts_of_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.snapshot import Corpus
    from segue.spaces.terms import UnitRows, Vocabulary
    from segue.spaces.tokens import Texts
    from segue.types import Floats, Rows

PAIRS = 4096
SEED = 42

TELLING = 0.01
"""A single word is named when at most this share of the tracks has it."""

NAMED = 2
"""Most words or names said of one field."""

_FLAG = FIELDS.index("explicit")
_NAMES = frozenset({"artist", "genre"})
"""Fields of which whole names are said, not words."""


class SharedWords:
    """Comparisons of words within one catalogue.

    Parameters
    ----------
    corpus
        For names as they are written.
    vocabulary
        Its tokens.
    vectors
        Unit vectors of its tracks.
    """

    def __init__(self, corpus: Corpus, vocabulary: Vocabulary, vectors: UnitRows) -> None:
        self._corpus = corpus
        self._vocabulary = vocabulary
        self._vectors = vectors
        self._fields = np.frombuffer(vocabulary.fields, dtype=np.uint8)
        self._field = vocabulary.fields
        self._often = TELLING * len(vectors)
        # A view gives whole numbers of Python, and faster than an array does.
        self._holding = np.bincount(vectors.terms, minlength=len(vocabulary)).data

    def field(self, term: int) -> str:
        """The field a term belongs to."""
        return FIELDS[self._field[term]]

    def _word(self, term: int) -> str:
        return self._vocabulary.tokens[term].partition(":")[2]

    def compare(
        self, terms: Rows, values: Floats, texts: Texts, row: int
    ) -> tuple[Comparison, ...]:
        """Fields with anything in common, the largest part of the score first."""
        others, weights = self._vectors.row(row)
        mine = dict(zip(terms.tolist(), values.tolist(), strict=True))
        shared: dict[int, list[tuple[float, int]]] = {}
        held = [0] * len(FIELDS)
        for term in mine:
            held[self._field[term]] += 1
        for term, weight in zip(others.tolist(), weights.tolist(), strict=True):
            place = self._field[term]
            if term in mine:
                shared.setdefault(place, []).append((mine[term] * weight, term))
            else:
                held[place] += 1
        shared.pop(_FLAG, None)
        order = sorted(shared, key=lambda place: -sum(part for part, _ in shared[place]))
        shown = texts_of_row(self._corpus, row)
        return tuple(
            self._say(
                FIELDS[place],
                [term for _, term in sorted(shared[place], reverse=True)],
                held[place],
                (texts[place], shown[place]),
            )
            for place in order
        )

    def _say(
        self,
        field: str,
        shared: Sequence[int],
        held: int,
        shown: tuple[tuple[str, ...], tuple[str, ...]],
    ) -> Comparison:
        """One field of both side by side: its `shared` terms, of so many that either has."""
        apart = 1 - len(shared) / held
        spread = self._spreads[field]
        telling = 1 - bisect_right(spread, apart) / len(spread) if spread else 0.0
        seed, track = shown
        # To read a word takes longer than all the rest: only those that are said are read.
        words = [self._word(term) for term in shared] if field in _NAMES else []
        rare = [term for term in shared if self._holding[term] <= self._often][:NAMED]
        if field == "lyrics":
            seed = track = tuple(self._word(term) for term in shared[:NAMED])
        return Comparison(
            feature=field,
            seed=", ".join(seed),
            track=", ".join(track),
            likeness=telling if apart else 1.0,
            agreement=_agreement(
                field, track, words, [self._word(term) for term in rare], same=apart == 0
            ),
        )

    def _by_field(self, terms: NDArray[np.integer]) -> list[int]:
        """How many of `terms` each field has, in the order of `FIELDS`."""
        counts: list[int] = np.bincount(self._fields[terms], minlength=len(FIELDS)).tolist()
        return counts

    @cached_property
    def _spreads(self) -> dict[str, list[float]]:
        """Distances of random pairs by field, sorted; of pairs that both say something in it."""
        generator = np.random.default_rng(SEED)
        spreads: dict[str, list[float]] = {field: [] for field in FIELDS}
        pairs = generator.integers(len(self._vectors), size=(PAIRS, 2))
        for first, second in pairs[pairs[:, 0] != pairs[:, 1]].tolist():
            mine, theirs = self._vectors.terms_of(first), self._vectors.terms_of(second)
            common = np.intersect1d(mine, theirs, assume_unique=True)
            counts = (self._by_field(terms) for terms in (mine, theirs, common))
            for field, ours, others, both in zip(FIELDS, *counts, strict=True):
                if ours and others:
                    spreads[field].append(1 - both / (ours + others - both))
        return {field: sorted(spread) for field, spread in spreads.items()}


def _agreement(
    field: str, track: Sequence[str], words: Sequence[str], rare: Sequence[str], *, same: bool
) -> str:
    """How a shared field is said after "Both"; empty when it is shared in common words only."""
    if field == "artist":
        shared = [name for name in track if artist_key(name) in words]
        return f"by {_listed(shared)}"
    if field == "genre" and (shared := [name for name in track if fold(name) in words]):
        return f"of the genre {_listed(shared)}"
    if same and field in {"album", "title"} and track[0]:
        return f"{'on an album called' if field == 'album' else 'called'} “{track[0]}”"
    if not rare:
        return ""
    quoted = _listed([f"“{word}”" for word in rare])
    if field == "labels":
        return f"tagged {quoted}"
    place = {"genre": "the genre", "album": "the album's name", "title": "the title"}
    return f"with {quoted} in {place.get(field, 'the lyrics')}"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(words[:NAMED])
