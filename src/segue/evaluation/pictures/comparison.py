"""Contenders beside each other: bars for every group and metric, and a table of all targets."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.findings import GROUP
from segue.evaluation.metrics import FIRST, METRICS
from segue.evaluation.pictures.style import (
    FAINT,
    INK,
    PIPELINES,
    ROLES,
    SOFT,
    blank,
    canvas,
)
from segue.evaluation.report import figure as written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from segue.attributes.targets import Group, Kind
    from segue.evaluation.findings import Score, Standing
    from segue.evaluation.report import AttributesReport
    from segue.types import Floats

    Colour = str | tuple[str, float]

_SHOWN = {
    "number": (("r2", "spearman", "mae", "rmse"),),
    "class": (
        ("accuracy", "balanced_accuracy", "f1_macro", "f1_weighted", "roc_auc"),
        (
            "precision_macro",
            "precision_weighted",
            "recall_macro",
            "recall_weighted",
            "log_loss",
        ),
    ),
}
"""Metrics by kind, in rows of panels."""

_LOWEST = -0.25
"""Where bars of figures below 0 are cut off."""

_NARROW = 6

BEHIND = 0.1
"""How far behind the best of its column a cell of the heatmap is as pale as can be."""


def bars(report: AttributesReport, kind: Kind) -> Figure:
    """A bar for every contender, group of this kind and metric, with its 95 % interval.

    Errors of a group of numbers are in standard deviations of their targets.
    """
    groups = [
        group
        for group in report.targets.groups
        if group.kind == kind and any(target.name in report.known for target in group.targets)
    ]
    standings = [each for each in report.standings if _speaks(report, each, groups)]
    shown = _SHOWN[kind]
    tall = 0.3 + len(shown) * (0.19 * len(standings) + 0.55)
    with canvas(0.65 + tall * len(groups), title=_title(report, "by group")) as figure:
        parts = figure.subfigures(len(groups), 1, squeeze=False)[:, 0]
        for group, part in zip(groups, parts, strict=True):
            part.suptitle(_named(group), x=0.008, ha="left", fontsize=9.5, fontweight="bold")
            panels = part.subplots(len(shown), len(shown[0]), squeeze=False, sharey=True)
            for name, axes in zip(chain(*shown), panels.ravel(), strict=True):
                _bars(axes, report, group, name, standings)
        _key(figure, standings)
    return figure


def _bars(
    axes: Axes, report: AttributesReport, group: Group, name: str, standings: list[Standing]
) -> None:
    """One panel: the figures as bars, and as numbers at the right."""
    scores = [_group_score(report, each, group, name) for each in standings]
    colours = _colours(standings)
    metric = METRICS[name]
    values = np.array([np.nan if each is None else each.value for each in scores])
    places = np.arange(len(standings))
    axes.barh(places, np.maximum(np.nan_to_num(values), _LOWEST), color=colours, height=0.72)
    for place, score in enumerate(scores):
        if score is None or not np.isfinite(score.low):
            continue
        ends = np.maximum([score.low, score.high], _LOWEST)
        axes.plot(ends, [place, place], color=INK, lw=1.0, solid_capstyle="butt")
    top = (
        1.0
        if metric.better > 0
        else max(
            1e-9, float(np.nanmax([each.high for each in scores if each is not None], initial=0.0))
        )
    )
    bottom = min(0.0, float(np.nanmin(np.maximum(values, _LOWEST), initial=0.0)))
    # A margin at the right for the numbers.
    axes.set_xlim(bottom, top + 0.3 * (top - bottom))
    best = _best(values, metric.better)
    for place, value in enumerate(values):
        axes.text(
            1.0,
            place,
            written(float(value)),
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=7.5,
            fontweight="bold" if place in best else "normal",
        )
    axes.set_yticks(places, _names(standings))
    axes.set_ylim(len(standings) - 0.4, -0.6)
    axes.tick_params(length=0)
    axes.set_xticks([0, top / 2, top], ["0", f"{top / 2:.2g}", f"{top:.2g}"])
    unit = " (deviations)" if metric.unit else ""
    arrow = " ←" if metric.better < 0 else " →"
    axes.set_title(f"{metric.label}{unit}{arrow}")
    axes.grid(axis="x", color=FAINT, lw=0.5)
    axes.set_axisbelow(True)


def heatmap(report: AttributesReport) -> Figure:
    """Contenders by targets: the first metric of each kind, paler the further behind the best."""
    kinds = [kind for kind in FIRST if _targets(report, kind)]
    widths = [len(_targets(report, kind)) for kind in kinds]
    standings = list(report.standings)
    lowest = max((len(name) for kind in kinds for name in _targets(report, kind)), default=1)
    height = 1.1 + 0.27 * len(standings) + 0.055 * lowest
    with canvas(height, title=_title(report, "by target")) as figure:
        # Few targets leave room at the right instead of wide cells.
        left = [_NARROW - sum(widths)] if sum(widths) < _NARROW else []
        panels = figure.subplots(
            1, len([*kinds, *left]), squeeze=False, width_ratios=widths + left, sharey=True
        )
        if left:
            blank(panels[0][-1])
        for kind, axes in zip(kinds, panels[0], strict=False):
            _cells(axes, report, FIRST[kind], _targets(report, kind), standings)
        panels[0][0].set_yticks(range(len(standings)), _names(standings))
        figure.supxlabel(
            f"Bold: the best of its column. The paler, the further behind it: {BEHIND:g} and more "
            "is white",
            fontsize=8,
            color=SOFT,
        )
    return figure


def _cells(
    axes: Axes, report: AttributesReport, name: str, targets: list[str], standings: list[Standing]
) -> None:
    """One panel of the heatmap."""
    values = np.full((len(standings), len(targets)), np.nan)
    for row, standing in enumerate(standings):
        for column, target in enumerate(targets):
            score = report.score(standing, target, name)
            values[row, column] = np.nan if score is None else score.value
    best = np.nanmax(np.where(np.isnan(values), -np.inf, values), axis=0)
    warmth = np.clip(1 - (best - values) / BEHIND, 0, 1)
    axes.imshow(
        np.where(warmth > 0, warmth, np.nan), cmap="Blues", vmin=0, vmax=1.25, aspect="auto"
    )
    for row, column in np.ndindex(*values.shape):
        value = values[row, column]
        axes.text(
            column,
            row,
            written(float(value)),
            ha="center",
            va="center",
            fontsize=8.5,
            color="white" if warmth[row, column] > 0.75 else INK,
            fontweight="bold" if value == best[column] else "normal",
        )
    named = [target.replace("_", " ") for target in targets]
    axes.set_xticks(range(len(targets)), named, rotation=30, ha="left", rotation_mode="anchor")
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(METRICS[name].label, fontweight="bold")


def _targets(report: AttributesReport, kind: str) -> list[str]:
    """Names of the judged targets of a kind."""
    return [
        each.name
        for each in report.targets.targets
        if each.kind == kind and each.name in report.known
    ]


def _group_score(
    report: AttributesReport, standing: Standing, group: Group, name: str
) -> Score | None:
    """The score of a whole group."""
    named = (standing.model, standing.pipeline, group.name, GROUP, name)
    for each in report.scores:
        if (each.model, each.pipeline, each.group, each.target, each.metric) == named:
            return each
    return None


def _speaks(report: AttributesReport, standing: Standing, groups: list[Group]) -> bool:
    """Whether a contender says something of one of these groups."""
    return any(
        _group_score(report, standing, group, FIRST[group.kind]) is not None for group in groups
    )


def _names(standings: list[Standing]) -> list[str]:
    """What contenders are called at an axis; with the pipeline where there are several."""
    several = len({each.pipeline for each in standings}) > 1
    return [f"{each.model}, {each.pipeline}" if several else each.model for each in standings]


def _key(figure: Figure, standings: list[Standing]) -> None:
    """What the colours mean, and the thin lines."""
    from matplotlib.patches import Patch

    several = len({each.pipeline for each in standings}) > 1
    named: dict[str, Colour] = {}
    for each, colour in zip(standings, _colours(standings), strict=True):
        named.setdefault(
            each.pipeline if several and each.role != "baseline" else each.role, colour
        )
    handles = [Patch(color=colour, label=name) for name, colour in named.items()]
    figure.legend(handles=handles, loc="outside lower right", ncols=len(handles), fontsize=8)
    figure.supxlabel(
        "Lines: 95 % interval. Bold: the best.", fontsize=8, color=SOFT, x=0.01, ha="left"
    )


def _colours(standings: list[Standing]) -> list[Colour]:
    """By pipeline where there are several, members paler; else by role."""
    pipelines = list(dict.fromkeys(each.pipeline for each in standings))
    if len(pipelines) == 1:
        return [ROLES[each.role] for each in standings]
    return [
        ROLES["baseline"]
        if each.role == "baseline"
        else (
            PIPELINES[pipelines.index(each.pipeline) % len(PIPELINES)],
            1.0 if each.role == "model" else 0.5,
        )
        for each in standings
    ]


def _best(values: Floats, better: int) -> set[int]:
    """Places of the best values as they are written."""
    there = np.isfinite(values)
    if not better or not there.any():
        return set()
    best = (values[there] * better).max() * better
    return {
        place for place, value in enumerate(values) if written(float(value)) == written(float(best))
    }


def _named(group: Group) -> str:
    """A group and its targets."""
    names = [target.name.replace("_", " ") for target in group.targets]
    return group.name if names == [group.name] else f"{group.name}: {', '.join(names)}"


def _title(report: AttributesReport, how: str) -> str:
    """What is compared, on what."""
    folds = f", mean of {report.folds} folds" if report.folds else ""
    return f"{report.name} {how}: {report.rows:,} tracks{folds}"
