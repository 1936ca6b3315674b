"""Every page of small libraries, of no track, one and two; and no link that leads nowhere.

The pages are found by their routes, so that a new one is visited without being named here.
"""

from __future__ import annotations

import html.parser
import re
import time
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

import httpx2 as httpx
import pytest

import proxied
from segue.catalogue import tracks
from segue.library import Segue
from segue.records import Attributes, OutsideId, TrackRecord
from segue.serve.app import PEOPLES, create_app, paths
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = "<script>alert('x')</script>"
NAUGHTY = (
    TrackRecord(
        title=f"{SCRIPT} 🎹 'q' \"d\" & \u202eright",
        artists=(f'"><img src=x onerror=alert(1)> {SCRIPT}',),
        album=f"{SCRIPT} album / %2e%2e ?#",
        genres=(f"{SCRIPT} jazz & blues/soul", "أغنية"),
        year=1999,
        duration=200.0,
        outside_ids=(OutsideId("test", "one"),),
        attributes=Attributes(energy=0.3, valence=0.4, tempo=90.0, key=9, mode=0),
    ),
    TrackRecord(
        title="أغنية الصباح", artists=("فرقة النور",), outside_ids=(OutsideId("test", "two"),)
    ),
)


class Links(html.parser.HTMLParser):
    """The addresses a page leads to, its headings, and whether its elements are named once."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found |= {given[n] for n in ("href", "src", "data-module") if given.get(n)}
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))


class Visitor:
    """A client of a real server over a library, which reads pages whole and streams not at all."""

    def __init__(self, client: httpx.Client, segue: Segue) -> None:
        self.client = client
        self.segue = segue

    def get(self, address: str) -> tuple[int, str, str]:
        """Status, kind and text (of pages alone) of an address."""
        with self.client.stream("GET", address, follow_redirects=True) as answer:
            kind = answer.headers.get("content-type", "")
            text = answer.read().decode() if kind.startswith("text/html") else ""
            return answer.status_code, kind, text


@pytest.fixture(scope="module", params=[0, 1, 2], ids=["no track", "one track", "two tracks"])
def visitor(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    settings = Settings(_env_file=None)
    path = tmp_path_factory.mktemp("small") / "segue.db"
    with Segue.open(path, settings=settings) as segue:
        tracks.add(segue.database, NAUGHTY[: request.param])
        with (
            proxied.served(create_app(segue)) as port,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            if request.param:
                _wait(client)
            yield Visitor(client, segue)


def _wait(client: httpx.Client) -> None:
    end = time.monotonic() + 30
    while client.get("/ready").status_code != 200:
        assert time.monotonic() < end, client.get("/ready").text
        time.sleep(0.05)


NOBODY = quote("none/<script>alert('x')</script>", safe="")


def addresses(segue: Segue) -> Iterator[tuple[str, bool]]:
    """Every address of the routers for people, and whether it is one whatever the library holds."""
    first = next(iter(tracks.page(segue.database, limit=1)), None)
    track = NOBODY if first is None else quote(first.id, safe="")
    for pattern in sorted(set(paths(*PEOPLES))):
        address = re.sub(r"\{track_id\}", track, pattern)
        yield re.sub(r"\{[^}]+\}", NOBODY, address), "{" not in pattern


def faults_of(address: str, status: int, text: str) -> Iterator[str]:
    """What is wrong with an answer, whatever its address asks for."""
    # What is not there, has no file or asks for more than its address says so: no fault.
    ready = "Still getting ready" not in text  # what is made beside the answers comes in a moment
    if status not in {200, 400, 404, 405, 422} and ready:
        yield f"{address}: {status}"
    if SCRIPT in text or "<img src=x" in text:
        yield f"{address}: text that was not escaped"
    if "Traceback" in text or "UndefinedError" in text:
        yield f"{address}: a traceback"
    if "<html" in text:
        yield from (f"{address}: {one}" for one in shape(text))


def shape(text: str) -> list[str]:
    """What is wrong with the outline of a page."""
    links = Links(text)
    faults = []
    if links.headings.count("h1") != 1:
        faults.append(f"{links.headings.count('h1')} headings of the first order")
    order = [int(one[1]) for one in links.headings]
    if any(later > before + 1 for before, later in pairwise(order)):
        faults.append(f"headings leave a step out: {' '.join(links.headings)}")
    twice = {one for one in links.ids if links.ids.count(one) > 1}
    if twice:
        faults.append(f"ids that stand twice: {sorted(twice)}")
    return faults


def test_every_page_stands_and_no_link_leads_nowhere(visitor) -> None:
    """Every route, and from the pages over every link, as far as there are new paths."""
    waiting = [
        (address, "its route" if whole else None) for address, whole in addresses(visitor.segue)
    ]
    seen, faults = {address for address, _ in waiting}, []
    while waiting:
        address, before = waiting.pop()
        status, _, text = visitor.get(address)
        faults += faults_of(address, status, text)
        if status == 404 and before:
            faults.append(f"{address} is not there, known from {before}")
        if status != 200:
            continue
        for found in Links(text).found:
            led = urlsplit(urljoin(address, found))
            key = led.path + ("?" if led.query else "")
            if not led.netloc and key not in seen and len(seen) < 400:
                seen.add(key)
                waiting.append((led.path + (f"?{led.query}" if led.query else ""), address))
    assert faults == [], "\n".join(faults)
    assert len(seen) > 20
