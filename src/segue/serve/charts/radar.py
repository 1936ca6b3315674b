"""A radar: values from 0 to 1 on spokes around a centre.

A shape is filled between neighbouring spokes of which both are known, so that nothing is drawn
where nothing is known. What lies between bounds has a band along its spoke; what is only a guess
has a hollow dot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from segue.serve.charts.drawing import colour, figure, joined, picture, short, table

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDE, _HIGH = 340, 270
_CENTRE = (170.0, 137.0)
_RADIUS = 92.0
_RINGS = (0.25, 0.5, 0.75, 1.0)
_FEWEST = 3

_SIZE = Markup('viewBox="0 0 {0} {1}" width="{0}" height="{1}"')
_RING = Markup('<polygon class="grid" points="{}"/>')
_SPOKE = Markup('<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"/>')
_LABEL = Markup('<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>')
_FILL = Markup('<path class="series-{n} fill" d="{path}"/>')
_EDGE = Markup('<path class="series-{n} edge" d="{path}"/>')
_BAND = Markup('<line class="series-{n} band" x1="{}" y1="{}" x2="{}" y2="{}"/>')
_DOT = Markup(
    '<circle class="series-{n} {kind}" cx="{x}" cy="{y}" r="4"><title>{told}</title></circle>'
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One outline on a radar.

    Attributes
    ----------
    name
        Whose it is.
    values
        One an axis, in [0, 1]; None where unknown.
    texts
        What is said of each value; the value with two digits where () stands.
    bounds
        Between what each value lies; None, or () for all, where nobody knows.
    guessed
        Which values are guesses; () for none.
    """

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...] = ()
    bounds: tuple[tuple[float, float] | None, ...] = ()
    guessed: tuple[bool, ...] = ()

    def text(self, axis: int) -> str:
        """What is said of the value on an axis."""
        return self.texts[axis] if self.texts else short(self.values[axis])


def radar(axes: Sequence[str], shapes: Sequence[Shape], *, title: str) -> Markup:
    """One or more shapes over the same axes, with their values as a table.

    Parameters
    ----------
    axes
        What each spoke is called, from the top on with the clock; at least three.
    shapes
        At most four are told apart by colour. Of a single one the values stand at the spokes.
    title
        What it is, as a short phrase.

    Raises
    ------
    ValueError
        There are less than three axes, or a shape has another number of values.
    """
    if len(axes) < _FEWEST:
        raise ValueError(f"a radar of {len(axes)} axes")
    for shape in shapes:
        if len(shape.values) != len(axes):
            raise ValueError(f"{len(shape.values)} values for {len(axes)} axes")
    alone = shapes[0] if len(shapes) == 1 else None
    parts = [_grid(len(axes))]
    parts += [_outline(shape, n) for n, shape in enumerate(shapes)]
    parts += [_label(name, at, len(axes), alone) for at, name in enumerate(axes)]
    drawn = picture(
        "chart-radar",
        joined(parts),
        size=_SIZE.format(_WIDE, _HIGH),
        title=title,
        told=_told(axes, shapes),
    )
    rows = [(name, [shape.text(n) for shape in shapes]) for n, name in enumerate(axes)]
    heads = ["Attribute", *(shape.name for shape in shapes)]
    return figure(
        drawn,
        legend=[shape.name for shape in shapes],
        table=table(rows, heads=heads, caption=title),
    )


def _point(axis: int, count: int, share: float) -> tuple[float, float]:
    """Where a share of a spoke lies, from the centre out."""
    angle = 2 * math.pi * axis / count
    far = min(max(share, 0.0), 1.0) * _RADIUS
    return (
        round(_CENTRE[0] + far * math.sin(angle), 1),
        round(_CENTRE[1] - far * math.cos(angle), 1),
    )


def _grid(count: int) -> Markup:
    corners = [[_point(axis, count, ring) for axis in range(count)] for ring in _RINGS]
    rings = [_RING.format(" ".join(f"{x},{y}" for x, y in each)) for each in corners]
    return joined([*rings, *(_SPOKE.format(*_CENTRE, *end) for end in corners[-1])])


def _outline(shape: Shape, place: int) -> Markup:
    """Filled between known neighbours, with a dot, a band and a word for each value."""
    count, n = len(shape.values), colour(place)
    at = [
        None if value is None else _point(axis, count, value)
        for axis, value in enumerate(shape.values)
    ]
    fill, edge = "", ""
    for axis, here in enumerate(at):
        there = at[(axis + 1) % count]
        if here is not None and there is not None:
            fill += f"M{_CENTRE[0]} {_CENTRE[1]}L{here[0]} {here[1]}L{there[0]} {there[1]}Z"
            edge += f"M{here[0]} {here[1]}L{there[0]} {there[1]}"
    parts = [_FILL.format(n=n, path=fill), _EDGE.format(n=n, path=edge)] if edge else []
    for axis, bound in enumerate(shape.bounds):
        if bound is not None:
            ends = [_point(axis, count, end) for end in bound]
            parts.append(_BAND.format(*ends[0], *ends[1], n=n))
    for axis, here in enumerate(at):
        if here is not None:
            hollow = bool(shape.guessed) and shape.guessed[axis]
            told = f"{shape.name}: {shape.text(axis)}"
            kind = "dot hollow" if hollow else "dot"
            parts.append(_DOT.format(n=n, kind=kind, x=here[0], y=here[1], told=told))
    return joined(parts)


def _label(name: str, axis: int, count: int, alone: Shape | None) -> Markup:
    x, y = _point(axis, count, 1.0)
    side = math.sin(2 * math.pi * axis / count)
    up = math.cos(2 * math.pi * axis / count)
    anchor = "middle" if abs(side) < 0.2 else "start" if side > 0 else "end"
    x += 10 * side
    # Two lines stand above a spoke that points up, below one that points down.
    y += -10 * up + 4 - (8 if alone is not None else 0) * up
    parts = [_LABEL.format(kind="axis", x=round(x, 1), y=round(y, 1), anchor=anchor, text=name)]
    if alone is not None:
        text = alone.text(axis)
        kind = "axis-value" if alone.values[axis] is not None else "axis-value none"
        parts.append(
            _LABEL.format(kind=kind, x=round(x, 1), y=round(y + 14, 1), anchor=anchor, text=text)
        )
    return joined(parts)


def _told(axes: Sequence[str], shapes: Sequence[Shape]) -> str:
    said = [
        f"{shape.name}: " + ", ".join(f"{name} {shape.text(n)}" for n, name in enumerate(axes))
        for shape in shapes
    ]
    return "; ".join(said) + "." if said else "Nothing is known."
