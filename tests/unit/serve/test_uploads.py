"""Files from outside: heard, answered, gone; refused in plain words.

Those that the page takes in and keeps are in ``test_brought``.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from typing import TYPE_CHECKING

import pytest

from awaiting import finished
from segue.errors import BadRequestError
from segue.serve import uploads

if TYPE_CHECKING:
    from pathlib import Path

API = "/recommend/from-audio"


@pytest.fixture(autouse=True)
def nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Uploads go to a folder of this test's own, which is empty again when it ends."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("text.mp3", b"this is a text and no music" * 50),
        ("empty.mp3", b""),
        ("page.mp3", b"<!doctype html><html><body>404</body></html>" * 9),
        ("list.mp3", b"#EXTM3U\nhttp://localhost/secret\n/etc/passwd\n"),
        ("zeros.wav", b"\0" * 5000),
        ("../../etc/passwd", b"x" * 100),
        ("no ending", b"\xff\xfb\x90\x00"),
    ],
)
def test_what_is_no_audio_is_refused_by_its_own_name(client, name, data) -> None:
    shown = name.rsplit("/", 1)[-1]
    problem = client.post(API, files={"file": (name, data)})
    assert problem.status_code == 422
    assert problem.headers["content-type"] == "application/problem+json"
    said = problem.json()["detail"]
    assert shown in said
    assert tempfile.gettempdir() not in said
    assert "upload.mp3" not in said


def test_a_file_that_is_too_large_is_refused(client) -> None:
    data = b"\0" * 2_200_000
    for path in (API, "/upload"):
        answer = client.post(path, files={"file": ("big.wav", data)})
        assert answer.status_code == 413
        assert "2 MB" in answer.text
        assert "SEGUE_UPLOAD_MEGABYTES" in answer.text


def test_a_file_without_announced_length_is_counted_while_it_comes(client) -> None:
    def body():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        for _ in range(40):
            yield b"\0" * 100_000
        yield b"\r\n--b--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = client.post(API, content=body(), headers=headers)
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413


def test_an_announced_length_far_too_large_is_refused_unread(client) -> None:
    read = []

    def body():
        for n in range(1000):
            read.append(n)
            yield b"\0" * 100_000

    headers = {"content-type": "multipart/form-data; boundary=b", "content-length": "100000000"}
    answer = client.post(API, content=body(), headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data"),
        (b"nonsense", "multipart/form-data; boundary=b"),
        (b"--b\r\nnonsense\r\n", "multipart/form-data; boundary=b"),
        (b'{"file": "x"}', "application/json"),
        (b"file=x", "application/x-www-form-urlencoded"),
        (b"", ""),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
    ],
)
def test_a_body_that_is_no_form_with_a_file_is_a_bad_request(client, content, kind) -> None:
    for path in (API, "/upload"):
        answer = client.post(path, content=content, headers={"content-type": kind})
        assert answer.status_code == 400, answer.text
        assert "file" in answer.text


@pytest.mark.parametrize("pause", [0.02, 60.0])
def test_a_body_that_stalls_has_broken_off(monkeypatch, pause: float) -> None:
    monkeypatch.setattr(uploads, "STALL_SECONDS", 0.3)

    async def drips():
        while True:
            yield b"x"
            await asyncio.sleep(pause)

    async def read() -> int:
        return sum([len(chunk) async for chunk in uploads._steady(drips())])

    began = time.monotonic()
    with pytest.raises(BadRequestError, match="broke off"):
        finished(read())
    assert time.monotonic() - began < 5


def test_a_slow_disk_is_not_the_fault_of_who_sends(monkeypatch) -> None:
    monkeypatch.setattr(uploads, "STALL_SECONDS", 0.1)

    async def comes():
        for _ in range(5):
            yield b"x" * 1000

    async def read() -> int:
        taken = 0
        async for chunk in uploads._steady(comes()):
            await asyncio.sleep(0.1)
            taken += len(chunk)
        return taken

    assert finished(read()) == 5000


def test_several_files_are_limited_together_and_that_is_said(client) -> None:
    files = [("file", (f"{n}.wav", b"\0" * 1_200_000)) for n in range(2)]
    answer = client.post("/upload", files=files)
    assert answer.status_code == 413
    assert "all of them together" in answer.text


def test_two_files_at_once_are_refused(client) -> None:
    two = [("file", ("a.wav", b"1")), ("file", ("b.wav", b"2"))]
    answer = client.post(API, files=two)
    assert answer.status_code == 400
    assert "one file" in answer.json()["remedy"]


def test_before_the_engine_stands_a_file_waits(empty_client, tone_file) -> None:
    answer = empty_client.post(API, files={"file": ("a.wav", tone_file.read_bytes())})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_an_unknown_lens_is_named(client, tone_file) -> None:
    answer = client.post(
        API, params={"lens": "nonsense"}, files={"file": ("a.wav", tone_file.read_bytes())}
    )
    assert answer.status_code == 400
    assert "nonsense" in answer.json()["detail"]
