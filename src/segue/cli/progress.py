"""How far long work has come, on stderr: a bar on a terminal, a line now and then elsewhere.

The library calls back with (done, total, what); neither side knows the other.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from types import TracebackType

    from segue.types import Progress

_FIRST_LINE_SECONDS = 2.0
_EVERY_SECONDS = 10.0


def duration(seconds: float) -> str:
    """Seconds as a person says them: "8 s", "3 min 20 s", "2 h 5 min".

    >>> duration(200)
    '3 min 20 s'
    """
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


class Meter:
    """Shows progress while it is open; its value in a ``with`` is the callback to hand on."""

    def __init__(self, stream: TextIO, *, every: float = _EVERY_SECONDS) -> None:
        self._show: _Bar | _Lines = _Bar(stream) if stream.isatty() else _Lines(stream, every)

    def __enter__(self) -> Progress:
        """Begin; the callback takes (done, total or None, what)."""
        return self._show.update

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take a bar away again, so that the summary stands alone."""
        self._show.close()


class _Bar:
    """A line that moves: what, bar, count, rate, time left."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[pace]}", markup=False),
            console=Console(file=stream),
            transient=True,
        )
        self._tasks: dict[str, tuple[Any, _Pace]] = {}

    def update(self, done: int, total: int | None, what: str) -> None:
        if what not in self._tasks:
            if not self._tasks:
                self._progress.start()
            for task, _ in self._tasks.values():
                self._progress.remove_task(task)
            self._tasks = {what: (self._progress.add_task(what, pace=""), _Pace())}
        task, pace = self._tasks[what]
        self._progress.update(task, completed=done, total=total, pace=pace.words(done, total))

    def close(self) -> None:
        self._progress.stop()


class _Lines:
    """A line when work has gone on for a while, then one every so often."""

    def __init__(self, stream: TextIO, every: float) -> None:
        self._stream = stream
        self._every = every
        self._next = time.monotonic() + min(_FIRST_LINE_SECONDS, every)
        self._paces: dict[str, _Pace] = {}

    def update(self, done: int, total: int | None, what: str) -> None:
        pace = self._paces.setdefault(what, _Pace())
        if time.monotonic() >= self._next:
            self._stream.write(f"{what}: {pace.words(done, total)}\n")
            self._stream.flush()
            self._next = time.monotonic() + self._every

    def close(self) -> None:
        """Nothing to take away: lines stay."""


class _Pace:
    """Count, rate and time left of one piece of work, measured from its first report."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._first: int | None = None

    def words(self, done: int, total: int | None) -> str:
        if self._first is None:
            self._first = done
        spent = time.monotonic() - self._began
        rate = (done - self._first) / spent if spent > 0.5 else 0.0
        count = f"{done:,} of {total:,}" if total is not None else f"{done:,}"
        if rate <= 0:
            return count
        speed = f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second"
        left = f", {duration((total - done) / rate)} left" if total and done < total else ""
        return f"{count}, {speed}{left}"
