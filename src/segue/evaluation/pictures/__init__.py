"""Pictures of a report: who is how good, where predictions go wrong, and what a model listens to.

`draw` writes all of a report. Each picture is also a function that gives a matplotlib `Figure`,
made without the state of pyplot, so that nothing here touches a figure of the caller's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

    from segue.attributes.model import Predictions
    from segue.evaluation.report import AttributesReport
    from segue.types import Floats


def draw(
    report: AttributesReport,
    folder: Path,
    *,
    stem: str = "attributes",
    truth: Mapping[str, Floats] | None = None,
    predicted: Predictions | None = None,
) -> tuple[str, ...]:
    """Write every picture there is something for.

    Parameters
    ----------
    report
        What is told.
    folder
        An existing folder.
    stem
        The beginning of the file names: ``attributes-heatmap.png``.
    truth, predicted
        True values by target, and what the report's main model said; pictures of single tracks
        (predicted against true, residuals) are drawn where both are given.

    Returns
    -------
    tuple of str
        Names of the files, in the order in which a page shows them.

    Raises
    ------
    UnavailableError
        matplotlib is not installed, or a file cannot be written.
    """
    from segue.evaluation.pictures.style import save

    names = []
    for name, figure in _made(report, truth or {}, predicted):
        names.append(f"{stem}-{name}.png")
        save(figure, folder / names[-1])
    return tuple(names)


def _made(
    report: AttributesReport, truth: Mapping[str, Floats], predicted: Predictions | None
) -> Iterator[tuple[str, Figure]]:
    """Every picture there is something for, with its name."""
    from segue.evaluation.pictures import classes, comparison, families, numbers

    known = {target.kind for target in report.targets.targets if target.name in report.known}
    yield "heatmap", comparison.heatmap(report)
    if "number" in known:
        yield "bars-numbers", comparison.bars(report, "number")
    if "class" in known:
        yield "bars-classes", comparison.bars(report, "class")
    if predicted is not None and set(truth) & set(predicted.numbers):
        yield "predicted", numbers.against(report, truth, predicted)
        yield "residuals", numbers.residuals(report, truth, predicted)
    if report.confusions:
        yield "confusion", classes.confusions(report)
    pipelines = list(dict.fromkeys(each.pipeline for each in report.importances))
    for pipeline in pipelines:
        name = f"importance-{pipeline}" if len(pipelines) > 1 else "importance"
        yield name, families.importances(report, pipeline=pipeline)
