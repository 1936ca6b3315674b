"""The web application with 89,741 tracks behind it: search, track pages, fifty listeners, uploads.

The catalogue is the public table of 114,000 rows, and twelve analysed files of demo music for what
must be heard. The server is a process of its own; it is asked over loopback.
Times are given by the clock, as somebody waits for them, and by the server's processor: on a
machine that is busy with other things only the second tells about the program.

The parts can be asked for by name: ``python benchmarks/web.py search tracks listeners upload size
browser map``. What is not asked for stays as it was measured before.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import report

sys.path.insert(0, str(report.REPOSITORY / "tests"))

import waiting
from segue import Segue
from segue.catalogue import tracks
from segue.settings import Settings
from segue.sources.demo import write_demo

if TYPE_CHECKING:
    from collections.abc import Callable

    from waiting import Server

SEED = 42
NAMES = 120
LONGEST = 24
PAGES = 300
LISTENERS, SECONDS = 50, 30
LENSES = ("", "balanced", "hybrid", "attributes:0.7,text:0.3")
CLICK_MS = 1_000
"""What a listener waits at least between two clicks."""


def main() -> None:
    """Make the catalogue, serve it, measure what is asked for, write ``results/web.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    asked = sys.argv[1:] or list(PARTS)
    with tempfile.TemporaryDirectory(prefix="segue-web-") as folder:
        place = Path(folder)
        names, heard = catalogue(place, table)
        with waiting.serving(place / "segue.db", log=place / "server.log") as server:
            measured = {part: PARTS[part](server, names, heard) for part in asked}
    report.write("web", {**before(), **measured}, inputs=[table], seed=SEED)


def before() -> dict[str, Any]:
    """What an earlier run measured."""
    path = report.RESULTS / "web.json"
    found: dict[str, Any] = json.loads(path.read_text())["figures"] if path.exists() else {}
    return found


