"""How a network learned, as a curve to draw: what a manifest's history says, in points of an SVG.

Two lines share one width, the steps of training: how good the neighbours were that it found among
artists it was not taught with, and its loss. Each has a height of its own, from its least to its
greatest value; what they are in numbers is said beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 400, 120
"""Of the drawing; a line keeps `_EDGE` from its ends."""

_EDGE = 6
_FURTHEST = 1e100


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, its points as SVG writes them, and its first, best and last values."""

    name: str
    points: str
    first: float
    best: float
    last: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Lines over the steps from `start` to `end`."""

    lines: tuple[Line, ...]
    start: int
    end: int

    @property
    def words(self) -> str:
        """The same as a sentence, for whoever does not see it."""
        said = [
            f"{line.name} from {line.first:.3f} to {line.last:.3f}, at best {line.best:.3f}"
            for line in self.lines
        ]
        return f"Over steps {self.start:,} to {self.end:,}: {'; '.join(said)}."


def curve(history: Sequence[Mapping[str, Any]]) -> Curve | None:
    """The curve of a history; None where it has no two steps to draw a line between.

    Parameters
    ----------
    history
        Items with a `step` and numbers `validation` (more is better) or `loss` (less is).
        Whatever else stands there is left out.
    """
    lines = []
    steps: list[float] = []
    for name, best in (("validation", max), ("loss", min)):
        seen = [
            (float(each["step"]), float(each[name]))
            for each in history
            if is_number(each.get("step")) and is_number(each.get(name))
        ]
        if len({step for step, _ in seen}) < 2:
            continue
        steps += [step for step, _ in seen]
        lines.append((name, seen, best(value for _, value in seen)))
    if not lines:
        return None
    start, end = min(steps), max(steps)
    return Curve(
        tuple(
            Line(name, _points(seen, start, end), seen[0][1], best, seen[-1][1])
            for name, seen, best in lines
        ),
        round(start),
        round(end),
    )


def _points(seen: Sequence[tuple[float, float]], start: float, end: float) -> str:
    values = [value for _, value in seen]
    low, span = min(values), max(values) - min(values) or 1.0
    wide, high = WIDTH - 2 * _EDGE, HEIGHT - 2 * _EDGE
    return " ".join(
        f"{_EDGE + wide * (step - start) / (end - start):.1f},"
        f"{HEIGHT - _EDGE - high * (value - low) / span:.1f}"
        for step, value in seen
    )


def is_number(value: object) -> bool:
    """Whether this is a number that can be shown; a manifest may hold one of 400 digits."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= _FURTHEST


def is_whole(value: object) -> bool:
    """Whether it is a whole one, as counts are."""
    return is_number(value) and isinstance(value, int)
