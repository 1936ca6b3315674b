"""How a service is treated: how often, how long, and how long in between.

The delay before try n + 2 is drawn from the upper half of ``min(longest, first · 2ⁿ)``: it doubles
each time, never falls, and does not come at the same moment from all who were sent away together
("equal jitter": M. Brooker, *Exponential Backoff And Jitter*, 2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_HIGHEST = 60
"""Doublings that are counted: 2 to the 60th of a second is longer than anything waits."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a service is treated.

    Attributes
    ----------
    tries
        How often one thing is asked for while the service is busy or breaks off, 1 or more.
    first
        Seconds that the first delay is at most.
    longest
        Seconds that any delay is at most.
    patience
        The longest that the service may ask to wait (``Retry-After``) for a try to wait that long;
        what asks for longer is given up, and nothing is asked until then.
    silence
        Seconds to be reached within, and the longest pause inside an answer.
    whole
        Seconds an answer may take in all.
    failures, rest
        After so many failures in a row nothing is asked for so many seconds.
    """

    tries: int = 4
    first: float = 0.5
    longest: float = 30.0
    patience: float = 60.0
    silence: float = 5.0
    whole: float = 20.0
    failures: int = 8
    rest: float = 60.0


HASTY = Manners(tries=2, patience=2.0, silence=4.0, whole=10.0, failures=4)
"""For covers, which nobody waits for and which are worth little."""

PATIENT = Manners(tries=6, first=1.0, patience=900.0, silence=15.0, whole=60.0, failures=12)
"""For work that goes on by itself."""


def delay(failed: int, manners: Manners, *, source: Random) -> float:
    """Seconds to wait after so many failures (1 or more) of one request.

    Returns
    -------
    float
        From half of ``min(longest, first · 2^(failed - 1))`` to all of it.
    """
    ceiling = min(manners.longest, manners.first * 2.0 ** min(failed - 1, _HIGHEST))
    return ceiling / 2 + source.random() * ceiling / 2
