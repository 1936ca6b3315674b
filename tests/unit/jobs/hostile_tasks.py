"""What a worker may meet, as functions it can load by name."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from segue.errors import InaudibleError


def give_back(path: str) -> str:
    return path


def mark(path: str) -> str:
    """Write down that it was done."""
    with Path(path).open("a", encoding="utf-8") as file:
        file.write("done\n")
    return path


def stick(path: str) -> None:
    """Write down that it has begun, and never end."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    Path(path).touch()
    time.sleep(3600)


def wait_for_its_end(path: str) -> None:
    """Take a worker's time for as long as a file is there."""
    while Path(path).exists():
        time.sleep(0.05)


def behave(path: str) -> str:
    """Do what the path says."""
    kind = path.partition(":")[0]
    if kind == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif kind == "doom":
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    elif kind == "leave":
        os._exit(3)
    elif kind == "hang":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        time.sleep(60)
    elif kind == "eat":
        hoard = []
        while True:
            hoard.append(bytearray(50 << 20))
    elif kind == "silent":
        raise InaudibleError("it is silent", where=path, remedy="Nothing to hear")
    elif kind == "bug":
        raise ZeroDivisionError("no such thing")
    return path


def surroundings(path: str) -> dict[str, object]:
    """How a worker is set up."""
    import resource

    return {
        "threads": os.environ.get("OMP_NUM_THREADS"),
        "niceness": os.nice(0),
        "trimmed": os.environ.get("MALLOC_TRIM_THRESHOLD_"),
        "mapped": resource.getrlimit(resource.RLIMIT_AS)[0],
        "main": getattr(sys.modules["__main__"], "__file__", None),
        "interruptible": signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set()),
        "decoder": "segue.audio.decode" in sys.modules,
        "catalogue": "sqlalchemy" in sys.modules,
        "pid": os.getpid(),
    }
