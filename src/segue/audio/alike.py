"""Whether two fingerprints are of one recording, and how one lies on the other.

One is laid on the other, moved by a whole number of steps, and the bits that differ are counted. A
small share of them is not enough: where chords are held for long (a drone, a slow piano), bits
hardly change, and two such pieces agree by chance in far more than half of them. So what counts is
agreement **beyond chance**::

    likeness = 1 - differing / expected,   expected = mean over bits of p (1 - q) + q (1 - p)

where p and q say how often a bit is set in either stretch: Cohen's kappa with the chance of each
bit its own. Two steady tones expect no difference, so that nothing can be told of them.

A likeness of the whole can hide that a part is another: another voice over the same band, a medley.
So it is counted in **blocks** of four seconds as well, and nearly all of them have to agree.

J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement
20(1), 1960; J. Haitsma and T. Kalker, "A highly robust audio fingerprinting system", ISMIR 2002
(bit error rates of aligned stretches).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.audio.fingerprint import FINGERPRINTED, STEP

if TYPE_CHECKING:
    from segue.audio.fingerprint import Fingerprint
    from segue.types import Floats

VERSION = "1"
"""Of comparing; another number where another answer would come out."""

SECONDS = 5.0
"""Least stretch that both have, for anything to be said."""

LIKENESS = 0.6
"""`Match.likeness` from which on two stretches are of one recording."""

STEADY = 0.12
"""`expected` below which too little happens in two stretches to tell them from others."""

BLOCK = 32
"""Numbers in a block, four seconds."""

ODD = 0.25
"""Share of differing bits from which on a block disagrees."""

AGREEING = 0.9
"""Share of blocks that have to agree."""

WHOLE = 0.4
"""Share of the longer file that two have in common, for one to be a copy of all of it; and share
of what is heard of the shorter that was compared."""

WITHIN = 0.8
"""Share of the shorter file that has to lie within the longer, for it to be a part of it."""

_BITS = 32
# Bits of one recording are set as often in both, so that chance expects 2 p (1 - p) <= 1/2 of them
# to differ; a tenth is added for what codecs do to p.
_MOST = 1.1 * 0.5 * (1.0 - LIKENESS)


@dataclass(frozen=True, slots=True)
class Match:
    """How one fingerprint lies on another.

    Attributes
    ----------
    shift
        By how many numbers the second begins later than the first; below 0: earlier.
    length
        How many numbers both have.
    differing
        Share of bits that differ, in [0, 1].
    expected
        The share by chance, in [0, 1].
    agreeing
        Share of blocks that agree, in [0, 1].
    """

    shift: int
    length: int
    differing: float
    expected: float
    agreeing: float

    @property
    def likeness(self) -> float:
        """1 where no bit differs, 0 where as many do as by chance, below 0 for more."""
        return 1.0 - self.differing / self.expected if self.expected > 0 else 0.0

    @property
    def later(self) -> float:
        """Seconds by which the second begins later."""
        return self.shift * STEP

    @property
    def seconds(self) -> float:
        """For how long both were heard."""
        return self.length * STEP

    @property
    def same(self) -> bool:
        """Whether what both have is of one recording."""
        return (
            self.seconds >= SECONDS
            and self.expected >= STEADY
            and self.likeness >= LIKENESS
            and self.agreeing >= AGREEING
        )

    def turned(self) -> Match:
        """The same, seen from the second."""
        return Match(-self.shift, self.length, self.differing, self.expected, self.agreeing)

    def whole(self, first: float, second: float) -> bool:
        """Whether two files are copies of one another, and not one a part of the other.

        Parameters
        ----------
        first, second
            Their lengths in seconds. What comes after two minutes is not heard: there, lengths
            alone are compared. Of what is heard of the shorter, both have to have enough.
        """
        return self._heard(first, second) and (
            self._common(first, second) >= WHOLE * max(first, second)
        )

    def part(self, first: float, second: float) -> bool:
        """Whether the shorter of two files lies within the other, but for a fifth of it.

        Parameters as `whole`. Two files of which one ends as the other begins are neither.
        """
        return self._heard(first, second) and (
            self._common(first, second) >= WITHIN * min(first, second)
        )

    def _heard(self, first: float, second: float) -> bool:
        return self.seconds >= WHOLE * min(first, second, FINGERPRINTED)

    def _common(self, first: float, second: float) -> float:
        """Seconds that both files have, heard or not."""
        return min(first, self.later + second) - max(0.0, self.later)


def laid(first: Fingerprint, second: Fingerprint, *, shift: int) -> Match:
    """How the second lies on the first when it begins `shift` numbers later.

    Where they have nothing in common, `Match.length` is 0, and it is not the same.
    """
    a, b = first[max(0, shift) :], second[max(0, -shift) :]
    length = min(len(a), len(b))
    if length == 0:
        return Match(shift, 0, 0.0, 0.0, 0.0)
    a, b = a[:length], b[:length]
    counts = np.bitwise_count(a ^ b)
    p, q = _often(a), _often(b)
    expected = float(np.mean(p * (1 - q) + q * (1 - p)))
    blocks = max(1, length // BLOCK)
    # The last block has what is left over, too.
    starts = np.arange(blocks) * BLOCK
    sums = np.add.reduceat(counts.astype(np.int64), starts)
    lengths = np.diff(np.append(starts, length))
    agreeing = float(np.mean(sums < ODD * _BITS * lengths))
    return Match(shift, length, float(sums.sum()) / (_BITS * length), expected, agreeing)


def aligned(first: Fingerprint, second: Fingerprint, *, near: int) -> Match | None:
    """The best of the three ways to lay the second on the first around a shift.

    None, at little cost, where more bits differ than two stretches of one recording can have.
    """
    shares = {shift: _differing(first, second, shift) for shift in (near - 1, near, near + 1)}
    best = min(shares, key=lambda shift: shares[shift])
    return laid(first, second, shift=best) if shares[best] <= _MOST else None


def matched(first: Fingerprint, second: Fingerprint) -> Match | None:
    """How the second lies on the first, by every way there is; None where too little is common.

    Exact, and slow: over a whole catalogue, see `segue.audio.meeting`.
    """
    least = max(1, round(SECONDS / STEP))
    if min(len(first), len(second)) < least:
        return None
    shifts = range(least - len(second), len(first) - least + 1)
    return max((laid(first, second, shift=n) for n in shifts), key=lambda match: match.likeness)


def _differing(first: Fingerprint, second: Fingerprint, shift: int) -> float:
    """Share of differing bits, 1 where nothing is common."""
    a, b = first[max(0, shift) :], second[max(0, -shift) :]
    length = min(len(a), len(b))
    if length == 0:
        return 1.0
    return int(np.bitwise_count(a[:length] ^ b[:length]).sum()) / (_BITS * length)


def _often(numbers: Fingerprint) -> Floats:
    """How often each bit is set, shape (32,)."""
    octets = numbers.astype("<u4").view(np.uint8).reshape(-1, 4)
    often: Floats = np.unpackbits(octets, axis=1).sum(axis=0, dtype=np.uint32) / len(numbers)
    return often
