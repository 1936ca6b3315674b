"""The map over HTTP: empty, drawn, its points, its regions, what is circled; the job that draws."""

from __future__ import annotations

import gzip
import html
import re
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from starlette.testclient import TestClient

from segue.catalogue import tracks
from segue.jobs.charting import Redrawing
from segue.library import Segue
from segue.maps.chart import path_of
from segue.records import CONTINUOUS, Attributes, OutsideId, TrackRecord
from segue.serve.app import create_app
from segue.serve.points import GRID, SCALE, UNKNOWN
from segue.serve.telling import told
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 60
ODD = "<script>alert('x')</script>"
PART = {"HX-Request": "true"}


def table_of(count: int) -> list[TrackRecord]:
    """Rows of a table with attributes, names that try the pages among them."""
    source = np.random.default_rng(5)
    odd = [(ODD, '"><img src=x>'), ("🎹 Lied 🌙", "Zoë & the 'Quotes'"), ("أغنية", "فرقة النور")]
    records = []
    for n in range(count):
        title, artist = odd[n] if n < len(odd) else (f"Slow Harbour {n}", f"Moor {n % 9}")
        shares = source.random(8).round(3).tolist()
        records.append(
            TrackRecord(
                title=title,
                artists=(artist,),
                genres=(["ambient", "soul", "jazz & blues"][n % 3],),
                outside_ids=(OutsideId("test", f"row-{n}"),),
                duration=120.0 + n,
                year=1980 + n % 30,
                popularity=float(n),
                attributes=Attributes(
                    **dict(zip(CONTINUOUS, shares, strict=True)), tempo=90.0 + n, key=n % 12, mode=1
                ),
            )
        )
    return records


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Segue, TestClient]]:
    """Sixty rows of a table with names that try the pages, their map drawn."""
    folder = tmp_path_factory.mktemp("mapped")
    with Segue.open(folder / "segue.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, table_of(COUNT))
        segue.draw_map("attributes")
        with TestClient(create_app(segue), base_url="http://localhost") as client:
            wait_ready(client)
            yield segue, client


def wait_ready(client: TestClient) -> None:
    end = time.monotonic() + 60
    while client.get("/ready").status_code != 200:
        assert time.monotonic() < end
        time.sleep(0.02)


def unpacked(client: TestClient, columns: int) -> tuple[np.ndarray, np.ndarray]:
    raw = client.get("/map/points?space=attributes").content
    assert len(raw) == COUNT * (4 + columns)
    places = np.frombuffer(raw, dtype="<u2", count=2 * COUNT).reshape(2, COUNT).T
    return places, np.frombuffer(raw, dtype=np.uint8, offset=4 * COUNT).reshape(columns, COUNT)


def test_the_page_shows_regions_as_lists(drawn: tuple[Segue, TestClient]) -> None:
    segue, client = drawn
    page = client.get("/map")
    assert page.status_code == 200
    shown = segue.track_map("attributes")
    assert shown is not None
    for region in shown.regions:
        assert html.escape(region.name) in page.text
    assert f'data-count="{COUNT}"' in page.text
    assert client.head("/map").status_code == 200


def test_points_are_those_of_the_map(drawn: tuple[Segue, TestClient]) -> None:
    segue, client = drawn
    shown = segue.track_map("attributes")
    assert shown is not None
    columns = re.search(r'data-columns="([^"]*)"', client.get("/map").text)
    assert columns is not None
    names = re.findall(r'"label": "([^"]+)"', html.unescape(columns[1]))
    assert {"Region", "Genre", "Year", "Energy", "Tempo", "Popularity"} <= set(names)
    places, codes = unpacked(client, len(names))
    assert np.abs(places / GRID - shown.places).max() <= 0.5 / GRID + 1e-6
    assert np.array_equal(codes[0], shown.region)
    energy = codes[names.index("Energy")]
    given = shown.corpus.attributes[shown.rows, CONTINUOUS.index("energy")]
    assert np.array_equal(energy, np.round(given.astype(np.float64) * SCALE).astype(np.uint8))
    assert (codes[names.index("Genre")] != UNKNOWN).all()


def test_points_come_packed_and_once(drawn: tuple[Segue, TestClient]) -> None:
    _, client = drawn
    plain = client.get("/map/points?space=attributes", headers={"Accept-Encoding": "identity"})
    packed = client.get("/map/points?space=attributes", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert len(gzip.compress(plain.content)) < len(plain.content)
    again = client.get(
        "/map/points?space=attributes", headers={"If-None-Match": plain.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_point_says_its_track(drawn: tuple[Segue, TestClient]) -> None:
    segue, client = drawn
    shown = segue.track_map("attributes")
    assert shown is not None
    for place in range(0, COUNT, 7):
        found = client.get(f"/map/track?space=attributes&place={place}").json()
        assert found["id"] == shown.ids(np.array([place]))[0]
    odd = next(
        place
        for place in range(COUNT)
        if client.get(f"/map/track?space=attributes&place={place}").json()["title"] == ODD
    )
    card = client.get(f"/map/track?space=attributes&place={odd}", headers=PART)
    assert ODD not in card.text
    assert html.escape(ODD, quote=True).replace("&#x27;", "&#39;") in card.text
    beyond = client.get(f"/map/track?space=attributes&place={COUNT}")
    assert beyond.status_code == 404
    assert "has no point 60" in beyond.text


def test_words_find_points(drawn: tuple[Segue, TestClient]) -> None:
    segue, client = drawn
    found = client.get("/map/found?space=attributes&q=harbour").json()
    shown = segue.track_map("attributes")
    assert shown is not None
    titles = {segue.track(one).title for one in shown.ids(np.array(found["places"]))}
    assert titles
    assert all("Harbour" in title for title in titles)
    assert client.get("/map/found?space=attributes&q=").json() == {"places": [], "found": 0}


def test_what_is_circled_is_what_lies_inside(drawn: tuple[Segue, TestClient]) -> None:
    segue, client = drawn
    shown = segue.track_map("attributes")
    assert shown is not None
    left = int((shown.places[:, 0] < 0.5).sum())
    half = f"0,0,{GRID // 2},0,{GRID // 2},{GRID},0,{GRID}"
    page = client.get(f"/map/selection?space=attributes&shape={half}")
    assert f": {left} tracks" in page.text
    kept = re.search(r'name="tracks" value="([^"]*)"', page.text)
    assert kept is not None
    assert len(kept[1].split()) == left
    part = client.get(f"/map/selection?space=attributes&shape={half}", headers=PART)
    assert "<html" not in part.text
    everything = f"-5,-5,{GRID + 5},-5,{GRID + 5},{GRID + 5},-5,{GRID + 5}"
    hidden = "region:" + ",".join(str(n) for n in range(1, 24))
    seen = client.get(f"/map/selection?space=attributes&shape={everything}&hidden={hidden}")
    assert f": {shown.regions[0].count} track" in seen.text
    nothing = client.get("/map/selection?space=attributes&shape=0,0,1,0,1,1")
    assert "No point lies inside" in nothing.text


def test_a_region_is_listed_page_by_page(drawn: tuple[Segue, TestClient]) -> None:
    segue, client = drawn
    shown = segue.track_map("attributes")
    assert shown is not None
    count, seen, address = shown.regions[0].count, set(), "/map/selection?space=attributes&region=0"
    while address:
        page = client.get(address).text
        rows = page[page.index('class="tracks"') :]
        seen |= set(re.findall(r'class="row-title" href="/tracks/([^"?]+)', rows))
        more = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(more[1]) if more else ""
    assert len(seen) == count


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/map?space=nothing", 404, "There is no space &#39;nothing&#39; to draw"),
        ("/map?space=text", 404, "cannot be drawn"),
        ("/map/points?space=attributes&x=1", 200, ""),
        ("/map/selection?space=attributes&region=99", 404, "has no region 100"),
        ("/map/selection?space=attributes&shape=1,2,3", 400, "no list of corners"),
        ("/map/selection?space=attributes&shape=a,b,c,d,e,f", 400, "no list of corners"),
        (f"/map/selection?space=attributes&shape=0,0,{'9' * 400},0,9,9", 400, "no list of corners"),
        (f"/map/selection?space=attributes&shape=0,0,9,0,9,9&hidden=genre:{'9' * 400}", 200, ""),
        (f"/map/selection?space=attributes&region={'9' * 400}", 404, "has no region"),
        ("/map/selection?space=attributes&shape=0,0,9,0,9,9&hidden=mood:1", 400, "hides nothing"),
        ("/map/selection?space=attributes&shape=0,0,9,0,9,9&hidden=genre:x", 400, "hides nothing"),
    ],
)
def test_what_makes_no_sense_is_said(
    drawn: tuple[Segue, TestClient], address: str, status: int, said: str
) -> None:
    answer = drawn[1].get(address)
    assert answer.status_code == status
    if said:
        assert said in answer.text


def test_a_way_is_drawn_over_it(drawn: tuple[Segue, TestClient]) -> None:
    segue, client = drawn
    shown = segue.track_map("attributes")
    assert shown is not None
    one, other = shown.ids(np.array([3, 40]))
    page = client.get("/map", params={"track": [one, other, "gone"]})
    assert 'data-way="[3, 40, -1]"' in page.text


def test_a_catalogue_without_a_map_says_how_to_get_one(tmp_path: Path) -> None:
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        with TestClient(create_app(segue), base_url="http://localhost") as client:
            wait_ready(client)
            assert "The catalogue is empty" in client.get("/map").text
        tracks.add(segue.database, table_of(4))
        with TestClient(create_app(segue), base_url="http://localhost") as client:
            end = time.monotonic() + 60
            while "There is no map of attributes yet" not in (page := client.get("/map").text):
                assert time.monotonic() < end, page
                time.sleep(0.1)
            assert "segue map attributes" in page
            missing = client.get("/map/points?space=attributes")
            assert missing.status_code == 404
            assert "no map of attributes has been drawn" in missing.text.lower()
            refused = client.post("/map", data={"space": "text"}, follow_redirects=False)
            assert refused.status_code == 404


def test_the_button_has_a_map_drawn_in_a_process_of_its_own(tmp_path: Path) -> None:
    settings = Settings(_env_file=None)
    with Segue.open(tmp_path / "segue.db", settings=settings) as segue:
        tracks.add(segue.database, table_of(20))
        app = create_app(segue)
        with TestClient(app, base_url="http://localhost") as client:
            wait_ready(client)
            runner = app.state.runner
            runner.start()
            try:
                sent = client.post("/map", data={"space": "attributes"}, follow_redirects=False)
                assert (sent.status_code, sent.headers["location"]) == (
                    303,
                    "/map?space=attributes",
                )
                number = runner.latest(1)[0].job.id
                job = runner.wait(number, 120)
            finally:
                runner.stop()
            assert (job.state, job.message) == (
                "done",
                "The map of attributes shows 20 tracks in 1 region.",
            )
            assert 'data-count="20"' in client.get("/map").text


def test_a_map_in_the_making_is_seen_behind_whatever_waits_after_it(tmp_path: Path) -> None:
    """What came of it is the map, also where nobody asked for it, and of jobs from before."""
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, table_of(4))
        app = create_app(segue)
        client = TestClient(app, base_url="http://localhost")
        segue.engine()
        runner = app.state.runner
        number = runner.submit("map", {"space": ""})
        for n in range(30):
            runner.submit("scan", {"root": f"/music/{n}"})
        page = client.get("/map?space=attributes").text
        assert f'data-job="{number}"' in page
        assert "Draw the map" not in page
        other = runner.submit("map", {"space": "sound"}, address="map?space=sound")
        leads = {one.job.id: told(one).address for one in runner.standing()}
        assert (leads[number], leads[other]) == ("/map", "/map?space=sound")


@pytest.mark.parametrize("gone", [1, 10])
def test_a_map_follows_its_catalogue_without_being_laid_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: int
) -> None:
    """Attributes are scaled by the whole catalogue: each track that goes changes all vectors."""
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, table_of(COUNT))
        before = segue.draw_map("attributes")
        monkeypatch.setattr("segue.maps.chart.layout", lambda *_, **__: pytest.fail("laid out"))
        places = dict(zip(before.ids(np.arange(COUNT)), before.places.tolist(), strict=True))
        for one in before.ids(np.arange(gone) * 5):
            tracks.delete(segue.database, one)
        tracks.add(segue.database, table_of(COUNT + 3)[COUNT:])
        shown = segue.track_map("attributes")
        assert shown is not None
        assert (shown.changed, len(shown.rows)) == (gone + 3, COUNT - gone + 3)
        now = dict(zip(shown.ids(np.arange(len(shown.rows))), shown.places.tolist(), strict=True))
        kept = now.keys() & places.keys()
        assert len(kept) == COUNT - gone
        assert all(now[one] == places[one] for one in kept)
        assert segue.track_map("attributes") is shown


