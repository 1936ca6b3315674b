"""The report about spaces of sound: who is ahead, who is missing, and what a reader has to know."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from segue.evaluation.audio import COLUMNS, Contender, compare
from segue.evaluation.retrieval import METRICS, Gallery, cosines

RNG = np.random.default_rng(3)
CENTRES = RNG.normal(size=(30, 6))[np.arange(120) // 4]
GALLERY = Gallery(
    [f"artist {row // 4}" for row in range(120)],
    [f"genre {row // 40}" for row in range(120)],
    draws=200,
)
NEAR, FAR = (cosines(CENTRES + noise * RNG.normal(size=(120, 6))) for noise in (0.5, 1.5))
ROWS = np.arange(0, 120, 10)
CONTENDERS = (
    Contender("descriptors", "space", FAR, altered={"louder": FAR[ROWS]}),
    Contender(
        "sound", "space", NEAR, flattered="it learned from them", altered={"louder": FAR[ROWS]}
    ),
    Contender("random", "chance", RNG.uniform(size=(120, 120))),
    Contender("bliss", "baseline", missing="bliss-audio is not installed"),
)


@pytest.fixture(scope="module")
def report():
    return compare(CONTENDERS, GALLERY, source="a toy", heard_again=ROWS)


def test_who_is_ahead_is_told_against_the_descriptors(report) -> None:
    standings = {each.name: each for each in report.standings}
    assert report.reference == "descriptors"
    assert standings["descriptors"].ahead == {}
    assert standings["sound"].ahead["artist_map"].low > 0
    assert standings["random"].ahead["artist_map"].high < 0


def test_what_alteration_keeps_is_told_by_name(report) -> None:
    standings = {each.name: each for each in report.standings}
    assert standings["descriptors"].kept == {"louder": 1.0}
    assert 0 < standings["sound"].kept["louder"] < 1
    assert standings["random"].kept == {}
    assert report.heard_again == len(ROWS)


def test_whoever_is_missing_stands_there_with_the_reason(report) -> None:
    assert report.table()[-1] == ("bliss", "bliss-audio is not installed")
    assert report.to_json()["standings"][-1]["missing"] == "bliss-audio is not installed"


def test_training_on_the_same_tracks_and_few_queries_are_said() -> None:
    assert compare(CONTENDERS, GALLERY, source="", heard_again=ROWS).notes == (
        "sound is flattered: it learned from them",
    )
    few = Gallery(GALLERY.artists[:8], [""] * 8, draws=50)
    told = compare([Contender("x", "space", np.eye(8))], few, source="").notes
    assert told[0].startswith("Only 8 tracks ask for the artist")
    assert told[1].startswith("No track asks for its genre")
    narrow = Gallery([*"aabbbbcccccccc"], [*"xxxxyyyyyyyyyy"], draws=50)
    told = compare([Contender("x", "space", np.eye(14))], narrow, source="").notes
    assert any(note.startswith("No space could reach more than 0.3") for note in told)


def test_json_and_csv_hold_every_figure(report) -> None:
    document = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert document["kind"] == "audio report"
    assert document["queries"] == dict.fromkeys(METRICS, 120)
    rows = list(csv.DictReader(io.StringIO(report.csv())))
    assert tuple(rows[0]) == COLUMNS
    said = {(row["method"], row["metric"]): row for row in rows}
    for each in document["standings"]:
        for metric, figure in each["figures"].items():
            assert float(said[each["name"], metric]["value"]) == figure["value"]
    assert said["sound", "kept_louder"]["value"]
    assert ("bliss", "hubness") not in said


def test_the_table_has_a_column_for_every_head(report) -> None:
    heads, *rows = report.table()
    assert heads[1:5] == tuple(METRICS.values())
    assert {len(row) for row in rows} == {len(heads), 2}
    assert "–" in rows[0][2]


def test_without_the_descriptors_nobody_is_set_against_another() -> None:
    report = compare(CONTENDERS[1:3], GALLERY, source="")
    assert report.reference == ""
    assert all(each.ahead == {} for each in report.standings)
