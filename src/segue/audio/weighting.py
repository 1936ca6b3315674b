"""K-weighting: the filter through which loudness is measured, for any sampling rate.

ITU-R BS.1770-4, Annex 1: a high shelf (the head) and then a high pass (how little low sounds add
to loudness), each of second order. The standard gives coefficients for 48 kHz; for other rates
the analogue filters behind them (De Man, "Evaluation of implementations of the EBU R128 loudness
measurement", AES 145, 2018) are taken over by the bilinear transform.

**How it is computed.** A recursive filter asks for one sample after another. Written with a state
s of four numbers, over rows of B samples x it is

    y = H x + O s,    s' = A s + R x

where H, O, R and A are fixed matrices, so that nearly all of the work is one product of matrices.
The states of all rows follow from each other by doubling: in log2(rows) steps, each reaching twice
as far. The state is scaled so that white noise gives each of its numbers the power one; single
precision then keeps 1e-7 of full scale.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.types import Floats, Frames

    Section = tuple[Floats, Floats]

ROW = 48
"""Samples filtered at once."""

_STATES = 4

_SHELF = (1681.974450955533, 0.7071752369554196)
_SHELF_GAIN = 3.999843853973347
_SHELF_BEND = 0.4996667741545416
_PASS = (38.13547087602444, 0.5003270373238773)
_FORGOTTEN = 1e-10


def sections(rate: int) -> tuple[Section, Section]:
    """The shelf and the high pass, each as (numerator, denominator) with denominator[0] = 1."""
    tangent, quality = np.tan(np.pi * _SHELF[0] / rate), _SHELF[1]
    high = 10 ** (_SHELF_GAIN / 20)
    bend = high**_SHELF_BEND
    lead = 1 + tangent / quality + tangent**2
    shelf = np.array(
        [
            high + bend * tangent / quality + tangent**2,
            2 * (tangent**2 - high),
            high - bend * tangent / quality + tangent**2,
        ]
    )
    below = np.array([lead, 2 * (tangent**2 - 1), 1 - tangent / quality + tangent**2])
    tangent, quality = np.tan(np.pi * _PASS[0] / rate), _PASS[1]
    ahead = 1 + tangent / quality + tangent**2
    under = np.array([ahead, 2 * (tangent**2 - 1), 1 - tangent / quality + tangent**2])
    return (shelf / lead, below / lead), (np.array([1.0, -2.0, 1.0]), under / ahead)


class Weighting:
    """The filter for a number of channels, fed a piece at a time.

    Parameters
    ----------
    rate
        Samples a second, above 4 kHz.
    channels
        How many run side by side.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._rows, self._outward, self._inward, self._advances = _matrices(rate)
        self._state = np.zeros((channels, _STATES))

    def __call__(self, samples: Frames) -> Frames:
        """The next samples, weighted. Shape (channels, a multiple of `ROW`), and contiguous."""
        channels = len(samples)
        rows = samples.reshape(-1, ROW)
        count = len(rows) // channels
        states = np.empty((channels, count + 1, _STATES))
        states[:, 0] = self._state
        states[:, 1:] = (rows @ self._inward).reshape(channels, count, _STATES)
        reach = 1
        for advance in self._advances:
            if reach > count:
                break
            states[:, reach:] += states[:, :-reach] @ advance
            reach *= 2
        self._state = states[:, -1].copy()
        weighted: Frames = rows @ self._rows
        weighted += states[:, :-1].reshape(-1, _STATES).astype(np.float32) @ self._outward
        return weighted.reshape(samples.shape)


@lru_cache(maxsize=4)
def _matrices(rate: int) -> tuple[Frames, Frames, Frames, tuple[Floats, ...]]:
    """H, O and R for rows that stand in lines, and A, A², A⁴, … until it has forgotten."""
    through, inward, outward, direct = _state_space(rate)
    powers = [np.eye(len(through))]
    for _ in range(ROW):
        powers.append(through @ powers[-1])
    heard = np.array([outward @ power for power in powers[:ROW]])
    pulse = np.concatenate([[direct], heard[:-1] @ inward])
    rows = np.zeros((ROW, ROW))
    for late in range(ROW):
        rows[late, : late + 1] = pulse[late::-1]
    kept = np.array([powers[ROW - 1 - early] @ inward for early in range(ROW)])
    advances, advance = [], powers[ROW]
    while np.abs(advance).max() > _FORGOTTEN:
        advances.append(advance.T)
        advance = advance @ advance
    single = [np.ascontiguousarray(matrix, np.float32) for matrix in (rows.T, heard.T, kept)]
    return single[0], single[1], single[2], tuple(advances)


def _state_space(rate: int) -> tuple[Floats, Floats, Floats, float]:
    """Both sections in a row: s' = A s + b x, y = c s + d x."""
    parts = []
    for over, under in sections(rate):
        step = np.array([[-under[1], 1.0], [-under[2], 0.0]])
        parts.append((step, over[1:] - under[1:] * over[0], float(over[0])))
    (first, into, direct), (second, after, last) = parts
    through = np.zeros((_STATES, _STATES))
    through[:2, :2], through[2:, 2:], through[2:, 0] = first, second, after
    inward = np.concatenate([into, after * direct])
    outward = np.array([last, 0.0, 1.0, 0.0])
    # The power of each state under white noise: the sum of A^k b b' A'^k, by doubling.
    power, advance = np.outer(inward, inward), through
    while np.abs(advance).max() > _FORGOTTEN:
        power = power + advance @ power @ advance.T
        advance = advance @ advance
    scale = np.linalg.cholesky(power)
    back = np.linalg.inv(scale)
    return back @ through @ scale, back @ inward, outward @ scale, direct * last
