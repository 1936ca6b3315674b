"""How often: bars side by side over a range, or beside names."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

from segue.serve.charts.drawing import NOTHING, figure, joined, picture, place, short, table

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOP, _BOTTOM = 0.04, 0.84
_GAP = 0.12

_SIZE = Markup('width="100%" height="120"')
_BASE = Markup('<line class="grid" x1="0" y1="{y}%" x2="100%" y2="{y}%"/>')
_BAR = Markup(
    '<rect class="series-1 bar" x="{x}%" y="{y}%" width="{wide}%" height="{high}%">'
    "<title>{told}</title></rect>"
)
_MARK = Markup(
    '<line class="mark" x1="{x}%" y1="0" x2="{x}%" y2="{y}%"><title>{told}</title></line>'
)
_END = Markup('<text class="tick" x="{x}%" y="100%" dy="-3" text-anchor="{anchor}">{text}</text>')


def histogram(
    counts: Sequence[int],
    edges: Sequence[float],
    *,
    title: str,
    marks: Sequence[tuple[float, str]] = (),
    unit: str = "",
    tabled: bool = False,
    plain: bool = False,
) -> Markup:
    """Counts over a range, a bar a bin.

    Parameters
    ----------
    counts
        One a bin.
    edges
        Where bins begin and end, rising; one more than there are bins.
    title
        What is counted, as a short phrase.
    marks
        Values to draw a line at, with their names: "median".
    unit
        What stands behind a value: " BPM".
    tabled
        Whether the numbers stand below as a table.
    plain
        Whether values are whole and written without thousands apart, as years are.

    Raises
    ------
    ValueError
        There is not one edge more than there are counts.
    """
    if len(edges) != len(counts) + 1:
        raise ValueError(f"{len(edges)} edges for {len(counts)} bins")
    said = _year if plain else short
    low, span = edges[0], (edges[-1] - edges[0]) or 1.0
    most = max(counts, default=0) or 1
    bins = [(f"{said(a)} to {said(b)}{unit}", a, b) for a, b in pairwise(edges)]
    parts = [_BASE.format(y=place(_BOTTOM))]
    for (name, first, last), count in zip(bins, counts, strict=True):
        wide = (last - first) / span
        high = (_BOTTOM - _TOP) * count / most
        parts.append(
            _BAR.format(
                x=place((first - low) / span + wide * _GAP / 2),
                y=place(_BOTTOM - high),
                wide=place(wide * (1 - _GAP)),
                high=place(high),
                told=f"{name}: {count:,}",
            )
        )
    parts += [
        _MARK.format(x=place((at - low) / span), y=place(_BOTTOM), told=f"{name} {said(at)}{unit}")
        for at, name in marks
        if low <= at <= edges[-1]
    ]
    ends = ((0, "start", edges[0]), (100, "end", edges[-1]))
    parts += [_END.format(x=x, anchor=side, text=said(value) + unit) for x, side, value in ends]
    named = "; ".join(f"{name} {said(at)}{unit}" for at, name in marks)
    told = f"{sum(counts):,} between {said(edges[0])} and {said(edges[-1])}{unit}. {named}"
    drawn = picture("chart-bars", joined(parts), size=_SIZE, title=title, told=told)
    rows = [(name, [f"{count:,}"]) for (name, _, _), count in zip(bins, counts, strict=True)]
    shown = table(rows, heads=["Range", "Tracks"], caption=title) if tabled else NOTHING
    return figure(drawn, table=shown)


def _year(value: float) -> str:
    return f"{value:.0f}"


_LIST = Markup('<ul class="chart-list" aria-label="{title}">{rows}</ul>')
_ENTRY = Markup(
    '<li><span class="chart-name"><bdi>{name}</bdi></span>'
    '<svg class="chart-share" width="100%" height="8" aria-hidden="true">'
    '<rect class="all" width="100%" height="8" rx="4"/>'
    '<rect class="series-1 bar" width="{wide}%" height="8" rx="4"/></svg>'
    '<span class="number">{said}</span></li>'
)


def bars(entries: Sequence[tuple[object, float, str]], *, title: str) -> Markup:
    """Names with a bar each, as a list that can be read.

    Parameters
    ----------
    entries
        What each is called (markup stays), how much it is, and that in words.
    """
    most = max((value for _, value, _ in entries), default=0.0) or 1.0
    rows = [
        _ENTRY.format(name=name, wide=place(value / most), said=said)
        for name, value, said in entries
    ]
    return _LIST.format(title=title, rows=joined(rows))
