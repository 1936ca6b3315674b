"""What was built of a catalogue on PostgreSQL is kept in the folder that is set for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from busy import build
from segue.assemble import Live, derived
from segue.catalogue.database import epoch, open_database
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from segue.records import Answer


def test_the_next_program_opens_what_was_built_of_a_server(
    postgres_server: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE kept_snapshots")
    url = f"{postgres_server}/kept_snapshots"
    build(url)
    settings = Settings(_env_file=None, derived_folder=tmp_path / "derived")
    caplog.set_level("INFO")
    with open_database(url) as db:
        folder = derived(db, settings)
        assert folder is not None
        assert folder.parent == tmp_path / "derived"
        found: list[Answer] = []
        for _ in range(2):
            live = Live(db, folder=folder, kept_from=1)
            engine = live.engine()
            seed = engine.seed_of(engine.snapshot.corpus.ids[0])
            found.append(replace(engine.similar(seed, lens="text"), seconds=0.0))
            live.close()
        assert found[0] == found[1]
        assert found[0].epoch == epoch(db)
    assert caplog.text.count("space text built") == 1
    assert "MB kept in" in caplog.text
