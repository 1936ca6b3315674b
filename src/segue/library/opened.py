"""A catalogue that is open: how it is opened and closed, and how it stands."""

from __future__ import annotations

from contextlib import nullcontext
from threading import Lock
from typing import TYPE_CHECKING, Self

from segue.assemble import Live, derived
from segue.catalogue import pgvector
from segue.catalogue.database import open_database
from segue.catalogue.postgres import Pool
from segue.descriptors.hearing import Hearing
from segue.jobs.guesses import Guesses
from segue.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

    from segue.catalogue.database import Database
    from segue.jobs.listener import DescribeWorker
    from segue.jobs.standing import Status
    from segue.recommend.engine import Engine


class Opened:
    """What `segue.library.Segue` is made on."""

    def __init__(self, database: Database, *, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        tables = None
        if settings.index == "pgvector":
            pgvector.need(database)
            tables = pgvector.Tables(database)
        self._live = Live(
            database,
            hearing=Hearing.of(settings),
            folder=derived(database, settings),
            tables=tables,
        )
        self._guesses = Guesses(database, settings)
        self._worker: DescribeWorker | None = None
        self._making = Lock()
        # Who waits for a server's search has no reason to keep others waiting.
        self._turn: AbstractContextManager[object] = Lock() if tables is None else nullcontext()

    @classmethod
    def open(
        cls,
        url: str | Path | None = None,
        *,
        settings: Settings | None = None,
        create: bool = True,
    ) -> Self:
        """Open a catalogue, made if it is not there.

        Parameters
        ----------
        url
            A file (SQLite) or a database URL; the setting ``database`` when None.
        settings
            Read from the environment when None.
        create
            Whether a missing file is made or is an error.

        Raises
        ------
        NotFoundError, BusyError, UnavailableError, BadFileError
            The catalogue is missing, locked, read-only or newer, or is no database.
        BadRequestError
            The setting ``index`` asks for a server, and the catalogue is a file.
        """
        settings = settings or Settings()
        database = open_database(
            url or settings.database,
            create=create,
            busy_seconds=settings.database_busy_seconds,
            pool=Pool(settings.database_connections, settings.database_wait_seconds),
        )
        try:
            return cls(database, settings=settings)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Stop what runs in the background and close the database."""
        self._live.close()
        if self._worker is not None:
            self._worker.close()
        self.database.close()

    def __enter__(self) -> Self:
        """Nothing to do: `open` did it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, whatever happened."""
        self.close()

    @property
    def ready(self) -> bool:
        """Whether an engine stands, so that a question need not wait for one."""
        return self._live.ready

    def engine(self) -> Engine:
        """The engine of the newest epoch."""
        return self._live.engine()

    def follow(self) -> None:
        """Keep the engine up to date in a thread, so that no question waits for a rebuild."""
        self._live.follow(settled=self._settled)

    def _settled(self) -> None:
        """A new engine is there to stay: whoever follows it may begin what is made of it."""

    def status(self) -> Status:
        """What the catalogue holds, how analysis stands, how many tracks each space places."""
        from segue.jobs.standing import status

        spaces = self.engine().snapshot.spaces if self.ready else {}
        return status(self.database, settings=self.settings, spaces=spaces)
