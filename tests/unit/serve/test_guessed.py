"""Attributes that were not given: marked on pages and in JSON, with intervals where predicted."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from oracles import HALF, write_model
from segue import Segue
from segue.records import CONTINUOUS
from segue.serve.app import create_app
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def predicting(stocked: Segue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a copy of the library, with a model at work."""
    folder = tmp_path_factory.mktemp("predicting")
    with closing(sqlite3.connect(stocked.database.path)) as connection:
        connection.execute("VACUUM INTO ?", (str(folder / "segue.db"),))
    model = write_model(folder / "model", tempo_bin=0)
    settings = Settings(_env_file=None, attributes_model=model)
    with Segue.open(folder / "segue.db", settings=settings) as segue:
        assert segue.settle().predicted == 12
        with TestClient(create_app(segue), base_url="http://localhost") as client:
            while client.get("/ready").status_code != 200:
                time.sleep(0.02)
            yield client


@pytest.fixture(scope="module")
def broken(stocked: Segue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the library under a setting that leads nowhere."""
    missing = tmp_path_factory.mktemp("broken") / "nowhere"
    settings = Settings(_env_file=None, attributes_model=missing)
    with (
        Segue.open(stocked.database.path, settings=settings) as segue,
        TestClient(create_app(segue), base_url="http://localhost") as client,
    ):
        while client.get("/ready").status_code != 200:
            time.sleep(0.02)
        yield client


def attributes_on(page: str) -> str:
    return page.partition('id="attributes"')[2].partition("</section>")[0]


def test_estimates_on_the_page_of_a_file_are_marked_one_by_one(client, played) -> None:
    told = attributes_on(client.get(f"/tracks/{played}").text)
    values = re.findall(r'<td class="number">([^<]+)', told)
    assert len(values) == len(CONTINUOUS) - 1
    assert all(value.startswith("≈ ") for value in values)
    assert re.search(r"<dt>loudness</dt><dd>≈ −?[\d.]+ dB <span [^>]+>estimated</span>", told)
    assert "Attributes are estimated from the signal." in told
    assert "a guess by a formula" in told


def test_given_attributes_stand_plain(client, tabled) -> None:
    told = attributes_on(client.get(f"/tracks/{tabled}").text)
    assert "≈" not in told
    assert "±" not in told
    assert "Attributes are given by the table or file." in told


def test_the_json_of_a_track_says_where_each_attribute_comes_from(client, played, tabled) -> None:
    heard = client.get(f"/api/v1/tracks/{played}").json()
    known = {name for name, value in heard["attributes"].items() if value is not None}
    assert set(heard["origins"]) == known >= set(CONTINUOUS)
    assert set(heard["origins"].values()) == {"estimated"}
    assert heard["intervals"] == {}
    given = client.get(f"/api/v1/tracks/{tabled}").json()
    assert set(given["origins"].values()) == {"given"}


def test_a_file_keeps_the_lens_of_its_sound_and_hybrid_works_without_a_table(
    client, played, tone_file
) -> None:
    body = client.get(f"/api/v1/tracks/{played}/similar").json()
    assert body["lens"] == "audio"
    sent = {"file": ("a.wav", tone_file.read_bytes())}
    heard = client.post("/recommend/from-audio?lens=hybrid", files=sent).json()
    assert heard["lens"] == "hybrid"
    assert heard["count"] > 0
    assert set(heard["origins"].values()) == {"estimated"}
    assert heard["attributes"]["energy"] is not None
    assert client.post("/recommend/from-audio", files=sent).json()["lens"] == "audio"


def test_reasons_that_rest_on_estimates_say_so(client, played) -> None:
    asked = {"lens": "attributes", "n": 30}
    body = client.get(f"/api/v1/tracks/{played}/similar", params=asked).json()
    for row in body["recommendations"]:
        reasons = row["reasons"]
        compared = [*reasons["agree"], *([reasons["differs"]] if reasons["differs"] else [])]
        assert all(each["estimated"] for each in compared)
    sentences = [row["reasons"]["sentence"] for row in body["recommendations"]]
    said = [each for each in sentences if each.startswith("Both")]
    assert said
    assert all("estimated" in each for each in said)


def test_predicted_attributes_show_between_what_they_lie(predicting, played) -> None:
    page = predicting.get(f"/tracks/{played}").text
    told = attributes_on(page)
    assert len(re.findall(r'<td class="number">[\d.]+ ± 0\.\d\d<', told)) == len(CONTINUOUS) - 1
    assert re.search(r"<dt>loudness</dt><dd>−?[\d.]+ ± 0\.\d dB<", told)
    assert told.count(' band"') == len(CONTINUOUS) - 1
    assert "Attributes are predicted by the model oracle." in told
    assert "± is made to hold for 90 % of tracks." in told
    body = predicting.get(f"/api/v1/tracks/{played}").json()
    assert body["provenance"] == "predicted:oracle"
    energy = body["intervals"]["energy"]
    assert energy["high"] - energy["low"] <= 2 * HALF + 1e-9
    assert energy["low"] <= body["attributes"]["energy"] + 1e-4 <= energy["high"] + 2e-4
    assert energy["coverage"] == 0.9


def test_with_a_model_a_file_is_asked_by_hybrid_and_an_upload_too(
    predicting, played, tone_file
) -> None:
    assert predicting.get(f"/api/v1/tracks/{played}/similar").json()["lens"] == "hybrid"
    sent = {"file": ("a.wav", tone_file.read_bytes())}
    heard = predicting.post("/recommend/from-audio", files=sent).json()
    assert heard["lens"] == "hybrid"
    assert heard["origins"]["energy"] == "predicted:oracle"
    brought = predicting.post("/upload", files=sent)
    end = time.monotonic() + 60
    while "What was heard in it" not in brought.text:
        assert time.monotonic() < end, brought.text
        time.sleep(0.1)
        brought = predicting.get(brought.url)
    assert "± is made to hold" in brought.text.partition("What was heard in it")[2]


def test_the_status_tells_of_the_model(predicting, broken, client) -> None:
    model = predicting.get("/api/v1/status").json()["model"]
    assert (model["name"], model["problem"]) == ("oracle", "")
    assert (model["predicted"], model["described"]) == (12, 12)
    page = predicting.get("/jobs").text
    assert "The model <strong>oracle</strong> has predicted those of 12 of 12" in page
    assert "predicted by the model oracle" in page
    assert client.get("/api/v1/status").json()["model"] is None


def test_a_model_that_is_not_there_is_told_and_recommending_goes_on(broken, played) -> None:
    model = broken.get("/api/v1/status").json()["model"]
    assert model["name"] == ""
    assert "there is no such folder" in model["problem"]
    assert "Attributes are not predicted" in broken.get("/jobs").text
    assert broken.get(f"/api/v1/tracks/{played}/similar").json()["count"] > 0
    assert "≈" in attributes_on(broken.get(f"/tracks/{played}").text)
