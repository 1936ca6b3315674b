"""Tracks by what they share: an artist, an album, a genre."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from segue.library.shelves.beginnings import Beginnings
from segue.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from segue.types import Mask, Rows


@dataclass(frozen=True, slots=True)
class Group:
    """One artist, album or genre: its key, what it is called, how many tracks it has."""

    key: str
    name: str
    tracks: int


class Groups:
    """All groups of one kind.

    Parameters
    ----------
    by_row
        For each row the keys of the groups it is in; an empty key is none.
    names
        What keys are called; a key that is not there is its own name.
    """

    def __init__(self, by_row: Iterable[Sequence[str]], names: Mapping[str, str]) -> None:
        numbers: dict[str, int] = {}
        rows, groups = array("i"), array("i")
        for row, keys in enumerate(by_row):
            for key in dict.fromkeys(keys):
                if key:
                    rows.append(row)
                    groups.append(numbers.setdefault(key, len(numbers)))
        self.keys: list[str] = sorted(numbers)
        self.names = [names.get(key, key) for key in self.keys]
        place = np.empty(len(numbers), dtype=np.int32)
        place[[numbers[key] for key in self.keys]] = np.arange(len(numbers), dtype=np.int32)
        found = place[np.array(groups, dtype=np.int64)] if len(groups) else place[:0]
        order = np.argsort(found, kind="stable")
        self._rows: NDArray[np.int32] = np.array(rows, dtype=np.int32)[order]
        self._groups: NDArray[np.int32] = found[order]
        self._starts = np.searchsorted(self._groups, np.arange(len(numbers) + 1))
        self.counts: Rows = np.diff(self._starts).astype(np.int64)

    def __len__(self) -> int:
        """How many groups there are."""
        return len(self.keys)

    def find(self, key: str) -> int | None:
        """The place of a group; None where there is none."""
        at = bisect_left(self.keys, key)
        return at if at < len(self.keys) and self.keys[at] == key else None

    @property
    def memberships(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Every row that is in a group, and that group's place; by group, then by row."""
        return self._rows, self._groups

    def rows(self, at: int) -> Rows:
        """The rows of a group, rising."""
        return self._rows[self._starts[at] : self._starts[at + 1]].astype(np.int64)

    def group(self, at: int) -> Group:
        """What there is to say of a group."""
        return Group(self.keys[at], self.names[at], int(self.counts[at]))

    def within(self, mask: Mask) -> Rows:
        """How many of the rows of a mask each group has, shape (groups,)."""
        return np.bincount(self._groups[mask[self._rows]], minlength=len(self)).astype(np.int64)

    def most(self, counts: Rows, *, n: int) -> list[Group]:
        """The groups with the largest counts, which are what they are said to have; none of 0."""
        n = min(n, len(counts))
        if n < 1:
            return []
        best = np.argpartition(-counts, n - 1)[:n]
        ordered = sorted(best.tolist(), key=lambda at: (-counts[at], self.keys[at]))
        return [
            Group(self.keys[at], self.names[at], int(counts[at])) for at in ordered if counts[at]
        ]

    def called(self, words: Sequence[str], *, n: int) -> list[Group]:
        """Groups whose names hold all words, the last one as a beginning; the best first.

        That is one of just this name, then those whose names begin so, then the largest.
        """
        found = np.flatnonzero(self._beginnings.holding(words))
        if not words or not len(found):
            return []
        text = " ".join(words)
        if len(found) > _MANY:
            largest = np.argpartition(-self.counts[found], _MANY)[:_MANY]
            exact = self.find(text)
            found = found[largest]
            found = found if exact is None else np.union1d(found, [exact])

        def worth(at: int) -> tuple[bool, bool, int, str]:
            called = self.folded[at]
            return called != text, not called.startswith(text), -int(self.counts[at]), called

        return [self.group(at) for at in sorted(found.tolist(), key=worth)[:n]]

    @cached_property
    def alphabetical(self) -> Rows:
        """Places of all groups in the order of their names."""
        order = sorted(range(len(self)), key=lambda at: (self.folded[at], self.keys[at]))
        return np.array(order, dtype=np.int64)

    def named(self, words: Sequence[str]) -> Mask:
        """Which groups are called so; all of them without words."""
        return self._beginnings.holding(words)

    @cached_property
    def folded(self) -> list[str]:
        """What each is called, in normal form (`segue.names.fold`)."""
        return [fold(name) for name in self.names]

    @cached_property
    def _beginnings(self) -> Beginnings:
        return Beginnings(self.folded)


_MANY = 200
"""Most groups that are weighed against each other by name; of more only the largest."""
