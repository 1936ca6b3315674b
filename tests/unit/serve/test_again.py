"""A question that a restarting database server broke off is asked once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from segue.errors import AwayError
from segue.library import Segue
from segue.serve import again
from segue.serve.app import create_app
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Broken:
    """A server that goes away under the first questions."""

    def __init__(self) -> None:
        self.times, self.asked = 0, 0

    def __call__(self) -> dict[str, int]:
        self.asked += 1
        if self.asked <= self.times:
            raise AwayError("the connection to the server broke off", where="postgresql://db/x")
        return {"asked": self.asked}


@pytest.fixture
def broken() -> Broken:
    return Broken()


@pytest.fixture
def client(tmp_path: Path, broken: Broken) -> Iterator[TestClient]:
    with Segue.open(tmp_path / "again.db", settings=Settings(_env_file=None)) as segue:
        app = create_app(segue)
        app.add_api_route("/api/v1/broken", broken.__call__, methods=["GET", "POST"])
        app.add_api_route("/broken", broken.__call__, methods=["GET"])
        yield TestClient(app, base_url="http://localhost")


def test_what_only_reads_is_asked_once_more(client: TestClient, broken: Broken) -> None:
    broken.times = 1
    found = client.get("/api/v1/broken")
    assert (found.status_code, found.json()) == (200, {"asked": 2})


def test_a_server_that_stays_away_is_said_to_be_away(client: TestClient, broken: Broken) -> None:
    broken.times = 9
    refused = client.get("/api/v1/broken")
    assert (refused.status_code, broken.asked) == (503, 2)
    assert refused.headers["retry-after"] == "2"
    assert refused.json()["type"].endswith("#problem-away")
    page = client.get("/broken", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["retry-after"]) == (503, "2")
    assert "The catalogue is away" in page.text


def test_what_writes_is_never_asked_again(client: TestClient, broken: Broken) -> None:
    broken.times = 1
    headers = {"Origin": "http://localhost"}
    assert client.post("/api/v1/broken", headers=headers).status_code == 503
    assert broken.asked == 1


def test_who_has_waited_long_is_told_at_once(
    client: TestClient, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "PATIENCE", 0.0)
    broken.times = 1
    assert client.get("/api/v1/broken").status_code == 503
    assert broken.asked == 1
