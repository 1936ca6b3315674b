"""Live listening over a WebSocket: what is told, what is refused, and how it ends."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uvicorn
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import segue.serve.live.sound as conversations
from segue.audio.decode import decode
from segue.catalogue import feedback, keys
from segue.errors import BadRequestError, CrowdedError, UnavailableError
from segue.library import Segue
from segue.serve.access.caller import EVERYBODY, Caller
from segue.serve.app import create_app
from segue.serve.live.asked import begun
from segue.serve.live.pace import AHEAD, MESSAGES, Pace, Room
from segue.serve.run import listening
from segue.serve.whose import opinions_now
from segue.settings import Settings
from segue.sources.demo import write_demo
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from starlette.testclient import WebSocketTestSession

RATE = 44_100
ADDRESS = "ws://localhost/live/sound"


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MP3 of invented music that no catalogue holds."""
    folder = tmp_path_factory.mktemp("song")
    write_demo(folder, tracks=1)
    return next(folder.rglob("*.mp3"))


@pytest.fixture(scope="module")
def samples(song: Path) -> NDArray[np.float32]:
    """Its excerpt as a browser would send it: half a minute from the middle at 44,100 Hz."""
    return decode(song, rate=RATE).audio


def as_bytes(samples: NDArray[np.float32], kind: str) -> bytes:
    if kind == "f32":
        return samples.astype("<f4").tobytes()
    return np.clip(np.round(samples * 32_768), -32_768, 32_767).astype("<i2").tobytes()


@contextmanager
def opened(
    client: TestClient, address: str = ADDRESS, **more: Any
) -> Iterator[WebSocketTestSession]:
    """A line that is left as a browser leaves one: it hangs up, and the server ends what it does.

    The test client's own way out hangs up and at once cancels what the server still does. No
    server does that, and what is cancelled while it waits for its tasks to end (`asyncio.gather`)
    ends with an error that the test client takes for a failure of the test.
    """
    with client.websocket_connect(address, **more) as line:
        try:
            yield line
        finally:
            line.close()
            until(lambda: client.app.state.live.inside == 0)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def listened(
    client: TestClient, pieces: Sequence[bytes], *, address: str = ADDRESS, **first: Any
) -> list[dict[str, Any]]:
    """Every message of a conversation about some pieces of sound, to its end."""
    with opened(client, address) as line:
        line.send_json({"rate": RATE, **first})
        told = [line.receive_json()]
        for piece in pieces:
            line.send_bytes(piece)
        line.send_json({"end": True})
        while not told[-1].get("final") and told[-1]["kind"] != "ended":
            told.append(line.receive_json())
        with pytest.raises(WebSocketDisconnect) as ended:
            line.receive_json()
        told.append({"kind": "closed", "code": ended.value.code})
        return told


@pytest.mark.parametrize(("kind", "size"), [("s16", 13_231), ("f32", 88_200)])
def test_a_song_that_is_sent_is_told_as_the_file_is(client, song, samples, kind, size) -> None:
    pieces = [as_bytes(samples[n : n + size], kind) for n in range(0, len(samples), size)]
    told = listened(client, pieces, samples=kind, lens="descriptors", n=5)
    assert told[0] == {"kind": "begun", "earliest": 3.0, "enough": 10.0}
    assert told[-1]["code"] == 1000
    last = told[-2]
    file = client.post(
        "/recommend/from-audio?top_n=5&lens=descriptors", files={"file": song.read_bytes()}
    ).json()
    assert last["heard"] == pytest.approx(len(samples) / RATE, abs=0.01)
    assert last["silent"] is last["quiet"] is False
    # Half a minute may begin up to 0.19 s later in a stream, and was resampled in another order.
    for name, value in file["attributes"].items():
        if value is not None:
            assert last["attributes"][name] == pytest.approx(value, rel=0.03, abs=0.03), name
    assert last["origins"] == file["origins"]
    assert set(last["origins"].values()) == {"estimated"}
    # Two of them are as good as alike, so that either may come first.
    rows = {row["track"]["id"]: row for row in last["answer"]["recommendations"][:3]}
    others = {row["id"]: row["similarity_score"] for row in file["recommendations"][:3]}
    assert set(rows) == set(others)
    for track, row in rows.items():
        assert row["score"] == pytest.approx(others[track], abs=0.02)
        assert row["reasons"]["sentence"]


