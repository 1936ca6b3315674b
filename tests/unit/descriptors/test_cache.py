"""The cache gives back what was put, never anything else, and stays within its bounds."""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import sys
import time
import zlib
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.descriptors.cache import Cache, Held, Key, user_folder
from segue.descriptors.entry import Entry, packed, unpacked
from segue.errors import UnavailableError
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

FACTS = {"duration": 30.5, "warning": "a file named “Größe”\nand a line"}


def entry_of(size: int = 20, *, start: float = 0.0) -> Entry:
    return Entry(FACTS, {"level@1": np.arange(size, dtype=np.float32) + np.float32(start)})


def key_of(number: int, parameters: str = "30 s") -> Key:
    return Key(sha256(str(number).encode()).hexdigest(), parameters)


def place_of(cache: Cache, key: Key, kind: str = "numbers") -> Path:
    (found,) = cache.folder.rglob(f"{key.content_hash}.{kind}")
    return found


def fill(cache: Cache, entries: int) -> None:
    """Entries of one block each, number 0 the one used longest ago."""
    long_ago = time.time() - 10_000
    for number in range(entries):
        cache.put("numbers", key_of(number), entry_of())
        os.utime(place_of(cache, key_of(number)), (long_ago + number,) * 2)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", megabytes=10)


def test_what_is_put_is_got_bit_for_bit(cache: Cache) -> None:
    drawn = np.random.default_rng(1).normal(size=(7, 128)).astype(np.float16)
    cache.put("mel", key_of(1), Entry({}, {"mel128@1": drawn}))
    cache.put("numbers", key_of(1), entry_of())
    numbers, mel = cache.get("numbers", key_of(1)), cache.get("mel", key_of(1))
    assert numbers.facts == FACTS
    assert numbers.arrays["level@1"].tobytes() == entry_of().arrays["level@1"].tobytes()
    assert mel.arrays["mel128@1"].dtype == np.float16
    np.testing.assert_array_equal(mel.arrays["mel128@1"], drawn)


def test_arrays_of_the_other_byte_order_come_back_as_the_same_numbers(cache: Cache) -> None:
    cache.put("numbers", key_of(1), Entry({}, {"a": np.array([1.5, -2.0], dtype=">f4")}))
    assert cache.get("numbers", key_of(1)).arrays["a"].tolist() == [1.5, -2.0]


def test_another_file_excerpt_or_kind_is_not_found(cache: Cache) -> None:
    cache.put("numbers", key_of(1), entry_of())
    assert cache.has("numbers", key_of(1))
    for kind, key in (("numbers", key_of(2)), ("numbers", key_of(1, "whole")), ("mel", key_of(1))):
        assert cache.get(kind, key) is None
        assert not cache.has(kind, key)


def test_off_means_off(tmp_path: Path) -> None:
    Cache(tmp_path / "cache", megabytes=10).put("numbers", key_of(1), entry_of())
    off = Cache(tmp_path / "cache", megabytes=0)
    assert off.get("numbers", key_of(1)) is None
    assert not off.has("numbers", key_of(1))
    elsewhere = Cache(tmp_path / "elsewhere", megabytes=0)
    elsewhere.put("numbers", key_of(1), entry_of())
    assert not elsewhere.folder.exists()


def test_nothing_is_kept_of_a_file_without_a_hash(cache: Cache) -> None:
    cache.put("numbers", Key("", "30 s"), entry_of())
    assert not cache.folder.exists()
    assert cache.get("numbers", Key("", "30 s")) is None


PACKED = packed(entry_of())


@given(st.integers(0, 8 * len(PACKED) - 1))
def test_one_flipped_bit_anywhere_is_found(bit: int) -> None:
    broken = bytearray(PACKED)
    broken[bit // 8] ^= 1 << bit % 8
    assert unpacked(bytes(broken)) is None


@given(st.integers(0, len(PACKED) - 1))
def test_an_entry_cut_short_is_found(length: int) -> None:
    assert unpacked(PACKED[:length]) is None


def test_objects_are_never_loaded() -> None:
    body = json.dumps({"facts": {}, "arrays": [["a", "|O", [1]]]}).encode() + b"\n" + bytes(8)
    mark = PACKED[: PACKED.index(b"\n") + 1]
    assert unpacked(mark + zlib.crc32(body).to_bytes(4, "little") + body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no line",
        b"{}\n",
        b"[]\n",
        b'{"facts": {}, "arrays": [["a", "<f4", [9]]]}\n',
        b'{"facts": {}, "arrays": [["a", "<f4", ["x"]]]}\n',
    ],
)
def test_a_right_checksum_over_something_else_is_no_entry(body: bytes) -> None:
    mark = PACKED[: PACKED.index(b"\n") + 1]
    assert unpacked(mark + zlib.crc32(body).to_bytes(4, "little") + body) is None


def test_a_damaged_entry_is_told_and_written_again(
    cache: Cache, caplog: pytest.LogCaptureFixture
) -> None:
    cache.put("numbers", key_of(1), entry_of())
    place = place_of(cache, key_of(1))
    place.write_bytes(place.read_bytes()[:-3])
    assert cache.get("numbers", key_of(1)) is None
    assert "is damaged" in caplog.text
    cache.put("numbers", key_of(1), entry_of())
    assert cache.get("numbers", key_of(1)).facts == FACTS


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, megabytes=1)
    fill(Cache(tmp_path, megabytes=100), 300)
    assert cache.get("numbers", key_of(0)) is not None
    gone = cache.prune()
    held = cache.held()["numbers"]
    assert gone.entries + held.entries == 300
    assert 0.9e6 < held.bytes <= 1e6
    there = [cache.has("numbers", key_of(number)) for number in range(300)]
    assert there[0]
    assert there[1:] == sorted(there[1:])


