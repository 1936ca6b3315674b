"""Work in the background, as anybody who looks can see it: what, how far, how it ended.

A job is a row. The program that does the work says now and then how far it has come, and each
time the row's **heartbeat** is renewed. A row that says ``running`` with a heartbeat older than a
minute belongs to a program that died: it is shown as ``interrupted``.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from segue.catalogue.schema import jobs
from segue.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from segue.catalogue.database import Database

SILENCE = 60.0
"""Seconds without a heartbeat after which a running job counts as interrupted."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. Times are seconds since 1970, None for what has not happened.

    `state` is ``running``, ``done``, ``failed`` or ``interrupted``; `message` says what it is at,
    or why it failed. `total` is None while nobody knows it.
    """

    id: int
    kind: str
    payload: Mapping[str, Any]
    state: str
    done: int
    total: int | None
    message: str
    created: float
    finished: float | None
    heartbeat: float | None


def start(db: Database, kind: str, payload: Mapping[str, Any]) -> int:
    """Write down that a job of `kind` has begun; `payload` must be expressible in JSON."""
    now = time.time()
    row = insert(jobs).values(
        kind=kind,
        payload=json.dumps(dict(payload), ensure_ascii=False),
        state="running",
        done=0,
        message="",
        created=now,
        started=now,
        heartbeat=now,
    )
    with db.write() as connection:
        return int(connection.execute(row.returning(jobs.c.id)).scalar_one())


def progress(db: Database, job_id: int, done: int, total: int | None, message: str) -> None:
    """Say how far a running job has come, and that it is alive. A finished job stays as it is."""
    _change(db, job_id, done=done, total=total, message=message)


def finish(db: Database, job_id: int, *, error: str = "") -> None:
    """End a running job: done, or failed with `error` as the reason."""
    values: dict[str, object] = {"state": "failed" if error else "done", "finished": time.time()}
    _change(db, job_id, **values, **({"message": error} if error else {}))


def get(db: Database, job_id: int) -> Job:
    """One job; NotFoundError when there is none of that number."""
    with db.read() as connection:
        row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no job {job_id}", remedy="List the jobs to see which are")
    return _job(row)


def listing(db: Database, limit: int = 50) -> list[Job]:
    """The latest jobs, the newest first."""
    with db.read() as connection:
        rows = connection.execute(select(jobs).order_by(jobs.c.id.desc()).limit(limit)).all()
    return [_job(row) for row in rows]


def _change(db: Database, job_id: int, **values: object) -> None:
    running = update(jobs).where(jobs.c.id == job_id, jobs.c.state == "running")
    with db.write() as connection:
        connection.execute(running.values(heartbeat=time.time(), **values))


def _job(row: Row[Any]) -> Job:
    silent = time.time() - (row.heartbeat or row.created)
    return Job(
        id=row.id,
        kind=row.kind,
        payload=json.loads(row.payload),
        state="interrupted" if row.state == "running" and silent > SILENCE else row.state,
        done=row.done,
        total=row.total,
        message=row.message,
        created=row.created,
        finished=row.finished,
        heartbeat=row.heartbeat,
    )
