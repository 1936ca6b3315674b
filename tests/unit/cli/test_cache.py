"""``segue cache`` tells what is kept and takes it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.cli.main import run
from segue.descriptors.cache import Cache, Key
from segue.descriptors.entry import Entry
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def filled() -> Cache:
    """The cache of this test, with two entries of numbers and a spectrogram."""
    cache = Cache.of(Settings())
    for number in (1, 2):
        entry = Entry({}, {"level@1": np.ones(2, dtype=np.float32)})
        cache.put("numbers", Key(f"{number:064x}", "30 s"), entry)
    drawn = Entry({}, {"mel128@1": np.ones((100, 128), dtype=np.float16)})
    cache.put("mel", Key(f"{1:064x}", "30 s"), drawn)
    return cache


def test_it_says_where_what_and_how_much(ask, filled: Cache, capsys) -> None:
    told = ask("cache")
    assert told == {
        "folder": str(filled.folder),
        "megabytes": 1024,
        "bytes": 2 * 4096 + 28_672,
        "entries": {
            "numbers": {"entries": 2, "bytes": 2 * 4096},
            "spectrograms": {"entries": 1, "bytes": 28_672},
            "pictures": {"entries": 0, "bytes": 0},
            "previews": {"entries": 0, "bytes": 0},
        },
    }
    assert run(["cache"]) == 0
    shown = capsys.readouterr().out
    assert f"The cache is in {filled.folder}." in shown
    assert "Spectrograms: 1 entry, 29 kB." in shown
    assert "At most 1,024 MB" in shown


def test_clearing_says_what_it_freed(ask, filled: Cache, capsys) -> None:
    assert ask("cache", "--clear", "--spectrograms")["removed"] == {"entries": 1, "bytes": 28_672}
    assert ask("cache")["entries"]["numbers"]["entries"] == 2
    assert run(["cache", "--clear"]) == 0
    assert capsys.readouterr().out.startswith(
        "Removed 2 entries (numbers, spectrograms, pictures, previews) from "
    )
    assert run(["cache", "--clear"]) == 0
    assert "There was nothing to remove in " in capsys.readouterr().out


def test_a_cache_that_is_off_says_so_and_can_be_cleared(
    ask, filled: Cache, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("SEGUE_CACHE_MEGABYTES", "0")
    assert run(["cache"]) == 0
    assert "It is off (SEGUE_CACHE_MEGABYTES is 0)" in capsys.readouterr().out
    assert ask("cache", "--clear")["removed"]["entries"] == 3


def test_spectrograms_alone_is_no_command(refused) -> None:
    assert "--clear is missing" in refused("cache", "--spectrograms")


def test_a_cache_folder_that_is_a_file_is_told(
    refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("SEGUE_CACHE_FOLDER", str(tmp_path / "file"))
    for words in (("cache",), ("cache", "--clear")):
        assert "SEGUE_CACHE_FOLDER" in refused(*words)
    assert (tmp_path / "file").read_text() == "mine"


def checked(told: dict) -> dict:
    (check,) = [check for check in told["checks"] if check["name"] == "cache"]
    return check


def test_the_doctor_looks_at_it(
    ask, filled: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert checked(ask("doctor")) == {
        "name": "cache",
        "state": "ok",
        "found": f"0.0 of 1,024 MB in {filled.folder}",
        "remedy": "",
    }
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("SEGUE_CACHE_FOLDER", str(tmp_path / "file"))
    assert checked(ask("doctor"))["state"] == "warn"
    monkeypatch.setenv("SEGUE_CACHE_MEGABYTES", "0")
    assert checked(ask("doctor"))["found"] == "off: SEGUE_CACHE_MEGABYTES is 0"


def test_fetched_clips_are_counted_and_can_be_cleared_alone(ask, filled: Cache) -> None:
    clip = filled.folder / "previews" / "ab" / f"ab{'0' * 62}.audio"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"sound" * 100)
    assert ask("cache")["entries"]["previews"] == {"entries": 1, "bytes": 500}
    assert ask("cache", "--clear", "--previews")["removed"] == {"entries": 1, "bytes": 500}
    told = ask("cache")["entries"]
    assert told["previews"]["entries"] == 0
    assert told["numbers"]["entries"] == 2
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"sound" * 100)
    assert ask("cache", "--clear")["removed"]["entries"] == 4
    assert not clip.exists()
