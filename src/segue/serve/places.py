"""Places of lines that stay open: so many in all, and of one caller so many.

An answer that goes on keeps a thread of ours busy now and then, and a connection for as long as
it is listened to. Nobody who has a key may keep all of them.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.errors import CrowdedError
    from segue.serve.access.caller import Caller


class Places:
    """Who has one now; asked and given back in one thread, that of the event loop.

    Parameters
    ----------
    most
        How many there are.
    each
        How many one caller may have who is known; those whom nobody knows share all.
    """

    def __init__(self, most: int, *, each: int) -> None:
        self.most, self.each = most, each
        self._taken: Counter[tuple[str, str]] = Counter()

    @property
    def inside(self) -> int:
        """How many are taken."""
        return self._taken.total()

    @contextmanager
    def entered(
        self, caller: Caller, *, full: CrowdedError, enough: CrowdedError
    ) -> Iterator[None]:
        """Have a place while the block lasts.

        Parameters
        ----------
        caller
            Who asks.
        full, enough
            Raised where none is left, and where the caller has as many as one may.
        """
        who = (caller.how, caller.listener)
        if self.inside >= self.most:
            raise full
        if caller.how != "open" and self._taken[who] >= self.each:
            raise enough
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]
