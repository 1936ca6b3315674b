"""Take the pictures of the docs: ``python docs/pictures/make.py [FOLDER OF THE DEMO]``.

Makes the demo where it is not there yet (`var/demo` unless named), serves it, and lets a browser
look at it. A picture larger than 200 kB is an error.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Literal

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path.insert(0, str(REPOSITORY / "tests"))

from playwright.sync_api import sync_playwright  # noqa: E402

import browsing  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

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
    with (
        browsing.served(demo / "segue.db", log=demo / "pictures.log") as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=list(browsing.ARGUMENTS))
        song, file = _song(address), _file(demo)
        take(browser, "library", f"{address}/")
        take(browser, "track", f"{address}/tracks/{song}")
        take(
            browser,
            "track-dark",
            f"{address}/tracks/{song}?lens=hybrid",
            scheme="dark",
            then=compare,
        )
        take(browser, "track-phone", f"{address}/tracks/{song}", size="phone", then=to_matches)
        take(browser, "upload", f"{address}/upload", then=lambda page: send(page, file))
        take(browser, "status", f"{address}/status", scheme="dark")
        take(browser, "api", f"{address}/docs")
        browser.close()


def take(
    browser: Browser,
    name: str,
    address: str,
    *,
    size: str = "desktop",
    scheme: Literal["light", "dark"] = "light",
    then: Callable[[Page], None] | None = None,
) -> None:
    """One picture of one window."""
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    if then is not None:
        then(page)
    page.wait_for_load_state("networkidle")
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    context.close()
    taken = path.stat().st_size
    print(f"{path.name}: {taken / 1000:.0f} kB")
    if taken > LARGEST:
        sys.exit(f"{path.name} is larger than {LARGEST // 1000} kB")


def compare(page: Page) -> None:
    """Open the first comparison."""
    page.locator(".match summary").first.click()


def to_matches(page: Page) -> None:
    """Where the similar tracks begin."""
    page.locator(".matches").evaluate("list => list.scrollIntoView()")


def send(page: Page, file: Path) -> None:
    """Upload a file and wait for what is like it."""
    page.get_by_label("Audio file").set_input_files(file)
    page.get_by_role("button", name="Find similar tracks").click()
    page.locator(".match").first.wait_for(timeout=60_000)


def _song(address: str) -> str:
    """A track with a file, the same one every time."""
    after: str | None = ""
    while after is not None:
        url = f"{address}/api/v1/tracks?limit=200&after={after}"
        with urllib.request.urlopen(url) as answer:  # noqa: S310
            page = json.load(answer)
        for track in page["tracks"]:
            if track["playable"] and track["title"].isascii():
                return str(track["id"])
        after = page["next"]
    sys.exit("The demo holds no track that can be played.")


def _file(demo: Path) -> Path:
    return sorted((demo / "music").rglob("*.mp3"))[7]


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else REPOSITORY / "var" / "demo").resolve())
