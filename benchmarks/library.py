"""How fast the library's pages are over the 114k table: typing, narrowing down, leafing, figures.

Names of random tracks are typed letter by letter into the search field, as titles, artists and
albums; every keystroke asks the server for what the page would swap in: tracks with their rows,
artists, albums and the counts of every facet. Pages are asked for whole. Times are those of the
application from the request to the last byte of its answer, by the clock and by the processor of
the whole process: on a machine that is busy with other things only the second tells about the
program. Nothing else runs in the process meanwhile.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.testclient import TestClient

import report
from segue.catalogue import feedback, tracks
from segue.library import Segue
from segue.serve.app import create_app
from segue.settings import Settings
from segue.sources.tables import read_tracks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.library.shelves import Shelves

SEED = 42
NAMES = 30
LONGEST = 24
TIMES = 40
LIKED = 200
TARGET_P95_MS = 50.0
TARGET_STATISTICS_MS = 150.0


class Timed:
    """The application with a watch: seconds of each request, by the clock and the processor."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401
        self.app = app
        self.took: list[tuple[float, float]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter(), time.process_time()
        await self.app(scope, receive, send)
        self.took.append((time.perf_counter() - began[0], time.process_time() - began[1]))


def main() -> None:
    """Import the table, ask, and write ``results/library.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None)
        with Segue.open(Path(folder) / "library.db", settings=settings) as segue:
            tracks.add(segue.database, read_tracks(table))
            figures = measure(segue)
    report.write("library", figures, inputs=[table], seed=SEED)


def measure(segue: Segue) -> dict[str, object]:
    """Times of every kind of request."""
    began = time.perf_counter()
    segue.engine()
    engine = time.perf_counter()
    shelves = segue.shelves()
    ready = time.perf_counter()
    for one in random.Random(SEED).sample(list(shelves.corpus.ids), LIKED):
        feedback.give(segue.database, "", one, "like")
    timed = Timed(create_app(segue))
    client = TestClient(timed, base_url="http://localhost")
    client.get("/?q=warm")
    client.get("/statistics")
    found: dict[str, object] = {
        "tracks": len(shelves),
        "artists": len(shelves.artists),
        "albums": len(shelves.albums),
        "seconds_until_engine": round(engine - began, 2),
        "seconds_until_shelves": round(ready - engine, 2),
        "target_p95_ms": TARGET_P95_MS,
        "target_statistics_ms": TARGET_STATISTICS_MS,
    }
    part = {"HX-Request": "true", "HX-Target": "results"}
    found["typing"] = asked(client, timed, [*typed(shelves)], headers=part)
    narrowed = [f"{address}&genre=rock&year_from=2000" for address in typed(shelves)][:400]
    found["typing_narrowed"] = asked(client, timed, narrowed, headers=part)
    for name, addresses in pages(shelves).items():
        found[name] = asked(client, timed, addresses)
    return found


def typed(shelves: Shelves) -> Iterator[str]:
    """The addresses of every keystroke of some names."""
    chance = random.Random(SEED)
    corpus = shelves.corpus
    for number, row in enumerate(chance.sample(range(len(corpus)), NAMES)):
        credit = ", ".join(corpus.artists[row])
        text = (corpus.titles[row], f"{credit} {corpus.titles[row]}", corpus.albums[row])[
            number % 3
        ]
        text = text.lower()[:LONGEST]
        yield from (f"/?q={quote(text[:end])}" for end in range(1, len(text) + 1))


def pages(shelves: Shelves) -> dict[str, list[str]]:
    """Addresses of whole pages, by what they are."""
    chance = random.Random(SEED)
    last = len(shelves) // 24
    sorts = ("newest", "title", "artist", "year", "known")
    artists = chance.sample(shelves.artists.keys, TIMES)
    genres = chance.sample(shelves.genres.keys, min(TIMES, len(shelves.genres)))
    albums = chance.sample(shelves.albums.keys, TIMES)
    return {
        "first_page": ["/"] * TIMES,
        "any_page": [
            f"/?sort={chance.choice(sorts)}&page={chance.randint(1, last)}" for _ in range(TIMES)
        ],
        "genre_facet": [f"/?genre={quote(key)}&sort=title" for key in genres],
        "liked": ["/?show=liked"] * TIMES,
        "artist": [f"/artists/{quote(key, safe='')}" for key in artists],
        "album": [f"/albums/{quote(key, safe='')}" for key in albums],
        "genre": [f"/genres/{quote(key, safe='')}" for key in genres],
        "all_artists": [f"/artists?page={chance.randint(1, 400)}" for _ in range(TIMES)],
        "favourites": ["/favourites"] * TIMES,
        "statistics": ["/statistics"] * TIMES,
    }


def asked(
    client: TestClient, timed: Timed, addresses: list[str], *, headers: dict[str, str] | None = None
) -> dict[str, float | int]:
    """How long some requests took."""
    timed.took.clear()
    for address in addresses:
        answer = client.get(address, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}")
    walls, processor = (sorted(each) for each in zip(*timed.took, strict=True))
    return {
        "requests": len(walls),
        "median_ms": round(1e3 * statistics.median(walls), 1),
        "p95_ms": share(walls, 0.95),
        "worst_ms": share(walls, 1.0),
        "median_processor_ms": round(1e3 * statistics.median(processor), 1),
        "p95_processor_ms": share(processor, 0.95),
    }


def share(ordered: list[float], part: float) -> float:
    """Milliseconds that `part` of the times stay within."""
    return round(1e3 * ordered[min(int(part * len(ordered)), len(ordered) - 1)], 1)


if __name__ == "__main__":
    main()
