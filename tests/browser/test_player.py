"""The player in a real browser: sounds that really play, while pages change under them."""

from __future__ import annotations

import json
import re
import urllib.request
import wave
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from mutagen.aiff import AIFF
from mutagen.id3 import TIT2, TPE1
from mutagen.mp4 import MP4
from mutagen.wave import WAVE

import browsing
from segue.library import Segue
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

RATE = 22_050
AUDIO = "document.querySelector('.deck audio')"
PLAYING = f"(!{AUDIO}.paused && {AUDIO}.currentTime > 0.3)"
TITLE = "document.querySelector('.deck [data-part=title]').textContent"
ODD = "<script>alert('🎹')</script> أغنية"
LOUD_FROM, LOUD_TO = 40, 75


def tone(seconds: float, pitch: float, *, loud: tuple[float, float] = (0, 1e9)) -> np.ndarray:
    """A tone with a little noise, quiet outside of `loud` (seconds)."""
    times = np.arange(int(seconds * RATE)) / RATE
    level = np.where((times >= loud[0]) & (times < loud[1]), 0.6, 0.08)
    noise = np.random.default_rng(int(pitch)).normal(scale=0.02, size=len(times))
    return level * (np.sin(2 * np.pi * pitch * times) + noise)


def write(path: Path, samples: np.ndarray, *, title: str) -> None:
    """One tagged file: WAV, AIFF or Apple Lossless by its ending."""
    if path.suffix == ".wav":
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(np.rint(samples * 32_000).astype("<i2").tobytes())
    else:
        codec = {".aiff": "pcm_s16be", ".m4a": "alac"}[path.suffix]
        with av.open(str(path), "w", format={".m4a": "mp4"}.get(path.suffix)) as file:
            stream = file.add_stream(codec, rate=RATE, layout="mono")
            whole = np.ascontiguousarray(samples[None].astype(np.float32))
            frame = av.AudioFrame.from_ndarray(whole, format="fltp", layout="mono")
            frame.sample_rate = RATE
            file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
    if path.suffix == ".m4a":
        tags: Any = MP4(path)
        tags["\xa9nam"], tags["\xa9ART"] = [title], ["Player"]
    else:
        tags = WAVE(path) if path.suffix == ".wav" else AIFF(path)
        tags.add_tags()
        tags.tags.add(TIT2(encoding=3, text=title))
        tags.tags.add(TPE1(encoding=3, text="Player"))
    tags.save()


