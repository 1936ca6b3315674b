"""How long Segue takes to start with many tracks, from a kept snapshot and without one.

Two catalogues: the public table of 114,000 rows, which holds 89,741 tracks, and the same with 471
playlists of people, whose rows bring it to 116,133 tracks. Of each:

- ``segue serve``, from the start of the process until ``/ready`` answers, without a kept snapshot
  (everything is built) and with one; with what a disk must read first (the files are dropped from
  the system's cache), and with what it has read already;
- ``segue similar``, from the start of the process to its end, likewise;
- how long it takes to write a snapshot, and how large it is;
- memory of one server and of two on one catalogue, after each was asked a hundred questions:
  resident, of its own (USS) and its share (PSS), in megabytes of 10^6 bytes.

Times are by the clock; beside them stand the seconds of the processor where they can be told.
"""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import report

sys.path.insert(0, str(report.REPOSITORY / "tests"))

import waiting
from segue import Segue
from segue.catalogue import tracks
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waiting import Server

SEED = 42
RUNS = 5
QUESTIONS = 100
READY_SECONDS, OWN = 3.0, 600.0
KEPT_SECONDS = 300


def main() -> None:
    """Make both catalogues, measure, write ``results/start.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    playlists = report.shared("playlists/editorial_471_playlists_32k.csv.gz")
    report.compile_once()
    found: dict[str, Any] = {"goals": {"ready_seconds": READY_SECONDS, "own_megabytes": OWN}}
    with tempfile.TemporaryDirectory(prefix="segue-start-") as folder:
        place = Path(folder)
        settings = Settings(_env_file=None, database=str(place / "segue.db"))
        with Segue.open(settings=settings) as segue:
            segue.import_tracks(table)
            found["table"] = measured(place, ids(segue))
            segue.import_playlists(playlists)
            found["table_and_playlists"] = measured(place, ids(segue))
    report.write("start", found, inputs=[table, playlists], seed=SEED)


def ids(segue: Segue) -> list[str]:
    """Of all tracks."""
    return [one.id for one in tracks.page(segue.database, after=None, limit=10**6)]


def measured(place: Path, names: Sequence[str]) -> dict[str, Any]:
    """All that is measured of one catalogue."""
    database, log = place / "segue.db", place / "server.log"
    asked = random.Random(SEED).sample(names, QUESTIONS)
    kept = database.with_suffix(".derived") / "snapshots"
    shutil.rmtree(kept, ignore_errors=True)
    figures: dict[str, Any] = {"tracks": len(names)}
    figures["similar_built"] = command(database, asked[0])
    figures["kept"] = sizes(kept)
    figures["similar_disk"] = command(database, asked[1], cold=True)
    figures["similar"] = [command(database, name) for name in asked[2 : 2 + RUNS]]
    shutil.rmtree(kept)
    figures["serve_built"], figures["memory_built"] = started(database, log, asked)
    if not (kept / "counts.json").exists():
        raise SystemExit("the server kept nothing")
    figures["serve_disk"], _ = started(database, log, asked, cold=True)
    runs = [started(database, log, asked) for _ in range(RUNS)]
    figures["serve"] = [told for told, _ in runs]
    figures["memory"] = runs[-1][1]
    figures["memory_of_two"] = two(database, place, asked)
    figures["serve_median_seconds"] = statistics.median(told["seconds"] for told, _ in runs)
    figures["similar_median_seconds"] = statistics.median(
        told["seconds"] for told in figures["similar"]
    )
    return figures


def command(database: Path, name: str, *, cold: bool = False) -> dict[str, float]:
    """``segue similar`` of one track, a process of its own."""
    if cold:
        forget(database)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "segue", "similar", name, "--database", str(database)],
        check=True,
        capture_output=True,
    )
    took = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": round(took, 3), "processor_seconds": round(spent, 3)}


def started(
    database: Path, log: Path, asked: Sequence[str], *, cold: bool = False
) -> tuple[dict[str, float], dict[str, float]]:
    """A server until it is ready; then its memory when it has answered and kept what it built."""
    if cold:
        forget(database)
    began = time.perf_counter()
    with waiting.serving(database, log=log) as server:
        ready = {
            "seconds": round(time.perf_counter() - began, 3),
            "processor_seconds": round(server.processor(), 3),
        }
        ask(server, asked)
        kept = database.with_suffix(".derived") / "snapshots" / "counts.json"
        until(kept.exists)
        if cold:
            return ready, {}
        until(lambda: steady(server))
        ask(server, asked)
        return ready, memory(server)


def two(database: Path, place: Path, asked: Sequence[str]) -> list[dict[str, float]]:
    """Memory of each of two servers on one catalogue."""
    with ExitStack() as stack:
        logs = [place / f"server-{number}.log" for number in range(2)]
        servers = [stack.enter_context(waiting.serving(database, log=log)) for log in logs]
        for server in servers:
            ask(server, asked)
        for server in servers:
            until(lambda server=server: steady(server))
        return [memory(server) for server in servers]


def ask(server: Server, asked: Sequence[str]) -> None:
    """The tracks like some, by the lens that nobody names."""
    get = server.getter()
    for name in asked:
        get(f"/api/v1/tracks/{quote(name, safe='')}/similar")


def steady(server: Server) -> bool:
    """Whether a server has come to rest: what is asked beforehand has been asked."""
    before = server.processor()
    time.sleep(3.0)
    return server.processor() - before < 0.1


def until(done: Callable[[], bool]) -> None:
    """Wait for something that comes."""
    end = time.monotonic() + KEPT_SECONDS
    while not done():
        if time.monotonic() > end:
            raise SystemExit(f"{done} did not come in {KEPT_SECONDS} s")
        time.sleep(0.2)


def memory(server: Server) -> dict[str, float]:
    """Megabytes of a process, by ``smaps_rollup``."""
    text = Path(f"/proc/{server.pid}/smaps_rollup").read_text(encoding="ascii")
    kinds = {
        name: int(kilobytes) * 1024 / 1e6
        for name, kilobytes in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)
    }
    own = kinds["Private_Clean"] + kinds["Private_Dirty"]
    return {
        "resident": round(kinds["Rss"], 1),
        "own": round(own, 1),
        "own_written": round(kinds["Private_Dirty"], 1),
        "share": round(kinds["Pss"], 1),
    }


def sizes(kept: Path) -> dict[str, float]:
    """Megabytes of the files of a kept snapshot."""
    files = [path for path in kept.rglob("*") if path.is_file()]
    return {path.name: round(path.stat().st_size / 1e6, 3) for path in files}


def forget(database: Path) -> None:
    """Let the system forget what it has read of the catalogue and of what follows from it."""
    beside = database.with_suffix(".derived").rglob("*")
    for path in [database, *(path for path in beside if path.is_file())]:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    main()
