"""A report as JSON, as CSV, in the terminal, and several as one."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from contest import report
from segue.errors import BadFileError
from segue.evaluation.findings import Margin
from segue.evaluation.report import (
    COLUMNS,
    AttributesReport,
    compared,
    figure,
    together,
    written,
)


def test_json_gives_the_report_back() -> None:
    document = json.loads(json.dumps(report().to_json(), allow_nan=False))
    again = AttributesReport.from_json(document)
    assert again.to_json() == document
    assert again.targets == report().targets
    assert again.standings == report().standings
    assert again.goals == {"bright": 0.5, "key": 0.99}


def test_json_holds_the_figures_of_the_main_model_at_hand() -> None:
    document = report().to_json()
    score = report().score(report().main, "loud", "r2")
    assert document["figures"]["loud"]["r2"] == round(score.value, 6)
    assert "coverage" in document["figures"]["bright"]
    assert "accuracy" in document["figures"]["group key-mode"]


@pytest.mark.parametrize("document", [{}, {"kind": "attributes report", "format": 99}])
def test_another_document_is_refused(document: dict) -> None:
    with pytest.raises(BadFileError, match="no report about attributes that this version can"):
        AttributesReport.from_json(document)


def test_csv_has_a_row_for_every_score() -> None:
    rows = list(csv.DictReader(io.StringIO(report().csv())))
    assert len(rows) == len(report().scores)
    assert tuple(rows[0]) == COLUMNS
    found = {(row["model"], row["target"], row["metric"]): row for row in rows}
    score = report().score(report().main, "key", "accuracy")
    assert float(found["stack", "key", "accuracy"]["value"]) == round(score.value, 6)
    assert found["stack", "key", "accuracy"]["folds"] == "5"
    assert found["mean", "loud", "spearman"]["low"] == ""
    assert len(written((report(), report())).splitlines()) == 2 * len(rows) + 1


def test_the_terminal_shows_a_row_a_target() -> None:
    table = report().table()
    assert [row[0] for row in table] == ["bright", "loud", "key", "mode"]
    assert len({len(row) for row in table}) == 1
    assert table[1][1].startswith("R² 0.9")
    assert "ahead of sharp" in table[1][4]
    assert "coverage" in table[0][3]
    assert "macro F1" in table[2][3]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.123"),
        (-0.0001, "0.000"),
        (-1.5, "−1.500"),
        (38.26, "38.3"),
        (float("nan"), "–"),
    ],
)
def test_figures_have_few_digits(value: float, text: str) -> None:
    assert figure(value) == text


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((0.02, 0.01, 0.03), "0.020 ahead of svm (0.010 to 0.030)"),
        ((-0.02, -0.03, -0.01), "0.020 behind svm (−0.030 to −0.010)"),
        ((0.02, -0.01, 0.05), "level with svm: 0.020 (−0.010 to 0.050)"),
    ],
)
def test_a_margin_is_told_with_how_sure_it_is(ends: tuple, words: str) -> None:
    names = ("stack", "both", "svm", "both", "member", "group", "energy", "r2")
    assert compared(Margin(*names, *ends)) == words


def test_one_model_on_several_pipelines_is_one_report() -> None:
    first = report()
    other = replace(
        first,
        standings=tuple(replace(each, pipeline="mfcc") for each in first.standings),
        scores=tuple(
            replace(each, pipeline="mfcc", value=each.value - (each.model != "mean") * 0.1)
            for each in first.scores
        ),
        margins=tuple(replace(each, pipeline="mfcc") for each in first.margins),
        goals={"loud": 0.7},
        notes=("Another note",),
    )
    both = together([first, other])
    assert both.main == first.main
    assert [each.pipeline for each in both.standings] == ["columns"] * 4 + ["mfcc"] * 3
    assert both.goals == {"bright": 0.5, "key": 0.99, "loud": 0.7}
    assert both.notes == (*first.notes, "Another note")
    assert together([first]) == first
