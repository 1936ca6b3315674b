"""A small library of files, served from a socket of its own, and what players come in with."""

from __future__ import annotations

import io
import threading
import time
import wave
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest
import uvicorn
from mutagen.id3 import APIC, TALB, TCON, TDRC, TIT2, TPE1, TPE2, TRCK, TSRC, TXXX, USLT
from mutagen.wave import WAVE
from PIL import Image
from starlette.testclient import TestClient

from segue.catalogue import keys, tracks
from segue.library import Segue
from segue.records import OutsideId, TrackRecord
from segue.serve.app import create_app
from segue.serve.run import configured, listening
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI

RATE = 22_050
ODD = "Ärger & 🌙 <script>alert(1)</script>"
ARABIC = "أغنية الصباح"
MBID = "189002e7-3285-4e2e-92a3-7f6c30d407a2"


def xml(answer: bytes) -> ElementTree.Element:
    """An answer of ours as the tree it is; an error where it is none."""
    return ElementTree.fromstring(answer)  # noqa: S314 (we wrote it)


def _write_tone(path: Path, *, pitch: float, seconds: float = 4.0) -> None:
    """A tone with overtones and a little noise, as 16-bit mono."""
    at = np.arange(int(RATE * seconds)) / RATE
    noise = np.random.default_rng(int(pitch)).uniform(-0.02, 0.02, len(at))
    sound = 0.5 * np.sin(2 * np.pi * pitch * at) + 0.2 * np.sin(4 * np.pi * pitch * at) + noise
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 20_000).astype("<i2").tobytes())


def _picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (300, 200), "#206060").save(written, "PNG")
    return written.getvalue()


@dataclass(frozen=True)
class Tune:
    title: str
    artist: str
    album: str = ""
    owner: str = ""
    number: int = 0
    year: str = ""
    genre: str = "test tone"


TUNES = (
    Tune(ODD, "Ada Reed", "First Light", number=2, year="2001"),
    Tune(ARABIC, "Ada Reed", "First Light", number=1, year="2001"),
    Tune("Third Bell", "Ada Reed", "First Light", number=3, year="2001"),
    Tune("Slow Water", "Ben Oak", "Harbour", number=1, year="1999", genre="ambient"),
    Tune("Fast Water", "Ben Oak", "Harbour", number=2, year="1999", genre="ambient"),
    Tune("Mixed One", "Cem Fir", "Various Hits", "Various Artists", number=1, year="2010"),
    Tune("Mixed Two", "Dua Elm", "Various Hits", "Various Artists", number=2, year="2010"),
    Tune("Alone", "Ada Reed"),
    Tune("Eighth", "The Elms", "Grove", number=1, year="2001", genre="ambient"),
    Tune("Ninth", "The Elms", "Grove", number=2, year="2001", genre="ambient"),
)


def _write(folder: Path) -> None:
    for place, tune in enumerate(TUNES):
        path = folder / f"{place:02}.wav"
        _write_tone(path, pitch=130.0 * 2 ** (place / 5))
        file = WAVE(path)
        file.add_tags()
        said = {TIT2: tune.title, TPE1: tune.artist, TALB: tune.album, TPE2: tune.owner,
                TDRC: tune.year, TCON: tune.genre}  # fmt: skip
        for frame, text in said.items():
            if text:
                file.tags.add(frame(encoding=3, text=text))
        if tune.number:
            file.tags.add(TRCK(encoding=3, text=str(tune.number)))
        if place == 0:
            file.tags.add(TSRC(encoding=3, text="USSM18300073"))
            file.tags.add(TXXX(encoding=3, desc="MusicBrainz Track Id", text=MBID))
            file.tags.add(APIC(encoding=3, mime="image/png", type=3, desc="", data=_picture()))
        if place == 3:
            file.tags.add(USLT(encoding=3, lang="eng", desc="", text="down by the river\nslowly"))
        file.save()


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `TUNES`."""
    folder = tmp_path_factory.mktemp("music-of-players")
    _write(folder)
    return folder


@pytest.fixture(scope="session")
def library(music: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Segue]:
    """`TUNES` and two rows of a table, in a catalogue that asks who comes in."""
    settings = Settings(_env_file=None, login=True)
    path = tmp_path_factory.mktemp("players") / "segue.db"
    with Segue.open(path, settings=settings) as segue:
        unheard = TrackRecord(
            title="Never Heard", artists=("Ada Reed",), album="First Light",
            album_artist="Ada Reed", outside_ids=(OutsideId("test", "never"),), year=2001,
        )  # fmt: skip
        ghost = TrackRecord(
            title="Ghost\x01 \x1bRow ]]>", artists=("No \x02Body",), album="Nowhere",
            outside_ids=(OutsideId("test", "ghost"),), duration=61.4, explicit=True,
        )  # fmt: skip
        tracks.add(segue.database, [unheard, ghost])
        segue.scan(music)
        segue.analyse(jobs=1)
        yield segue


@pytest.fixture(scope="session")
def app(library: Segue) -> FastAPI:
    """The application over the library."""
    return create_app(library)


@contextmanager
def _running(app: FastAPI) -> Iterator[int]:
    """The port an application is served at, by a thread of its own."""
    with listening("127.0.0.1", 0) as bound:
        server = uvicorn.Server(configured(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=30)
            assert not thread.is_alive()


@pytest.fixture(scope="session")
def port(app: FastAPI, library: Segue) -> Iterator[int]:
    """The port of a server that is ready."""
    with _running(app) as at:
        end = time.monotonic() + 120
        while library.shelves_ready() is None:
            assert time.monotonic() < end, "the shelves were not made"
            time.sleep(0.02)
        yield at


@pytest.fixture(scope="session")
def makes(library: Segue) -> Callable[..., str]:
    """Make an app password or key: `makes("ada", scopes=("write",), kind="app")`."""

    def made(listener: str, *, scopes: tuple[str, ...] = ("write",), kind: str = "app") -> str:
        return keys.make(
            library.database, label="test", listener=listener, scopes=scopes, kind=kind
        )[1]

    return made


@pytest.fixture(scope="session")
def ask(app: FastAPI, port: int, makes: Callable[..., str]) -> Callable[..., dict]:
    """Ask as a listener and get the answer as a mapping: `ask("getSong", id="…")`.

    `by` is the listener; a value that is a list is sent as often as it has entries.
    """
    client = TestClient(app, base_url="http://localhost")
    known: dict[str, str] = {}

    def asked(name: str, /, *, by: str = "ada", **values: object) -> dict:
        if by not in known:
            known[by] = makes(by)
        sent = {"apiKey": known[by], "f": "json", "c": "tests", **values}
        answer = client.post(f"/rest/{name}", data=sent)
        assert answer.status_code == 200, answer.text
        return answer.json()["subsonic-response"]

    return asked


@pytest.fixture(scope="session")
def ids(library: Segue) -> dict[str, str]:
    """Ids of tracks by title."""
    return {track.title: track.id for track in tracks.page(library.database, limit=100)}
