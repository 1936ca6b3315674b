"""Putting lists together in a real browser: by mouse, by keyboard alone, without scripts."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest

pytestmark = pytest.mark.browser

LISTED = "[...document.querySelectorAll('[data-sortable] > li')].map((one) => one.dataset.id)"
FOCUS = "document.activeElement.id"


@pytest.fixture(scope="module")
def ids(address) -> list[str]:
    """Ids of tracks that can be played."""
    found, after = [], ""
    while after is not None:
        with urllib.request.urlopen(f"{address}/api/v1/tracks?limit=200&after={after}") as answer:  # noqa: S310
            page = json.load(answer)
        found += [track["id"] for track in page["tracks"] if track["playable"]]
        after = page["next"]
    return found


def mix_of(ids: list[str]) -> str:
    return "/mix?" + "&".join(f"track={one}" for one in ids)


def is_listed(ids: list[str]) -> str:
    return f"{LISTED}.join() === {json.dumps(','.join(ids))}"


def test_a_mix_grows_by_what_is_found_and_by_what_goes_with_it(visit, until, ids) -> None:
    page = visit().open("/mix")
    page.get_by_label("Add a track").press_sequentially("a", delay=20)
    first = page.locator("#offers button").first
    first.wait_for()
    one = first.get_attribute("value").removeprefix("add:")
    first.click()
    until(page, is_listed([one]))
    more = page.locator(".goes .moves button").first
    more.wait_for()
    other = more.get_attribute("value").removeprefix("add:")
    more.click()
    until(page, is_listed([one, other]))
    assert f"track={one}&track={other}" in page.url
    said = "document.getElementById('announcement').textContent"
    until(page, f"{said}.includes('2 tracks in the list')")
    until(page, "document.querySelector('[data-basket-count]').textContent === '2'")
    page.go_back()
    until(page, is_listed([one]))
    less = page.locator(".goes .moves button", has_text="Less").first
    away = less.get_attribute("value").removeprefix("less:")
    less.click()
    page.locator(f'button[value="forgive:{away}"]').wait_for()
    assert f"less={away}" in page.url


def test_rows_move_by_keys_and_the_focus_stays_with_them(visit, until, ids) -> None:
    a, b, c = ids[:3]
    page = visit().open(mix_of([a, b, c]))
    page.locator("[data-sorts]").wait_for()
    page.locator(f"#down-{a}").focus()
    page.keyboard.press("Enter")
    until(page, f"{is_listed([b, a, c])} && {FOCUS} === 'down-{a}'")
    page.keyboard.press("Enter")
    # At the end the way further down is closed: the focus is on the way back.
    until(page, f"{is_listed([b, c, a])} && {FOCUS} === 'up-{a}'")
    page.locator(f"#drop-{c}").focus()
    page.keyboard.press("Space")
    until(page, f"{is_listed([b, a])} && {FOCUS} === 'drop-{a}'")


def test_who_presses_faster_than_behaviour_comes_is_not_led_away(visit, until, ids) -> None:
    a, b, c = ids[:3]
    page = visit().open(mix_of([a, b, c]))
    page.locator("[data-sorts]").wait_for()
    page.evaluate(
        """id => {
          window.stayed = true;
          document.addEventListener("htmx:afterSettle",
            () => document.getElementById(id).click(), { once: true });
        }""",
        f"down-{a}",
    )
    page.locator(f"#down-{a}").focus()
    page.keyboard.press("Enter")
    until(page, f"{is_listed([b, c, a])} && {FOCUS} === 'up-{a}' && window.stayed")


def test_rows_move_by_dragging(visit, until, ids) -> None:
    a, b, c = ids[:3]
    page = visit().open(mix_of([a, b, c]))
    page.locator("[data-sorts]").wait_for()
    grip = page.locator(f'li[data-id="{c}"] [data-grip]')
    grip.scroll_into_view_if_needed()
    start, end = grip.bounding_box(), page.locator(f'li[data-id="{a}"] .way-row').bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + end["height"] - 5, steps=8)
    page.mouse.move(end["x"] + 30, end["y"] + 5, steps=8)
    page.mouse.up()
    until(page, f"{is_listed([c, a, b])} && location.search.startsWith('?track={c}')")


def test_a_basket_is_filled_on_any_page_and_kept_beside_another_list(visit, until, ids) -> None:
    watched = visit()
    page = watched.open(f"/tracks/{ids[0]}")
    add = {"tracks": [{"id": ids[0], "title": "<b>One</b>", "artist": ""}]}
    page.evaluate("detail => document.dispatchEvent(new CustomEvent('segue:add', { detail }))", add)
    until(page, "document.querySelector('[data-basket-count]').textContent === '1'")
    assert "<b>One</b>" in page.locator("#notice").inner_text()
    page = watched.open(mix_of(ids[1:3]))
    until(page, "!document.getElementById('aside').hidden")
    page.locator("#aside a").click()
    until(page, is_listed([ids[0]]))


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_search_play_mix_save_and_export_by_the_keyboard_alone(
    visit, until, address, ids, size
) -> None:
    with urllib.request.urlopen(f"{address}/api/v1/tracks/{ids[0]}") as answer:  # noqa: S310
        title = json.load(answer)["title"]
    page = visit(size=size).open("/mix")
    page.locator("#find").focus()
    page.keyboard.type(title, delay=20)
    page.locator(f'#offers button[value="add:{ids[0]}"]').wait_for()
    _tab_to(page, f'#offers button[value="add:{ids[0]}"]')
    page.keyboard.press("Enter")
    until(page, f"{LISTED}.length === 1")
    page.locator(".goes .moves button").first.wait_for()
    _tab_to(page, ".goes .section-tools button")
    page.keyboard.press("Enter")
    until(page, f"{LISTED}.length > 3")
    _tab_to(page, "[data-play-all]")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#player audio').src !== ''")
    _tab_to(page, "#order")
    before = page.url
    page.keyboard.press("Enter")
    until(page, f"location.href !== {json.dumps(before)} && {FOCUS} === 'order'")
    _tab_to(page, ".keep-line input[name=title]")
    page.keyboard.press("Control+A")
    page.keyboard.type("Evening 🎧")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/playlists/\d+$"))
    assert page.locator("h1").inner_text() == "Evening 🎧"
    _tab_to(page, ".export summary")
    page.keyboard.press("Enter")
    _tab_to(page, ".export button")
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert taken.value.suggested_filename == "Evening 🎧.m3u8"


def _tab_to(page, selector: str) -> None:
    """Press Tab until the focus is on what is looked for."""
    for _ in range(150):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never comes to {selector}")


def test_everything_works_without_scripts(visit, ids) -> None:
    page = visit(scripts=False).open("/mix")
    page.get_by_label("Add a track").fill("a")
    page.keyboard.press("Enter")
    page.locator("#offers button").first.click()
    page.locator(".goes .moves button").first.click()
    page.locator('button[value^="down:"]').first.click()
    rows = page.locator("[data-sortable] > li")
    assert rows.count() == 2
    page.get_by_label("Save as a playlist").fill("Plain")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.locator("h1").inner_text() == "Plain"
    page.get_by_role("link", name="Look for tracks that go on").click()
    page.locator('button[aria-label$="to the playlist"]').first.click()
    page.wait_for_url(re.compile(r"/playlists/\d+$"))
    assert page.locator(".way").first.locator("> li").count() == 3
    page.goto(page.url.partition("/playlists")[0] + f"/path?from={ids[0]}")
    page.get_by_label("To which track?").fill("a")
    page.get_by_role("button", name="Search").click()
    page.locator(".offer a").first.click()
    page.locator(".ends .end-text").nth(1).wait_for()


def test_the_radio_goes_on(visit, until, ids) -> None:
    page = visit().open(f"/radio?from={ids[0]}")
    queued = "(JSON.parse(sessionStorage.getItem('segue.player'))?.queue?.entries ?? []).length"
    page.get_by_role("button", name="Start the radio").click()
    until(page, f"{queued} >= 6")
    button = page.get_by_role("button", name="The radio is on")
    assert button.get_attribute("aria-pressed") == "true"
    before = page.evaluate(queued)
    for _ in range(4):
        page.locator("#player [data-do=next]").first.click()
    until(page, f"{queued} > {before}")
    state = "JSON.parse(sessionStorage.getItem('segue.radio'))"
    until(page, f"{state}.state.count > {before}")
    assert page.evaluate(f"[...{state}.skipped, ...{state}.state.skipped].length") > 0


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
def test_a_path_is_found_played_and_kept(visit, until, ids, size, scheme) -> None:
    page = visit(size=size, scheme=scheme).open(f"/path?from={ids[0]}&n=4")
    page.get_by_label("To which track?").press_sequentially("a", delay=20)
    link = page.locator(f'.offer a:not([href*="to={ids[0]}"])').first
    link.wait_for()
    link.click()
    page.locator(".strip").wait_for()
    assert page.locator(".way > li").count() >= 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/playlists/\d+$"))
