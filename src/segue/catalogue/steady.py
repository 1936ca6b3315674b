"""Reads that outlive a server that is begun anew.

A server that restarts is away for a second or two. Who only reads need not notice: a connection
that is dead is replaced and the server waited for, up to `PATIENCE` seconds. A read sees one state
of the catalogue from beginning to end, so it goes on over the new connection only where it has seen
nothing yet, or where the server, which names its states (``pg_current_snapshot``), is still in the
same one; else it fails as one that was broken off. The state is asked for as a read begins, which
also tells whether the connection lives.

A write waits in the same way as long as it has not begun; what has begun is never tried again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from sqlalchemy import CursorResult, Engine, RootTransaction

    Made = TypeVar("Made")

PATIENCE = 2.0
"""Seconds for which a server that was there before is waited for."""

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 0.4
_STATE = text("SELECT CAST(pg_current_snapshot() AS text)")
_GONE = ("08", "57P")
"""How the codes begin by which a server says that it is going, coming or not to be reached."""


class Reading(Connection):
    """A connection for one read of a server, in its transaction.

    Parameters
    ----------
    engine
        Of the server.
    patience
        For how long to wait where the connection breaks off in the middle.
    """

    def __init__(self, engine: Engine, *, patience: float) -> None:
        super().__init__(engine)
        self._patience = patience
        self._state: str | None = None
        self._seen = self._starting = False

    def start(self) -> None:
        """Begin the transaction."""
        self._starting = True
        try:
            self.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self.begin()
            self._state = str(super().execute(_STATE).scalar_one())
        finally:
            self._starting = False

    def execute(self, *asked: Any, **options: Any) -> CursorResult[Any]:  # noqa: ANN401
        """As of a connection; over another one where this one is dead."""
        try:
            result = super().execute(*asked, **options)
        except DBAPIError as error:
            if self._starting or not is_away(error):
                raise
            self._go_on(error)
            result = super().execute(*asked, **options)
        self._seen = True
        return result

    def end(self) -> None:
        """Let go of the transaction; all that was read is here, also where the server went."""
        try:
            self.rollback()
        except DBAPIError as error:
            if not is_away(error):
                raise
            self.invalidate(error)
        finally:
            self.close()

    def _go_on(self, error: DBAPIError) -> None:
        before, seen = self._state, self._seen
        persist(self._anew, seconds=self._patience)
        if seen and self._state != before:
            raise error

    def _anew(self) -> None:
        transaction = self.get_transaction()
        if not self.invalidated:
            self.invalidate()
        if transaction is not None:
            transaction.close()
        self.start()


def reading(engine: Engine, *, patience: float) -> Reading:
    """A read that has begun, where the server is there or comes back within `patience` seconds."""

    def begun() -> Reading:
        connection = Reading(engine, patience=patience)
        try:
            connection.start()
        except BaseException:
            connection.close()
            raise
        return connection

    return persist(begun, seconds=patience)


def writing(
    engine: Engine, *, patience: float, turn: bool = True
) -> tuple[Connection, RootTransaction]:
    """A write that has changed nothing yet; the server is waited for as above.

    `turn` is whether it has its turn among writers.
    """

    def begun() -> tuple[Connection, RootTransaction]:
        connection = engine.connect().execution_options(segue_writes=turn)
        try:
            transaction = connection.begin()
            if not turn:  # nothing was asked for it, which would tell whether the connection lives
                connection.execute(text("SELECT 1"))
            return connection, transaction
        except BaseException:
            connection.close()
            raise

    return persist(begun, seconds=patience)


def persist(attempt: Callable[[], Made], *, seconds: float) -> Made:
    """Try again, with growing pauses, as long as the server is away and there is time."""
    end, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while True:
        try:
            return attempt()
        except DBAPIError as error:
            if not is_away(error) or time.monotonic() + pause > end:
                raise
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def is_away(error: DBAPIError) -> bool:
    """Whether a server is not there at this moment, or went away in the middle."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return bool(error.connection_invalidated) or str(state).startswith(_GONE)
    # Who is not let in is told no code; whether for long, only words in its language say.
    kinds = {kind.__name__ for kind in type(error.orig).__mro__}
    return bool(error.connection_invalidated) or "OperationalError" in kinds
