"""What changes without a request: the engine a process answers from, its memory, its connections.

A thread writes them down every two seconds, so that the numbers of all processes are there,
whichever is asked.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import TYPE_CHECKING

from segue.catalogue import watched

if TYPE_CHECKING:
    from segue.library import Segue
    from segue.serve.watching.meters import Meters

_log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two times."""


class Pulse:
    """The thread; from `start` to `stop`.

    Parameters
    ----------
    segue
        The open library.
    meters
        Where it is written down.
    """

    def __init__(self, segue: Segue, meters: Meters) -> None:
        self._segue, self._meters = segue, meters
        self._epoch: int | None = None
        self._ends = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._ends.clear()
        self._thread = threading.Thread(target=self._beat, name="segue-pulse", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join()

    def beat(self) -> None:
        """Write it down now."""
        if self._segue.ready:
            epoch = self._segue.engine().epoch
            if epoch != self._epoch:
                self._epoch = epoch
                self._meters.engine_since.set(time.time())
            self._meters.engine_epoch.set(epoch)
        self._meters.connections.set(watched.connections(self._segue.database).used)
        if (held := resident()) is not None:
            self._meters.memory.set(held)

    def _beat(self) -> None:
        while True:
            try:
                self.beat()
            except Exception:
                _log.exception("what this process says of itself could not be written down")
            if self._ends.wait(EVERY):
                return


def resident() -> int | None:
    """Bytes of memory this process holds; None where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
