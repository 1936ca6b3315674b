"""Small music folders, and catalogues to scan them into."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.catalogue.database import Database, open_database
from segue.embedding import shelf
from segue.sources.folder import identify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RATE = 22_050


def write_tune(path: Path, *, seed: int = 0, seconds: float = 2.0, gain: float = 0.3) -> Path:
    """A WAV file of a few tones; other bytes for every seed."""
    times = np.arange(round(seconds * RATE)) / RATE
    hertz = np.random.default_rng(seed).uniform(100, 3000, size=3)
    sound = gain * sum(np.sin(2 * np.pi * h * times) for h in hertz) / 3
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


def write_endless(path: Path, *, seconds: int = 2001) -> Path:
    """Half an hour of nothing, which takes no room on disk and long to decode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = seconds * 44_100 * 4
    head = b"RIFF" + (data + 36).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\x01\0\x02\0"
    head += (44_100).to_bytes(4, "little") + (176_400).to_bytes(4, "little") + b"\x04\0\x10\0"
    with path.open("wb") as file:
        file.write(head + b"data" + data.to_bytes(4, "little"))
        file.truncate(44 + data)
    return path


@pytest.fixture(scope="session")
def tune() -> Callable[..., Path]:
    return write_tune


def write_ahead_of(path: Path, *, count: int) -> list[Path]:
    """Tunes beside `path` that are taken up before it: their hashes are smaller."""
    limit, seed, made = identify(path), 0, []
    while len(made) < count:
        one = write_tune(path.with_name(f"{seed:02}.wav"), seed=seed)
        seed += 1
        if identify(one) < limit:
            made.append(one)
        else:
            one.unlink()
    return made


@pytest.fixture(scope="session")
def ahead_of() -> Callable[..., list[Path]]:
    return write_ahead_of


@pytest.fixture(scope="session")
def endless() -> Callable[..., Path]:
    return write_endless


@pytest.fixture
def audio_catalogue(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "segue.db") as database:
        yield database


@pytest.fixture
def nothing_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes with Segue is not at work, but where a test says so."""
    monkeypatch.setattr(shelf, "SHIPPED", tmp_path / "nothing")
