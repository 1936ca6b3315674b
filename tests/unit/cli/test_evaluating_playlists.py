"""``segue evaluate playlists``: learn from files or the catalogue, ask about others."""

from __future__ import annotations

import pytest

import mixtapes
from segue.cli.main import run


@pytest.fixture
def slices(here):
    """Playlists to learn from, others to ask about, and some too short for that."""
    made = mixtapes.mixtapes(90)
    mixtapes.slice_of(here / "learn.json", made[:70])
    mixtapes.slice_of(here / "ask.json", made[60:])
    short = [{**each, "tracks": each["tracks"][:3]} for each in made[:8]]
    mixtapes.slice_of(here / "short.json", short)
    mixtapes.slice_of(here / "empty.json", [])
    return here


METHODS = ("--methods", "popularity,together,artist,plain")
NONE = ("--database", "none.db")


def test_one_set_is_learned_from_and_another_asked_about(slices, ask):
    told = ask(
        *("evaluate", "playlists", "--data", "ask.json", "--train", "learn.json"),
        *(*METHODS, "--seeds", "half", *NONE),
    )
    # Ten playlists stand in both files, and are asked about.
    assert told["learned_from"]["playlists"] == 60
    half = told["scenarios"]["half"]
    assert half["playlists"] == 30
    assert set(half["methods"]) == {"popularity", "together", "artist", "plain"}
    figure = half["methods"]["together"]["metrics"]["r_precision"]
    assert figure["low"] <= figure["value"] <= figure["high"]
    assert set(half["against_plain"]["together"]["ndcg"]) == {"value", "low", "high", "ratio"}
    assert any("10 playlists of --train are asked about" in note for note in told["notes"])
    assert not (slices / "none.db").exists()


def test_one_set_alone_is_parted(slices, capsys):
    words = ["evaluate", "playlists", "--data", "learn.json", *METHODS, "--seeds", "5,title"]
    assert run([*words, *NONE]) == 0
    shown = capsys.readouterr().out
    assert "5 tracks are seeds (14 playlists)" in shown
    assert "The title is the seed (14 playlists)" in shown
    assert "learned from learn.json, less what is asked about: 56 playlists" in shown


def test_the_catalogues_playlists_are_learned_from_where_there_are_any(slices, ask):
    assert run(["import", "playlists", "learn.json", "--database", "my.db"]) == 0
    told = ask(
        *("evaluate", "playlists", "--data", "ask.json", "--database", "my.db"),
        *("--methods", "popularity,together", "--seeds", "1"),
    )
    assert told["learned_from"] == {
        "what": "the catalogue's playlists",
        "playlists": 70,
        "entries": 840,
        "tracks": 45,
    }
    assert told["scenarios"]["1"]["playlists"] == 19
    assert any("11 of 30 playlists are in the catalogue too" in note for note in told["notes"])
    assert any("left out: 10 by their ids, 1 because" in note for note in told["notes"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--data", "short.json", "--train", "learn.json"), "has 10 tracks or more"),
        (("--data", "empty.json"), "there is no playlist"),
        (("--data", "ask.json", "--train", "empty.json"), "there is no playlist to learn from"),
        (("--data", "ask.json", "--seeds", "quarter"), "'quarter' is nothing to continue"),
        (("--data", "ask.json", "--tracks", "x.csv"), "--tracks says something about --train"),
        (("--data", "ask.json", "--methods", "magic"), "there is no method 'magic'"),
    ],
)
def test_what_cannot_be_judged_is_refused(slices, capsys, words, sentence):
    assert run(["evaluate", "playlists", *words, *NONE]) == 2
    assert sentence in capsys.readouterr().err
