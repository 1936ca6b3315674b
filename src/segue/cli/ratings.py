"""``segue evaluate ratings``: how well plays that were held out are predicted by neighbours."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads it)
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.session import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from segue.cli.session import Session
    from segue.evaluation.intervals import Interval
    from segue.evaluation.ratings import RatingsReport


def ratings(
    session: Session,
    *,
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            metavar="PATH",
            help="A listening history with counts, as `segue import history` takes it.",
            show_default=False,
        ),
    ],
    neighbours: Annotated[
        int, typer.Option("--neighbours", "-k", metavar="N", min=1, help="Most neighbours asked.")
    ] = 40,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Which plays are held out.")
    ] = 42,
) -> None:
    """Judge graded ratings: counts of plays, held out, predicted from the most similar pieces.

    A rating is how much more often than usual a listener plays something. A fifth of the pieces of
    everybody with ten or more is held out. Beside the neighbours stand the baseline and the mean.
    Nothing of the catalogue changes, and none is needed.
    """
    from segue.evaluation.plays import Counts
    from segue.evaluation.ratings import judge
    from segue.sources.history import read_history

    path = data.expanduser()
    with session.meter() as on_progress:
        on_progress(0, None, f"reading {path.name}")
        counts = Counts.of(read_history(path))
        report = judge(
            counts, source=path.name, neighbours=neighbours, seed=seed, on_progress=on_progress
        )
    session.answer(report, *_figures(report))


def _figures(report: RatingsReport) -> Iterator[RenderableType]:
    """The report line by line."""
    from rich.table import Table
    from rich.text import Text

    from segue.evaluation.ratings import METRICS

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    for _ in METRICS:
        grid.add_column(justify="right")
    grid.add_row("", *METRICS.values())
    for each in report.contenders:
        grid.add_row(Text(each.name), *(Text(_written(each.figures[metric])) for metric in METRICS))
    yield grid
    yield (
        f"Judged on {report.held_out:,} ratings held out of {report.listeners:,} listeners and"
        f" {report.items:,} pieces; {report.learned:,} were learned from"
        f" ({harmless(report.source)})."
    )
    if report.rejected:
        yield f"Rows left out: {report.rejected:,}."
    for note in report.notes:
        yield f"Note: {note}."


def _written(figure: Interval) -> str:
    if figure.low == figure.high:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f}–{figure.high:.3f})"
