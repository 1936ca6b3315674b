"""What axe-core finds on a page: faults that keep somebody out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# axe-core 4.14.1, MPL-2.0 (its licence lies beside it), from npm; used in tests only.
AXE = Path(__file__).parent / "browser" / "axe-4.14.1.min.js"
AXE_DIGEST = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Any, *, within: str = "html") -> list[str]:
    """Every fault of a page, or of a part of it, in a line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": RULES}}
    run = "([within, options]) => axe.run(within, options)"
    found = page.evaluate(run, [within, options])["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
