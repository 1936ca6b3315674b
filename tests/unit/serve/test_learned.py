"""What training found out, on the pages: from what, who stands there, where weights come from."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from segue.catalogue import playlists, tracks, trained
from segue.catalogue.corpus import load
from segue.library import Segue
from segue.records import Attributes, OutsideId, PlaylistRecord, TrackRecord
from segue.serve.app import create_app
from segue.serve.curves import losses
from segue.settings import Settings
from segue.training.playlists.factors import FactorsParameters
from segue.training.playlists.places import learn
from tastes import TASTES, TRACKS, artist_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SONGS = TRACKS // TASTES

LATER = 5
"""Tracks of artists that playlists know, in none themselves."""

HISTORY = [
    {"epoch": 0, "training": "much"},
    {"epoch": 1, "training": 0.75, "validation": 0.5},
    {"epoch": 2, "training": 0.25, "validation": 0.3},
    {"epoch": 3, "training": 0.2, "validation": 0.4},
]

BALANCED = {
    "origin": {"sentence": "These weights were learned from <your> own playlists"},
    "patterns": [
        {
            "weights": {"factors": 3.0, "together": 1.0},
            "members": [1, 1],
            "titled": None,
            "genre": None,
            "origin": {"sentence": "Weights learned from 40 questions of playlists held out"},
        },
        {"weights": {"factors": 1.0}, "members": [2, 9], "titled": True, "genre": "Rock"},
        {"weights": {"text": 1.0}, "members": [0, None], "titled": None, "genre": None},
    ],
}


def songs() -> list[TrackRecord]:
    return [
        TrackRecord(
            title=f"Song {row}",
            outside_ids=(OutsideId("test", f"song-{row}"),),
            artists=(f"Artist {artist_of(min(row, TRACKS - 1))}",),
            attributes=Attributes(energy=row / (TRACKS + LATER)),
        )
        for row in range(TRACKS + LATER)
    ]


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Segue]:
    """Playlists of four tastes, factors learned from them; a lens, codes and a map beside."""
    records = songs()
    lists = [
        PlaylistRecord(
            f"Mix {number % 4}",
            OutsideId("test", f"list-{number}"),
            tuple(records[SONGS * (number % 4) + (7 * number + n) % SONGS] for n in range(10)),
        )
        for number in range(60)
    ]
    where = tmp_path_factory.mktemp("taught") / "segue.db"
    with Segue.open(where, settings=Settings(_env_file=None)) as segue:
        db = segue.database
        tracks.add(db, records)
        playlists.add(db, lists)
        corpus = load(db)
        learn(corpus, FactorsParameters(factors=8, iterations=3)).fitted.store(db, corpus)
        trained.put(db, "balanced", version="1", state=BALANCED)
        drawn = {"space": "text", "tracks": ["a", "b"], "origin": {"placed": 125}}
        trained.put(db, "map:text", version="1", state=drawn)
        yield segue


@pytest.fixture(scope="module")
def pages(taught: Segue) -> Iterator[TestClient]:
    with TestClient(create_app(taught), base_url="http://localhost") as made:
        end = time.monotonic() + 30
        while made.get("/ready").status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.02)
        yield made


def text_of(client: TestClient, path: str, **query: str) -> str:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def test_what_was_learned_says_from_what_and_who_stands_there(pages, parse) -> None:
    text = text_of(pages, "/models")
    assert parse(pages.get("/models").text).faults == []
    assert "60 playlists with 600 entries" in text
    assert f"{TRACKS + LATER} of them" not in text
    assert f"{TRACKS + LATER}, {LATER} of them by their content alone" in text
    assert "2 of 125 tracks of the space, 20" in text
    for name in ("together", "playlists", "latent"):
        assert f"Learn it: <code>segue train {name}</code>" in text
    assert "segue train factors</code>" not in text


def test_patterns_of_the_lens_are_told_with_their_weights_and_origin(pages: TestClient) -> None:
    text = text_of(pages, "/models")
    assert "3 patterns of weights" in text
    assert (
        '<th scope="row">one</th><td>put together 0.75, same playlists 0.25<br>'
        '<span class="muted">Weights learned from 40 questions of playlists held out.' in text
    )
    assert '<th scope="row">2 to 9, with a title, rock</th><td>put together 1.00' in text
    assert '<th scope="row">any</th><td>words 1.00' in text
    assert "learned from &lt;your&gt; own playlists." in text


def test_where_nothing_was_learned_the_weights_that_ship_are_shown(client, parse) -> None:
    text = text_of(client, "/models")
    assert parse(client.get("/models").text).faults == []
    assert "the weights that come with Segue count" in text
    assert "segue train balanced</code>" in text
    assert "patterns of weights" in text


def test_an_answer_says_where_its_weights_come_from(pages: TestClient, taught: Segue) -> None:
    of = taught.search("Song 3")[0].id
    text = text_of(pages, f"/tracks/{of}", lens="balanced", n="20")
    assert "Weights learned from 40 questions of playlists held out</bdi>." in text
    assert 'value="balanced" checked' in text
    assert "speak for all" not in text
    plain = text_of(pages, f"/tracks/{of}", lens="text")
    assert "questions of playlists" not in plain


def test_who_stands_there_by_content_alone_is_marked(pages: TestClient, taught: Segue) -> None:
    of = taught.search(f"Song {TRACKS - 1}")[0].id
    text = text_of(pages, f"/tracks/{of}", lens="factors", n="100", per_artist="100")
    assert text.count("(placed by content alone)") == LATER


def test_lenses_are_offered_where_a_track_stands_in_them(pages, client, tabled, taught) -> None:
    offered = text_of(pages, f"/tracks/{taught.search('Song 3')[0].id}")
    for name in ("balanced", "together", "factors", "titles", "artist"):
        assert f'name="lens" value="{name}"' in offered
    without = text_of(client, f"/tracks/{tabled}")
    assert 'name="lens" value="balanced"' in without
    for name in ("together", "factors", "playlists", "latent"):
        assert f'name="lens" value="{name}"' not in without


def test_status_counts_who_stands_by_content_alone(pages: TestClient) -> None:
    assert f"{LATER} tracks in put together" in text_of(pages, "/jobs")
    said = pages.get("/api/v1/status").json()
    assert said["inferred"] == {"factors": LATER}
    assert [one["name"] for one in said["learned"]] == ["balanced", "factors", "map:text"]
    assert said["learned"][1]["source"] == "60 playlists with 600 entries"


def test_losses_share_one_height(pages: TestClient, taught: Segue) -> None:
    found = losses(HISTORY)
    assert found is not None
    assert found.words == (
        "Over passes 1 to 3: kept aside from 0.500 to 0.400, at best 0.300; "
        "training from 0.750 to 0.200, at best 0.200."
    )
    aside, training = (
        [float(point.split(",")[1]) for point in line.points.split()] for line in found.lines
    )
    assert training[0] < aside[0] < training[-1], "0.75 is drawn above 0.5, 0.2 below"
    assert losses(HISTORY[:2]) is None
