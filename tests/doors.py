"""A small library whose tracks are those that the examples of the API name, and a real server."""

from __future__ import annotations

import atexit
import random
import shutil
import socket
import tempfile
import threading
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import uvicorn

from encoded import write_audio
from segue.catalogue import tracks
from segue.library import Segue
from segue.records import Attributes, OutsideId, TrackRecord
from segue.serve.app import create_app
from segue.serve.run import configured
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

KNOWN = (("Slow Harbour", "QZES71982312"), ("Glass Lantern", "QZES71982313"))
"""Titles and ISRCs of the tracks in the examples, in the order of their ids there."""

SIZE = 40
FILES = 4
TRACKS = SIZE + FILES + 1
"""Those of the table, those that can be heard, and one whose file is broken."""
RATE = 22_050


def records() -> list[TrackRecord]:
    """Forty tracks of a table, the first two of which are those of the examples."""
    chance = random.Random(9)
    made = []
    for n in range(SIZE):
        known = n < len(KNOWN)
        made.append(
            TrackRecord(
                title=KNOWN[n][0] if known else f"Tide {n}",
                artists=("Vela Moor",) if n < 4 else (f"Kestrel {n % 6}",),
                album="Tides" if n < 4 else f"Album {n % 6}",
                genres=(["ambient", "rock", "soul"][0 if known else n % 3],),
                outside_ids=(OutsideId(*(("isrc", KNOWN[n][1]) if known else ("own", f"r{n}"))),),
                labels=(("emotion", ["joy", "calm"][n % 2]),),
                duration=150.0 + n,
                year=1970 + n,
                popularity=float(n),
                attributes=Attributes(
                    energy=chance.random(),
                    valence=chance.random(),
                    danceability=chance.random(),
                    loudness=-chance.uniform(4, 20),
                    acousticness=chance.random(),
                    instrumentalness=chance.random(),
                    liveness=chance.random(),
                    speechiness=chance.random() / 4,
                    tempo=chance.uniform(60, 170),
                    key=n % 12,
                    mode=n % 2,
                    time_signature=4,
                ),
            )
        )
    return made


def tone(path: Path, *, pitch: float, seconds: float = 5.0) -> Path:
    """A tone with an overtone and a little noise."""
    chance = np.random.default_rng(round(pitch))
    times = 2 * np.pi * pitch * np.arange(round(seconds * RATE)) / RATE
    noise = 0.02 * chance.standard_normal(len(times))
    sound = (0.5 * np.sin(times) + 0.2 * np.sin(2 * times) + noise).astype(np.float32)
    return write_audio(path, sound[None], RATE, codec="pcm_s16le")


@cache
def _made() -> Path:
    """The folder of a catalogue that is copied for everybody; gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="segue-doors-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with Segue.open(folder / "segue.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, records())
        (music := folder / "music").mkdir()
        for n in range(FILES):
            tone(music / f"Vela Moor - Tone {n}.wav", pitch=220.0 * 2 ** (n / 5))
        # A header that promises sound, and nothing behind it.
        (music / "broken.flac").write_bytes(b"fLaC" + b"\x00\x00\x00\x22" + b"broken" * 40)
        segue.scan(music)
        segue.analyse(jobs=1)
    return folder


@contextmanager
def library(folder: Path, **settings: object) -> Iterator[Segue]:
    """The library with a few files, open and ready to answer; no work is done beside it."""
    shutil.copy(_made() / "segue.db", folder / "segue.db")
    given = Settings(_env_file=None, **settings)
    with Segue.open(folder / "segue.db", settings=given) as segue:
        segue.engine()
        segue.shelves()
        yield segue


@contextmanager
def serving(segue: Segue) -> Iterator[str]:
    """The address of a real server of the library, once it is ready."""
    with on_loopback(create_app(segue)) as address:
        yield address


@contextmanager
def on_loopback(app: FastAPI) -> Iterator[str]:
    """The address of a server of an application, in a thread of its own."""
    server = uvicorn.Server(configured(app))
    with socket.create_server(("127.0.0.1", 0)) as bound:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            end = time.monotonic() + 60
            while not (server.started and app.state.segue.ready):
                assert thread.is_alive(), "the server ended before it was asked"
                assert time.monotonic() < end, "the server did not get ready"
                time.sleep(0.02)
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
