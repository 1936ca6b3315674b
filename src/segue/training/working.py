"""Who does the tasks of a training: processes of this machine, or a Dask cluster.

Tasks know nothing of each other (`segue.training.tasks`), so they are handed out as workers come
free, and what is done comes back in any order. One thread a process: native pools of several
processes stall one another.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.errors import UnavailableError
from segue.training.search import storage_of
from segue.training.tasks import work

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from segue.attributes.examples import Examples
    from segue.training.tasks import Done, Task
    from segue.types import Progress

CALLING = 10
"""Seconds a Dask scheduler may take to answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes
    ----------
    folds
        Outer folds, and in how many parts each training side is parted in turn.
    trials
        Most trials of a search, for each member, group and fold; 0 for no search.
    budget_minutes
        Time for all searching together; None for as long as the trials take.
    seed
        Settles everything left to chance.
    jobs
        Processes.
    study
        The SQLite file that keeps searches, so that they can be taken up again; None for memory.
    dask
        Address of a Dask scheduler that does the work instead; None for this machine.
    """

    folds: int = 5
    trials: int = 30
    budget_minutes: float | None = None
    seed: int = 42
    jobs: int = 1
    study: Path | None = None
    dask: str | None = None


def worked(
    tasks: Sequence[Task], examples: Examples, plan: Plan, *, on_progress: Progress | None = None
) -> Iterator[Done]:
    """Do all tasks, here or on a cluster, and give what comes as it comes."""
    import joblib

    storage_of(plan.study)  # made once, before several processes want it
    if on_progress is not None:
        on_progress(0, len(tasks), "")
    with _workers(plan):
        jobs = plan.jobs if plan.dask is None else -1
        parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")
        calls = (joblib.delayed(work)(task, examples) for task in tasks)
        for count, done in enumerate(parallel(calls), start=1):
            if on_progress is not None:
                on_progress(count, len(tasks), _told(done))
            yield done


@contextmanager
def _workers(plan: Plan) -> Iterator[None]:
    """Who does the work meanwhile: processes of this machine, or a cluster."""
    import joblib

    if plan.dask is None:
        with joblib.parallel_config("loky", inner_max_num_threads=1):
            yield
        return
    with _client(plan.dask), joblib.parallel_config("dask"):
        yield


def _client(address: str) -> Any:  # noqa: ANN401 (distributed has no types)
    """A connection to a Dask scheduler; UnavailableError where none answers."""
    from distributed import Client

    try:
        return Client(address, timeout=CALLING)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as problem:
        raise UnavailableError(
            f"no Dask scheduler answers ({problem})",
            where=address,
            remedy="Start one with `dask scheduler`, and workers with `dask worker ADDRESS`",
        ) from None


def _told(done: Done) -> str:
    """A finished piece in a few words."""
    trials = sum(each.trials for each in done.found.values())
    searched = f"{trials} trials, " if trials else ""
    return f"{done.task.name}: {searched}{done.seconds:.0f} s"
