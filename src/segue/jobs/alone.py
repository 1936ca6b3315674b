"""One program at a time in a folder: a lock that two runs of the same command cannot both hold.

The folder has a file ``lock`` with the number of the process that holds it. Where the system locks
files (``fcntl``), the lock ends with its process, however that ends. Elsewhere the file itself is
the lock: who makes it holds it, and after a crash somebody has to take it away.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

from segue.errors import BusyError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

FILE = "lock"
"""Name of the file."""

LOCKS = find_spec("fcntl") is not None
"""Whether the system locks files."""


class Alone:
    """A folder that nobody else works in meanwhile. Use it in a ``with``.

    The folder is made where it is not there, and goes in the end where nothing was put into it.

    Parameters
    ----------
    folder
        Which.
    locks
        Whether the system locks files.

    Raises
    ------
    BusyError
        On entering: another program works there.
    UnavailableError
        On entering: the folder cannot be made, or not be locked.
    """

    def __init__(self, folder: Path, *, locks: bool = LOCKS) -> None:
        self._folder, self._locks = folder, locks
        self._path = folder / FILE
        self._open: int | None = None

    def __enter__(self) -> Self:
        """Take the lock."""
        try:
            while self._open is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError):  # who was here took the folder along: once more
                    self._open = self._taken()
            os.truncate(self._open, 0)
            os.write(self._open, f"{os.getpid()}\n".encode())
        except (BlockingIOError, FileExistsError) as error:
            raise self._busy() from error
        except OSError as error:
            raise UnavailableError(
                f"the work folder cannot be locked ({error.strerror})",
                where=str(self._folder),
                remedy="Name a folder on another disk with --out",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give it back."""
        if self._open is None:
            return
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        os.close(self._open)
        self._open = None
        with suppress(OSError):  # something was put into it
            self._folder.rmdir()

    def _taken(self) -> int | None:
        """The lock's descriptor; None where the file was taken away while it was being locked."""
        if not self._locks:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        import fcntl

        opened = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(opened).st_ino == self._path.stat().st_ino:
                return opened
        except BaseException:
            os.close(opened)
            raise
        os.close(opened)
        return None

    def _busy(self) -> BusyError:
        holder = ""
        with suppress(OSError):
            holder = self._path.read_text(encoding="ascii", errors="replace").strip()
        own = "" if self._locks else f", or delete {self._path} if it runs no more"
        return BusyError(
            "another training is at work there" + (f" (process {holder})" if holder else ""),
            where=str(self._folder),
            remedy=f"Wait for it, or stop it{own}",
        )
