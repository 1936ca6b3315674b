"""Pictures of the one table: all of it at a glance, and single questions with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.overview.columns import COLUMNS, GROUPS
from segue.evaluation.overview.words import rows_of
from segue.evaluation.pictures.style import BLUE, FAINT, GREEN, INK, ORANGE, SOFT, canvas, save

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from segue.evaluation.overview.columns import Column
    from segue.evaluation.overview.report import Evaluation, Method
    from segue.types import Floats

COLOURS = {
    "chance": FAINT,
    "simple": SOFT,
    "predictor": ORANGE,
    "space": BLUE,
    "lens": GREEN,
    "ablation": ORANGE,
}
"""Of points, by the role of a method."""

_DOTTED = (
    "half_r_precision",
    "5_r_precision",
    "1_r_precision",
    "genre_precision_10",
    "artist_hit_1",
    "diversity",
    "coverage",
)
"""Columns drawn with their intervals, in as many as there are."""


def draw(report: Evaluation, folder: Path) -> tuple[str, ...]:
    """Write every picture there is something for; names of the files.

    Parameters
    ----------
    report
        What was found.
    folder
        There already.

    Raises
    ------
    UnavailableError
        matplotlib is not installed, or a file cannot be written.
    """
    names = []
    for name, figure in _made(report):
        names.append(f"evaluation-{name}.png")
        save(figure, folder / names[-1])
    return tuple(names)


def _made(report: Evaluation) -> Iterator[tuple[str, Figure]]:
    if report.columns():
        yield "table", heatmap(report)
    dotted = [COLUMNS[name] for name in _DOTTED if report.cells.get(name)]
    if dotted:
        yield "intervals", dots(report, dotted)


def heatmap(report: Evaluation) -> Figure:
    """Methods by columns, darker the better among those that answered; white: not asked."""
    columns = [column for group in GROUPS for column in report.columns() if column.group == group]
    methods = rows_of(report, columns)
    ranks = np.array([_ranks(report, column, methods) for column in columns]).T
    height = 1.9 + 0.24 * len(methods)
    with canvas(height, title="Every method against every question: darker is better") as figure:
        axes = figure.subplots()
        axes.imshow(ranks, cmap="Blues", vmin=-0.15, vmax=1.25, aspect="auto")
        for row, method in enumerate(methods):
            for place, column in enumerate(columns):
                cell = report.cells.get(column.name, {}).get(method.name)
                if cell is None:
                    continue
                best = report.best.get(column.name) == method.name
                axes.text(
                    place,
                    row,
                    f"{cell.value:.{min(column.digits, 2)}f}{'°' if cell.knows else ''}",
                    ha="center",
                    va="center",
                    fontsize=6.5,
                    color="white" if ranks[row, place] > 0.75 else INK,
                    fontweight="bold" if best else "normal",
                )
        axes.set_xticks(
            range(len(columns)),
            [column.label for column in columns],
            rotation=40,
            ha="left",
            rotation_mode="anchor",
        )
        axes.set_yticks(range(len(methods)), [method.name for method in methods])
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelsize=7.5)
        axes.spines[:].set_visible(False)
        figure.supxlabel(
            "Bold: the best of its column. °: it knows what is asked for", fontsize=8, color=SOFT
        )
    return figure


def dots(report: Evaluation, columns: list[Column]) -> Figure:
    """One panel a column: each method's figure as a point on its 95 % interval."""
    methods = rows_of(report, columns)
    height = 1.2 + 0.2 * len(methods)
    with canvas(height, title="With 95 % intervals; dotted: the best simple method") as figure:
        panels = figure.subplots(1, len(columns), sharey=True, squeeze=False)[0]
        for axes, column in zip(panels, columns, strict=True):
            _panel(axes, report, column, methods)
        panels[0].set_yticks(range(len(methods)), [method.name for method in methods])
        panels[0].set_ylim(len(methods) - 0.4, -0.6)
    return figure


def _panel(axes: Axes, report: Evaluation, column: Column, methods: list[Method]) -> None:
    cells = report.cells[column.name]
    for row, method in enumerate(methods):
        cell = cells.get(method.name)
        if cell is None:
            continue
        colour = COLOURS[method.role]
        hollow = "white" if cell.knows else colour
        if np.isfinite(cell.low):
            axes.plot([cell.low, cell.high], [row, row], color=colour, lw=1.4)
        axes.plot(cell.value, row, "o", color=colour, mfc=hollow, ms=4)
    base = report.base.get(column.name)
    if base:
        axes.axvline(cells[base].value, color=SOFT, lw=0.8, ls=":")
    axes.set_title(column.label, fontsize=8.5)
    axes.tick_params(labelsize=7)
    axes.grid(axis="x", color=FAINT, lw=0.4)


def _ranks(report: Evaluation, column: Column, methods: list[Method]) -> Floats:
    """Where each method stands in a column, 1 for the best and 0 for the last; NaN for none."""
    cells = report.cells.get(column.name, {})
    values = np.array([cells[m.name].value if m.name in cells else np.nan for m in methods])
    goodness = values * column.better if column.better else -np.abs(values)
    there = ~np.isnan(goodness)
    found = np.full(len(methods), np.nan)
    order = np.searchsorted(np.sort(goodness[there]), goodness[there])
    found[there] = order / max(1, there.sum() - 1)
    return found
