"""What analysis may take of the machine: processes, memory, and the note where they do not fit."""

from __future__ import annotations

import os

import pytest

from segue.jobs.budget import Budget, cores, needed_megabytes
from segue.settings import Settings

MEGABYTE = 1_000_000
NEEDED = needed_megabytes(Settings())


def budget(*, jobs: int, memory: int = 4096, files: int = 1000) -> Budget:
    return Budget.of(Settings(jobs=jobs, memory_megabytes=memory, niceness=7), files=files)


def test_memory_is_divided_among_the_processes() -> None:
    made = budget(jobs=4)
    assert (made.processes, made.memory) == (4, 1024 * MEGABYTE)
    assert (made.niceness, made.note) == (7, "")


def test_no_process_gets_too_little_to_work_with() -> None:
    made = budget(jobs=8, memory=3 * NEEDED + 100)
    assert made.processes == 3
    assert made.memory >= NEEDED * MEGABYTE
    assert made.processes * made.memory <= (3 * NEEDED + 100) * MEGABYTE
    assert made.note.startswith("8 processes were wanted and 3 used: each needs ")
    assert "--memory" in made.note


def test_few_files_need_few_processes_and_share_all_the_memory() -> None:
    made = budget(jobs=8, files=2)
    assert (made.processes, made.memory, made.note) == (2, 2048 * MEGABYTE, "")
    assert budget(jobs=8, files=0).processes == 1


def test_no_number_means_one_process_a_core() -> None:
    assert budget(jobs=0).processes == cores()
    assert 1 <= cores() <= (os.cpu_count() or 1)


def test_whole_songs_need_more_than_excerpts() -> None:
    short, long, whole = (
        needed_megabytes(Settings(excerpt_seconds=seconds)) for seconds in (30.0, 120.0, 0.0)
    )
    assert short < long < whole
    settings = Settings(jobs=8, memory_megabytes=2048, excerpt_seconds=0.0)
    made = Budget.of(settings, files=100)
    assert made.processes < 8
    assert made.memory >= whole * MEGABYTE


@pytest.mark.parametrize("jobs", [1, 2, 16])
def test_the_default_memory_is_enough_for_sixteen(jobs: int) -> None:
    default = Settings(jobs=jobs)
    assert Budget.of(default, files=1000).note == ""
