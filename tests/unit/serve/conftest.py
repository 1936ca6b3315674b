"""A small real library, and the application over it as a client sees it."""

from __future__ import annotations

import array
import html.parser
import math
import random
import struct
import time
import wave
import zlib
from typing import TYPE_CHECKING

import pytest
from mutagen.id3 import APIC, TALB, TCON, TIT2, TPE1
from mutagen.wave import WAVE
from starlette.testclient import TestClient

from segue.catalogue import tracks
from segue.library import Segue
from segue.records import Attributes, OutsideId, TrackRecord
from segue.serve.app import create_app
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

RATE = 22_050


def write_tone(path: Path, *, pitch: float, seconds: float = 5.0, noise: float = 0.02) -> None:
    """A tone with overtones and a little noise, as 16-bit mono."""
    source = random.Random(pitch)
    samples = array.array("h")
    for n in range(int(RATE * seconds)):
        phase = 2 * math.pi * pitch * n / RATE
        value = 0.5 * math.sin(phase) + 0.2 * math.sin(2 * phase) + noise * source.uniform(-1, 1)
        samples.append(int(value * 20_000))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def png(width: int = 2, height: int = 2) -> bytes:
    """A whole small picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x20\x60\x60" * width for _ in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def write_music(folder: Path) -> None:
    """Twelve tagged files of three artists; the first has a picture, the second a false one."""
    for n in range(12):
        path = folder / f"{n:02}.wav"
        write_tone(path, pitch=110.0 * 2 ** (n / 4))
        tags = WAVE(path)
        tags.add_tags()
        tags.tags.add(TIT2(encoding=3, text=f"Tone {n}"))
        tags.tags.add(TPE1(encoding=3, text=["Ada Reed", "Ben Oak", "Cem Fir"][n % 3]))
        tags.tags.add(TALB(encoding=3, text="Twelve Tones"))
        tags.tags.add(TCON(encoding=3, text="test tone"))
        if n == 0:
            tags.tags.add(APIC(encoding=3, mime="image/png", type=3, desc="", data=png(300, 200)))
        if n == 1:
            svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
            tags.tags.add(APIC(encoding=3, mime="image/png", type=3, desc="", data=svg))
        tags.save()


def table_records() -> list[TrackRecord]:
    """Sixty rows without audio; three of them with names that try the pages."""
    source = random.Random(5)
    names = [("Slow Harbour", "Vela Moor"), ("Glass Lantern", "Kestrel & Rye")]
    odd = [
        ("<script>alert('x')</script>", '"><img src=x onerror=alert(1)>'),
        ("🎹 Schlaflied 🌙", "Zoë & the 'Quotes'"),
        ("أغنية الصباح", "فرقة النور"),
    ]
    records = []
    for n in range(60):
        title, artist = odd[n] if n < len(odd) else (f"{names[n % 2][0]} {n}", names[n % 2][1])
        records.append(
            TrackRecord(
                title=title,
                artists=(artist,),
                album=f"Album {n // 6}",
                genres=(["ambient", "soul", "jazz & blues"][n % 3],),
                outside_ids=(OutsideId("test", f"row-{n}"),),
                duration=120.0 + n,
                year=1980 + n % 30,
                explicit=n % 5 == 0,
                popularity=float(n),
                attributes=Attributes(
                    energy=source.random(),
                    valence=source.random(),
                    danceability=source.random(),
                    loudness=-source.uniform(4, 20),
                    acousticness=source.random(),
                    instrumentalness=source.random(),
                    liveness=source.random(),
                    speechiness=source.random() / 4,
                    tempo=source.uniform(70, 170),
                    key=n % 12,
                    mode=n % 2,
                    time_signature=4,
                ),
            )
        )
    return records


@pytest.fixture(scope="session")
def tone_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An audio file that is in no library."""
    path = tmp_path_factory.mktemp("outside") / "outside.wav"
    write_tone(path, pitch=187.0)
    return path


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Segue:
    """An open library with twelve analysed files and sixty table rows. Nobody may change it."""
    folder = tmp_path_factory.mktemp("served")
    music = folder / "music"
    music.mkdir()
    write_music(music)
    (music / "broken.mp3").write_bytes(b"this is no music" * 40)
    settings = Settings(_env_file=None, upload_megabytes=2)
    with Segue.open(folder / "segue.db", settings=settings) as segue:
        tracks.add(segue.database, table_records())
        segue.scan(music)
        segue.analyse(jobs=1)
        yield segue


@pytest.fixture(scope="session")
def client(stocked: Segue) -> TestClient:
    """A client of an application that is ready."""
    with TestClient(create_app(stocked), base_url="http://localhost") as made:
        end = time.monotonic() + 30
        while (answer := made.get("/ready")).status_code != 200:
            assert time.monotonic() < end, answer.text
            time.sleep(0.02)
        stocked.shelves()
        yield made


@pytest.fixture
def empty_client(tmp_path: Path) -> TestClient:
    """A client of an application over an empty catalogue whose engine was never built."""
    settings = Settings(_env_file=None)
    with Segue.open(tmp_path / "empty.db", settings=settings) as segue:
        yield TestClient(create_app(segue), base_url="http://localhost")


@pytest.fixture(scope="session")
def played(client: TestClient) -> str:
    """The id of a track with a file."""
    return client.get("/api/v1/search", params={"q": "Tone 0"}).json()["tracks"][0]["id"]


@pytest.fixture(scope="session")
def tabled(client: TestClient) -> str:
    """The id of a track that only a table knows."""
    return client.get("/api/v1/search", params={"q": "Slow Harbour 4"}).json()["tracks"][0]["id"]


class ParsedPage(html.parser.HTMLParser):
    """What a page is made of, and whether its elements are closed in order."""

    VOID = frozenset({"meta", "link", "img", "input", "br", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self.text: dict[str, str] = {}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)
            self.text[tag] = ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes something else")

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.text[tag] += data

    def close(self) -> None:
        super().close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="session")
def parse() -> type[ParsedPage]:
    """Parse a page: `parse(text)`."""

    def parsed(text: str) -> ParsedPage:
        page = ParsedPage()
        page.feed(text)
        page.close()
        return page

    return parsed
