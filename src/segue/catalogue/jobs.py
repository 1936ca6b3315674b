"""Work in the background, as anybody who looks can see it: what, how far, how it ended.

A job is a row, and the row is the truth: who wants work done writes one that is ``queued``, who
does it takes the oldest, says now and then how far it has come, and ends it as ``done`` or
``failed``. Whoever changes the state of a running job to ``cancelled`` has asked its program to
stop: that program finds out the next time it reports.

Who takes a job **holds** it: the row names its holder, and only the holder's reports and its end
are written down. Where a job was taken over meanwhile, whoever held it before finds that out.

Each report renews the row's **heartbeat**, by the clock of the database, which is one for all
machines. A row that says ``running`` with a heartbeat older than a minute belongs to a program that
died: it is shown as ``interrupted`` until somebody takes it up.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Double, cast, delete, exists, extract, func, insert, literal, select, update

from segue.catalogue.schema import jobs, meta
from segue.errors import BadRequestError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select, Update

    from segue.catalogue.database import Database

SILENCE = 60.0
"""Seconds without a heartbeat after which a running job counts as interrupted."""

_LAST = "last_job"
_MOST_REFUSED = 1_000
_AT_ONCE = 500
_TRIED = 8

OPEN = ("queued", "running")
"""States of jobs that are not over."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. Times are seconds since 1970, None for what has not happened.

    `state` is ``queued``, ``running``, ``done``, ``failed``, ``cancelled`` or ``interrupted``;
    `message` says what it is at, what came of it, or why it failed. `total` is None while nobody
    knows it. `address` is where on the web pages its result can be seen (empty: nowhere),
    `attempts` how often it was begun, `owner` who holds it or held it last. `refused`
    are places (files) it could do nothing with, each with the reason.
    """

    id: int
    kind: str
    payload: Mapping[str, Any]
    state: str
    done: int
    total: int | None
    message: str
    created: float
    started: float | None
    finished: float | None
    heartbeat: float | None
    address: str = ""
    attempts: int = 0
    owner: str = ""
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def open(self) -> bool:
        """Whether it is not over."""
        return self.state in {*OPEN, "interrupted"}


def submit(db: Database, kind: str, payload: Mapping[str, Any], *, address: str = "") -> int:
    """Queue a job; its number. One that asks the same and is not over is not queued twice.

    Parameters
    ----------
    payload
        What is asked for; must be expressible in JSON.
    address
        Path of the page, without a slash before it, that shows what comes of it.
    """
    asked = _written(payload)
    same = (
        select(jobs.c.id)
        .where(jobs.c.kind == kind, jobs.c.payload == asked, jobs.c.state.in_(OPEN))
        .limit(1)
    )
    row = insert(jobs).values(
        kind=kind,
        payload=asked,
        state="queued",
        done=0,
        message="",
        created=now(db),
        address=address,
    )
    with db.write() as connection:
        there = connection.execute(same).scalar_one_or_none()
        if there is not None:
            return int(there)
        if db.path is not None:
            row = row.values(id=_last(connection) + 1)
        return int(connection.execute(row.returning(jobs.c.id)).scalar_one())


def claim(
    db: Database,
    kinds: Collection[str],
    *,
    owner: str,
    alone: bool = False,
    able: Callable[[Mapping[str, Any]], bool] | None = None,
) -> Job | None:
    """Begin the oldest queued job of these kinds; None where there is none.

    Parameters
    ----------
    owner
        Who will hold it: a name that nobody else goes by, and that was never used before.
    alone
        Whether none is begun while anybody has one of these kinds under way.
    able
        Whether a payload asks for what can be done here; any other is left to somebody else.
    """
    other = jobs.alias()
    under_way = exists().where(other.c.kind.in_(tuple(kinds)), other.c.state == "running")
    free = [jobs.c.kind.in_(tuple(kinds)), jobs.c.state == "queued"]
    if alone:
        free.append(~under_way)
    waits = select(jobs.c.id, jobs.c.payload).where(*free).order_by(jobs.c.id)
    if able is None:
        waits = waits.limit(_TRIED)
    with db.read() as connection:  # looking needs no turn among those who write
        rows = connection.execute(waits).all()
    for row in rows:
        if able is not None and not able(json.loads(row.payload)):
            continue
        begun = _begun(db, owner).where(jobs.c.id == row.id, *free).returning(jobs)
        with db.write() as connection:
            taken = connection.execute(begun).one_or_none()
        if taken is not None:
            return _job(taken)
    return None


def _begun(db: Database, owner: str) -> Update:
    moment = now(db)
    return update(jobs).values(
        state="running",
        started=moment,
        heartbeat=moment,
        owner=owner,
        attempts=jobs.c.attempts + 1,
        done=0,
        total=None,
        message="",
    )


def progress(
    db: Database, job_id: int, done: int, total: int | None, message: str, *, owner: str = ""
) -> bool:
    """Say how far a running job has come, and that it is alive; whether it still is to go on.

    Here and below, `owner` is who says so: nothing is written where somebody else holds the job.
    Empty speaks for whoever holds it.
    """
    return _change(db, job_id, owner, done=done, total=total, message=message)


def finish(
    db: Database,
    job_id: int,
    *,
    owner: str = "",
    message: str | None = None,
    error: str = "",
    refused: Sequence[tuple[str, str]] = (),
) -> bool:
    """End a running job: done, with what came of it, or failed with `error` as the reason.

    `message` None leaves what it said last. A job that is over, or that somebody else holds, stays
    as it is, and this gives False. Of `refused` places and reasons the first thousand are kept.
    """
    told = error or message
    values: dict[str, object] = {
        "state": "failed" if error else "done",
        "finished": now(db),
        "refused": json.dumps(list(refused[:_MOST_REFUSED]), ensure_ascii=False),
    }
    return _change(db, job_id, owner, **values, **({} if told is None else {"message": told}))


def give_back(
    db: Database, job_id: int, *, message: str, owner: str = "", begun: bool = True
) -> bool:
    """Queue a running job again; where it was not really `begun`, that attempt does not count."""
    attempts = jobs.c.attempts if begun else jobs.c.attempts - 1
    return _change(db, job_id, owner, state="queued", message=message, attempts=attempts)


def adopt(db: Database, job: Job, *, most: int) -> bool:
    """Queue a running job again whose program is gone, or park it; whether that was done.

    It is not done where the job has shown life, or changed hands, since `job` was read.

    Parameters
    ----------
    most
        After so many attempts it fails, with that as the reason: it may be what ends the program.
    """
    values: dict[str, object] = {"state": "queued"}
    values["message"] = "Segue ended in the middle of it; it begins again."
    if job.attempts >= most:
        at = f" The last time it was at: {job.message}." if job.message else ""
        values = {"state": "failed", "finished": now(db)}
        values["message"] = (
            f"It was begun {job.attempts} times, and each time Segue ended before it did,"
            f" so it is not begun again by itself.{at} Look into the log, then retry it."
        )
    unchanged = jobs.c.heartbeat == job.heartbeat
    return _change(db, job.id, job.owner, unchanged, **values)


def cancel(db: Database, job_id: int) -> bool:
    """Ask that a job be left; whether it was not over. NotFoundError for an unknown one."""
    get(db, job_id)
    left = (
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state.in_(OPEN))
        .values(state="cancelled", finished=now(db))
    )
    with db.write() as connection:
        return connection.execute(left).rowcount > 0


def over(db: Database, job_id: int) -> Job:
    """A job that is over, to ask for the same once more.

    Raises
    ------
    NotFoundError
        There is no such job.
    BadRequestError
        It is not over yet.
    """
    job = get(db, job_id)
    if job.open:
        raise BadRequestError(
            f"job {job_id} is not over yet", remedy="Wait until it is, or cancel it first"
        )
    return job


def get(db: Database, job_id: int) -> Job:
    """One job; NotFoundError when there is none of that number."""
    with db.read() as connection:
        row = connection.execute(_selected(db).where(jobs.c.id == job_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no job {job_id}", remedy="List the jobs to see which are")
    return _job(row)


def many(db: Database, job_ids: Collection[int]) -> list[Job]:
    """Jobs by their numbers, the newest first; those that are not there are left out."""
    return _where(db, jobs.c.id.in_(tuple(job_ids)))


def open_ones(db: Database) -> list[Job]:
    """Jobs that are not over, the newest first."""
    return _where(db, jobs.c.state.in_(OPEN))


def asking(db: Database, kind: str, payloads: Sequence[Mapping[str, Any]]) -> list[Job]:
    """Jobs of a kind that ask for any of these, the newest first, over or not."""
    found: list[Job] = []
    wanted = [_written(each) for each in payloads]
    for first in range(0, len(wanted), _AT_ONCE):
        part = wanted[first : first + _AT_ONCE]
        found += _where(db, jobs.c.kind == kind, jobs.c.payload.in_(part))
    return found


def listing(
    db: Database, limit: int = 50, *, without: Sequence[str] = (), before: int | None = None
) -> list[Job]:
    """The latest jobs, the newest first; none of the kinds `without`, none from `before` on."""
    query = _selected(db).where(jobs.c.kind.not_in(tuple(without))).order_by(jobs.c.id.desc())
    if before is not None:
        query = query.where(jobs.c.id < before)
    with db.read() as connection:
        rows = connection.execute(query.limit(limit)).all()
    return [_job(row) for row in rows]


def of(db: Database, kind: str, payload: Mapping[str, Any]) -> Job | None:
    """The latest job of a kind that asks for this; None where nobody ever asked."""
    query = _selected(db).where(jobs.c.kind == kind, jobs.c.payload == _written(payload))
    with db.read() as connection:
        row = connection.execute(query.order_by(jobs.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _job(row)


def forget(db: Database, kind: str, payload: Mapping[str, Any]) -> None:
    """Delete every job of a kind that asks for this, and with it what was said of it.

    Its number is never given again: whoever is still at it would speak for another job.
    """
    asked = delete(jobs).where(jobs.c.kind == kind, jobs.c.payload == _written(payload))
    with db.write() as connection:
        if db.path is not None:
            last = str(_last(connection))
            connection.execute(delete(meta).where(meta.c.name == _LAST))
            connection.execute(insert(meta).values(name=_LAST, value=last))
        connection.execute(asked)


def waiting(db: Database, kind: str) -> int:
    """How many jobs of a kind are not over."""
    query = select(func.count()).where(jobs.c.kind == kind, jobs.c.state.in_(OPEN))
    with db.read() as connection:
        return int(connection.execute(query).scalar_one())


def prune(db: Database, *, keep: int) -> int:
    """Forget jobs that have long been over, all but the latest `keep` of those; how many."""
    ended = jobs.c.state.not_in(OPEN)
    oldest = select(jobs.c.id).where(ended).order_by(jobs.c.id.desc()).offset(keep).limit(1)
    with db.read() as connection:
        border = connection.execute(oldest).scalar_one_or_none()
    if border is None:
        return 0
    with db.write() as connection:
        return connection.execute(delete(jobs).where(ended, jobs.c.id <= border)).rowcount


def _last(connection: Connection) -> int:
    """The last number that was given; SQLite itself knows of those alone that are there."""
    there = connection.execute(select(func.coalesce(func.max(jobs.c.id), 0))).scalar_one()
    gone = connection.execute(select(meta.c.value).where(meta.c.name == _LAST)).scalar_one_or_none()
    return max(int(there), int(gone or 0))


def _where(db: Database, *conditions: ColumnElement[bool]) -> list[Job]:
    query = _selected(db).where(*conditions).order_by(jobs.c.id.desc())
    with db.read() as connection:
        return [_job(row) for row in connection.execute(query)]


def _written(payload: Mapping[str, Any]) -> str:
    return json.dumps(dict(payload), ensure_ascii=False, sort_keys=True)


def now(db: Database) -> ColumnElement[float]:
    """The time by the one clock that all share who use the catalogue."""
    if db.path is not None:
        return literal(time.time())
    return cast(extract("epoch", func.clock_timestamp()), Double)


def _selected(db: Database) -> Select[Any]:
    return select(jobs, now(db).label("now"))


def _change(
    db: Database, job_id: int, owner: str, *conditions: ColumnElement[bool], **values: object
) -> bool:
    running = update(jobs).where(jobs.c.id == job_id, jobs.c.state == "running", *conditions)
    if owner:
        running = running.where(jobs.c.owner == owner)
    changed = running.values(**{"heartbeat": now(db), **values})
    with db.write() as connection:
        return connection.execute(changed).rowcount > 0


def _job(row: Row[Any]) -> Job:
    values = row._asdict()
    silent = values.pop("now", row.heartbeat) - (row.heartbeat or row.created)
    return Job(
        **{
            **values,
            "payload": json.loads(row.payload),
            "refused": tuple((place, reason) for place, reason in json.loads(row.refused)),
            "state": "interrupted" if row.state == "running" and silent > SILENCE else row.state,
        }
    )
