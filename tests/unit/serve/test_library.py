"""The library's pages: what is asked is in the address, what is found is counted and safe."""

from __future__ import annotations

import re
import time
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from segue.catalogue import feedback, history, tracks
from segue.library import Segue
from segue.records import Attributes, Play, TrackRecord
from segue.serve.app import create_app
from segue.settings import Settings

NASTY = "<script>alert('x')</script>"
PAGES = [
    "/",
    "/?q=a",
    "/?genre=jazz&sort=title",
    "/?year_from=1980&year_to=1989&show=liked",
    "/?q=nothing+is+called+so",
    "/artists",
    "/artists?q=zzz",
    "/albums",
    "/genres",
    "/genres?sort=name",
    "/artists/ada%20and%20co",
    "/albums/" + quote("fire water | ada and co", safe=""),
    "/genres/" + quote("hip-hop/rap", safe=""),
    "/favourites",
    "/favourites?kind=dislike",
    "/statistics",
    "/statistics?genre=jazz&genre=soul&genre=nobody",
]


def records(count: int = 80) -> list[TrackRecord]:
    made = [
        TrackRecord(
            title=f"Song {n:02}",
            artists=("Ada & Co", "Bö")[n % 2 : n % 2 + 1],
            album=("Fire / Water", "Night")[n % 2],
            genres=(("jazz",), ("soul", "hip-hop/rap"))[n % 2],
            year=1970 + n % 40,
            track_number=count - n,
            attributes=Attributes(
                energy=n / count, valence=0.4, key=n % 12, mode=n % 2, tempo=99.5
            ),
        )
        for n in range(count)
    ]
    nasty = TrackRecord(
        title=NASTY, artists=(NASTY,), album=NASTY, genres=(NASTY.lower(),), year=1984
    )
    return [*made, nasty]


@pytest.fixture
def segue(tmp_path) -> Segue:
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as opened:
        tracks.add(opened.database, records())
        yield opened


@pytest.fixture
def client(segue) -> TestClient:
    segue.shelves()
    return TestClient(create_app(segue), base_url="http://localhost")


def rows(text: str) -> list[str]:
    return re.findall(r'class="row-title"[^>]*><bdi>(.*?)</bdi>', text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_safe(client, segue, parse, path) -> None:
    for one, kind in zip(segue.shelves().corpus.ids[:3], ("like", "dislike", "skip"), strict=True):
        feedback.give(segue.database, "", one, kind)
    answer = client.get(path)
    assert answer.status_code == 200
    assert client.head(path).status_code == 200
    assert "<script>alert" not in answer.text
    page = parse(answer.text)
    assert page.faults == []
    assert len(page.all("h1")) == 1
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        href = link.get("href") or ""
        if href.startswith("/") and re.match(r"/(artists|albums|genres|tracks)/", href):
            assert client.get(href).status_code in {200, 303}, href


def test_all_tracks_are_on_the_pages_of_a_list_each_once(client) -> None:
    address, seen = "/?sort=title", []
    while address:
        text = client.get(address).text
        seen += rows(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 81
    assert seen == sorted(seen, key=lambda title: ("script" not in title, title))


def test_a_facet_counts_what_its_link_lists(client) -> None:
    text = client.get("/?q=song").text
    choices = re.findall(
        r'<a href="(/\?[^"]+)"><bdi>([^<]+)</bdi> <span class="number">([\d,]+)</span>', text
    )
    assert {name for _, name, _ in choices} >= {"jazz", "soul", "1980s", "Ada &amp; Co"}
    for address, name, count in choices:
        found = client.get(address.replace("&amp;", "&")).text
        assert re.search(rf"\b{count} tracks? for", found), name


def test_what_is_asked_can_be_taken_away_again(client) -> None:
    text = client.get("/?q=song&genre=jazz&year_from=1980&year_to=1989").text
    chips = dict(re.findall(r'<a href="([^"]+)" aria-label="Without (\w+)', text))
    assert set(chips.values()) == {"genre", "year"}
    without = next(address for address, name in chips.items() if name == "genre")
    assert without.replace("&amp;", "&") == "/?q=song&year_from=1980&year_to=1989"


def test_typing_swaps_only_what_was_found_in(client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "results"}
    part = client.get("/?q=song+07&genre=soul", headers=headers).text
    assert "<html" not in part
    assert rows(part) == ["Song 07"]
    assert 'hx-swap-oob="innerHTML:#found"' in part
    restored = client.get("/?q=song", headers={**headers, "HX-History-Restore-Request": "true"})
    assert "<html" in restored.text


def test_an_album_stands_in_its_order_and_tracks_lead_to_it(client, segue) -> None:
    album = client.get("/albums/" + quote("night | bo", safe="")).text
    shown = rows(album)
    assert shown[:2] == ["Song 79", "Song 77"]
    one = next(t.id for t in segue.search("song 79", n=1))
    answer = client.get(f"/tracks/{one}/album", follow_redirects=False)
    assert answer.headers["location"] == "/albums/night%20%7C%20bo"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/artists/ada", "Closest: Ada &amp; Co"),
        ("/albums/nobody", "there is no album"),
        ("/genres/polka", "there is no genre"),
        ("/tracks/nobody/album", "there is no track"),
    ],
)
def test_what_is_not_there_is_said(client, path, said) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert said.lower() in answer.text.lower()


