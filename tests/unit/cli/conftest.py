"""A small catalogue made through the command line, and ways to call it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = (
    "title,artists,album,genres,year,duration,explicit,energy,valence,danceability,loudness,"
    "acousticness,instrumentalness,liveness,speechiness,tempo,key,mode"
)
STYLES = (("ambient", 0.2, 70.0, 9, 0), ("house", 0.9, 124.0, 5, 1), ("folk", 0.4, 96.0, 7, 1))


def table_text(*, tracks: int = 24) -> str:
    """A table of `tracks` rows in three styles, four artists a style."""
    lines = [COLUMNS]
    for number in range(tracks):
        genre, energy, tempo, key, mode = STYLES[number % 3]
        artist = f"{genre.title()} Artist {number // 3 % 4}"
        explicit = "yes" if number % 5 == 0 else "no"
        shift = number / 1000
        lines.append(
            f"Song {number},{artist},Album {number % 7},{genre},{1990 + number},{180 + number},"
            f"{explicit},{energy + shift},{0.3 + shift},{0.5 + shift},{-12 + shift},{0.6 - shift},"
            f"{0.7 - shift},{0.1 + shift},{0.05 + shift},{tempo + number % 4},{key},{mode}"
        )
    return "\n".join(lines) + "\n"


def _tone(path: Path, *, hertz: float, seconds: float = 2.5) -> Path:
    times = np.arange(int(22_050 * seconds)) / 22_050
    sound = sum(np.sin(2 * np.pi * hertz * n * times) / n for n in (1, 2, 3)) * 0.2
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 22_050, 0, "NONE", "not compressed"))
        out.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="session")
def write_tone():
    """A function that writes a WAV file of one tone with some overtones."""
    return _tone


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table as a file."""
    path = tmp_path_factory.mktemp("table") / "songs.csv"
    path.write_text(table_text(), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def catalogue(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue that holds the table; tests only read it."""
    path = tmp_path_factory.mktemp("catalogue") / "segue.db"
    assert run(["import", "tracks", str(table), "--database", str(path), "--json"]) == 0
    return path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]):
    """Run a command with --json in this process and give its document; it must exit with 0."""

    def call(*words: str | Path) -> dict:
        capsys.readouterr()
        code = run([*map(str, words), "--json"])
        out = capsys.readouterr().out
        assert code == 0, out
        return json.loads(out)

    return call


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]):
    """Run a command that cannot work: exit 2, one plain sentence, no traceback; gives it."""

    def call(*words: str | Path) -> str:
        capsys.readouterr()
        code = run([*map(str, words)])
        out, err = capsys.readouterr()
        assert code == 2, err
        assert out == ""
        last = err.strip().splitlines()[-1]
        assert last.startswith("Error: ")
        assert last.endswith(".")
        assert "Traceback" not in err
        assert "foresaw" not in err
        return last

    return call


@pytest.fixture
def spawn():
    """Start the real command in a process of its own; all are ended with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str | Path, cwd: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "segue", *map(str, words)],
            cwd=cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def taken_port():
    """A port of this machine on which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]
