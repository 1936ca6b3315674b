"""Server, worker and PostgreSQL are killed at work, each once: nothing is lost or there twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import postgres_server

SOAK = Path(__file__).resolve().parents[2] / "benchmarks" / "soak.py"


@pytest.mark.soak
@pytest.mark.skipif(bool(postgres_server.missing()), reason=postgres_server.missing())
def test_three_kills_lose_nothing(tmp_path: Path) -> None:
    out = tmp_path / "soak.json"
    words = [sys.executable, str(SOAK), "--kills", "3", "--files", "4", "--uploads", "2"]
    words += [
        "--rows",
        "0",
        "--gap",
        "0.5",
        "2",
        "--restart",
        "300",
        "--briefly",
        "--out",
        str(out),
    ]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-6000:]
    figures = json.loads(out.read_text(encoding="utf-8"))["figures"]
    assert figures["killed"] == {"database": 1, "server": 1, "worker": 1}
    assert (figures["files"], figures["uploads"]) == (4, 2)
    assert (figures["lost"], figures["duplicated"]) == ([], [])
    assert {"descriptors", "recording"} <= set(figures["ledger"])
    assert all(counts == {"analysed": 4} for counts in figures["ledger"].values())
    assert figures["orphans"] == 0
    assert set(figures["exit_codes"].values()) == {0}
