"""Take the pictures of the docs: ``python docs/pictures/make.py [FOLDER OF THE DEMO]``.

Makes the demo where it is not there yet (`var/demo` unless named), serves it, and lets a browser
look at it: every page once, some on a phone, some in the dark. A picture larger than 200 kB is an
error.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path.insert(0, str(REPOSITORY / "tests"))

from playwright.sync_api import sync_playwright  # noqa: E402

import browsing  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Browser, Page

LARGEST = 200_000
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1200, "height": 720}}


def main(demo: Path) -> None:
    """Make the demo, serve it, take every picture."""
    found = browsing.chromium()
    if found is None:
        sys.exit("No Chromium is installed. Install one: apt-get install chromium")
    subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "segue", "demo", "--folder", str(demo), "--no-serve"], check=True
    )
    subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "segue", "map", "--database", str(demo / "segue.db")], check=True
    )
    with (
        browsing.served(demo / "segue.db", log=demo / "pictures.log") as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=list(browsing.ARGUMENTS))
        songs, file = _songs(address), _file(demo)
        for picture in pictures(songs, file):
            take(browser, picture, address)
        browser.close()


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, the page, the window, and what is done before it is taken."""

    name: str
    path: str
    size: str = "desktop"
    scheme: Literal["light", "dark"] = "light"
    then: Callable[[Page], None] | None = None


def pictures(songs: Sequence[str], file: Path) -> list[Picture]:
    """Every picture, in the order of the tour."""
    song = f"/tracks/{songs[0]}"
    some = "&".join(f"track={one}" for one in songs[:3])
    return [
        Picture("library", "/"),
        Picture("library-phone", "/", "phone", "dark", open_menu),
        Picture("track", song),
        Picture("track-dark", f"{song}?lens=hybrid", scheme="dark", then=compare),
        Picture("track-phone", song, "phone", then=to_matches),
        Picture("player", song, then=play),
        Picture("player-phone", "/", "phone", "dark", play),
        Picture("describe", "/describe?words=slow%2C+minor%2C+calm+piano"),
        Picture("mix", f"/mix?{some}"),
        Picture("path", f"/path?from={songs[0]}&to={songs[5]}", scheme="dark"),
        Picture("map", "/map", scheme="dark", then=until_drawn),
        Picture("upload", "/upload", then=lambda page: send(page, file)),
        Picture("live", "/live", then=lambda page: hear(page, file)),
        Picture("favourites", "/favourites"),
        Picture("playlists", "/playlists"),
        Picture("statistics", "/statistics"),
        Picture("models", "/models", scheme="dark"),
        Picture("jobs", "/jobs", scheme="dark"),
        Picture("listening-test", "/listening-test"),
        Picture("about", "/about", "phone"),
        Picture("api", "/docs"),
    ]


def take(browser: Browser, picture: Picture, address: str) -> None:
    """One picture of one window."""
    context = browser.new_context(
        viewport=SIZES[picture.size], color_scheme=picture.scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(address + picture.path)
    # A page that listens for what is done on the server never falls silent altogether.
    page.wait_for_timeout(1500)
    if picture.then is not None:
        picture.then(page)
        page.wait_for_timeout(700)
    path = HERE / f"{picture.name}.png"
    page.screenshot(path=path)
    context.close()
    taken = path.stat().st_size
    print(f"{path.name}: {taken / 1000:.0f} kB")
    if taken > LARGEST:
        sys.exit(f"{path.name} is larger than {LARGEST // 1000} kB")


def open_menu(page: Page) -> None:
    """The menu of a phone."""
    page.locator(".pop-nav > summary").click()


def play(page: Page) -> None:
    """Let the first track play for a moment."""
    page.locator("[data-play]").first.click()
    page.wait_for_timeout(3000)


def until_drawn(page: Page) -> None:
    """Wait until the map stands."""
    page.locator("canvas").first.wait_for(timeout=120_000)
    page.wait_for_timeout(2500)


def compare(page: Page) -> None:
    """Open the first comparison."""
    page.locator(".match summary").first.click()


def to_matches(page: Page) -> None:
    """Where the similar tracks begin."""
    page.locator(".matches").evaluate("list => list.scrollIntoView()")


def send(page: Page, file: Path) -> None:
    """Upload a file and open what is like it."""
    page.get_by_label("Audio files").set_input_files(file)
    page.get_by_role("link", name=re.compile("What is like it")).click(timeout=120_000)
    page.locator(".match").first.wait_for(timeout=60_000)


def hear(page: Page, file: Path) -> None:
    """Let a file play, and listen along for a while."""
    page.get_by_label("A file").set_input_files(file)
    page.locator(".live-list .match").first.wait_for(timeout=60_000)
    page.wait_for_timeout(9000)
    page.locator(".live-now").evaluate("part => part.scrollIntoView()")


def _songs(address: str) -> list[str]:
    """Twelve tracks with a file, the same ones every time."""
    found: list[str] = []
    after: str | None = ""
    while after is not None and len(found) < 12:
        url = f"{address}/api/v1/tracks?limit=200&after={after}"
        with urllib.request.urlopen(url) as answer:  # noqa: S310
            page = json.load(answer)
        found += [
            str(track["id"])
            for track in page["tracks"]
            if track["playable"] and track["title"].isascii()
        ]
        after = page["next"]
    if len(found) < 12:
        sys.exit("The demo holds fewer than twelve tracks that can be played.")
    return found[:12]


def _file(demo: Path) -> Path:
    return sorted((demo / "music").rglob("*.mp3"))[7]


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else REPOSITORY / "var" / "demo").resolve())
