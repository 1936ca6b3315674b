"""The space `titles`: tracks of playlists with names alike, also where a name is all there is.

A name is read as the words of its normal form (`segue.names.fold`, any script), its symbols
(emoji), and the runs of three letters of all its words joined, its ends marked: "Road Trip!",
"roadtrip" and "ROADTRIPS" meet in nearly all of these. A letter of a wide script (日本語), which
writes no spaces, is a run by itself too. The vector of a name is

    part × (1 + ln(times in it)) × (1 + ln((1 + names) / (1 + names with it)))

brought to length 1, where a run counts half of a word, and s_p in [0, 1] is the cosine of a name to
that of playlist p. Then the name is scored as if it were a track that stands in every playlist as
far as the names are alike, by the formula of `segue.spaces.memberships` with s_p for x_pi and Σ s_p
for c_i. With the ordinary exponents, which a validation split of real playlists chose, this is the
share of the alike playlists that hold the track.

A track stands where the names of its playlists do; one in no named playlist is not placed. From
outside, `Description.title` is placed. Cosines are sums over terms, so that a set of seeds is one
vector of terms, the weighted sum of theirs, and its playlists are weighed once, for all of them.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.sparse import csr_array

from segue.names import fold
from segue.records import Comparison
from segue.spaces.memberships import (
    PlaylistPoint,
    PlaylistSpace,
    Weighting,
    cut,
    stacked,
    summed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Mask, Rows

RUN = 3
"""Letters of a run."""

PART_OF_RUN = 0.5
"""What a run counts beside a word or a symbol."""

TERMS = 64
"""Most terms of a track; those of all the names of its playlists would be thousands."""

NAMED = 2
"""Most names said in a comparison."""

_AT_ONCE = 64
"""So many vectors are compared with all names at once."""

ORDINARY = Weighting(seed=1.0, track=0.0, length=0.25)


class TitlesPoint(PlaylistPoint):
    """A vector of terms: `values` of `terms`, ascending, whose sum over a name is what it weighs.

    That of one name or track has the length (Σ s_p)^-a; see the module.
    """

    def __init__(
        self,
        space: TitlesSpace,
        terms: Rows,
        values: Floats,
        *,
        members: Mapping[int, float],
        said: str = "",
    ) -> None:
        super().__init__(space, partial(space.weighed, terms, values), members=members, said=said)
        self.terms, self.values = terms, values


class TitlesSpace(PlaylistSpace):
    """Likeness by the names of playlists; see the module."""

    name = "titles"
    needs = "a playlist with a name that holds it: import one with `segue import playlists`"

    def __init__(self, corpus: Corpus, *, weighting: Weighting) -> None:
        super().__init__(corpus, weighting=weighting)
        self._names = Names(corpus.playlists.titles)
        self._listed = self._names.listed()
        named = np.flatnonzero(self._names.of >= 0)
        self.placed: Mask = np.zeros(len(corpus), dtype=np.bool_)
        ranks, _ = self._memberships.spread(named, np.ones(len(named)))
        self.placed[self._memberships.rows[ranks]] = True

    @classmethod
    def build(cls, corpus: Corpus, *, weighting: Weighting | None = None) -> Self:
        """Read the names of the playlists of `corpus`; weighed as training found unless given."""
        return cls(corpus, weighting=weighting or Weighting.of(corpus, cls.name, ordinary=ORDINARY))

    def point(self, row: int) -> TitlesPoint | None:
        """Where the names of the playlists of `row` stand; None where none of them has a name."""
        if not self.placed[row]:
            return None
        (wanted,) = self._wanted(np.array([row]))
        return self._standing(*wanted, members={row: 1.0})

    def place(self, description: Description) -> TitlesPoint | None:
        """Where the title of `description` stands; None when it shares nothing with any name."""
        terms, values = self._names.read(description.title)
        if len(terms) == 0:
            return None
        return self._standing(terms, values, members={}, said=f"“{description.title.strip()}”")

    def gather(self, points: Sequence[TitlesPoint], *, weights: Floats) -> TitlesPoint | None:
        """The weighted sum of the terms of the points; None where nothing of them is left."""
        terms, place = np.unique(
            np.concatenate([point.terms for point in points]), return_inverse=True
        )
        parts = [w * point.values for point, w in zip(points, weights, strict=True)]
        values = summed(place, np.concatenate(parts), count=len(terms))
        left = np.flatnonzero(values)
        if len(left) == 0:
            return None
        members: dict[int, float] = {}
        for point, weight in zip(points, weights.tolist(), strict=True):
            for row, part in point.members.items():
                members[row] = members.get(row, 0.0) + weight * part
        said = next((point.said for point in points if point.said), "")
        return TitlesPoint(self, terms[left], values[left], members=members, said=said)

    def weighed(self, terms: Rows, values: Floats) -> tuple[Rows, Floats]:
        """The playlists whose names have any of some terms, and their weights, cut."""
        return self._cut(self._names.alike([(terms, values)])[0])

    def compare(self, point: PlaylistPoint, row: int) -> tuple[Comparison, ...]:
        """The names of both; likeness is the best name of `row` beside the best of all."""
        playlists, weights = point.weighed
        likes = np.maximum(weights, 0.0) / self._of_length[playlists]
        held = np.zeros(len(self._corpus.playlists), dtype=np.bool_)
        held[self._memberships.holding(row)] = True
        best, found = likes.max(initial=0.0), likes[held[playlists]].max(initial=0.0)
        theirs = self._said(point, row)
        alike = ", ".join(theirs)
        own = point.alone
        mine = point.said or ", ".join(self._said(point, own))
        return (
            Comparison(
                feature="playlist names",
                seed=mine,
                track=alike,
                likeness=1.0 if own == row else float(found / best) if best > 0 else 0.0,
                agreement=f"in playlists named {' and '.join(theirs)}" if found > 0 else "",
            ),
        )

    def _standing(
        self, terms: Rows, values: Floats, *, members: Mapping[int, float], said: str = ""
    ) -> TitlesPoint:
        """Where a vector of terms of length 1 stands."""
        return TitlesPoint(self, terms, self._levelled(terms, values), members=members, said=said)

    def _levelled(self, terms: Rows, values: Floats) -> Floats:
        """A vector of length 1 as that of one seed; see `TitlesPoint`."""
        often = float(values @ self._listed[terms])
        level = max(often + self.weighting.shrinkage, 1.0) ** -self.weighting.seed
        found: Floats = level * values
        return found

    def _wanted(self, rows: Rows) -> list[tuple[Rows, Floats]]:
        """The terms of the names of each row's playlists, at length 1."""
        held = [self._memberships.holding(row).astype(np.int64) for row in rows.tolist()]
        return self._names.mixed(held, [self._of_length[each] for each in held])

    def _weighed_of(self, rows: Rows) -> list[tuple[Rows, Floats]]:
        """See `PlaylistSpace`; a few names are compared with all names in one go."""
        found = []
        for start in range(0, len(rows), _AT_ONCE):
            wanted = self._wanted(rows[start : start + _AT_ONCE])
            levelled = [(terms, self._levelled(terms, values)) for terms, values in wanted]
            found += [self._cut(alike) for alike in self._names.alike(levelled)]
        return found

    def _cut(self, alike: Floats) -> tuple[Rows, Floats]:
        """The playlists that weigh most for likenesses to every name, and what they weigh."""
        listed = np.where(self._names.of >= 0, alike[self._names.of], 0.0)
        playlists = np.flatnonzero(listed)
        weights = listed[playlists] * self._of_length[playlists]
        return cut(playlists, weights, strongest=self.weighting.strongest)

    def _said(self, point: PlaylistPoint, row: int | None) -> list[str]:
        """Names of playlists that hold `row`, or of any, the nearest to the point first."""
        playlists, weights = point.weighed
        likes = weights / self._of_length[playlists]
        if row is not None:
            theirs = self._memberships.holding(row)
            held = np.zeros(len(self._corpus.playlists), dtype=np.bool_)
            held[theirs] = True
            here = held[playlists]
            apart = theirs[~np.isin(theirs, playlists)]
            playlists = np.concatenate([playlists[here], apart])
            likes = np.concatenate([likes[here], np.zeros(len(apart))])
        said: dict[int, str] = {}
        for playlist in playlists[np.argsort(-likes, kind="stable")].tolist():
            number = int(self._names.of[playlist])
            if number >= 0:
                said.setdefault(number, f"“{self._corpus.playlists.titles[playlist].strip()}”")
            if len(said) == NAMED:
                break
        return list(said.values())


