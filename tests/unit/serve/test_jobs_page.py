"""The page of files and jobs: the ledger, what is done, what can be asked for; told live."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from awaiting import finished
from segue.catalogue import jobs
from segue.jobs import teaching
from segue.library import Segue
from segue.serve.app import create_app
from segue.serve.telling import ago, bytes_of, days, left
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def library(tmp_path: Path, tone_file: Path) -> Iterator[Segue]:
    """One file that can be heard, two damaged ones, and one that is none, not analysed yet."""
    music = tmp_path / "music"
    music.mkdir()
    (music / "tone.wav").write_bytes(tone_file.read_bytes())
    for name in ("<b>bad.flac", "worse.flac"):
        # A header that promises sound, and nothing behind it.
        (music / name).write_bytes(b"fLaC" + b"\x00\x00\x00\x22" + name.encode() * 40)
    (music / "text.mp3").write_bytes(b"no music at all " * 50)
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None, jobs=1)) as segue:
        segue.scan(music)
        yield segue


@pytest.fixture
def client(library: Segue) -> TestClient:
    """A client of an application whose work is not started: jobs stay as they are."""
    return TestClient(create_app(library), base_url="http://localhost")


def started(library: Segue, job: int) -> None:
    """Let the work be done until a job is over."""
    runner = create_app(library).state.runner
    runner.start()
    try:
        assert runner.wait(job, 60).state == "done"
    finally:
        runner.stop()


def test_what_failed_is_named_with_its_reason_and_tried_again(
    client: TestClient, library: Segue
) -> None:
    library.analyse(quick=True)
    text = client.get("/jobs").text
    figures = [int(n) for n in re.findall(r"<dd>(\d+)</dd>", text)[:5]]
    assert figures[0] == sum(figures[1:]) == 3
    assert figures[3] == 2
    assert "&lt;b&gt;bad.flac" in text
    assert "<b>bad" not in text
    reasons = set(re.findall(r'name="reason" value="([^"]+)"', text))
    (hashed, *_) = re.findall(r'name="file" value="(\w{64})"', text)
    assert reasons
    one = client.post("/jobs/files/retry", data={"file": hashed})
    assert one.url.path == "/jobs"
    assert "Looking through music" in one.text
    assert library.status().ledger.queued == 1
    rest = client.post("/jobs/files/retry", data={})
    assert rest.status_code == 200
    assert library.status().ledger.queued == 2
    # Both wishes are one job, as what waits is all analysed by it.
    assert jobs.waiting(library.database, "scan") == 1
    started(library, jobs.listing(library.database, 1)[0].id)
    assert library.status().ledger.failed == 2
    for data in ({"file": "0" * 64}, {"reason": "no such reason"}):
        assert client.post("/jobs/files/retry", data=data).status_code == 404


def test_a_known_folder_is_looked_through_again_and_no_other(
    client: TestClient, library: Segue, tmp_path: Path
) -> None:
    text = client.get("/jobs").text
    root = str(tmp_path / "music")
    assert f'name="root" value="{root}"' in text
    assert "SEGUE_RESCAN_HOURS=24" in text
    assert client.post("/jobs/scan", data={"root": "/etc"}).status_code == 404
    assert client.post("/jobs/scan", data={"root": root}).status_code == 200
    (job,) = jobs.listing(library.database)
    assert (job.kind, job.payload) == ("scan", {"root": root})
    started(library, job.id)
    text = client.get("/jobs").text
    assert "1 file was refused" in text
    assert "text.mp3" in text


def test_jobs_are_cancelled_and_tried_again_from_the_page(
    client: TestClient, library: Segue, tmp_path: Path
) -> None:
    client.post("/jobs/scan", data={"root": str(tmp_path / "music")})
    (job,) = jobs.listing(library.database)
    page = client.post(f"/jobs/{job.id}/cancel").text
    assert jobs.get(library.database, job.id).state == "cancelled"
    assert f'action="/jobs/{job.id}/retry"' in page
    page = client.post(f"/jobs/{job.id}/retry").text
    assert [each.state for each in jobs.listing(library.database)] == ["queued", "cancelled"]
    assert 'data-state="queued"' in page
    assert client.post("/jobs/99/cancel").status_code == 404
    assert client.post("/jobs/99/retry").status_code == 404


def test_what_no_segue_knows_any_more_is_not_offered_again(
    client: TestClient, library: Segue
) -> None:
    old = jobs.submit(library.database, "analyse", {})
    jobs.cancel(library.database, old)
    text = client.get("/jobs").text
    assert "analyse" in text
    assert f'action="/jobs/{old}/retry"' not in text
    assert client.post(f"/jobs/{old}/retry").status_code == 400


def test_files_that_were_brought_are_told_of_to_who_names_them_alone(
    client: TestClient, library: Segue, listened: Callable[..., list[dict]]
) -> None:
    named = "a-token-nobody-can-guess"
    wish = {"token": named}
    numbers = [
        jobs.submit(library.database, kind, wish, address=f"uploads/{named}")
        for kind in ("upload", "waveform")
    ]
    other = jobs.submit(library.database, "upload", {"token": "another"}, address="uploads/another")
    scan = jobs.submit(library.database, "scan", {})
    every = "&".join(f"job={number}" for number in (*numbers, other, scan))
    assert {one["id"] for one in listened(library, every)} == {scan}
    told = listened(library, f"upload={named}")
    assert {one["id"] for one in told} == {*numbers, scan}
    assert {one["address"] for one in told if one["id"] in numbers} == {f"/uploads/{named}"}
    page = client.get("/jobs").text
    assert "3 files that were brought are being listened to" in page
    assert named not in page
    for number in numbers:
        for act in ("cancel", "retry"):
            assert client.post(f"/jobs/{number}/{act}").status_code == 404
    assert jobs.get(library.database, numbers[0]).state == "queued"


def test_teaching_asks_for_hours_that_are_hours(client: TestClient, library: Segue) -> None:
    for hours in ("none", "0", "-1", "1e9", "nan"):
        answer = client.post("/jobs/teach", data={"hours": hours})
        assert answer.status_code == 400
        assert "no number of hours" in answer.text
    assert client.post("/jobs/teach", data={"hours": "1,5"}).status_code == 200
    (job,) = jobs.listing(library.database)
    assert (job.kind, job.payload, job.address) == ("teach", {"hours": 1.5}, "models")


def test_where_packages_are_missing_the_page_says_what_adds_them(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "PACKAGES", ("torch", "no_such_package"))
    text = client.get("/jobs").text
    assert "no_such_package" in text
    assert "pip install &#39;segue[train]&#39;" in text
    assert "<button>Teach" not in text


def test_what_happens_is_sent_as_it_happens(
    library: Segue, tmp_path: Path, until_told: Callable[..., list[dict]]
) -> None:
    told = until_told(library, {"root": str(tmp_path / "music")})
    states = [one["state"] for one in told]
    assert states[0] in {"queued", "running"}
    assert states[-1] == "done"
    last = told[-1]
    assert last["message"].endswith("1 of 3 can be recommended, 2 failed.")
    assert last["address"] == "/jobs"
    assert not last["open"]
    assert {"id", "kind", "done", "total", "rate", "eta", "pace", "said", "title"} <= last.keys()


@pytest.fixture
def until_told() -> Callable[..., list[dict]]:
    """Have a folder looked through, and give what a page is told of it until it is over."""
    import asyncio

    def run(library: Segue, payload: dict[str, str]) -> list[dict]:
        app = create_app(library)
        runner = app.state.runner
        runner.start()
        told: list[dict] = []

        async def listen() -> None:
            job = runner.submit("scan", payload, address="jobs")
            gone = asyncio.Event()

            async def receive() -> dict:
                await gone.wait()
                return {"type": "http.disconnect"}

            async def send(message: dict) -> None:
                for line in message.get("body", b"").decode().splitlines():
                    if line.startswith("data: "):
                        one = json.loads(line.removeprefix("data: "))
                        if one["id"] == job:
                            told.append(one)
                            if not one["open"]:
                                gone.set()

            scope = {
                "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
                "method": "GET", "scheme": "http", "path": "/events/jobs", "raw_path": b"",
                "query_string": f"job={job}".encode(), "root_path": "",
                "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1),
                "server": ("localhost", 80), "state": {},
            }  # fmt: skip
            await asyncio.wait_for(app(scope, receive, send), 60)

        try:
            finished(listen())
        finally:
            runner.stop()
        return told

    return run


@pytest.fixture
def listened() -> Callable[..., list[dict]]:
    """What a page that asks for events is told at first; no work is done."""
    import asyncio

    def run(library: Segue, query: str) -> list[dict]:
        told: list[dict] = []
        app = create_app(library)

        async def listen() -> None:
            async def receive() -> dict:
                await asyncio.sleep(1.5)
                return {"type": "http.disconnect"}

            async def send(message: dict) -> None:
                lines = message.get("body", b"").decode().splitlines()
                data = [one.removeprefix("data: ") for one in lines if one.startswith("data: ")]
                told.extend(map(json.loads, data))

            scope = {
                "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
                "method": "GET", "scheme": "http", "path": "/events/jobs", "raw_path": b"",
                "query_string": query.encode(), "root_path": "",
                "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1),
                "server": ("localhost", 80), "state": {},
            }  # fmt: skip
            await asyncio.wait_for(app(scope, receive, send), 60)

        finished(listen())
        return told

    return run


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (60, "1 minute ago"),
        (3 * 3600, "3 hours ago"),
        (86_400, "1 day ago"),
        (100 * 86_400, "23 September 2026"),
    ],
)
def test_times_are_said_as_people_say_them(seconds: float, said: str) -> None:
    now = time.mktime((2027, 1, 1, 12, 0, 0, 0, 0, 0))
    assert ago(now - seconds, now=now) == said
    assert ago(None) == "never"


def test_sizes_and_spans_are_said_as_people_say_them() -> None:
    assert [bytes_of(n) for n in (0, 950, 120_000, 4_200_000)] == [
        "1 kB", "1 kB", "0.1 MB", "4.2 MB"
    ]  # fmt: skip
    assert [left(n) for n in (5, 60, 7200)] == [
        "less than a minute left", "about 1 minute left", "about 2 hours left"
    ]  # fmt: skip
    assert (days(7.0), days(0.5)) == ("7 days", "12 hours")
