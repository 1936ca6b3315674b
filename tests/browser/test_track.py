"""Weights that are moved, a song that is described: in a real browser, by pointer and by keys."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest

pytestmark = pytest.mark.browser

ROWS = "[...document.querySelectorAll('.match h3 a')].map((a) => a.pathname).join()"


@pytest.fixture(scope="session")
def track_path(address) -> str:
    with urllib.request.urlopen(f"{address}/api/v1/tracks?limit=1") as answer:  # noqa: S310
        return f"/tracks/{json.load(answer)['tracks'][0]['id']}"


def test_a_slider_ranks_again_at_once_and_a_lens_takes_it_back(visit, until, track_path) -> None:
    page = visit().open(track_path)
    page.evaluate("window.mark = 1")
    before = page.evaluate(ROWS)
    page.locator(".weights > summary").click()
    page.get_by_label("Weight of Attributes", exact=True).focus()
    page.keyboard.press("Home")
    until(page, "location.search.includes('weights=')")
    until(page, f"{ROWS} !== '{before}'")
    moved = page.evaluate(ROWS)
    assert page.get_by_label("Your own weights").is_checked()
    assert page.locator("#weigh-attributes").input_value() == "0"
    page.reload()
    assert page.evaluate(ROWS) == moved
    assert page.locator("#weigh-attributes").input_value() == "0"
    page.locator("label.choice", has_text="Automatic").click()
    until(page, "!location.search.includes('weights=')")
    until(page, f"{ROWS} === '{before}'")
    until(page, "document.querySelector('#weigh-attributes').value !== '0'")


def test_weights_without_scripts(visit, track_path) -> None:
    page = visit(size="phone", scripts=False).open(track_path)
    page.locator(".weights > summary").click()
    assert page.locator(".weight input[type=range]").first.is_hidden()
    page.locator("#weigh-attributes").fill("0")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url(re.compile("weights="))
    assert "weigh." not in page.url
    assert page.locator(".match").count() == 6


def test_a_song_is_described_by_keys_and_changed_by_chips(visit, until) -> None:
    page = visit(size="phone", scheme="dark").open("/describe")
    page.get_by_label("In words").focus()
    page.keyboard.type("slow, minor, zzyx")
    page.keyboard.press("Enter")
    page.locator(".said li").nth(2).wait_for()
    until(page, "location.search.includes('words=slow')")
    assert page.locator(".said-unknown").count() == 1
    page.get_by_role("link", name="Leave out zzyx").press("Enter")
    until(page, "!location.search.includes('zzyx')")
    until(page, "document.querySelectorAll('.said li').length === 2")
    assert page.get_by_label("In words").input_value() == "slow, minor"
    page.locator(".weights > summary").click()
    page.get_by_label("Energy: slider").focus()
    page.keyboard.press("End")
    until(page, "location.search.includes('energy=1')")
    page.get_by_role("button", name="Any Energy").click()
    until(page, "!location.search.includes('energy=')")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