def test_nothing_goes_while_there_is_room(cache: Cache) -> None:
    fill(cache, 5)
    assert cache.prune() == Held(0, 0)
    assert cache.held() == {"numbers": Held(5, 5 * 4096), "mel": Held(0, 0), "art": Held(0, 0)}


def test_it_stays_within_its_bounds_while_it_is_written_to(tmp_path: Path) -> None:
    random.seed(5)
    cache = Cache(tmp_path, megabytes=1)
    most = 0
    for number in range(700):
        cache.put("numbers", key_of(number), entry_of())
        if number % 50 == 0:
            most = max(most, cache.held()["numbers"].bytes)
    assert 0.9e6 < most < 1.1e6


def test_clearing_says_what_went_and_leaves_the_files_of_others(tmp_path: Path) -> None:
    cache = Cache(tmp_path, megabytes=10)
    fill(cache, 3)
    cache.put("mel", key_of(0), entry_of(5000))
    strangers = [tmp_path / "song.numbers", tmp_path / "30 s" / "notes.txt"]
    for stranger in strangers:
        stranger.write_text("mine")
    assert cache.clear("mel") == Held(1, 5 * 4096)
    assert cache.held()["numbers"] == Held(3, 3 * 4096)
    assert cache.clear() == Held(3, 3 * 4096)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(strangers)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["30 s"]
    assert cache.clear() == Held(0, 0)


def test_what_a_killed_process_left_is_cleared_and_what_is_being_written_is_not(
    cache: Cache,
) -> None:
    cache.put("numbers", key_of(1), entry_of())
    folder = place_of(cache, key_of(1)).parent
    left, fresh = folder / "tmpa.unfinished", folder / "tmpb.unfinished"
    for path in (left, fresh):
        path.write_bytes(b"half")
    os.utime(left, (0, 0))
    cache.clear()
    assert [path.name for path in folder.iterdir()] == [fresh.name]


def test_a_place_that_cannot_be_written_to_costs_a_warning_and_no_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache", megabytes=10)
    with caplog.at_level(logging.WARNING):
        for number in range(3):
            cache.put("numbers", key_of(number), entry_of())
            assert cache.get("numbers", key_of(number)) is None
    assert caplog.text.count("cannot be written to") == 1


def test_a_place_that_is_no_folder_is_refused_by_what_looks_at_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match=r"cannot be read \(Not a directory\)"):
        Cache(tmp_path / "file", megabytes=10).held()


_WRITER = """
import sys
from pathlib import Path
import numpy as np
from segue.descriptors.cache import Cache, Key
from segue.descriptors.entry import Entry
cache = Cache(Path(sys.argv[1]), megabytes=1)
for turn in range(400):
    value = turn * 7 % 400
    key = Key(f"{value:064x}"[::-1], "30 s")
    found = cache.get("numbers", key)
    assert found is None or set(found.arrays["a@1"].tolist()) == {float(value)}
    cache.put("numbers", key, Entry({}, {"a@1": np.full(1500, value, dtype=np.float32)}))
"""


def test_processes_write_read_and_prune_the_same_entries_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", _WRITER, str(tmp_path)]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for writer in writers:
        told = writer.communicate(timeout=60)[1]
        assert writer.returncode == 0, told
        assert told == ""
    held = Cache(tmp_path, megabytes=1).held()["numbers"]
    assert 0 < held.bytes < 1.1e6


def test_the_settings_name_the_cache() -> None:
    settings = Settings(cache_folder="~/here", cache_megabytes=7, cache_spectrograms=True)
    assert Cache.of(settings) == Cache(Path.home() / "here", megabytes=7, spectrograms=True)


def test_a_folder_set_to_nothing_is_not_the_working_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGUE_CACHE_FOLDER", "")
    assert Cache.of(Settings()).folder == user_folder()


@pytest.mark.parametrize(
    ("system", "variables", "folder"),
    [
        ("linux", {"XDG_CACHE_HOME": "/caches"}, lambda _: Path("/caches/segue")),
        ("linux", {"XDG_CACHE_HOME": "caches"}, lambda home: home / ".cache" / "segue"),
        ("linux", {}, lambda home: home / ".cache" / "segue"),
        ("darwin", {}, lambda home: home / "Library" / "Caches" / "segue"),
        ("win32", {"LOCALAPPDATA": "/local"}, lambda _: Path("/local/segue/cache")),
        ("win32", {}, lambda home: home / "AppData" / "Local" / "segue" / "cache"),
    ],
)
def test_without_a_setting_it_lies_where_the_system_keeps_caches(
    system: str,
    variables: dict[str, str],
    folder: Callable[[Path], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "SEGUE_CACHE_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert Cache.of(Settings()).folder == folder(Path.home())


def test_the_tests_themselves_have_a_cache_of_their_own(tmp_path: Path) -> None:
    assert tmp_path.parent in Cache.of(Settings()).folder.parents
