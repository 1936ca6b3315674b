"""The terms of a catalogue and which track holds which how often, in little room.

A track's vector follows from whole numbers: how often it has each term, which take a byte or two
each. The values are computed where they are needed, in float64 and always in the same way:

    (1 + ln(times)) × weight of the term / length of the row
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.columns import Sorted, Texts
from segue.spaces.tokens import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from segue.types import Floats, Rows

_AT_ONCE = 1_000_000

_FIELDS = {field: place for place, field in enumerate(FIELDS)}


class Vocabulary:
    """All tokens of a catalogue; a term is the number of one.

    Parameters
    ----------
    tokens
        Each once, by term.

    Attributes
    ----------
    fields
        The place in `segue.spaces.tokens.FIELDS` of each term's field, one byte a term.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self.tokens = Texts(tokens)
        every = list(self.tokens)
        self.fields = bytes(_FIELDS[token.partition(":")[0]] for token in every)
        self._terms = np.array(sorted(range(len(every)), key=every.__getitem__), dtype=np.int32)
        self._sorted = Sorted(self.tokens.taken(self._terms.astype(np.int64)))

    def __len__(self) -> int:
        """How many terms there are."""
        return len(self.tokens)

    def term(self, token: str) -> int | None:
        """The term of a token; None when no track has it."""
        place = self._sorted.get(token)
        return None if place is None else int(self._terms[place])


class UnitRows:
    """Vectors of length 1 by row; a row without a term has none.

    Parameters
    ----------
    terms, counts
        Row after row, the terms of each ascending, and how often it holds each, 1 or more.
    ends
        Where the terms of each row end, with a 0 in front; shape (tracks + 1,).
    weights
        By term, above 0.
    """

    def __init__(
        self,
        terms: NDArray[np.int32],
        counts: NDArray[np.integer],
        ends: Rows,
        *,
        weights: Floats,
    ) -> None:
        self.ends, self.terms, self.weights = ends, terms, weights
        self._counts = counts.astype(np.min_scalar_type(int(counts.max(initial=1))))
        self._lengths = np.ones(len(self))
        for first, last in self._portions():
            span = slice(ends[first], ends[last])
            squares = self._raw(span) ** 2
            which = np.repeat(np.arange(last - first), np.diff(ends[first : last + 1]))
            sums = np.bincount(which, weights=squares, minlength=last - first)
            self._lengths[first:last] = np.sqrt(sums)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.ends) - 1

    def terms_of(self, row: int) -> NDArray[np.int32]:
        """Terms of a row, ascending."""
        return self.terms[self.ends[row] : self.ends[row + 1]]

    def row(self, row: int) -> tuple[Rows, Floats]:
        """Terms of a row, ascending, and their values."""
        span = slice(self.ends[row], self.ends[row + 1])
        return self.terms[span].astype(np.int64), self._raw(span) / self._lengths[row]

    def of(self, rows: Rows) -> tuple[Rows, NDArray[np.int32], Floats]:
        """The entries of some rows: to which of `rows` each belongs, its term and its value."""
        starts, ends = self.ends[rows], self.ends[rows + 1]
        entries = ranges(starts, ends)
        which = np.repeat(np.arange(len(rows)), ends - starts)
        return which, self.terms[entries], self._raw(entries) / self._lengths[rows][which]

    def by_term(self) -> tuple[Rows, NDArray[np.int32], NDArray[np.float32]]:
        """Where the rows of each term begin, shape (terms + 1,); the rows; their values."""
        holding = np.bincount(self.terms, minlength=len(self.weights))
        starts = np.concatenate([[0], np.cumsum(holding)])
        rows = np.empty(len(self.terms), dtype=np.int32)
        values = np.empty(len(self.terms), dtype=np.float32)
        free = starts[:-1].copy()
        for first, last in self._portions():
            span = slice(self.ends[first], self.ends[last])
            which = np.repeat(np.arange(first, last), np.diff(self.ends[first : last + 1]))
            # Entries of one term stand one after the other, in the order of rows.
            order = np.argsort(self.terms[span], kind="stable")
            terms = self.terms[span][order]
            new = np.flatnonzero(np.diff(terms, prepend=-1))
            nth = np.arange(len(terms)) - np.repeat(new, np.diff(new, append=len(terms)))
            at = free[terms] + nth
            rows[at] = which[order]
            values[at] = (self._raw(span) / self._lengths[which])[order]
            free += np.bincount(terms, minlength=len(free))
        return starts, rows, values

    def _raw(self, entries: slice | Rows) -> Floats:
        values: Floats = 1 + np.log(self._counts[entries].astype(np.float64))
        values *= self.weights[self.terms[entries]]
        return values

    def _portions(self) -> Iterable[tuple[int, int]]:
        """First and last row of portions of about a million entries."""
        first = 0
        while first < len(self):
            most = self.ends[first] + _AT_ONCE
            last = max(first + 1, int(np.searchsorted(self.ends, most, side="right")) - 1)
            yield first, min(last, len(self))
            first = last


def ranges(starts: Rows, ends: Rows) -> Rows:
    """All whole numbers from each start up to its end, one range after the other."""
    lengths = ends - starts
    shift = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return shift + np.arange(int(lengths.sum()))
