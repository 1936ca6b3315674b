"""Which of very many fingerprints may be of one recording, without comparing all with all.

Two copies of a recording have some of their 32-bit numbers in common, bit for bit, all of them
moved by the same shift; other recordings share next to none (51 of 98,000 numbers of 458 clips
stand in two of them). So all numbers of one side are sorted, with whose they are and where they
stand, and each number of the other side finds its equals: an inverted index (Haitsma and Kalker,
ISMIR 2002, section 5). Pairs that share `SHARED` numbers at a shift are laid on one another
(`segue.audio.alike`).

Numbers that follow each other unchanged (a steady tone, silence) count once. Numbers that very many
files have say nothing and are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.audio.alike import aligned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from segue.audio.alike import Match
    from segue.audio.fingerprint import Fingerprint
    from segue.types import Rows

    Keys = NDArray[np.uint64]

SHARED = 2
"""How many numbers two fingerprints share at one shift, give or take one, to be compared."""

COMMON = 200
"""How often a number may stand on the indexed side; one that stands there more often is left out.
"""

SHIFTS = 3
"""How many shifts of a pair are tried, those with most numbers in common first."""

_LONGEST = (1 << 15) - 1
_AT_ONCE = 1 << 20
_SHIFT, _ROW = 16, 24  # bits of a shift and of a row in a code


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two fingerprints of one recording: rows of the indexed and of the asking side."""

    indexed: int
    asking: int
    match: Match


