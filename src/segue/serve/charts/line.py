"""Lines over steps: how something goes on, along a playlist or over passes of training.

Lines share one height, from the least to the greatest of all values or as it is said. A value that
is unknown interrupts its line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from markupsafe import Markup

from segue.serve.charts.drawing import (
    NOTHING,
    colour,
    figure,
    joined,
    picture,
    place,
    short,
    table,
    ticks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LEFT, _RIGHT, _TOP, _BOTTOM = 0.02, 0.98, 0.1, 0.86
_MOST_DOTS = 60

_SIZE = Markup('width="100%" height="200"')
_GRID = Markup('<line class="grid" x1="0" y1="{y}%" x2="100%" y2="{y}%"/>')
_TICK = Markup('<text class="tick" x="0" y="{y}%" dy="-4">{text}</text>')
_END = Markup('<text class="tick" x="{x}%" y="100%" dy="-4" text-anchor="{anchor}">{text}</text>')
_DOT = Markup(
    '<circle class="series-{n} dot" cx="{x}%" cy="{y}%" r="3.5"><title>{told}</title></circle>'
)
_PLOT = Markup(
    '<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%">{}</svg>'
)
_PATH = Markup('<polyline class="series-{n} edge" points="{points}"/>')


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name and its values, None where unknown."""

    name: str
    values: tuple[float | None, ...]


def line(
    lines: Sequence[Line],
    *,
    title: str,
    labels: Sequence[str] = (),
    steps: Sequence[float] = (),
    over: str = "Place",
    low: float | None = None,
    high: float | None = None,
    texts: Sequence[Sequence[str]] = (),
    tabled: bool = True,
) -> Markup:
    """One or more lines over the same steps.

    Parameters
    ----------
    lines
        At most four are told apart by colour; all with as many values.
    title
        What it is, as a short phrase.
    labels
        What the steps are called; their numbers from 1 where () stands. Below the lines stand the
        first and the last of them where `steps` are given, else numbers.
    steps
        Where the steps lie along the width, rising; side by side where () stands.
    over
        What a step is, in the singular: "Place", "Pass".
    low, high
        The ends of the height; of the values where None.
    texts
        By line and step, what is said of each value ("A minor"); numbers where () stands.
    tabled
        Whether the numbers stand below as a table.

    Raises
    ------
    ValueError
        The lines have different numbers of values.
    """
    count = len(lines[0].values) if lines else 0
    if any(len(each.values) != count for each in lines):
        raise ValueError(f"lines of {sorted({len(each.values) for each in lines})} values")
    names = list(labels) or [f"{n:,}" for n in range(1, count + 1)]
    said = [[*row] for row in texts] or [[short(v) for v in each.values] for each in lines]
    plane = _Plane(_places(steps or range(count)), *_ends(lines, low, high))
    parts = [_grid(plane), _axis(names, steps, named=bool(labels))]
    parts.append(_PLOT.format(joined(_paths(lines, plane))))
    if count <= _MOST_DOTS:
        parts += _dots(lines, names, said, plane)
    drawn = picture(
        "chart-line", joined(parts), size=_SIZE, title=title, told=_told(lines, said, over)
    )
    rows = ((name, [row[n] for row in said]) for n, name in enumerate(names))
    heads = [over, *(each.name for each in lines)]
    shown = table(rows, heads=heads, caption=title) if tabled and count else NOTHING
    return figure(drawn, legend=[each.name for each in lines], table=shown)


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where things lie: the steps from left to right, and the values at the foot and the top."""

    steps: tuple[float, ...]
    least: float
    most: float

    def height(self, value: float) -> float:
        """How far down a value lies, from 0 to 1."""
        share = (value - self.least) / (self.most - self.least)
        return _BOTTOM - (_BOTTOM - _TOP) * min(max(share, 0.0), 1.0)


def _ends(lines: Sequence[Line], low: float | None, high: float | None) -> tuple[float, float]:
    known = [v for each in lines for v in each.values if _known(v)]
    least = low if low is not None else min(known, default=0.0)
    most = high if high is not None else max(known, default=1.0)
    return (least, most) if most > least else (least - 0.5, least + 0.5)


def _known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _places(steps: Sequence[float]) -> tuple[float, ...]:
    if len(steps) < 2 or steps[-1] == steps[0]:
        return (0.5,) * len(steps)
    span = steps[-1] - steps[0]
    return tuple(_LEFT + (_RIGHT - _LEFT) * (each - steps[0]) / span for each in steps)


def _grid(plane: _Plane) -> Markup:
    return joined(
        piece.format(y=place(plane.height(tick)), text=short(tick))
        for tick in ticks(plane.least, plane.most)
        for piece in (_GRID, _TICK)
    )


def _axis(names: Sequence[str], steps: Sequence[float], *, named: bool) -> Markup:
    """The first and the last step below the lines."""
    if not names:
        return NOTHING
    ends = ["1", f"{len(names):,}"]
    if steps:
        ends = [names[0], names[-1]] if named else [short(steps[0]), short(steps[-1])]
    first = _END.format(x=0, anchor="start", text=ends[0])
    return first + _END.format(x=100, anchor="end", text=ends[1]) if len(names) > 1 else first


def _paths(lines: Sequence[Line], plane: _Plane) -> Iterator[Markup]:
    """Every unbroken stretch of every line."""
    for n, each in enumerate(lines):
        stretch: list[str] = []
        for x, value in zip([*plane.steps, 0.0], [*each.values, None], strict=True):
            if _known(value):
                stretch.append(f"{place(x)},{place(plane.height(value))}")
                continue
            if len(stretch) > 1:
                yield _PATH.format(n=colour(n), points=" ".join(stretch))
            stretch = []


def _dots(
    lines: Sequence[Line], names: Sequence[str], said: Sequence[Sequence[str]], plane: _Plane
) -> list[Markup]:
    return [
        _DOT.format(
            n=colour(n),
            x=place(x),
            y=place(plane.height(value)),
            told=f"{name}: {each.name} {text}",
        )
        for n, (each, row) in enumerate(zip(lines, said, strict=True))
        for x, value, name, text in zip(plane.steps, each.values, names, row, strict=True)
        if _known(value)
    ]


def _told(lines: Sequence[Line], said: Sequence[Sequence[str]], over: str) -> str:
    parts = []
    for each, texts in zip(lines, said, strict=True):
        known = [(v, text) for v, text in zip(each.values, texts, strict=True) if _known(v)]
        if known:
            lowest, highest = min(known)[1], max(known)[1]
            ends = f"from {known[0][1]} to {known[-1][1]}"
            parts.append(f"{each.name} {ends}, between {lowest} and {highest}")
        else:
            parts.append(f"{each.name} unknown")
    steps = len(lines[0].values) if lines else 0
    return f"{over} 1 to {steps:,}: {'; '.join(parts)}." if parts else "Nothing to show."
