"""What programs are told as it happens, by a real server, whoever makes it happen."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
import uvicorn

from segue.catalogue import jobs, keys, tracks
from segue.errors import CrowdedError
from segue.library import Segue
from segue.records import OutsideId, TrackRecord
from segue.serve import sending
from segue.serve.access.caller import EVERYBODY, Caller
from segue.serve.app import create_app
from segue.serve.happenings import Follower, Happenings
from segue.serve.run import listening
from segue.serve.sending import LISTENERS, OF_ONE
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI

EVENTS = "/api/v1/events"


def some(first: int, count: int) -> list[TrackRecord]:
    return [
        TrackRecord(title=f"Song {n}", artists=("Ada",), outside_ids=(OutsideId("t", f"{n}"),))
        for n in range(first, first + count)
    ]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Segue]:
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, some(0, 3))
        yield segue


@pytest.fixture
def served(library: Segue) -> Iterator[tuple[FastAPI, str]]:
    """The application, and the address of a real server before it."""
    app = create_app(library)
    with listening("127.0.0.1", 0) as bound:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        until(lambda: server.started)
        yield app, f"http://127.0.0.1:{bound.getsockname()[1]}"
        app.state.ending = True
        server.should_exit = True
        thread.join()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


class Told:
    """The events of one answer, one after the other."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        self._lines = answer.iter_lines()

    def next(self, kind: str = "") -> tuple[str, str, dict[str, Any]]:
        """Kind, number and data of the next event (of a kind)."""
        found: dict[str, str] = {}
        for line in self._lines:
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                found[name] = value
            elif "data" in found:
                if kind in ("", found["event"]):
                    return found["event"], found["id"], json.loads(found["data"])
                found = {}
        raise AssertionError(f"it ended without {kind}")

    def ends(self) -> bool:
        for _ in self._lines:
            pass
        return True


def test_tracks_of_another_process_and_the_end_of_a_job_are_told(served, tmp_path) -> None:
    app, address = served
    library = app.state.segue
    with httpx.Client(base_url=address, timeout=60) as client:
        with client.stream("GET", EVENTS) as answer:
            told = Told(answer)
            kind, _, now = told.next()
            assert (kind, now["count"]) == ("catalogue", 3)
            table = tmp_path / "more.csv"
            table.write_text("title,artist\nNew one,Bea\nNew two,Bea\n", encoding="utf-8")
            subprocess.run(
                [sys.executable, "-m", "segue", "import", "tracks", str(table), "--map",
                 "title=title", "--map", "artists=artist", "--database",
                 str(library.database.path)],
                check=True, capture_output=True, timeout=120,
            )  # fmt: skip
            _, number, data = told.next("tracks")
            assert data["count"] == len(data["tracks"]) == 2
            assert {library.track(each).title for each in data["tracks"]} == {"New one", "New two"}
            assert data["epoch"] > now["epoch"]
            assert told.next("catalogue")[2]["count"] == 5
            folder = tmp_path / "music"
            folder.mkdir()
            job = app.state.beside.runner.submit("scan", {"root": str(folder)})
            ended = told.next("job")[2]
            assert (ended["id"], ended["kind"], ended["state"]) == (job, "scan", "done")
            assert ended["message"]
        # Whoever comes back is told what came meanwhile, and nothing twice.
        tracks.add(library.database, some(10, 1))
        with client.stream("GET", EVENTS, headers={"Last-Event-ID": number}) as answer:
            told = Told(answer)
            assert [told.next()[0] for _ in range(2)] == ["catalogue", "job"]
            assert told.next()[2]["count"] == 1


def test_a_job_that_fails_is_told_with_the_reason(served, tmp_path) -> None:
    app, address = served
    with (
        httpx.Client(base_url=address, timeout=60) as client,
        client.stream("GET", EVENTS) as answer,
    ):
        told = Told(answer)
        told.next()
        app.state.beside.runner.submit("scan", {"root": str(tmp_path / "nowhere")})
        ended = told.next("job")[2]
        assert ended["state"] == "failed"
        assert "nowhere" in ended["message"]


def test_it_ends_when_the_server_stops_and_after_the_seconds_asked_for(served) -> None:
    app, address = served
    with httpx.Client(base_url=address, timeout=60) as client:
        with client.stream("GET", f"{EVENTS}?seconds=0.01") as answer:
            assert Told(answer).ends()
        with client.stream("GET", EVENTS) as answer:
            told = Told(answer)
            told.next()
            app.state.ending = True
            assert told.ends()
        until(lambda: app.state.told.inside == 0)
        del app.state.ending