class Index:
    """Fingerprints by their numbers.

    Parameters
    ----------
    prints
        At most 2**23; the first 32,767 numbers of each count, more than an hour. Memory: 8 bytes
        a number, beside the fingerprints themselves.
    """

    def __init__(self, prints: Sequence[Fingerprint]) -> None:
        self._prints = prints
        self._starts = _starts(prints)
        self._keys = _keys(prints, self._starts)
        self._keys.sort()

    def among(self) -> Iterator[Meeting]:
        """Pairs of one recording among the indexed themselves, indexed < asking."""
        places = (self._keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        found = []
        for first, second in self._equal():
            a, b = places[first], places[second]
            found.append(_codes(self._located(a), self._located(b), swap=True))
        yield from self._compared(np.concatenate(found) if found else _NONE, self._prints)

    def asked(self, prints: Sequence[Fingerprint]) -> Iterator[Meeting]:
        """Pairs of one recording, of an indexed fingerprint and one of these."""
        starts = _starts(prints)
        keys = _keys(prints, starts)
        keys.sort()  # equal numbers are then looked for side by side, in memory at hand
        number = keys >> np.uint64(32) << np.uint64(32)
        low = np.searchsorted(self._keys, number)
        high = np.searchsorted(self._keys, number | np.uint64(0xFFFFFFFF), side="right")
        counts = high - low
        counts[counts > COMMON] = 0
        asking = np.repeat(np.arange(len(keys)), counts)
        step = np.arange(len(asking)) - np.repeat(np.cumsum(counts) - counts, counts)
        indexed = np.repeat(low, counts) + step
        a = (self._keys[indexed] & np.uint64(0xFFFFFFFF)).astype(np.int64)
        b = (keys[asking] & np.uint64(0xFFFFFFFF)).astype(np.int64)
        codes = _codes(self._located(a), _located(b, starts), swap=False)
        yield from self._compared(codes, prints)

    def _equal(self) -> Iterator[tuple[Rows, Rows]]:
        """Positions of keys with equal numbers, each two once."""
        keys = self._keys
        parts = [
            begin + np.flatnonzero((part[1:] ^ part[:-1]) >> np.uint64(32) == 0)
            for begin in range(0, len(keys), _AT_ONCE)
            if len(part := keys[begin : begin + _AT_ONCE + 1]) > 1
        ]
        at = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
        number = keys[at] >> np.uint64(32) << np.uint64(32)
        last = np.searchsorted(keys, number | np.uint64(0xFFFFFFFF), side="right")
        rare = last - np.searchsorted(keys, number) <= COMMON
        at, last = at[rare], last[rare]
        for lag in range(1, COMMON):
            inside = at + lag < last
            at, last = at[inside], last[inside]
            if not len(at):
                return
            yield at, at + lag

    def _located(self, places: NDArray[Any]) -> tuple[Rows, Rows]:
        return _located(places.astype(np.int64), self._starts)

    def _compared(self, codes: Keys, prints: Sequence[Fingerprint]) -> Iterator[Meeting]:
        """Of all pairs that share numbers, those that are of one recording."""
        best: dict[tuple[int, int], Match] = {}
        for indexed, asking, shift in _promising(codes):
            match = aligned(self._prints[indexed], prints[asking], near=shift)
            known = best.get((indexed, asking))
            if match is None or not match.same:
                continue
            if known is None or _weight(match) > _weight(known):
                best[indexed, asking] = match
        for (indexed, asking), match in best.items():
            yield Meeting(indexed, asking, match)


_NONE = np.empty(0, dtype=np.uint64)


def _weight(match: Match) -> float:
    """Music that repeats itself is like itself at many shifts; most of it at the right one."""
    return match.likeness * match.length


def _starts(prints: Sequence[Fingerprint]) -> Rows:
    """Where each begins when all stand in one row, and where the last ends."""
    lengths = [min(len(each), _LONGEST) for each in prints]
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _keys(prints: Sequence[Fingerprint], starts: Rows) -> Keys:
    """Number and place of each number that is not the one before it again."""
    if not starts[-1]:
        return _NONE
    numbers = np.concatenate([each[:_LONGEST] for each in prints])
    fresh = np.ones(len(numbers), dtype=np.bool_)
    fresh[1:] = numbers[1:] != numbers[:-1]
    fresh[starts[:-1][starts[:-1] < len(numbers)]] = True
    places = np.flatnonzero(fresh)
    keys: Keys = numbers[places].astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= places.astype(np.uint64)
    return keys


def _located(places: Rows, starts: Rows) -> tuple[Rows, Rows]:
    """Whose the numbers are that stand there, and where they stand in it."""
    rows = np.searchsorted(starts, places, side="right") - 1
    return rows, places - starts[rows]


def _codes(first: tuple[Rows, Rows], second: tuple[Rows, Rows], *, swap: bool) -> Keys:
    """Rows and shift of every number shared, in one number each.

    With `swap` both are of one side: the lower row comes first, and none meets itself.
    """
    (a, at), (b, bt) = first, second
    shift = at - bt
    if swap:
        shift = np.where(a > b, -shift, shift)
        a, b = np.minimum(a, b), np.maximum(a, b)
        other = a != b
        a, b, shift = a[other], b[other], shift[other]
    middle = 1 << (_SHIFT - 1)
    codes: Keys = (((a << _ROW) | b) << _SHIFT | (shift + middle)).astype(np.uint64)
    return codes


def _promising(codes: Keys) -> Iterator[tuple[int, int, int]]:
    """Pairs and shifts with enough numbers in common, at most `SHIFTS` of a pair."""
    found, counts = np.unique(codes, return_counts=True)
    near = counts.copy()
    beside = found[1:] - found[:-1] == 1
    near[1:][beside] += counts[:-1][beside]
    near[:-1][beside] += counts[1:][beside]
    enough = near >= SHARED
    found, near = found[enough].astype(np.int64), near[enough]
    pairs = found >> _SHIFT
    order = np.lexsort((-near, pairs))
    pairs, found = pairs[order], found[order]
    nth = np.arange(len(pairs)) - np.searchsorted(pairs, pairs)
    for code in found[nth < SHIFTS].tolist():
        pair, shift = code >> _SHIFT, code & ((1 << _SHIFT) - 1)
        yield pair >> _ROW, pair & ((1 << _ROW) - 1), shift - (1 << (_SHIFT - 1))
