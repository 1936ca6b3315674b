"""Predicted numbers track by track: against the true ones, and how far off where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.metrics import METRICS
from segue.evaluation.pictures.style import BLUE, INK, ORANGE, SOFT, blank, canvas, grid_of
from segue.evaluation.report import figure as written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from segue.attributes.model import Predictions
    from segue.attributes.targets import Target
    from segue.evaluation.report import AttributesReport
    from segue.types import Floats, Mask

DENSE = 400
"""With more tracks their density is drawn instead of dots."""

_CELLS = 56
_BINS = 12


def against(
    report: AttributesReport, truth: Mapping[str, Floats], predicted: Predictions
) -> Figure:
    """True numbers over predicted ones, one panel a target, with the interval that was told.

    Parameters
    ----------
    report
        Names and figures.
    truth
        True values by target, shape (n,), NaN where unknown.
    predicted
        What the report's main model said; NaN where it said nothing.
    """

    def panel(axes: Axes, target: Target, true: Floats, said: Floats) -> None:
        low, high = _range(np.concatenate([true, said]))
        _cloud(axes, said, true, x=(low, high), y=(low, high))
        axes.plot([low, high], [low, high], color=INK, lw=0.9, ls=(0, (4, 3)))
        if target.name in predicted.low and target.name in predicted.high:
            there = _there(truth[target.name], predicted.numbers[target.name])
            middle, ends = _binned(
                said,
                np.column_stack(
                    [predicted.low[target.name][there], predicted.high[target.name][there]]
                ),
            )
            axes.plot(middle, ends, color=ORANGE, lw=1.4)
        axes.set_title(_headed(report, target, ("r2", "coverage")))

    title = "true over predicted numbers; orange: the mean ends of the interval that was told"
    return _panels(report, truth, predicted, panel, title=title, across="predicted", up="true")


def residuals(
    report: AttributesReport, truth: Mapping[str, Floats], predicted: Predictions
) -> Figure:
    """How far above (+) or below (-) the prediction the truth is, over the truth.

    Parameters as of `against`. The lines are the median and the quartiles of tracks with a
    similar true value.
    """

    def panel(axes: Axes, target: Target, true: Floats, said: Floats) -> None:
        apart = true - said
        _cloud(axes, true, apart, x=_range(true), y=_range(apart))
        axes.axhline(0, color=INK, lw=0.9, ls=(0, (4, 3)))
        for share, width in ((0.25, 1.0), (0.5, 1.8), (0.75, 1.0)):
            middle, lines = _binned(true, apart[:, None], share=share)
            axes.plot(middle, lines, color=ORANGE, lw=width)
        axes.set_title(_headed(report, target, ("mae",)))

    title = "how far off, over the truth; orange: median and quartiles"
    return _panels(
        report, truth, predicted, panel, title=title, across="true", up="true − predicted"
    )


def _panels(
    report: AttributesReport,
    truth: Mapping[str, Floats],
    predicted: Predictions,
    panel: Callable[[Axes, Target, Floats, Floats], None],
    *,
    title: str,
    across: str,
    up: str,
) -> Figure:
    """A grid of panels, one a number that was judged."""
    targets = [
        target
        for target in report.targets.targets
        if target.kind == "number" and target.name in truth and target.name in predicted.numbers
    ]
    rows, columns = grid_of(len(targets))
    with canvas(0.5 + 2.55 * rows, title=f"{report.main.model}: {title}") as figure:
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for target, each in zip(targets, axes, strict=False):
            there = _there(truth[target.name], predicted.numbers[target.name])
            panel(each, target, truth[target.name][there], predicted.numbers[target.name][there])
            each.locator_params(nbins=4)
        for each in axes[len(targets) :]:
            blank(each)
        figure.supxlabel(across, fontsize=9, color=SOFT)
        figure.supylabel(up, fontsize=9, color=SOFT)
    return figure


def _there(true: Floats, said: Floats) -> Mask:
    return np.isfinite(true) & np.isfinite(said)


def _cloud(
    axes: Axes, across: Floats, up: Floats, *, x: tuple[float, float], y: tuple[float, float]
) -> None:
    """Tracks as dots, or where there are many as a density on a logarithmic scale."""
    if len(across) <= DENSE:
        axes.scatter(across, up, s=9, color=BLUE, alpha=0.45, lw=0)
    else:
        counts, _, _ = np.histogram2d(across, up, bins=_CELLS, range=(x, y))
        shades = np.where(counts > 0, np.log1p(counts), np.nan)
        axes.imshow(
            shades.T,
            origin="lower",
            extent=(*x, *y),
            aspect="auto",
            cmap="Blues",
            vmin=-0.8 * float(np.nanmax(shades)) / 2,
            interpolation="nearest",
        )
    axes.set_xlim(*x)
    axes.set_ylim(*y)


def _range(values: Floats) -> tuple[float, float]:
    """Ends that hold nearly all values, with a little air; never a single point."""
    low, high = np.quantile(values, [0.002, 0.998])
    air = 0.03 * (high - low) or 0.5
    return float(low - air), float(high + air)


def _binned(by: Floats, values: Floats, *, share: float | None = None) -> tuple[Floats, Floats]:
    """Means, or a quantile, of tracks that are near each other on an axis.

    Parameters
    ----------
    by
        Shape (n,): what tracks are sorted by.
    values
        Shape (n, columns).
    share
        The quantile; the mean where it is None.

    Returns
    -------
    middle, lines
        Shape (bins,), (bins, columns).
    """
    order = np.array_split(np.argsort(by, kind="stable"), min(_BINS, max(1, len(by) // 8)))
    middle = np.array([by[rows].mean() for rows in order])
    lines = [
        values[rows].mean(axis=0) if share is None else np.quantile(values[rows], share, axis=0)
        for rows in order
    ]
    return middle, np.array(lines)


def _headed(report: AttributesReport, target: Target, metrics: tuple[str, ...]) -> str:
    """The target, and below it its figures."""
    scores = [report.score(report.main, target.name, name) for name in metrics]
    figures = [f"{METRICS[score.metric].label} {written(score.value)}" for score in scores if score]
    return f"{target.name.replace('_', ' ')}\n{', '.join(figures)}"
