"""How fast it goes: beats a minute, the same an octave slower and faster, and how sure that is.

Bars, beats and sixteenths all repeat, and show in the `tempogram`. Which of them is the beat? On a
logarithmic axis the tempogram of a piece played faster is the same one moved. So one template is
moved along it: the score of a tempo is the sum of what the tempogram holds at a quarter, half,
once, twice and four times that tempo (bar, half bar, beat, eighths, sixteenths), weighted by
`WEIGHTS`, plus the logarithm of a log-normal prior (`USUAL`, `SPREAD`). Scores become probabilities
by softmax.

The weights are those that make the known tempi of some four hundred songs of one demo world and
of forty metronomes most probable, with a ridge: ``python benchmarks/tempo.py fit`` finds them
again. The figures it gives otherwise are of songs and artists of another world.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.tempogram import STEPS, clarity, metre, shares, tempi, tempogram

if TYPE_CHECKING:
    from segue.descriptors.frames import Sound
    from segue.types import Floats, Vector

SLOWEST, FASTEST = 50.0, 220.0
"""Beats a minute between which a tempo is looked for."""

USUAL, SPREAD = 110.0, 0.6
"""Median of the prior in beats a minute, and its deviation in octaves."""

OCTAVES = (-2, -1, 0, 1, 2)
"""Where the template reads the tempogram, relative to the tempo."""

WEIGHTS: Floats = np.array(
    [
        [[0.61, 1.30, 2.07, 0.99, 0.42], [0.90, -0.11, 0.30, 0.43, 0.47]],
        [[3.28, 0.10, 3.35, -2.53, -1.40], [-0.05, 0.79, 0.25, 0.36, 0.16]],
    ]
)
"""The template by curve (all bands, bass), kind (autocorrelation, spectrum) and octave."""

NEAR = 0.04
"""How far a tempo may lie from another, as a part of it, to count as the same."""

SURE = 0.5
"""Confidence from which a tempo is told as the track's: it is right more often than not.

Noise and single held tones stay far below it.
"""

# An octave more than is chosen from at both ends, for the slower and the faster candidate.
_SCORED = round(np.log2(FASTEST / SLOWEST * 4.0) * STEPS) + 1
_CHOSEN = slice(STEPS, _SCORED - STEPS)
_SLOWER, _FASTER = (1 / 2, 2 / 3, 1 / 3), (2.0, 3 / 2, 3.0)


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast a sound goes, in beats a minute.

    Attributes
    ----------
    bpm
        The tempo, about `SLOWEST` to `FASTEST`; `USUAL` where nothing begins.
    slower, faster
        The best of a half, two thirds and a third of it, and of twice, one and a half and three
        times: what somebody else may tap to.
    confidence
        Probability in [0, 1] that the piece goes at `bpm` within `NEAR`, as the invented songs
        have it; 0 where nothing begins.
    """

    bpm: float
    slower: float
    faster: float
    confidence: float


def aligned(levels: Floats) -> Floats:
    """What the template reads at every tempo it is moved to, shape (tempi, 2, 2, 5).

    Parameters
    ----------
    levels
        What `tempogram` gives.
    """
    moves = [(octave - min(OCTAVES)) * STEPS for octave in OCTAVES]
    read = np.stack([levels[:, :, move : move + _SCORED] for move in moves], axis=2)
    return np.moveaxis(read, 3, 0)


@lru_cache(maxsize=1)
def scored() -> Floats:
    """The tempi the template is moved to, beats a minute."""
    first = -min(OCTAVES) * STEPS
    return tempi()[first : first + _SCORED]


@lru_cache(maxsize=1)
def prior() -> Floats:
    """Logarithm of the prior of every tempo of `scored`, but for a constant."""
    octaves = np.log2(scored() / USUAL) / SPREAD
    logarithm: Floats = -0.5 * octaves**2
    return logarithm


def estimate(sound: Sound) -> Tempo:
    """The tempo of a sound. Ask for it with ``sound.shared(estimate)``."""
    levels = sound.shared(tempogram)
    if not levels.any():
        return Tempo(USUAL, USUAL / 2.0, USUAL * 2.0, 0.0)
    score = np.tensordot(aligned(levels), WEIGHTS, axes=3) + prior()
    best = STEPS + int(np.argmax(score[_CHOSEN]))
    weight = np.exp(score[_CHOSEN] - score[best])
    near = round(np.log2(1.0 + NEAR) * STEPS)
    here = best - STEPS
    sure = weight[max(here - near, 0) : here + near + 1].sum() / weight.sum()
    bpm = float(scored()[best]) * 2.0 ** (_summit(score, best) / STEPS)
    slower, faster = (_other(score, best, ratios) for ratios in (_SLOWER, _FASTER))
    return Tempo(bpm, bpm * slower, bpm * faster, float(sure))


def _other(score: Floats, best: int, ratios: tuple[float, ...]) -> float:
    """The ratio to the best tempo whose score is the greatest."""
    places = {ratio: best + round(np.log2(ratio) * STEPS) for ratio in ratios}
    return max(
        (ratio for ratio, place in places.items() if 0 <= place < len(score)),
        key=lambda ratio: score[places[ratio]],
    )


def _summit(score: Floats, place: int) -> float:
    """How far from a step the top of the parabola through it and its neighbours lies, in steps."""
    before, here, after = score[place - 1 : place + 2]
    bend = before - 2.0 * here + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _compute(sound: Sound) -> Vector:
    levels, found = sound.shared(tempogram), sound.shared(estimate)
    four = [found.bpm, found.slower, found.faster, found.confidence]
    shape = [clarity(levels)], shares(levels), metre(levels, found.bpm)
    return np.concatenate([four, *shape]).astype(np.float32)


FAMILY = Family(
    name="tempo",
    version=1,
    source="Peeters, Template-based estimation of time-varying tempo, EURASIP JASP 2007:67215",
    groups={
        "tempo": Group(
            ("tempo", "tempo_slower", "tempo_faster", "tempo_confidence"),
            about=(
                "Beats a minute, about 50 to 220; what else may be tapped to, slower and faster; "
                "and the probability that the first is right within 4 %."
            ),
            shown="tempo",
            trusted=("tempo_confidence", SURE),
            unit="BPM",
            low="slow",
            high="fast",
            less="slower",
            more="faster",
        ),
        "rhythm": Group(
            (
                "pulse_clarity",
                *(f"pulse_{low}_bpm" for low in (30, 60, 120, 240, 480)),
                *(f"repeats_after_{beats}" for beats in (4, 3, 2, 1)),
                *(f"divides_by_{parts}" for parts in (2, 3, 4)),
            ),
            about=(
                "How clearly the pulse repeats, at most 1; its parts in the octaves from 30, 60, "
                "120, 240 and 480 beats a minute on, which sum to 1; what repeats after four, "
                "three, two and one beats, at most 1; what divides a beat in two, three and four, "
                "at least 0."
            ),
        ),
    },
    compute=_compute,
)
