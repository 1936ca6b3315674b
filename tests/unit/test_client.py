"""The client against a real server: typed answers, pages, errors with a remedy, files."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import islice
from typing import TYPE_CHECKING

import httpx2
import pytest

from doors import KNOWN, TRACKS, library, serving, tone
from segue import errors
from segue.client import Client, Upload
from segue.client.connection import refusal
from segue.client.writing import asked
from segue.records import Answer, Between, Dials, Filters, Journey, Track
from segue.serve.failures import KINDS
from segue.serve.schemas import ID, OTHER
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.library import Segue


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Segue]:
    with library(tmp_path_factory.mktemp("client")) as segue:
        yield segue


@pytest.fixture(scope="module")
def address(small: Segue) -> Iterator[str]:
    with serving(small) as found:
        yield found


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with Client(address) as made:
        assert made.ready(seconds=30)
        yield made


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tone(tmp_path_factory.mktemp("sent") / "song.wav", pitch=187.0)


def test_importing_it_loads_nothing_that_only_a_server_needs() -> None:
    code = "import segue.client, sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "scipy", "sqlalchemy", "pydantic", "fastapi", "starlette", "faiss", "av"}
    assert set(json.loads(done.stdout)) & heavy == set()


def test_tracks_are_those_of_the_library(client: Client, small: Segue) -> None:
    every = list(client.tracks())
    assert len(every) == TRACKS
    assert client.track(ID) == small.track(TrackId(ID))
    assert client.track(f"isrc:{KNOWN[0][1]}").id == ID
    assert [one.id for one in client.search("slow harbour")] == [ID]
    assert all(isinstance(one, Track) for one in islice(client.library(sort="title"), 3))
    assert next(client.groups("artists")).tracks > 1


def test_answers_are_those_of_the_library(client: Client, small: Segue) -> None:
    filters = Filters(genres=("ambient", "rock"), between=(Between("energy", 0.1, None),))
    asked = {"n": 5, "lens": {"attributes": 0.7, "text": 0.3}, "filters": filters}
    told, own = client.similar(ID, **asked), small.similar(ID, **asked)
    assert isinstance(told, Answer)
    assert [row.track for row in told] == [row.track for row in own]
    assert told.weights == pytest.approx(dict(own.weights))
    for row, mine in zip(told, own, strict=True):
        assert row.score == pytest.approx(mine.score)
        assert row.reasons.sentence == mine.reasons.sentence
        assert row.reasons.contributions[0].value == pytest.approx(
            mine.reasons.contributions[0].value
        )


def test_every_way_to_ask_comes_back_as_a_record(client: Client) -> None:
    assert len(client.mix([ID, OTHER], words="calmer", n=3)) == 3
    assert len(client.wish("slow, minor", n=3)) == 3
    journey = client.path(ID, OTHER, n=5)
    assert isinstance(journey, Journey)
    assert [journey.steps[at].track.id for at in (0, -1)] == [ID, OTHER]
    first, state = client.radio(ID, n=3)
    then, state = client.radio(state=state, n=3, liked=[first.steps[1].track.id])
    played = [step.track.id for journey in (first, then) for step in journey.steps]
    assert len(set(played)) == 6
    assert state.count == 6
    answered, refused = client.similar_to_many([ID, "nobody"], n=2)
    assert len(answered) == 2
    assert "nobody" in refused.what


def test_a_question_is_written_with_what_differs_alone() -> None:
    assert asked(n=None, lens=None, filters=Filters(), dials=Dials()) == {}
    filters = Filters(key=9, mode=0, octaves=False, exclude_tracks=frozenset({TrackId("b")}))
    assert asked(n=3, lens="mood", filters=filters, dials=Dials(per_artist=4)) == {
        "n": 3,
        "lens": "mood",
        "key": "9",
        "mode": 0,
        "octaves": False,
        "exclude_track": ["b"],
        "per_artist": 4,
    }


def test_problems_are_raised_as_the_librarys_errors_with_a_remedy(client: Client) -> None:
    with pytest.raises(errors.NotFoundError, match="no track 'nobody'") as found:
        client.similar("nobody")
    assert found.value.remedy
    with pytest.raises(errors.BadRequestError, match="nonsense"):
        client.similar(ID, lens="nonsense")
    with pytest.raises(errors.BadRequestError, match="should be less than or equal to 500"):
        client.similar(ID, n=501)


def test_every_kind_of_problem_has_its_error() -> None:
    for kind in KINDS:
        body = {"type": f"/docs#problem-{kind}", "detail": "So.", "remedy": "Do this."}
        answer = httpx2.Response(400, json=body, headers={"retry-after": "7"})
        error = refusal(answer)
        assert (error.what, error.remedy) == ("So", "Do this")
        name = "".join(part.capitalize() for part in kind.split("-")) + "Error"
        assert type(error) is getattr(errors, name, errors.BadRequestError)


def test_where_nobody_answers_the_error_says_what_to_do(song: Path) -> None:
    with Client("http://127.0.0.1:9", timeout=5) as nobody:
        assert not nobody.ready()
        with pytest.raises(errors.UnavailableError, match="no Segue answers at") as found:
            nobody.upload(song)
        assert "segue serve" in found.value.remedy


def test_a_file_is_brought_heard_and_asked_with(client: Client, song: Path) -> None:
    brought = client.upload(song, key="of one's own")
    assert isinstance(brought, Upload)
    assert client.upload(song, key="of one's own").token == brought.token
    heard = client.wait(brought)
    assert heard.state == "heard"
    assert client.similar_to(heard, n=1)[0].track.title.startswith("Tone")
    client.forget(heard)
    with pytest.raises(errors.NotFoundError):
        client.uploaded(heard)
    told = client.from_audio(song, top_n=2)
    assert told.count == len(told.recommendations) == 2
    assert told.recommendations[0].reasons.sentence


def test_a_file_that_is_no_sound_is_refused_with_its_reason(client: Client, tmp_path: Path) -> None:
    (broken := tmp_path / "broken.mp3").write_bytes(b"no sound" * 500)
    with pytest.raises(errors.BadFileError, match=r"broken\.mp3"):
        client.wait(client.upload(broken))
    with pytest.raises(errors.NotFoundError, match="cannot be read"):
        client.upload(tmp_path / "nothing.mp3")


def test_playlists_and_opinions_are_kept(client: Client) -> None:
    made = client.keep("Evening", [ID, OTHER])
    assert [one.id for one in client.playlist(made.number).tracks] == [ID, OTHER]
    changed = client.change(made, tracks=[OTHER])
    assert changed.count == 1
    with pytest.raises(errors.UnavailableError, match="changed meanwhile"):
        client.change(made, title="Night")
    assert "Evening" in {one.title for one in client.playlists("even")}
    client.delete(changed)
    assert client.give(ID, "like", listener="Ada").kind == "like"
    assert [one.track_id for one in client.opinions(listener="Ada")] == [ID]
    assert client.undo(ID, listener="Ada")


def test_work_is_waited_for(client: Client) -> None:
    over = client.finished(client.start("analyse"))
    assert over.state == "done"
    assert over in list(client.jobs())


def test_ids_of_ones_own_name_tracks(client: Client) -> None:
    assert client.attach({ID: "shop:1"}) == 1
    assert client.track("shop:1").id == ID
    assert client.status().counts["tracks"] == TRACKS