def test_a_line_ends_with_the_key_it_was_opened_by(served, monkeypatch) -> None:
    monkeypatch.setattr(sending, "STILL_SECONDS", 0.05)
    app, address = served
    db = app.state.segue.database
    reads = keys.make(db, label="reads", listener="Ada", scopes={"read"})
    writes = keys.make(db, label="writes", listener="Ada", scopes={"write"})
    with httpx.Client(base_url=address, timeout=60) as client:
        for key, secret in (reads, writes):
            with client.stream("GET", EVENTS, headers={"X-Api-Key": secret}) as answer:
                told = Told(answer)
                assert told.next()[0] == "catalogue"
                app.state.beside.runner.submit("scan", {"root": f"/nowhere/{key.label}"})
                ended = told.next("job")[2]
                assert ended["state"] == "failed"
                # What is called as it is on the machine is told to who may have it looked through.
                assert ("nowhere" in str(ended)) is ("write" in key.scopes)
                keys.revoke(db, key.id)
                assert told.ends()
        until(lambda: app.state.told.inside == 0)


def test_only_so_many_are_told_at_a_time(served) -> None:
    app, address = served
    with httpx.Client(base_url=address, timeout=60) as client:
        _, secret = keys.make(app.state.segue.database, label="x", listener="", scopes={"read"})
        known = {"X-Api-Key": secret}
        refused = CrowdedError("no room")
        for caller, most, headers in (
            (EVERYBODY, LISTENERS, {}),
            (Caller("", frozenset({"read"}), "key"), OF_ONE, known),
        ):
            with contextlib.ExitStack() as inside:
                for _ in range(most):
                    inside.enter_context(
                        app.state.told.entered(caller, full=refused, enough=refused)
                    )
                answer = client.get(EVENTS, headers=headers)
                assert answer.status_code == 503
                assert answer.json()["title"] == "Too much at once"
                assert str(most) in answer.json()["detail"]
                assert answer.headers["retry-after"]
        assert app.state.told.inside == 0
        assert client.get(f"{EVENTS}?seconds=0").status_code == 422
        assert client.get(f"{EVENTS}?secs=1").status_code == 400
        odd = {"Last-Event-ID": "x?-"}
        with client.stream("GET", f"{EVENTS}?seconds=0.01", headers=odd) as answer:
            assert Told(answer).next()[0] == "missed"


def looked(happenings: Happenings) -> None:
    happenings._looked = 0.0
    happenings.look()


def test_who_was_away_misses_nothing_that_is_remembered(library) -> None:
    happenings = Happenings(library.database, kept=6)
    first = Follower(happenings, "")
    assert [one.kind for one in first.new()] == ["catalogue"]
    away = happenings.named(0)
    for n in range(3):
        tracks.add(library.database, some(100 + n, 1))
        looked(happenings)
    assert [one.kind for one in first.new()] == ["tracks", "catalogue"] * 3
    assert first.new() == []
    back = Follower(happenings, away)
    assert back.new() == []
    assert [one.number for one in back.new()] == [1, 2, 3, 4, 5, 6]
    # One event more than is remembered: whoever was away is told so, and how it stands now.
    tracks.add(library.database, some(200, 1))
    looked(happenings)
    late = Follower(happenings, away)
    assert [one.kind for one in late.new()] == ["missed", "catalogue"]
    assert late.new() == []
    slow = Follower(happenings, happenings.named(3))
    slow.new()
    for n in range(4):
        tracks.add(library.database, some(300 + n, 1))
        looked(happenings)
    assert slow.new()[0].kind == "missed"
    assert slow.new() == []


@pytest.mark.parametrize("last", ["x-1", "1", "-", "a-b", "٣-٣", "9" * 90, "-1"])
def test_a_number_of_another_server_is_not_taken_for_ours(library, last) -> None:
    happenings = Happenings(library.database)
    assert [one.kind for one in Follower(happenings, last).new()] == ["missed", "catalogue"]
    ours = f"{happenings.named(0).partition('-')[0]}-{last}"
    assert [one.kind for one in Follower(happenings, ours).new()] == ["missed", "catalogue"]


def test_of_many_tracks_the_first_ids_are_told(library) -> None:
    happenings = Happenings(library.database)
    tracks.add(library.database, some(1_000, 250))
    looked(happenings)
    told = json.loads(happenings.after(0)[0].data)
    assert told["count"] == 250
    assert len(set(told["tracks"])) == 100


def test_work_on_what_somebody_brought_is_not_told(library) -> None:
    happenings = Happenings(library.database)
    for kind in ("upload", "waveform", "scan"):
        number = jobs.submit(library.database, kind, {"token": "secret"})
        jobs.claim(library.database, [kind], owner="test")
        jobs.finish(library.database, number, message="Heard")
    looked(happenings)
    (one,) = happenings.after(0)
    assert json.loads(one.data)["kind"] == "scan"
    assert "secret" not in one.data


def test_a_job_queued_again_is_not_over(library) -> None:
    number = jobs.submit(library.database, "scan", {"root": "/"})
    happenings = Happenings(library.database)
    jobs.claim(library.database, ["scan"], owner="test")
    jobs.give_back(library.database, number, message="again")
    looked(happenings)
    assert happenings.after(0) == []
    jobs.cancel(library.database, number)
    looked(happenings)
    assert json.loads(happenings.after(0)[0].data)["state"] == "cancelled"
