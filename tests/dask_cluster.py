"""A Dask cluster as people start one: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

from workers import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ALONE = {"OMP_NUM_THREADS": "1", "SEGUE_NICENESS": "0", "SEGUE_CACHE_MEGABYTES": "0"}


def missing() -> str:
    """Why there can be none; empty where there can."""
    if find_spec("distributed") is None:
        return "Dask is not installed (pip install 'segue[cluster]')"
    return ""


class DaskCluster:
    """A scheduler on a free port, and workers that join it. Use it in a ``with``.

    Parameters
    ----------
    folder
        For logs and what workers write.
    options
        Of the scheduler and of every worker.
    environment
        Of them all.
    """

    def __init__(
        self,
        folder: Path,
        *options: str,
        workers: int = 2,
        scheme: str = "dask",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.address = f"{scheme}://127.0.0.1:{self.port}"
        self._folder, self._options, self._count = folder, options, workers
        self._environment = {**os.environ, **ALONE, **(environment or {})}
        self._scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.begin()
        for _ in range(self._count):
            self.join()
        return self

    def __exit__(self, *exc: object) -> None:
        for process in (*self.workers, self._scheduler):
            if process is not None:
                lose(process)

    def begin(self) -> None:
        """Start the scheduler, and wait until it listens."""
        words = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        self._scheduler = self._start("dask_scheduler", *self._options, *words)
        until(self._listens)

    def end(self) -> None:
        """End the scheduler as kill -9 does."""
        assert self._scheduler is not None
        lose(self._scheduler)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """The scheduler is there and does not answer, until the end of the block."""
        assert self._scheduler is not None
        os.killpg(self._scheduler.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._scheduler.pid, signal.SIGCONT)

    def join(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker with a thread; it is there a few seconds later."""
        address = self.address.replace("dask+tls:", "tls:").replace("dask:", "tcp:")
        words = [address, *self._options, "--nthreads", "1", "--no-dashboard"]
        words += ["--host", "127.0.0.1", "--local-directory", str(self._folder)]
        self.workers.append(self._start("dask_worker", *words, **environment))
        return self.workers[-1]

    @property
    def log(self) -> str:
        """What scheduler and workers have said."""
        return (self._folder / "log").read_text(encoding="utf-8")

    def _start(self, module: str, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *words],
                env={**self._environment, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _listens(self) -> bool:
        assert self._scheduler is not None
        assert self._scheduler.poll() is None, self.log
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def lose(process: subprocess.Popen[bytes]) -> None:
    """End a process and all it started, as a machine that loses its power does."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
