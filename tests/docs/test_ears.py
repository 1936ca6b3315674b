"""The page about networks that hear is that of the committed measurement, with its pictures."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MEASURED = REPOSITORY / "benchmarks" / "results" / "ears.json"
PAGE = REPOSITORY / "docs" / "ears.md"


@pytest.mark.skipif(MEASURED.exists(), reason="it has been measured")
def test_there_is_no_page_without_a_measurement() -> None:
    assert not PAGE.exists()


@pytest.mark.skipif(not MEASURED.exists(), reason="benchmarks/results/ears.json is not there")
def test_every_method_and_picture_of_the_measurement_is_on_the_page() -> None:
    from segue.evaluation.ears_goals import goals

    figures = json.loads(MEASURED.read_text(encoding="utf-8"))["figures"]
    text = PAGE.read_text(encoding="utf-8")
    for each in figures["methods"].values():
        assert each["label"] in text
    for about, asked, reached, _ in goals(figures):
        assert f"| {about} | {asked} | {reached} |" in text
    shown = re.findall(r"\]\((pictures/[^)]+)\)", text)
    assert shown == [f"pictures/{name}" for name in figures.get("pictures", ())]
    for name in shown:
        assert (PAGE.parent / name).stat().st_size < 300_000
