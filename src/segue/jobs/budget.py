"""How much of the machine analysis may take: processes, memory, and how far it steps back.

Memory is divided among the processes. Each then maps a little more than its share, because the
code of loaded libraries is mapped too and takes no memory of its own. Where a share would be too
small to work with, there are fewer processes instead.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from segue.settings import Settings

LEAST_MEGABYTES = 200
"""What one process needs to describe 30 seconds: 75 to be loaded, up to 140 at work, and room."""

_ORDINARY_SECONDS = 30

SECOND_MEGABYTES = 1
"""Each second beyond them: 0.85 while it is decoded, then 0.8 while it is described."""

SONG_SECONDS = 480
"""How long a song is taken to be where all of it is described."""

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run of analysis may take.

    Attributes
    ----------
    processes
        How many at once.
    memory
        Bytes for each of them, where the system can limit it.
    niceness
        0 to 19: how far they step back for other programs.
    note
        A sentence where there are fewer processes than asked for, else empty.
    """

    processes: int
    memory: int
    niceness: int
    note: str = ""

    @classmethod
    def of(cls, settings: Settings, *, files: int) -> Self:
        """What the settings allow for so many files."""
        wanted = min(cores() if settings.jobs == 0 else settings.jobs, max(files, 1))
        needed = needed_megabytes(settings)
        processes = min(wanted, max(1, settings.memory_megabytes // needed))
        note = ""
        if processes < wanted:
            note = (
                f"{wanted} processes were wanted and {processes} used: each needs"
                f" {needed} MB, and all together may take"
                f" {settings.memory_megabytes:,} MB (--memory)."
            )
        share = settings.memory_megabytes * _MEGABYTE // processes
        return cls(processes, share, settings.niceness, note)


def needed_megabytes(settings: Settings) -> int:
    """What one process needs to describe files as the settings ask."""
    seconds = settings.excerpt_seconds or SONG_SECONDS
    return LEAST_MEGABYTES + round(SECOND_MEGABYTES * max(0.0, seconds - _ORDINARY_SECONDS))


def cores() -> int:
    """How many cores this program may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
