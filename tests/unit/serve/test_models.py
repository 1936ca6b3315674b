"""The page of networks: what each learned from, its figures beside those of descriptors."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from embedders import HISTORY, JUDGED, write_embedder
from segue.embedding import shelf
from segue.jobs.embedders import models_folder
from segue.library import Segue
from segue.serve.app import create_app
from segue.serve.curves import HEIGHT, WIDTH, curve
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def tones(folder: Path, count: int) -> Path:
    import array
    import math
    import wave

    folder.mkdir(exist_ok=True)
    for n in range(count):
        pitch = 110.0 * 2 ** (n / 5)
        samples = [
            int(9000 * (math.sin(6.283 * pitch * t / 22050) + math.sin(9.1 * pitch * t / 22050)))
            for t in range(22050 * 2)
        ]
        with wave.open(str(folder / f"{n}.wav"), "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", ""))
            file.writeframes(array.array("h", samples).tobytes())
    return folder


@pytest.fixture(scope="module", autouse=True)
def nothing_ships(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What comes with Segue is not among the networks here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "SHIPPED", tmp_path_factory.mktemp("ships") / "nothing")
        yield


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Segue]:
    """Three files heard by two networks: one judged, one brought; a third found no help."""
    folder = tmp_path_factory.mktemp("networks")
    settings = Settings(_env_file=None, cache_megabytes=0)
    with Segue.open(folder / "segue.db", settings=settings) as segue:
        models = models_folder(segue.database, settings)
        write_embedder(models, metrics=JUDGED, history=HISTORY, notes=["Taught in `42` minutes."])
        write_embedder(models, space="moods", data={}, name="brought")
        write_embedder(models / "rejected", space="genre", width=4, labels=("a", "b"))
        segue.scan(tones(folder / "music", 3))
        segue.analyse(jobs=1, quick=True)
        yield segue


@contextmanager
def client_of(segue: Segue) -> Iterator[TestClient]:
    """A client of an application that is ready."""
    with TestClient(create_app(segue), base_url="http://localhost") as made:
        end = time.monotonic() + 30
        while made.get("/ready").status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.02)
        yield made


@pytest.fixture(scope="module")
def networks(library: Segue) -> Iterator[TestClient]:
    with client_of(library) as made:
        yield made


def test_a_library_without_networks_says_what_music_is_compared_by(empty_client) -> None:
    page = empty_client.get("/models").text
    assert "segue train sound genre --library" in page


def test_figures_stand_beside_those_of_descriptors(networks: TestClient, parse) -> None:
    page = networks.get("/models")
    assert page.status_code == 200
    assert parse(page.text).faults == []
    text = " ".join(page.text.split())
    assert '<th scope="row">sound + descriptors</th><td class="number">0.310 (0.270 to' in text
    assert text.index('<th scope="row">sound</th>') < text.index('<th scope="row">descriptors</th>')
    assert "On 41 tracks of 9 artists it was not taught with" in text
    assert "artist P@10 is 0.310 with it and 0.250 by descriptors alone" in text
    assert "40 tracks, 8 artists" in text
    assert "a planted world" in text
    assert "Taught in <code>42</code> minutes." in text


def test_the_curve_says_in_words_what_it_shows(networks: TestClient) -> None:
    text = networks.get("/models").text
    label = (
        'aria-label="Over steps 100 to 400: validation from 0.200 to 0.500, at best 0.500; '
        'loss from 0.020 to 0.005, at best 0.005."'
    )
    assert label in text
    assert text.count("<polyline") == 2


def test_every_network_says_how_it_stands(networks: TestClient, library: Segue) -> None:
    text = " ".join(networks.get("/models").text.split())
    assert text.count("at work</span>") == 2
    assert text.count("not put to work</span>") == 1
    assert "3 tracks heard, no file waits" in text
    stands = {one.space: one for one in library.status().embedders}
    assert {space: (one.role, one.embedded) for space, one in stands.items()} == {
        "moods": ("stands", 3),
        "sound": ("stands", 3),
    }
    answer = networks.get("/api/v1/status").json()
    assert [one["space"] for one in answer["embedders"]] == ["moods", "sound"]
    assert {"sound", "moods", "genre"} <= set(answer["spaces"])


def test_pages_link_to_the_networks(networks: TestClient) -> None:
    for path in ("/jobs", "/about"):
        assert 'href="/models"' in networks.get(path).text


def test_a_lens_of_a_brought_network_can_be_asked_for(networks: TestClient, library: Segue) -> None:
    track = library.search("0")[0]
    page = networks.get(f"/tracks/{track.id}", params={"lens": "moods"})
    assert page.status_code == 200
    assert "with passages alike in moods" in page.text or "Alike in moods" in page.text


def test_a_file_that_is_sent_is_heard_by_the_networks(networks: TestClient, tmp_path: Path) -> None:
    sent = tones(tmp_path / "sent", 1) / "0.wav"
    raw = bytearray(sent.read_bytes())
    raw[-1000:] = bytes(1000)
    for lens in ("sound", "moods", "audio"):
        answer = networks.post(
            "/recommend/from-audio",
            params={"lens": lens, "top_n": 2},
            files={"file": ("a.wav", bytes(raw))},
        )
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["recommendations"]) == 2
    refused = networks.post(
        "/recommend/from-audio", params={"lens": "genre"}, files={"file": ("a.wav", bytes(raw))}
    )
    assert refused.status_code == 400
    assert "segue train genre --library" in refused.json()["remedy"]


def test_a_network_on_its_way_and_one_that_is_broken_are_told(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, cache_megabytes=0)
    with Segue.open(tmp_path / "segue.db", settings=settings) as segue:
        models = models_folder(segue.database, settings)
        own = write_embedder(models)
        segue.scan(tones(tmp_path / "music", 2))
        segue.analyse(jobs=1, quick=True)
        write_embedder(models, seed=5)
        with client_of(segue) as made:
            page = " ".join(made.get("/models").text.split())
            assert "coming</span>" in page
            assert "0 tracks heard, 2 files wait" in page
            status = " ".join(made.get("/jobs").text.split())
            assert "2 of 2 files wait to be heard; what an earlier network heard" in status
            (own / "manifest.json").write_text(json.dumps({"format": 77}))
            page = " ".join(made.get("/models").text.split())
            assert "cannot be used</span>" in page
            assert "format 77" in page
            assert "is not used." in made.get("/jobs").text
            (own / "manifest.json").unlink()
            page = " ".join(made.get("/models").text.split())
            assert "no longer there</span>" in page
            assert "What it heard stands, of 2 tracks" in page


@pytest.mark.parametrize(
    "history",
    [
        [],
        [{"step": 1, "loss": 0.5}],
        [{"step": 1}, {"step": 2}],
        [{"step": 1, "loss": "much"}, {"step": 2, "loss": None}],
        [{"step": 3, "loss": 1.0}, {"step": 3, "loss": 2.0}],
        [{"step": 1, "loss": float("nan")}, {"step": 2, "loss": 1.0}],
        [{"step": 10**400, "loss": 1.0}, {"step": 2, "loss": 1.0}],
        [{"step": 1, "loss": 1e308}, {"step": 2, "loss": -1e308}],
    ],
)
def test_a_history_without_two_steps_is_no_curve(history) -> None:
    assert curve(history) is None


NUMBERS = st.integers() | st.floats() | st.sampled_from([10**400, 1e308, True, None])


@given(st.lists(st.fixed_dictionaries({"step": NUMBERS, "loss": NUMBERS})))
def test_whatever_a_history_holds_is_a_drawing_or_none(history) -> None:
    found = curve(history)
    if found is not None:
        assert "nan" not in found.lines[0].points
        assert found.words


def test_a_level_line_stays_within_the_drawing() -> None:
    found = curve([{"step": 1, "validation": 0.5}, {"step": 9, "validation": 0.5}])
    assert found is not None
    (line,) = found.lines
    places = [tuple(map(float, point.split(","))) for point in line.points.split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)


def test_a_manifest_that_holds_odd_metrics_still_has_a_page(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, cache_megabytes=0)
    odd = {"held_out": {"figures": {"a": {"b": "c"}, "d": 3}}, "decision": {"ours": "many"}}
    odd["held_out"]["figures"]["e"] = {"value": 10**400, "low": float("inf")}
    odd["held_out"]["tracks"] = 10**400
    odd["decision"] |= {"theirs": 10**400}
    with Segue.open(tmp_path / "segue.db", settings=settings) as segue:
        models = models_folder(segue.database, settings)
        write_embedder(models, metrics=odd, data={"tracks": "some", "licences": ["CC0", "CC BY"]})
        with client_of(segue) as made:
            answer = made.get("/models")
    assert answer.status_code == 200
    assert "CC0, CC BY" in answer.text
