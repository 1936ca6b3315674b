"""Every verb on a small real catalogue."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from segue.cli.main import run
from segue.cli.narrowing import choose_lens
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from pathlib import Path


def test_an_import_adds_up_and_again_says_nothing_new(ask, here: Path, table: Path) -> None:
    first = ask("import", "tracks", table)["import"]
    assert (first["read"], first["imported"], first["rejected"]) == (24, 24, 0)
    again = ask("import", "tracks", table)["import"]
    assert (again["read"], again["imported"], again["duplicate"]) == (24, 0, 24)
    assert (here / "segue.db").is_file()


def test_a_table_of_any_shape_is_read_by_a_mapping(ask, here: Path) -> None:
    path = here / "mine.csv"
    path.write_text("Name;Sänger\nEins;Anna\nZwei;Ben\n", encoding="latin-1")
    words = ("--map", "title=Name", "--map", "artists=Sänger", "--encoding", "latin-1")
    assert ask("import", "tracks", path, *words)["import"]["imported"] == 2
    assert ask("search", "eins")["tracks"][0]["artists"] == ["Anna"]


def test_rejections_are_told_with_their_lines_and_written_whole(here: Path, capsys) -> None:
    path = here / "songs.csv"
    rows = "".join(",\n" for _ in range(15))
    path.write_text(f"title,artists\nGood,Anna\n{rows}", encoding="utf-8")
    assert run(["import", "tracks", str(path), "--rejections", "refused.csv"]) == 0
    told = capsys.readouterr().out
    assert "Read 16 tracks = 1 imported + 0 merged + 0 duplicate + 15 rejected" in told
    assert told.count("  rejected: ") == 10
    assert "line 3" in told
    assert "5 more" in told
    with (here / "refused.csv").open(encoding="utf-8", newline="") as lines:
        written = list(csv.DictReader(lines))
    assert len(written) == 15
    assert {row["line"] for row in written} == {str(line) for line in range(3, 18)}
    assert all(row["reason"] for row in written)


def test_strict_stops_and_imports_nothing(refused, here: Path) -> None:
    path = here / "songs.csv"
    path.write_text("title,artists\nGood,Anna\n,\n", encoding="utf-8")
    assert "songs.csv:3: it has neither" in refused("import", "tracks", path, "--strict")
    with closing(sqlite3.connect(here / "segue.db")) as database, database:
        assert database.execute("SELECT count(*) FROM tracks").fetchone() == (0,)


def test_playlists_and_histories_come_in(ask, here: Path) -> None:
    (here / "mine.m3u8").write_text(
        "#EXTM3U\n#EXTINF:180,Anna - Eins\neins.mp3\n#EXTINF:190,Ben - Zwei\nzwei.mp3\n",
        encoding="utf-8",
    )
    assert ask("import", "playlists", "mine.m3u8")["import"]["imported"] == 1
    (here / "heard.csv").write_text(
        "listener,artist,title,times\nme,Anna,Eins,3\n", encoding="utf-8"
    )
    assert ask("import", "history", "heard.csv")["import"]["read"] == 1


def test_search_finds_and_finds_nothing(ask, catalogue: Path, capsys) -> None:
    found = ask("search", "song", "12", "--database", catalogue)
    assert found["query"] == "song 12"
    assert found["tracks"][0]["title"] == "Song 12"
    assert found["count"] == len(found["tracks"])
    assert ask("search", "zzz", "-d", catalogue) == {"query": "zzz", "tracks": [], "count": 0}
    assert run(["search", "zzz", "-d", str(catalogue)]) == 0
    assert "Nothing has all the words of 'zzz'" in capsys.readouterr().out


@pytest.mark.parametrize(
    "seed", ["Ambient Artist 0 – Song 0", "Ambient Artist 0 - Song 0", "ambient artist 0 song 0"]
)
def test_similar_finds_the_seed_by_its_name(ask, catalogue: Path, seed: str) -> None:
    answer = ask("similar", seed, "-n", "5", "--lens", "hybrid", "-d", catalogue)
    assert answer["seed"]["title"] == "Song 0"
    assert answer["lens"] == "hybrid"
    assert answer["count"] == 5
    assert answer["recommendations"][0]["track"]["genres"] == ["ambient"]
    assert all(row["reasons"]["sentence"] for row in answer["recommendations"])
    rows = answer["recommendations"]
    scores = [row["score"] + sum(row["changes"].values()) for row in rows]
    assert scores == sorted(scores, reverse=True)


def test_similar_takes_a_track_id_and_words_without_quotes(ask, catalogue: Path) -> None:
    track = ask("search", "song 4", "-d", catalogue)["tracks"][0]
    assert ask("similar", track["id"], "-d", catalogue)["seed"]["id"] == track["id"]
    assert ask("similar", "song", "4", "-d", catalogue)["seed"]["id"] == track["id"]


def test_filters_hold_for_every_row(ask, catalogue: Path) -> None:
    words = (
        "--only-genre",
        "house",
        "--only-genre",
        "folk",
        "--year-from",
        "1995",
        "--year-to",
        "2010",
    )
    words += ("--no-explicit", "--exclude-artist", "house artist 1", "--per-artist", "1")
    words += ("--seconds-from", "181", "--seconds-to", "200")
    answer = ask("similar", "song 1", "-n", "20", *words, "-d", catalogue)
    rows = [row["track"] for row in answer["recommendations"]]
    assert rows
    assert {genre for row in rows for genre in row["genres"]} <= {"house", "folk"}
    assert all(1995 <= row["year"] <= 2010 and 181 <= row["duration"] <= 200 for row in rows)
    assert not any(row["explicit"] for row in rows)
    artists = [row["artists"][0] for row in rows]
    assert "House Artist 1" not in artists
    assert len(artists) == len(set(artists))


def test_filters_that_leave_nothing_say_so(catalogue: Path, capsys) -> None:
    assert run(["similar", "song 1", "--year-from", "2050", "-d", str(catalogue)]) == 0
    shown = capsys.readouterr().out
    assert "Nothing fits." in shown
    assert "No track passes the filters" in shown
    assert "passes no filter on it" in shown


def test_weights_of_ones_own_are_a_lens(ask, catalogue: Path) -> None:
    answer = ask("similar", "song 1", "--weights", "attributes=0.7,text=0.3", "-d", catalogue)
    assert answer["weights"] == {"attributes": 0.7, "text": 0.3}


@pytest.mark.parametrize("text", ["attributes", "attributes=", "=1", "text=1,text=2", "text=much"])
def test_weights_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="is no weight"):
        choose_lens(None, text)


def test_a_lens_and_weights_exclude_each_other() -> None:
    with pytest.raises(BadRequestError, match="both a lens and weights"):
        choose_lens("hybrid", "text=1")


def test_people_read_rank_name_score_reason_lens_and_what_is_absent(
    catalogue: Path, capsys
) -> None:
    words = ["similar", "song 0", "-n", "3", "--lens", "hybrid", "-d", str(catalogue)]
    assert run(words) == 0
    told = capsys.readouterr().out
    lines = told.splitlines()
    assert lines[0].startswith("Like Ambient Artist 0 – Song 0 (Album 0 · 1990 · ambient · 3:00)")
    assert sum(line.startswith(("1 ", "2 ", "3 ")) for line in lines) == 3
    assert "Lens hybrid: 0.6 attributes + 0.4 text." in told
    assert "Compared with 24 tracks in attributes, 24 tracks in text." in told
    assert "\x1b" not in told
    assert all(line == line.rstrip() for line in lines)
    assert all(len(line) <= 100 for line in lines[: lines.index("", 2)])


def test_status_counts_what_there_is(ask, catalogue: Path, capsys) -> None:
    found = ask("status", "--database", catalogue)
    assert found["counts"]["tracks"] == 24
    assert found["spaces"]["attributes"] == 24
    assert run(["status", "-d", str(catalogue)]) == 0
    assert "24 by 12 artists, 3 genres" in capsys.readouterr().out


def test_an_empty_catalogue_says_what_to_do_first(refused, here: Path, capsys) -> None:
    (here / "empty.csv").write_text("title,artists\n", encoding="utf-8")
    run(["import", "tracks", "empty.csv", "-d", "new.db"])
    assert "segue scan FOLDER" in refused("similar", "anything", "-d", "new.db")
    assert run(["status", "-d", "new.db"]) == 0
    assert "The catalogue is empty" in capsys.readouterr().out


def test_asking_makes_no_catalogue(refused, here: Path) -> None:
    for words in (["search", "x"], ["similar", "x"], ["status"], ["links", "list"], ["analyse"]):
        said = refused(*words)
        assert "segue.db" in said
        assert "segue demo" in said
    assert list(here.iterdir()) == []


def test_links_are_listed_and_undone(ask, refused, here: Path, capsys) -> None:
    (here / "one.csv").write_text("title,artists,duration,id\nEins,Anna,180,a1\n", encoding="utf-8")
    (here / "two.csv").write_text(
        "title,artists,duration,isrc\nEins,Anna,180,DEA123456789\n", encoding="utf-8"
    )
    ask("import", "tracks", "one.csv")
    assert ask("import", "tracks", "two.csv")["import"]["linked"] == 1
    (link,) = ask("links", "list")["links"]
    assert link["state"] == "linked"
    assert run(["links", "list"]) == 0
    assert "Anna – Eins" in capsys.readouterr().out
    undone = ask("links", "undo", str(link["id"]))
    assert undone["track"]["id"] != link["track_id"]
    assert ask("status")["counts"]["tracks"] == 2
    assert "nothing to undo" in refused("links", "undo", str(link["id"]))
    assert "no link 99" in refused("links", "undo", "99")
    assert "no state 'broken'" in refused("links", "list", "--state", "broken")


def test_doctor_finds_everything_well(ask, catalogue: Path) -> None:
    found = ask("doctor", "--database", catalogue)
    states = {check["name"]: check["state"] for check in found["checks"]}
    assert found["ok"]
    assert states["sqlite"] == "ok"
    assert {f"decode {name}" for name in ("mp3", "flac", "wav", "m4a", "ogg", "opus")} <= set(
        states
    )
    assert states["database"] == "ok"
    assert states["spaces"] == "ok"


def test_doctor_fails_with_exit_2_and_a_remedy(here: Path, capsys) -> None:
    (here / "segue.db").write_text("no database at all, but some text " * 40, encoding="utf-8")
    assert run(["doctor", "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    (check,) = [check for check in document["checks"] if check["state"] == "fail"]
    assert not document["ok"]
    assert check["name"] == "database"
    assert check["remedy"]


def test_doctor_names_a_port_in_use(ask, catalogue: Path, monkeypatch, taken_port: int) -> None:
    monkeypatch.setenv("SEGUE_PORT", str(taken_port))
    checks = ask("doctor", "-d", catalogue)["checks"]
    (port,) = [check for check in checks if check["name"] == "port"]
    assert port["state"] == "warn"
    assert str(taken_port) in port["found"]


def test_doctor_hides_a_password(ask, monkeypatch) -> None:
    from segue.cli.doctor import _shown

    assert _shown("postgresql://me:secret@host/db") == "postgresql://me@host/db"
    assert _shown("segue.db") == "segue.db"
