"""How far long work has come, on stderr: a bar on a terminal, a line now and then elsewhere.

The library calls back with (done, total, what); neither side knows the other.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

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
    """A line that moves: bar, count, rate, time left, what it is at."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        self._progress = Progress(
            BarColumn(),
            TextColumn("{task.fields[pace]}", markup=False),
            TextColumn(
                "{task.description}",
                markup=False,
                table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
            ),
            console=Console(file=stream),
            expand=True,
            transient=True,
        )
        self._task = self._progress.add_task("", pace="")
        self._pace = _Pace()

    def update(self, done: int, total: int | None, what: str) -> None:
        if self._pace.follow(done, total):
            self._progress.reset(self._task)
            self._progress.start()
        self._progress.update(
            self._task, completed=done, total=total, description=what, pace=self._pace.words()
        )

    def close(self) -> None:
        self._progress.stop()


class _Lines:
    """A line when work has gone on for a while, then one every so often."""

    def __init__(self, stream: TextIO, every: float) -> None:
        self._stream = stream
        self._every = every
        self._next = time.monotonic() + min(_FIRST_LINE_SECONDS, every)
        self._pace = _Pace()

    def update(self, done: int, total: int | None, what: str) -> None:
        self._pace.follow(done, total)
        if time.monotonic() >= self._next:
            self._stream.write(f"{self._pace.words()}{f': {what}' if what else ''}\n")
            self._stream.flush()
            self._next = time.monotonic() + self._every

    def close(self) -> None:
        """Nothing to take away: lines stay."""


class _Pace:
    """Count, rate and time left of the piece of work at hand.

    Measured from when its first part was done, as before that the workers were starting; only
    where nothing came after it, from the first report. Another total, or a count that falls back,
    means that another piece has begun.
    """

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []
        self._done = -1
        self._total: int | None = None

    def follow(self, done: int, total: int | None) -> bool:
        """Take a report in; true when it is the first of a piece."""
        begins = not self._marks or done < self._done or total != self._total
        if begins:
            self._marks.clear()
        if begins or (len(self._marks) == 1 and done > self._done):
            self._marks.append((time.monotonic(), done))
        self._done, self._total = done, total
        return begins

    def words(self) -> str:
        done, total = self._done, self._total
        began, before = self._marks[-1] if self._marks[-1][1] < done else self._marks[0]
        spent = time.monotonic() - began
        rate = (done - before) / spent if spent > 0.5 else 0.0
        count = f"{done:,} of {total:,}" if total is not None else f"{done:,}"
        if rate <= 0:
            return count
        speed = f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second"
        left = f", {duration((total - done) / rate)} left" if total and done < total else ""
        return f"{count}, {speed}{left}"
