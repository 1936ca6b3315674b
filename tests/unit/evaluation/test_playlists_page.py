"""The page about continuing playlists, and the report it is written from."""

from __future__ import annotations

import json

import numpy as np
import pytest

from segue.evaluation.continuation import Found
from segue.evaluation.continuation_report import ContinuationReport
from segue.evaluation.playlists_page import page


@pytest.fixture(scope="module")
def report():
    rng = np.random.default_rng(1)
    methods = {}
    for name, luck in (("popularity", 0), ("plain", 1), ("balanced", 4)):
        found = Found()
        for _ in range(40):
            hidden = rng.choice(50, size=6, replace=False)
            others = rng.permutation(np.setdiff1d(np.arange(50), hidden))
            found.add(np.concatenate([hidden[:luck], others]), hidden)
        methods[name] = found
    return ContinuationReport(
        source="the others",
        learned_from="some",
        playlists=9,
        entries=99,
        tracks=50,
        counts=np.arange(50),
        found={"half": methods},
        asked={"half": 40},
        unanswered={"half": dict.fromkeys(methods, 0)},
        seed=42,
        seconds=1.0,
        notes=("a note",),
    )


def test_a_report_holds_every_figure_with_its_interval_and_differences(report):
    told = json.loads(json.dumps(report.to_json()))
    half = told["scenarios"]["half"]
    best = half["methods"]["balanced"]["metrics"]["r_precision"]
    assert best == {"value": pytest.approx(4 / 6), "low": best["low"], "high": best["high"]}
    apart = half["against_plain"]["balanced"]["r_precision"]
    assert apart["value"] == pytest.approx(0.5)
    assert apart["ratio"] == pytest.approx(4.0)
    assert half["against_plain"]["popularity"]["r_precision"]["ratio"] == 0
    rows = report.table("half")
    assert [row[0] for row in rows] == ["method", "popularity", "plain", "balanced"]
    assert {len(row) for row in rows} == {10}


def test_a_page_says_what_was_reached_and_what_was_not_measured(report):
    text = page({"trial": report.to_json()})
    assert "| half as seeds: the lens 1.03 × the plain blend | yes | balanced 4.000 ×" in text
    assert "| 5 as seeds: the lens 1.03 × the plain blend | not measured |" in text
    assert "### Half of the tracks are seeds (40 playlists)" in text
    assert "Note: a note." in text
    cold = {
        "hidden_tracks": 10,
        "tracks": 100,
        "playlists": 7,
        "placed": {"factors": 0.9},
        "recall_500": {
            among: {
                "chance": 0.01,
                "factors": {"value": 0.2, "low": 0.1, "high": 0.3},
                "popularity": {"value": 0.0, "low": 0.0, "high": 0.0},
            }
            for among in ("all", "hidden")
        },
    }
    text = page({"cold": cold})
    assert "content 5 × popularity | yes | factors 20.0 × chance (0.010)" in text
    assert "| factors | 90% | 0.2000 (0.1000–0.3000) |" in text


def test_without_a_measurement_every_goal_says_so():
    text = page({})
    assert text.count("not measured") == 7
