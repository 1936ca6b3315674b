"""Files that listeners bring: taken in, heard, shown, kept, forgotten."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.datastructures import UploadFile
from starlette.testclient import TestClient

from awaiting import finished
from segue.catalogue import files, jobs, uploads
from segue.errors import (
    BadFileError,
    BadRequestError,
    BusyError,
    CrowdedError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from segue.jobs.owner import new_name
from segue.library import Segue
from segue.serve.app import create_app
from segue.serve.brought import UPLOAD, Store
from segue.serve.door import Door
from segue.serve.pages import uploads as pages
from segue.serve.work import Beside
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

TRAP = "🎹 <img src=x onerror=alert(1)> أغنية.wav"


@pytest.fixture(scope="module")
def library(stocked: Segue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Segue]:
    """A library of this module's own, with the music of the stocked one."""
    folder = tmp_path_factory.mktemp("bringing")
    settings = Settings(_env_file=None, upload_megabytes=2, jobs=1, uploads_megabytes=6)
    with Segue.open(folder / "segue.db", settings=settings) as segue:
        segue.scan(stocked.database.path.parent / "music")
        segue.analyse(quick=True)
        yield segue


@pytest.fixture(scope="module")
def served(library: Segue) -> Iterator[TestClient]:
    with TestClient(create_app(library), base_url="http://localhost") as made:
        end = time.monotonic() + 60
        while made.get("/ready").status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.02)
        yield made


def bring(client: TestClient, data: bytes, *, name: str = "a.wav") -> str:
    """Send a file as a script does; its token."""
    answer = client.post(
        "/upload", files={"file": (name, data)}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 201, answer.text
    (one,) = answer.json()["uploads"]
    assert one["address"] == f"/uploads/{one['token']}"
    return one["token"]


def heard(client: TestClient, token: str, *, whole: bool = False) -> str:
    """The page of a file once it was listened to (and read from end to end)."""
    until_heard(client.app.state.segue, token, whole=whole)
    return client.get(f"/uploads/{token}").text


def until_heard(segue: Segue, token: str, *, whole: bool) -> None:
    db = segue.database
    end = time.monotonic() + 60
    while True:
        brought = uploads.get(db, token)
        if brought.state != "waiting" and (brought.recording is not None or not whole):
            return
        assert time.monotonic() < end, jobs.of(db, UPLOAD, {"token": token})
        time.sleep(0.02)


def test_a_file_gets_a_page_with_what_is_like_it(served, tone_file, parse) -> None:
    token = bring(served, tone_file.read_bytes(), name=TRAP)
    assert len(token) >= 20
    text = heard(served, token, whole=True)
    page = parse(text)
    assert page.faults == []
    assert text.count('<li class="match">') == 6
    assert 'class="reason"' in text
    assert "🎹 &lt;img src=x onerror=alert(1)&gt; أغنية.wav" in text
    assert "<img src=x" not in text
    assert 'data-part="wave"' in text
    facts = served.get(f"/uploads/{token}/peaks").json()
    assert facts["type"].startswith("audio/")
    assert len(facts["peaks"]) >= 100
    assert set(facts["peaks"]) <= set(range(256))
    assert len(re.findall(r'class="number">≈ ', text.partition("What was heard in it")[2])) >= 8
    other = served.get(f"/uploads/{token}", params={"lens": "descriptors", "n": "4"}).text
    assert other.count('<li class="match">') == 4
    assert "Lens <strong>descriptors</strong>" in other
    assert 'name="weigh.descriptors"' in other
    weighed = {"weigh.descriptors": "20", "weigh.attributes": "60", "weighed": "descriptors:100"}
    own = served.get(f"/uploads/{token}", params=weighed).text
    assert '<option value="descriptors:20,attributes:60" selected>Your own weights' in own
    assert own.count('<li class="match">') == 6
    refused = served.get(f"/uploads/{token}", params={**weighed, "weigh.attributes": "abc"})
    assert refused.status_code == 400
    assert "no weight of attributes" in refused.text


@pytest.mark.parametrize("address", ["/uploads/{}", "/upload?of={}"])
def test_a_file_that_is_heard_while_its_page_is_written_does_not_wait_for_ever(
    served, tone_file, monkeypatch, address
) -> None:
    asked = pages._open

    def late(segue, kind, payload):
        until_heard(segue, payload["token"], whole=True)
        return asked(segue, kind, payload)

    token = bring(served, tone_file.read_bytes() + b"late")
    monkeypatch.setattr(pages, "_open", late)
    page = served.get(address.format(token)).text
    assert "aits to be listened to" not in page
    assert "What is like it" in page or "<h1>Like " in page


def test_its_sound_is_served_in_parts(served, tone_file) -> None:
    data = tone_file.read_bytes()
    token = bring(served, data)
    whole = served.get(f"/uploads/{token}/audio")
    assert (whole.status_code, whole.content) == (200, data)
    assert whole.headers["content-type"].startswith("audio/")
    part = served.get(f"/uploads/{token}/audio", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, data[10:20])
    made = served.get(f"/uploads/{token}/audio", params={"as": "mp3", "from": "1"})
    assert (made.status_code, made.headers["content-type"]) == (200, "audio/mpeg")
    assert made.content[:3] == b"ID3" or made.content[0] == 0xFF


def test_without_scripts_one_file_leads_to_its_page_and_several_to_a_list(
    served, tone_file
) -> None:
    data = tone_file.read_bytes()
    one = served.post("/upload", files={"file": ("a.wav", data)}, follow_redirects=False)
    assert one.status_code == 303
    assert served.get(one.headers["location"]).status_code == 200
    several = [("file", (f"{n}.wav", data)) for n in range(3)]
    answer = served.post("/upload", files=several)
    assert answer.status_code == 200
    assert answer.url.path == "/upload"
    assert answer.text.count('class="upload-row" id=') == 3


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("text.mp3", b"this is a text and no music" * 50),
        ("page.mp3", b"<!doctype html><html><body>404</body></html>" * 9),
        ("list.mp3", b"#EXTM3U\nhttp://localhost/secret\n/etc/passwd\n"),
        ("zeros.wav", b"\0" * 5000),
        ("../../etc/passwd", b"x" * 100),
    ],
)
def test_what_is_no_audio_is_refused_on_its_page(served, library, name, data) -> None:
    token = bring(served, data, name=name)
    text = heard(served, token)
    said = re.search(r'class="failure-detail"><bdi>(.+?)</bdi>', text)[1]
    assert said.startswith(name.rsplit("/", 1)[-1])
    assert str(library.database.path.parent) not in text
    assert token not in said
    assert not (Store(library).folder / token).exists()
    assert served.get(f"/uploads/{token}/audio").status_code == 404


