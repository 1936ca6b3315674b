"""How good a model of attributes is, for people: a row a target, then what a reader has to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from segue.cli.session import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from segue.evaluation.report import AttributesReport


def figures(report: AttributesReport) -> Iterator[RenderableType]:
    """The report line by line."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    rows = report.table()
    for place in range(max(map(len, rows), default=0)):
        grid.add_column(no_wrap=place < 3, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(harmless(cell)) for cell in row))
    yield grid
    by = "" if report.artists is None else f" by {report.artists:,} artists"
    how = f", each by what was learned without it ({report.folds} folds)" if report.folds else ""
    yield f"Judged on {report.rows:,} tracks{by} of {report.source}{how}."
    for note in report.notes:
        yield f"Note: {harmless(note)}."
