"""Files that listeners bring to catalogues on a server: every catalogue has a folder of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import uploads
from segue.catalogue.database import open_database
from segue.catalogue.uploads import Brought
from segue.library import Segue
from segue.serve import heard
from segue.serve.brought import Store
from segue.serve.stores import beside, folders
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from segue.catalogue.database import Database


@pytest.fixture
def urls(postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two catalogues on one server, and a home of the user's own."""
    import psycopg

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    names = [f"brought {each} {tmp_path.name}" for each in ("one", "two")]
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        for name in names:
            connection.execute(f'CREATE DATABASE "{name}"')
    return [f"{postgres_server}/{name}" for name in names]


def bring(db: Database, folder: Path, token: str) -> None:
    """A file in a folder, and its row."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / token).write_bytes(b"sound")
    (folder / f"{token}{heard.ENDING}").write_bytes(b"heard")
    row = Brought(token, "a.wav", 5, token, "heard", "", None, time.time(), time.time() + 900)
    uploads.add(db, [row])


def test_neither_of_two_catalogues_sweeps_away_what_the_other_holds(urls: list[str]) -> None:
    stores = []
    for token, url in zip(("first", "second"), urls, strict=True):
        segue = Segue.open(url, settings=Settings(_env_file=None, database=url))
        stores.append(Store(segue))
        bring(segue.database, stores[-1].folder, token)
    assert len({store.folder for store in stores} | {store.music for store in stores}) == 4
    for store in stores:
        list(store.tidy())
    for token, store in zip(("first", "second"), stores, strict=True):
        assert store.path(store.get(token)).read_bytes() == b"sound"
        assert (store.folder / f"{token}{heard.ENDING}").exists()
        store._segue.close()


def test_what_older_versions_put_into_one_folder_is_fetched(
    urls: list[str], tmp_path: Path
) -> None:
    shared = tmp_path / "cache" / "segue" / "catalogue.uploads"
    settings = Settings(_env_file=None)
    for token, url in zip(("first", "second"), urls, strict=True):
        with open_database(url) as db:
            bring(db, shared, token)
    for token, url in zip(("first", "second"), urls, strict=True):
        with open_database(url) as db:
            own = folders(db, settings).brought
            assert {path.name for path in own.iterdir()} == {token, f"{token}{heard.ENDING}"}
            assert folders(db, settings).brought == own
    # A catalogue that was put back under another name has the same tokens, and finds them too.
    assert len(list(shared.iterdir())) == 4


def test_a_server_starts_without_what_it_may_not_fetch(
    urls: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shared = tmp_path / "cache" / "segue" / "catalogue.uploads"
    with open_database(urls[0]) as db:
        bring(db, shared, "first")
        # A file stands where its folder is to be.
        beside(db).with_suffix(".uploads").write_bytes(b"")
        folders(db, Settings(_env_file=None))
    assert "2 files that were brought are not fetched" in caplog.text
    assert len(list(shared.iterdir())) == 2


def test_a_catalogue_is_the_same_however_its_address_is_written(urls: list[str]) -> None:
    ways = [urls[0], f"{urls[0]}?application_name=x", urls[0].replace("segue@", "segue:pw@")]
    digests = set()
    for way in ways:
        with open_database(way) as db:
            digests.add(db.digest)
    with open_database(urls[1]) as db:
        assert db.digest not in digests
    assert len(digests) == 1
