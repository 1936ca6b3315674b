"""What listeners said in blind comparisons, counted.

A comparison is won by the lens whose track was chosen. Ones called equal are left out, as the sign
test has it (Dixon and Mood, JASA 41, 1946): under the null hypothesis each side wins the rest with
probability 1/2, and the two-sided p-value is exact, from the binomial distribution. The interval of
a share is that of Clopper and Pearson (Biometrika 26, 1934), which holds 95 % or more.

A lens that was compared with several others has won a share of all of these together. Comparisons
of one listener are no independent witnesses of what others hear; with few listeners the interval is
of those listeners.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.overview.measured import Measured
from segue.evaluation.overview.report import Method, Unasked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.evaluation.overview.gathering import Gathering
    from segue.records import Judgement


@dataclass(frozen=True, slots=True)
class SignTest:
    """How often one side won.

    Attributes
    ----------
    wins, losses, equal
        Comparisons by how they ended.
    share, low, high
        wins / (wins + losses), and the ends of its 95 % interval; NaN without any.
    p
        Of the sign test, two-sided; 1 without any.
    """

    wins: int
    losses: int
    equal: int
    share: float
    low: float
    high: float
    p: float


def sign_test(wins: int, losses: int, equal: int = 0) -> SignTest:
    """The share of comparisons that were won, with its interval and the sign test.

    Parameters
    ----------
    wins, losses, equal
        0 or more.
    """
    decided = wins + losses
    if not decided:
        return SignTest(0, 0, equal, np.nan, np.nan, np.nan, 1.0)
    from scipy.stats import binomtest

    test = binomtest(wins, decided)
    ends = test.proportion_ci(confidence_level=0.95, method="exact")
    share = wins / decided
    return SignTest(
        wins, losses, equal, share, float(ends.low), float(ends.high), float(test.pvalue)
    )


def between(judgements: Sequence[Judgement]) -> dict[tuple[str, str], SignTest]:
    """By pair of lenses, in the order of names: how often the first one won."""
    counted: dict[tuple[str, str], list[int]] = {}
    for one in judgements:
        first, second = sorted((one.lens_a, one.lens_b))
        places = counted.setdefault((first, second), [0, 0, 0])
        places[2 if not one.winner else int(one.winner != first)] += 1
    return {pair: sign_test(*counts) for pair, counts in sorted(counted.items())}


def tell_judgements(judgements: Sequence[Judgement], into: Gathering) -> None:
    """Take down how many of its comparisons each lens won, and the sign tests as notes."""
    if not judgements:
        into.unasked.append(
            Unasked(
                "listeners",
                "nobody has judged",
                "Draw blind questions with `Segue.listening_question` and answer them",
            )
        )
        return
    into.sizes["judgements"] = len(judgements)
    names = sorted({lens for one in judgements for lens in (one.lens_a, one.lens_b)})
    for name in names:
        mine = [one for one in judgements if name in {one.lens_a, one.lens_b}]
        wins = sum(one.winner == name for one in mine)
        equal = sum(not one.winner for one in mine)
        test = sign_test(wins, len(mine) - wins - equal, equal)
        method = into.methods.get(name, Method(name, "lens", "judged by listeners"))
        into.add("judged", method, _measured(test))
    for (first, second), test in between(judgements).items():
        into.note(
            f"Listeners: {first} won {test.wins} of {test.wins + test.losses} comparisons with"
            f" {second}, {test.equal} equal; sign test p = {test.p:.3g}"
        )


def _measured(test: SignTest) -> Measured:
    """The exact interval, as two draws at its ends."""
    return Measured(test.share, np.array([test.low, test.high]), test.wins + test.losses, ends=True)