def test_an_empty_file_and_one_too_large_are_refused_at_the_door(served) -> None:
    for name, data, status, said in (
        ("empty.mp3", b"", 422, "empty"),
        ("big.wav", b"\0" * 2_200_000, 413, "2 MB"),
    ):
        page = served.post("/upload", files={"file": (name, data)})
        assert page.status_code == status
        assert said in page.text
        assert "<form" in page.text
        headers = {"Accept": "application/json"}
        answer = served.post("/upload", files={"file": (name, data)}, headers=headers)
        assert answer.status_code == status


def test_adding_puts_it_among_the_music_and_into_the_catalogue(served, library, tone_file) -> None:
    data = tone_file.read_bytes()[:-4000]
    token = bring(served, data, name="AC/DC: Ünï 🎹?.wav")
    assert "Add to the catalogue" in heard(served, token, whole=True)
    answer = served.post(f"/uploads/{token}/keep")
    assert answer.url.path == f"/uploads/{token}"
    brought = uploads.get(library.database, token)
    kept = Store(library).music / "DC Ünï 🎹.wav"
    assert (brought.state, brought.kept) == ("kept", str(kept))
    assert kept.read_bytes() == data
    assert not (Store(library).folder / token).exists()
    end = time.monotonic() + 60
    while files.track_holding(library.database, brought.content_hash) is None:
        assert time.monotonic() < end
        time.sleep(0.05)
    text = served.get(f"/uploads/{token}").text
    assert "It is in the catalogue:" in text
    # Once more, under the same name: the same file is not added twice.
    served.post(f"/uploads/{token}/keep")
    assert [one.name for one in kept.parent.iterdir()] == [kept.name]
    again = bring(served, data, name="other name.wav")
    text = heard(served, again)
    assert "has this very file already" in text
    assert "Add to the catalogue" not in text
    served.post(f"/uploads/{token}/forget")
    assert kept.is_file()


