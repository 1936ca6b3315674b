"""The ledger of analysis: what became of every file, and why.

A row says how one stage (``descriptors``, say) in one version went for one content hash, and with
which parameters it was asked. It **adds up by construction**: found = analysed + queued + failed +
skipped, over the distinct hashes of the files that are there. A hash without a row is queued, and
so is one whose row was asked with other parameters. A file that failed waits for `retry` or for
its content to change; then it is a new hash, and queued.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from segue.catalogue.schema import files, ledger

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from segue.catalogue.database import Database

State = Literal["queued", "analysed", "failed", "skipped"]

_NUMBERS = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?!\w)")


@dataclass(frozen=True, slots=True)
class Stage:
    """A question that is asked of every file.

    Attributes
    ----------
    name
        ``descriptors``, ``recording``.
    version
        Grows when the answers are others.
    parameters
        How it is asked, as text; answers to the question asked otherwise do not count.
    lasting
        Whether an answer holds however it was asked, so that parameters decide only what has none.
    """

    name: str
    version: str
    parameters: str = ""
    lasting: bool = False


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


@dataclass(frozen=True, slots=True)
class Cause:
    """Why `files` files failed (or were skipped) in one stage, and where one of them is.

    Reasons that differ in their numbers alone are one cause; the numbers are then written "…".
    """

    stage: str
    state: State
    reason: str
    files: int
    example: Path


def record(
    connection: Connection,
    stage: Stage,
    *,
    content_hash: str,
    state: State,
    reason: str = "",
    seconds: float | None = None,
) -> None:
    """Write down how a stage went for a file, in the caller's transaction.

    Every state but ``queued`` counts as one more attempt; other parameters begin the count anew.
    Vectors belong in the same transaction, so that a killed program leaves neither a vector
    without a row nor a row without its vector.

    Parameters
    ----------
    reason
        Why it failed or was skipped, as a sentence a person understands.
    seconds
        How long it took.
    """
    row = {
        "content_hash": content_hash,
        "stage": stage.name,
        "version": stage.version,
        "parameters": stage.parameters,
    }
    this = {f"this_{name}": value for name, value in row.items()}
    attempts = connection.execute(_ATTEMPTS, this).scalar_one_or_none() or 0
    connection.execute(_FORGET, this)
    connection.execute(
        _NOTE,
        {
            **row,
            "state": state,
            "reason": reason,
            "seconds": seconds,
            "attempts": attempts + (state != "queued"),
            "changed": time.time(),
        },
    )


# Made once: building a statement takes longer than running it, and these run for every file.
_KEY = and_(
    *(ledger.c[name] == bindparam(f"this_{name}") for name in ("content_hash", "stage", "version"))
)
_ATTEMPTS = select(ledger.c.attempts).where(
    _KEY, ledger.c.parameters == bindparam("this_parameters")
)
_FORGET = delete(ledger).where(_KEY)
_NOTE = insert(ledger)


def answered(content_hash: ColumnElement[str], stage: Stage) -> ColumnElement[bool]:
    """The condition that joins a file's hash to its row for this stage, asked in this way."""
    return (ledger.c.content_hash == content_hash) & _of(stage)


def counts(db: Database, stage: Stage) -> LedgerCounts:
    """How the files that are there stand in one stage."""
    there = (
        select(files.c.content_hash).where(files.c.missing_since.is_(None)).distinct().subquery()
    )
    state = func.coalesce(ledger.c.state, "queued")
    query = (
        select(state, func.count())
        .select_from(there)
        .join(ledger, answered(there.c.content_hash, stage), isouter=True)
        .group_by(state)
    )
    with db.read() as connection:
        by_state = {str(name): int(number) for name, number in connection.execute(query)}
    return LedgerCounts(found=sum(by_state.values()), **by_state)


def pace(db: Database, stage: Stage) -> float | None:
    """Mean seconds a file took in one stage; None before any was analysed."""
    took = select(func.avg(ledger.c.seconds)).where(_of(stage), ledger.c.state == "analysed")
    with db.read() as connection:
        mean = connection.execute(took).scalar_one()
    return None if mean is None else float(mean)


def failures(db: Database, stage: Stage, *, limit: int | None = None) -> list[LedgerEntry]:
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
        .where(_of(stage), ledger.c.state == "failed", files.c.missing_since.is_(None))
        .group_by(*ledger.primary_key.columns)
        .order_by(func.min(files.c.path))
        .limit(limit)
    )
    with db.read() as connection:
        rows = connection.execute(query).all()
    return [LedgerEntry(Path(path), *rest) for path, *rest in rows]


def causes(db: Database, stage: Stage) -> list[Cause]:
    """Why files that are there failed or were skipped in one stage, the most frequent first."""
    query = (
        select(
            ledger.c.state,
            ledger.c.reason,
            func.count(ledger.c.content_hash.distinct()),
            func.min(files.c.path),
        )
        .join(files, files.c.content_hash == ledger.c.content_hash)
        .where(
            _of(stage),
            ledger.c.state.in_(("failed", "skipped")),
            files.c.missing_since.is_(None),
        )
        .group_by(ledger.c.state, ledger.c.reason)
    )
    alike: dict[tuple[State, str], list[tuple[str, int, str]]] = {}
    with db.read() as connection:
        for state, reason, number, path in connection.execute(query):
            alike.setdefault((state, _numberless(reason)), []).append((reason, number, path))
    found = [
        Cause(
            stage=stage.name,
            state=state,
            reason=told[0][0] if len(told) == 1 else reason,
            files=sum(number for _, number, _ in told),
            example=Path(min(path for _, _, path in told)),
        )
        for (state, reason), told in alike.items()
    ]
    return sorted(found, key=lambda one: (one.state, -one.files, one.reason))


def retry(
    db: Database, stage: Stage, *, words: str | None = None, content_hash: str | None = None
) -> set[str]:
    """Queue files that are there again; their content hashes.

    Parameters
    ----------
    words
        Take the files that failed or were skipped with these words in the reason, in any case of
        letters, numbers as they are or as "…"; None takes all that failed.
    content_hash
        Take that file alone.
    """
    there = select(files.c.content_hash).where(files.c.missing_since.is_(None))
    states = ("failed",) if words is None else ("failed", "skipped")
    tried = select(ledger.c.content_hash, ledger.c.reason).where(
        _of(stage), ledger.c.state.in_(states), ledger.c.content_hash.in_(there)
    )
    if content_hash is not None:
        tried = tried.where(ledger.c.content_hash == content_hash)
    wanted = "" if words is None else words.casefold()
    again = (
        update(ledger)
        .where(_of(stage), ledger.c.content_hash == bindparam("hash"))
        .values(state="queued", changed=time.time())
    )
    with db.write() as connection:
        hashes = {
            content_hash
            for content_hash, reason in connection.execute(tried)
            if wanted in reason.casefold() or wanted in _numberless(reason).casefold()
        }
        if hashes:
            connection.execute(again, [{"hash": content_hash} for content_hash in hashes])
    return hashes


def _numberless(reason: str) -> str:
    return _NUMBERS.sub("…", reason)


def _of(stage: Stage) -> ColumnElement[bool]:
    """The rows that count for a stage as it is asked now."""
    counts = ledger.c.parameters == stage.parameters
    if stage.lasting:
        counts |= ledger.c.state == "analysed"
    return (ledger.c.stage == stage.name) & (ledger.c.version == stage.version) & counts