def test_only_what_can_be_said_is_said(client, samples) -> None:
    four = listened(client, [as_bytes(samples[: 4 * RATE], "s16")])[-2]
    assert four["said"] == "4 of 10 seconds heard; what is said may change."
    assert four["attributes"]["energy"] is not None
    assert len(four["answer"]["recommendations"]) == 6
    two = listened(client, [as_bytes(samples[: 2 * RATE], "s16")])[-2]
    assert two["said"] == "2 of 10 seconds heard; a first answer comes after 3."
    assert two["attributes"] is two["answer"] is None
    silent = listened(client, [bytes(2 * 6 * RATE)] * 2)[-2]
    assert silent["said"] == "Silence: 12 seconds came, and nothing can be heard in them."
    assert silent["silent"] is True
    assert silent["attributes"] is silent["answer"] is None
    nothing = listened(client, [])[-2]
    assert (nothing["heard"], nothing["answer"]) == (0.0, None)
    rest = [as_bytes(samples[: 8 * RATE], "s16"), bytes(2 * 2 * RATE)]
    assert listened(client, rest)[-2]["said"].startswith("Silent just now")


def test_an_answer_comes_while_sound_does_and_follows_another_question(client, samples) -> None:
    with opened(client) as line:
        line.send_json({"rate": RATE, "n": 2})
        assert line.receive_json()["kind"] == "begun"
        line.send_bytes(as_bytes(samples[: 5 * RATE], "s16"))
        first = line.receive_json()
        assert (first["kind"], first["final"]) == ("heard", False)
        assert len(first["answer"]["recommendations"]) == 2
        line.send_json({"lens": "descriptors", "n": 3})
        line.send_bytes(as_bytes(samples[5 * RATE : 6 * RATE], "s16"))
        second = line.receive_json()
        assert second["answer"]["lens"] == "descriptors"
        assert len(second["answer"]["recommendations"]) == 3
        # A question that makes no sense is told; the attributes come all the same.
        line.send_json({"lens": "loudest"})
        line.send_bytes(as_bytes(samples[6 * RATE : 7 * RATE], "s16"))
        third = line.receive_json()
        assert "loudest" in third["trouble"]["detail"]
        assert third["answer"] is None
        assert third["attributes"]["energy"] is not None


def test_a_page_is_told_in_parts_of_a_page(client, samples, parse) -> None:
    with opened(client) as line:
        line.send_json({"rate": RATE, "shown": "page"})
        line.receive_json()
        line.send_bytes(as_bytes(samples[: 5 * RATE], "s16"))
        first = line.receive_json()
        assert parse(first["attributes"]).faults == parse(first["list"]).faults == []
        assert "estimated" in first["attributes"]
        assert first["list"].count('class="match"') == 6
        assert first["list"].count('class="reason"') == 6
        # The same list is not sent again a moment later.
        line.send_bytes(as_bytes(samples[5 * RATE : 5 * RATE + 100], "s16"))
        second = line.receive_json()
        assert second["attributes"] is not None
        assert second["list"] is None
        line.send_json({"lens": "nosuch"})
        line.send_bytes(as_bytes(samples[6 * RATE : 7 * RATE], "s16"))
        assert "nosuch" in line.receive_json()["list"]


def refusal(client: TestClient, *sent: str | bytes) -> tuple[int, dict[str, str]]:
    """Close code and reason of a conversation that goes wrong."""
    with opened(client) as line:
        for one in sent:
            line.send_text(one) if isinstance(one, str) else line.send_bytes(one)
        return reason(line)


def reason(line: WebSocketTestSession) -> tuple[int, dict[str, str]]:
    """Close code and what was said last on a line that the server ends."""
    while (message := line.receive_json())["kind"] != "ended":
        pass
    with pytest.raises(WebSocketDisconnect) as ended:
        line.receive_json()
    assert ended.value.reason
    return ended.value.code, message["trouble"]


FIRST = json.dumps({"rate": RATE})
FLOATS = json.dumps({"rate": RATE, "samples": "f32"})


