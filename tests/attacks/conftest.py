"""A library with login, a browser that is signed in to it, and a library that is open to all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from attacked import CHEAP, HERE, Guarded, hostile
from segue.catalogue import passwords, tracks
from segue.library import Segue
from segue.serve.app import create_app
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords of tests are checked in no time, those of names that nobody has too."""
    monkeypatch.setattr(passwords, "TODAY", CHEAP)


@pytest.fixture(scope="session")
def guards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Guarded]]:
    """Applications by their settings: made once, as that takes longer than most attacks."""
    made: dict[str, Guarded] = {}
    yield made
    for one in made.values():
        one.segue.close()


@pytest.fixture
def guard(
    guards: dict[str, Guarded], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Guarded]:
    """An application with login, and Ada and Ben alone in its library: `guard(**settings)`."""

    def made(**settings: object) -> Guarded:
        name = repr(sorted(settings.items()))
        if name not in guards:
            told = Settings(_env_file=None, **{"login": True, **settings})
            path = tmp_path_factory.mktemp("guarded") / "segue.db"
            segue = Segue.open(path, settings=told)
            guards[name] = Guarded(segue, create_app(segue))
        guards[name].begin()
        return guards[name]

    return made


@pytest.fixture
def guarded(guard) -> Guarded:
    """An application with login and no tracks."""
    return guard()


@pytest.fixture(scope="session")
def open_segue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Segue]:
    """A library of hostile rows without login. Nobody may change it."""
    folder = tmp_path_factory.mktemp("attacked")
    settings = Settings(_env_file=None, upload_megabytes=1, playlist_folder=folder / "playlists")
    (folder / "playlists").mkdir()
    with Segue.open(folder / "segue.db", settings=settings) as segue:
        tracks.add(segue.database, [hostile(number) for number in range(12)])
        yield segue


@pytest.fixture(scope="session")
def open_client(open_segue: Segue) -> Iterator[TestClient]:
    """A client of an application without login that is ready."""
    with TestClient(create_app(open_segue), base_url=HERE, follow_redirects=False) as client:
        end = time.monotonic() + 60
        while (answer := client.get("/ready")).status_code != 200:
            assert time.monotonic() < end, answer.text
            time.sleep(0.02)
        open_segue.shelves()
        yield client