@pytest.fixture(scope="module")
def music(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven files: four short ones, one with a loud middle, and two no Chromium can play."""
    folder = tmp_path_factory.mktemp("jukebox")
    (folder / "music").mkdir()
    for number, name in enumerate(("One", "Two", "Three", ODD)):
        write(folder / "music" / f"{number}.wav", tone(9, 220 + 60 * number), title=name)
    long = tone(100, 500, loud=(LOUD_FROM, LOUD_TO))
    write(folder / "music" / "long.wav", long, title="Long")
    write(folder / "music" / "apple.m4a", tone(20, 610), title="Apple")
    write(folder / "music" / "old.aiff", tone(20, 720), title="Old")
    with Segue.open(folder / "segue.db", settings=Settings(_env_file=None)) as segue:
        segue.scan(folder / "music")
        segue.analyse(jobs=1)
    return folder


@pytest.fixture(scope="module")
def address(music: Path) -> Iterator[str]:
    """A server on these files, instead of the demo's."""
    with browsing.served(music / "segue.db", log=music / "server.log") as address:
        yield address


@pytest.fixture(scope="module")
def ids(address) -> dict[str, str]:
    """The ids of the tracks, by title."""
    with urllib.request.urlopen(f"{address}/api/v1/tracks?limit=50") as answer:  # noqa: S310
        return {track["title"]: track["id"] for track in json.load(answer)["tracks"]}


@pytest.fixture
def play(ids, until):
    """Play tracks by their titles, as a page's script would: `play(page, "One", "Two")`."""

    def played(page, *titles: str, wait: bool = True, **more) -> None:
        tracks = [{"id": ids[title], "title": title, "artist": "Player"} for title in titles]
        detail = json.dumps({"tracks": tracks, **more})
        until(page, "!!document.querySelector('.deck [data-part=title]')")
        until(page, f"{AUDIO} !== null && document.documentElement.dataset.player === 'ready'")
        page.evaluate(
            f"document.dispatchEvent(new CustomEvent('segue:play', {{detail: {detail}}}))"
        )
        if wait:
            until(page, PLAYING)

    return played


def test_it_goes_on_while_pages_change(visit, until, ids) -> None:
    page = visit().open("/")
    page.locator("[data-player=ready]").wait_for(state="attached")
    page.locator(f"[data-play='{ids['Long']}']").first.click()
    until(page, PLAYING)
    page.evaluate(f"window.kept = {AUDIO}")
    button = page.locator(f"[data-play='{ids['Long']}']").first
    assert button.get_attribute("aria-pressed") == "true"
    page.locator(".foot a").first.click()
    page.wait_for_url(re.compile("/about"))
    heard = page.evaluate(f"{AUDIO}.currentTime")
    until(page, f"{AUDIO}.currentTime > {heard} + 0.5")
    page.go_back()
    page.wait_for_url(re.compile("/$"))
    until(page, f"document.querySelector('[data-play=\"{ids['Long']}\"]') !== null")
    until(page, f"document.querySelector('[data-play=\"{ids['Long']}\"]').ariaPressed === 'true'")
    assert page.evaluate(f"window.kept === {AUDIO} && !window.kept.paused")
    page.locator(".deck [data-part=link]").click()
    page.wait_for_url(re.compile("/tracks/"))
    assert page.locator("h1").inner_text() == "Long"
    assert page.evaluate(f"!{AUDIO}.paused")


def test_a_list_becomes_the_queue(visit, until, ids) -> None:
    page = visit().open("/")
    page.locator("[data-player=ready]").wait_for(state="attached")
    listed = page.evaluate(
        "[...document.querySelectorAll('[data-queue] [data-play]')].map(b => b.dataset.play)"
    )
    page.locator("[data-queue] [data-play]").nth(1).click()
    until(page, PLAYING)
    page.get_by_role("button", name="Queue and more").click()
    rows = page.locator(".player-entries li")
    assert rows.count() == len(listed) == 7
    assert rows.nth(1).get_attribute("aria-current") == "true"
    playing = page.evaluate(TITLE)
    rows.nth(1).get_by_role("button", name=f"Later: {playing}").click()
    assert rows.nth(2).get_attribute("aria-current") == "true"
    assert page.evaluate("document.activeElement.dataset.do") == "down"
    rows.nth(0).get_by_role("button", name=re.compile("^Remove")).click()
    assert rows.count() == 6
    assert page.evaluate("document.activeElement.dataset.do") == "remove"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.part") == "opener"
    page.get_by_role("button", name="Next", exact=True).click()
    until(page, f"{TITLE} !== {json.dumps(playing)}")
    until(page, PLAYING)
    page.get_by_role("button", name="Previous", exact=True).click()
    until(page, f"{TITLE} === {json.dumps(playing)}")


def test_a_reload_finds_the_queue_and_the_place_again(visit, until, play) -> None:
    page = visit().open("/about")
    play(page, "One", "Long", "Two", at=1)
    page.evaluate("document.dispatchEvent(new CustomEvent('segue:seek', {detail: {position: 50}}))")
    until(page, f"{AUDIO}.currentTime > 50.2")
    page.reload()
    until(page, f"{TITLE} === 'Long'")
    until(page, f"{AUDIO}.currentTime > 49")
    page.get_by_role("button", name="Queue and more").click()
    assert page.locator(".player-entries li").count() == 3


@pytest.mark.parametrize("title", ["Apple", "Old"])
def test_what_chromium_cannot_play_is_heard_all_the_same(visit, until, play, title) -> None:
    page = visit().open("/about")
    play(page, title)
    assert "as=mp3" in page.evaluate(f"{AUDIO}.src")
    until(page, "document.querySelector('.deck [data-part=duration]').textContent === '0:20'")
    page.evaluate("document.dispatchEvent(new CustomEvent('segue:seek', {detail: {position: 15}}))")
    shown = "document.querySelector('.deck [data-part=seek]').valueAsNumber"
    until(page, f"{shown} > 15.3 && {shown} < 19 && !{AUDIO}.paused")


@pytest.mark.parametrize("title", ["Apple", "Old"])
def test_a_blind_test_is_heard_whatever_the_browser_plays(
    visit, until, address, ids, title
) -> None:
    asked = {"lens_a": "descriptors", "lens_b": "text", "track": ids[title]}
    posted = urllib.request.Request(  # noqa: S310
        f"{address}/api/v1/judgements",
        data=json.dumps(asked).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(posted) as answer:  # noqa: S310
        question = json.load(answer)["id"]
    page = visit().open(f"/listening-test/{question}")
    song = "document.querySelector('.test-seed audio')"
    until(page, f"{song} !== null && !{song}.src.includes('#t=')")
    page.keyboard.press("s")
    until(page, f"!{song}.paused && {song}.currentTime > 0.3")
    assert "as=mp3" in page.evaluate(f"{song}.src")
    page.keyboard.press("a")
    first = "document.querySelectorAll('form.test audio')[1]"
    until(page, f"!{first}.paused && {first}.currentTime > 0.3 && {song}.paused")


def test_highlights_are_the_loud_part(visit, until, play) -> None:
    page = visit().open("/about")
    play(page, "Long", "One")
    page.get_by_role("button", name="Queue and more").click()
    page.get_by_label("Highlights only").check()
    until(page, f"{AUDIO}.currentTime >= {LOUD_FROM}")
    begun = page.evaluate(f"{AUDIO}.currentTime")
    assert LOUD_FROM <= begun <= LOUD_TO - 30 + 2
    end = int(begun) + 29
    page.evaluate(
        f"document.dispatchEvent(new CustomEvent('segue:seek', {{detail: {{position: {end}}}}}))"
    )
    until(page, f"{TITLE} === 'One'")


def test_a_passage_ends_where_it_ends(visit, until, ids) -> None:
    page = visit().open("/about")
    until(page, "document.documentElement.dataset.player === 'ready'")
    parts = [
        {"id": ids["Long"], "title": "Long", "start": 10, "end": 11},
        {"id": ids["Two"], "title": "Two", "start": 3, "end": 9},
    ]
    page.evaluate(
        "list => { const button = document.createElement('button'); button.id = 'both';"
        " button.dataset.playList = list; button.textContent = 'Both';"
        " document.getElementById('main').append(button) }",
        json.dumps(parts),
    )
    page.locator("#both").click()
    until(page, f"{TITLE} === 'Long' && {AUDIO}.currentTime >= 10")
    until(page, f"{TITLE} === 'Two' && {AUDIO}.currentTime >= 3")
    assert page.evaluate(f"{AUDIO}.currentTime") < 6


def test_keys_outside_of_fields(visit, until, play) -> None:
    page = visit().open("/")
    play(page, "Long", "One")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    until(page, f"{AUDIO}.currentTime > 10")
    page.keyboard.press("Space")
    until(page, f"{AUDIO}.paused")
    page.keyboard.press("ArrowLeft")
    until(page, f"{AUDIO}.currentTime < 3")
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{AUDIO}.paused")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Shift+ArrowRight")
    until(page, f"{TITLE} === 'One'")


def test_odd_titles_are_text(visit, until, play) -> None:
    page = visit(size="phone").open("/about")
    play(page, ODD)
    assert page.evaluate(TITLE) == ODD
    page.get_by_role("button", name="Queue and more").click()
    assert ODD in page.locator(".player-entries").inner_text()
    assert page.evaluate("navigator.mediaSession.metadata.title") == ODD
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_file_that_is_gone_is_said_and_passed_over(visit, until, play, music) -> None:
    watched = visit()
    page = watched.open("/about")
    (music / "music" / "1.wav").rename(music / "aside")
    try:
        play(page, "Two", "Three", wait=False)
        page.locator("#notice", has_text="no file of the library holds the track").wait_for()
        until(page, f"{TITLE} === 'Three' && {PLAYING}")
    finally:
        (music / "aside").rename(music / "music" / "1.wav")
    watched.complaints = [one for one in watched.complaints if "404" not in one]


def test_the_end_of_the_queue_asks_for_more_and_takes_it(visit, until, play, ids) -> None:
    page = visit().open("/about")
    page.evaluate(
        "window.low = []; document.addEventListener('segue:queue-low', e => low.push(e.detail))"
    )
    play(page, "One", source="radio")
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('segue:seek', {detail: {position: 8.6}}))"
    )
    until(page, f"{AUDIO}.paused")
    assert page.evaluate("low.at(-1)") == {"left": 0, "source": "radio"}
    more = json.dumps({"tracks": [{"id": ids["Two"], "title": "Two"}]})
    page.evaluate(f"document.dispatchEvent(new CustomEvent('segue:enqueue', {{detail: {more}}}))")
    until(page, f"{TITLE} === 'Two' && {PLAYING}")


