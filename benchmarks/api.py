"""The API with 89,741 tracks behind it: questions that come as they please, and files.

**similar**: fifty questions a second for a minute, at the moments of a Poisson process: who asks
does not wait for who asked before. What one waits is counted from the moment the question was due,
so that a server that falls behind is seen to. They are about two thousand tracks in turn. The
server has done what it does by itself after its start; **starting** asks while it still does.
**unchanged**: the same questions asked again with their ETags. **from-audio**: an MP3 of half a
minute, one after the other, each with other bytes; compared with the few tracks whose sound is
known, as it is when nobody names a lens, and with all of them by estimated attributes.

Times are given by the clock, as somebody waits for them, and by the server's processor: on a
machine that is busy with other things only the second tells about the program.

The parts can be asked for by name: ``python benchmarks/api.py similar unchanged audio``.
"""

from __future__ import annotations

import http.client
import json
import queue
import random
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import report

sys.path.insert(0, str(report.REPOSITORY / "tests"))

import waiting
from encoded import SONGS, make_music, write_audio
from web import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from waiting import Server

SEED = 42
RATE, SECONDS = 50.0, 60.0
STARTING = 10.0
HANDS = 32
"""Connections that questions go out by: more than are ever under way at once."""

IDLE_SECONDS = 3.0
"""A connection that was idle for longer is begun anew, before the server ends it."""

FILES = 12
CLIP_SECONDS = 30
WARM = 50


