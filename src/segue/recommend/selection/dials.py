"""Dials are checked before anything is chosen by them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.records import Dials

_SHARES = ("hubs", "diversity", "variation")
_CAPS = ("per_artist", "per_album")


def checked(dials: Dials) -> Dials:
    """Itself.

    Raises
    ------
    BadRequestError
        A cap is no whole number of 1 or more, a share is not in [0, 1], or the draw is no whole
        number of 0 or more.
    """
    for name in _CAPS:
        value = getattr(dials, name)
        if value is not None and not (_whole(value) and value >= 1):
            raise BadRequestError(
                f"{name} is {value!r}", where="dials", remedy="Give a whole number of 1 or more"
            )
    for name in _SHARES:
        value = getattr(dials, name)
        # Written so that NaN is refused.
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number and math.isfinite(value) and 0 <= value <= 1):
            raise BadRequestError(
                f"{name} is {value!r}", where="dials", remedy="Give a number from 0 to 1"
            )
    if not (_whole(dials.draw) and dials.draw >= 0):
        raise BadRequestError(
            f"draw is {dials.draw!r}", where="dials", remedy="Give a whole number of 0 or more"
        )
    return dials


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