def test_a_map_that_shows_nobody_any_more_is_none(tmp_path: Path) -> None:
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, table_of(4))
        drawn = segue.draw_map("attributes")
        for one in drawn.ids(np.arange(4)):
            tracks.delete(segue.database, one)
        tracks.add(segue.database, table_of(8)[4:])
        assert segue.track_map("attributes") is None


def test_who_comes_while_a_map_follows_is_shown_the_one_before(tmp_path: Path) -> None:
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, table_of(8))
        segue.draw_map("attributes")
        before = segue.track_map("attributes")
        tracks.add(segue.database, table_of(9)[8:])
        with segue._fitting:
            assert segue.track_map("attributes") is before
        after = segue.track_map("attributes")
        assert after is not None
        assert len(after.rows) == 9


def test_a_map_lies_where_the_settings_have_what_follows(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, derived_folder=tmp_path / "shared")
    for name in ("one", "two"):
        with Segue.open(tmp_path / f"{name}.db", settings=settings) as segue:
            tracks.add(segue.database, table_of(8 if name == "one" else 9))
            drawn = segue.draw_map("attributes")
            path = path_of(tmp_path / "shared" / segue.database.digest, drawn.space)
            assert path.exists()
            assert len(segue.track_map("attributes").rows) == len(drawn.rows)
            due = Redrawing(segue.database, settings=settings)
            assert [list(due()) for _ in range(3)] == [[], [], []]
    assert not (tmp_path / "one.derived").exists()


def test_a_map_is_due_once_it_is_quiet_and_a_tenth_is_new(tmp_path: Path) -> None:
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        due = Redrawing(segue.database, settings=segue.settings)
        assert [list(due()) for _ in range(3)] == [[], [], []]
        tracks.add(segue.database, table_of(40))
        assert [list(due()) for _ in range(3)] == [[], [{"space": ""}], []]
        drawn = segue.draw_map()
        assert path_of((tmp_path / "segue.derived"), drawn.space).exists()
        tracks.add(segue.database, table_of(43)[40:])
        assert [list(due()) for _ in range(3)] == [[], [], []]
        tracks.add(segue.database, table_of(46)[43:])
        assert [list(due()) for _ in range(3)] == [[], [{"space": ""}], []]
        # Asked for once as things stand, also where nobody draws it.
        assert list(due()) == []