class Names:
    """The different names among titles, as vectors of length 1.

    Attributes
    ----------
    of
        The number of each title's name, shape (titles,); -1 where it says nothing.
    """

    def __init__(self, titles: Sequence[str]) -> None:
        numbers: dict[tuple[str, ...], int] = {}
        number_of: dict[str, int] = {}
        for title in dict.fromkeys(titles):
            found = tuple(terms_of(title))
            number_of[title] = numbers.setdefault(found, len(numbers)) if found else -1
        self.of: Rows = np.array([number_of[title] for title in titles], dtype=np.int64)
        self._vocabulary: dict[str, int] = {}
        counts = self._count(numbers)
        holding = np.bincount(counts.indices, minlength=len(self._vocabulary))
        part = [PART_OF_RUN if term.startswith("run:") else 1.0 for term in self._vocabulary]
        inverse = 1 + np.log((1 + len(numbers)) / (1 + holding))
        self._weights: Floats = np.array(part) * inverse
        values = (1 + np.log(counts.data)) * self._weights[counts.indices]
        which = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        length = np.sqrt(np.bincount(which, weights=values * values, minlength=len(numbers)))
        self._vectors = csr_array(
            (values / length[which], counts.indices, counts.indptr), shape=counts.shape
        )
        self._by_term = self._vectors.tocsc()

    def read(self, title: str) -> tuple[Rows, Floats]:
        """A title as terms and values of length 1; none where no name has anything of it."""
        counts = Counter(terms_of(title))
        known = sorted((self._vocabulary[t], n) for t, n in counts.items() if t in self._vocabulary)
        terms = np.array([term for term, _ in known], dtype=np.int64)
        values = (1 + np.log([n for _, n in known])) * self._weights[terms]
        return terms, _unit(values)

    def mixed(self, held: Sequence[Rows], weights: Sequence[Floats]) -> list[tuple[Rows, Floats]]:
        """The strongest terms of several titles, weighted, at length 1; of each of `held`."""
        names, much = [], []
        for titles, each in zip(held, weights, strict=True):
            numbers = self.of[titles]
            named = numbers >= 0
            which, place = np.unique(numbers[named], return_inverse=True)
            names.append(which)
            much.append(summed(place, each[named], count=len(which)))
        total = stacked(names, much, shape=(len(held), self._vectors.shape[0])) @ self._vectors
        total.sort_indices()
        found = []
        for start, end in itertools.pairwise(total.indptr.tolist()):
            terms, values = total.indices[start:end].astype(np.int64), total.data[start:end]
            terms, values = cut(terms, values, strongest=TERMS)
            found.append((terms, _unit(values)))
        return found

    def listed(self) -> Floats:
        """The sum of the vectors of all titles, shape (terms,)."""
        named = self.of[self.of >= 0]
        often = np.bincount(named, minlength=self._vectors.shape[0])
        listed: Floats = self._vectors.T @ often.astype(np.float64)
        return listed

    def alike(self, vectors: Sequence[tuple[Rows, Floats]]) -> Floats:
        """Products of vectors, of length 1 at most, with every name, at most 1.

        Parameters
        ----------
        vectors
            Terms, ascending, and what stands there, of each.

        Returns
        -------
        Floats
            Shape (vectors, names).
        """
        terms, values = [one for one, _ in vectors], [each for _, each in vectors]
        asked = stacked(terms, values, shape=(len(vectors), len(self._vocabulary)))
        found: Floats = np.minimum((asked @ self._by_term.T).toarray(), 1.0)
        return found

    def _count(self, numbers: Mapping[tuple[str, ...], int]) -> csr_array:
        """How often each name has each term, shape (names, terms)."""
        flat = [
            self._vocabulary.setdefault(term, len(self._vocabulary))
            for found in numbers
            for term in found
        ]
        ends = np.cumsum([0, *map(len, numbers)])
        counts = csr_array(
            (np.ones(len(flat)), np.array(flat, dtype=np.int64), ends),
            shape=(len(numbers), len(self._vocabulary)),
        )
        counts.sum_duplicates()
        return counts


def terms_of(title: str) -> list[str]:
    """Words, symbols and runs of a playlist's name; none for a blank one.

    Examples
    --------
    >>> terms_of("Été 🔥")
    ['word:ete', 'symbol:🔥', 'run:^et', 'run:ete', 'run:te$']
    """
    plain = fold(title)
    strange = "" if title.isascii() else title
    symbols = [f"symbol:{c}" for c in dict.fromkeys(strange) if unicodedata.category(c) == "So"]
    letters = "".join(c for c in plain if c.isalnum() or unicodedata.category(c)[0] == "M")
    if not letters:
        return symbols or ([f"word:{plain}"] if plain else [])
    joined = f"^{letters}$"
    runs = [joined[start : start + RUN] for start in range(len(joined) - RUN + 1)]
    if strange:
        runs += [c for c in letters if unicodedata.east_asian_width(c) in "WF"]
    words = [f"word:{word}" for word in plain.split()]
    return [*words, *symbols, *(f"run:{run}" for run in runs)]


def _unit(values: Floats) -> Floats:
    return values / max(float(np.sqrt(values @ values)), np.finfo(float).tiny)
