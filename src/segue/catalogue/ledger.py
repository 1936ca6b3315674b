"""The ledger of analysis: what became of every file, and why.

A row says how one stage (``descriptors``, say) in one version went for one content hash. It
**adds up by construction**: found = analysed + queued + failed + skipped, over the distinct
hashes of the files that are there. A hash without a row is queued. A file that failed waits for
`retry` or for its content to change; then it is a new hash, and queued.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, func, insert, select, update

from segue.catalogue.schema import files, ledger

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Connection

    from segue.catalogue.database import Database

State = Literal["queued", "analysed", "failed", "skipped"]

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """How many files there are and how they stand: found = analysed + queued + failed + skipped."""

    found: int = 0
    analysed: int = 0
    queued: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One file that failed: where it is, why, after how many attempts, and when (since 1970)."""

    path: Path
    reason: str
    attempts: int
    content_hash: str
    changed: float


def record(
    connection: Connection,
    *,
    content_hash: str,
    stage: str,
    version: str,
    state: State,
    reason: str = "",
    seconds: float | None = None,
) -> None:
    """Write down how a stage went for a file, in the caller's transaction.

    Every state but ``queued`` counts as one more attempt. Vectors belong in the same transaction,
    so that a killed program leaves neither a vector without a row nor a row without its vector.

    Parameters
    ----------
    reason
        Why it failed or was skipped, as a sentence a person understands.
    seconds
        How long it took.
    """
    row = _row(content_hash, stage, version)
    before = connection.execute(select(ledger.c.attempts).where(row)).scalar_one_or_none()
    connection.execute(delete(ledger).where(row))
    connection.execute(
        insert(ledger).values(
            content_hash=content_hash,
            stage=stage,
            version=version,
            state=state,
            reason=reason,
            seconds=seconds,
            attempts=(before or 0) + (state != "queued"),
            changed=time.time(),
        )
    )


def counts(db: Database, *, stage: str, version: str) -> LedgerCounts:
    """How the files that are there stand in one stage and version."""
    there = (
        select(files.c.content_hash).where(files.c.missing_since.is_(None)).distinct().subquery()
    )
    state = func.coalesce(ledger.c.state, "queued")
    query = (
        select(state, func.count())
        .select_from(there)
        .join(ledger, _row(there.c.content_hash, stage, version), isouter=True)
        .group_by(state)
    )
    with db.read() as connection:
        by_state = {str(name): int(number) for name, number in connection.execute(query)}
    return LedgerCounts(found=sum(by_state.values()), **by_state)


def pace(db: Database, *, stage: str, version: str) -> float | None:
    """Mean seconds a file took in one stage and version; None before any was analysed."""
    took = select(func.avg(ledger.c.seconds)).where(
        ledger.c.stage == stage, ledger.c.version == version, ledger.c.state == "analysed"
    )
    with db.read() as connection:
        mean = connection.execute(took).scalar_one()
    return None if mean is None else float(mean)


def failures(
    db: Database, *, stage: str, version: str, limit: int | None = None
) -> list[LedgerEntry]:
    """Files that are there and failed, in the order of their paths; one path a content hash."""
    query = (
        select(
            func.min(files.c.path),
            ledger.c.reason,
            ledger.c.attempts,
            ledger.c.content_hash,
            ledger.c.changed,
        )
        .join(files, files.c.content_hash == ledger.c.content_hash)
        .where(
            ledger.c.stage == stage,
            ledger.c.version == version,
            ledger.c.state == "failed",
            files.c.missing_since.is_(None),
        )
        .group_by(*ledger.primary_key.columns)
        .order_by(func.min(files.c.path))
        .limit(limit)
    )
    with db.read() as connection:
        rows = connection.execute(query).all()
    return [LedgerEntry(Path(path), *rest) for path, *rest in rows]


def retry(
    db: Database, *, stage: str, version: str, content_hashes: Collection[str] | None = None
) -> int:
    """Queue failed files again and say how many; all of them, or only `content_hashes`."""
    failed = (
        update(ledger)
        .where(ledger.c.stage == stage, ledger.c.version == version, ledger.c.state == "failed")
        .values(state="queued", changed=time.time())
    )
    with db.write() as connection:
        if content_hashes is None:
            return connection.execute(failed).rowcount
        wanted = sorted(set(content_hashes))
        return sum(
            connection.execute(
                failed.where(ledger.c.content_hash.in_(wanted[start : start + _CHUNK]))
            ).rowcount
            for start in range(0, len(wanted), _CHUNK)
        )


def _row(content_hash: str | ColumnElement[str], stage: str, version: str) -> ColumnElement[bool]:
    return (
        (ledger.c.content_hash == content_hash)
        & (ledger.c.stage == stage)
        & (ledger.c.version == version)
    )
