"""Scan and analyse beside a running server: start, look how far it is, stop.

First the folder is looked through, then every new file is described, then embedded where embedders
are at work, then read from end to end (`segue.jobs.passes`); tracks can be recommended while that
goes on. The work runs in a thread of its own (analysis in worker processes of that thread) and is
written to the table of jobs, so that another program sees it too. An error ends the job with its
sentence and never the server.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Literal

from segue.catalogue import jobs
from segue.errors import BusyError, SegueError
from segue.jobs.analyse import Analysis
from segue.jobs.scan import scan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.settings import Settings
    from segue.types import Progress

_log = logging.getLogger(__name__)

Stage = Literal["idle", "scan", "analyse", "embed", "measure", "done", "stopped", "failed"]

_WRITE_SECONDS = 1.0
_WINDOW_SECONDS = 20.0
_LEAST_SECONDS = 0.2
_STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class State:
    """How the work stands.

    Attributes
    ----------
    stage
        What is being done, or how it ended.
    done, total
        Files of this stage; `total` is None while nobody knows it.
    rate
        Files a second over the last seconds; 0 while nothing can be said.
    eta
        Seconds until the stage is done; None while nothing can be said.
    message
        What it is at, or why it failed.
    """

    stage: Stage = "idle"
    done: int = 0
    total: int | None = None
    rate: float = 0.0
    eta: float | None = None
    message: str = ""

    @property
    def running(self) -> bool:
        """Whether anything is being done."""
        return self.stage in {"scan", "analyse", "embed", "measure"}


class _Stopped(Exception):  # noqa: N818 (a wish, not an error)
    """Somebody asked to stop; raised where a stage reports progress."""


class Background:
    """Scan and analysis of one folder, in a thread.

    Parameters
    ----------
    db
        The open catalogue; must stay open until `stop` has returned.
    settings
        What to hear of a file, and how much of the machine to take.
    """

    def __init__(self, db: Database, *, settings: Settings) -> None:
        self._db, self._settings = db, settings
        self._thread: threading.Thread | None = None
        self._asked = threading.Event()
        self._state = State()

    def start(self, root: Path) -> None:
        """Begin to scan and then analyse `root`.

        Raises
        ------
        BusyError
            It is at work already.
        """
        if self._thread is not None and self._thread.is_alive():
            raise BusyError(
                "a folder is being scanned and analysed already", remedy="Wait until it is done"
            )
        self._asked.clear()
        self._state = State(stage="scan", message=str(root))
        self._thread = threading.Thread(
            target=self._work, args=(root,), name="segue-background", daemon=True
        )
        self._thread.start()

    def state(self) -> State:
        """How it stands at this moment."""
        return self._state

    def stop(self) -> None:
        """Ask it to stop and wait until it has; what is done is kept."""
        self._asked.set()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the work has ended, at most `seconds`; whether it has."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _work(self, root: Path) -> None:
        with Analysis(self._db, settings=self._settings, stop=self._asked) as analysis:
            stages: tuple[tuple[Stage, Callable[[Progress], object]], ...] = (
                ("scan", lambda tell: scan(self._db, root, on_progress=tell)),
                ("analyse", lambda tell: analysis.describe(on_progress=tell)),
                ("embed", lambda tell: analysis.embed(on_progress=tell)),
                ("measure", lambda tell: analysis.measure(on_progress=tell)),
            )
            for stage, work in stages:
                if stage == "embed" and not analysis.ears():
                    continue
                self._state = State(stage=stage, message=str(root))
                end = self._stage(stage, root, work)
                if end.stage != "done":
                    break
            for note in analysis.notes:
                _log.warning("%s", note)
        self._state = end

    def _stage(self, stage: str, root: Path, work: Callable[[Progress], object]) -> State:
        """Do one stage and write down how it went: done, stopped or failed."""
        job: int | None = None
        end: Stage = "done"
        message = ""
        try:
            job = jobs.start(self._db, stage, {"root": str(root)})
            work(partial(self._report, _Meter(), job))
            if self._asked.is_set():
                end = "stopped"
        except _Stopped:
            end = "stopped"
        except SegueError as error:
            end, message = "failed", str(error)
            _log.warning("%s of %s: %s", stage, root, error)
        except Exception as error:
            end, message = "failed", f"A fault of Segue: {type(error).__name__}: {error}."
            _log.exception("%s of %s broke off", stage, root)
        if end == "stopped":
            message = "stopped; what was finished is kept"
        state = replace(self._state, stage=end, rate=0.0, eta=None, message=message)
        self._close(job, state)
        return state

    def _close(self, job: int | None, state: State) -> None:
        """Write the end into the job's row, if the catalogue takes it."""
        if job is None:
            return
        try:
            jobs.progress(self._db, job, state.done, state.total, state.message)
            jobs.finish(self._db, job, error=state.message if state.stage == "failed" else "")
        except SegueError as problem:
            _log.warning("the end of job %d could not be written down: %s", job, problem)

    def _report(self, meter: _Meter, job: int, done: int, total: int | None, what: str) -> None:
        """Take note of progress; the moment at which a scan can be stopped."""
        rate = meter.rate(done)
        eta = (total - done) / rate if total is not None and rate > 0 else None
        stage = self._state.stage
        self._state = State(stage, done=done, total=total, rate=rate, eta=eta, message=what)
        if meter.due():
            try:
                jobs.progress(self._db, job, done, total, what)
            except BusyError as busy:
                _log.debug("progress is not written down: %s", busy.what)
        if stage == "scan" and self._asked.is_set():
            raise _Stopped


class _Meter:
    """How fast something goes, by what was done over the last seconds.

    Time counts from when the first file was done: until then the workers were starting.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._written = -inf

    def rate(self, done: int) -> float:
        """Note how far it is; done a second since the oldest note kept, 0 at first.

        Where counting begins anew within a stage (files are compared after they are measured), it
        is 0 until that is ahead again.
        """
        if done == 0:
            return 0.0
        now = time.monotonic()
        self._seen.append((now, done))
        while now - self._seen[0][0] > _WINDOW_SECONDS and len(self._seen) > 2:
            self._seen.popleft()
        then, before = self._seen[0]
        ahead = max(0, done - before)
        return ahead / (now - then) if now - then > _LEAST_SECONDS else 0.0

    def due(self) -> bool:
        """Whether it is time to write progress down again; no more than once a second."""
        now = time.monotonic()
        if now - self._written < _WRITE_SECONDS:
            return False
        self._written = now
        return True