@pytest.mark.parametrize(
    ("sent", "code", "detail"),
    [
        ([b"\0\0"], 1008, "Sound came before it was said how it is written"),
        (["what?"], 1008, "is no JSON object"),
        (["[" * 10_000], 1008, "is no JSON object"),
        (["[1, 2]"], 1008, "is no JSON object"),
        (["{}"], 1008, "“rate” is missing"),
        (['{"end": true}'], 1008, "no field 'end'"),
        (['{"rate": "fast"}'], 1008, "“rate”"),
        (['{"rate": NaN}'], 1008, "“rate”"),
        (['{"rate": 44100.5}'], 1008, "“rate”"),
        (['{"rate": 0}'], 1008, "greater than or equal to 8000"),
        (['{"rate": 1000000000}'], 1008, "less than or equal to 192000"),
        (['{"rate": 44100, "samples": "mp3"}'], 1008, "“samples”"),
        (['{"rate": 44100, "n": 0}'], 1008, "“n”"),
        (['{"rate": 44100, "lenz": "text"}'], 1008, "no field 'lenz'"),
        (['{"rate": 44100, "lens": "text", "weights": "text:1"}'], 1008, "both lens and weights"),
        (['"' + "a" * 30_000 + '"'], 1008, "a text of 30,002 characters"),
        ([FIRST, FIRST], 1008, "no field 'rate'"),
        ([FIRST, "[]"], 1008, "is no JSON object"),
        ([FIRST, b"\0\0\0"], 1007, "no whole number of s16 samples"),
        ([FLOATS, b"\0\0\0\0\0\0"], 1007, "no whole number of f32 samples"),
        ([FLOATS, np.array([0.1, np.nan], "<f4").tobytes()], 1007, "not numbers"),
        ([FLOATS, np.array([np.inf], "<f4").tobytes()], 1007, "not numbers"),
        ([FLOATS, np.array([1e30], "<f4").tobytes()], 1007, "beyond all measure"),
        ([FIRST, bytes(1_000_002)], 1009, "A message of 1,000,002 bytes"),
        ([FIRST, *[bytes(900_000)] * 7], 1008, "seconds of sound came in"),
    ],
)
def test_what_makes_no_sense_ends_it_with_the_reason(client, sent, code, detail) -> None:
    found, trouble = refusal(client, *sent)
    assert found == code, trouble
    assert detail.casefold() in trouble["detail"].casefold()
    assert trouble["remedy"]
    assert client.app.state.live.inside == 0


def test_an_idle_line_ends(client, monkeypatch) -> None:
    monkeypatch.setattr(conversations, "IDLE", 0.05)
    monkeypatch.setattr(conversations, "BEGINNING", 0.05)
    assert "nothing came for" in refusal(client)[1]["detail"].casefold()
    assert "nothing came for" in refusal(client, FIRST)[1]["detail"].casefold()


def test_only_so_many_are_listened_to(client) -> None:
    most = client.app.state.segue.settings.live_listeners
    with ExitStack() as stack:
        lines = [stack.enter_context(client.websocket_connect(ADDRESS)) for _ in range(most)]
        for line in lines:
            line.send_text(FIRST)
            assert line.receive_json()["kind"] == "begun"
        with client.websocket_connect(ADDRESS) as beyond:
            code, trouble = reason(beyond)
        assert code == 1013
        assert f"{most} listeners are being listened to already" in trouble["detail"]
        for line in lines:
            line.close()
        until(lambda: client.app.state.live.inside == 0)
    assert listened(client, [])[-1]["code"] == 1000


def test_who_goes_away_makes_room(client, samples, caplog) -> None:
    for sent in ([], [FIRST], [FIRST, as_bytes(samples[: 5 * RATE], "s16")]):
        with opened(client) as line:
            for one in sent:
                line.send_text(one) if isinstance(one, str) else line.send_bytes(one)
        until(lambda: client.app.state.live.inside == 0)
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


def test_a_fault_of_ours_is_told_by_a_reference_alone(client, monkeypatch, caplog) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("/secret/place")

    monkeypatch.setattr(Segue, "live", broken)
    code, trouble = refusal(client, FIRST)
    assert code == 1011
    assert "reference" in trouble["remedy"]
    assert "secret" not in json.dumps(trouble)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:81"},
        {"host": "evil.example"},
        {"host": "evil.example", "origin": "http://evil.example"},
    ],
)
def test_no_other_site_opens_a_line(client, headers) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect(ADDRESS, headers=headers),
    ):
        pass
    assert refused.value.code == 1008


