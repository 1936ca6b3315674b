"""Who does the tasks of a training: processes of this machine, or a Dask cluster.

A cluster's workers must have the very packages that are here: what is fitted comes back from them.

Tasks know nothing of each other (`segue.training.tasks`), so they are handed out as workers come
free, and what is done comes back in any order. One thread a process: native pools of several
processes stall one another.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.clusters import check_alike, connected
from segue.training.search import studies
from segue.training.tasks import work

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from segue.attributes.examples import Examples
    from segue.training.tasks import Done, Task
    from segue.types import Progress

PACKAGES = ("segue", "numpy", "scipy", "scikit-learn", "xgboost-cpu", "optuna", "onnxruntime")
"""What decides what is learned."""


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
        The SQLite file that keeps searches, so that they can be taken up again; None for memory,
        as it must be on a cluster, whose machines share no SQLite file.
    over
        Address of the cluster that does the work instead (`segue.clusters`); empty for this
        machine.
    """

    folds: int = 5
    trials: int = 30
    budget_minutes: float | None = None
    seed: int = 42
    jobs: int = 1
    study: Path | None = None
    over: str = ""


def worked(
    tasks: Sequence[Task], examples: Examples, plan: Plan, *, on_progress: Progress | None = None
) -> Iterator[Done]:
    """Do all tasks, here or on a cluster, and give what comes as it comes."""
    import joblib

    with studies(plan.study):  # made once, before several processes want it
        pass
    if on_progress is not None:
        on_progress(0, len(tasks), "")
    with _workers(plan) as jobs:
        parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")
        calls = (joblib.delayed(work)(task, examples) for task in tasks)
        for count, done in enumerate(parallel(calls), start=1):
            if on_progress is not None:
                on_progress(count, len(tasks), _told(done))
            yield done


@contextmanager
def _workers(plan: Plan) -> Iterator[int]:
    """Who does the work meanwhile: so many processes of this machine, or all of a cluster (-1)."""
    import joblib

    if not plan.over:
        with joblib.parallel_config("loky", inner_max_num_threads=1):
            yield plan.jobs
        return
    with connected(plan.over) as client:
        check_alike(client, PACKAGES, where=plan.over)
        with joblib.parallel_config("dask", client=client):
            yield -1


def _told(done: Done) -> str:
    """A finished piece in a few words."""
    trials = sum(each.trials for each in done.found.values())
    searched = f"{trials} trials, " if trials else ""
    return f"{done.task.name}: {searched}{done.seconds:.0f} s"
