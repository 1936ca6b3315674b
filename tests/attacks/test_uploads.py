"""Files that are too large, are no sound, stay too long, or are looked for by others."""

from __future__ import annotations

import json
import math
import time

import pytest
from starlette.testclient import TestClient

from attacked import HERE
from segue.catalogue import judgements, uploads
from segue.catalogue.judgements import Drawn
from segue.library import Segue
from segue.serve.app import create_app
from segue.serve.work import Beside
from segue.settings import Settings
from segue.types import TrackId

DOORS = ["/upload", "/recommend/from-audio"]


@pytest.mark.parametrize("door", DOORS)
def test_a_file_that_is_too_large_is_refused(open_client, door) -> None:
    sent = {"file": ("a.wav", b"RIFF" + bytes(1_200_000))}
    answer = open_client.post(door, files=sent)
    assert answer.status_code == 413, answer.text


@pytest.mark.parametrize("door", DOORS)
def test_a_length_that_is_announced_is_refused_unread(open_client, door) -> None:
    kind = "multipart/form-data; boundary=x"
    headers = {"content-type": kind, "content-length": "9" * 15}
    answer = open_client.post(door, content=b"--x", headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/api/v1/mix", "/playlists", "/login", "/api/v1/wish"])
def test_a_body_elsewhere_is_cut_off(open_client, path) -> None:
    def endless():
        for _ in range(100):
            yield b" " * 65_536

    kind = "application/json" if "/api/" in path else "application/x-www-form-urlencoded"
    answer = open_client.post(path, content=endless(), headers={"content-type": kind})
    assert answer.status_code == 413, answer.text


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0" + bytes(300),
        b"\x7fELF" + bytes(300),
        b"PK\x03\x04" + bytes(300),
        b"%PDF-1.7\n" + bytes(300),
        b"<html><script>alert(1)</script></html>" * 9,
        b"\x1f\x8b\x08" + bytes(300),
        b"\0" * 300,
    ],
)
def test_what_is_no_sound_is_refused_by_its_content(open_client, content) -> None:
    sent = {"file": ("song.mp3", content, "audio/mpeg")}
    answer = open_client.post("/recommend/from-audio", files=sent)
    assert answer.status_code == 422, answer.text
    assert "/tmp" not in answer.text  # noqa: S108 (what must not be told)


@pytest.fixture
def brought(tmp_path):
    """A library that files were brought to, its client, and the store."""
    settings = Settings(_env_file=None)
    with Segue.open(tmp_path / "segue.db", settings=settings) as segue:
        beside = Beside.of(segue)
        client = TestClient(create_app(segue, beside=beside), base_url=HERE, follow_redirects=False)
        yield segue, client, beside.store


def test_an_address_of_a_file_cannot_be_guessed(brought) -> None:
    segue, client, _ = brought
    sent = {"file": ("a.wav", b"RIFF no sound")}
    places = [client.post("/upload", files=sent).headers["location"] for _ in range(64)]
    tokens = [place.rsplit("/", 1)[1] for place in places]
    assert len(set(tokens)) == 64
    # 64 signs to choose from, each as often as the next as far as 64 tokens can tell.
    assert all(len(token) * math.log2(64) >= 128 for token in tokens)
    shares = [len({token[at] for token in tokens}) for at in range(len(tokens[0]) - 1)]
    assert min(shares) > 20
    assert uploads.all_tokens(segue.database) == set(tokens)


def test_an_address_of_a_file_is_told_nowhere(brought) -> None:
    _, client, _ = brought
    sent = {"file": ("private-name.wav", b"RIFF no sound")}
    token = client.post("/upload", files=sent).headers["location"].rsplit("/", 1)[1]
    with client:
        told = ["/", "/upload", "/uploads", "/uploads/", "/jobs", "/status", "/api/v1/status"]
        told += ["/about", "/api/v1/uploads", "/api/v1/jobs"]
        for path in told:
            answer = client.get(path)
            assert token not in answer.text, path
            assert "private-name" not in answer.text, path
    page = client.get(f"/uploads/{token}")
    assert "private-name" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex"
    assert client.get(f"/uploads/{token[:-1]}").status_code == 404
    assert client.get(f"/uploads/{token[:-1]}%25").status_code == 404
    assert client.get(f"/uploads/{token.swapcase()}").status_code == 404


def test_a_file_that_has_expired_is_gone(brought, monkeypatch) -> None:
    segue, client, store = brought
    sent = {"file": ("a.wav", b"RIFF no sound")}
    token = client.post("/upload", files=sent).headers["location"].rsplit("/", 1)[1]
    assert (store.folder / token).exists() or list(store.folder.rglob("*"))
    later = time.time() + segue.settings.upload_days * 86_400 + 60
    monkeypatch.setattr(time, "time", lambda: later)
    list(store.tidy())
    assert client.get(f"/uploads/{token}").status_code == 404
    assert client.get(f"/uploads/{token}/audio").status_code == 404
    assert not [path for path in store.folder.rglob("*") if path.is_file()]


def test_the_key_of_a_question_says_nothing(brought) -> None:
    segue, _, _ = brought
    drawn = Drawn("pair", "one", "two", TrackId("a"), TrackId("b"), TrackId("c"))
    asked = [judgements.ask(segue.database, drawn) for _ in range(32)]
    assert len(set(asked)) == 32
    assert all(len(key) * math.log2(64) >= 96 for key in asked)
    assert "one" not in json.dumps(asked)
