"""Spotify's player on the page of a track: loaded when somebody asks for it, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import browsing
import spotify_stand_in
from segue.catalogue import tracks
from segue.catalogue.database import open_database
from segue.records import OutsideId, TrackRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

SONG = "4uLU6hMCjMI75M1A2tKUQC"
PLAYER = f"https://open.spotify.com/embed/track/{SONG}"


@pytest.fixture
def page_of_a_song(browser: Any, tmp_path: Path) -> Iterator[tuple[Any, str, list[str]]]:
    """The library's page where Spotify is set up, the address of a song's, and requests outside."""
    record = TrackRecord(
        title="Never Given", artists=("Ada",), outside_ids=(OutsideId("spotify", SONG),)
    )
    with open_database(tmp_path / "segue.db") as database:
        tracks.add(database, [record])
        song = tracks.page(database)[0].id
    with spotify_stand_in.Spotify() as there:
        there.has_cover(SONG)
        log, given = tmp_path / "server.log", there.environment()
        with browsing.started(tmp_path / "segue.db", log=log, given=given) as (address, _):
            context = browser.new_context()
            page = context.new_page()
            asked: list[str] = []
            page.on(
                "request",
                lambda one: None if one.url.startswith(address) else asked.append(one.url),
            )
            context.route(
                "https://open.spotify.com/**",
                lambda route: route.fulfill(body="<title>player</title>", content_type="text/html"),
            )
            page.goto(address + "/")
            yield page, f"{address}/tracks/{song}", asked
            context.close()


def test_the_player_comes_when_it_is_asked_for(
    page_of_a_song: tuple[Any, str, list[str]],
) -> None:
    page, song, asked = page_of_a_song
    # As a link of the library does: the page is swapped in, and keeps the first one's policy.
    page.locator(f'a[href$="{song.rpartition("/")[2]}"]').first.click()
    button = page.get_by_role("link", name="Play at Spotify")
    button.wait_for()
    page.locator(".at-spotify[data-mounted]").wait_for()
    assert asked == []
    button.focus()
    page.keyboard.press("Enter")
    page.frame_locator(".at-spotify iframe").locator("html").wait_for(state="attached")
    assert asked == [PLAYER]
    assert page.url == song
    frame = page.locator(".at-spotify iframe")
    assert frame.get_attribute("referrerpolicy") == "no-referrer"
    assert "allow-top-navigation" not in frame.get_attribute("sandbox")
    page.goto(song)
    assert page.locator(".at-spotify iframe").count() == 0
