"""What a model listens to, target by target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.metrics import METRICS
from segue.evaluation.pictures.style import BLUE, FAINT, INK, blank, canvas, grid_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from segue.evaluation.findings import Importance
    from segue.evaluation.report import AttributesReport

FAMILIES = 16
"""Most families a panel shows; those that matter least over all targets are left out."""


def importances(report: AttributesReport, *, pipeline: str | None = None) -> Figure:
    """How much the first metric falls when a family is shuffled; lines: between shufflings.

    Parameters
    ----------
    report
        With importances.
    pipeline
        Whose; the first one there is unless named.
    """
    pipeline = report.importances[0].pipeline if pipeline is None else pipeline
    found = {
        (each.target, each.family): each for each in report.importances if each.pipeline == pipeline
    }
    targets = list(dict.fromkeys(target for target, _ in found))
    families = _ordered(found, targets)
    rows, columns = grid_of(len(targets))
    tall = 0.5 + rows * (0.5 + 0.165 * len(families))
    title = "how much worse it is without a family of features"
    with canvas(tall, title=f"{report.main.model}: {title}") as figure:
        axes = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        places = np.arange(len(families))
        for target, each in zip(targets, axes, strict=False):
            falls = [found[target, family] for family in families]
            values = np.array([fall.value for fall in falls])
            each.barh(places, values, color=BLUE, height=0.7)
            spread = np.array([fall.deviation for fall in falls])
            each.hlines(places, values - spread, values + spread, color=INK, lw=0.9)
            each.axvline(0, color=INK, lw=0.7)
            each.set_title(f"{target.replace('_', ' ')} ({METRICS[falls[0].metric].label})")
            each.set_yticks(places, families)
            each.set_ylim(len(families) - 0.4, -0.6)
            each.locator_params(axis="x", nbins=4)
            each.tick_params(length=0)
            each.grid(axis="x", color=FAINT, lw=0.5)
            each.set_axisbelow(True)
        for each in axes[len(targets) :]:
            blank(each)
    return figure


def _ordered(found: Mapping[tuple[str, str], Importance], targets: list[str]) -> list[str]:
    """Families by what they matter: the mean over targets of their share of the largest fall."""
    families = list(dict.fromkeys(family for _, family in found))
    falls = np.array([[found[target, family].value for family in families] for target in targets])
    shares = falls / np.maximum(1e-9, np.abs(falls).max(axis=1, keepdims=True))
    order = np.argsort(-shares.mean(axis=0), kind="stable")
    return [families[place] for place in order[:FAMILIES].tolist()]
