"""Files of one recording: a report, from what comparing fingerprints found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.catalogue import held
from segue.errors import BadRequestError
from segue.library import copies
from segue.library.opened import Opened

if TYPE_CHECKING:
    from segue.records import Duplicates


class Reporting(Opened):
    """The part of `segue.library.Segue` that tells of files held twice; it changes none."""

    def duplicates(self, *, n: int | None = None) -> Duplicates:
        """Which files hold the same recording, which is the best copy, and what the others take.

        Known of files that analysis has read from end to end. Nothing is deleted or joined.

        Parameters
        ----------
        n
            At most so many of each kind, those with most to gain first; all when None.

        Raises
        ------
        BadRequestError
            `n` is below 1.
        """
        if n is not None and n < 1:
            raise BadRequestError(f"a report on {n} recordings", remedy="Ask for 1 or more")
        found = copies.report(*held.everything(self.database))
        return found if n is None else copies.shortened(found, n)
