"""The pages of the blind listening test: begun, answered, and over where nothing is left to ask."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from segue.catalogue import tracks
from segue.library import Segue
from segue.serve.app import create_app
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ASKED = {"lens_a": "descriptors", "lens_b": "text", "kind": "pair"}


@pytest.fixture
def opened(stocked: Segue, tmp_path: Path) -> Iterator[tuple[Segue, TestClient]]:
    """A library with twelve analysed files that may be changed."""
    path = tmp_path / "segue.db"
    with closing(sqlite3.connect(str(stocked.database.path))) as held:
        held.execute("VACUUM INTO ?", (str(path),))
    with (
        Segue.open(path, settings=Settings(_env_file=None)) as segue,
        TestClient(create_app(segue), base_url="http://localhost") as client,
    ):
        until(lambda: client.get("/ready").status_code == 200)
        yield segue, client


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def begun(client: TestClient) -> str:
    sent = client.post("/listening-test", data=ASKED, follow_redirects=False)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


def test_each_excerpt_says_what_a_script_needs_to_play_it(
    opened: tuple[Segue, TestClient],
) -> None:
    _, client = opened
    page = client.get(begun(client)).text
    assert 'data-tracks="/tracks"' in page
    heard = re.findall(r'src="/tracks/([^/]+)/audio#t=[^"]+" data-track="([^"]+)"', page)
    assert len(heard) == 3
    assert all(one == other for one, other in heard)


def test_an_answer_counts_also_where_nothing_is_left_to_ask(
    opened: tuple[Segue, TestClient],
) -> None:
    segue, client = opened
    before = len(segue.judgements())
    question = begun(client)
    for one in segue.engine().snapshot.corpus.ids:
        tracks.delete(segue.database, one)
    until(lambda: not segue.engine().snapshot.corpus.ids)
    sent = client.post(question, data={"choice": ""}, follow_redirects=False)
    assert sent.status_code == 303
    page = client.get(sent.headers["location"])
    assert page.status_code == 200
    assert "Your answer is taken down" in page.text
    assert "Your answer is taken down" not in client.get("/listening-test").text
    assert len(segue.judgements()) == before + 1
