"""The real command in processes of its own: from files to a recommendation, serving, stopping."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SEGUE = (sys.executable, "-m", "segue")


def _run(*words: str | Path, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SEGUE, *map(str, words)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def _address(process: subprocess.Popen[str]) -> str:
    """The address a server says it answers at; fails with what it said instead."""
    line = process.stdout.readline()
    found = re.search(r"http://[\d.]+:\d+", line)
    if found is None:
        process.kill()
        pytest.fail(f"{line}{process.communicate()}")
    return found.group()


def _get(address: str) -> dict:
    with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310 (our own server)
        return json.loads(answer.read())


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory, write_tone) -> Path:
    """A folder with six tones, one of them also under another name, and two that are no music."""
    folder = tmp_path_factory.mktemp("music")
    for number, hertz in enumerate((110.0, 114.0, 220.0, 440.0, 880.0, 1760.0)):
        write_tone(
            folder / f"Tone Artist - {hertz:.0f} Hz.wav", hertz=hertz, seconds=2 + number / 9
        )
    (folder / "damaged.mp3").write_bytes(bytes(range(256)) * 40)
    (folder / "empty.mp3").write_bytes(b"")
    return folder


def test_from_a_folder_to_recommendations_for_a_file(music: Path, here: Path) -> None:
    scanned = _run("scan", music, "--json", cwd=here)
    assert scanned.returncode == 0, scanned.stderr
    scan = json.loads(scanned.stdout)["scan"]
    assert (scan["found"], scan["new"], scan["rejected"]) == (8, 6, 2)

    analysed = _run("analyse", "--jobs", "2", cwd=here)
    assert analysed.returncode == 0, analysed.stderr
    assert "6 files wait for analysis: about " in analysed.stderr
    assert "All 6 files = 6 analysed + 0 queued + 0 failed + 0 skipped." in analysed.stdout

    words = ("similar", music / "Tone Artist - 110 Hz.wav", "--lens", "descriptors", "--json")
    asked = _run(*words, "--per-artist", "9", cwd=here)
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert answer["lens"] == "descriptors"
    assert answer["recommendations"][0]["track"]["title"] == "114 Hz"
    assert answer["count"] == 5


def test_a_file_from_outside_is_a_seed_and_nothing_of_it_is_stored(
    music: Path, here: Path, write_tone
) -> None:
    assert _run("analyse", music, cwd=here).returncode == 0
    outside = write_tone(here / "unknown.wav", hertz=1700.0)
    before = json.loads(_run("status", "--json", cwd=here).stdout)
    asked = _run("similar", outside, "--lens", "descriptors", "--json", cwd=here)
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["recommendations"][0]["track"]["title"] == "1760 Hz"
    after = json.loads(_run("status", "--json", cwd=here).stdout)
    assert (after["counts"], after["epoch"]) == (before["counts"], before["epoch"])


def test_scanning_again_finds_everything_unchanged(music: Path, here: Path) -> None:
    _run("scan", music, cwd=here)
    again = json.loads(_run("scan", music, "--json", cwd=here).stdout)["scan"]
    assert (again["new"], again["unchanged"], again["rejected"]) == (0, 6, 2)


def test_the_demo_is_made_once_and_answers(here: Path) -> None:
    words = ("demo", "--no-serve", "--tracks", "2", "--folder", "demo", "--json")
    first = _run(*words, cwd=here)
    assert first.returncode == 0, first.stderr
    made = json.loads(first.stdout)
    assert made["analysis"]["descriptors"]["analysed"] >= 2
    assert made["import"]["tracks"]["imported"] > 5_000
    assert made["import"]["playlists"]["rejected"] == 0

    files = {path: path.stat().st_mtime_ns for path in (here / "demo" / "music").rglob("*.mp3")}
    again = json.loads(_run(*words, cwd=here).stdout)
    assert again["import"]["tracks"]["imported"] == 0
    assert again["scan"]["new"] == 0
    assert {path: path.stat().st_mtime_ns for path in files} == files
    assert not (here / "segue.db").exists()

    database = here / "demo" / "segue.db"
    track = json.loads(_run("search", "a", "-n", "1", "--json", "-d", database, cwd=here).stdout)
    seed = track["tracks"][0]
    assert seed["synthetic"]
    asked = _run("similar", seed["id"], "--json", "-d", database, cwd=here)
    assert len(json.loads(asked.stdout)["recommendations"]) == 10


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_serving_begins_answers_and_stops_cleanly(
    spawn, catalogue: Path, here: Path, sign: signal.Signals
) -> None:
    server = spawn("serve", "--port", "0", "--database", catalogue, cwd=here)
    address = _address(server)
    assert _get(f"{address}/health")["status"]
    server.send_signal(sign)
    out, err = server.communicate(timeout=20)
    assert server.returncode == 0, err
    assert out == ""
    assert err == "Stopped; what was finished is kept.\n"


def test_serving_with_json_says_the_address_as_a_document(
    spawn, catalogue: Path, here: Path
) -> None:
    server = spawn("serve", "--port", "0", "--database", catalogue, "--json", cwd=here)
    text = ""
    while not text.endswith("}\n"):
        text += server.stdout.readline()
    assert _get(f"{json.loads(text)['address']}/health")["status"]


def test_serving_a_folder_scans_and_analyses_beside_it(spawn, music: Path, here: Path) -> None:
    server = spawn("serve", music, "--port", "0", cwd=here)
    address = _address(server)
    outlook = server.stderr.readline()
    assert f"8 audio files in {music}, 8 of them new: about " in outlook
    end = server.stderr.readline()
    assert (
        end == "All files are looked at: 6 files = 6 analysed + 0 queued + 0 failed + 0 skipped.\n"
    )
    for _ in range(100):
        found = _get(f"{address}/api/v1/search?q=440")
        if found["count"]:
            break
        time.sleep(0.1)
    assert found["tracks"][0]["title"] == "440 Hz"
    server.send_signal(signal.SIGINT)
    server.communicate(timeout=30)
    assert server.returncode == 0


def test_analysis_stops_at_ctrl_c_and_goes_on_from_there(
    spawn, here: Path, tmp_path_factory: pytest.TempPathFactory, write_tone
) -> None:
    folder = tmp_path_factory.mktemp("many")
    for number in range(150):
        write_tone(folder / f"{number:03}.wav", hertz=100.0 + number, seconds=8)
    assert _run("scan", folder, cwd=here).returncode == 0
    running = spawn("analyse", "--jobs", "1", cwd=here)
    with closing(sqlite3.connect(here / "segue.db")) as database:
        query = "SELECT count(*) FROM ledger WHERE (stage, state) = ('descriptors', 'analysed')"
        while running.poll() is None and database.execute(query).fetchone()[0] < 3:
            time.sleep(0.05)
    # As a terminal does it: the signal goes to the workers too.
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130, (out, err)
    assert "Traceback" not in err
    assert err.endswith("Stopped; what was finished is kept.\n")
    stand = json.loads(_run("status", "--json", cwd=here).stdout)["ledger"]
    assert 3 <= stand["analysed"] < 150
    assert stand["analysed"] + stand["queued"] == stand["found"] == 150
    assert stand["failed"] == 0


def test_exit_codes_and_streams_of_the_real_command(here: Path) -> None:
    done = _run("search", "x", cwd=here)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Error: ")
    assert _run("--help", cwd=here).returncode == 0
    assert _run("nonsense", cwd=here).returncode == 2


def test_a_pipe_that_is_closed_is_quiet(catalogue: Path, here: Path) -> None:
    command = " ".join((*SEGUE, "search", "song", "-n", "500", "--json", "-d", str(catalogue)))
    done = subprocess.run(
        ["bash", "-c", f"{command} | true; echo ${{PIPESTATUS[0]}}"],
        cwd=here,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert done.stdout.strip() == "141"
