"""One makes what several want; nobody waits for the dead, and nobody for ever."""

from __future__ import annotations

import os
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from segue.storage import turns
from segue.storage.turns import found, turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "derived" / "one.lock"


def wait(done: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def always(_: object) -> bool:
    return True


def test_who_comes_first_has_the_turn_and_gives_it_back(lock: Path) -> None:
    with turn(lock, about=7, worth=always) as mine:
        assert mine
        held = found(lock)
        assert held is not None
        assert (held.about, str(os.getpid()) in held.holder) == (7, True)
    assert found(lock) is None
    with turn(lock, about=8, worth=always) as mine:
        assert mine


def test_it_is_given_back_where_the_work_failed(lock: Path) -> None:
    with pytest.raises(ValueError, match="no luck"), turn(lock, about=7, worth=always):
        raise ValueError("no luck")
    assert found(lock) is None


def test_of_many_one_works_at_a_time(lock: Path) -> None:
    assert worked(lock) == 1


def worked(lock: Path) -> int:
    """Six want to work at once; how many did so at the same time at most."""
    within, most, done = 0, 0, []

    def work(number: int) -> None:
        nonlocal within, most
        with turn(lock, about=number, worth=always) as mine:
            assert mine
            within += 1
            most = max(most, within)
            time.sleep(0.01)
            within -= 1
        done.append(number)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [*range(6)]
    assert not [*lock.parent.iterdir()]
    return most


def test_a_holder_that_lives_is_waited_for_and_no_longer_than_it_is_worth(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "BEAT", 0.01)
    asked, now = [], 0.0

    def most_of_a_silence(_: float) -> None:
        """Until the holder has touched its lock again, however long that takes."""
        nonlocal now
        touched = lock.stat().st_mtime_ns
        wait(lambda: lock.stat().st_mtime_ns != touched)
        now += 0.75 * turns.SILENT

    def for_three_silences(held: turns.Held) -> bool:
        asked.append(held)
        return now < 3 * turns.SILENT

    clock = SimpleNamespace(monotonic=lambda: now, sleep=most_of_a_silence)
    with turn(lock, about=7, worth=always):
        monkeypatch.setattr(turns, "time", clock)
        with turn(lock, about=7, worth=for_three_silences) as second:
            assert not second
        assert found(lock) is not None
    assert [held.about for held in asked] == [7] * 5


def test_nobody_waits_for_ever(lock: Path) -> None:
    with (
        turn(lock, about=7, worth=always),
        turn(lock, about=7, worth=always, longest=0.2) as second,
    ):
        assert not second
        assert found(lock) is not None
    assert found(lock) is None


def left(lock: Path, *, seconds: float) -> None:
    """A lock as a killed program leaves it."""
    lock.parent.mkdir(exist_ok=True)
    lock.write_text('{"holder": "process 1 on nowhere (beef)", "about": 7}')
    then = time.time() - seconds
    os.utime(lock, (then, then))


def test_a_lock_that_was_left_long_ago_holds_nobody_up(
    lock: Path, caplog: pytest.LogCaptureFixture
) -> None:
    left(lock, seconds=10 * turns.SILENT)
    with turn(lock, about=8, worth=lambda _: False) as mine:
        assert mine
    assert "process 1 on nowhere" in caplog.text


@pytest.mark.parametrize("ahead", [0.0, 86_400.0])
def test_a_holder_that_is_silent_is_dead_whatever_the_clocks_say(
    lock: Path, ahead: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SILENT", 0.3)
    left(lock, seconds=-ahead)
    with turn(lock, about=8, worth=always) as mine:
        assert mine
        held = found(lock)
        assert held is not None
        assert held.about == 8


@pytest.mark.parametrize("said", [b"", b"[]", b"\xff\xfe\xfd {}"])
def test_a_lock_that_says_nothing_is_a_dead_one_s_too(
    lock: Path, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SILENT", 0.3)
    lock.parent.mkdir()
    lock.write_bytes(said)
    with turn(lock, about=8, worth=always) as mine:
        assert mine


def test_several_who_find_a_dead_one_all_have_their_turn(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SILENT", 0.5)
    monkeypatch.setattr(turns, "BEAT", 0.05)
    left(lock, seconds=0.0)
    assert worked(lock) >= 1


def test_who_was_taken_for_dead_leaves_the_lock_of_another_alone(lock: Path) -> None:
    with turn(lock, about=7, worth=always):
        held = found(lock)
        assert held is not None
        turns._remove(lock, held)
        left(lock, seconds=0.0)
    assert lock.exists()


def test_only_the_lock_that_was_seen_is_removed(lock: Path) -> None:
    left(lock, seconds=0.0)
    seen = found(lock)
    assert seen is not None
    lock.unlink()
    with turn(lock, about=7, worth=always):
        turns._remove(lock, seen)
        held = found(lock)
        assert held is not None
        assert held.holder != seen.holder
    assert not [*lock.parent.iterdir()]


def test_where_nothing_can_be_written_everybody_works_for_himself(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with turn(tmp_path / "file" / "one.lock", about=7, worth=always) as mine:
        assert not mine
