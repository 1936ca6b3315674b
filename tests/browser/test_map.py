"""The map and the listening test in a real browser: by mouse, by keys, without scripts or WebGL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from segue.library import Segue
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser

DRAWN = "performance.getEntriesByName('segue:map-drawn').length > 0"


@pytest.fixture(scope="module")
def mapped(demo_folder: Path, address: str) -> str:
    """The page of a map that was drawn; a command draws it, and the server finds it."""
    with Segue.open(demo_folder / "segue.db", settings=Settings(_env_file=None)) as segue:
        segue.draw_map("attributes")
    return "/map?space=attributes"


def test_it_is_moved_circled_and_coloured(visit: Any, until: Any, mapped: str) -> None:
    page = visit().open(mapped)
    until(page, DRAWN)
    assert page.locator(".map-legend li").count() > 1

    view = page.locator(".map-view")
    view.focus()
    for key in ("+", "ArrowLeft", "-", "0", "Enter"):
        page.keyboard.press(key)
    until(page, "document.querySelector('.map-card a') !== null")
    assert page.locator(".map-card a").first.get_attribute("href").startswith("/tracks/")
    page.keyboard.press("Escape")
    until(page, "document.querySelector('.map-card a') === null")

    page.locator("[data-map='lasso']").click()
    box = view.bounding_box()
    corners = [(0.05, 0.05), (0.85, 0.05), (0.85, 0.95), (0.05, 0.95), (0.05, 0.06)]
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()
    until(page, "document.querySelector('#map-selection .tracks') !== null")
    assert "What you circled" in page.locator("#map-selection h2").inner_text()
    assert page.evaluate("document.activeElement.tagName") == "H2"

    page.locator("select[name=colour]").select_option("energy")
    until(page, "document.querySelector('.map-scale') !== null")
    assert "colour=energy" in page.url
    page.locator("select[name=colour]").select_option("genre")
    first = page.locator(".map-legend li button").first
    first.click()
    assert first.get_attribute("aria-pressed") == "false"


def test_words_light_tracks(visit: Any, until: Any, mapped: str) -> None:
    page = visit(size="phone", scheme="dark").open(mapped)
    until(page, DRAWN)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("input[name=q]").fill("a")
    until(page, "document.querySelector('.map-said').textContent.includes('found on the map')")
    page.locator("input[name=q]").fill("zzzzzz")
    until(page, "document.querySelector('.map-said').textContent.startsWith('None')")


def test_without_scripts_the_regions_are_lists(visit: Any, mapped: str) -> None:
    page = visit(scripts=False).open(mapped)
    assert not page.locator(".map").is_visible()
    region = page.locator(".map-region").first
    region.locator("> summary").click()
    assert region.locator(".tracks li").count() > 1
    region.locator("> p > a").click()
    page.wait_for_url("**/map/selection?*")
    assert "tracks" in page.locator("h2").first.inner_text()


def test_without_webgl_the_lists_stand_for_the_picture(visit: Any, until: Any, mapped: str) -> None:
    watched = visit()
    watched.page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind === 'webgl2' ? null : get.call(this, kind, ...rest); };"
    )
    page = watched.open(mapped)
    until(page, "!document.querySelector('.map-without').hidden")
    assert not page.locator(".map").is_visible()
    assert page.locator(".map-region").count() > 1


def test_a_blind_test_is_answered_by_keys(visit: Any, until: Any, address: str) -> None:
    page = visit().open("/listening-test?lens_a=attributes&lens_b=descriptors")
    page.get_by_role("button", name="Begin").click()
    until(page, "document.querySelectorAll('form.test audio').length === 3")
    first = page.url
    assert page.locator(".test-excerpt h2").nth(1).inner_text() == "Track A"
    until(page, "!document.querySelector('form.test audio').src.includes('#t=')")
    page.keyboard.press("1")
    until(page, f"location.href !== {first!r} && document.body.textContent.includes('1 answer by')")
    page.get_by_role("link", name="Stop, and see the result").click()
    until(page, "document.querySelector('.test-results') !== null")
    assert "No difference is shown" in page.locator(".test-results").inner_text()
