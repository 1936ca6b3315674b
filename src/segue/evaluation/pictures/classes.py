"""Which class is taken for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.metrics import METRICS
from segue.evaluation.pictures.style import INK, canvas
from segue.evaluation.report import figure as written
from segue.records import KEYS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from segue.evaluation.report import AttributesReport
    from segue.types import Floats


def confusions(report: AttributesReport) -> Figure:
    """The main model's confusions: of the tracks of each class (row), the share taken for each.

    Keys stand in the order of fifths, so that near keys are neighbours.
    """
    main = report.main
    found = [
        each
        for each in report.confusions
        if (each.model, each.pipeline) == (main.model, main.pipeline)
    ]
    found.sort(key=lambda each: -len(each.counts))
    sizes = [len(each.counts) for each in found]
    labels = {target.name: target.labels for target in report.targets.targets}
    heights = [0.95 + 0.34 * max(3, size) for size in sizes]
    tall = max(heights[0], sum(heights[1:]))
    title = f"{main.model}: classes (rows) and what they were taken for (columns), in %"
    with canvas(0.4 + tall, title=title) as figure:
        # The largest takes the left side, the others stand at the right, one below the other.
        below = max(1, len(found) - 1)
        grid = figure.add_gridspec(
            below, 2, width_ratios=(1.35, 1), height_ratios=heights[1:] or None
        )
        places = [grid[:, 0], *(grid[row, 1] for row in range(below))]
        for each, place in zip(found, places, strict=False):
            axes = figure.add_subplot(place)
            cells(axes, np.array(each.counts, dtype=np.float64), labels[each.target])
            score = report.score(main, each.target, "accuracy")
            told = "" if score is None else f"   {METRICS['accuracy'].label} {written(score.value)}"
            axes.set_title(each.target.replace("_", " ") + told)
    return figure


def cells(axes: Axes, counts: Floats, labels: tuple[str, ...]) -> None:
    """One panel of confusions: true classes are rows, what they were taken for columns.

    Parameters
    ----------
    counts
        Shape (classes, classes).
    labels
        Names of the classes.
    """
    order = np.arange(len(counts))
    if labels == KEYS:
        # From D flat along the fifths to F sharp: seven half-tones a step.
        order = (1 + 7 * order) % 12
    counts = counts[np.ix_(order, order)]
    names = [labels[place] for place in order]
    rows = counts.sum(axis=1, keepdims=True)
    shares = np.divide(100 * counts, rows, out=np.zeros_like(counts), where=rows > 0)
    seen = np.where(shares < 0.5, np.nan, shares)
    axes.imshow(seen, cmap="Blues", vmin=0, vmax=110, aspect="auto")
    for (row, column), share in np.ndenumerate(shares):
        if share >= 0.5:
            axes.text(
                column,
                row,
                f"{share:.0f}",
                ha="center",
                va="center",
                fontsize=7.5,
                color="white" if share > 60 else INK,
            )
    # Rows name classes in full, columns in short.
    short = [name.replace(" BPM and more", "+").replace(" BPM", "") for name in names]
    axes.set_xticks(range(len(names)), short)
    axes.set_yticks(
        range(len(names)), [f"{name} ({int(n)})" for name, n in zip(names, rows[:, 0], strict=True)]
    )
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