def test_forgetting_leaves_nothing(served, library, tone_file) -> None:
    token = bring(served, tone_file.read_bytes(), name="a secret song.wav")
    heard(served, token, whole=True)
    answer = served.post(f"/uploads/{token}/forget")
    assert answer.url.path == "/upload"
    assert "Forgotten." in answer.text
    assert served.get(f"/uploads/{token}").status_code == 404
    assert not (Store(library).folder / token).exists()
    assert jobs.of(library.database, UPLOAD, {"token": token}) is None
    with library.database.read() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())
    assert "a secret song" not in dump
    assert token not in dump


def test_what_has_expired_is_forgotten_and_what_broke_off_is_swept_away(
    library, tone_file, tmp_path
) -> None:
    store = Store(library)
    with tone_file.open("rb") as stream:
        token = finished(store.take(UploadFile(stream, filename="old.wav")))
    (payload,) = [one for one in store.tidy() if one["token"] == token]
    assert payload == {"token": token}
    store.music.mkdir(exist_ok=True)
    machine, _, chance = new_name().split("/")
    dead = store.folder / f"abc~{machine}~999999999~{chance}.part"
    living = store.folder / f"abc~{machine}~{os.getppid()}~{chance}.part"
    ancient = store.folder / "nobody-knows-it"
    # A copy into the music that broke off, and what is the listener's own there.
    copy = store.music / f".{token}~{machine}~999999999~{chance}.part"
    own = store.music / "of my own.part"
    for path in (dead, living, ancient, copy, own):
        path.write_bytes(b"half a file")
    for path in (ancient, own):
        os.utime(path, (time.time() - 9999,) * 2)
    list(store.tidy())
    kept = [path.exists() for path in (dead, living, ancient, copy, own)]
    assert kept == [False, True, False, False, True]
    living.unlink()
    own.unlink()
    later = time.time() + 8 * 86_400
    assert uploads.stale(library.database, now=later)[-1] == token
    store.forget(token)
    assert not (store.folder / token).exists()


def test_a_file_whose_job_was_given_up_is_refused_with_the_reason(library, tone_file) -> None:
    store = Store(library)
    with tone_file.open("rb") as stream:
        token = finished(store.take(UploadFile(stream, filename="cursed.wav")))
    number = jobs.submit(library.database, UPLOAD, {"token": token})
    while (job := jobs.claim(library.database, [UPLOAD], owner="x")) and job.id != number:
        jobs.finish(library.database, job.id)
    jobs.finish(library.database, number, error="It ended Segue three times.")
    list(store.tidy())
    brought = uploads.get(library.database, token)
    assert (brought.state, brought.reason) == ("refused", "It ended Segue three times.")


def test_all_files_together_have_a_limit(library, tmp_path) -> None:
    store = Store(library)
    path = tmp_path / "much"
    path.write_bytes(b"\0" * 6_100_000)
    with path.open("rb") as stream, pytest.raises(TooLargeError, match="6 are allowed"):
        finished(store.take(UploadFile(stream, filename="much.wav")))
    path.write_bytes(b"")
    with path.open("rb") as stream, pytest.raises(BadFileError, match="empty"):
        finished(store.take(UploadFile(stream, filename="none.wav")))
    assert [one for one in store.folder.iterdir() if one.name.endswith(".part")] == []


def kept_in(store: Store, tone_file: Path, names: list[str]) -> list[str]:
    """Files of their own, all of them heard; their tokens."""
    tokens = []
    for number, name in enumerate(names):
        data = tone_file.read_bytes()[: -4 * (number + 1)]
        tokens.append(finished(store.take(UploadFile(io.BytesIO(data), filename=name))))
        uploads.heard(store._db, tokens[-1])
    return tokens