def test_the_waveform_on_the_page_of_a_track(visit, until, ids) -> None:
    page = visit().open(f"/tracks/{ids['Long']}")
    page.locator(".wave .seek.drawn").wait_for()
    button = page.get_by_role("button", name="Play the highlight")
    button.wait_for()
    slider = page.locator(".wave input[type=range]")
    slider.focus()
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    until(page, f"{PLAYING} && Math.abs({AUDIO}.currentTime - 70) < 4")
    button.click()
    until(page, f"{AUDIO}.currentTime >= {LOUD_FROM} && {AUDIO}.currentTime < {LOUD_FROM + 8}")
    until(page, "document.querySelector('[data-part=play-highlight]').ariaPressed === 'true'")


def test_volume_is_kept_and_loud_tracks_are_turned_down(visit, until, play) -> None:
    page = visit().open("/about")
    play(page, "One")
    until(page, f"{AUDIO}.volume < 0.9")
    page.get_by_role("button", name="Queue and more").click()
    page.get_by_label("Even loudness").uncheck()
    until(page, f"{AUDIO}.volume === 1")
    page.get_by_role("button", name="Mute").click()
    assert page.evaluate(f"{AUDIO}.muted")
    page.reload()
    until(page, f"{AUDIO}.muted && {AUDIO}.volume === 1")


