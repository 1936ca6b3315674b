"""Who does work on files: processes of this machine, or the workers of a cluster.

Both keep one promise, `Workers`: functions of `segue.jobs.worker` are run for any number of files,
and outcomes come as they are done, in any order. Whoever asks does not know which of the two it is,
and gets the same answers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from segue.errors import SegueError
    from segue.jobs.ears import Ear
    from segue.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What became of one task: `value`, or the `error` that says why there is none."""

    key: str
    value: T | None
    error: SegueError | None


class Workers(ABC):
    """Those that run functions of `segue.jobs.worker`. Use them in a ``with``, or close them."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    @abstractmethod
    def size(self) -> int | None:
        """How many files at once; None for as many as whoever joins can do."""

    @property
    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """Sentences about what could not be done as the settings ask."""

    @abstractmethod
    def run(
        self,
        function: Callable[..., T],
        tasks: Iterable[tuple[str, tuple[Any, ...]]],
        *,
        stop: threading.Event | None = None,
    ) -> Iterator[Outcome[T]]:
        """Run `function` for every task, several at once; outcomes come as they are done.

        Parameters
        ----------
        function
            Importable by name, as the workers load it themselves.
        tasks
            (key, arguments), taken only a little ahead of the workers. The first argument is a
            file's path.
        stop
            Once set, nothing more comes; close the workers to end what is under way.

        Raises
        ------
        InternalError
            Workers end before they begin, time and again.
        UnavailableError
            They were closed meanwhile, or nobody is left.
        """

    @abstractmethod
    def close(self) -> None:
        """End all work at once."""

    def call(self, function: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401
        """Run `function` once and wait for its answer.

        Raises
        ------
        SegueError
            What the function raised; BadFileError when it crashed or took too long.
        """
        key = str(arguments[0]) if arguments else ""
        (outcome,) = self.run(function, [(key, arguments)])
        if outcome.error is not None:
            raise outcome.error
        return cast("T", outcome.value)


def workers_for(
    settings: Settings, *, files: int, ears: Sequence[Ear] = (), here: bool = False
) -> Workers:
    """Those that the settings ask for.

    Parameters
    ----------
    settings
        Whether a cluster does it, and else how much of this machine to take.
    files
        How many there are to do.
    ears
        The embedders that will listen.
    here
        Leave the cluster aside: only this machine has the files.

    Raises
    ------
    UnavailableError
        The cluster does not answer.
    """
    from segue.jobs.ears import MODULES

    modules = MODULES if ears else ()
    if settings.over and not here:
        from segue.jobs.cluster import Cluster
        from segue.jobs.station import Terms

        return Cluster(settings.over, Terms.of(settings, ears=ears))
    from segue.jobs.budget import Budget
    from segue.jobs.pool import WorkerPool

    budget = Budget.of(settings, files=files)
    return WorkerPool(
        budget.processes,
        seconds=settings.file_seconds,
        memory=budget.memory,
        niceness=budget.niceness,
        modules=modules,
        note=budget.note,
    )