def test_our_own_site_opens_a_line(client) -> None:
    with opened(client, headers={"origin": "http://localhost"}) as line:
        line.send_text(FIRST)
        assert line.receive_json()["kind"] == "begun"


@pytest.fixture
def other(stocked: Segue) -> Iterator[Callable[..., TestClient]]:
    """A client of the same catalogue under other settings."""
    opened: list[Any] = []

    def made(**given: Any) -> TestClient:
        settings = Settings(_env_file=None, **given)
        library = Segue.open(stocked.database.path, settings=settings)
        opened.append(library)
        return TestClient(create_app(library), base_url="http://localhost")

    yield made
    for library in opened:
        library.close()


def test_under_a_path_behind_a_proxy(other) -> None:
    client = other(base_path="/segue", trusted_proxies="*", allowed_hosts="music.example")
    says = {"x-forwarded-host": "music.example", "x-forwarded-proto": "https"}
    for address in (ADDRESS, "ws://localhost/segue/live/sound"):
        ours = {**says, "origin": "https://music.example"}
        with opened(client, address, headers=ours) as line:
            line.send_text(FIRST)
            assert line.receive_json()["kind"] == "begun"
        theirs = {**says, "origin": "https://localhost"}
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect(address, headers=theirs),
        ):
            pass
    page = client.get("/live", headers=says).text
    assert 'data-sound="/segue/live/sound"' in page


def test_where_login_is_on_a_line_needs_it(other) -> None:
    client = other(login=True)
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(ADDRESS):
        pass
    assert refused.value.code == 1008
    database = client.app.state.segue.database
    key, secret = keys.make(database, label="test", listener="Ada", scopes={"read"})
    known = {"authorization": f"Bearer {secret}"}
    with opened(client, headers=known) as line:
        line.send_json({"rate": RATE, "unheard_by": "Ada"})
        assert line.receive_json()["kind"] == "begun"
        line.send_json({"unheard_by": "Ben"})
        while (message := line.receive_json())["kind"] != "ended":
            pass
        assert "Ben" in message["trouble"]["detail"]
    keys.revoke(database, key.id)
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(ADDRESS, headers=known),
    ):
        pass


def test_it_can_be_switched_off(other) -> None:
    client = other(live_listeners=0)
    code, trouble = refusal(client)
    assert code == 1011
    assert "switched off" in trouble["detail"]
    page = client.get("/live").text
    assert "switched off" in page
    assert "data-worklet" not in page


def test_before_the_engine_stands_attributes_are_told(other, samples) -> None:
    # Without the application's start nobody builds an engine.
    last = listened(other(), [as_bytes(samples[: 4 * RATE], "s16")])[-2]
    assert last["attributes"]["energy"] is not None
    assert last["trouble"]["kind"] == "warming-up"


def test_the_page_may_use_the_microphone_and_no_other(client, parse) -> None:
    answer = client.get("/live")
    assert "microphone=(self)" in answer.headers["permissions-policy"]
    assert "camera=()" in answer.headers["permissions-policy"]
    policy = answer.headers["content-security-policy"]
    assert "media-src 'self' blob:" in policy
    assert "script-src 'self';" in policy
    page = parse(answer.text)
    assert page.faults == []
    (part,) = [one for one in page.all("div") if "data-worklet" in one]
    for name in ("data-module", "data-worklet"):
        assert client.get(part[name]).headers["content-type"].startswith("text/javascript")
    assert "microphone=()" in client.get("/upload").headers["permissions-policy"]
    # Swapped into another document, the page could not use the microphone.
    for path in ("/", "/upload"):
        links = [one for one in parse(client.get(path).text).all("a") if one["href"] == "/live"]
        assert links
        assert all(one["hx-boost"] == "false" for one in links)


def test_the_pace() -> None:
    now = 100.0
    pace = Pace(lambda: now)
    pace.take(AHEAD)
    with pytest.raises(BadRequestError, match="61 seconds of sound came in 0 seconds"):
        pace.take(1.0)
    pace = Pace(lambda: now)
    pace.take(AHEAD)
    for _ in range(50):
        now += 1.0
        pace.take(1.0)
    pace = Pace(lambda: now)
    for _ in range(int(MESSAGES * AHEAD)):
        pace.take(0.0)
    with pytest.raises(BadRequestError, match="messages came in 0 seconds"):
        pace.take(0.0)


