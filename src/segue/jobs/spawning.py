"""How worker processes are started: afresh, and knowing nothing of the program that starts them.

Python loads the main program again in every fresh process. A plain script without
``if __name__ == "__main__":`` would then run itself again and again, so here the main program is
out of sight while a worker is started. Ctrl-C reaches workers too; they are started with it held
back, so that the program alone decides what it means.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.process import BaseProcess

_starting = threading.Lock()


class _Process(SpawnProcess):
    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: ANN401, N802 (multiprocessing's name)
        with _starting, _interrupts_held(), _program_hidden():
            return SpawnProcess._Popen(process_obj)


class WorkerContext(SpawnContext):
    """A multiprocessing context whose processes are started this way."""

    Process = _Process


@contextmanager
def _program_hidden() -> Iterator[None]:
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


@contextmanager
def _interrupts_held() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
