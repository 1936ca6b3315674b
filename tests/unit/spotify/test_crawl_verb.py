"""`segue crawl spotify-playlists` as a person uses it: killed, stopped, misused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from segue.cli import elsewhere
from segue.cli.crawl import plain_id
from segue.cli.main import run
from spotify_stand_in import SECRET, busy, only, silent, track

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS = ["crawl", "spotify-playlists", "--query", "road trip"]


@pytest.fixture(autouse=True)
def set_up(there, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, empty_catalogue: Path) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(empty_catalogue, tmp_path / "segue.db")
    for name, value in there.environment().items():
        monkeypatch.setenv(name, value)
    for n in range(8):
        there.has_playlist(f"p{n}", [track(f"t{n}"), track(f"t{n + 1}")])
    there.searches["road trip"] = [{"id": f"p{n}", "snapshot_id": "v1"} for n in range(8)]


def _said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert run(list(words)) == code
    return capsys.readouterr()


def _lists(path: Path) -> list[tuple[str, int]]:
    """Titles of the playlists of a catalogue, and how many entries each has."""
    import sqlite3

    with closing(sqlite3.connect(path)) as raw, raw:
        found = raw.execute(
            "SELECT p.title, count(e.position) FROM playlists p JOIN playlist_entries e"
            " ON e.playlist_id = p.id GROUP BY p.id ORDER BY p.title"
        ).fetchall()
    raw.close()
    return found


WHOLE = [(f"List p{n}", 2) for n in range(8)]


def test_it_says_how_much_came(there, capsys, tmp_path: Path) -> None:
    out, _ = _said(capsys, *WORDS)
    assert "Listed 8 playlists = 8 taken + 0 taken before + 0 failed + 0 waiting" in out
    assert "They hold 16 tracks; 9 of these the catalogue did not know." in out
    assert _lists(tmp_path / "segue.db") == WHOLE
    told = json.loads(_said(capsys, *WORDS, "--json")[0])
    assert told["asked"] == "spotify words road trip"
    assert (told["crawl"]["known"], told["crawl"]["taken"]) == (8, 0)


@pytest.fixture
def heeding() -> Iterator[None]:
    """Programs that are begun heed Ctrl-C, also where these tests run in the background.

    A shell lets what it puts there ignore the signal, and who ignores it hands that on.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGINT])
def test_stopped_in_the_middle_it_goes_on(there, capsys, tmp_path: Path, heeding, way) -> None:
    there.always = only("/v1/playlists/p4", silent)
    process = subprocess.Popen(
        [sys.executable, "-m", "segue", *WORDS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    end = time.monotonic() + 60
    while not there.count("/v1/playlists/p4"):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(way)
    out, err = process.communicate(timeout=60)
    if way == signal.SIGINT:
        assert process.returncode == 130
        assert "what was finished is kept" in err
    assert SECRET not in out + err
    assert _lists(tmp_path / "segue.db") == WHOLE[:4]
    there.always = None
    out, _ = _said(capsys, *WORDS)
    assert "Went on where an earlier crawl stopped." in out
    assert "8 playlists = 4 taken + 4 taken before" in out
    assert _lists(tmp_path / "segue.db") == WHOLE
    assert [there.count(f"/v1/playlists/p{n}") for n in range(8)] == [1] * 4 + [2] + [1] * 3


def test_broken_off_by_spotify_it_says_so_and_how_to_go_on(there, capsys) -> None:
    there.always = only("/v1/playlists/p2", busy(429, wait="90000"))
    out, err = _said(capsys, *WORDS, code=2)
    assert "2 taken + 0 taken before + 0 failed + 6 waiting" in out
    assert "Broken off: Spotify is left alone for 90,000 s: it answers 429." in out
    assert "the same command goes on" in err


def test_a_bad_playlist_is_told(there, capsys) -> None:
    del there.playlists["p5"]
    out, _ = _said(capsys, *WORDS, "--most", "7")
    assert "7 playlists = 6 taken + 0 taken before + 1 failed" in out
    assert "failed: spotify:playlist:p5: Spotify has no such thing (404" in out


def test_named_playlists_by_address(there, capsys, tmp_path: Path) -> None:
    words = [
        *("--playlist", "https://open.spotify.com/playlist/p1?si=abc"),
        *("--playlist", "spotify:playlist:p2"),
        *("--playlist", "p2"),
    ]
    _said(capsys, *WORDS[:2], *words)
    assert _lists(tmp_path / "segue.db") == WHOLE[1:3]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no playlists are named"),
        (["--query", "a", "--user", "b"], "named in several ways"),
        (["--query", "  "], "what is asked for is blank"),
        (["--user", ""], "what is asked for is blank"),
        (["--playlist", " "], "what is asked for is blank"),
        (["--query", "a", "--most", "0"], "0"),
    ],
)
def test_what_makes_no_sense_is_refused(there, capsys, words, message) -> None:
    _, err = _said(capsys, *WORDS[:2], *words, code=2)
    assert message in err
    assert there.asked == []


