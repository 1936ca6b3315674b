"""Every page for everybody: axe-core finds nothing, nothing spills over, nothing complains."""

from __future__ import annotations

import hashlib
import time
from typing import Any
from urllib.parse import quote

import pytest

from accessible import AXE, AXE_DIGEST, violations
from segue.library import Segue
from segue.names import artist_key
from segue.settings import Settings

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/?q=a",
    "/?q=zzzz",
    "track",
    "asked",
    "/describe",
    "/describe?words=slow,+zzyx,+100-120+bpm&energy=0.4",
    "/?show=all&sort=title&page=2",
    "/artists",
    "/albums",
    "/genres",
    "artist",
    "album",
    "genre",
    "/favourites",
    "/favourites?kind=dislike",
    "/statistics",
    "/upload",
    "/live",
    "/jobs",
    "/models",
    "/about",
    "/docs",
    "/mix",
    "mix",
    "/path",
    "path",
    "/playlists",
    "playlist",
    "/radio",
    "radio",
    "upload",
    "/map",
    "map",
    "selection",
    "/listening-test",
    "question",
    "/no",
]


@pytest.fixture(scope="session")
def addresses(browser, address, demo_folder, outside_mp3) -> dict[str, str]:
    """The pages that are about something, by the names that stand for them in `PAGES`."""
    with Segue.open(demo_folder / "segue.db", settings=Settings(_env_file=None)) as segue:
        segue.draw_map("attributes")
    context = browser.new_context(base_url=address)
    client = context.request
    found = client.get("/api/v1/tracks?limit=3").json()["tracks"]
    one, other, third = (track["id"] for track in found)
    lenses = {"lens_a": "attributes", "lens_b": "descriptors", "kind": "pair"}
    made = {
        "playlist": led(client, "/playlists", form={"title": "Mine", "tracks": f"{one} {other}"}),
        "question": led(client, "/listening-test", form=lenses),
        "upload": led(client, "/upload", multipart={"file": outside_mp3}),
    }
    end = time.monotonic() + 60
    while 'class="match"' not in client.get(made["upload"]).text():
        assert time.monotonic() < end, "it is never heard"
        time.sleep(0.3)
    context.close()
    return {
        **made,
        "artist": f"/artists/{quote(artist_key(found[0]['artists'][0]), safe='')}",
        "album": f"/tracks/{one}/album",
        "genre": f"/genres/{quote(found[0]['genres'][0], safe='')}",
        "track": f"/tracks/{one}",
        "asked": f"/tracks/{one}?lens=text&genre=zz",
        "mix": f"/mix?track={one}&track={other}&less={third}",
        "path": f"/path?from={one}&to={other}&n=4",
        "radio": f"/radio?from={one}",
        "map": "/map?space=attributes",
        "selection": "/map/selection?space=attributes&region=0",
    }


def led(client: Any, page: str, **sent: Any) -> str:
    """Where a form leads to."""
    answer = client.post(page, max_redirects=0, **sent)
    assert answer.status == 303, answer.text()
    return answer.headers["location"]


def test_axe_is_the_file_it_should_be() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_DIGEST
    assert AXE.with_name("axe-4.14.1.LICENSE.txt").exists()


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_every_page_for_everybody(visit, addresses, size, scheme) -> None:
    watched = visit(size=size, scheme=scheme)
    found: dict[str, list[str]] = {}
    for name in PAGES:
        path = addresses.get(name, name)
        page = watched.open(path)
        page.evaluate(
            "for (const part of document.querySelectorAll('details:not(.pop)')) part.open = true"
        )
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[name] = ["wider than the window"]
        # What is written is the same in every window, and is read once.
        found[name] = found.get(name, []) + violations(page, looks=size == "phone")
    assert {name: faults for name, faults in found.items() if faults} == {}
    watched.complaints = [one for one in watched.complaints if "404" not in one]


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
def test_the_player_with_its_queue_for_everybody(visit, size, scheme) -> None:
    page = visit(size=size, scheme=scheme).open("/?show=playable")
    page.locator("[data-player=ready]").wait_for(state="attached")
    page.locator("[data-queue] [data-play]").first.click()
    page.get_by_role("button", name="Queue and more").click()
    page.locator(".player-entries li").first.wait_for()
    page.locator(".deck .seek.drawn").wait_for()
    page.locator(".player-help summary").click()
    assert violations(page, within="#player") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
