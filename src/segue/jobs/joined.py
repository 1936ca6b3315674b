"""Who has joined a run on a cluster, and what they have in hand.

What a worker was given stays written down here until its outcome is there, so that it can be given
to another one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segue.errors import BadFileError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

LOSSES = 3
"""How often the worker of a file may be lost before the file counts as failed."""


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file that is to be done.

    Attributes
    ----------
    lost
        How often its worker was lost.
    blind
        Who does not see it, and what they say.
    """

    key: str
    arguments: tuple[Any, ...]
    lost: int = 0
    blind: Mapping[str, str] = field(default_factory=dict)

    @property
    def suspect(self) -> bool:
        """Whether it may be what ends workers, and is done while they do nothing else."""
        return self.lost == LOSSES - 1


@dataclass(slots=True)
class Joined:
    """A worker as the run knows it.

    Attributes
    ----------
    threads
        How many tasks Dask gives it at once.
    room
        How many files it may have in hand; 0 until it has greeted, and where it is unfit.
    unfit
        Why it takes no part; empty where it does.
    missed
        Files that it declined one after the other.
    flying
        What it has in hand, by Dask's futures.
    """

    threads: int
    room: int = 0
    unfit: str = ""
    missed: int = 0
    flying: dict[Any, FileTask] = field(default_factory=dict)

    @property
    def silent(self) -> bool:
        """Whether it has not greeted yet."""
        return not self.room and not self.unfit

    def free(self, *, suspect: bool = False) -> int:
        """How many files more it may be given; of suspects one, where it has nothing else."""
        if suspect:
            return min(self.room, 0 if self.flying else 1)
        if any(task.suspect for task in self.flying.values()):
            return 0
        return self.room - len(self.flying)


def lost_with(task: FileTask) -> BadFileError:
    """Why a file has failed whose workers were lost."""
    return BadFileError(
        f"its worker was lost {task.lost} times while it had the file",
        where=task.key,
        remedy="Look into the log of the workers, then `segue analyse --retry`",
    )


def unseen_by(task: FileTask) -> UnavailableError:
    """Why a file cannot be done that no worker sees."""
    address, reason = next(iter(task.blind.items()))
    return UnavailableError(
        f"the worker {address} cannot read it: {reason}",
        where=task.key,
        remedy="Give the workers the folder under the same path, or say with --as what they call "
        "it: --as /music=/mnt/music",
    )


def none_fit(joined: Mapping[str, Joined], *, where: str) -> UnavailableError:
    """Why a run ends in which no worker can take part."""
    address, worker = next(iter(joined.items()))
    more = f", nor can {len(joined) - 1} more" if len(joined) > 1 else ""
    return UnavailableError(
        f"the worker {address} cannot take part{more}: {worker.unfit}",
        where=where,
        remedy="Give the workers the same versions and the same files, or see docs/cluster.md;"
        " what was finished is kept",
    )
