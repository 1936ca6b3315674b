"""Workers as people start them: processes of their own, asked to stop, or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import wave
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RATE = 22_050


def write_tune(path: Path, *, seed: int, seconds: float = 2.0) -> Path:
    """A WAV file of three tones; other bytes for every seed."""
    times = np.arange(round(seconds * RATE)) / RATE
    hertz = np.random.default_rng(seed).uniform(100, 3000, size=3)
    sound = 0.1 * sum(np.sin(2 * np.pi * h * times) for h in hertz)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with wave.open(str(unfinished), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return unfinished.replace(path)


def until(true: Callable[[], object], seconds: float = 90.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


class WorkerProcess:
    """``segue worker`` on a catalogue. Use it in a ``with``: it is killed at the end."""

    def __init__(self, database: str, *options: str, **environment: str) -> None:
        words = [sys.executable, "-m", "segue", "worker", *options]
        settings = {"SEGUE_DATABASE": database, "SEGUE_JOBS": "1", "SEGUE_NICENESS": "0"}
        self._process = subprocess.Popen(
            words,
            env={**os.environ, **settings, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        """Wait until it works."""
        self.said = self._process.stdout.readline()
        if not self.said:
            raise AssertionError(self._process.communicate()[1])
        return self

    def __exit__(self, *exc: object) -> None:
        self.kill()
        self._process.stdout.close()
        self._process.stderr.close()

    def kill(self) -> None:
        """End it as kill -9 does."""
        self._process.kill()
        self._process.wait()

    def ask_to_stop(self) -> None:
        """What `systemctl stop` and a container's end send first."""
        self._process.send_signal(signal.SIGTERM)

    def ended(self, seconds: float = 60.0) -> tuple[int, str]:
        """Its exit code, and what it said on stderr, once it has ended."""
        _, said = self._process.communicate(timeout=seconds)
        return self._process.returncode, said
