"""How something was learned, as a curve to draw: what a history says, in points of an SVG.

Two lines share one width, the steps of training. Of a network that hears they are how good the
neighbours were that it found among artists it was not taught with, and its loss; each has a height
of its own, from its least to its greatest value. Of an autoencoder they are its loss on what it
learns from and on what was kept aside, and share one height. What they are in numbers is said
beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

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
    """Lines over the steps, or what `over` calls them, from `start` to `end`."""

    lines: tuple[Line, ...]
    start: int
    end: int
    over: str = "steps"

    @property
    def words(self) -> str:
        """The same as a sentence, for whoever does not see it."""
        said = [
            f"{line.name} from {line.first:.3f} to {line.last:.3f}, at best {line.best:.3f}"
            for line in self.lines
        ]
        return f"Over {self.over} {self.start:,} to {self.end:,}: {'; '.join(said)}."


def curve(history: Sequence[Mapping[str, Any]]) -> Curve | None:
    """The curve of a history; None where it has no two steps to draw a line between.

    Parameters
    ----------
    history
        Items with a `step` and numbers `validation` (more is better) or `loss` (less is).
        Whatever else stands there is left out.
    """
    lines = [("validation", max, _seen(history, "step", "validation"))]
    lines.append(("loss", min, _seen(history, "step", "loss")))
    return _drawn(lines, over="steps")


def losses(history: Sequence[Mapping[str, Any]]) -> Curve | None:
    """The curve of two losses over passes; None where it has no two passes.

    Parameters
    ----------
    history
        Items with an `epoch` and numbers `training` and `validation`, of both of which less is
        better. The latter is that of what was kept aside.
    """
    training, aside = (_seen(history, "epoch", name) for name in ("training", "validation"))
    return _drawn(
        [("kept aside", min, aside), ("training", min, training)],
        over="passes",
        values=[value for _, value in (*training, *aside)],
    )


_Seen = list[tuple[float, float]]


def _seen(history: Sequence[Mapping[str, Any]], over: str, name: str) -> _Seen:
    """The numbers of one line with their steps."""
    return [
        (float(each[over]), float(each[name]))
        for each in history
        if is_number(each.get(over)) and is_number(each.get(name))
    ]


def _drawn(
    lines: Sequence[tuple[str, Callable[[Iterable[float]], float], _Seen]],
    *,
    over: str,
    values: Sequence[float] | None = None,
) -> Curve | None:
    """A curve of those lines that have two steps; `values` settle the height they share, if any."""
    drawn = [line for line in lines if len({step for step, _ in line[2]}) > 1]
    if not drawn:
        return None
    steps = [step for _, _, seen in drawn for step, _ in seen]
    start, end = min(steps), max(steps)
    return Curve(
        tuple(
            Line(
                name,
                _points(seen, start, end, values or [value for _, value in seen]),
                seen[0][1],
                best(value for _, value in seen),
                seen[-1][1],
            )
            for name, best, seen in drawn
        ),
        round(start),
        round(end),
        over,
    )


def _points(seen: _Seen, start: float, end: float, values: Sequence[float]) -> str:
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
