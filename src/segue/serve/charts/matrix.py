"""A square of numbers from -1 to 1: how much each thing goes with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from segue.serve.charts.drawing import figure, joined, picture, short, table

if TYPE_CHECKING:
    from collections.abc import Sequence

_CELL, _SIDE, _HEAD = 40, 118, 96
_SHADES = 5
_LIGHT = 3
"""From this shade on the number in a cell is light."""

_SIZE = Markup('viewBox="0 0 {0} {1}" width="{0}" height="{1}"')
_BOX = Markup(
    '<rect class="cell {shade}" x="{x}" y="{y}" width="{wide}" height="{wide}">'
    "<title>{told}</title></rect>"
)
_NUMBER = Markup(
    '<text class="cell-number{light}" x="{x}" y="{y}" text-anchor="middle">{text}</text>'
)
_ROW_NAME = Markup('<text class="axis" x="{x}" y="{y}" text-anchor="end">{text}</text>')
_COLUMN_NAME = Markup('<text class="axis" transform="translate({x} {y}) rotate(-45)">{text}</text>')


def matrix(names: Sequence[str], values: Sequence[Sequence[float | None]], *, title: str) -> Markup:
    """How much each of `names` goes with each other, as a square and as a table.

    Parameters
    ----------
    names
        What rows and columns are called.
    values
        A row a name, in [-1, 1]; None where unknown. The diagonal says nothing and is left out.

    Raises
    ------
    ValueError
        It is not square.
    """
    if any(len(row) != len(names) for row in (values, *values)):
        raise ValueError(f"{len(names)} names for rows of {[len(row) for row in values]}")
    parts: list[Markup] = []
    for down, name in enumerate(names):
        y = _HEAD + down * _CELL
        parts.append(_ROW_NAME.format(x=_SIDE - 8, y=y + _CELL / 2 + 4, text=name))
        middle = _SIDE + down * _CELL + _CELL / 2
        parts.append(_COLUMN_NAME.format(x=middle, y=_HEAD - 8, text=name))
        for across, other in enumerate(names):
            if across != down:
                told = f"{name} and {other}"
                parts.append(_cell(values[down][across], _SIDE + across * _CELL, y, told))
    wide = _SIDE + len(names) * _CELL + 60
    drawn = picture(
        "chart-matrix",
        joined(parts),
        size=_SIZE.format(wide, _HEAD + len(names) * _CELL + 4),
        title=title,
        told=_told(names, values),
    )
    rows = [
        (name, ["" if n == down else short(value) for n, value in enumerate(values[down])])
        for down, name in enumerate(names)
    ]
    return figure(drawn, table=table(rows, heads=["Name", *names], caption=title))


def _cell(value: float | None, x: float, y: float, told: str) -> Markup:
    if value is None:
        return _BOX.format(shade="shade-none", x=x + 1, y=y + 1, wide=_CELL - 2, told=told)
    strength = min(round(abs(value) * _SHADES), _SHADES)
    shade = f"shade-{'up' if value >= 0 else 'down'}-{strength}"
    box = _BOX.format(shade=shade, x=x + 1, y=y + 1, wide=_CELL - 2, told=f"{told}: {short(value)}")
    light = " light" if strength >= _LIGHT else ""
    middle = _CELL / 2
    return box + _NUMBER.format(light=light, x=x + middle, y=y + middle + 4, text=_said(value))


def _said(value: float) -> str:
    """What fits into a cell: two digits behind the point, no 0 before it."""
    text = f"{abs(value):.2f}"
    text = text if text.startswith("1") else text[1:]
    return f"−{text}" if value <= -0.005 else text


def _told(names: Sequence[str], values: Sequence[Sequence[float | None]]) -> str:
    """The strongest three, in words."""
    pairs = [
        (abs(value), f"{names[a]} and {names[b]} {short(value)}")
        for a in range(len(names))
        for b in range(a)
        if (value := values[a][b]) is not None
    ]
    strongest = [said for _, said in sorted(pairs, reverse=True)[:3]]
    return f"Strongest: {'; '.join(strongest)}." if strongest else "Too little is known."
