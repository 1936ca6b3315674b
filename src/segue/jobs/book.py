"""Outcomes on their way into the catalogue, one transaction each.

An answer and its lines in the ledger stand together or not at all. While another program writes to
the catalogue, outcomes wait here.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from segue.errors import BusyError, InaudibleError, NotFoundError, UnavailableError
from segue.jobs.passes import reason
from segue.records import Rejection

if TYPE_CHECKING:
    from segue.catalogue.database import Database
    from segue.jobs.passes import Answer, Pass
    from segue.jobs.workers import Outcome

_log = logging.getLogger(__name__)

_PATIENCE = 60.0


class Book:
    """Where the outcomes of one pass are written down.

    Parameters
    ----------
    db
        The catalogue.
    asked
        The pass they answer.
    hashes
        The content hash of each path.

    Attributes
    ----------
    done
        How many outcomes are written down.
    failures
        What became of the others, and of those that failed.
    unreachable
        Content hashes of the files that could not be reached, and so stay queued.
    """

    def __init__(self, db: Database, asked: Pass, hashes: dict[str, str]) -> None:
        self.done = 0
        self.failures: list[Rejection] = []
        self.unreachable: set[str] = set()
        self._db, self._asked, self._hashes = db, asked, hashes
        self._unwritten: list[Outcome[Answer]] = []

    def take(self, outcome: Outcome[Answer]) -> None:
        """Write an outcome down, or keep it for later."""
        if outcome.error is not None and not isinstance(outcome.error, InaudibleError):
            why = reason(outcome.error)
            self.failures.append(Rejection(place=outcome.key, line=None, reason=why))
        if isinstance(outcome.error, NotFoundError | UnavailableError):
            self.unreachable.add(self._hashes[outcome.key])
            return
        self._unwritten.append(outcome)
        try:
            self._write()
        except BusyError as busy:
            _log.info("%s; %d files wait to be written", busy.what, len(self._unwritten))

    def close(self) -> None:
        """Write what is left, waiting for another writer up to a minute."""
        give_up = time.monotonic() + _PATIENCE
        while self._unwritten:
            try:
                self._write()
            except BusyError:
                if time.monotonic() > give_up:
                    raise

    def _write(self) -> None:
        while self._unwritten:
            outcome = self._unwritten[0]
            self._record(self._hashes[outcome.key], outcome)
            del self._unwritten[0]
            self.done += 1

    def _record(self, content_hash: str, outcome: Outcome[Answer]) -> None:
        with self._db.write() as connection:
            self._asked.write(connection, content_hash, outcome.value, outcome.error)