@pytest.mark.parametrize(
    "query", ["sort=best+of", "page=0", "show=some", "year_from=12", "q=" + "x" * 301]
)
def test_what_makes_no_sense_is_refused(client, query) -> None:
    assert client.get(f"/?{query}").status_code == 422


def test_before_the_shelves_stand_the_catalogue_is_listed_all_the_same(segue) -> None:
    client = TestClient(create_app(segue), base_url="http://localhost")
    first = client.get("/").text
    assert "still getting to know" in first
    assert len(rows(first)) == 24
    assert rows(client.get("/?q=song+07").text) == ["Song 07"]
    assert client.get("/artists").status_code == 200
    assert client.get("/artists/bo").status_code == 503
    segue.engine()
    end = time.monotonic() + 30
    while "still getting to know" in client.get("/").text:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert len(rows(client.get("/?genre=jazz").text)) == 24


def test_everybody_has_favourites_of_their_own(client, segue) -> None:
    one, other = segue.shelves().corpus.ids[:2]
    client.post(f"/tracks/{one}/opinion", data={"kind": "like"})
    assert 'aria-pressed="true"' in client.get("/?show=liked").text
    chosen = client.post("/listener", data={"name": " Zoë  & Žiga "}, follow_redirects=False)
    assert "HttpOnly" in chosen.headers["set-cookie"]
    assert "Zoë &amp; Žiga" in client.get("/favourites").text
    assert rows(client.get("/favourites").text) == []
    client.post(f"/tracks/{other}/opinion", data={"kind": "skip"})
    assert [o.kind for o in feedback.of(segue.database, "Zoë & Žiga")] == ["skip"]
    assert len(rows(client.get("/favourites?kind=skip").text)) == 1
    client.post("/listener", data={"name": ""})
    assert len(rows(client.get("/favourites").text)) == 1


def test_favourites_without_a_file_cannot_be_a_playlist_file_but_say_so(client, segue) -> None:
    assert client.get("/favourites/export").status_code == 400
    client.post(f"/tracks/{segue.shelves().corpus.ids[0]}/opinion", data={"kind": "like"})
    answer = client.get("/favourites/export?format=jspf&title=Mine")
    assert answer.status_code == 200
    assert "Mine.jspf" in answer.headers["content-disposition"]


def test_statistics_say_what_was_played_by_whom(client, segue) -> None:
    at = 1_700_000_000.0
    plays = [
        Play("Ada", TrackRecord(title="Song 07", artists=("Bö",)), at=at + n * 40 * 86_400.0)
        for n in range(4)
    ]
    history.add(segue.database, plays)
    segue.shelves()
    assert "Nothing is known of what" in client.get("/statistics").text
    text = client.get("/statistics", headers={"Cookie": "listener=Ada"}).text
    assert "4 plays" in text
    assert "2023-11" in text
    assert "Bö – Song 07" in text


def test_names_that_nobody_has_are_not_kept(client, segue) -> None:
    segue.shelves()
    for number in range(50):
        client.get("/statistics", headers={"Cookie": f"listener=nobody-{number}"})
    assert client.app.state.played[1] == {}


def test_statistics_are_made_once_an_epoch(client, segue) -> None:
    first = client.get("/statistics").text
    drawn = client.app.state.statistics
    assert client.get("/statistics").text == first
    assert client.app.state.statistics is drawn
    tracks.delete(segue.database, segue.shelves().corpus.ids[0])
    segue.shelves()
    client.get("/statistics")
    assert client.app.state.statistics.counts.tracks == 80
