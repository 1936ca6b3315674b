"""Live listening in a real browser: its fake microphone plays a file of invented music."""

from __future__ import annotations

import re
import wave
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import browsing
from accessible import violations
from segue.audio.decode import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

RATE = 48_000
ELSEWHERE = "192.0.2.1"
"""An address that a browser takes for another machine, and that leads to this one."""


@pytest.fixture(scope="session")
def sung(outside_mp3: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the microphone hears, as a WAV file, which Chromium plays again and again."""
    samples = decode(outside_mp3, rate=RATE).audio
    path = tmp_path_factory.mktemp("sung") / "sung.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples.clip(-1, 1) * 32_767).astype(np.int16).tobytes())
    return path


@pytest.fixture(scope="session")
def hearing(browser: Any, chromium: str, sung: Path) -> Iterator[Any]:
    """A browser with a microphone."""
    started = browser.browser_type.launch(
        executable_path=chromium,
        args=[
            *browsing.ARGUMENTS,
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={sung}",
            f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
        ],
    )
    yield started
    started.close()


@pytest.fixture
def live(hearing: Any, address: str) -> Iterator[Callable[..., Any]]:
    """The page, watched: `live(size="phone", scheme="dark", microphone=True)`."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def heard(said: Any) -> None:
        # Of a header that counts over HTTPS alone a browser says so elsewhere.
        if said.type == "error" and "Cross-Origin-Opener-Policy" not in said.text:
            complaints.append(said.text)

    def opened(
        *, size: str = "desktop", scheme: str = "light", microphone: bool = True, at: str = address
    ) -> Any:
        context = hearing.new_context(viewport=browsing.SIZES[size], color_scheme=scheme)
        context.set_default_timeout(60_000)
        if microphone:
            context.grant_permissions(["microphone"], origin=address)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", heard)
        page.goto(f"{at}/live")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def bring(page: Any, path: Path) -> None:
    """Choose a file, once the page takes one."""
    page.locator("[data-do=file]:enabled").wait_for(state="attached")
    page.get_by_label("A file").set_input_files(path)


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_a_microphone_is_heard_until_one_stops(live, until, size, scheme) -> None:
    page = live(size=size, scheme=scheme)
    lines: list[Any] = []
    page.on("websocket", lambda line: lines.append(line))  # noqa: PLW0108 (it is marked)
    page.get_by_role("button", name="Listen", exact=True).click()
    page.locator(".live-list .match .reason").first.wait_for()
    until(page, "Number(document.querySelector('.level').ariaValueNow) > -50")
    assert "seconds heard" in page.locator(".live-now [data-part=count]").inner_text()
    attributes = page.locator("[data-part=attributes]").inner_text()
    assert "energy" in attributes.casefold()
    assert "estimated" in attributes
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Another sense of likeness is asked for while it listens.
    page.get_by_label("In what sense").select_option("descriptors")
    until(page, "/Lens\\s+descriptors/.test(document.querySelector('.method')?.innerText ?? '')")
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped. What was heard stays here.").wait_for()
    assert page.locator(".live-list .match").count() == 6
    assert page.locator(".live-now").is_hidden()
    assert len(lines) == 1
    assert lines[0].is_closed()
    assert violations(page) == []


def test_a_list_waits_while_somebody_is_in_it(live, until) -> None:
    page = live()
    page.get_by_role("button", name="Listen", exact=True).click()
    page.locator(".live-list .match summary", has_text="why").first.click()
    page.evaluate("document.querySelector('.live-list details[open]').dataset.mine = 'yes'")
    # A list is drawn anew every few seconds; this one stays.
    page.get_by_text("The list stays as it is while you are in it.").wait_for()
    assert page.locator("[data-mine=yes]").count() == 1
    page.locator("[data-mine=yes] summary").click()
    page.get_by_label("In what sense").focus()
    until(page, "!document.querySelector('[data-mine=yes]')")


def test_a_refused_microphone_is_told_with_what_to_do(live) -> None:
    page = live(microphone=False)
    page.get_by_role("button", name="Listen", exact=True).click()
    told = page.get_by_role("alert").filter(has_text="The microphone was refused")
    told.wait_for()
    assert "press Listen again" in told.inner_text()
    assert violations(page) == []
    assert page.get_by_role("button", name="Listen", exact=True).is_enabled()


def test_a_file_that_plays_is_heard_until_one_leaves(live, until, outside_mp3) -> None:
    page = live(microphone=False)
    lines: list[Any] = []
    page.on("websocket", lambda line: lines.append(line))  # noqa: PLW0108 (it is marked)
    page.get_by_role("heading", name="What is this like?").click()  # as somebody who is there
    bring(page, outside_mp3)
    page.locator(".live-list .match .reason").first.wait_for()
    assert outside_mp3.name in page.locator("[data-part=source]").inner_text()
    until(page, "document.querySelector('.live-now audio').currentTime > 1")
    # To another page without a new document, and back again: then it is one of its own.
    page.get_by_role("link", name="Library").first.click()
    page.wait_for_url(re.compile("/$"))
    until(page, "!document.querySelector('.live-now')")
    page.go_back()
    until(page, "document.querySelector('[data-do=microphone]')?.disabled === false")
    assert lines[0].is_closed()
    assert "/live" in page.evaluate("performance.getEntriesByType('navigation')[0].name")


def test_what_no_browser_plays_is_told(live, tmp_path) -> None:
    text = tmp_path / "notes.mp3"
    text.write_text("this is no music\n" * 100)
    page = live(microphone=False)
    bring(page, text)
    told = page.get_by_role("alert").filter(has_text="The file does not play")
    told.wait_for()
    assert "notes.mp3" in told.inner_text()


def test_what_the_player_plays_is_found_by_its_sound(live, until, address) -> None:
    page = live(microphone=False)
    page.get_by_role("button", name="Listen along").click()
    page.get_by_role("alert").filter(has_text="Nothing plays").wait_for()
    page.goto(f"{address}/?show=playable")
    page.locator("[data-player=ready]").wait_for(state="attached")
    page.locator("[data-queue] [data-play]").first.click()
    until(page, "document.querySelector('#player audio').currentTime > 0.5")
    title = page.locator("[data-part=title]").inner_text()
    page.goto(f"{address}/live")
    until(page, "document.querySelector('[data-do=player]').disabled === false")
    toggle = page.locator("#player [data-part=toggle]")
    toggle.wait_for()
    # It may also go on by itself a moment after it was looked at.
    for _ in range(60):
        if page.evaluate("!document.querySelector('#player audio').paused"):
            break
        toggle.click()
        page.wait_for_timeout(1000)
    until(page, "document.querySelector('#player audio').currentTime > 0.5")
    # Its middle is what the catalogue knows of it.
    page.evaluate(
        "const a = document.querySelector('#player audio'); a.currentTime = a.duration / 2 - 15"
    )
    page.get_by_role("button", name="Listen along").click()
    page.locator(".live-list .match").first.wait_for()
    page.get_by_label("In what sense").select_option("descriptors")
    page.locator(".live-list .match h3", has_text=title).wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").wait_for()


def test_over_a_connection_that_others_can_read_it_is_said_why_not(live, address) -> None:
    page = live(microphone=False, at=address.replace("127.0.0.1", ELSEWHERE))
    told = page.get_by_role("alert").filter(has_text="Not over this connection")
    told.wait_for()
    assert "HTTPS" in told.inner_text()
    assert page.get_by_role("button", name="Listen", exact=True).is_disabled()
    assert violations(page) == []
    told.get_by_role("link", name="Upload a file").click()
    page.wait_for_url(re.compile("/upload$"))


def test_without_scripts_a_file_is_offered(visit) -> None:
    page = visit(size="phone", scripts=False).open("/live")
    page.get_by_text("Live listening needs scripts").wait_for()
    assert page.get_by_role("button", name="Listen").count() == 0
    page.locator("main").get_by_role("link", name="Upload a file").click()
    page.wait_for_url(re.compile("/upload$"))
