"""Do without containers what deploy/Dockerfile does, ask what comes out, and write it down.

    python deploy/steps.py          writes deploy/steps.json

In an empty folder: what .dockerignore lets in is copied, `install.sh` installs it, `begin.sh`
begins the demo with surroundings as the recipe sets them and a PORT, `healthy.py` asks it, SIGTERM
ends it. What a container adds (the base image, the other user, the read-only root) is not shown
by this.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "deploy" / "Dockerfile"
PATIENCE = 1800.0
"""Seconds for the demo to be composed and heard: some minutes, longer where others are at work."""

FORBIDDEN = ("torch", "sklearn", "pip", "librosa", "matplotlib")


def main() -> None:
    """All steps, then the report."""
    told: dict[str, Any] = {
        "command": "python deploy/steps.py",
        "python": platform.python_version(),
    }
    told["commit"] = _said(["git", "rev-parse", "HEAD"], cwd=ROOT).strip()
    with tempfile.TemporaryDirectory(prefix="segue-image-") as name:
        folder = Path(name)
        source = _source(folder / "source")
        begun = time.perf_counter()
        target = folder / "opt"
        extras = re.search(r"^ARG EXTRAS=(\S+)$", RECIPE.read_text(encoding="utf-8"), re.MULTILINE)
        if not extras:
            sys.exit("deploy/Dockerfile names no extras")
        told["extras"] = extras[1]
        surroundings = _plain(folder) | {
            "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_SEGUE": "0.1.dev0+image"
        }
        subprocess.run(
            [source / "deploy" / "install.sh", target, extras[1]],
            cwd=source,
            env=surroundings,
            check=True,
        )
        told["install_seconds"] = round(time.perf_counter() - begun, 1)
        told["megabytes"] = round(sum(_sizes(target)) / 1e6)
        shutil.rmtree(source / "src")  # what runs is what was installed
        told |= _asked(folder, target, source / "deploy")
    report = ROOT / "deploy" / "steps.json"
    report.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(report.read_text(encoding="utf-8"))


def _source(folder: Path) -> Path:
    """What the build is sent: the lines of .dockerignore that begin with an exclamation mark."""
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    leave = shutil.ignore_patterns(*(rule[3:] for rule in rules if rule.startswith("**/")))
    folder.mkdir()
    for name in (rule[1:] for rule in rules if rule.startswith("!")):
        given = ROOT / name
        if given.is_dir():
            shutil.copytree(given, folder / name, ignore=leave)
        else:
            shutil.copy(given, folder / name)
    return folder


def _asked(folder: Path, target: Path, scripts: Path) -> dict[str, Any]:
    """Begin the demo as the image does, and ask it."""
    python = target / "bin" / "python"
    look = f"from importlib.util import find_spec as f; print([n for n in {FORBIDDEN} if f(n)])"
    too_much = _said([python, "-c", look], cwd=folder).strip()
    if too_much != "[]":
        sys.exit(f"the image would hold {too_much}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    state = folder / "state"
    state.mkdir()
    surroundings = _plain(folder) | {
        "PATH": f"{target / 'bin'}:/usr/bin:/bin",
        "PORT": str(port),
        "SEGUE_DATABASE": str(state / "segue.db"),
        "SEGUE_DEMO_FOLDER": str(state / "demo"),
        "SEGUE_CACHE_FOLDER": str(state / "cache"),
        "SEGUE_OPEN_TO_ALL": "everyone may",
        "SEGUE_HOST": "0.0.0.0",  # noqa: S104 (as in the image)
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    begun = time.perf_counter()
    log = folder / "log"
    with log.open("w") as stream:
        running = subprocess.Popen(
            [scripts / "begin.sh", "demo"],
            cwd=state,
            env=surroundings,
            stdout=stream,
            stderr=stream,
            start_new_session=True,  # so that what it began ends with it, however it goes
        )
    try:
        _until_well(running, [python, scripts / "healthy.py"], surroundings, log)
        told: dict[str, Any] = {"first_ready_seconds": round(time.perf_counter() - begun, 1)}
        with urlopen(f"http://127.0.0.1:{port}/ready", timeout=30) as answer:
            told["ready"] = json.load(answer)
        with urlopen(f"http://127.0.0.1:{port}/api/v1/search?q=island", timeout=30) as answer:
            told["found"] = len(json.load(answer)["tracks"])
        stopped = time.perf_counter()
        running.send_signal(signal.SIGTERM)
        told["exit_code"] = running.wait(60)
        told["stop_seconds"] = round(time.perf_counter() - stopped, 1)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    if told["exit_code"] != 0 or not told["found"]:
        sys.exit(f"it does not answer or end as it should: {told}")
    return told


def _until_well(
    running: subprocess.Popen[bytes], check: list[Path], surroundings: dict[str, str], log: Path
) -> None:
    """Ask as the health check does, until it says yes."""
    end = time.monotonic() + PATIENCE
    while subprocess.run(check, env=surroundings, capture_output=True, check=False).returncode:
        if running.poll() is not None or time.monotonic() > end:
            sys.exit(f"the server did not begin:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.5)


def _plain(folder: Path) -> dict[str, str]:
    """The surroundings without settings of Segue, and with an empty home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEGUE_")}
    return kept | {"HOME": str(folder)}


def _sizes(folder: Path) -> list[int]:
    return [path.lstat().st_size for path in folder.rglob("*") if path.is_file()]


def _said(words: list[Any], *, cwd: Path) -> str:
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
