"""Migrations: they build what the schema says, and an old catalogue becomes today's."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, inspect

from segue.catalogue import ledger, recordings, schema, search, tracks
from segue.catalogue.database import Database, open_database
from segue.catalogue.upgrading import HEAD, REVISIONS, migration_config
from segue.errors import BusyError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

SEARCH_TABLES = {
    f"tracks_fts{part}" for part in ("", "_data", "_idx", "_content", "_docsize", "_config")
}


def at_revision(path: Path, revision: str) -> None:
    """A catalogue as a Segue of that revision left it, with one track."""
    engine = create_engine(f"sqlite:///{path}")
    config = migration_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        album = {"id": 3, "title": "Tides", "key": "tides | ada quill"}
        song = {
            "id": 5,
            "public_id": "told",
            "title": "Harbour",
            "credit": "Ada Quill",
            "title_key": "harbour",
            "artist_key": "ada quill",
            "album_id": 3,
            "synthetic": False,
            "created": 0.0,
        }
        connection.execute(insert(schema.albums), [album])
        connection.execute(insert(schema.tracks), [song])
        connection.execute(insert(schema.meta), [{"name": "epoch", "value": "4"}])
    engine.dispose()


def test_the_revisions_known_by_name_are_the_scripts_in_order() -> None:
    scripts = ScriptDirectory.from_config(migration_config())
    found = [script.revision for script in scripts.walk_revisions()][::-1]
    assert tuple(found) == REVISIONS
    assert scripts.get_current_head() == HEAD


def test_the_scripts_build_exactly_what_the_schema_says(db: Database) -> None:
    with db.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, schema.metadata)
        names = set(inspect(connection).get_table_names())
    tables = {change[1].name for change in differences if change[0] == "remove_table"}
    assert tables == SEARCH_TABLES
    assert [change for change in differences if change[0] != "remove_table"] == []
    assert names == {*schema.metadata.tables, "alembic_version", *SEARCH_TABLES}


def test_constraints_and_rowids_are_those_of_the_schema(db: Database) -> None:
    """What autogenerate does not compare: primary keys, cascades, tables without row ids."""
    fresh = create_engine("sqlite://")
    schema.metadata.create_all(fresh)
    with db.read() as built, fresh.connect() as said:
        for name in schema.metadata.tables:
            for what in ("table_info", "foreign_key_list", "index_list"):
                rows = [
                    sorted(tuple(row)[1:] for row in one.exec_driver_sql(f"PRAGMA {what}({name})"))
                    for one in (built, said)
                ]
                assert rows[0] == rows[1], (name, what)
            query = "SELECT sql LIKE '%WITHOUT ROWID%' FROM sqlite_master WHERE name = ?"
            rowless = [one.exec_driver_sql(query, (name,)).scalar() for one in (built, said)]
            assert rowless[0] == rowless[1], name
    fresh.dispose()


def test_an_old_catalogue_is_copied_and_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    at_revision(path, "0001")
    with open_database(path) as db:
        assert [track.id for track in search.tracks(db, "harb")] == ["told"]
        assert [track.id for track in search.tracks(db, "ada tides")] == ["told"]
        assert tracks.get(db, tracks.page(db)[0].id).album == "Tides"
    copy = sqlite3.connect(tmp_path / f"old.db.before-{HEAD}")
    assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert copy.execute("SELECT title FROM tracks").fetchone() == ("Harbour",)
    copy.close()
    left = {one.name for one in tmp_path.iterdir()}
    assert left <= {"old.db", "old.db-wal", "old.db-shm", f"old.db.before-{HEAD}"}


def test_what_was_analysed_before_stays_in_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    at_revision(path, "0002")
    raw = sqlite3.connect(path)
    raw.execute(
        "INSERT INTO ledger (content_hash, stage, version, state, reason, attempts, changed)"
        " VALUES ('a', 'descriptors', '1', 'analysed', '', 1, 0)"
    )
    raw.execute(
        "INSERT INTO files (path, content_hash, size, modified, format, art, founded, track_id)"
        " VALUES ('/a.mp3', 'a', 1, 0, 'mp3', 0, 0, 5)"
    )
    raw.commit()
    raw.close()
    with open_database(path) as db:
        assert ledger.counts(db, ledger.Stage("descriptors", "1")).analysed == 1
        assert ledger.counts(db, ledger.Stage("descriptors", "1", "30 s")).queued == 1
        assert recordings.by_hash(db, "a") is None


def test_a_catalogue_up_to_date_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    open_database(path).close()
    open_database(path).close()
    assert not list(tmp_path.glob("*.before-*"))


def test_going_back_leaves_no_table(tmp_path: Path) -> None:
    path = tmp_path / "back.db"
    open_database(path).close()
    engine = create_engine(f"sqlite:///{path}")
    config = migration_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    at_revision(path, "0001")
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE tracks_fts (in_the_way)")
    raw.commit()
    raw.close()
    with pytest.raises(Exception, match="tracks_fts already exists"):
        open_database(path)
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert raw.execute("SELECT count(*) FROM tracks").fetchone() == (1,)
    raw.close()


def test_an_old_catalogue_that_is_read_only_says_what_it_needs(
    open_folder: Path, without_rights: Callable[[], AbstractContextManager[None]]
) -> None:
    path = open_folder / "old.db"
    at_revision(path, "0001")
    open_folder.chmod(0o555)
    path.chmod(0o444)
    with (
        without_rights(),
        pytest.raises(UnavailableError, match=f"of revision 0001 and must be brought to {HEAD}"),
    ):
        open_database(path)


def test_an_old_catalogue_that_is_being_written_to_waits(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    at_revision(path, "0001")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError, match="locked by another program"):
        open_database(path, busy_seconds=0.1)
    other.close()
    open_database(path).close()


def test_opening_what_is_up_to_date_loads_no_migration_machinery(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    open_database(path).close()
    code = (
        "import sys; from segue.catalogue.database import open_database\n"
        f"open_database({str(path)!r}).close()\n"
        "print(sorted({'alembic', 'mako', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
