"""Describing single files at once, for somebody who waits for the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from segue.descriptors.cache import NO_CACHE
from segue.descriptors.hearing import Hearing
from segue.jobs.budget import Budget
from segue.jobs.ears import Listening
from segue.jobs.pool import WorkerPool
from segue.jobs.worker import describe_whole, measure_file, ready

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.jobs.ears import Ear
    from segue.records import Recording
    from segue.settings import Settings
    from segue.snapshot import Description


class DescribeWorker:
    """A worker that stays loaded and describes single files at once; safe to share by threads.

    A second one, started when it is first needed, reads whole files.

    Parameters
    ----------
    settings
        How files are heard, how long one may take and how much memory. It steps back for nobody.
    """

    def __init__(self, settings: Settings) -> None:
        self._hearing, self._longest = Hearing.of(settings), settings.longest_hours
        memory = Budget.of(settings, files=1).memory
        self._pool = WorkerPool(1, seconds=settings.file_seconds, memory=memory)
        # Whoever waits to be described waits for no file that is read from end to end.
        self._whole = WorkerPool(1, seconds=settings.file_seconds, memory=memory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def warm(self) -> None:
        """Load the worker now, so that the first file need not wait for it."""
        self._pool.call(ready)

    def describe(self, path: Path, *, ears: Sequence[Ear] = ()) -> Description:
        """Tags, descriptors and embeddings of one file; nothing is stored.

        Raises
        ------
        BadFileError
            It is not audio, is damaged from the start, silent, too short, or takes too long.
        NotFoundError, UnavailableError
            It is not there, or may not be read.
        """
        listening = Listening(self._hearing, NO_CACHE, tuple(ears))
        return self._pool.call(describe_whole, str(path.absolute()), listening)

    def measure(self, path: Path) -> Recording:
        """What one file says from end to end; nothing is stored.

        Raises
        ------
        SegueError
            As `describe`; also where it is longer than the settings allow.
        """
        measured = self._whole.call(measure_file, str(path.absolute()), self._longest)
        return measured.recording

    def close(self) -> None:
        """End the workers."""
        self._pool.close()
        self._whole.close()
