"""What somebody has mapped is not removed; what nobody has, or a dead one, is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from segue.storage import leases
from segue.storage.leases import hold, holding, is_lease, remove, storage_time

if TYPE_CHECKING:
    from pathlib import Path


class Holder:
    """Something that has a file mapped."""


@pytest.fixture(params=["file", "folder"])
def old(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A file or a folder that was written long ago."""
    path = tmp_path / "old[1]"
    if request.param == "file":
        path.write_text("numbers")
    else:
        path.mkdir()
        (path / "regions").write_text("numbers")
    aged(path)
    return path


def aged(path: Path, *, seconds: float = 10_000.0) -> None:
    then = time.time() - seconds
    for each in (*(path.iterdir() if path.is_dir() else ()), path):
        os.utime(each, (then, then))


def removed(path: Path) -> bool:
    return remove(path, now=storage_time(path.parent))


def test_what_nobody_holds_goes(old: Path) -> None:
    assert removed(old)
    assert not [*old.parent.iterdir()]
    assert not removed(old)


def test_what_is_held_stays_until_its_holder_is_gone(old: Path) -> None:
    first, second = Holder(), Holder()
    hold(old, by=first)
    hold(old, by=second)
    assert not removed(old)
    del first
    assert not removed(old)
    del second
    assert removed(old)
    assert not [*old.parent.iterdir()]


def test_it_is_held_within_a_block_whatever_happens_in_it(old: Path) -> None:
    def fail() -> None:
        with holding(old):
            assert not removed(old)
            assert [each for each in old.parent.iterdir() if is_lease(each)]
            raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        fail()
    assert removed(old)


def test_what_was_written_just_now_stays(old: Path) -> None:
    os.utime(old / "regions" if old.is_dir() else old)
    assert not removed(old)


def test_the_lease_of_a_killed_program_ends(old: Path) -> None:
    killed = old.with_name(f"{old.name}.beef.held")
    killed.touch()
    assert not removed(old)
    aged(killed, seconds=leases.LIFE + 60)
    assert removed(old)
    assert not killed.exists()


def test_leases_are_touched_as_long_as_they_are_wanted(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "TOUCHED", 0.02)
    # One thread serves a whole program; this one's begins with the pause that is set here.
    monkeypatch.setattr(leases, "_toucher", None)
    with holding(old):
        (lease,) = (each for each in old.parent.iterdir() if is_lease(each))
        aged(lease)
        deadline = time.monotonic() + 60
        while lease.stat().st_mtime < time.time() - 5_000:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_what_another_program_holds_stays_and_goes_when_it_has_ended(old: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from segue.storage.leases import hold\n"
        "class Holder: pass\n"
        "one = Holder()\n"
        "hold(pathlib.Path(sys.argv[1]), by=one)\n"
        "print('holds', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(old)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "holds\n"
        assert not removed(old)
        other.communicate()
    assert removed(old)


def test_who_comes_while_it_is_moved_aside_has_it_back(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, holder = os.rename, Holder()

    def late(source: Path, target: Path) -> None:
        monkeypatch.undo()
        hold(old, by=holder)
        rename(source, target)

    monkeypatch.setattr(os, "rename", late)
    assert not removed(old)
    assert old.exists()


def test_where_no_lease_can_be_written_nothing_is_held(tmp_path: Path) -> None:
    hold(tmp_path / "gone" / "file", by=Holder())
    with holding(tmp_path / "gone" / "file"):
        pass


def test_the_time_of_the_storage_leaves_nothing_behind(tmp_path: Path) -> None:
    assert abs(storage_time(tmp_path) - time.time()) < 3_600
    assert not [*tmp_path.iterdir()]
    with pytest.raises(OSError, match="No such file"):
        storage_time(tmp_path / "gone")