def catalogue(place: Path, table: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Fill the catalogue; ids and names of random tracks, and the ids of those with a file."""
    settings = Settings(_env_file=None, database=str(place / "segue.db"))
    with Segue.open(settings=settings) as segue:
        segue.import_tracks(table)
        every = [(one.id, one.name) for one in tracks.page(segue.database, after=None, limit=10**6)]
        write_demo(place / "music", tracks=12)
        segue.add(place / "music")
        known = {name for name, _ in every}
        both = tracks.page(segue.database, after=None, limit=10**6)
        heard = [one.id for one in both if one.playable and one.id not in known]
    return random.Random(SEED).sample(every, 2_000), heard


def search(server: Server, names: list[tuple[str, str]], _: list[str]) -> dict[str, Any]:
    """Every keystroke of random names, as the page sends it."""
    words = [name[:end] for _, name in names[:NAMES] for end in range(1, len(name[:LONGEST]) + 1)]
    get = server.getter({"HX-Request": "true", "HX-Target": "results"})
    get("/?q=warm")
    return server.timed(lambda word: get("/?" + urlencode({"q": word})), words)


def track_pages(server: Server, names: list[tuple[str, str]], _: list[str]) -> dict[str, Any]:
    """Whole pages of random tracks; and the answer anew with other weights, as sliders ask."""
    whole, part = server.getter(), server.getter({"HX-Request": "true", "HX-Target": "similar"})
    chosen = [name for name, _ in names[:PAGES]]
    whole(f"/tracks/{quote(chosen[0], safe='')}")
    found = {"page": server.timed(lambda one: whole(f"/tracks/{quote(one, safe='')}"), chosen)}
    for lens in LENSES[1:]:
        asked = urlencode({"weights" if ":" in lens else "lens": lens})
        found[lens] = server.timed(
            lambda one, asked=asked: part(f"/tracks/{quote(one, safe='')}?{asked}"), chosen[:100]
        )
    return found


def listeners(server: Server, names: list[tuple[str, str]], heard: list[str]) -> dict[str, Any]:
    """Fifty people at once who search, open tracks and play, a click a second each."""
    times: list[float] = []
    faults: list[str] = []
    lock = threading.Lock()
    end = time.monotonic() + SECONDS

    def listen(number: int) -> None:
        chance = random.Random(SEED + number)
        get = server.getter(faults=faults)
        while time.monotonic() < end:
            began = time.perf_counter()
            get(_click(chance, names, heard), range_of=200_000)
            spent = time.perf_counter() - began
            with lock:
                times.append(spent)
            time.sleep(max(0.0, CLICK_MS / 1e3 - spent) * chance.uniform(0.5, 1.5))

    before = server.processor()
    threads = [threading.Thread(target=listen, args=(n,)) for n in range(LISTENERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return {
        "listeners": LISTENERS,
        "seconds": SECONDS,
        "requests": len(times),
        "errors": len(faults),
        "first errors": faults[:3],
        **waiting.told(times),
        "processor_ms": round(1e3 * (server.processor() - before) / max(len(times), 1), 2),
    }


def _click(chance: random.Random, names: list[tuple[str, str]], heard: list[str]) -> str:
    """Where somebody goes next: half of the time a track, else a search, a list or a sound."""
    name, title = chance.choice(names)
    kind = chance.random()
    if kind < 0.5:
        return f"/tracks/{quote(name, safe='')}"
    if kind < 0.8:
        return "/?" + urlencode({"q": title[: chance.randint(1, 12)]})
    if kind < 0.9:
        return f"/tracks/{quote(chance.choice(heard), safe='')}/audio"
    return "/"


def upload(server: Server, _: list[tuple[str, str]], __: list[str]) -> dict[str, Any]:
    """An MP3 of four minutes, from sending it until its recommendations are there."""
    with tempfile.TemporaryDirectory() as folder:
        song = waiting.long_song(Path(folder), seconds=240)
        times = [waiting.sent(server, song, number) for number in range(4)]
    return {
        "megabytes": round(times[0][1] / 1e6, 2),
        "first_seconds": round(times[0][0], 2),
        "seconds": round(statistics.median(each for each, _ in times[1:]), 2),
    }


def size(_: Server, __: list[tuple[str, str]], ___: list[str]) -> dict[str, Any]:
    """Scripts and styles as they travel, compressed; the map's own apart."""
    static = report.REPOSITORY / "src" / "segue" / "serve" / "static"
    kinds = {".js", ".css"}
    found = {
        path.relative_to(static).as_posix(): len(gzip.compress(path.read_bytes(), 6))
        for path in sorted(static.rglob("*"))
        if path.suffix in kinds
    }
    of_map = {name for name in found if Path(name).stem.startswith("map")}
    return {
        "kilobytes": round(sum(v for k, v in found.items() if k not in of_map) / 1024, 1),
        "map_kilobytes": round(sum(found[name] for name in of_map) / 1024, 1),
        "files": len(found),
    }


def browser(server: Server, names: list[tuple[str, str]], heard: list[str]) -> dict[str, Any]:
    """The largest contentful paint of pages, in a browser that has seen nothing yet."""
    paths = {
        "library": "/",
        "search": "/?q=love",
        "track": f"/tracks/{quote(names[0][0], safe='')}",
        "heard track": f"/tracks/{quote(heard[0], safe='')}",
        "mix": f"/mix?track={quote(names[0][0], safe='')}&track={quote(names[1][0], safe='')}",
        "statistics": "/statistics",
        "jobs": "/jobs",
    }
    return waiting.painted(server.address, paths)


def drawn_map(server: Server, _: list[tuple[str, str]], __: list[str]) -> dict[str, Any]:
    """The map of every track: how long it takes to lay out, and until it is first drawn."""
    return waiting.mapped(server)


PARTS: dict[str, Callable[[Server, list[tuple[str, str]], list[str]], dict[str, Any]]] = {
    "search": search,
    "tracks": track_pages,
    "listeners": listeners,
    "upload": upload,
    "size": size,
    "browser": browser,
    "map": drawn_map,
}


if __name__ == "__main__":
    main()
