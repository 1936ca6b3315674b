"""Who runs a job: one program on one machine, and whether it still runs.

A name is ``machine/process/chance``, with ``.number`` behind it for one job that it holds. A
program that was killed leaves its name in the rows of its jobs; on the same machine one can see at
once that no such process is there any more. The part that is chance tells two programs apart that
had the same number, as those in containers often have. Containers that share the name of their
machine number their processes each for itself, so the name says in which numbering, and machines
may be called the same, so it says which start of which machine it is (Linux).

Of a program on another machine nothing can be seen but whether its jobs show life: `Silence`.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segue.catalogue.jobs import Job

_NUMBERING = "/proc/self/ns/pid"
_START = "/proc/sys/kernel/random/boot_id"


def new_name() -> str:
    """A name for work that begins in this process now."""
    return f"{_machine()}/{os.getpid()}/{secrets.token_hex(4)}"


def gone(name: str, *, ours: str) -> bool:
    """Whether the program `name` surely runs no more; `ours` is the name of the one that asks.

    False where it cannot be seen: it is of another machine, or the system does not say.
    """
    machine, _, rest = name.partition("/")
    process = rest.partition("/")[0]
    here = machine == _machine() and process.isdecimal()
    if not here or name == ours or name.startswith(f"{ours}."):
        return False
    if int(process) == os.getpid():
        return True  # an earlier one with our number
    if sys.platform == "win32":  # signal 0 ends a process there
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _machine() -> str:
    name = socket.gethostname().replace("/", "-")
    with suppress(OSError):
        start = Path(_START).read_text(encoding="ascii").strip().partition("-")[0]
        return f"{name}.{start}.{os.stat(_NUMBERING).st_ino}"
    return name


class Silence:
    """Which jobs have shown no life for so long that whoever held them is gone.

    A heartbeat counts for being another than the last, not for what it says, and the time is
    measured by who watches, on a clock that only grows. So no clock that is set, or differs from
    machine to machine, lets a job be taken from who is at it.

    Parameters
    ----------
    seconds
        How long.
    clock
        Seconds that only grow.
    """

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._seen: dict[int, tuple[tuple[str, float | None], float]] = {}

    def of(self, held: Iterable[Job]) -> list[Job]:
        """Those among all jobs that somebody holds now; it is first known of when they are seen."""
        now = self._clock()
        before, self._seen, silent = self._seen, {}, []
        for job in held:
            sign = (job.owner, job.heartbeat)
            last, since = before.get(job.id, (sign, now))
            since = since if last == sign else now
            self._seen[job.id] = (sign, since)
            if now - since > self._seconds:
                silent.append(job)
        return silent

    def forgive(self) -> None:
        """Begin to measure anew: for a while nobody could show life."""
        self._seen = {}