@dataclass
class Told:
    """What came back: how long each took, the tags by address, what went wrong."""

    seconds: list[float] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def main() -> None:
    """Make the catalogue, serve it, measure what is asked for, write ``results/api.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    asked = sys.argv[1:] or list(PARTS)
    with tempfile.TemporaryDirectory(prefix="segue-api-") as folder:
        place = Path(folder)
        names, _ = catalogue(place, table)
        with waiting.serving(place / "segue.db", log=place / "server.log") as server:
            measured = {part: PARTS[part](server, [name for name, _ in names]) for part in asked}
    report.write("api", {**before(), **measured}, inputs=[table], seed=SEED)


def before() -> dict[str, Any]:
    """What an earlier run measured."""
    path = report.RESULTS / "api.json"
    found: dict[str, Any] = json.loads(path.read_text())["figures"] if path.exists() else {}
    return found


def starting(server: Server, names: Sequence[str]) -> dict[str, Any]:
    """Questions right after the start, fewer than it will answer later on."""
    few = [_address(name) for name in names[-200:]]
    return poisson(server, few, rate=STARTING, seconds=10.0)[0]


def similar(server: Server, names: Sequence[str]) -> dict[str, Any]:
    """Questions about other tracks each, as they please."""
    get = server.getter()
    for name in names[:WARM]:
        get(_address(name))
    settled = server.settled()
    figures = poisson(server, [_address(name) for name in names[WARM:]])[0]
    return {**figures, "settled_after_seconds": round(settled, 1)}


def unchanged(server: Server, names: Sequence[str]) -> dict[str, Any]:
    """The same, asked again by who has the answers."""
    few = [_address(name) for name in names[:200]]
    _, first = poisson(server, few, seconds=4.0)
    known = [address for address in few if address in first.tags]
    return poisson(server, known, tags=first.tags, seconds=20.0)[0]


def poisson(
    server: Server,
    addresses: Sequence[str],
    *,
    tags: dict[str, str] | None = None,
    rate: float = RATE,
    seconds: float = SECONDS,
) -> tuple[dict[str, Any], Told]:
    """Ask at the moments of a Poisson process, whatever is still under way."""
    chance = random.Random(SEED)
    due: list[tuple[float, str]] = []
    at = 0.0
    while (at := at + chance.expovariate(rate)) < seconds:
        due.append((at, addresses[len(due) % len(addresses)]))
    told, lock = Told(), threading.Lock()
    waiting_line: queue.SimpleQueue[tuple[float, str] | None] = queue.SimpleQueue()
    hands = [
        threading.Thread(target=_asking, args=(server, waiting_line, told, lock, tags or {}))
        for _ in range(HANDS)
    ]
    for hand in hands:
        hand.start()
    spent, began = server.processor(), time.perf_counter()
    for moment, address in due:
        time.sleep(max(0.0, began + moment - time.perf_counter()))
        waiting_line.put((began + moment, address))
    for _ in hands:
        waiting_line.put(None)
    for hand in hands:
        hand.join()
    figures = {
        "a_second": rate,
        "seconds": seconds,
        "requests": len(told.seconds),
        "errors": len(told.faults),
        "first errors": told.faults[:3],
        "statuses": told.statuses,
        **waiting.told(told.seconds),
        "processor_ms": round(1e3 * (server.processor() - spent) / max(1, len(told.seconds)), 2),
    }
    return figures, told


def _asking(
    server: Server,
    line: queue.SimpleQueue[tuple[float, str] | None],
    told: Told,
    lock: threading.Lock,
    tags: dict[str, str],
) -> None:
    """One connection: ask what is next in the line."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)
    used = time.perf_counter()
    while (next_one := line.get()) is not None:
        due, address = next_one
        if time.perf_counter() - used > IDLE_SECONDS:
            connection.close()
        headers = {"If-None-Match": tags[address]} if address in tags else {}
        try:
            connection.request("GET", address, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            with lock:
                told.faults.append(f"{address}: {error!r}")
            continue
        used = time.perf_counter()
        took = used - due
        with lock:
            told.seconds.append(took)
            told.statuses[answer.status] = told.statuses.get(answer.status, 0) + 1
            if answer.status >= 400:
                told.faults.append(f"{address}: {answer.status}")
            elif tag := answer.headers.get("etag"):
                told.tags[address] = tag


def audio(server: Server, _: Sequence[str]) -> dict[str, Any]:
    """An MP3 of half a minute, from sending it until its recommendations are there."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_audio(Path(folder) / "clip.mp3", make_music(CLIP_SECONDS), **SONGS["mp3"])
        content = path.read_bytes()
    return {lens or "none": _files(server, content, lens) for lens in ("", "attributes")}


def _files(server: Server, content: bytes, lens: str) -> dict[str, Any]:
    """Files one after the other, by one lens."""
    times = []
    for number in range(FILES + 1):
        spent, began = server.processor(), time.perf_counter()
        _posted(server, content + f"{lens}{number}".encode(), lens)
        times.append((time.perf_counter() - began, server.processor() - spent))
    clock = [each for each, _ in times[1:]]
    return {
        "files": FILES,
        "seconds_of_music": CLIP_SECONDS,
        "first_seconds": round(times[0][0], 3),
        "median_seconds": round(statistics.median(clock), 3),
        "worst_seconds": round(max(clock), 3),
        "processor_seconds": round(statistics.median(each for _, each in times[1:]), 3),
    }


def _posted(server: Server, content: bytes, lens: str) -> None:
    mark = "segue-form-of-one-file"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)
    kind = f"multipart/form-data; boundary={mark}"
    path = f"/recommend/from-audio?top_n=10&lens={lens}"
    connection.request("POST", path, body, {"Content-Type": kind})
    answer = connection.getresponse()
    told = json.loads(answer.read())
    if answer.status != 200 or not told["recommendations"]:
        raise SystemExit(f"from-audio answered {answer.status}: {told}")
    connection.close()


def _address(name: str) -> str:
    return f"/api/v1/tracks/{quote(name, safe='')}/similar"


PARTS: dict[str, Callable[[Server, Sequence[str]], dict[str, Any]]] = {
    "starting": starting,
    "similar": similar,
    "unchanged": unchanged,
    "audio": audio,
}


if __name__ == "__main__":
    main()
