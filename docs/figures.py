"""Keep every figure in the documents equal to the measurement it quotes.

A figure in a document is a number with a comment behind it that names its source::

    median 0.43<!-- figure hybrid query.median_ms --> ms

means ``figures["query"]["median_ms"]`` of ``benchmarks/results/hybrid.json``, shown with as many
digits after the point as stand there, and with a minus sign (−) where it is below 0. What has not
been measured yet is written in question marks, ``?.??``, and stays so while it is not there.
``python docs/figures.py`` rewrites the numbers; a test fails while one differs, or waits.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS = REPOSITORY / "benchmarks" / "results"
FIGURE = re.compile(
    r"(?P<number>(?P<waits>\?(?:\.(?P<places>\?+))?)|−?\d[\d,]*(?:\.(?P<digits>\d+))?)"
    r"(?P<mark><!-- figure (?P<file>\w+) (?P<key>[^>]+?) -->)"
)


@cache
def _figures(name: str) -> dict[str, Any]:
    path = RESULTS / f"{name}.json"
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return figures


def _value(name: str, key: str) -> float:
    """The figure at a path; names may hold points, and the longest that fits is meant."""
    value: Any = _figures(name)
    rest = key
    while rest:
        if isinstance(value, list):
            word = rest.partition(".")[0]
            value = value[int(word)]
        else:
            fitting = [each for each in value if f"{rest}.".startswith(f"{each}.")]
            if not fitting:
                raise KeyError(f"{key} in {name}.json")
            word = max(fitting, key=len)
            value = value[word]
        rest = rest[len(word) + 1 :]
    return float(value)


def updated(text: str) -> str:
    """`text` with every marked figure as its measurement has it."""

    def replace(found: re.Match[str]) -> str:
        digits = len(found["digits"] or found["places"] or "")
        try:
            value = _value(found["file"], found["key"])
        except (FileNotFoundError, KeyError):
            if found["waits"]:
                return found[0]
            raise
        return f"{value:,.{digits}f}{found['mark']}".replace("-", "−", value < 0)

    return FIGURE.sub(replace, text)


def documents() -> list[Path]:
    """Every document that may quote a figure."""
    return [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


def main() -> None:
    """Rewrite the figures of all documents in place; say which changed."""
    for path in documents():
        old = path.read_text(encoding="utf-8")
        new = updated(old)
        if new != old:
            path.write_text(new, encoding="utf-8")
            print(f"updated {path.relative_to(REPOSITORY)}", file=sys.stderr)


if __name__ == "__main__":
    main()
