"""The page says what the reports hold, and never mixes audio with tables."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from contest import report
from segue.errors import BadFileError
from segue.evaluation.findings import Importance
from segue.evaluation.page import page
from segue.evaluation.report import figure

HEARD = "descriptors 2, 30 s, decoding 1"


def test_every_headline_figure_of_the_json_stands_on_the_page() -> None:
    document = report().to_json()
    text = page([document])
    for target, figures in document["figures"].items():
        for name in ("r2", "accuracy"):
            if name in figures and not target.startswith("group"):
                row = re.search(rf"^\| {target} \|.*$", text, flags=re.MULTILINE)
                assert f"**{figure(figures[name])}**" in row[0]


def test_audio_and_tables_have_sections_of_their_own() -> None:
    text = page([report().to_json(), report(inputs=HEARD).to_json()])
    heard, tabled = re.findall(r"^## .*$", text, flags=re.MULTILINE)
    assert heard == "## contest, heard in audio"
    assert tabled == "## contest, from the numbers of a table: a benchmark of the machinery"
    before, after = text.split(tabled)
    assert HEARD in before
    assert HEARD not in after


def test_goals_are_told_as_reached_or_missed() -> None:
    text = page([report().to_json()])
    assert "0.5, reached" in text
    assert re.search(r"0\.99, missed by 0\.\d{3}", text)
    assert re.search(r"- key: accuracy 0\.\d{3} where 0\.99 was the goal\.", text)


def test_what_falls_short_is_listed() -> None:
    text = page([report().to_json()])
    short = text.partition("what falls short")[2]
    assert "does not beat its best member on key (sharp by" in short
    assert "In 3 tracks bright is unknown" in short
    narrow = replace(
        report(),
        scores=tuple(
            replace(each, value=0.7) if each.metric == "coverage_top" else each
            for each in report().scores
        ),
    )
    told = page([narrow.to_json()])
    assert (
        "Of the top quarter, intervals hold less than the 90 % they were made for: bright 70 %"
        in told
    )
    fine = replace(report(), notes=(), goals=None, promised=None)
    assert page([fine.to_json()]).endswith("- Nothing that was looked for.\n")


def test_one_model_on_several_pipelines_stands_side_by_side() -> None:
    other = replace(
        report(),
        standings=tuple(replace(each, pipeline="mfcc") for each in report().standings),
        scores=tuple(replace(each, pipeline="mfcc") for each in report().scores),
    )
    text = page([report().to_json(), other.to_json()])
    assert len(re.findall(r"^## ", text, flags=re.MULTILINE)) == 1
    assert "| target | metric | columns | mfcc |" in text


def test_tables_are_whole() -> None:
    listened = (Importance("columns", "loud", "a|b", "r2", 0.2, 0.0, 3),)
    drawn = ("contest-heatmap.png", "contest-residuals.png")
    text = page(
        [replace(report(), importances=listened, pictures=drawn).to_json()], made="<!-- x -->"
    )
    assert "| loud | columns | R² | a\\|b 0.200 |" in text
    assert "![All contenders and targets](pictures/contest-heatmap.png)" in text
    assert text.startswith("# How well attributes are known\n\n<!-- x -->\n\n")
    for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        bars = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(bars) == 1
    assert not re.search(r"\bnan\b|None", text)


def test_what_is_no_report_is_refused() -> None:
    with pytest.raises(BadFileError, match="no report about attributes"):
        page([{"figures": {}}])
