"""``segue train playlists|factors|together``: what people put together, learned and kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from segue.cli.main import run
from tastes import TRACKS, artist_of, taste_of

if TYPE_CHECKING:
    from pathlib import Path

PLAYLISTS = 170


def write_slice(path: Path) -> Path:
    """Playlists of one taste each, in the layout of the Million Playlist Dataset."""
    rng = np.random.default_rng(4)
    made: list[dict[str, Any]] = []
    for number in range(PLAYLISTS):
        mine = [row for row in range(TRACKS) if taste_of(row) == number % 4]
        rows = rng.choice(mine, size=12, replace=False).tolist()
        tracks = [
            {
                "pos": place,
                "track_uri": f"spotify:track:{row:022}",
                "track_name": f"Song {row}",
                "artist_name": f"Artist {artist_of(row)}",
                "album_name": f"Album {artist_of(row)}",
                "duration_ms": 200_000,
            }
            for place, row in enumerate(rows)
        ]
        made.append({"pid": number, "name": f"Mix {number % 4}", "tracks": tracks})
    path.write_text(json.dumps({"playlists": made}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("listed")
    where = str(folder / "listed.db")
    assert run(["import", "playlists", str(write_slice(folder / "mpd.json")), "-d", where]) == 0
    return where


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    code = run([*words, "--json"])
    said = capsys.readouterr()
    assert code == 0, said
    return json.loads(said.out)


def test_factors_are_learned_and_answer(listed: str, capsys: pytest.CaptureFixture[str]) -> None:
    learned = told(capsys, "train", "factors", "--factors", "8", "-d", listed)
    assert learned["space"] == "factors"
    assert learned["vectors"] == learned["state"]["origin"]["tracks"] == TRACKS
    assert learned["state"]["parameters"]["factors"] == 8
    assert learned["state"]["content"]["cosine_held_out"] > 0
    answer = told(capsys, "similar", "Song 3", "--lens", "factors", "-n", "5", "-d", listed)
    assert json.dumps(answer).count("Artist ") >= 5


def test_vectors_are_learned_twice_alike(listed: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("train", "playlists", "--dims", "8", "--epochs", "2", "-d", listed)
    first, second = told(capsys, *words), told(capsys, *words)
    assert first["version"] == second["version"]
    assert first["vectors"] == TRACKS


def test_parameters_are_chosen_on_playlists_held_out(
    listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    learned = told(capsys, "train", "together", "--tune", "2", "-d", listed)
    assert learned["vectors"] == 0
    search = learned["state"]["origin"]["search"]
    assert search["tries"] == 2
    assert search["score"] >= search["ordinary_score"] > 0
    assert {name: learned["state"][name] for name in search["parameters"]} == search["parameters"]


@pytest.mark.parametrize("space", ["playlists", "factors", "together"])
def test_an_empty_catalogue_is_refused_in_a_sentence(
    space: str, table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = str(tmp_path / "bare.db")
    assert run(["import", "tracks", str(table), "-d", where]) == 0
    capsys.readouterr()
    assert run(["train", space, "-d", where]) == 2
    said = capsys.readouterr().err
    assert "there is no playlist to learn from" in said
    assert "segue import playlists" in said


def test_too_few_playlists_choose_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where, few = str(tmp_path / "few.db"), write_slice(tmp_path / "few.json")
    kept = json.loads(few.read_text(encoding="utf-8"))["playlists"][:9]
    few.write_text(json.dumps({"playlists": kept}), encoding="utf-8")
    assert run(["import", "playlists", str(few), "-d", where]) == 0
    capsys.readouterr()
    assert run(["train", "together", "--tune", "24", "-d", where]) == 2
    said = capsys.readouterr().err
    assert "9 playlists are too few to choose parameters by" in said
    assert "--tune 0" in said
    assert told(capsys, "train", "together", "--tune", "0", "-d", where)["notes"] == []
    # Nobody asked for a search here, so that none is no refusal.
    (note,) = told(capsys, "train", "together", "-d", where)["notes"]
    assert "9 playlists are too few" in note
    assert note.endswith("the ordinary ones are kept")


def test_a_search_begins_with_the_options_given(
    listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--dims", "8", "--epochs", "2", "--window", "3", "--tune", "1")
    learned = told(capsys, "train", "playlists", *words, "-d", listed)
    asked = {"dims": 8, "epochs": 2, "window": 3}
    assert {name: learned["state"]["parameters"][name] for name in asked} == asked
    assert learned["state"]["origin"]["search"]["tries"] == 1