def test_the_room() -> None:
    room = Room(1)
    with (
        room.entered(EVERYBODY),
        pytest.raises(CrowdedError, match="one listener is"),
        room.entered(EVERYBODY),
    ):
        pass
    assert room.inside == 0
    with pytest.raises(UnavailableError, match="switched off"), Room(0).entered(EVERYBODY):
        pass


def test_who_is_known_has_half_of_the_room() -> None:
    room = Room(3)
    ada, ben = (Caller(name, frozenset({"read"}), "key") for name in ("Ada", "Ben"))
    with room.entered(ada), room.entered(ada):
        with pytest.raises(CrowdedError, match="at 2 places already"), room.entered(ada):
            pass
        with room.entered(ben), pytest.raises(CrowdedError, match="3 listeners"), room.entered(ben):
            pass
    with room.entered(EVERYBODY), room.entered(EVERYBODY), room.entered(EVERYBODY):
        assert room.inside == 3
    assert room.inside == 0


def test_a_line_ends_with_the_key_it_was_opened_by(other, monkeypatch) -> None:
    monkeypatch.setattr(conversations, "STILL_SECONDS", 0.0)
    client = other(login=True)
    database = client.app.state.segue.database
    key, secret = keys.make(database, label="test", listener="Ada", scopes={"read"})
    known = {"authorization": f"Bearer {secret}"}
    with opened(client, headers=known) as line:
        line.send_text(FIRST)
        assert line.receive_json()["kind"] == "begun"
        keys.revoke(database, key.id)
        message = line.receive_json()
        assert (message["kind"], message["trouble"]["kind"]) == ("ended", "unknown-caller")
        with pytest.raises(WebSocketDisconnect) as ended:
            line.receive_json()
        assert ended.value.code == 1008


def test_nobody_is_listened_to_for_ever(client, monkeypatch) -> None:
    monkeypatch.setattr(conversations, "LONGEST", 0.0)
    code, trouble = refusal(client, FIRST)
    assert code == 1008
    assert "was listened to for" in trouble["detail"]


def test_a_page_on_a_line_shows_what_was_said_since_it_was_opened(client, played) -> None:
    app = client.app
    line = HTTPConnection({"type": "websocket", "app": app, "headers": [], "state": {}})
    database = app.state.segue.database
    assert opinions_now(line)(played) == ""
    feedback.give(database, "", TrackId(played), "like")
    assert opinions_now(line)(played) == "like"
    feedback.undo(database, "", TrackId(played))
    assert opinions_now(line)(played) == ""


@pytest.mark.parametrize("value", [-32_768, -1, 0, 1, 32_767])
def test_samples_have_full_scale_one(value) -> None:
    first = begun('{"rate": 8000}')
    assert first.decoded(np.array([value], "<i2").tobytes())[0] == value / 32_768
    floats = begun('{"rate": 192000, "samples": "f32"}')
    assert floats.decoded(np.array([value / 32_768], "<f4").tobytes())[0] == value / 32_768


def test_a_real_server_tells_lines_that_it_stops(stocked, samples) -> None:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    app = create_app(stocked)
    with listening("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
        config = uvicorn.Config(app, log_config=None, lifespan="off", ws="websockets-sansio")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        until(lambda: server.started)
        try:
            with connect(f"ws://127.0.0.1:{port}/live/sound") as line:
                line.send(FIRST)
                assert json.loads(line.recv(30))["kind"] == "begun"
                line.send(as_bytes(samples[: 4 * RATE], "s16"))
                assert json.loads(line.recv(30))["heard"] == 4.0
                app.state.ending = True
                message: dict[str, Any] = {}
                while message.get("kind") != "ended":
                    message = json.loads(line.recv(30))
                assert message["trouble"]["detail"] == "Segue is stopped."
                with pytest.raises(ConnectionClosed) as closed:
                    line.recv(30)
                assert closed.value.rcvd.code == 1001
        finally:
            server.should_exit = True
            thread.join()
