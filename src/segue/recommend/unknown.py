"""Something is named that does not exist: the closest there is."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Collection

_FEW = 16
"""So many names are listed whole."""


def unknown(what: str, name: str, known: Collection[str], *, where: str = "") -> BadRequestError:
    """An error that says `what`, and what may have been meant.

    Parameters
    ----------
    what
        The sentence, naming what was given.
    name
        That name in its normal form.
    known
        All names there are, in theirs.
    where
        See `segue.errors.SegueError`.
    """
    close = get_close_matches(name, list(known), n=3)
    if close:
        remedy = f"Closest: {', '.join(close)}"
    elif 0 < len(known) <= _FEW:
        remedy = f"There are: {', '.join(sorted(known))}"
    else:
        remedy = "Leave it out, or name another"
    return BadRequestError(what, where=where, remedy=remedy)
