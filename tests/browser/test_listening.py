"""What a listener does, in a real browser: search, open, play, upload, read why."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.browser

PLAYER = "document.getElementById('player')"
PATIENCE = 15_000


def first_name(demo_folder) -> str:
    """The title of one track that can be played."""
    import json

    command = [sys.executable, "-m", "segue", "search", "a", "-n", "50", "--json"]
    found = subprocess.run(
        [*command, "--database", str(demo_folder / "segue.db")],
        capture_output=True,
        text=True,
        check=True,
    )
    tracks = json.loads(found.stdout)
    tracks = tracks["tracks"] if isinstance(tracks, dict) else tracks
    return next(track["title"] for track in tracks if track["playable"])


@pytest.fixture(scope="session")
def title(demo_folder) -> str:
    return first_name(demo_folder)


@pytest.fixture(scope="session")
def outside_mp3(demo_folder, tmp_path_factory):
    """A real MP3 that is in no library: three chords, made here."""
    import av
    import numpy as np

    rate, seconds = 44_100, 12
    time = np.arange(rate * seconds) / rate
    wave = sum(np.sin(2 * np.pi * pitch * time) for pitch in (220.0, 277.2, 329.6))
    wave *= 0.2 * (1 + 0.5 * np.sign(np.sin(2 * np.pi * 2 * time)))
    path = tmp_path_factory.mktemp("outside") / "three chords.mp3"
    with av.open(str(path), "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=rate, layout="mono")
        samples = (wave * 12_000).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.rate = rate
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return path


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_search_open_play_and_read_a_reason(visit, title, size, scheme) -> None:
    page = visit(size=size, scheme=scheme).open("/")
    page.evaluate("window.mark = 1")
    page.get_by_role("searchbox").press_sequentially(title, delay=20)
    page.locator("#results .row-title", has_text=title).first.wait_for()
    page.wait_for_function("document.getElementById('found').textContent.includes('for “')")
    assert page.evaluate("window.mark") == 1
    assert "q=" in page.url
    page.locator("#results .row", has=page.locator("audio")).locator(
        ".row-title", has_text=title
    ).first.click()
    page.wait_for_url(re.compile("/tracks/"))
    assert title in page.locator("h1").inner_text()
    page.evaluate(f"{PLAYER}.muted = true")
    page.evaluate(f"{PLAYER}.play()")
    page.wait_for_function(f"{PLAYER}.currentTime > 0.5", timeout=PATIENCE)
    reason = page.locator(".match .reason").first
    reason.wait_for()
    assert len(reason.inner_text()) > 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_preview_plays_from_the_list_and_stops_what_played(visit, title) -> None:
    page = visit().open("/")
    page.get_by_role("searchbox").fill(title)
    page.wait_for_function("document.getElementById('found').textContent.includes('for “')")
    page.locator("#results .row", has=page.locator("audio")).locator(".row-title").first.click()
    page.wait_for_url(re.compile("/tracks/"))
    page.evaluate(f"{PLAYER}.play()")
    page.wait_for_function(f"{PLAYER}.currentTime > 0.2", timeout=PATIENCE)
    page.locator("label.choice", has_text="Sound").click()
    button = page.locator(".match [data-play]").first
    button.wait_for()
    button.click()
    heard = "document.querySelector('.match .preview audio')"
    page.wait_for_function(f"{heard}.currentTime > 0.2", timeout=PATIENCE)
    assert page.evaluate(f"{PLAYER}.paused")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    page.wait_for_function(f"{heard}.paused")
    assert button.get_attribute("aria-pressed") == "false"


def test_seeking_plays_from_the_middle(visit, title) -> None:
    page = visit().open("/")
    page.get_by_role("searchbox").fill(title)
    page.wait_for_function("document.getElementById('found').textContent.includes('for “')")
    page.locator("#results .row", has=page.locator("audio")).locator(".row-title").first.click()
    page.wait_for_url(re.compile("/tracks/"))
    page.wait_for_function(f"{PLAYER}.duration > 5", timeout=PATIENCE)
    page.evaluate(f"{PLAYER}.currentTime = {PLAYER}.duration / 2; {PLAYER}.play()")
    page.wait_for_function(f"{PLAYER}.currentTime > {PLAYER}.duration / 2 + .3", timeout=PATIENCE)


def test_lens_number_and_filters_change_the_answer_without_a_new_page(visit, title) -> None:
    page = visit().open("/")
    page.locator("#results .row-title").first.click()
    page.wait_for_url(re.compile("/tracks/"))
    page.evaluate("window.mark = 1")
    page.locator("label.choice", has_text="Words").click()
    page.locator(".method strong", has_text="text").wait_for()
    assert "lens=text" in page.url
    page.get_by_label("How many").select_option("20")
    page.wait_for_function("document.querySelectorAll('.match').length === 20")
    page.locator(".filters summary").click()
    page.get_by_label("Playable").select_option("true")
    page.wait_for_function("document.querySelectorAll('.match').length < 20")
    assert page.evaluate("document.querySelectorAll('.match').length") == page.evaluate(
        "document.querySelectorAll('.match [data-play]').length"
    )
    page.get_by_label("Only these genres").fill("no such genre")
    page.keyboard.press("Tab")
    page.locator("#similar .empty").wait_for()
    assert page.evaluate("window.mark") == 1
    page.reload()
    assert page.locator(".filters").get_attribute("open") is not None


def test_upload_of_a_real_mp3(visit, outside_mp3) -> None:
    page = visit(size="phone").open("/upload")
    page.get_by_label("Audio file").set_input_files(outside_mp3)
    page.get_by_role("button", name="Find similar tracks").click()
    page.locator(".match .reason").first.wait_for(timeout=30_000)
    assert "three chords" in page.locator("h1").inner_text()
    assert len(page.locator(".match .reason").first.inner_text()) > 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.realdata
def test_upload_of_recorded_music(visit, shared_data) -> None:
    recorded = next(
        path for path in sorted((shared_data / "audio").rglob("*.mp3")) if "edge" not in path.parts
    )
    page = visit().open("/upload")
    page.get_by_label("Audio file").set_input_files(recorded)
    page.get_by_role("button", name="Find similar tracks").click()
    page.locator(".match .reason").first.wait_for(timeout=30_000)


def test_upload_of_something_else_is_refused_kindly(visit, tmp_path) -> None:
    text = tmp_path / "notes <b>.mp3"
    text.write_text("this is no music\n" * 100)
    watched = visit()
    page = watched.open("/upload")
    page.get_by_label("Audio file").set_input_files(text)
    page.get_by_role("button", name="Find similar tracks").click()
    page.locator("#failure").wait_for()
    assert "notes <b>.mp3" in page.locator("#failure").inner_text()
    assert page.get_by_role("button", name="Find similar tracks").is_enabled()
    watched.complaints = [one for one in watched.complaints if "422" not in one]


def test_a_file_too_large_does_not_travel(visit, tmp_path) -> None:
    big = tmp_path / "big.wav"
    with big.open("wb") as file:
        file.truncate(201_000_000)
    page = visit().open("/upload")
    page.get_by_label("Audio file").set_input_files(big)
    page.get_by_role("button", name="Find similar tracks").click()
    page.locator(".busy", has_text="201 MB").wait_for()
    assert page.url.endswith("/upload")


def test_everything_works_without_scripts(visit, title, outside_mp3) -> None:
    page = visit(scripts=False).open("/")
    page.get_by_role("searchbox").fill(title)
    page.get_by_role("button", name="Search").click()
    page.locator("#results .row-title", has_text=title).first.click()
    page.wait_for_url(re.compile("/tracks/"))
    page.get_by_label("Words").check()
    page.get_by_role("button", name="Show").click()
    page.locator(".method strong", has_text="text").wait_for()
    page.get_by_role("link", name="Upload").click()
    page.get_by_label("Audio file").set_input_files(outside_mp3)
    page.get_by_role("button", name="Find similar tracks").click()
    page.locator(".match .reason").first.wait_for(timeout=30_000)


def test_by_keyboard_alone(visit, title) -> None:
    page = visit().open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type(title)
    page.wait_for_function("document.getElementById('found').textContent.includes('for “')")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "row-title"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/tracks/"))
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "lens":
            break
    page.keyboard.press("ArrowRight")
    page.wait_for_function("location.search.includes('lens=')")
    page.locator(".match summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".match details").first.get_attribute("open") is not None


def test_status_refreshes_itself(visit) -> None:
    page = visit().open("/status")
    page.evaluate("document.querySelector('#progress > div').dataset.old = '1'")
    page.wait_for_function(
        "!document.querySelector('#progress > div').dataset.old", timeout=PATIENCE
    )
    assert page.get_by_role("heading", name="Analysis").is_visible()


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
