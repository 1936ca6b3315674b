"""Paths, orders and radios at the command line, and the playlist files they are written to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from segue.cli.main import run
from segue.sources.playlists import read_playlists

if TYPE_CHECKING:
    from pathlib import Path


def test_a_path_leads_from_one_to_the_other(ask, catalogue: Path) -> None:
    found = ask("path", "Song 1", "Song 20", "-n", "5", "--lens", "attributes", "-d", catalogue)
    assert (found["kind"], found["lens"], len(found["steps"])) == ("path", "attributes", 5)
    assert found["steps"][0]["track"]["title"] == "Song 1"
    assert found["steps"][-1]["track"]["title"] == "Song 20"
    assert found["steps"][0]["jump"] is None
    assert max(step["jump"] for step in found["steps"][1:]) == found["largest"]
    assert all(step["reasons"]["sentence"] for step in found["steps"][1:])


def test_an_order_follows_its_arc(ask, catalogue: Path) -> None:
    songs = [f"Song {number}" for number in range(9)]
    words = ("--arc", "rising", "--weigh", "key=0", "-d", catalogue)
    found = ask("order", *songs, *words)
    energies = [step["track"]["attributes"]["energy"] for step in found["steps"]]
    assert energies == pytest.approx(sorted(energies), abs=0.02)
    assert found["smoothness"]["arc"] < found["before"]["arc"]


def test_a_radio_goes_on_where_it_was(ask, here: Path, catalogue: Path) -> None:
    state = here / "radio.json"
    first = ask("radio", "Song 7", "-n", "4", "--state", state, "-d", catalogue)
    ids = [step["track"]["id"] for step in first["steps"]]
    assert json.loads(state.read_text(encoding="utf-8"))["played"][1:] == ids
    second = ask("radio", "-n", "4", "--state", state, "--skip", ids[0], "-d", catalogue)
    assert not {step["track"]["id"] for step in second["steps"]} & set(ids)
    remembered = json.loads(state.read_text(encoding="utf-8"))
    assert (remembered["count"], remembered["skipped"]) == (8, [ids[0]])


@pytest.mark.parametrize(
    "words",
    [
        ("similar", "Song 1"),
        ("continue", "--track", "Song 1"),
        ("mix", "Song 1", "Song 4"),
        ("path", "Song 1", "Song 20"),
        ("order", "Song 1", "Song 4", "Song 2"),
        ("radio", "Song 1"),
    ],
)
def test_every_list_of_tracks_can_be_written(
    ask, here: Path, catalogue: Path, words: tuple[str, ...]
) -> None:
    found = ask(*words, "--out", here / "list.jspf", "-d", catalogue)
    rows = found["steps"] if "steps" in found else found["recommendations"]
    (playlist,) = read_playlists(here / "list.jspf")
    assert [entry.title for entry in playlist.entries] == [row["track"]["title"] for row in rows]


def test_files_are_played_and_what_has_none_is_said(
    ask, here: Path, table: Path, write_tone, capsys
) -> None:
    music = here / "music"
    music.mkdir()
    for name, hertz in (("#1 – A.wav", 220.0), ("B.wav", 330.0)):
        write_tone(music / name, hertz=hertz)
    ask("scan", music, "-d", here / "segue.db")
    ask("import", "tracks", table, "-d", here / "segue.db")
    files = [track["id"] for word in ("A", "B") for track in ask("search", word)["tracks"]]
    playable = [one for one in files if ask("similar", one)["seed"]["playable"]]
    assert len(playable) == 2
    words = ("order", *playable, "Song 3", "--out", "list.m3u8", "--relative")
    assert run([*words]) == 0
    assert "Wrote 2 of 3 tracks" in capsys.readouterr().err
    (playlist,) = read_playlists(here / "list.m3u8")
    found = {each.value for entry in playlist.entries for each in entry.outside_ids}
    assert found == {str((music / name).resolve()) for name in ("#1 – A.wav", "B.wav")}
    assert "./music" not in (here / "list.m3u8").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("path", "Song 1", "Song 1"), "both ends are"),
        (("path", "Song 1", "Song 2", "-n", "1"), "A path has 2 to"),
        (("path", "Song 1", "Song 2", "--longest", "2"), "the longest jump is 2"),
        (("path", "Song 1", "Song 2", "--exact-tempo"), "--exact-tempo says how"),
        (("similar", "Song 1", "--draw", "3"), "--draw says which chance"),
        (("similar", "Song 1", "--without", "nosuch"), "nosuch"),
        (("radio",), "no track is named"),
        (("radio", "Song 1", "--drift", "7"), "drift is 7"),
        (("order",), "no tracks are named"),
        (("order", "Song 1", "--arc", "up"), "there is no arc 'up'"),
        (("similar", "Song 1", "--relative"), "say how a playlist is written"),
        (("similar", "Song 1", "--out", "list.txt"), "ends in .m3u8 or .jspf"),
        (("similar", "Song 1", "--out", "none/list.m3u8"), "there is no folder"),
        (("similar", "Song 1", "--out", "a.m3u8", "--map-path", "x"), "puts no prefix"),
    ],
)
def test_what_makes_no_sense_is_said(
    refused, here: Path, catalogue: Path, words: tuple[str, ...], message: str
) -> None:
    assert message in refused(*words, "-d", catalogue)


def test_a_playlist_that_is_there_stays(refused, here: Path, catalogue: Path) -> None:
    (here / "list.m3u8").write_text("mine", encoding="utf-8")
    said = refused("similar", "Song 1", "--out", here / "list.m3u8", "-d", catalogue)
    assert "is there already" in said
    assert (here / "list.m3u8").read_text(encoding="utf-8") == "mine"
    words = ["similar", "Song 1", "--out", "list.m3u8", "--force", "-d", str(catalogue)]
    assert run(words) == 0
    assert (here / "list.m3u8").read_text(encoding="utf-8").startswith("#EXTM3U\n")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--drift", "0.1"), "--drift is given"),
        (("--lens", "text"), "--lens is given"),
        (("--weights", "text=1"), "--weights is given"),
        (("--draw", "3"), "--draw is given"),
        (("--window", "10"), "--window is given"),
        (("Song 9",), "a seed is given"),
    ],
)
def test_a_radio_that_is_on_has_its_own_of_what_it_began_with(
    ask, refused, here: Path, catalogue: Path, option: tuple[str, ...], said: str
) -> None:
    state = here / "radio.json"
    ask("radio", "Song 7", "-n", "2", "--drift", "0.2", "--state", state, "-d", catalogue)
    before = state.read_text(encoding="utf-8")
    assert json.loads(before)["drift"] == 0.2
    assert said in refused("radio", *option, "--state", state, "-d", catalogue)
    assert state.read_text(encoding="utf-8") == before


def test_a_radio_without_a_track_says_that_its_file_is_not_there(
    refused, here: Path, catalogue: Path
) -> None:
    message = refused("radio", "--state", here / "none.json", "-d", catalogue)
    assert "there is no file" in message
    assert "none.json" in message


@pytest.mark.parametrize(("verb", "not_there"), [("path", "--hubs"), ("radio", "--per-artist")])
def test_help_lists_what_is_taken_and_nothing_else(capsys, verb: str, not_there: str) -> None:
    assert run([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    assert not_there not in shown
    assert "setting `results`" not in shown


def test_a_track_to_leave_out_is_named_as_seeds_are(ask, catalogue: Path) -> None:
    usual = ask("similar", "Song 1", "-d", catalogue)["recommendations"]
    first = usual[0]["track"]
    name = f"{first['artists'][0]} – {first['title']}"
    left = ask("similar", "Song 1", "--without", name, "-d", catalogue)["recommendations"]
    assert first["id"] not in {row["track"]["id"] for row in left}


def test_jumps_are_told_in_the_unit_that_is_asked_in(catalogue: Path, capsys) -> None:
    words = ("path", "Song 1", "Song 2", "-n", "4", "--longest", "0.5", "-d", str(catalogue))
    assert run([*words]) == 0
    shown = capsys.readouterr().out
    assert "(asked for 0.5 at most), the share of random pairs that are more alike" in shown


def test_reading_a_wish_shows_what_options_ask_for(ask, catalogue: Path) -> None:
    words = ("wish", "calm", "--read", "--year", "1990-1999", "--only-genre", "house")
    read = ask(*words, "-d", catalogue)
    assert (read["filters"]["year_from"], read["filters"]["genres"]) == (1990, ["house"])
    means = {phrase["means"] for phrase in read["phrases"]}
    assert "only what is of a year from 1990 to 1999" in means
