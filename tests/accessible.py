"""What axe-core finds on a page: faults that keep somebody out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# axe-core 4.14.1, MPL-2.0 (its licence lies beside it), from npm; used in tests only.
AXE = Path(__file__).parent / "browser" / "axe-4.14.1.min.js"
AXE_DIGEST = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


LOOKS = (
    "color-contrast",
    "link-in-text-block",
    "meta-viewport",
    "scrollable-region-focusable",
    "target-size",
)
"""Rules whose outcome depends on the window and the colours; the others read what is written."""


def violations(page: Any, *, within: str = "html", looks: bool = False) -> list[str]:
    """Every fault of a page, or of a part of it, in a line each; `looks` alone asks `LOOKS`."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    only = {"type": "rule", "values": LOOKS} if looks else {"type": "tag", "values": RULES}
    options = {"runOnly": only, "resultTypes": ["violations"], "preload": False}
    run = "([within, options]) => axe.run(within, options)"
    found = page.evaluate(run, [within, options])["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
