"""Where programs have keys, each speaks for its own listener and for no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from doors import library
from segue.catalogue import keys
from segue.serve.app import create_app
from segue.serve.schemas import ID, OTHER

if TYPE_CHECKING:
    from collections.abc import Iterator

API = "/api/v1"


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TestClient]]:
    """A client for each of two listeners, by their keys."""
    with library(tmp_path_factory.mktemp("whose"), login=True) as segue:
        app, made = create_app(segue), {}
        for name in ("Ada", "Bo"):
            _, secret = keys.make(
                segue.database, label=name, listener=name, scopes={"read", "listen", "write"}
            )
            headers = {"Authorization": f"Bearer {secret}"}
            made[name] = TestClient(app, base_url="http://localhost", headers=headers)
        yield made


def test_who_names_nobody_speaks_for_the_keys_listener(asking: dict[str, TestClient]) -> None:
    ada, bo = asking["Ada"], asking["Bo"]
    assert ada.put(f"{API}/opinions/{ID}", json={"kind": "like"}).status_code == 200
    assert ada.get(f"{API}/opinions").json()["listener"] == "Ada"
    assert ada.get(f"{API}/opinions?listener=Ada").json()["count"] == 1
    assert bo.get(f"{API}/opinions").json()["count"] == 0
    assert ada.get(f"{API}/library", params={"show": "liked"}).json()["count"] == 1
    assert bo.get(f"{API}/library", params={"show": "liked"}).json()["count"] == 0
    assert ada.get(f"{API}/listeners").json()["listeners"] == ["Ada"]


QUESTIONS = [
    ("GET", "opinions?listener=Bo", None),
    ("GET", f"tracks/{ID}/similar?listener=Bo", None),
    ("GET", f"tracks/{ID}/similar?unheard_by=Bo", None),
    ("GET", "library?listener=Bo", None),
    ("GET", "plays?listener=Bo", None),
    ("GET", "listeners/Bo/feedback", None),
    ("PUT", f"listeners/Bo/feedback/{ID}", {"kind": "like"}),
    ("PUT", f"opinions/{ID}?listener=Bo", {"kind": "like"}),
    ("POST", "mix", {"like": [ID], "listener": "Bo"}),
    ("POST", "continue", {"tracks": [ID], "unheard_by": "Bo"}),
    ("POST", "wish", {"words": "slow", "unheard_by": "Bo"}),
    ("POST", "radio", {"seed": ID, "unheard_by": "Bo"}),
    ("POST", "similar", {"tracks": [ID], "listener": "Bo"}),
    ("POST", "judgements", {"lens_a": "hybrid", "lens_b": "text", "listener": "Bo"}),
    ("POST", "playlists", {"title": "A", "tracks": [ID], "listener": "Bo"}),
]


@pytest.mark.parametrize(("method", "address", "body"), QUESTIONS)
def test_nobody_speaks_for_another(
    asking: dict[str, TestClient], method: str, address: str, body: dict | None
) -> None:
    answer = asking["Ada"].request(method, f"{API}/{address}", json=body)
    assert answer.status_code == 403, answer.text
    assert answer.json()["type"] == "/docs#problem-forbidden"


def test_a_tag_is_nobody_elses(asking: dict[str, TestClient]) -> None:
    address = f"{API}/tracks/{OTHER}/similar"
    tag = asking["Ada"].get(address).headers["etag"]
    told = {"If-None-Match": tag}
    assert asking["Ada"].get(address, headers=told).status_code == 304
    assert asking["Bo"].get(address, headers=told).status_code == 200


def test_a_playlist_is_changed_by_its_owner_alone(asking: dict[str, TestClient]) -> None:
    ada, bo = asking["Ada"], asking["Bo"]
    made = ada.post(f"{API}/playlists", json={"title": "Hers", "tracks": [ID]}).json()
    assert made["owner"] == "Ada"
    place, edition = f"{API}/playlists/{made['number']}", made["edition"]
    assert bo.patch(place, json={"edition": edition, "title": "His"}).status_code == 403
    assert bo.delete(place, params={"edition": edition}).status_code == 403
    assert ada.delete(place, params={"edition": edition}).status_code == 204
