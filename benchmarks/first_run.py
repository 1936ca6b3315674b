"""How long a newcomer waits: a fresh clone, ``make run``, until the page can recommend.

Everything is counted: the environment, the packages, composing and describing the demo music.
The packages come from pip's own cache or index, as set up on the machine.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import report
from ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_SECONDS = 600


def wait_until(found: Callable[[], bool], *, since: float) -> float:
    """Seconds from `since` until the function `found` says yes."""
    while time.monotonic() - since < LIMIT_SECONDS:
        if found():
            return round(time.monotonic() - since, 1)
        time.sleep(0.2)
    raise SystemExit(f"not there after {LIMIT_SECONDS} s")


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="segue-first-run-"))
    clone = folder / "segue"
    subprocess.run(["git", "clone", "--quiet", str(report.REPOSITORY), str(clone)], check=True)
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SEGUE_", "VIRTUAL_"))}
    # What was heard in an earlier run would be looked up.
    environment["SEGUE_CACHE_FOLDER"] = str(folder / "cache")
    began = time.monotonic()
    log = (folder / "log").open("w", encoding="utf-8")
    running = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=clone,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        installed = wait_until((clone / ".venv" / ".core").exists, since=began)
        recommending = wait_until(lambda: ready(port), since=began)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait()
        log.close()
    size = sum(file.stat().st_size for file in (clone / ".venv").rglob("*") if file.is_file())
    report.write(
        "first_run",
        {
            "install_seconds": installed,
            "ready_seconds": recommending,
            "limit_seconds": 180,
            "environment_megabytes": round(size / 1e6),
        },
        seed=42,
    )
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
