"""What blind comparisons say of two lenses: who was preferred how often, and how sure that is.

Where neither was, a comparison says nothing of which is better. Of the n that were decided let one
lens have won w. Its share lies, with 95 % confidence, within Wilson's interval

    (p + z²/2n ± z √(p (1 - p) / n + z²/4n²)) / (1 + z²/n),  p = w/n, z = 1.96

(Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the
American Statistical Association 22, 1927). A difference is shown when it lies on one side of a
half.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.records import Judgement

Z = 1.959964


@dataclass(frozen=True, slots=True)
class Tally:
    """Blind comparisons of two lenses.

    Attributes
    ----------
    one, other
        The lenses, in the order of their names.
    won, lost, even
        How often the track of `one` was preferred, that of `other`, and neither.
    """

    one: str
    other: str
    won: int
    lost: int
    even: int

    @property
    def decided(self) -> int:
        """How many of them prefer one of the two."""
        return self.won + self.lost

    @property
    def share(self) -> float | None:
        """The share of `one` among those that were decided; None where none was."""
        return self.won / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float]:
        """Between what that share lies; 0 to 1 where none was decided."""
        n = self.decided
        if not n:
            return 0.0, 1.0
        p = self.won / n
        middle = p + Z * Z / (2 * n)
        reach = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        whole = 1 + Z * Z / n
        return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)

    @property
    def better(self) -> str:
        """The lens that is shown to be preferred; "" where no difference is shown."""
        low, high = self.interval
        return self.one if low > 0.5 else self.other if high < 0.5 else ""


def tallies(judgements: Iterable[Judgement]) -> list[Tally]:
    """How every two lenses stand that were compared; those that were compared most come first."""
    counts: dict[tuple[str, str], list[int]] = {}
    for each in judgements:
        pair = (min(each.lens_a, each.lens_b), max(each.lens_a, each.lens_b))
        place = 2 if not each.winner else int(each.winner != pair[0])
        counts.setdefault(pair, [0, 0, 0])[place] += 1
    found = [Tally(*pair, *numbers) for pair, numbers in counts.items()]
    return sorted(found, key=lambda one: (-one.decided - one.even, one.one, one.other))
