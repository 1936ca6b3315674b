"""Turns: of several programs that want the same thing made, one makes it and the others wait.

Who makes it has a **lock**, a small file that says who it is. It is made in one step that can
succeed once, on a local disk as on storage that machines share, and touched every second as long as
its holder lives. One that is no longer touched is a dead program's: another takes it over.

Nobody waits for ever. Who has waited too long, or cannot write to the folder, makes the thing for
himself; that two make it does no harm but the work, as what is kept is replaced whole. For the same
reason nothing is lost where a holder only seemed dead: it goes on, and finds its lock another's.

Whether a lock is still touched goes by what the one who waits sees within its own time, so that no
two clocks are compared; only whether it was left long ago goes by the time of the storage.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.storage.leases import storage_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_log = logging.getLogger(__name__)

BEAT = 1.0
"""Seconds after which a holder touches its lock."""

SILENT = 20.0
"""Seconds without a touch after which a holder is taken for dead."""

LONGEST = 900.0
"""Seconds after which one who waits makes the thing for himself, whoever holds the lock."""

_LOOK = 0.2


@dataclass(frozen=True, slots=True)
class Held:
    """A lock as one who waits finds it.

    Attributes
    ----------
    holder
        Who has it, for the log; and a word that no other holder has.
    about
        What is being made: for instance the number of an epoch.
    touched
        When it was last touched, by the clock of the storage.
    """

    holder: str
    about: int
    touched: float


@contextmanager
def turn(
    path: Path,
    *,
    about: int,
    worth: Callable[[Held], bool],
    longest: float | None = None,
) -> Iterator[bool]:
    """Wait for one's turn to make something, and have it until the end of the block.

    Parameters
    ----------
    path
        The lock, in a folder that is made where there is none.
    about
        What is to be made, for others to read.
    worth
        Asked now and then whether the holder is still worth waiting for.
    longest
        Seconds to wait at most; `LONGEST` when None.

    Yields
    ------
    bool
        True where it is one's turn: what another made meanwhile is there now. False where the wait
        was given up, or there can be no lock.
    """
    mine = _waited(path, about, worth, LONGEST if longest is None else longest)
    try:
        yield mine is not None
    finally:
        if mine is not None:
            mine.give_back()


def _waited(path: Path, about: int, worth: Callable[[Held], bool], longest: float) -> _Lock | None:
    """One's own lock; None where the wait was given up, or there can be none."""
    began = time.monotonic()
    seen: Held | None = None
    since = began
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            mine = _Lock.taken(path, about)
            if mine is not None:
                return mine
            held, now = found(path), time.monotonic()
            if held is None:
                continue
            if seen is None:
                _log.info("%s is making what is wanted here too; waiting for it", held.holder)
                dead = _left(path, held)
            else:
                dead = held == seen and now - since > SILENT
            if held != seen:
                seen, since = held, now
            if dead:
                _log.warning("%s has not been heard of; its turn is taken over", held.holder)
                _remove(path, held)
                seen = None
                continue
            if now - began > longest or not worth(held):
                return None
            time.sleep(_LOOK)
    except OSError as fault:
        # Whoever cannot write there keeps nothing either, and says so then.
        _log.info("no turn is waited for: %s", fault)
        return None


def found(path: Path) -> Held | None:
    """The lock there is; None where there is none."""
    try:
        # Opened, and not only looked at: a client of NFS then asks the server.
        with path.open("rb") as file:
            written, touched = file.read(), os.fstat(file.fileno()).st_mtime
    except FileNotFoundError:
        return None
    try:
        said = json.loads(written)
        return Held(str(said["holder"]), int(said["about"]), touched)
    except (ValueError, KeyError, TypeError):
        # It is being written at this moment, or its holder died before it was.
        return Held("a program that has not said its name", 0, touched)


def _left(path: Path, held: Held) -> bool:
    """Whether a lock was last touched long ago, by the storage's own clock."""
    return storage_time(path.parent) - held.touched > 3 * SILENT


def _remove(path: Path, held: Held) -> None:
    """Remove a dead program's lock, and no other: of several who try, one does.

    A lock is moved aside before it is looked at once more. If it is another by now, because
    somebody was faster, it is put back.
    """
    again = found(path)
    if again is None or again.holder != held.holder:
        return
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with suppress(FileNotFoundError):
        os.rename(path, aside)
        now = found(aside)
        if now is not None and now.holder != held.holder:
            with suppress(OSError):
                os.link(aside, path)
        aside.unlink()


class _Lock:
    """One's own lock, and the thread that touches it."""

    def __init__(self, path: Path, file: int, holder: str) -> None:
        self._path, self._file, self._holder = path, file, holder
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._touch, name="segue-turn", daemon=True)
        self._thread.start()

    @classmethod
    def taken(cls, path: Path, about: int) -> _Lock | None:
        """The lock, where nobody has it."""
        try:
            file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        except FileExistsError:
            return None
        holder = f"process {os.getpid()} on {socket.gethostname()} ({secrets.token_hex(4)})"
        try:
            os.write(file, json.dumps({"holder": holder, "about": about}).encode())
            os.fsync(file)
        except OSError:
            os.close(file)
            path.unlink(missing_ok=True)
            raise
        return cls(path, file, holder)

    def _touch(self) -> None:
        while not self._done.wait(BEAT):
            # By its own handle: what lies at the path may be another's by now.
            with suppress(OSError):
                os.utime(self._file)

    def give_back(self) -> None:
        """Let the next one have it."""
        self._done.set()
        self._thread.join()
        os.close(self._file)
        with suppress(OSError):
            held = found(self._path)
            if held is not None and held.holder == self._holder:
                self._path.unlink(missing_ok=True)
