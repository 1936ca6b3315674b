"""What all charts are made of: the picture with its words, legends, tables, numbers short."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLOURS = 4
"""How many series a chart tells apart: classes ``series-1`` to ``series-4`` of ``charts.css``."""

NOTHING = Markup("")

_PICTURE = Markup(
    '<svg class="{kind}" {size} role="img" aria-labelledby="{key}-t {key}-d">'
    '<title id="{key}-t">{title}</title><desc id="{key}-d">{told}</desc>{inside}</svg>'
)
_FIGURE = Markup('<figure class="chart">{picture}{legend}{table}</figure>')
_LEGEND = Markup('<figcaption class="chart-legend">{}</figcaption>')
_ENTRY = Markup(
    '<span class="chart-key"><svg width="14" height="14" aria-hidden="true">'
    '<circle class="series-{n} dot" cx="7" cy="7" r="5"/></svg><bdi>{name}</bdi></span>'
)
_TABLE = Markup(
    '<details class="chart-table"><summary>As a table</summary><div class="scroll" tabindex="0" '
    'role="group" aria-label="{caption}"><table><caption class="unseen">{caption}</caption>'
    "<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
)
_HEAD, _NUMBER_HEAD = (
    Markup('<th scope="col">{}</th>'),
    Markup('<th scope="col" class="number">{}</th>'),
)
_ROW = Markup('<tr><th scope="row"><bdi>{}</bdi></th>{}</tr>')
_CELL = Markup('<td class="number">{}</td>')


def colour(place: int) -> int:
    """The number of the colour of the series at `place`, from 1."""
    return place % COLOURS + 1


def joined(parts: Iterable[Markup]) -> Markup:
    """Pieces of a picture after one another."""
    return Markup("").join(parts)


def picture(kind: str, inside: Markup, *, size: Markup, title: str, told: str) -> Markup:
    """The SVG element itself, with what it is called and what it shows.

    Parameters
    ----------
    kind
        Its class.
    size
        Attributes that say how large it is.
    """
    key = "c" + hashlib.sha256(f"{title}\0{told}\0{inside}".encode()).hexdigest()[:10]
    return _PICTURE.format(kind=kind, size=size, key=key, title=title, told=told, inside=inside)


def figure(drawn: Markup, *, legend: Sequence[str] = (), table: Markup = NOTHING) -> Markup:
    """A picture with the names of its series, if they need any, and its numbers as a table."""
    entries = joined(_ENTRY.format(n=colour(n), name=name) for n, name in enumerate(legend))
    shown = _LEGEND.format(entries) if len(legend) > 1 else NOTHING
    return _FIGURE.format(picture=drawn, legend=shown, table=table)


def table(
    rows: Iterable[tuple[str, Sequence[str]]], *, heads: Sequence[str], caption: str
) -> Markup:
    """The same numbers as a table that can be opened: the first of `heads` names the rows."""
    first, *others = heads
    top = joined([_HEAD.format(first), *(_NUMBER_HEAD.format(each) for each in others)])
    body = joined(_ROW.format(name, joined(map(_CELL.format, cells))) for name, cells in rows)
    return _TABLE.format(caption=caption, heads=top, rows=body)


def place(share: float) -> str:
    """A place in percent with two decimals, as SVG writes it."""
    return f"{share * 100:.2f}".rstrip("0").rstrip(".")


def short(value: float | None) -> str:
    """A number with as many digits as help: "1,240", "0.62", "−7.5"; "unknown" for none."""
    if value is None or not math.isfinite(value):
        return "unknown"
    size = abs(value)
    if size >= 100 or value == int(value):
        said = f"{round(value):,}"
    else:
        said = f"{value:.1f}" if size >= 10 else f"{value:.2f}"
    return said.replace("-", "−")


def ticks(low: float, high: float, *, most: int = 4) -> list[float]:
    """Round numbers from `low` to `high`, at least two steps where they differ.

    Steps are 1, 2 or 5 times a power of ten, the smallest that needs no more than `most` + 1 lines.
    """
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return [low] if math.isfinite(low) else []
    step = 10.0 ** math.floor(math.log10(span / most))
    step = next(step * by for by in (1, 2, 5, 10, 20) if span / (step * by) <= most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [n * step for n in range(first, last + 1)]
