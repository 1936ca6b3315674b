"""A server to wait for: started as people start it, asked over loopback, seen in a browser."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import browsing
from encoded import SONGS, make_music, write_audio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser

_TICKS = os.sysconf("SC_CLK_TCK")


class Getter(Protocol):
    """One connection that stays: ask for a path, have the whole answer."""

    def __call__(self, path: str, *, range_of: int = 0) -> bytes:
        """The body."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where it answers, its process, and its catalogue."""

    address: str
    pid: int
    database: Path

    def processor(self) -> float:
        """Seconds of the processor it has taken so far."""
        with open(f"/proc/{self.pid}/stat", encoding="utf-8") as file:
            spent = file.read().rpartition(")")[2].split()[11:13]
        return sum(map(int, spent)) / _TICKS

    def settled(self, *, share: float = 0.03, seconds: float = 3.0, most: float = 300.0) -> float:
        """Wait until it does nothing by itself: after so long, in seconds.

        A server that answers already goes on to measure its lenses and to count its playlists.
        """
        began = time.perf_counter()
        while time.perf_counter() - began < most:
            spent = self.processor()
            time.sleep(seconds)
            if self.processor() - spent < share * seconds:
                return time.perf_counter() - began
        raise AssertionError(f"the server was still at work after {most:.0f} seconds")

    def getter(
        self, headers: Mapping[str, str] | None = None, *, faults: list[str] | None = None
    ) -> Getter:
        """A connection of one's own; what goes wrong is raised, or noted in `faults`."""
        where = urlsplit(self.address).netloc
        connection = http.client.HTTPConnection(where, timeout=60)

        def get(path: str, *, range_of: int = 0) -> bytes:
            asked = {**(headers or {}), **({"Range": f"bytes=0-{range_of}"} if range_of else {})}
            try:
                connection.request("GET", path, headers=asked)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                return _fault(f"{path}: {error!r}", faults)
            return body if answer.status < 400 else _fault(f"{path}: {answer.status}", faults)

        return get

    def timed(self, get: Callable[[str], object], asked: Sequence[str]) -> dict[str, Any]:
        """Ask one after the other; what each took."""
        times = []
        before = self.processor()
        for one in asked:
            began = time.perf_counter()
            get(one)
            times.append(time.perf_counter() - began)
        spent = self.processor() - before
        return {"requests": len(times), **told(times), "processor_ms": _ms(spent / len(times))}


def _fault(what: str, faults: list[str] | None) -> bytes:
    if faults is None:
        raise SystemExit(what)
    faults.append(what)
    return b""


def told(times: Iterable[float]) -> dict[str, float]:
    """Quantiles of times in seconds, as milliseconds."""
    ordered = sorted(times)
    last = len(ordered) - 1
    return {
        "median_ms": _ms(statistics.median(ordered)),
        "p95_ms": _ms(ordered[round(0.95 * last)]),
        "p99_ms": _ms(ordered[round(0.99 * last)]),
        "worst_ms": _ms(ordered[-1]),
    }


def _ms(seconds: float) -> float:
    return round(1e3 * seconds, 2)


@contextmanager
def serving(database: Path, *, log: Path) -> Iterator[Server]:
    """A server of its own process on a catalogue, once it is ready."""
    with browsing.started(database, log=log) as (address, process):
        yield Server(address, process.pid, database)


def long_song(folder: Path, *, seconds: int) -> Path:
    """An MP3 as people have them, of noise and tones that are nowhere like themselves."""
    return write_audio(folder / "long.mp3", make_music(seconds), **SONGS["mp3"])


def painted(address: str, paths: Mapping[str, str], *, times: int = 3) -> dict[str, Any]:
    """The largest contentful paint of pages in milliseconds, each in a browser without a cache."""
    with _browser() as browser:
        return {
            name: _ms(statistics.median(_paint(browser, address + path) for _ in range(times)))
            for name, path in paths.items()
        }


def _paint(browser: Browser, address: str) -> float:
    """Seconds from the click to the largest paint."""
    context = browser.new_context(viewport=browsing.SIZES["desktop"])
    page = context.new_page()
    page.goto(address, wait_until="load")
    page.wait_for_timeout(500)
    found = page.evaluate(_LARGEST)
    context.close()
    return float(found) / 1e3


_LARGEST = """() => new Promise((tell) => {
  new PerformanceObserver((list) => tell(list.getEntries().at(-1).startTime))
    .observe({type: "largest-contentful-paint", buffered: true});
})"""


@contextmanager
def _browser() -> Iterator[Browser]:
    """A Chromium that draws in software."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=browsing.chromium(), args=list(browsing.ARGUMENTS)
        )
        yield found
        found.close()


def sent(server: Server, song: Path, number: int) -> tuple[float, int]:
    """Send a song as the page does; seconds until its own page shows what is like it, and bytes.

    No two are of the same bytes: what was heard is remembered.
    """
    content = song.read_bytes() + bytes([number])
    body, kind = _form(content, name=f"song {number}.mp3")
    began = time.perf_counter()
    headers = {"Content-Type": kind, "Accept": "application/json"}
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=120)
    connection.request("POST", "/upload", body=body, headers=headers)
    address = json.loads(connection.getresponse().read())["uploads"][0]["address"]
    get = server.getter()
    while b'class="match' not in get(address):
        time.sleep(0.05)
    return time.perf_counter() - began, len(content)


def _form(content: bytes, *, name: str) -> tuple[bytes, str]:
    """A form with one file, and its content type."""
    mark = "segue-form-of-one-file"
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: audio/mpeg\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"


def mapped(server: Server) -> dict[str, Any]:
    """Lay the catalogue out as people do; seconds until a browser has first drawn all of it."""
    began = time.perf_counter()
    laying = subprocess.Popen(
        [sys.executable, "-m", "segue", "map", "--database", str(server.database)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, code, used = os.wait4(laying.pid, 0)
    if code:
        raise SystemExit(f"segue map ended with {code}")
    clock = time.perf_counter() - began
    with _browser() as browser:
        drawn = [_drawn(browser, f"{server.address}/map") for _ in range(3)]
    return {
        "layout_seconds": round(clock, 1),
        "layout_processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "layout_megabytes": round(used.ru_maxrss / 1024),
        "first_drawn_ms": _ms(statistics.median(drawn)),
        "points": json.loads(server.getter()("/api/v1/status"))["counts"]["tracks"],
    }


def _drawn(browser: Browser, address: str) -> float:
    """Seconds from the click to the first picture of all points."""
    context = browser.new_context(viewport=browsing.SIZES["desktop"])
    page = context.new_page()
    page.goto(address)
    for _ in range(600):
        found = page.evaluate("performance.getEntriesByName('segue:map-drawn')[0]?.startTime ?? 0")
        if found:
            context.close()
            return float(found) / 1e3
        page.wait_for_timeout(50)
    raise SystemExit("the map was not drawn within half a minute")
