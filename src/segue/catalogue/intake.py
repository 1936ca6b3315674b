"""The loop every import runs: read a batch, store it in one transaction, count, go on.

A **batch** is a transaction: what a killed import had stored is whole, and importing again takes
up the rest, because everything already there is a duplicate. In **strict** mode the whole import
is one transaction, and the first rejection ends it with nothing stored.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from segue.catalogue.database import bump
from segue.errors import BadTableError
from segue.records import Rejection
from segue.summaries import ImportSummary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Connection

    from segue.catalogue.database import Database
    from segue.types import Progress

Item = TypeVar("Item")

MOST_REJECTIONS = 1_000
"""Rejections a summary lists; it counts all of them."""


@dataclass(slots=True)
class Tally:
    """Counts of an import so far; `notes` counts sentences that begin with their number."""

    strict: bool = False
    read: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    rejected: int = 0

    def count(self, outcome: str, *states: str) -> None:
        """Count one record that was stored, and the links it made."""
        self.outcomes[outcome] += 1
        self.states.update(states)

    def reject(self, rejection: Rejection) -> None:
        """Count one that was not.

        Raises
        ------
        BadTableError
            In strict mode.
        """
        if self.strict:
            line = "" if rejection.line is None else f":{rejection.line}"
            raise BadTableError(
                rejection.reason.rstrip("."),
                where=f"{rejection.place}{line}",
                remedy="Nothing was imported; mend the line, or import without --strict",
            )
        self.rejected += 1
        if len(self.rejections) < MOST_REJECTIONS:
            self.rejections.append(rejection)

    @property
    def changed(self) -> int:
        """How many records changed something so far."""
        return self.outcomes["imported"] + self.outcomes["merged"]

    def summary(self, seconds: float) -> ImportSummary:
        """The counts as they are told."""
        return ImportSummary(
            read=self.read,
            imported=self.outcomes["imported"],
            merged=self.outcomes["merged"],
            duplicate=self.outcomes["duplicate"],
            rejections=tuple(self.rejections),
            rejected=self.rejected,
            linked=self.states["linked"],
            ambiguous=self.states["ambiguous"],
            seconds=seconds,
            notes=tuple(f"{number} {words}" for words, number in sorted(self.notes.items())),
        )


@dataclass(frozen=True, slots=True)
class Intake(Generic[Item]):
    """How one kind of record is taken in.

    `store` writes a batch inside a transaction and counts what became of it, `refuse` says why a
    record cannot be taken (None: it can), `weigh` how much of a batch it fills, `most` how much a
    batch holds, `what` names the records.
    """

    store: Callable[[Connection, list[Item], Tally], None]
    refuse: Callable[[Item], Rejection | None]
    what: str
    most: int
    weigh: Callable[[Item], int] = lambda _: 1

    def run(
        self,
        db: Database,
        items: Iterable[Item | Rejection],
        *,
        strict: bool,
        on_progress: Progress | None,
    ) -> ImportSummary:
        """Take everything in; see the module for what is one transaction."""
        began = time.monotonic()
        tally = Tally(strict=strict)
        with db.write() if strict else nullcontext() as whole:
            for batch in self._batches(items, tally):
                with db.write() if whole is None else nullcontext(whole) as connection:
                    before = tally.changed
                    self.store(connection, batch, tally)
                    if tally.changed > before:
                        bump(connection)
                if on_progress is not None:
                    on_progress(tally.read, None, self.what)
        return tally.summary(time.monotonic() - began)

    def _batches(self, items: Iterable[Item | Rejection], tally: Tally) -> Iterator[list[Item]]:
        batch: list[Item] = []
        weight = 0
        for item in items:
            tally.read += 1
            if isinstance(item, Rejection):
                tally.reject(item)
                continue
            if refused := self.refuse(item):
                tally.reject(refused)
                continue
            batch.append(item)
            weight += self.weigh(item)
            if weight >= self.most:
                yield batch
                batch, weight = [], 0
        if batch:
            yield batch
