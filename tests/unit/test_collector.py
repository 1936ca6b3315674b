"""The garbage collector is silent inside a batch and as before after it, whatever threads do."""

from __future__ import annotations

import gc
import threading

import pytest

from segue.collector import SELDOM, collect_seldom, collector_silent, keep_for_good


def test_it_is_silent_inside_and_on_again_after() -> None:
    assert gc.isenabled()
    with collector_silent():
        assert not gc.isenabled()
        with collector_silent():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_on_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="on purpose"), collector_silent():
        raise ValueError("on purpose")
    assert gc.isenabled()


def test_who_had_it_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with collector_silent():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_threads_that_overlap_leave_it_on() -> None:
    inside, leave = threading.Event(), threading.Event()

    def long_batch() -> None:
        with collector_silent():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=long_batch)
    thread.start()
    assert inside.wait(10)
    with collector_silent():
        leave.set()
        thread.join()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_program_of_ours_collects_seldom() -> None:
    before = gc.get_threshold()
    try:
        collect_seldom()
        assert gc.get_threshold() == (SELDOM, *before[1:])
    finally:
        gc.set_threshold(*before)


def test_what_a_server_is_made_of_is_not_walked_again() -> None:
    before = gc.get_freeze_count()
    held = [[]]
    try:
        keep_for_good()
        assert gc.get_freeze_count() > before
        assert not any(one is held for one in gc.get_objects())
    finally:
        gc.unfreeze()
