"""The circle of fifths: how many tracks are in each key.

Neighbours on the circle share all tones but one. Major keys stand on the outer ring, the minor keys
with the same tones inside; the darker a field, the more tracks.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from markupsafe import Markup

from segue.records import KEYS
from segue.serve.charts.drawing import figure, joined, picture, table

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDE = 320
_CENTRE = _WIDE / 2
_RINGS = {1: (108.0, 152.0), 0: (62.0, 106.0)}
_SHADES = 5
_LIGHT = 3
_FIFTH, _RELATIVE = 7, 9

_SIZE = Markup('viewBox="0 0 {0} {0}" width="{0}" height="{0}"')
_FIELD = Markup('<path class="cell shade-up-{shade}" d="{path}"><title>{told}</title></path>')
_NAME = Markup('<text class="axis{light}" x="{x}" y="{y}" text-anchor="middle">{text}</text>')
_COUNT = Markup('<text class="tick{light}" x="{x}" y="{y}" text-anchor="middle">{text}</text>')


def fifths(counts: Mapping[tuple[int, int], int], *, title: str) -> Markup:
    """Tracks by key on the circle.

    Parameters
    ----------
    counts
        By pitch class from C on and mode (1 major, 0 minor).
    """
    most = max(counts.values(), default=0) or 1
    parts, rows = [], []
    for place in range(12):
        for mode in (1, 0):
            tonic = (place * _FIFTH + (0 if mode else _RELATIVE)) % 12
            number = counts.get((tonic, mode), 0)
            name = f"{KEYS[tonic]} {'major' if mode else 'minor'}"
            short = KEYS[tonic] if mode else f"{KEYS[tonic]}m"
            parts.append(_field(place, mode, number, most, (name, short)))
            rows.append((name, [f"{number:,}"]))
    best = sorted(rows, key=lambda row: -int(row[1][0].replace(",", "")))[:3]
    told = "Most often " + ", ".join(f"{name} ({said[0]})" for name, said in best) + "."
    size = _SIZE.format(_WIDE)
    drawn = picture("chart-fifths", joined(parts), size=size, title=title, told=told)
    return figure(drawn, table=table(rows, heads=["Key", "Tracks"], caption=title))


def _field(place: int, mode: int, number: int, most: int, names: tuple[str, str]) -> Markup:
    inner, outer = _RINGS[mode]
    first, last = ((place - 0.5) * math.pi / 6 + 0.012, (place + 0.5) * math.pi / 6 - 0.012)
    corners = [_at(outer, first), _at(outer, last), _at(inner, last), _at(inner, first)]
    a, b, c, d = (f"{x:.1f} {y:.1f}" for x, y in corners)
    path = f"M{a}A{outer} {outer} 0 0 1 {b}L{c}A{inner} {inner} 0 0 0 {d}Z"
    shade = math.ceil(_SHADES * number / most)
    x, y = _at((inner + outer) / 2, place * math.pi / 6)
    light = " light" if shade >= _LIGHT else ""
    name, short = names
    return joined(
        (
            _FIELD.format(shade=shade, path=path, told=f"{name}: {number:,}"),
            _NAME.format(light=light, x=round(x, 1), y=round(y, 1), text=short),
            _COUNT.format(light=light, x=round(x, 1), y=round(y + 13, 1), text=f"{number:,}"),
        )
    )


def _at(far: float, angle: float) -> tuple[float, float]:
    return _CENTRE + far * math.sin(angle), _CENTRE - far * math.cos(angle)
