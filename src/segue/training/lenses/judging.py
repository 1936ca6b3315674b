"""Weights for one pattern of spaces, and how well they do on questions they were not learned from.

Two thirds of the questions are searched on, the others judge: whole playlists, or whole artists,
are on one side. Beside the learned weights stand even weights, the hybrid of 0.6 `attributes` and
0.4 `text` where both are there, and every space alone. What is kept is then searched for on all
questions, from where the first search ended.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.evaluation import intervals
from segue.evaluation.continuation import average
from segue.recommend.lenses import LENSES
from segue.training.lenses.search import search

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.evaluation.intervals import Interval
    from segue.training.lenses.evidence import Evidence
    from segue.types import Floats

FEWEST = 40
"""Fewest questions that weights are learned from, and fewest playlists that are held out."""

FEWEST_GENRE = 60
"""Fewest questions of a genre that may have weights of its own."""

CHANCE = 0.025
"""How likely any genre may get weights of its own that are no better."""

DECIMALS = 3

EVEN, HYBRID = "even", "hybrid"


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Weights by space, of sum 1, and how they did.

    Attributes
    ----------
    weights
        Above 0 only, the heaviest first.
    figure
        The mean of R-precision and NDCG@500 on the questions that judged.
    r_precision
        The same questions' R-precision.
    rivals
        By how much the figure is above that of each rival, with its interval.
    questions, judged
        How many there were, and how many of them judged.
    """

    weights: Mapping[str, float]
    figure: Interval
    r_precision: Interval
    rivals: Mapping[str, Interval]
    questions: int
    judged: int

    def to_json(self) -> dict[str, Any]:
        """What is kept of it, beside the weights."""
        return {
            "figure": _plain(self.figure),
            "r_precision": _plain(self.r_precision),
            "above": {name: _plain(one) for name, one in self.rivals.items()},
            "questions": self.questions,
            "judged": self.judged,
        }


def weigh(evidence: Evidence, *, seed: int = 42) -> Weighed | None:
    """Learn weights from questions and judge them on others; None where there are too few."""
    learned, judging = parted(evidence)
    if len(learned) + len(judging) < FEWEST or not len(judging):
        return None
    first = search(learned)
    figures = judging.judged(first)
    rivals = {
        name: intervals.paired(average, figures, figures, judging.judged(weights), seed=seed)
        for name, weights in rivals_of(evidence.names).items()
    }
    exact = judging.r_precision(first)
    return Weighed(
        named(evidence.names, search(evidence, start=first, rounds=2)),
        intervals.bootstrap(average, figures, figures, seed=seed),
        intervals.bootstrap(average, exact, exact, seed=seed),
        rivals,
        len(evidence),
        len(judging),
    )


def weigh_genres(evidence: Evidence, weights: Mapping[str, float]) -> dict[str, Weighed]:
    """Weights of genres that do surely better with their own, by genre.

    The more genres are tried, the surer each must be: the chance that any of them is kept though
    it is no better is one in forty (Bonferroni).

    Parameters
    ----------
    evidence
        Questions, of which those of one genre are looked at together.
    weights
        What all genres have: where the search begins, and what must be beaten.
    """
    found = {}
    general = np.array([weights.get(name, 0.0) for name in evidence.names])
    counts = Counter(evidence.genres)
    tried = [name for name in sorted(counts) if name and counts[name] >= FEWEST_GENRE]
    for genre in tried:
        own = evidence.of([i for i, name in enumerate(evidence.genres) if name == genre])
        learned, judging = parted(own)
        if not len(learned) or not len(judging):
            continue
        first = search(learned, start=general, rounds=2)
        figures, others = judging.judged(first), judging.judged(general)
        if surely_above(figures - others, tries=len(tried)):
            gain = intervals.paired(average, figures, figures, others)
            exact = judging.r_precision(first)
            found[genre] = Weighed(
                named(evidence.names, search(own, start=first, rounds=2)),
                intervals.bootstrap(average, figures, figures),
                intervals.bootstrap(average, exact, exact),
                {"all genres": gain},
                len(own),
                len(judging),
            )
    return found


def surely_above(gains: Floats, *, tries: int) -> bool:
    """Whether the mean of some gains is above 0, by one of so many `tries`; a one-sided z-test."""
    if len(gains) < 2 or not gains.any():
        return False
    error = float(gains.std(ddof=1)) / math.sqrt(len(gains))
    needed = NormalDist().inv_cdf(1 - CHANCE / tries)
    return float(gains.mean()) > needed * error


def parted(evidence: Evidence) -> tuple[Evidence, Evidence]:
    """Questions to learn from, and a third to judge by; a group is on one side."""
    judging = [_judges(group) for group in evidence.groups]
    return (
        evidence.of([i for i, judge in enumerate(judging) if not judge]),
        evidence.of([i for i, judge in enumerate(judging) if judge]),
    )


def rivals_of(names: Sequence[str]) -> dict[str, Floats]:
    """Weights nobody had to learn, by name."""
    rivals = {name: np.eye(len(names))[place] for place, name in enumerate(names)}
    if len(names) > 1:
        rivals[EVEN] = np.full(len(names), 1 / len(names))
    hybrid = LENSES[HYBRID].weights
    if all(name in names for name in hybrid):
        rivals[HYBRID] = np.array([hybrid.get(name, 0.0) for name in names])
    return rivals


def named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    """Weights above 0 by space, the heaviest first, rounded to `DECIMALS`."""
    rounded = {name: round(float(w), DECIMALS) for name, w in zip(names, weights, strict=True)}
    return dict(sorted(((n, w) for n, w in rounded.items() if w), key=lambda pair: -pair[1]))


def _judges(group: str) -> bool:
    return hashlib.sha256(f"judges {group}".encode()).digest()[0] % 3 == 0


def _plain(one: Interval) -> list[float]:
    return [round(float(value), 4) for value in (one.value, one.low, one.high)]
