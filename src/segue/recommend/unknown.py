"""Something is named that does not exist: the closest there is."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Sized

_FEW = 16
"""So many names are listed whole."""


def unknown(
    what: str,
    name: str,
    known: Collection[str] | Mapping[str, Sized],
    *,
    where: str = "",
) -> BadRequestError:
    """An error that says `what`, and what may have been meant.

    Parameters
    ----------
    what
        The sentence, naming what was given.
    name
        That name in its normal form.
    known
        All names there are, in theirs; where it says what each has, those that have most are told
        of many.
    where
        See `segue.errors.SegueError`.
    """
    close = get_close_matches(name, list(known), n=3)
    if close:
        remedy = f"Closest: {', '.join(close)}"
    elif 0 < len(known) <= _FEW:
        remedy = f"There are: {', '.join(sorted(known))}"
    elif isinstance(known, Mapping) and known:
        most = sorted(known, key=lambda each: (-len(known[each]), each))[:_FEW]
        remedy = f"Most tracks have: {', '.join(most)}"
    else:
        remedy = "Leave it out, or name another"
    return BadRequestError(what, where=where, remedy=remedy)
