"""Looking through the library: typing, narrowing down, the heart, by keys and by hand."""

from __future__ import annotations

import pytest

FOUND = "document.getElementById('found').textContent"


@pytest.fixture
def watched(visit):
    return visit(size="desktop", scheme="light")


def test_typing_narrows_what_was_narrowed_and_the_address_says_it(watched, until) -> None:
    page = watched.open("/?show=all")
    page.locator("#facets a").first.click()
    until(page, "location.search.includes('genre=')")
    page.locator("#q").press_sequentially("a", delay=10)
    until(page, f"{FOUND}.includes('for “')")
    until(page, "location.search.includes('q=a') && location.search.includes('genre=')")
    assert page.locator(".chosen a").count() == 1
    page.locator(".chosen a").first.click()
    until(page, "!location.search.includes('genre=')")
    assert page.locator("#q").input_value() == "a"


def test_a_heart_is_pressed_by_key_keeps_the_focus_and_stands_among_favourites(
    watched, until
) -> None:
    page = watched.open("/")
    page.locator(".heart-button").first.focus()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.heart-button').getAttribute('aria-pressed') === 'true'")
    until(page, "document.activeElement.classList.contains('heart-button')")
    title = page.locator(".row-title").first.inner_text()
    page = watched.open("/favourites")
    assert page.locator(".row-title").first.inner_text() == title
    page.locator(".heart-button").first.click()
    until(page, "document.querySelector('.heart-button').getAttribute('aria-pressed') === 'false'")


def test_filters_open_as_a_sheet_on_a_phone(visit, until) -> None:
    page = visit(size="phone", scheme="dark").open("/")
    assert not page.locator("#facets").is_visible()
    page.locator(".facets-open").click()
    assert page.locator("#facets").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#facets").is_visible()


def test_all_of_an_artist_is_played(watched, until) -> None:
    page = watched.open("/")
    page.locator(".row-link").first.click()
    until(page, "location.pathname.startsWith('/artists/')")
    title = page.locator(".row-title").first.inner_text()
    page.locator("[data-play-list]").first.click()
    until(page, f"document.getElementById('player').textContent.includes({title!r})")