def test_without_an_app_nothing_is_asked(there, capsys, monkeypatch) -> None:
    monkeypatch.delenv("SEGUE_SPOTIFY_SECRET")
    _, err = _said(capsys, *WORDS, code=2)
    assert "Error: Spotify is not set up." in err
    assert "SEGUE_SPOTIFY_SECRET" in err
    assert there.asked == []


def test_wrong_credentials_are_an_error_without_the_secret(there, capsys, monkeypatch) -> None:
    monkeypatch.setenv("SEGUE_SPOTIFY_ID", "somebody")
    out, err = _said(capsys, *WORDS, "--verbose", code=2)
    assert "Spotify does not take the credentials (400: invalid_client)" in err
    assert SECRET not in out + err
    assert there.url.removeprefix("http://") in err
    assert "q=road" not in err


def test_doctor_says_how_spotify_stands(there, capsys) -> None:
    out, _ = _said(capsys, "doctor", "--json")
    assert SECRET not in out
    found = {one["name"]: one for one in json.loads(out)["checks"]}
    assert found["spotify"]["found"] == "it takes the app's id and secret"
    assert found["redis"]["found"] == "none is set: answers of services are kept in memory"
    there.always = only("/api/token", busy(429, wait="50000"))
    assert (spotify := elsewhere.spotify(there.settings())).state == "warn"
    assert "left alone for 50,000 s" in spotify.found
    half = elsewhere.spotify(there.settings(spotify_id=""))
    assert (half.state, half.found) == ("warn", "off: SEGUE_SPOTIFY_ID is not set")
    off = elsewhere.spotify(there.settings(spotify_id="", spotify_secret=""))
    assert (off.state, off.found) == ("ok", "not set up: nothing is asked of it")


def test_doctor_says_how_redis_stands(there) -> None:
    wrong = elsewhere.kept(there.settings(cache_url="memcached://h"))
    assert (wrong.state, wrong.found.endswith("no cache that Segue knows")) == ("fail", True)
    pytest.importorskip("redis")
    away = elsewhere.kept(there.settings(cache_url="redis://:word@127.0.0.1:9/0"))
    assert away.state == "warn"
    assert away.found.startswith("127.0.0.1:9: Redis does not answer")
    assert "word" not in away.found


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("37i9dQZF1", "37i9dQZF1"),
        ("https://open.spotify.com/playlist/37i9?si=8f", "37i9"),
        ("https://open.spotify.com/intl-de/playlist/37i9", "37i9"),
        ("spotify:playlist:37i9", "37i9"),
        ("https://open.spotify.com/user/maria%20b", "maria%20b"),
        ("spotify:user:maria", "maria"),
        (" plain ", "plain"),
    ],
)
def test_an_address_is_as_good_as_an_id(given, found) -> None:
    assert plain_id(given) == found
