"""What a live listener costs, and how long an answer takes: a real server, sound sent as it sounds.

A catalogue of the 114k table and some composed music that the networks in the box have heard is
served by a process of its own. Listeners send a song at the speed it plays, a third of a second in
each message, as the page does. Processor seconds are those of the server's process, less what it
takes while nobody listens; delays are from the moment a second of sound was sent to the answer that
holds it, so they include the wait for the next answer, which comes once a second.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from websockets.sync.client import connect

import report

sys.path.insert(0, str(report.REPOSITORY / "tests"))

import browsing
from segue.audio.decode import decode
from segue.catalogue import tracks
from segue.library import Segue
from segue.settings import Settings
from segue.sources.demo import write_demo
from segue.sources.tables import read_tracks

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE = 48_000
PIECE = 0.3
SECONDS = 30
TRACKS = 6
REST_SECONDS = 120
TARGET_SHARE = 0.1
LISTENERS = (1, 4)


def main() -> None:
    """Serve, listen, and write ``results/live.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        song = prepared(folder, table)
        figures: dict[str, Any] = {"seconds": SECONDS, "target_share": TARGET_SHARE}
        figures["machine_was"] = "busy with other work; processor seconds tell about the program"
        served = browsing.started(folder / "segue.db", log=folder / "log")
        with served as (address, server):
            figures["tracks"] = tracks_of(folder)
            line = f"ws{address.removeprefix('http')}/live/sound"
            listened(line, song[: 5 * RATE])  # loads what is loaded once
            figures["idle_share"] = at_rest(server.pid)
            for count in LISTENERS:
                figures[f"listeners_{count}"] = measured(
                    line, song, count=count, server=server.pid, idle=figures["idle_share"]
                )
    report.write("live", figures, inputs=[table])


def prepared(folder: Path, table: Path) -> np.ndarray:
    """Make the catalogue; a song that is not in it, mono, as long as is listened to."""
    with Segue.open(folder / "segue.db", settings=Settings(_env_file=None)) as segue:
        world = write_demo(folder / "music", tracks=TRACKS)
        # Called invented, all of it: else the networks in the box would not be at work.
        tracks.add(segue.database, world.audio, synthetic=True)
        tracks.add(segue.database, read_tracks(table), synthetic=True)
        segue.scan(folder / "music")
        segue.analyse(jobs=1, quick=True)
    write_demo(folder / "outside", seed=7, tracks=1)
    song = decode(next((folder / "outside").rglob("*.mp3")), seconds=None, rate=RATE).audio
    return np.tile(song, -(-SECONDS * RATE // len(song)))[: SECONDS * RATE]


def tracks_of(folder: Path) -> int:
    """Tracks of the catalogue."""
    with Segue.open(folder / "segue.db", settings=Settings(_env_file=None)) as segue:
        return tracks.count(segue.database)


def busy(process: int) -> float:
    """Processor seconds of a process until now."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def at_rest(process: int) -> float:
    """Wait until a server that has just started has nothing more to prepare; its share then."""
    end = time.monotonic() + REST_SECONDS
    share = 1.0
    while share > 0.03 and time.monotonic() < end:
        began = busy(process)
        time.sleep(5)
        share = (busy(process) - began) / 5
    return round(share, 4)


def measured(
    line: str, song: np.ndarray, *, count: int, server: int, idle: float
) -> dict[str, float]:
    """So many listeners at a time."""
    began, at = busy(server), time.monotonic()
    with ThreadPoolExecutor(count) as together:
        delays = [
            d for each in together.map(lambda _: listened(line, song), range(count)) for d in each
        ]
    took, passed = busy(server) - began, time.monotonic() - at
    return {
        "share_of_a_core_each": round((took - idle * passed) / (count * len(song) / RATE), 4),
        "delay_ms_median": round(1000 * statistics.median(delays), 1),
        "delay_ms_p95": round(1000 * float(np.quantile(delays, 0.95)), 1),
        "delay_ms_most": round(1000 * max(delays), 1),
    }


def listened(line: str, song: np.ndarray) -> Sequence[float]:
    """Send a song as fast as it plays; seconds until each second of it was answered."""
    samples = (song.clip(-1, 1) * 32_767).astype("<i2")
    size = round(PIECE * RATE)
    sent: list[tuple[float, float]] = []
    told: list[tuple[float, float]] = []
    with connect(line, max_size=None) as talk:
        talk.send(json.dumps({"rate": RATE, "samples": "s16", "shown": "page"}))
        talk.recv()
        began = time.monotonic()
        for first in range(0, len(samples), size):
            # As the page does, which has the sound when it has sounded.
            due = began + (first + size) / RATE
            while (left := due - time.monotonic()) > 0:
                take(talk, told, left)
            talk.send(samples[first : first + size].tobytes())
            sent.append(((first + size) / RATE, time.monotonic()))
        talk.send('{"end": true}')
        while not told or told[-1][0] < len(samples) / RATE - 0.01:
            take(talk, told, 30.0)
    return [
        next(at for heard, at in told if heard >= second - 0.01)
        - next(at for end, at in sent if end >= second - 0.01)
        for second in range(4, int(len(samples) / RATE))
    ]


def take(talk: Any, told: list[tuple[float, float]], seconds: float) -> None:  # noqa: ANN401
    """Take what is told within so many seconds, if anything is."""
    try:
        message = json.loads(talk.recv(seconds))
    except TimeoutError:
        return
    if message["kind"] == "ended":
        sys.exit(f"the server ended it: {message['trouble']}")
    told.append((message["heard"], time.monotonic()))


if __name__ == "__main__":
    main()
