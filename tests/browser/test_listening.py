"""What a listener does, in a real browser: search, open, play, upload, read why."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest

pytestmark = pytest.mark.browser

FOUND = "document.getElementById('found').textContent.includes('for “')"
PLAYER = "document.querySelector('.deck audio')"


@pytest.fixture(scope="session")
def title(address) -> str:
    """The title of one track that can be played."""
    after = ""
    while after is not None:
        with urllib.request.urlopen(f"{address}/api/v1/tracks?limit=200&after={after}") as answer:  # noqa: S310
            page = json.load(answer)
        for track in page["tracks"]:
            if track["playable"] and track["title"].isascii():
                return track["title"]
        after = page["next"]
    pytest.fail("the demo holds no track that can be played")


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_search_open_play_and_read_a_reason(visit, until, title, size, scheme) -> None:
    page = visit(size=size, scheme=scheme).open("/")
    page.evaluate("window.mark = 1")
    page.get_by_role("searchbox").press_sequentially(title, delay=20)
    page.locator("#results .row-title", has_text=title).first.wait_for()
    until(page, FOUND)
    assert page.evaluate("window.mark") == 1
    assert "q=" in page.url
    page.locator("#results .row", has=page.locator("[data-play]")).locator(
        ".row-title", has_text=title
    ).first.click()
    page.wait_for_url(re.compile("/tracks/"))
    assert title in page.locator("h1").inner_text()
    page.locator(".track-head [data-play]").click()
    until(page, f"{PLAYER}.currentTime > 0.5")
    reason = page.locator(".match .reason").first
    reason.wait_for()
    assert len(reason.inner_text()) > 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_preview_plays_from_the_list_and_stops_what_played(visit, until, title) -> None:
    page = visit().open("/")
    page.get_by_role("searchbox").fill(title)
    until(page, FOUND)
    page.locator("#results .row", has=page.locator("[data-play]")).locator(
        ".row-title"
    ).first.click()
    page.wait_for_url(re.compile("/tracks/"))
    page.locator(".track-head [data-play]").click()
    until(page, f"{PLAYER}.currentTime > 0.2")
    page.locator("label.choice", has_text=re.compile(r"^\s*Sound")).click()
    button = page.locator(".match [data-play]").first
    button.wait_for()
    button.click()
    other = button.get_attribute("data-play")
    pressed = f"document.querySelector('.match [data-play=\"{other}\"]').ariaPressed"
    until(page, f"{PLAYER}.src.includes('{other}') && {PLAYER}.currentTime > 0.2")
    until(page, f"{pressed} === 'true'")
    button.click()
    until(page, f"{PLAYER}.paused")
    until(page, f"{pressed} === 'false'")


def test_seeking_plays_from_the_middle(visit, until, title) -> None:
    page = visit().open("/")
    page.get_by_role("searchbox").fill(title)
    until(page, FOUND)
    page.locator("#results .row", has=page.locator("[data-play]")).locator(
        ".row-title"
    ).first.click()
    page.wait_for_url(re.compile("/tracks/"))
    page.locator(".wave .seek.drawn").wait_for()
    slider = page.locator(".wave input[type=range]")
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    until(page, f"{PLAYER}.currentTime > {PLAYER}.duration / 2 - 1 && !{PLAYER}.paused")
    page.keyboard.press("ArrowRight")
    until(page, f"{PLAYER}.currentTime > {PLAYER}.duration / 2")


def test_lens_number_and_filters_change_the_answer_without_a_new_page(visit, until, title) -> None:
    page = visit().open("/")
    page.locator("#results .row-title").first.click()
    page.wait_for_url(re.compile("/tracks/"))
    page.evaluate("window.mark = 1")
    page.locator("label.choice", has_text="Words").click()
    page.locator(".method strong", has_text="text").wait_for()
    assert "lens=text" in page.url
    assert "playable=true" in page.url, "from what can be played one comes to what can be played"
    assert page.locator(".match").count() == page.locator(".match [data-play]").count() > 0
    page.locator("select[name=playable]").select_option(label="Everything")
    until(page, "!location.search.includes('playable=true')")
    page.get_by_label("How many").select_option("24")
    until(page, "document.querySelectorAll('.match').length === 24")
    page.locator(".filters summary").first.click()
    page.locator("select[name=playable]").select_option("true")
    until(page, "document.querySelectorAll('.match').length < 24")
    assert page.evaluate("document.querySelectorAll('.match').length") == page.evaluate(
        "document.querySelectorAll('.match [data-play]').length"
    )
    page.get_by_label("Only these genres").fill("no such genre")
    page.keyboard.press("Tab")
    page.locator("#similar .empty").wait_for()
    assert page.evaluate("window.mark") == 1
    page.reload()
    assert page.locator(".filters").first.get_attribute("open") is not None


def test_ranges_and_dials_are_chosen_in_steps_and_kept(visit, until) -> None:
    watched = visit(size="phone")
    page = watched.open("/?show=all")
    page.locator("#results .row-title").first.click()
    page.wait_for_url(re.compile("/tracks/"))
    page.locator(".filters summary").first.click()
    ranges = page.locator("select[name=between]")
    energy = page.get_by_label("Energy").and_(ranges)
    energy.select_option("Low")
    until(page, "location.search.includes('between=energy')")
    page.get_by_label("Cheerfulness").and_(ranges).select_option("High")
    until(page, "new URLSearchParams(location.search).getAll('between').length === 2")
    assert "between=&" not in f"{page.url}&", "what asks nothing is left out"
    page.locator(".filters summary").last.click()
    page.get_by_label("Chance").select_option("Much")
    page.get_by_label("Draw").fill("3")
    page.keyboard.press("Tab")
    until(page, "location.search.includes('draw=3')")
    page.reload()
    assert energy.input_value() == "energy::0.33"
    assert page.get_by_label("Chance").input_value() == "0.6"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("combobox", name="Key", exact=True).fill("Z")
    page.keyboard.press("Tab")
    page.locator("#similar .failure").wait_for()
    assert "no key 'Z'" in page.locator("#similar").inner_text()
    page.get_by_role("combobox", name="Key", exact=True).fill("8A")
    page.keyboard.press("Tab")
    page.locator("#similar .failure").wait_for(state="detached")
    watched.complaints = [one for one in watched.complaints if "400" not in one]


def test_upload_of_a_real_mp3(visit, outside_mp3) -> None:
    page = visit(size="phone").open("/upload")
    page.get_by_label("Audio files").set_input_files(outside_mp3)
    page.get_by_role("link", name=re.compile("What is like it")).click(timeout=60_000)
    page.locator(".match .reason").first.wait_for(timeout=30_000)
    assert "Like " in page.locator("h1").inner_text()
    assert outside_mp3.name in page.locator(".lead").inner_text()
    assert len(page.locator(".match .reason").first.inner_text()) > 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_file_that_is_chosen_before_the_page_works_is_sent(visit, outside_mp3) -> None:
    watched = visit()
    held: list[Any] = []
    watched.page.route("**/upload.js", lambda route: held.append(route))  # noqa: PLW0108 (asked for its names)
    page = watched.open("/upload")
    page.get_by_label("Audio files").set_input_files(outside_mp3)
    while not held:
        page.wait_for_timeout(20)
    page.wait_for_timeout(200)
    for route in held:
        route.continue_()
    page.get_by_role("link", name=re.compile("What is like it")).wait_for(timeout=60_000)


@pytest.mark.realdata
def test_upload_of_recorded_music(visit, shared_data) -> None:
    recorded = next(
        path for path in sorted((shared_data / "audio").rglob("*.mp3")) if "edge" not in path.parts
    )
    page = visit().open("/upload")
    page.get_by_label("Audio files").set_input_files(recorded)
    page.get_by_role("link", name=re.compile("What is like it")).click(timeout=60_000)
    page.locator(".match .reason").first.wait_for(timeout=30_000)


def test_upload_of_something_else_is_refused_kindly(visit, tmp_path) -> None:
    text = tmp_path / "notes <b>.mp3"
    text.write_text("this is no music\n" * 100)
    watched = visit()
    page = watched.open("/upload")
    page.get_by_label("Audio files").set_input_files(text)
    refused = page.locator(".upload-row .bad")
    refused.wait_for(timeout=60_000)
    assert "notes <b>.mp3" in refused.inner_text()
    assert page.get_by_label("Audio files").is_enabled()


def test_a_file_too_large_does_not_travel(visit, tmp_path) -> None:
    big = tmp_path / "big.wav"
    with big.open("wb") as file:
        file.truncate(201_000_000)
    page = visit().open("/upload")
    page.get_by_label("Audio files").set_input_files(big)
    page.locator(".upload-row .bad", has_text="201 MB").wait_for()
    assert page.url.endswith("/upload")


def test_everything_works_without_scripts(visit, title, outside_mp3) -> None:
    page = visit(scripts=False).open("/")
    page.get_by_role("searchbox").fill(title)
    page.get_by_role("button", name="Search").click()
    page.locator("#results .row-title", has_text=title).first.click()
    page.wait_for_url(re.compile("/tracks/"))
    page.get_by_role("radio", name="Words").check()
    page.get_by_role("button", name="Show").click()
    page.locator(".method strong", has_text="text").wait_for()
    page.get_by_role("link", name="Upload").click()
    page.get_by_label("Audio files").set_input_files(outside_mp3)
    page.get_by_role("button", name="Find similar tracks").click()
    for _ in range(100):
        if page.locator(".match .reason").count():
            break
        page.wait_for_timeout(300)
        page.reload()
    page.locator(".match .reason").first.wait_for(timeout=30_000)


def test_by_keyboard_alone(visit, until, title) -> None:
    page = visit().open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type(title)
    until(page, FOUND)
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.className") == "row-title"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/tracks/"))
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "lens":
            break
    page.keyboard.press("ArrowRight")
    until(page, "location.search.includes('lens=')")
    page.locator(".match summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".match details").first.get_attribute("open") is not None


def test_a_server_that_is_gone_is_said(visit) -> None:
    watched = visit()
    page = watched.open("/")
    page.context.set_offline(True)
    page.get_by_role("searchbox").fill("x")
    page.locator("#notice", has_text="does not answer").wait_for()
    page.context.set_offline(False)
    page.get_by_role("searchbox").fill("xy")
    page.locator("#notice").wait_for(state="hidden")
    watched.complaints.clear()
