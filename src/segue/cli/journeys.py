"""Journeys as tables and sentences for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from segue.cli.render import GAP, lens_of
from segue.cli.session import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from segue.records import Journey, Smoothness


def journey(found: Journey) -> Iterator[RenderableType]:
    """Tracks in order, each with how it follows and why, then how the whole runs."""
    from segue.recommend.journey.telling import said

    grid = Table.grid(padding=GAP)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    for step in found:
        what = Text(harmless(step.track.name), style="bold")
        if step.versions:
            what.append(f" (and {len(step.versions)} more of it)", style="dim")
        lines = [said(step), "" if step.reasons is None else step.reasons.sentence]
        for line in lines:
            if line:
                what.append(f"\n{harmless(line)}", style="not bold")
        jump = "" if step.jump is None else f"{step.jump:.2g}"
        grid.add_row(Text(str(step.place)), what, Text(jump))
    yield grid
    yield ""
    yield lens_of(found)
    if found.origin:
        yield f"{found.origin}."
    if found.largest is not None:
        asked = "" if found.bound is None else f" (asked for {found.bound:.2g} at most)"
        share = "the share of random pairs that are more alike"
        yield f"Largest jump: {found.largest:.2g}{asked}, {share}."
    if found.smoothness is not None and found.before is not None:
        yield f"Now {_runs(found.smoothness)}; as given {_runs(found.before)}."
    for note in found.notes:
        yield f"{note}."


def _runs(smooth: Smoothness) -> str:
    parts = []
    if smooth.tempo is not None:
        parts.append(f"{100 * (2.0**smooth.tempo - 1):.0f} % of tempo")
    if smooth.key is not None:
        parts.append(f"{smooth.key:.1f} steps in key")
    if smooth.jump is not None:
        parts.append(f"jumps of {smooth.jump:.2g}")
    if smooth.arc is not None:
        parts.append(f"energy {smooth.arc:.2f} off the arc")
    return ", ".join(parts) or "nothing is known of it"
