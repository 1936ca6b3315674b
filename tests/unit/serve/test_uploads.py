"""Files from outside: heard, answered, gone; refused in plain words."""

from __future__ import annotations

import re
import tempfile
from typing import TYPE_CHECKING

import pytest

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


def test_the_page_shows_recommendations_with_reasons(client, tone_file) -> None:
    answer = client.post("/upload", files={"file": ("my <b>tone.wav", tone_file.read_bytes())})
    assert answer.status_code == 200
    assert answer.text.count('<li class="match">') > 0
    assert 'class="reason"' in answer.text
    assert "my &lt;b&gt;tone.wav" in answer.text
    assert "<b>tone" not in answer.text
    heard = answer.text.partition("What was heard in it")[2]
    assert len(re.findall(r'class="number">≈ ', heard)) >= 8
    assert heard.count(", estimated</span>") == len(re.findall(r'class="number">≈ ', heard))
    assert "Attributes are estimated from the signal." in heard


def test_the_page_takes_a_lens_and_a_number(client, tone_file) -> None:
    answer = client.post(
        "/upload",
        data={"lens": "descriptors", "n": "6"},
        files={"file": ("a.wav", tone_file.read_bytes())},
    )
    assert answer.text.count('<li class="match">') == 6
    assert "Lens <strong>descriptors</strong>" in answer.text


@pytest.mark.parametrize("n", ["0", "501", "ten", "9" * 40, "-1", "²"])
def test_a_number_that_makes_no_sense_is_named(client, tone_file, n) -> None:
    answer = client.post(
        "/upload", data={"n": n}, files={"file": ("a.wav", tone_file.read_bytes())}
    )
    assert answer.status_code == 422
    assert "“n” should be" in answer.text
    assert "<form" in answer.text


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
    page = client.post("/upload", files={"file": (name, data)})
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "<form" in page.text
    for text in (problem.json()["detail"], page.text):
        assert shown in text
        assert tempfile.gettempdir() not in text
        assert "upload.mp3" not in text


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


def test_two_files_at_once_are_refused(client) -> None:
    two = [("file", ("a.wav", b"1")), ("file", ("b.wav", b"2"))]
    answer = client.post(API, files=two)
    assert answer.status_code == 400
    assert "one file" in answer.json()["remedy"]


def test_before_the_engine_stands_a_file_waits(empty_client, tone_file) -> None:
    answer = empty_client.post(API, files={"file": ("a.wav", tone_file.read_bytes())})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    page = empty_client.post("/upload", files={"file": ("a.wav", tone_file.read_bytes())})
    assert page.status_code == 503
    assert "getting to know" in page.text


def test_an_unknown_lens_is_named(client, tone_file) -> None:
    answer = client.post(
        API, params={"lens": "nonsense"}, files={"file": ("a.wav", tone_file.read_bytes())}
    )
    assert answer.status_code == 400
    assert "nonsense" in answer.json()["detail"]


@pytest.mark.realdata
def test_damaged_and_unusual_files_never_break_the_page(client, shared_data) -> None:
    edge = sorted((shared_data / "audio" / "edge").iterdir())
    small = [path for path in edge if path.stat().st_size < 300_000][:24]
    assert small
    for path in small:
        answer = client.post("/upload", files={"file": (path.name, path.read_bytes())})
        assert answer.status_code in (200, 422), f"{path.name}: {answer.status_code}"
        assert tempfile.gettempdir() not in answer.text
