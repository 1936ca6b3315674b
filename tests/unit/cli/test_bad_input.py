"""Bad input at the terminal: one plain sentence, exit 2, no traceback, nothing half-written."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import tempfile
import wave
from contextlib import closing
from pathlib import Path

import pytest

from segue.cli.main import run

NOBODY = 65_534


def _count(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection, connection:
        return connection.execute("SELECT count(*) FROM tracks").fetchone()[0]


def _zero_seconds(path: Path) -> None:
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 44_100, 0, "NONE", "not compressed"))


AUDIO = {
    "empty.mp3": lambda path: path.write_bytes(b""),
    "text.mp3": lambda path: path.write_text("dear diary\n" * 50, encoding="utf-8"),
    "playlist.mp3": lambda path: path.write_text("#EXTM3U\nhttp://127.0.0.1/x\n", encoding="utf-8"),
    "corrupt.mp3": lambda path: path.write_bytes(bytes(range(256)) * 80),
    "zero.mp3": _zero_seconds,
    "picture.mp3": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000)),
}


@pytest.mark.parametrize("name", AUDIO)
def test_a_seed_that_is_no_audio(refused, catalogue: Path, here: Path, name: str) -> None:
    AUDIO[name](here / name)
    before = catalogue.read_bytes()
    assert name in refused("similar", name, "--database", catalogue)
    assert catalogue.read_bytes() == before


def test_a_folder_of_such_files_is_listed_file_by_file(here: Path, capsys) -> None:
    (here / "music").mkdir()
    for name, make in AUDIO.items():
        make(here / "music" / name)
    assert run(["scan", "music", "--json"]) == 2
    scan = json.loads(capsys.readouterr().out)["scan"]
    assert (scan["found"], scan["rejected"], scan["new"]) == (len(AUDIO), len(AUDIO), 0)
    assert {Path(item["place"]).name for item in scan["rejections"]} == set(AUDIO)
    assert all(item["reason"] for item in scan["rejections"])
    assert _count(here / "segue.db") == 0


REFUSED_TABLES = {
    "missing columns": (b"foo,bar\n1,2\n", "'foo', 'bar'"),
    "another encoding": ("title,artists\nJosé,Björk\n".encode("latin-1"), "--encoding cp1252"),
    "no table at all": (bytes(range(256)) * 20, "not text"),
    "an empty file": (b"", "empty"),
    "a header alone": (b"title,artists\n", "no rows"),
}


@pytest.mark.parametrize("kind", REFUSED_TABLES)
def test_a_table_that_is_none(refused, here: Path, kind: str) -> None:
    text, said = REFUSED_TABLES[kind]
    (here / "songs.csv").write_bytes(text)
    sentence = refused("import", "tracks", "songs.csv")
    assert said in sentence
    assert "songs.csv" in sentence
    assert _count(here / "segue.db") == 0


BAD_ROWS = {
    "wrong types": "A,B,loud,soon",
    "10 MB in a cell": f"{'x' * 10_000_000},B,0.5,1999",
    "broken quotes": '"A,B,0.5,1999',
    "infinity": "A,B,inf,1999",
}


@pytest.mark.parametrize("kind", BAD_ROWS)
def test_a_bad_row_is_rejected_and_the_rest_taken(here: Path, capsys, kind: str) -> None:
    table = f"title,artists,energy,year\n{BAD_ROWS[kind]}\nGood,Anna,0.5,2001\n"
    (here / "songs.csv").write_text(table, encoding="utf-8")
    assert run(["import", "tracks", "songs.csv", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)["import"]
    assert (summary["imported"], summary["rejected"]) == (1, 1)
    (rejection,) = summary["rejections"]
    assert rejection["line"] == 2
    assert len(rejection["reason"]) < 200


def test_not_a_number_is_unknown(ask, here: Path) -> None:
    table = "title,artists,energy,tempo\nA,B,NaN,nan\n"
    (here / "songs.csv").write_text(table, encoding="utf-8")
    assert ask("import", "tracks", "songs.csv")["import"]["imported"] == 1
    assert ask("search", "A")["tracks"][0]["attributes"] is None


def test_nothing_but_bad_rows_exits_with_2(here: Path, capsys) -> None:
    (here / "songs.csv").write_text("title,artists,year\nA,B,soon\n", encoding="utf-8")
    assert run(["import", "tracks", "songs.csv"]) == 2
    out, err = capsys.readouterr()
    assert "line 2: column 'year' holds 'soon'" in out
    assert err == "Nothing could be taken.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "tracks", "gone.csv"), "gone.csv"),
        (("import", "playlists", "gone"), "gone"),
        (("import", "history", "gone.csv"), "gone.csv"),
        (("scan", "gone"), "disk is connected"),
        (("analyse", "gone"), "disk is connected"),
        (("serve", "gone"), "no folder"),
        (("scan", "x" * 5000), "too long"),
        (("import", "tracks", "songs.csv", "--rejections", "songs.csv"), "overwrite"),
        (("import", "tracks", "songs.csv", "--rejections", "gone/out.csv"), "cannot be written"),
        (("import", "tracks", "songs.csv", "--map", "title"), "maps no column"),
        (("import", "tracks", "songs.csv", "--map", "title=a", "--map", "title=b"), "mapped twice"),
    ],
)
def test_what_is_not_there_makes_no_catalogue(refused, here: Path, words, said: str) -> None:
    (here / "songs.csv").write_text("title,artists\nA,B\n", encoding="utf-8")
    assert said in refused(*words)
    assert [path.name for path in here.iterdir()] == ["songs.csv"]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--layout", "nope", "spotify-tracks"),
        ("--encoding", "klingon", "'klingon'"),
        ("--map", "titel=title", "'titel'"),
        ("--map", "title=nope", "'nope'"),
    ],
)
def test_an_import_option_that_makes_no_sense(refused, here, option, value, said) -> None:
    (here / "songs.csv").write_text("title,artists\nA,B\n", encoding="utf-8")
    assert said in refused("import", "tracks", "songs.csv", option, value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("similar", "t000000000000000"), "'t000000000000000'"),
        (("similar", "nobody knows this one"), "'nobody knows this one'"),
        (("similar", " "), "no track is named"),
        (("similar", "."), "is a folder"),
        (("similar", "song 1", "--lens", "nope"), "there is no lens 'nope'"),
        (("similar", "song 1", "--weights", "nope=1"), "'nope'"),
        (("similar", "song 1", "--weights", "text"), "is no weight"),
        (("similar", "song 1", "--weights", "text=-1"), "-1"),
        (("similar", "song 1", "--weights", "text=nan"), "nan"),
        (("similar", "song 1", "--lens", "text", "--weights", "text=1"), "both"),
        (("similar", "song 1", "--lens", "descriptors"), "descriptors"),
        (("similar", "song 1", "--year-from", "2000", "--year-to", "1990"), "2000"),
        (("wish", "calm", "--year", "1990-1980"), "--year: no year is from 1990 to 1980"),
        (("wish", "calm", "--read", "--year", "1990-1980"), "earlier one first: 1980-1990"),
        (("similar", "song 1", "--only-genre", "polka"), "'polka'"),
        (("similar", "song 1", "-n", "501"), "'501'"),
    ],
)
def test_a_question_that_makes_no_sense(refused, catalogue: Path, words, said: str) -> None:
    assert said in refused(*words, "--database", catalogue)


def test_a_locked_catalogue(refused, here: Path, table: Path) -> None:
    run(["import", "tracks", str(table)])
    holder = sqlite3.connect(here / "segue.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    (here / "more.csv").write_text("title,artists\nNew,Anna\n", encoding="utf-8")
    try:
        assert "locked by another program" in refused("import", "tracks", "more.csv")
    finally:
        holder.rollback()
        holder.close()
    assert _count(here / "segue.db") == 24


def test_a_newer_catalogue(refused, here: Path, table: Path) -> None:
    run(["import", "tracks", str(table)])
    with closing(sqlite3.connect(here / "segue.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer Segue" in refused("search", "song")
    assert "newer Segue" in refused("import", "tracks", table)
    assert _count(here / "segue.db") == 24


def test_what_is_no_catalogue_stays_untouched(refused, here: Path, table: Path) -> None:
    text = "these are my notes " * 100
    (here / "notes.db").write_text(text, encoding="utf-8")
    assert "not a database" in refused("import", "tracks", table, "-d", "notes.db")
    assert (here / "notes.db").read_text(encoding="utf-8") == text
    assert "is a folder" in refused("status", "-d", here)
    assert "does not exist" in refused("status", "-d", "gone/segue.db")
    assert "'mysql'" in refused("status", "-d", "mysql://host/name")


def test_a_read_only_catalogue_answers_and_takes_nothing(
    refused, ask, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "segue.db"
        run(["import", "tracks", str(table), "--database", str(database)])
        more = folder / "more.csv"
        more.write_text("title,artists\nNew,Anna\n", encoding="utf-8")
        for path in folder.iterdir():
            path.chmod(0o444)
        folder.chmod(0o555)
        # The superuser may write anywhere; anybody else is who they are.
        superuser = os.geteuid() == 0
        if superuser:
            # Counts for the whole process: what servers of other tests log meanwhile is not ours.
            for beside in ("segue.jobs.runner", "segue.assemble"):
                monkeypatch.setattr(logging.getLogger(beside), "disabled", True)
            os.seteuid(NOBODY)
        try:
            assert "can only be read" in refused("import", "tracks", more, "-d", database)
            assert ask("search", "song", "-d", database)["count"] > 0
        finally:
            if superuser:
                os.seteuid(0)
            folder.chmod(0o755)
        assert _count(database) == 24


def test_a_port_in_use(refused, here: Path, catalogue: Path, taken_port: int) -> None:
    said = refused("serve", "--port", str(taken_port), "--database", catalogue)
    assert f"port {taken_port} is in use" in said
    assert "--port" in said
    assert f"port {taken_port} is in use" in refused("demo", "--port", str(taken_port))
    assert list(here.iterdir()) == []


def test_an_address_of_another_machine(refused, catalogue: Path) -> None:
    assert "192.0.2.1" in refused("serve", "--host", "192.0.2.1", "--database", catalogue)
