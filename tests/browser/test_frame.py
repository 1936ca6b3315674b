"""The frame of all pages: they change under what plays, by link, by history and by keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import browsing
import proxied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

MARK = "window.mark"
FOCUS = "document.activeElement.id"


def marked(page) -> bool:
    """Whether the page is still the document that was marked: nothing was loaded anew."""
    return page.evaluate(f"{MARK} === 1")


def go(page, name: str) -> None:
    """Follow a link of the navigation, wherever it stands."""
    link = (
        page.locator("nav.places")
        .get_by_role("link", name=name, exact=True)
        .locator("visible=true")
    )
    if not link.count():
        page.locator(".pop-nav > summary").click()
    link.first.click()


def test_pages_change_and_the_document_stays(visit, until) -> None:
    page = visit().open("/")
    page.evaluate(f"{MARK} = 1; document.getElementById('player').dataset.mark = '1'")
    for name, path in (("Upload", "/upload"), ("About", "/about"), ("API", "/docs")):
        go(page, name)
        page.wait_for_url(re.compile(f"{path}$"))
        until(page, f"{FOCUS} === 'main'")
        assert marked(page)
        assert page.evaluate("document.getElementById('player').dataset.mark") == "1"
        assert page.locator("nav.places [aria-current]").first.get_attribute("href").endswith(path)
        assert page.evaluate("scrollY") == 0
        said = page.evaluate("document.getElementById('announcement').textContent")
        assert said == page.title() != "Library · Segue"
        assert page.locator("details[open]").count() == 0
    page.go_back()
    until(page, "document.title.startsWith('About')")
    page.go_back()
    until(page, "document.title.startsWith('Upload')")
    page.go_forward()
    until(page, "document.title.startsWith('About')")
    until(page, f"{FOCUS} === 'main'")
    assert marked(page)


def test_going_back_finds_the_place(visit, until) -> None:
    page = visit(size="phone").open("/docs")
    page.evaluate(f"{MARK} = 1")
    page.evaluate("window.scrollTo(0, 1500)")
    until(page, "history.state && history.state.scroll === 1500")
    # As a finger would from where it is: the browser of the tests scrolls to what it clicks.
    page.evaluate("document.querySelector(`nav.places a[data-here='about']`).click()")
    until(page, "document.title.startsWith('About')")
    assert page.evaluate("scrollY") == 0
    page.go_back()
    until(page, "document.title.startsWith('API') && Math.abs(scrollY - 1500) < 3")
    assert marked(page)
    page.reload()
    until(page, "Math.abs(scrollY - 1500) < 3")


def test_a_link_to_a_part_leads_there(visit, until) -> None:
    page = visit().open("/models")
    page.evaluate(f"{MARK} = 1")
    page.locator("main a[href*='/about#lenses']").first.click()
    until(page, "location.hash === '#lenses'")
    until(page, "Math.abs(document.getElementById('lenses').getBoundingClientRect().top) < 120")
    assert marked(page)


def test_what_went_wrong_is_a_page_too(visit, until) -> None:
    watched = visit()
    page = watched.open("/")
    page.evaluate(
        f"{MARK} = 1; const a = document.querySelector('#page footer a');"
        "const b = a.cloneNode(true);"
        "b.href = a.pathname.replace(/about$/, 'tracks/nobody'); b.textContent = 'nobody';"
        "a.replaceWith(b); htmx.process(b)"
    )
    page.get_by_role("link", name="nobody").click()
    page.locator("h1", has_text="There is no such thing").wait_for()
    assert marked(page)
    page.go_back()
    until(page, "document.title.startsWith('Library')")
    watched.complaints = [one for one in watched.complaints if "404" not in one]


def test_a_server_that_is_gone_is_said_and_the_page_stays(visit, until) -> None:
    watched = visit()
    page = watched.open("/")
    page.context.set_offline(True)
    go(page, "About")
    page.locator("#notice", has_text="does not answer").wait_for()
    assert page.title().startswith("Library")
    page.context.set_offline(False)
    go(page, "About")
    until(page, "document.title.startsWith('About')")
    page.locator("#notice").wait_for(state="hidden")
    watched.complaints.clear()


def test_the_last_of_two_quick_choices_counts(visit, until) -> None:
    page = visit().open("/")
    page.evaluate(f"{MARK} = 1")
    page.evaluate(
        "for (const name of ['docs', 'about', 'upload'])"
        " document.querySelector(`nav.places a[data-here='${name}']`).click()"
    )
    until(page, "document.title.startsWith('Upload')")
    page.wait_for_timeout(500)
    assert page.title().startswith("Upload")
    assert page.url.endswith("/upload")
    assert marked(page)


def test_the_menu_works_by_keyboard(visit, until) -> None:
    page = visit(size="phone").open("/")
    page.locator(".pop-nav > summary").focus()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.pop-nav').open")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Library"
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('.pop-nav').open")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.mouse.click(20, 700)
    until(page, "!document.querySelector('.pop-nav').open")


def test_every_page_is_reached_without_scripts(visit) -> None:
    page = visit(size="phone", scripts=False).open("/about")
    page.locator(".pop-nav > summary").click()
    page.locator(".pop-nav").get_by_role("link", name="Upload").click()
    page.wait_for_url(re.compile("/upload$"))


@pytest.fixture(scope="module")
def under(demo_folder: Path) -> Iterator[str]:
    """The address of the same library under a path, behind a proxy that takes the path away."""
    given = {"SEGUE_BASE_PATH": "/segue", "SEGUE_TRUSTED_PROXIES": "127.0.0.1"}
    log = demo_folder / "under.log"
    with browsing.started(demo_folder / "segue.db", log=log, given=given) as (inner, _):
        port = int(inner.rpartition(":")[2])
        with proxied.proxy(port, base="/segue", strips=True, says={}) as outer:
            yield f"http://127.0.0.1:{outer}"


def test_everything_works_under_a_path(visit, until, under) -> None:
    watched = visit()
    watched.address = under
    page = watched.open("/segue/")
    page.evaluate(f"{MARK} = 1")
    page.locator(".row-title").first.click()
    page.wait_for_url(re.compile("/segue/tracks/"))
    page.locator(".match").first.wait_for()
    assert page.locator("nav.places [aria-current]").count() == 0
    go(page, "About")
    until(page, "location.pathname === '/segue/about'")
    until(page, "document.querySelector('nav.places [aria-current]')?.textContent === 'About'")
    page.go_back()
    page.wait_for_url(re.compile("/segue/tracks/"))
    page.locator(".match").first.wait_for()
    assert marked(page)
    loaded = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert [one for one in loaded if not one.startswith(f"{under}/segue/")] == []


def test_it_can_be_installed(visit) -> None:
    page = visit().open("/")
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"].endswith("/manifest.webmanifest")
