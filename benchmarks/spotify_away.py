"""How much longer pages take while Spotify fails or is silent, than where it is not set up.

Real tracks with their Spotify ids and without files, so that every picture asks for a cover.
Pictures, pages of tracks and pages of the library are asked for, one after the other, four times
over: with Spotify not set up, with a stand-in that gives every cover, with one that answers every
request with 500, and with one that never answers. Between two rounds everything begins anew. Times
are those of the application from the request to the last byte.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
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
    from collections.abc import Callable

    from segue.settings import Settings

SEED = 9
TRACKS = 3_000
PAGES = 60
PICTURES = 300
GOAL_MS = 50.0

WAYS: dict[str, Callable[[spotify_stand_in.Spotify], None]] = {
    "not set up": lambda _: None,
    "gives every cover": lambda _: None,
    "answers 500": lambda there: setattr(there, "always", spotify_stand_in.busy(500)),
    "is silent": lambda there: setattr(there, "always", spotify_stand_in.silent),
}


def main() -> None:
    """Ask in every way, and write ``results/spotify_away.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    found: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "segue.db"
        with Segue.open(database) as segue:
            tracks.add(segue.database, islice(read_tracks(table), TRACKS))
        for way, prepare in WAYS.items():
            with spotify_stand_in.Spotify() as there:
                picture = spotify_stand_in.picture()
                there.tracks = _Everything(there, picture)
                prepare(there)
                settings = there.settings(**({"spotify_id": ""} if way == "not set up" else {}))
                found[way] = measured(database, settings)
                found[way]["asked of Spotify"] = {"requests": len(there.asked)}
                there.over.set()
    longer = {
        way: round(
            max(
                found[way][what]["p95_ms"] - found["not set up"][what]["p95_ms"]
                for what in ("library", "track", "picture")
            ),
            1,
        )
        for way in WAYS
    }
    figures = {"ways": found, "longest_longer_p95_ms": longer, "goal_ms": GOAL_MS}
    report.write("spotify_away", figures, inputs=[table], seed=SEED)


class _Everything(dict):
    """Every track is known, and has the same picture."""

    def __init__(self, there: spotify_stand_in.Spotify, picture: bytes) -> None:
        self._there = there
        there.pictures["/image"] = picture

    def __contains__(self, value: object) -> bool:
        return True

    def __getitem__(self, value: str) -> dict:
        images = [{"url": f"{self._there.url}/image", "width": 640, "height": 640}]
        return {"id": value, "name": value, "album": {"name": "x", "images": images}}


def measured(database: Path, settings: Settings) -> dict[str, dict[str, float]]:
    """Times of every kind of request in one round."""
    chance = random.Random(SEED)
    with Segue.open(database, settings=settings) as segue:
        ids = [one.id for one in tracks.page(segue.database, limit=TRACKS)]
        with TestClient(create_app(segue), base_url="http://localhost") as client:
            while client.get("/ready").status_code != 200:
                time.sleep(0.1)
            segue.shelves()
            some = chance.sample(ids, PICTURES)
            for warm in ("/", f"/tracks/{ids[0]}", f"/tracks/{ids[0]}/art"):
                client.get(warm)
            addresses = {
                "picture": [f"/tracks/{one}/art?size=96" for one in some],
                "track": [f"/tracks/{one}" for one in some[:PAGES]],
                "library": [f"/?page={chance.randint(1, 100)}" for _ in range(PAGES)],
            }
            return {what: _asked(client, listed) for what, listed in addresses.items()}


def _asked(client: TestClient, addresses: list[str]) -> dict[str, float]:
    took = []
    for address in addresses:
        began = time.perf_counter()
        answer = client.get(address)
        took.append(1e3 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}")
    took.sort()
    return {
        "requests": len(took),
        "median_ms": round(statistics.median(took), 1),
        "p95_ms": round(took[int(0.95 * len(took))], 1),
        "worst_ms": round(took[-1], 1),
    }


if __name__ == "__main__":
    main()
