"""Tables of pages that are written from measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table; a bar in a cell does not end it."""
    rows = [heads, ["---"] * len(heads), *lines]
    cells = ([each.replace("|", "\\|") for each in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)
