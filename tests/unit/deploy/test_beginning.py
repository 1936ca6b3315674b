"""The scripts inside the images, run: PORT, signals, the first account, how a server is."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"


@pytest.fixture
def shown(tmp_path: Path) -> dict[str, str]:
    """Surroundings in which `segue` says how it was called, and by which process."""
    program = tmp_path / "bin" / "segue"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$$ ${SEGUE_PORT:-none} $*"\n', encoding="utf-8")
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:/usr/bin:/bin"}


def began(surroundings: dict[str, str], *words: str) -> tuple[int, list[str]]:
    process = subprocess.Popen(
        [str(DEPLOY / "begin.sh"), *words], env=surroundings, stdout=subprocess.PIPE, text=True
    )
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return process.pid, said.split()


def test_segue_takes_the_place_of_the_script(shown: dict[str, str]) -> None:
    pid, said = began(shown, "serve", "/my music")
    assert said == [str(pid), "none", "serve", "/my", "music"]


@pytest.mark.parametrize(
    ("given", "port"),
    [
        ({"PORT": "8080", "SEGUE_PORT": "8765"}, "8080"),
        ({"PORT": "", "SEGUE_PORT": "8765"}, "8765"),
        ({"PORT": "9000"}, "9000"),
    ],
)
def test_port_says_where_to_listen(shown: dict[str, str], given: dict[str, str], port: str) -> None:
    assert began(shown | given, "serve")[1][1] == port


def test_a_folder_of_models_that_is_new_is_an_empty_one(
    shown: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "state" / "models"
    began(shown | {"SEGUE_MODELS_FOLDER": str(folder)}, "worker")
    assert folder.is_dir()
    own = folder / "sound"
    own.mkdir()
    began(shown | {"SEGUE_MODELS_FOLDER": str(folder)}, "worker")
    assert own.is_dir()
    (tmp_path / "file").touch()
    began(shown | {"SEGUE_MODELS_FOLDER": str(tmp_path / "file" / "models")}, "worker")


def test_the_first_account_is_made_once(tmp_path: Path) -> None:
    word = tmp_path / "word"
    word.write_text("a long enough password\n", encoding="utf-8")
    surroundings = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "SEGUE_DATABASE": str(tmp_path / "segue.db"),
        "SEGUE_LOGIN": "true",
    }
    said = [
        subprocess.run(
            [str(DEPLOY / "prepare.sh"), "ada", str(word)],
            env=surroundings,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for _ in range(2)
    ]
    assert said == ["ada can sign in.\n", "There is an account already; nothing is changed.\n"]


class _Answers(BaseHTTPRequestHandler):
    status = 200
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), _Answers) as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def healthy(port: int, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(DEPLOY / "healthy.py"), *words],
        env={"SEGUE_PORT": str(port), **more},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )


def test_a_container_is_well_where_its_server_is_ready(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Answers, "asked", [])
    port = server.server_port
    assert healthy(port).returncode == 0
    assert healthy(1, "/health", PORT=str(port)).returncode == 0
    assert _Answers.asked == ["/ready", "/health"]
    monkeypatch.setattr(_Answers, "status", 503)
    done = healthy(port)
    assert (done.returncode, done.stderr) == (1, f"/ready on port {port} answers 503\n")


def test_a_container_without_a_server_is_not_well() -> None:
    done = healthy(1)
    assert done.returncode == 1
    assert done.stderr.startswith("port 1 does not answer: ")
