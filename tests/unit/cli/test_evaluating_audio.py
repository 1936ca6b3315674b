"""``segue evaluate audio``: on a folder, on the catalogue, and what makes no sense."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

import artists
from segue.cli.main import run
from segue.evaluation.retrieval import METRICS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four artists with two tracks each, in two genres."""
    return artists.library(tmp_path_factory.mktemp("music"), artists=4, tracks=2, seconds=2.0)


@pytest.fixture
def quiet(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder where nothing is cached."""
    monkeypatch.setenv("SEGUE_CACHE_MEGABYTES", "0")
    return here


def test_a_folder_is_judged_and_no_catalogue_is_made(
    quiet: Path, music: Path, ask, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ask(
        *("evaluate", "audio", "--folder", music, "--jobs", "1", "--csv", "figures.csv"),
        *("--database", "none.db"),
    )
    assert told["kind"] == "audio report"
    assert (told["tracks"], told["artists"], told["genres"]) == (8, 4, 2)
    assert told["queries"] == dict.fromkeys(METRICS, 8)
    with (quiet / "figures.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["method"] for row in rows} >= {"descriptors", "raw MFCC", "random"}
    assert not (quiet / "none.db").exists()


def test_the_catalogue_is_judged_and_people_can_read_it(
    quiet: Path, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["analyse", str(music), "--quick", "--jobs", "1", "--database", "my.db"]) == 0
    capsys.readouterr()
    words = ["evaluate", "audio", "--tracks", "6", "--jobs", "1", "--database", "my.db"]
    assert run(words) == 0
    said = capsys.readouterr().out
    heads, first, *_ = said.splitlines()
    assert all(label in heads for label in METRICS.values())
    assert first.startswith("descriptors ")
    assert "Judged on 6 tracks of the catalogue" in said
    assert "Note: 6 of 8 tracks are judged." in said
    assert "bliss: bliss-audio " in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--table", "x.csv"), "none is named"),
        (("--models", "x"), "none is named"),
        (("--folder", "nowhere"), "nowhere"),
        (("--folder", ".", "--table", "no.csv"), "no.csv"),
        (("--database", "none.db"), "none.db"),
        (("--folder", ".", "--csv", "no/where.csv"), "where.csv"),
    ],
)
def test_what_makes_no_sense_is_refused(quiet: Path, refused, words: tuple, said: str) -> None:
    assert said in refused("evaluate", "audio", *words)
