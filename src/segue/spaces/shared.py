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
    from collections.abc import Iterable, Mapping, Sequence

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
        self._often = TELLING * len(vectors)
        self._holding = np.bincount(vectors.terms, minlength=len(vocabulary))

    def field(self, term: int) -> str:
        """The field a term belongs to."""
        return self._vocabulary.tokens[term].partition(":")[0]

    def _word(self, term: int) -> str:
        return self._vocabulary.tokens[term].partition(":")[2]

    def compare(
        self, terms: Rows, values: Floats, texts: Texts, row: int
    ) -> tuple[Comparison, ...]:
        """Fields with anything in common, the largest part of the score first."""
        mine = dict(zip(terms.tolist(), values.tolist(), strict=True))
        theirs = self._row(row)
        shared: dict[str, list[tuple[float, int]]] = {}
        for term in mine.keys() & theirs.keys():
            shared.setdefault(self.field(term), []).append((mine[term] * theirs[term], term))
        shared.pop("explicit", None)
        order = sorted(shared, key=lambda field: -sum(part for part, _ in shared[field]))
        rows = zip(texts, texts_of_row(self._corpus, row), strict=True)
        shown = dict(zip(FIELDS, rows, strict=True))
        return tuple(
            self._say(field, sorted(shared[field], reverse=True), mine, theirs, shown[field])
            for field in order
        )

    def _say(
        self,
        field: str,
        shared: Sequence[tuple[float, int]],
        mine: Mapping[int, float],
        theirs: Mapping[int, float],
        shown: tuple[tuple[str, ...], tuple[str, ...]],
    ) -> Comparison:
        """One field of both side by side; `shared` are (part of the score, term)."""
        apart = 1 - len(shared) / len(self._within(field, mine) | self._within(field, theirs))
        spread = self._spreads[field]
        telling = 1 - bisect_right(spread, apart) / len(spread) if spread else 0.0
        seed, track = shown
        words = [self._word(term) for _, term in shared]
        rare = [self._word(term) for _, term in shared if self._holding[term] <= self._often]
        if field == "lyrics":
            seed = track = tuple(words[:NAMED])
        return Comparison(
            feature=field,
            seed=", ".join(seed),
            track=", ".join(track),
            likeness=telling if apart else 1.0,
            agreement=_agreement(field, track, words, rare, same=apart == 0),
        )

    def _row(self, row: int) -> dict[int, float]:
        terms, values = self._vectors.row(row)
        return dict(zip(terms.tolist(), values.tolist(), strict=True))

    def _within(self, field: str, terms: Iterable[int]) -> set[int]:
        return {term for term in terms if self.field(term) == field}

    @cached_property
    def _spreads(self) -> dict[str, list[float]]:
        """Distances of random pairs by field, sorted; of pairs that both say something in it."""
        generator = np.random.default_rng(SEED)
        spreads: dict[str, list[float]] = {field: [] for field in FIELDS}
        pairs = generator.integers(len(self._vectors), size=(PAIRS, 2))
        for first, second in pairs[pairs[:, 0] != pairs[:, 1]].tolist():
            both = (self._row(first), self._row(second))
            for field in FIELDS:
                mine, theirs = (self._within(field, terms) for terms in both)
                if mine and theirs:
                    spreads[field].append(1 - len(mine & theirs) / len(mine | theirs))
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
