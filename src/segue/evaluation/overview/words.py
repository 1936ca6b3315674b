"""Cells, rows and sentences of the table as text, for the terminal and for pages alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.overview.columns import COLUMNS
from segue.recommend.lenses import BALANCED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue.evaluation.overview.columns import Column
    from segue.evaluation.overview.report import Evaluation, Method, Versus

SELECTED = f"{BALANCED}, selected"
"""The lens `balanced` after caps and grouping, as a row of the table."""

BEST, KNOWS, AHEAD, BEHIND = "*", "°", "+", "-"
"""Marks: the best; it knows the answer; surely above the base; surely below it."""


def rows_of(report: Evaluation, columns: Sequence[Column]) -> list[Method]:
    """Methods with a figure in any of the columns, in order."""
    return [
        method
        for method in report.methods
        if any(method.name in report.cells.get(each.name, {}) for each in columns)
    ]


def cell_text(report: Evaluation, column: Column, method: str) -> str:
    """A figure with its interval and marks; empty where there is none."""
    cell = report.cells.get(column.name, {}).get(method)
    if cell is None:
        return ""
    digits = column.digits
    text = f"{cell.value:.{digits}f}"
    # Of figures that no draw moves the interval says nothing.
    if np.isfinite(cell.low) and cell.low != cell.high:
        between = "–" if cell.low >= 0 else " to "
        text += f" ({cell.low:.{digits}f}{between}{cell.high:.{digits}f})"
    return text + marks(report, column.name, method)


def marks(report: Evaluation, column: str, method: str) -> str:
    """The marks of a cell, joined."""
    cell = report.cells[column][method]
    told = BEST if report.best.get(column) == method else ""
    told += KNOWS if cell.knows else ""
    if cell.decided and cell.ahead is not None and COLUMNS[column].better:
        told += AHEAD if cell.ahead[0] * COLUMNS[column].better > 0 else BEHIND
    return told


def versus_text(report: Evaluation) -> Iterator[str]:
    """``balanced`` beside every space, one line each, and whether the interval excludes 0."""
    for each in report.versus:
        column = COLUMNS[each.column]
        yield f"{column.label}: {each.first} - {each.second} {difference(each)}, {verdict(each)}"


def difference(one: Versus) -> str:
    """The difference with its interval."""
    digits = COLUMNS[one.column].digits
    low, high = (f"{end:+.{digits}f}" for end in (one.low, one.high))
    return f"{one.value:+.{digits}f} ({low} to {high})"


def verdict(one: Versus) -> str:
    """Whether it is surely better, surely worse, or not to be told."""
    if not one.decided:
        return "not to be told apart"
    return "better" if one.value * COLUMNS[one.column].better > 0 else "worse"


PATTERNS = (
    "Of seeds that stand in all spaces of a lens: which share of the tracks stands in which of"
    " them, and which share of the recommended rows these tracks get."
)


def pattern_rows(report: Evaluation) -> list[list[str]]:
    """Which tracks get the rows, a line for each lens and pattern, below their heads."""
    return [
        ["lens", "tracks stand in", "of the tracks", "of the rows"],
        *(
            [one.lens, ", ".join(one.spaces), f"{one.tracks:.1%}", f"{one.slots:.1%}"]
            for one in report.patterns
        ),
    ]


def explained(report: Evaluation) -> str:
    """What the marks mean."""
    return (
        f"In brackets: the 95 % interval. {BEST} the best of its column. {AHEAD} and {BEHIND}:"
        " surely better or worse than the best simple method of the column, on the same draws."
        f" {KNOWS} does not compete: it knows what is asked for."
        + (" Samples are small: --quick." if report.quick else "")
    )


def sentences(report: Evaluation) -> Iterator[str]:
    """What a reader has to know: what was judged, what was not asked, notes."""
    sizes = ", ".join(f"{count:,} {what}" for what, count in report.sizes.items())
    yield f"Judged: {report.source} ({sizes}); seed {report.seed}, {report.seconds:,.0f} s."
    for one in report.unasked:
        yield f"Not asked ({one.group}): {one.why}. {one.needs.rstrip('.')}."
    for note in report.notes:
        yield f"Note: {note.rstrip('.')}."
    yield from _capped(report)


def _capped(report: Evaluation) -> Iterator[str]:
    """What playlists lose by the caps of an answer, where both were asked."""
    found = report.cells.get("half_r_precision", {})
    before, after = found.get(BALANCED), found.get(SELECTED)
    if before is None or after is None:
        return
    yield (
        f"Note: {SELECTED} is what an answer shows by default, with few rows by one artist."
        f" Playlists hold more: its R-precision is {after.value:.3f}, that of {BALANCED}"
        f" {before.value:.3f}. --per-artist says how many."
    )
