"""A real server on demo music, and a real browser in front of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

import browsing
from embedders import HISTORY, JUDGED, write_embedder
from segue.catalogue import tracks
from segue.jobs.scan import scan
from segue.library import Segue
from segue.settings import Settings
from segue.sources.demo import write_demo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path."""
    found = browsing.chromium()
    if found is None:
        pytest.skip("browser: no Chromium is installed (apt-get install chromium)")
    return found


@pytest.fixture(scope="session")
def demo_folder(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve analysed files of demo music heard by a network, and 400 rows of its table."""
    folder = tmp_path_factory.mktemp("demo")
    write_embedder(folder / "segue.models", synthetic=True, metrics=JUDGED, history=HISTORY)
    with Segue.open(folder / "segue.db", settings=Settings(_env_file=None)) as segue:
        world = write_demo(folder / "music", tracks=12)
        tracks.add(segue.database, [*world.audio, *world.table[:400]], synthetic=True)
        scan(segue.database, folder / "music", synthetic=True)
        segue.analyse(jobs=1)
    return folder


@pytest.fixture(scope="session")
def outside_mp3(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MP3 of music from another invented world, in no library."""
    folder = tmp_path_factory.mktemp("outside")
    write_demo(folder, seed=7, tracks=1)
    return next(folder.rglob("*.mp3"))


@pytest.fixture(scope="session")
def address(demo_folder: Path) -> Iterator[str]:
    """The address of a running server; what it said is shown when it fails."""
    with browsing.served(demo_folder / "segue.db", log=demo_folder / "server.log") as address:
        yield address


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=list(browsing.ARGUMENTS)
        )
        yield started
        started.close()


ABORTED = ("htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")
"""How the lines begin that htmx writes for a request without an answer.

Leaving a page while it asks for something aborts that request, and is no error. A server that
does not answer shows in what the tests wait for.
"""

REMARKS = "GPU stall due to ReadPixels"
"""What a graphics driver made of software says of its own speed when it draws the map."""


class Watched:
    """A page of the browser, with everything it complained about."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        if REMARKS in message.text:
            return
        if message.type in {"error", "warning"} and not message.text.startswith(ABORTED):
            self.complaints.append(f"console: {message.text} ({message.location['url']})")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(self.address):
            self.complaints.append(f"request to elsewhere: {request.url}")

    def open(self, path: str) -> Any:
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture(scope="session")
def until() -> Callable[..., None]:
    """Wait until an expression is true in a page: `until(page, "document.title === 'x'")`.

    The page's own policy forbids the evaluation that playwright's wait_for_function needs.
    A page that is on its way to another says nothing yet.
    """
    from playwright.sync_api import Error

    def holds(page: Any, expression: str) -> bool:
        try:
            return bool(page.evaluate(expression))
        except Error as error:
            if "Execution context was destroyed" not in str(error):
                raise
            return False

    def wait(page: Any, expression: str, *, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not holds(page, expression):
            assert time.monotonic() < end, f"never true: {expression}"
            page.wait_for_timeout(30)

    return wait


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Open a watched page: `visit(size="phone", scheme="dark", scripts=True)`."""
    contexts: list[Any] = []
    watched: list[Watched] = []

    def opened(*, size: str = "desktop", scheme: str = "light", scripts: bool = True) -> Watched:
        context = browser.new_context(
            viewport=browsing.SIZES[size], color_scheme=scheme, java_script_enabled=scripts
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        watched.append(Watched(context.new_page(), address))
        return watched[-1]

    yield opened
    for context in contexts:
        context.close()
    assert [complaint for one in watched for complaint in one.complaints] == []
