"""How good spaces of sound are, for people: a row a contender, then what a reader has to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from segue.audio.altering import ALTERATIONS
from segue.cli.session import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from segue.evaluation.audio import AudioReport

_EXPLAINED = (
    "artist: share of the nearest that are by the same artist; genre: of the same genre, with the"
    " artist's own taken out; in brackets the 95 % interval. hubs: how unevenly tracks are found,"
    " 0 is even."
)


def figures(report: AudioReport) -> Iterator[RenderableType]:
    """The report line by line."""
    heads, *rows = report.table()
    grid = Table.grid(padding=(0, 2, 0, 0))
    for place in range(len(heads)):
        # Figures with an interval may take two lines where the terminal is narrow.
        alone = not any("(" in row[place] for row in rows if len(row) == len(heads))
        grid.add_column(no_wrap=alone, justify="left" if place == 0 else "right")
    grid.add_row(*heads)
    for row in rows:
        if len(row) == len(heads):
            grid.add_row(*(Text(harmless(cell)) for cell in row))
    yield grid
    for row in rows:
        if len(row) < len(heads):
            yield f"{row[0]}: {harmless(row[1])}."
    asking = report.queries
    yield (
        f"Judged on {report.tracks:,} tracks of {report.source}:"
        f" {asking.get('artist_precision_10', 0):,} ask for their artist (of {report.artists:,}),"
        f" {asking.get('genre_precision_10', 0):,} for their genre (of {report.genres:,})."
    )
    yield _EXPLAINED
    if report.heard_again:
        how = ", ".join(ALTERATIONS.values())
        yield (
            f"kept: share of ten neighbours that {report.heard_again:,} tracks keep when they are"
            f" {how}; the worst of these."
        )
    for note in report.notes:
        yield f"Note: {harmless(note)}."
