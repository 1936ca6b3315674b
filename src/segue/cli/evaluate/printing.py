"""The table as a terminal shows it: one block of columns a question, the same rows in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.cli.session import harmless
from segue.evaluation.overview.columns import GROUPS
from segue.evaluation.overview.words import (
    PATTERNS,
    cell_text,
    explained,
    pattern_rows,
    rows_of,
    sentences,
    versus_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import RenderableType

    from segue.evaluation.overview.report import Evaluation


def shown(report: Evaluation, *, out: Path | None) -> Iterator[RenderableType]:
    """The report line by line."""
    for group in GROUPS:
        columns = [each for each in report.columns() if each.group == group]
        if not columns:
            continue
        yield group.upper()
        heads = ["", *(each.label for each in columns)]
        yield from _aligned(
            [
                heads,
                *(
                    [
                        harmless(method.name),
                        *(cell_text(report, each, method.name) for each in columns),
                    ]
                    for method in rows_of(report, columns)
                ),
            ]
        )
        yield ""
    if report.versus:
        yield "BALANCED BESIDE EVERY SPACE (playlists held out, paired)"
        yield from versus_text(report)
        yield ""
    if report.patterns:
        yield "WHO GETS THE ROWS"
        yield from _aligned([[harmless(cell) for cell in row] for row in pattern_rows(report)])
        yield PATTERNS
        yield ""
    yield explained(report)
    for sentence in sentences(report):
        yield harmless(sentence)
    if out is not None:
        yield f"Written to {out}: report.md, report.json, {len(report.pictures)} pictures."


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    """Rows of cells as lines, the first column to the left, the others below each other.

    Lines are as long as they are: a narrow terminal wraps them, and nothing is cut off.
    """
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        padded = [
            " " * (width - cell_len(cell)) + cell
            for width, cell in zip(widths[1:], cells, strict=True)
        ]
        yield "  ".join([name + " " * (widths[0] - cell_len(name)), *padded]).rstrip()
