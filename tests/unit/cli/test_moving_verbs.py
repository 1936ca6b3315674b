"""``segue migrate``, ``backup``, ``restore`` and ``move`` as they are typed."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from segue.catalogue.database import open_database, reached
from segue.catalogue.upgrading import HEAD, REVISIONS, build
from segue.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def old_catalogue(path: Path, revision: str) -> Path:
    """An empty catalogue of that revision."""
    with reached(path, create=True) as db, db.write() as connection:
        build(connection, revision)
        connection.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('epoch', '0')")
    return path


def test_migrate_says_from_where_to_where(
    ask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = old_catalogue(tmp_path / "old.db", "0010")
    steps = list(REVISIONS[REVISIONS.index("0010") + 1 :])
    copy = tmp_path / f"old.db.before-{HEAD}"
    assert run(["migrate", "--check", "-d", str(path)]) == 2
    shown = capsys.readouterr().out
    assert f"{path} has to go from revision 0010 to {HEAD} ({', '.join(steps)})" in shown
    assert not copy.exists()
    told = ask("migrate", "-d", path)
    assert told == {
        "where": str(path),
        "from": "0010",
        "to": HEAD,
        "steps": steps,
        "copy": str(copy),
        "done": True,
    }
    assert copy.exists()
    assert ask("migrate", "--check", "-d", path)["steps"] == []
    assert run(["migrate", "-d", str(path)]) == 0
    assert f"is up to date (revision {HEAD})." in capsys.readouterr().out


def test_a_catalogue_of_a_newer_segue_is_left_alone(refused, tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    open_database(path).close()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    before = path.read_bytes()
    for verb in (("migrate",), ("backup", tmp_path / "b"), ("move", "--to", tmp_path / "m.db")):
        said = refused(*verb, "-d", path)
        assert "written by a newer Segue (revision 9999" in said
    assert path.read_bytes() == before
    assert "there is no catalogue" in refused("migrate", "-d", tmp_path / "none.db")


def test_a_backup_is_made_checked_and_restored(
    ask, refused, catalogue: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, new = tmp_path / "one.segue", tmp_path / "new.db"
    made = ask("backup", file, "-d", catalogue)
    assert (made["file"], made["bytes"]) == (str(file), file.stat().st_size)
    assert made["manifest"]["counts"]["tracks"] == 24
    assert ask("restore", file, "--check", "-d", new)["manifest"] == made["manifest"]
    assert not new.exists()
    assert run(["restore", str(file), "-d", str(new)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Restored 24 tracks (")
    assert said.rstrip().endswith(f"from {file} to {new}.")
    assert ask("search", "song 3", "-d", new) == ask("search", "song 3", "-d", catalogue)
    assert "nothing is overwritten" in refused("restore", file, "-d", new)
    assert "nothing is overwritten" in refused("backup", file, "-d", catalogue)
    assert "no backup of Segue" in refused("restore", catalogue, "-d", tmp_path / "x.db")


def test_moving_says_what_does_not_come_along(
    ask, refused, catalogue: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    told = ask("move", "--to", old, "-d", catalogue)
    assert told["counts"]["tracks"] == 24
    assert (told["from"], told["to"], told["stays"]) == (str(catalogue), str(old), [])
    for name in ("old.models", "old.uploads", "old.derived"):
        (tmp_path / name).mkdir()
    assert run(["move", "--to", str(new), "-d", str(old)]) == 0
    said = capsys.readouterr().out
    assert f"Set SEGUE_DATABASE to it; {old} stays as it was" in said
    assert f"{tmp_path / 'old.models'}: embedders; copy it to {tmp_path / 'new.models'}" in said
    assert f"copy it to {tmp_path / 'new.uploads'}" in said
    assert "made again; it may be deleted" in said
    assert "old.music" not in said
    assert ask("search", "song 3", "-d", new) == ask("search", "song 3", "-d", old)
    assert "nothing is overwritten" in refused("move", "--to", new, "-d", old)
    assert "names nothing" in refused("move", "--to", " ", "-d", old)


def test_folders_that_settings_name_are_told_of_where_they_lie(
    ask, catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, derived = tmp_path / "old.db", tmp_path / "shared"
    ask("move", "--to", old, "-d", catalogue)
    monkeypatch.setenv("SEGUE_BROUGHT_FOLDER", str(tmp_path / "brought"))
    monkeypatch.setenv("SEGUE_DERIVED_FOLDER", str(derived))
    for name in ("brought", "old.uploads", "old.derived"):
        (tmp_path / name).mkdir()
    with reached(str(old)) as db:
        (derived / db.digest).mkdir(parents=True)
    told = ask("move", "--to", tmp_path / "new.db", "-d", old)["stays"]
    # What listeners brought is found there by the new one too; what lies beside is nobody's.
    assert [one["folder"] for one in told] == [str(derived / db.digest)]
