"""The bell: tells those who wait for work that there is some, at once and on every machine.

What it carries is the number of a job, as the bytes ``{"job": 17}``, and nothing else: who can
write into the queue can have workers look into the table of jobs, and no more. The queue is one of
Huey's storages: a SQLite file beside the catalogue, PostgreSQL, or Redis. Of Huey nothing else is
used, neither its tasks nor its serializer, which would load pickles.

A bell may be lost, ring twice, or ring for a job that is over: the table of jobs is the truth
(`segue.catalogue.jobs`), and it is looked into every other second whether a bell rang or not. So a
queue that is away makes work begin a little later, and is said once.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from segue.assemble import derived
from segue.caching.circuit import Circuit
from segue.errors import BadRequestError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.catalogue.database import Database
    from segue.settings import Settings

_log = logging.getLogger(__name__)

FILE = "queue.db"
"""Name of the SQLite file, in the folder of what follows from a catalogue."""

MOST = 1_000
"""How many bells may wait to be heard; whoever works then finds what there is in the table."""

AGAIN = 5.0
"""Seconds after which a queue that failed is tried again."""

_NAME = "segue"
_READ_SECONDS = 1.0
_POLL_SECONDS = 0.25
_ANSWER_SECONDS = 3.0
_LONGEST = 64
_MAKERS = 8


class Bell:
    """One end of a queue of numbers of jobs. Safe among threads; never raises.

    Parameters
    ----------
    opened
        Opens the storage; called when it is first needed, and again after it failed.
    where
        The queue as messages name it, without a password.
    """

    def __init__(self, opened: Callable[[], Any], *, where: str) -> None:
        self.where = where
        self._opened = opened
        self._storage: Any = None
        self._lock = threading.Lock()
        self._circuit = Circuit(failures=1, seconds=AGAIN)

    def ring(self, job: int) -> None:
        """Let somebody know that a job is queued."""

        def told(storage: Any) -> None:  # noqa: ANN401 (Huey's storages have no types)
            if storage.queue_size() >= MOST:
                storage.flush_queue()
            storage.enqueue(written(job))

        self._asked(told)

    def heard(self, stop: threading.Event) -> int | None:
        """Wait about a second for a bell: the number of the job it rang for, or None.

        Parameters
        ----------
        stop
            Once set, nothing is waited for any more.
        """
        began = time.monotonic()
        number = read(self._asked(lambda storage: storage.dequeue()))
        # A file cannot be waited on, and a queue that is away answers at once.
        if number is None and time.monotonic() - began < _POLL_SECONDS:
            stop.wait(_POLL_SECONDS)
        return number

    def close(self) -> None:
        """Let go of the queue; it is opened again when it is needed again."""
        with self._lock:
            storage, self._storage = self._storage, None
        with suppress(Exception):  # it may be away
            storage.close()

    def _asked(self, ask: Callable[[Any], Any]) -> Any:  # noqa: ANN401 (what `ask` gives)
        if not self._circuit.lets_through():
            return None
        try:
            with self._lock:
                if self._storage is None:
                    self._storage = self._opened()
                storage = self._storage
            answer = ask(storage)
        except Exception as problem:
            if self._circuit.failed():
                _log.warning(
                    "the queue of work at %s does not answer (%s); work begins a little later",
                    self.where,
                    type(problem).__name__,
                )
            self.close()
            return None
        if not self._circuit.closed:
            _log.warning("the queue of work at %s answers again", self.where)
        self._circuit.succeeded()
        return answer


def written(job: int) -> bytes:
    """What the queue carries for a job.

    >>> written(17)
    b'{"job": 17}'
    """
    return json.dumps({"job": job}).encode()


def read(carried: object) -> int | None:
    """The number that `written` wrote; None for nothing, and for anything else.

    >>> read(b'{"job": 17}'), read(b'{"job": "17", "run": "rm"}'), read(None)
    (17, None, None)
    """
    if not isinstance(carried, bytes | bytearray | memoryview | str):
        return None
    text = bytes(carried, "utf-8") if isinstance(carried, str) else bytes(carried)
    if len(text) > _LONGEST:
        return None
    try:
        said = json.loads(text)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.keys() != {"job"}:
        return None
    number = said["job"]
    # SQL knows no larger numbers, and True is a number to Python.
    return number if type(number) is int and 0 < number < 2**31 else None


def bell_of(db: Database, settings: Settings) -> Bell | None:
    """The bell of a catalogue, by the setting ``queue_url``; None where there is no place for one.

    Where nothing is set it is a file among those that follow from a catalogue that is a file, and
    else the server that the catalogue is on.

    Raises
    ------
    BadRequestError
        The setting is no address of a queue.
    UnavailableError
        An extra that the queue needs is not installed.
    """
    url = settings.queue_url.get_secret_value().strip()
    if not url and db.path is None:
        url = settings.database
    elif not url:
        folder = derived(db, settings)
        url = "" if folder is None else f"sqlite:///{folder / FILE}"
    scheme, slashes, rest = url.partition("://")
    family = scheme.partition("+")[0]
    where = f"{family}://{rest.rpartition('@')[2]}"
    if family == "sqlite" and slashes and len(rest) > 1:
        return Bell(lambda: _file(rest[1:]), where=where)
    if family in {"redis", "rediss"} and rest:
        _need("redis")
        return Bell(lambda: _redis(url), where=where)
    if family in {"postgresql", "postgres"} and rest:
        _need("psycopg", extra="postgres")
        return Bell(lambda: _postgres(f"postgresql://{rest}"), where=where)
    if not settings.queue_url.get_secret_value().strip():
        return None
    raise BadRequestError(
        f"the setting SEGUE_QUEUE_URL begins with {scheme[:20]!r}, which is no queue that Segue"
        " knows",
        remedy="Leave it empty, or name one: redis://localhost:6379/0, postgresql://…,"
        " sqlite:///queue.db",
    )


def _need(package: str, *, extra: str = "") -> None:
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise UnavailableError(
            f"the queue of work needs the package {package}, which is not installed",
            remedy=f"Run: pip install 'segue[{extra or package}]'",
        )


def _file(name: str) -> Any:  # noqa: ANN401 (Huey's storages have no types)
    from pathlib import Path

    from huey.storage import SqliteStorage

    path = Path(name).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteStorage(_NAME, filename=str(path), timeout=_ANSWER_SECONDS, strict_fifo=True)


def _redis(url: str) -> Any:  # noqa: ANN401
    from huey.storage import RedisStorage
    from redis import ConnectionPool

    pool = ConnectionPool.from_url(
        url, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS
    )
    storage = RedisStorage(_NAME, blocking=True, read_timeout=_READ_SECONDS, connection_pool=pool)
    storage.conn.ping()  # Huey takes a server that is away for an empty queue
    return storage


def _postgres(dsn: str) -> Any:  # noqa: ANN401
    from huey.storage import PostgresStorage
    from psycopg import errors

    for _ in range(_MAKERS):
        # Of several that make the tables at the same time, PostgreSQL lets one.
        with suppress(errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject):
            return PostgresStorage(_NAME, dsn=dsn, blocking=True, read_timeout=_READ_SECONDS)
    return PostgresStorage(
        _NAME, dsn=dsn, blocking=True, read_timeout=_READ_SECONDS, create_tables=False
    )
