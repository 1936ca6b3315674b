"""Where programs have keys, each speaks for its own listener and for no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from doors import library
from segue.catalogue import keys, personal
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
    page = f"/playlists/{made['number']}"
    for what in ("title", "tracks", "more", "delete"):
        sent = {"edition": edition, "title": "His", "tracks": ID}
        assert bo.post(f"{page}/{what}", data=sent, follow_redirects=False).status_code == 403, what
    assert ada.get(place).json()["title"] == "Hers"
    assert ada.delete(place, params={"edition": edition}).status_code == 204


def test_judgements_are_kept_and_told_for_who_asked(asking: dict[str, TestClient]) -> None:
    ada, bo = asking["Ada"], asking["Bo"]
    drawn = ada.post(
        f"{API}/judgements", json={"lens_a": "text", "lens_b": "attributes", "track": ID}
    )
    assert drawn.status_code == 200, drawn.text
    question = drawn.json()
    answered = ada.put(f"{API}/judgements/{question['id']}", json={"choice": ""})
    assert answered.status_code == 200, answered.text
    assert [each["listener"] for each in ada.get(f"{API}/judgements").json()["judgements"]] == [
        "Ada"
    ]
    assert bo.get(f"{API}/judgements").json()["count"] == 0


def test_a_tag_does_not_outlive_what_was_forgotten(asking: dict[str, TestClient]) -> None:
    ada, database = asking["Ada"], asking["Ada"].app.state.segue.database
    address = f"{API}/tracks/{ID}/similar?listener=Ada"
    ada.put(f"{API}/opinions/{OTHER}", json={"kind": "like"})
    tag = ada.get(address).headers["etag"]
    personal.forget(database, "Ada")
    ada.put(f"{API}/opinions/{OTHER}", json={"kind": "dislike"})
    assert ada.get(address, headers={"If-None-Match": tag}).status_code == 200
