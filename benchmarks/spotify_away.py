"""How much longer pages take while Spotify fails or is silent, than where it is not set up.

Real tracks with their Spotify ids and without files, so that every picture asks for a cover. Three
applications stand side by side over the same catalogue: with Spotify not set up, with a stand-in
that answers every request with 500, and with one that never answers. Each address is asked of all
of them, one after the other in an order by lot, so that whatever else the machine does meets them
alike. Times are those of the application from the request to the last byte.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.testclient import TestClient

import report
from segue.catalogue import tracks
from segue.library import Segue
from segue.serve.app import create_app
from segue.sources.tables import read_tracks

sys.path.insert(0, str(report.REPOSITORY / "tests"))
import spotify_stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 9
TRACKS = 3_000
PAGES = 100
PICTURES = 400
GOAL_MS = 50.0
OFF = "not set up"
FAULTS = {
    OFF: None,
    "answers 500": spotify_stand_in.busy(500),
    "is silent": spotify_stand_in.silent,
}


def main() -> None:
    """Ask in every way, and write ``results/spotify_away.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        database = Path(folder) / "segue.db"
        with Segue.open(database) as segue:
            tracks.add(segue.database, islice(read_tracks(table), TRACKS))
            ids = [one.id for one in tracks.page(segue.database, limit=TRACKS)]
        running = {way: opened.enter_context(_served(database, way)) for way in FAULTS}
        clients = {way: client for way, (client, _) in running.items()}
        found = {what: _asked(clients, listed) for what, listed in _addresses(ids).items()}
        asked = {way: len(there.asked) for way, (_, there) in running.items()}
    longer = {
        way: {
            name: round(max(each[way][name] - each[OFF][name] for each in found.values()), 1)
            for name in ("median_ms", "p95_ms")
        }
        for way in FAULTS
        if way != OFF
    }
    figures = {"times": found, "asked_of_spotify": asked, "longer": longer}
    report.write("spotify_away", {**figures, "goal_ms": GOAL_MS}, inputs=[table], seed=SEED)


@contextmanager
def _served(database: Path, way: str) -> Iterator[tuple[TestClient, spotify_stand_in.Spotify]]:
    """An application that is ready, and what it takes for Spotify."""
    with spotify_stand_in.Spotify(always=FAULTS[way]) as there:
        settings = there.settings(**({"spotify_id": ""} if way == OFF else {}))
        with (
            Segue.open(database, settings=settings) as segue,
            TestClient(create_app(segue), base_url="http://localhost") as client,
        ):
            while client.get("/ready").status_code != 200:
                time.sleep(0.1)
            segue.shelves()
            yield client, there
            there.over.set()


def _addresses(ids: list[str]) -> dict[str, list[str]]:
    chance = random.Random(SEED)
    some = chance.sample(ids, PICTURES)
    return {
        "picture": [f"/tracks/{one}/art?size=96" for one in some],
        "track": [f"/tracks/{one}" for one in some[:PAGES]],
        "library": [f"/?page={chance.randint(1, 100)}" for _ in range(PAGES)],
    }


def _asked(clients: dict[str, TestClient], addresses: list[str]) -> dict[str, dict[str, float]]:
    """Times of each application, all asked the same; the first address warms them up."""
    chance = random.Random(SEED)
    took: dict[str, list[float]] = {way: [] for way in clients}
    for number, address in enumerate([addresses[0], *addresses]):
        for way in chance.sample(sorted(clients), len(clients)):
            began = time.perf_counter()
            answer = clients[way].get(address)
            if number:
                took[way].append(1e3 * (time.perf_counter() - began))
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answers {answer.status_code}")
    return {way: _told(sorted(times)) for way, times in took.items()}


def _told(times: list[float]) -> dict[str, float]:
    return {
        "requests": len(times),
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(0.95 * len(times))], 1),
        "worst_ms": round(times[-1], 1),
    }


if __name__ == "__main__":
    main()
