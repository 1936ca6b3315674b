"""``segue evaluate`` by itself: one table over a small catalogue."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pyarrow import parquet

import artists
import mixtapes
from segue.catalogue.database import open_database
from segue.catalogue.judgements import Drawn, answer
from segue.catalogue.judgements import ask as drawn
from segue.cli.evaluate import asking
from segue.cli.main import run
from segue.evaluation.overview.report import Evaluation
from segue.types import TrackId

if TYPE_CHECKING:
    from pathlib import Path

SMALL = asking.Samples(seeds=12, playlists=20, tracks=20, altered=0, exact=2, draws=50)

ABLATION = """
[[ablation]]
name = "words, any number by one artist"
lens = "text"
dials = { per_artist = 0, group = false }
"""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples small enough for a test."""
    monkeypatch.setattr(asking, "QUICK", SMALL)


@pytest.fixture(scope="module")
def listed(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with the table, and 130 playlists of other tracks."""
    place = tmp_path_factory.mktemp("listed")
    slices = mixtapes.slice_of(place / "lists.json", mixtapes.mixtapes(130, tracks=60))
    path = place / "segue.db"
    assert run(["import", "tracks", str(table), "--database", str(path), "--json"]) == 0
    assert run(["import", "playlists", str(slices), "--database", str(path), "--json"]) == 0
    return path


def test_lists_are_judged_without_playlists(catalogue, here, ask):
    (here / "mine.toml").write_text(ABLATION)
    told = ask(
        *("evaluate", "--quick", "--only", "lists,listeners", "--ablation", "mine.toml"),
        *("--out", "report", "--export", "--database", str(catalogue)),
    )
    names = {each["name"] for each in told["methods"]}
    assert {"random", "same-genre", "soundspan, restated", "attributes", "text", "hybrid"} <= names
    assert "words, any number by one artist" in names
    assert told["cells"]["coverage"]["random"]["low"] <= told["cells"]["coverage"]["random"]["high"]
    assert told["cells"]["recall_exact"]["text"]["value"] == 1.0
    assert {each["group"] for each in told["unasked"]} == {"beyond accuracy", "listeners"}
    shares = [each["slots"] for each in told["patterns"] if each["lens"] == "hybrid"]
    assert sum(shares) == pytest.approx(1)
    written = json.loads((here / "report" / "report.json").read_text(encoding="utf-8"))
    assert Evaluation.from_json(written).to_json() == written
    assert "evaluation-table.png" in (here / "report" / "report.md").read_text(encoding="utf-8")
    seeds = parquet.read_table(here / "report" / "splits" / "seeds.parquet")
    assert seeds.num_rows == SMALL.seeds


def test_who_gets_the_rows_is_shown(catalogue, capsys):
    lists = ("evaluate", "--quick", "--only", "lists", "--database", str(catalogue))
    capsys.readouterr()
    assert run(list(lists)) == 0
    shown = capsys.readouterr().out
    assert "WHO GETS THE ROWS" in shown
    lenses = {line.split()[0] for line in shown.partition("WHO GETS THE ROWS")[2].splitlines()[2:]
              if line.strip()}  # fmt: skip
    assert {"hybrid", "balanced"} <= lenses


def test_the_same_seed_tells_the_same(catalogue, ask):
    def measured() -> dict:
        told = ask(
            *("evaluate", "--quick", "--only", "lists", "--seed", "7"),
            *("--database", str(catalogue)),
        )
        timed = {"milliseconds"}
        return {name: cells for name, cells in told["cells"].items() if name not in timed}

    assert measured() == measured()


def test_playlists_are_held_out_of_the_catalogue(listed, here, ask):
    told = ask(
        *("evaluate", "--quick", "--only", "playlists", "--out", "report", "--export"),
        *("--database", str(listed)),
    )
    cells = told["cells"]["half_r_precision"]
    assert cells["together"]["value"] > cells["random"]["value"]
    assert {each["second"] for each in told["versus"]} >= {"together", "text"}
    assert told["sizes"]["playlists asked about"] == 20
    assert any(note.startswith("Playlists: 20 of the ") for note in told["notes"])
    page = (here / "report" / "report.md").read_text(encoding="utf-8")
    assert f"its R-precision is {cells['balanced, selected']['value']:.3f}" in page
    asked = parquet.read_table(here / "report" / "splits" / "playlists.parquet").to_pylist()
    assert len({one["playlist"] for one in asked}) == 20
    for one in asked:
        assert not set(one["seeds"]) & set(one["hidden"])


def test_only_the_tracks_heard_are_asked_for_sound(listed, here, ask, monkeypatch):
    monkeypatch.setattr(asking, "QUICK", replace(SMALL, tracks=21, altered=2))
    copy = here / "mine.db"
    copy.write_bytes(listed.read_bytes())
    music = artists.library(here / "music", artists=7, tracks=3, seconds=3.0)
    for words in (["train", "factors", "--factors", "8"], ["analyse", "--quick", str(music)]):
        assert run([*words, "--database", str(copy), "--json"]) == 0
    told = ask("evaluate", "--quick", "--only", "audio", "--database", str(copy))
    assert told["sizes"]["tracks"] == 24 + 60 + 21
    assert told["sizes"]["tracks heard"] == 21
    heard = {"descriptors", "sound", "audio", "raw MFCC", "mel statistics"}
    assert not [note for note in told["notes"] if note.partition(" was not")[0] in heard]
    for column in ("artist_hit_1", "kept_louder", "kept_cropped", "kept_mp3_64"):
        assert heard <= told["cells"][column].keys()
    # Nobody put them into a playlist: their tags alone say where they would stand.
    cells = told["cells"]["artist_hit_1"]
    assert "factors" in cells
    untold = {*heard, "attributes", "soundspan, restated", "random"}
    assert {name for name, cell in cells.items() if "knows" not in cell} == untold
    assert told["best"]["artist_hit_1"] in untold


def test_what_cannot_be_asked_says_what_it_needs(catalogue, capsys):
    words = ["evaluate", "--quick", "--only", "attributes,audio,playlists", "--database"]
    assert run([*words, str(catalogue)]) == 0
    shown = capsys.readouterr().out
    assert "Not asked (playlists): 0 of 0 playlists" in shown
    assert "Not asked (audio): " in shown
    assert "Not asked (attributes): " in shown
    assert "Samples are small" in shown


def test_judgements_are_a_row(catalogue, here, ask):
    copy = here / "mine.db"
    copy.write_bytes(catalogue.read_bytes())
    with open_database(copy) as db:
        for _ in range(21):
            tracks = (TrackId("s"), TrackId("a"), TrackId("b"))
            answer(db, drawn(db, Drawn("pair", "text", "hybrid", *tracks)), "a")
    told = ask("evaluate", "--only", "listeners", "--database", str(copy))
    assert told["cells"]["judged"]["text"]["value"] == 1.0
    assert told["best"]["judged"] == "text"
    assert any("text won" in note or "hybrid won" in note for note in told["notes"])


def test_what_makes_no_sense_is_refused(catalogue, here, refused):
    assert "no question 'taste'" in refused("evaluate", "--only", "taste")
    assert "--export has nowhere" in refused("evaluate", "--export")
    said = refused("evaluate", "--ablation", "none.toml", "--database", str(catalogue))
    assert "cannot be read" in said


def test_a_question_by_itself_takes_what_stands_before_it(here, ask):
    mixtapes.slice_of(here / "learn.json", mixtapes.mixtapes(60))
    told = ask(
        *("evaluate", "--database", "none.db", "playlists", "--data", "learn.json"),
        *("--methods", "popularity,together", "--seeds", "half"),
    )
    assert set(told["scenarios"]["half"]["methods"]) == {"popularity", "together"}
