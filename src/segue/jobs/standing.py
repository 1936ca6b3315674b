"""How a catalogue stands: what it holds, and how far each pass of analysis has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.catalogue import counts, ledger
from segue.catalogue.database import epoch
from segue.jobs.passes import first, second

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.catalogue.counts import Counts
    from segue.catalogue.database import Database
    from segue.catalogue.ledger import Cause, LedgerCounts, LedgerEntry
    from segue.settings import Settings


@dataclass(frozen=True, slots=True)
class Status:
    """What a catalogue holds and what can be asked of it.

    `ledger` is how the first pass of analysis stands, which makes tracks recommendable, and
    `recordings` how the second does, which reads whole files. `spaces` says how many tracks each
    space places; it is empty until an engine is built.
    """

    url: str
    epoch: int
    counts: Counts
    ledger: LedgerCounts
    recordings: LedgerCounts
    spaces: Mapping[str, int]


def status(db: Database, *, settings: Settings, spaces: Mapping[str, int]) -> Status:
    """How it stands at this moment."""
    return Status(
        url=db.url,
        epoch=epoch(db),
        counts=counts.counts(db),
        ledger=ledger.counts(db, first(settings).stage),
        recordings=ledger.counts(db, second(settings).stage),
        spaces=spaces,
    )


def causes(db: Database, *, settings: Settings) -> list[Cause]:
    """Why files failed or were skipped, in either pass, each reason once."""
    stages = (first(settings).stage, second(settings).stage)
    return [cause for stage in stages for cause in ledger.causes(db, stage)]


def failures(db: Database, *, settings: Settings, limit: int | None = None) -> list[LedgerEntry]:
    """Files that one pass or the other could not read, in the order of their paths, each once."""
    stages = (first(settings).stage, second(settings).stage)
    entries = [entry for stage in stages for entry in ledger.failures(db, stage, limit=limit)]
    once = {entry.content_hash: entry for entry in reversed(entries)}
    return sorted(once.values(), key=lambda entry: entry.path)[:limit]


def retry(db: Database, *, settings: Settings, words: str | None = None) -> int:
    """Queue files that failed once more, in both passes (`segue.catalogue.ledger.retry`).

    How many files that are; one that failed in both counts once.
    """
    stages = (first(settings).stage, second(settings).stage)
    return len(set().union(*(ledger.retry(db, stage, words=words) for stage in stages)))
