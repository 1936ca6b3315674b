"""How loud a recording is as a whole, and how much that changes.

**Integrated loudness** (ITU-R BS.1770-4, LUFS). The K-weighted power of each channel, weighted by
where its loudspeaker stands, is averaged over blocks of 0.4 s that begin every 0.1 s:

    l = -0.691 + 10 log10(sum over channels of weight · mean square)

Blocks below -70 LUFS are left out, then those more than 10 LU below the mean of the rest; the mean
of what is left is the loudness.

**Loudness range** (EBU Tech 3342, LU). The same over blocks of 3 s; the gates stand at -70 LUFS and
20 LU below the mean. From the quietest tenth to the loudest twentieth of what is left.

Channels weigh 1, those that stand beside or behind the listener 1.41, the bass effects channel
nothing. A file of one channel counts as one loudspeaker. Rates outside `RATES` have no loudness:
the filter means nothing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.audio.weighting import ROW, Weighting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.types import Floats, Frames

STEPS = 10
"""Steps a second: blocks begin and end on them."""

RATES = (4_000, 800_000)
"""Samples a second for which there is a loudness."""

_BLOCK, _SHORT_TERM = 4, 30
_OFFSET = -0.691
_ABSOLUTE = -70.0
_RELATIVE, _RANGE_RELATIVE = -10.0, -20.0
_QUIET, _LOUD = 0.10, 0.95
_AROUND = 1.41


class LoudnessMeter:
    """Hears a recording piece by piece.

    Parameters
    ----------
    rate
        Samples a second.
    places
        Where each channel's loudspeaker stands, as FFmpeg names it: ``FL``, ``FR``, ``LFE``, …
    """

    def __init__(self, rate: int, places: Sequence[str]) -> None:
        self._rate = rate
        self._weights = weights(places)
        within = RATES[0] <= rate <= RATES[1]
        self._weighting = Weighting(rate, len(places)) if within else None
        self._rest = np.empty((len(places), 0), dtype=np.float32)
        self._position = 0
        self._power = 0.0
        self._powers: list[float] = []

    def add(self, samples: Frames) -> None:
        """Hear the next samples, shape (channels, samples)."""
        if self._weighting is None:
            return
        samples = np.concatenate([self._rest, samples], axis=1)
        whole = samples.shape[1] // ROW * ROW
        self._rest = samples[:, whole:].copy()
        self._hear(self._weighting(np.ascontiguousarray(samples[:, :whole])))

    def finish(self) -> None:
        """Hear what is left: the last samples are no full row."""
        if self._weighting is None:
            return
        left = self._rest.shape[1]
        row = np.zeros((len(self._rest), ROW), dtype=np.float32)
        row[:, :left] = self._rest
        self._hear(self._weighting(row)[:, :left])

    def _hear(self, weighted: Frames) -> None:
        """Add up power to the end of each step."""
        done, count = 0, weighted.shape[1]
        while True:
            border = round((len(self._powers) + 1) * self._rate / STEPS)
            until = min(count, border - self._position)
            for weight, channel in zip(self._weights, weighted[:, done:until], strict=True):
                self._power += weight * float(channel @ channel)
            if until < border - self._position:
                break
            begun = round(len(self._powers) * self._rate / STEPS)
            self._powers.append(self._power / (border - begun))
            self._power, done = 0.0, until
        self._position += count

    @property
    def integrated(self) -> float | None:
        """Loudness of all that was heard in LUFS; None where nothing is above the gate."""
        power = _gated(_blocks(self._powers, _BLOCK), _RELATIVE)
        return float(_loudness(power.mean())) if len(power) else None

    @property
    def range(self) -> float | None:
        """Loudness range in LU, ≥ 0; None where nothing is above the gate or under 3 s long."""
        power = _gated(_blocks(self._powers, _SHORT_TERM), _RANGE_RELATIVE)
        if len(power) == 0:
            return None
        quiet, loud = np.quantile(_loudness(power), (_QUIET, _LOUD), method="nearest")
        return float(loud - quiet)


def weights(places: Sequence[str]) -> list[float]:
    """How much each channel counts.

    Between 60° and 120° from the front it is 1.41. In a layout that has loudspeakers at the
    sides those at the back stand further round, in others they are the ones beside the listener.
    """
    around = {"SL", "SR"} if {"SL", "SR"} & set(places) else {"BL", "BR"}
    return [0.0 if "LFE" in place else _AROUND if place in around else 1.0 for place in places]


def _blocks(powers: list[float], steps: int) -> Floats:
    """Mean power of all blocks of so many steps."""
    sums = np.concatenate([[0.0], np.cumsum(powers)])
    means: Floats = (sums[steps:] - sums[:-steps]) / steps
    return means


def _gated(powers: Floats, relative: float) -> Floats:
    """Those above -70 LUFS, and not more than so much below the mean of these."""
    heard = powers[_loudness(powers) > _ABSOLUTE]
    if len(heard) == 0:
        return heard
    return heard[_loudness(heard) > _loudness(heard.mean()) + relative]


def _loudness(power: Floats | np.floating) -> Floats:
    return np.asarray(_OFFSET + 10 * np.log10(np.maximum(power, 1e-30)))