def test_files_of_one_name_are_kept_side_by_side_however_many_at_once(library, tone_file) -> None:
    store, runner = Store(library), Beside.of(library).runner
    tokens = kept_in(store, tone_file, ["same.wav"] * 6)
    # Two servers on one catalogue, and every button pressed twice.
    stores = [store, Store(library)]
    refused: list[str] = []

    def keep(number: int) -> None:
        try:
            stores[number % 2].keep(tokens[number // 4], runner=runner)
        except NotFoundError as error:
            refused.append(error.what)

    with ThreadPoolExecutor(4) as several:
        list(several.map(keep, range(4 * len(tokens))))
    rows = uploads.many(library.database, tokens)
    assert {row.state for row in rows} == {"kept"}
    assert len({row.kept for row in rows}) == len(tokens)
    for row in rows:
        data = Path(row.kept).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row.content_hash
    mine = sorted(path.name for path in store.music.iterdir() if "same" in path.name)
    assert len(mine) == len(tokens)
    assert [path for path in store.music.iterdir() if path.name.endswith(".part")] == []
    assert all("meanwhile" in each or "no longer there" in each for each in refused)
    for row in rows:
        store.forget(row.token)
        Path(row.kept).unlink()


def test_a_file_that_goes_while_it_is_added_is_no_longer_there(library, tone_file) -> None:
    class Late(Store):
        """One whose file somebody else adds right after it was seen."""

        def path(self, brought: uploads.Brought) -> Path:
            found = super().path(brought)
            found.unlink()
            return found

    store = Late(library)
    (token,) = kept_in(store, tone_file, ["late.wav"])
    with pytest.raises(NotFoundError, match=r"late\.wav is no longer there"):
        store.keep(token, runner=Beside.of(library).runner)
    store.forget(token)


def test_of_several_files_all_are_taken_or_none(served, library, tone_file) -> None:
    store, before = Store(library), uploads.all_tokens(library.database)
    data = tone_file.read_bytes()
    form = [("file", ("one.wav", data)), ("file", ("two.wav", data)), ("file", ("no.wav", b""))]
    for headers in ({"Accept": "application/json"}, {"Idempotency-Key": "all or none"}):
        address = "/upload" if "Accept" in headers else "/api/v1/uploads"
        answer = served.post(address, files=form, headers=headers)
        assert answer.status_code == 422
        assert "empty" in answer.text
    assert uploads.all_tokens(library.database) == before
    assert {path.name.removesuffix(".heard") for path in store.folder.iterdir()} <= before
    # The key that stood for what was refused is free again, for anything.
    answer = served.post("/api/v1/uploads", files=form[:2], headers=headers)
    assert answer.status_code == 201
    tokens = [one["token"] for one in answer.json()["uploads"]]
    again = served.post("/api/v1/uploads", files=form[:2], headers=headers)
    assert (again.status_code, again.json()) == (201, answer.json())
    assert uploads.all_tokens(library.database) == before | set(tokens)
    for token in tokens:
        heard(served, token)
        store.forget(token)


def test_what_was_not_heard_is_not_added(served, library, tone_file) -> None:
    store = Store(library)
    with tone_file.open("rb") as stream:
        token = finished(store.take(UploadFile(stream, filename="unheard.wav")))
    before = sorted(store.music.iterdir()) if store.music.is_dir() else []
    with pytest.raises(BadRequestError, match="was not heard"):
        store.keep(token, runner=Beside.of(library).runner)
    assert uploads.refuse(library.database, token, reason="It is none.")
    assert served.post(f"/uploads/{token}/keep").status_code == 400
    # What came to an end stays at it, whoever comes late.
    assert not uploads.heard(library.database, token)
    assert not uploads.keep(library.database, token, path="/nowhere")
    assert uploads.get(library.database, token).state == "refused"
    assert (sorted(store.music.iterdir()) if store.music.is_dir() else []) == before
    store.forget(token)


def test_a_copy_that_breaks_off_leaves_nothing_and_the_file_stays(
    library, tone_file, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, runner = Store(library), Beside.of(library).runner
    (token,) = kept_in(store, tone_file, ["breaks off.wav"])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("segue.serve.brought.os.replace", full)
    with pytest.raises(UnavailableError, match="No space left"):
        store.keep(token, runner=runner)
    monkeypatch.undo()
    assert [path for path in store.music.iterdir() if "breaks" in path.name] == []
    assert uploads.get(library.database, token).state == "heard"
    assert store.path(uploads.get(library.database, token)).is_file()
    store.forget(token)


def test_a_file_that_waits_is_forgotten_from_its_page(library, tone_file) -> None:
    app = create_app(library)  # whose work is not begun
    client = TestClient(app, base_url="http://localhost")
    token = bring(client, tone_file.read_bytes(), name="waits.wav")
    text = client.get(f"/uploads/{token}").text
    assert f'action="/uploads/{token}/forget"' in text
    assert f'data-token="{token}"' in text
    assert "Forgotten." in client.post(f"/uploads/{token}/forget").text
    assert jobs.of(library.database, UPLOAD, {"token": token}) is None
    assert not (Store(library).folder / token).exists()


def test_what_was_heard_is_heard_again_beside_the_page(served, library, tone_file) -> None:
    token = bring(served, tone_file.read_bytes(), name="again.wav")
    assert '<li class="match">' in heard(served, token, whole=True)
    served.app.state.beside.store._seeds.clear()  # as after a restart
    began = time.monotonic()
    text = served.get(f"/uploads/{token}").text
    assert time.monotonic() - began < 5
    assert "listened to once more" in text or '<li class="match">' in text
    end = time.monotonic() + 60
    while '<li class="match">' not in (text := served.get(f"/uploads/{token}").text):
        assert time.monotonic() < end, text
        time.sleep(0.1)


def test_a_catalogue_that_is_locked_is_no_reason_to_send_again(
    library, tone_file, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = TestClient(create_app(library), base_url="http://localhost")

    def locked(*_: object, **__: object) -> int:
        raise BusyError("the catalogue is locked", remedy="Wait")

    monkeypatch.setattr("segue.catalogue.jobs.submit", locked)
    token = bring(client, tone_file.read_bytes(), name="locked.wav")
    monkeypatch.undo()
    assert {"token": token} in list(Store(library).tidy())
    Store(library).forget(token)


def test_nobody_finds_a_file_without_its_token(served) -> None:
    for path in ("/uploads/nothing", "/uploads/nothing/audio"):
        answer = served.get(path)
        assert answer.status_code == 404
        assert "forgotten after a while" in answer.text
    assert served.post("/uploads/nothing/keep").status_code == 404
    assert served.post("/uploads/nothing/forget").status_code == 404
    elsewhere = {"Origin": "http://evil.example"}
    assert served.post("/uploads/nothing/forget", headers=elsewhere).status_code == 403


def test_a_door_lets_in_so_many_and_lets_so_many_wait() -> None:
    async def crowd() -> list[str]:
        door = Door(inside=2, before=3, seconds=5.0)
        most = inside = 0

        async def one() -> str:
            nonlocal most, inside
            try:
                async with door.entered():
                    inside += 1
                    most = max(most, inside)
                    await asyncio.sleep(0.02)
                    inside -= 1
            except CrowdedError as error:
                return error.what
            return "in"

        told = await asyncio.gather(*(one() for _ in range(20)))
        assert most == 2
        return told

    told = finished(crowd())
    assert told.count("in") == 5
    assert set(told) - {"in"} == {"2 files are being taken in and 3 wait"}

    async def slow() -> None:
        door = Door(inside=1, before=3, seconds=0.01)
        async with door.entered():
            with pytest.raises(CrowdedError, match="1 files are being taken in and 0 wait"):
                async with door.entered():
                    pass
        async with door.entered():
            pass

    finished(slow())


@pytest.mark.realdata
@pytest.mark.slow
def test_damaged_and_unusual_files_are_heard_or_refused_in_a_sentence(
    served, library, shared_data
) -> None:
    edge = sorted((shared_data / "audio" / "edge").iterdir())
    small = [path for path in edge if path.is_file() and path.stat().st_size < 300_000][:24]
    assert small
    for path in small:
        if not path.stat().st_size:
            continue
        token = bring(served, path.read_bytes(), name=path.name)
        text = heard(served, token)
        brought = uploads.get(library.database, token)
        assert brought.state in ("heard", "refused"), path.name
        if brought.state == "refused":
            assert re.search(r"\. [A-Z].+\.$", brought.reason), brought.reason
        assert str(library.database.path.parent) not in text
        served.post(f"/uploads/{token}/forget")
