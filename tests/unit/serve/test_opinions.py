"""Opinions said on pages: by whom, taken back, without scripts and with them."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from segue.catalogue import feedback, tracks
from segue.library import Segue
from segue.records import TrackRecord
from segue.serve.app import create_app
from segue.settings import Settings


@pytest.fixture
def segue(tmp_path) -> Segue:
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as opened:
        tracks.add(opened.database, [TrackRecord(title="<b>One</b>", artists=("A & B",))])
        yield opened


@pytest.fixture
def client(segue) -> TestClient:
    return TestClient(create_app(segue), base_url="http://localhost")


@pytest.fixture
def track_id(segue) -> str:
    return tracks.page(segue.database)[0].id


def say(client, track_id, kind, **options):
    return client.post(
        f"/tracks/{track_id}/opinion", data={"kind": kind}, follow_redirects=False, **options
    )


def test_a_like_stands_until_it_is_taken_back(client, segue, track_id) -> None:
    answered = say(client, track_id, "like", headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in answered.text
    assert "<b>One" not in answered.text
    assert 'value="undo"' in answered.text
    assert "autofocus" in answered.text
    assert json.loads(answered.headers["HX-Trigger"]) == {
        "segue:opinion": {"id": track_id, "kind": "like"}
    }
    assert [(o.track_id, o.kind) for o in feedback.of(segue.database, "")] == [(track_id, "like")]
    again = say(client, track_id, "undo", headers={"HX-Request": "true"})
    assert 'aria-pressed="false"' in again.text
    assert feedback.of(segue.database, "") == []


@pytest.mark.parametrize("name", ["Ada", "Zoë & Žiga", "فيروز 🎧", "a;b=c"])
def test_whoever_the_cookie_names_is_meant(client, segue, track_id, name) -> None:
    cookies = {"Cookie": f"listener={quote(name)}"}
    say(client, track_id, "dislike", headers=cookies)
    assert [o.kind for o in feedback.of(segue.database, name)] == ["dislike"]
    assert feedback.of(segue.database, "") == []
    say(client, track_id, "undo", headers=cookies)


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://localhost/?q=slow&show=all", "/?q=slow&show=all"),
        ("http://localhost//elsewhere.example/x", "/elsewhere.example/x"),
        ("http://localhost/\\elsewhere.example", "/elsewhere.example"),
        ("", None),
    ],
)
def test_without_scripts_it_goes_back_to_the_page_it_came_from(
    client, track_id, came_from, leads_to
) -> None:
    answered = say(client, track_id, "skip", headers={"Referer": came_from} if came_from else {})
    assert answered.status_code == 303
    assert answered.headers["location"] == (leads_to or f"/tracks/{track_id}")
    say(client, track_id, "undo")


def test_what_cannot_be_is_said(client, track_id) -> None:
    assert say(client, track_id, "adore").status_code == 422
    assert say(client, "nobody", "like").status_code == 404
    elsewhere = say(client, track_id, "like", headers={"Origin": "http://elsewhere.example"})
    assert elsewhere.status_code == 403


def test_the_page_of_a_track_can_be_told_never_and_forgets_it_again(client, track_id) -> None:
    assert 'value="dislike" data-kind="dislike" aria-pressed="false"' in page_of(client, track_id)
    part = {"HX-Request": "true", "HX-Target": "this"}
    data = {"kind": "dislike", "part": "opinion"}
    told = client.post(f"/tracks/{track_id}/opinion", data=data, headers=part)
    assert 'value="undo" data-kind="dislike" aria-pressed="true"' in told.text
    assert 'value="undo" data-kind="dislike" aria-pressed="true"' in page_of(client, track_id)
    say(client, track_id, "skip")
    assert "Skipped: a little less like this." in page_of(client, track_id)
    say(client, track_id, "undo")
    assert "Skipped" not in page_of(client, track_id)


def page_of(client, track_id: str) -> str:
    return client.get(f"/tracks/{track_id}").text