def test_two_windows_do_not_play_at_once(visit, until, play) -> None:
    watched = visit()
    first = watched.open("/about")
    play(first, "Long")
    second = first.context.new_page()
    second.goto(watched.address + "/about")
    play(second, "One")
    until(first, f"{AUDIO}.paused")


RANDOM_WALK = """async ([address, seed, steps]) => {
  const { Queue } = await import(address);
  let state = seed;
  const below = (n) => { state = (state * 48271) % 2147483647; return state % n; };
  const track = (id) => ({ id, title: `t${id}`, duration: 10 });
  let queue = new Queue();
  queue.play([...Array(9).keys()].map(track), { at: 4 });
  const faults = [];
  for (let step = 0; step < steps; step += 1) {
    const before = queue.current;
    const ids = queue.entries.map((one) => one.key).sort().join();
    const key = queue.entries[below(queue.entries.length || 1)]?.key;
    const what = below(8);
    if (what === 0) queue.add([track(100 + step)]);
    else if (what === 1 && queue.entries.length > 2) queue.remove(key);
    else if (what === 2) queue.move(key, below(5) - 2);
    else if (what === 3) queue.shuffle(!queue.shuffled);
    else if (what === 4) queue.step(below(2) ? 1 : -1);
    else if (what === 5) queue.jump(key);
    else if (what === 6) queue.repeat = ["off", "all", "one"][below(3)];
    else queue = new Queue(JSON.parse(JSON.stringify(queue.kept())));
    const say = (fault) => faults.push(`${step}: ${what}: ${fault}`);
    if (!queue.current) say("nothing is current");
    if (new Set(queue.entries.map((one) => one.key)).size !== queue.entries.length) say("twice");
    if ([2, 3].includes(what) && queue.current !== before) say("another one plays");
    if ([2, 3, 4, 5, 7].includes(what)) {
      if (queue.entries.map((one) => one.key).sort().join() !== ids) say("others are in it");
    }
    if (what === 7 && queue.current.key !== before.key) say("kept at another place");
    const known = new Set(queue.before ?? []);
    if (queue.before && !queue.entries.every((one) => known.has(one.key))) say("order forgotten");
  }
  return faults;
}"""


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_the_queue_keeps_its_promises_whatever_is_done_to_it(visit, until, seed) -> None:
    page = visit().open("/about")
    until(page, "document.documentElement.dataset.player === 'ready'")
    address = page.evaluate(
        "document.querySelector('[data-module]').dataset.module.replace('player.js', 'queue.js')"
    )
    assert page.evaluate(RANDOM_WALK, [address, seed, 400]) == []


def test_shuffling_back_restores_the_order(visit, until, play) -> None:
    page = visit().open("/about")
    titles = ["One", "Two", "Three", "Long", "Apple"]
    play(page, *titles, at=2)
    page.get_by_role("button", name="Queue and more").click()
    shown = page.locator(".player-entries [data-of=title]")
    page.get_by_role("button", name="Shuffle").click()
    assert shown.first.inner_text() == "Three"
    assert sorted(shown.all_inner_texts()) == sorted(titles)
    page.get_by_role("button", name="Shuffle").click()
    assert shown.all_inner_texts() == titles
    assert page.evaluate(TITLE) == "Three"
