"""Find the stretch of a file that is analysed, also where the file is not whole.

Asked for is the middle, or another place. Files say a wrong length, are cut short, have holes.
Then it is looked for again: past the damage, or in the middle of what there really is, a few
times, and the longest stretch found stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.audio.blocks import Ending
    from segue.audio.reading import Reader, Run

KEPT = "what comes before was used"
"""What is done with a file that is read from its start and damaged."""

_TRIES = 6
_ENOUGH = 0.05
_PAST_DAMAGE = 0.25
_PAST_BEGINNING = 1.0
_WRONG_LENGTH = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """A run that holds the excerpt with some margin around it.

    `start` is where in the file the excerpt begins, in seconds; `duration` how long the file
    really is; `warning` a sentence when it is not whole.
    """

    run: Run
    start: float
    duration: float
    warning: str


def whole(reader: Reader) -> Excerpt | None:
    """Everything before the first error; None when nothing can be decoded."""
    run = reader.run()
    if run is None:
        return None
    warning = "" if run.ending == "end" else broken(run.ending, run.end, KEPT)
    duration = (
        run.seconds if run.ending == "end" else max(reader.header.duration or 0.0, run.seconds)
    )
    return Excerpt(run=run, start=0.0, duration=duration, warning=warning)


def find(reader: Reader, *, seconds: float, margin: float, at: float = 0.5) -> Excerpt | None:
    """Look for `seconds` of audio at the share `at` of what remains of the file's length.

    Parameters
    ----------
    seconds, margin
        Length of the excerpt, and how much more is read on both sides of it.
    at
        0 for the beginning, 0.5 for the middle, 1 for the end.

    Returns
    -------
    Excerpt or None
        The longest stretch found, whole when the file is shorter than `seconds`. None when
        nothing can be decoded.
    """
    search = _Search(reader, seconds=seconds, margin=margin, at=at)
    for _ in range(_TRIES):
        search.look()
        if search.finished:
            break
    return search.excerpt()


class _Search:
    """One search: where it looks next, the best it has seen, what was wrong."""

    def __init__(self, reader: Reader, *, seconds: float, margin: float, at: float) -> None:
        self.finished = False
        self._reader, self._seconds, self._margin, self._at = reader, seconds, margin, at
        self._says = reader.header.duration
        self._tried: set[float] = set()
        self._start = self._placed()
        self._leap = _PAST_DAMAGE
        self._best: tuple[float, float, Run] | None = None
        self._broken: Run | None = None

    def look(self) -> None:
        """Read at the place that is due and decide what follows."""
        start = max(0.0, self._start - self._margin)
        wanted = self._start + self._seconds + self._margin - start
        # Past damage nothing may be read that lies before it.
        preroll = 0.0 if self._broken else None
        run = self._reader.run(start=start, seconds=wanted, preroll=preroll)
        if run is not None:
            got = min(run.end, self._start + self._seconds) - max(run.start, self._start)
            if got > (self._best[0] if self._best else 0.0):
                self._best = (got, max(run.start, self._start), run)
            if got >= self._seconds - _ENOUGH:
                self.finished = True
                return
            if run.ending in {"damage", "change"}:
                self._broken = self._broken or run
        self._move(run)

    def _move(self, run: Run | None) -> None:
        """Where to look next, or that there is nowhere better."""
        self._tried.add(self._start)
        if self._broken is not None and (run is None or run.ending in {"damage", "change"}):
            # Nobody knows how long the damage is.
            self._start = (self._start if run is None else run.end) + self._leap
            self._leap *= 2
        elif run is not None:
            self._reader.length = run.end
            self._start = self._placed()
        elif self._start == 0.0:
            self._start = _PAST_BEGINNING
        else:
            self._reader.measure()
            self._start = self._placed() if self._placed() < self._start else 0.0
        self.finished = self._start in self._tried or self._start >= self._reader.length > 0.0

    def _placed(self) -> float:
        return max(0.0, self._at * (self._reader.length - self._seconds))

    def excerpt(self) -> Excerpt | None:
        """The longest run, with what there is to say about the file."""
        if self._best is None:
            return None
        got, start, run = self._best
        length = self._reader.length
        notes = []
        if self._broken is not None:
            at = self._broken
            notes.append(broken(at.ending, at.end, f"{got:.3g} s of it could be used"))
        if self._says is not None and self._says > length + _WRONG_LENGTH:
            notes.append(
                f"the file says it is {self._says:.3g} s long and ends after {length:.3g} s"
            )
        duration = max(length, run.end)
        return Excerpt(run=run, start=start, duration=duration, warning="; ".join(notes))


def broken(ending: Ending | None, seconds: float, remainder: str) -> str:
    """What is said of a file that could be read up to `seconds`."""
    if ending == "change":
        return f"the sampling rate or the channels change at {seconds:.1f} s; {remainder}"
    return f"the file is damaged at {seconds:.1f} s; {remainder}"
