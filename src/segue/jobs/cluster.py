"""Files done by the workers of a Dask cluster, as processes of this machine would do them.

Every worker that joins says first what it is (`segue.jobs.station`). One that would hear something
else than this machine, because it has another version of Segue or of an embedder, gets nothing to
do, and that is told. The others are given files by name, a few ahead of what they can do at once,
so that neither the scheduler nor this program ever holds more than that.

What is given out is remembered here with whom it was given to. When a worker is gone, or says that
it does not see a file, the file goes to another one. A file whose worker is lost three times has
failed, and the rest goes on; the third time a worker has nothing else meanwhile, so that no file
fails for another's sake. When nobody is left, this waits a while for somebody to join, and then
ends with an error: what was done by then has come out already.

A scheduler that does not answer says nothing about its workers: nobody counts as lost then. It is
given as long as workers are to join. Where the connection itself is lost, so is what was given out
over it, by nobody's fault: it is given out anew, over the next one.
"""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from segue.clusters import START_WORKERS, connect, end, in_one_line
from segue.errors import UnavailableError
from segue.jobs.joined import LOSSES, FileTask, Joined, lost_with, none_fit, unseen_by
from segue.jobs.station import Declined, Greeting, Order, greet, leave, perform
from segue.jobs.workers import Outcome, Workers

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator

    from segue.jobs.station import Terms

_log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds to wait for somebody to join when nobody is there to work, or for the scheduler."""

AHEAD = 2
"""Files that a worker is given for each that it can do at once."""

_BLIND = 3
"""Files in a row that a worker does not see, after which it gets no more."""

_WATCH = 0.2
_LOOK = 1.0
_FETCH = 10.0
_ANSWER = 5.0


class Cluster(Workers):
    """The workers of a Dask cluster. One run at a time, from one thread.

    Parameters
    ----------
    address
        Of the scheduler, as `segue.clusters` has it.
    terms
        What is wanted of every worker.

    Raises
    ------
    BadRequestError, UnavailableError
        It is no address, or no scheduler answers.
    """

    def __init__(self, address: str, terms: Terms) -> None:
        self._address, self._terms = address, terms
        self._client = connect(address)
        self._joined: dict[str, Joined] = {}
        self._greetings: dict[Any, str] = {}
        self._done: SimpleQueue[Any] = SimpleQueue()
        self._notes: list[str] = []
        self._again: deque[FileTask] = deque()
        self._looked = 0.0
        self._alone_since: float | None = None
        self._silent_since: float | None = None

    @property
    def size(self) -> None:
        """As many as join."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Which workers could not take part, and why."""
        return tuple(self._notes)

    def run(
        self,
        function: Callable[..., T],
        tasks: Iterable[tuple[str, tuple[Any, ...]]],
        *,
        stop: threading.Event | None = None,
    ) -> Iterator[Outcome[T]]:
        """As `Workers.run`."""
        fresh = (FileTask(key, arguments) for key, arguments in tasks)
        try:
            while True:
                self._look_round()
                yield from self._launch(function, fresh)
                if any(one.flying for one in self._joined.values()):
                    self._alone_since = None
                else:
                    if not self._again:
                        self._again.extend(islice(fresh, 1))
                    if not self._again:
                        return
                    self._be_patient()
                for future in self._finished():
                    yield from self._settled(future)
                if stop is not None and stop.is_set():
                    return
        finally:
            self._drop()

    def close(self) -> None:
        """Let the workers go, and end what they still do for this run."""
        with suppress(OSError, RuntimeError, ValueError, TimeoutError):
            if self._client.status == "running":
                # `run` itself waits for ever; called in Dask's own thread, it can be given up.
                self._client.sync(
                    self._client.run,
                    leave,
                    self._terms.run,
                    on_error="ignore",
                    callback_timeout=_ANSWER,
                )
        end(self._client, within=_ANSWER)

    def _look_round(self) -> None:
        """See who has joined and who is gone."""
        if self._client.status != "running":
            self._cut_off()
            return
        if time.monotonic() - self._looked < _LOOK:
            return
        present = self._present()
        self._looked = time.monotonic()
        if present is None:
            return
        for address in self._joined.keys() - present.keys():
            self._lose(address)
        for address, threads in present.items():
            if address not in self._joined:
                self._joined[address] = Joined(threads)
                self._greetings[self._submit(address, greet, self._terms, threads)] = address

    def _present(self) -> dict[str, int] | None:
        """Addresses and threads of all workers; None where the scheduler does not say.

        Raises
        ------
        UnavailableError
            It has not said so for a while.
        """
        if self._client.status != "running":
            return None
        try:
            present = dict(self._client.nthreads(callback_timeout=_ANSWER))
        except (OSError, TimeoutError) as problem:
            now = time.monotonic()
            if self._silent_since is None:
                self._silent_since = now
                _log.warning(
                    "%s: the scheduler does not answer (%s); waiting for it",
                    self._address,
                    in_one_line(problem),
                )
            if now - self._silent_since > PATIENCE:
                raise self._given_up("does not answer") from None
            return None
        self._silent_since = None
        return present

    def _may_be_there(self, address: str) -> bool:
        """Whether a worker is there, or the scheduler does not say."""
        present = self._present()
        return present is None or address in present

    def _cut_off(self) -> None:
        """The connection is lost: what was given out over it is to be given out anew."""
        for worker in self._joined.values():
            self._again.extend(worker.flying.values())
        self._joined.clear()
        self._greetings.clear()
        self._silent_since = None

    def _lose(self, address: str) -> None:
        """A worker is gone: what it had goes to others."""
        gone = self._joined.pop(address)
        for future in [one for one, who in self._greetings.items() if who == address]:
            del self._greetings[future]
            future.cancel()
        if gone.flying:
            _log.warning(
                "the worker %s is gone; its %d files go to others", address, len(gone.flying)
            )
        for future, task in gone.flying.items():
            cut_off = future.cancelled()
            future.cancel()
            self._again.append(task if cut_off else replace(task, lost=task.lost + 1))

    def _launch(
        self, function: Callable[..., T], fresh: Iterator[FileTask]
    ) -> Iterator[Outcome[T]]:
        """Give out files while somebody has room; outcomes of those that nobody can do."""
        for _ in range(len(self._again)):
            task = self._again.popleft()
            if task.lost >= LOSSES:
                yield Outcome(task.key, None, lost_with(task))
            elif self._unseen(task):
                yield Outcome(task.key, None, unseen_by(task))
            elif not self._give(function, task):
                self._again.append(task)
        while not any(task.suspect for task in self._again) and self._chosen() is not None:
            one = next(fresh, None)
            if one is None:
                return
            self._give(function, one)

    def _give(self, function: Callable[..., T], task: FileTask) -> bool:
        """Give a file to whoever has most room; False where nobody has any."""
        address = self._chosen(task)
        if address is None:
            return False
        worker = self._joined[address]
        seen = os.path.exists(task.arguments[0])
        order = Order(task.key, function, task.arguments, self._terms, seen)
        worker.flying[self._submit(address, perform, order, worker.threads)] = task
        return True

    def _chosen(self, task: FileTask | None = None) -> str | None:
        """Who has most room: of those that may see the file, where it is known already."""
        blind = task.blind if task is not None else {}
        suspect = task is not None and task.suspect
        free = {
            address: worker.free(suspect=suspect)
            for address, worker in self._joined.items()
            if address not in blind
        }
        address = max(free, key=lambda each: free[each], default=None)
        return address if address is not None and free[address] > 0 else None

    def _submit(self, address: str, function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401
        """Something that one worker is to do."""
        future = self._client.submit(
            function, *arguments, workers=[address], allow_other_workers=False, pure=False
        )
        future.add_done_callback(self._done.put)
        return future

    def _finished(self) -> Iterator[Any]:
        """What has ended by now; waits a moment for the first.

        Nothing while the scheduler is silent, as what came of it could not be fetched.
        """
        if self._silent_since is not None:
            time.sleep(_WATCH)
        for number in range(max(1, self._done.qsize())):
            if self._silent_since is not None:
                return
            try:
                yield self._done.get(block=number == 0, timeout=_WATCH)
            except Empty:
                return

    def _settled(self, future: Any) -> Iterator[Outcome[Any]]:  # noqa: ANN401
        """What came of something that a worker has ended; nothing where it is to be done again."""
        address = self._greetings.pop(future, None)
        if address is not None:
            self._greeted(address, future)
            return
        holder = self._holder(future)
        if holder is None:
            return  # it was given up
        worker = self._joined[holder]
        task = worker.flying.pop(future)
        try:
            answer = future.result(timeout=_FETCH)
        except Exception as problem:  # whatever Dask may raise when a worker goes meanwhile
            if future.cancelled():  # the connection was lost meanwhile
                self._again.append(task)
                return
            finished = future.status == "finished" and isinstance(problem, OSError)
            if finished and self._may_be_there(holder):
                worker.flying[future] = task
                self._done.put(future)  # to be fetched once more
                return
            _log.warning("%s did not give %s back (%s)", holder, task.key, in_one_line(problem))
            self._again.append(replace(task, lost=task.lost + 1))
            return
        if not isinstance(answer, Declined):
            worker.missed = 0
            yield answer
            return
        worker.missed += 1
        if answer.for_good or worker.missed >= _BLIND:
            self._leave_out(holder, answer.reason)
        self._again.append(replace(task, blind={**task.blind, holder: answer.reason}))

    def _holder(self, future: Any) -> str | None:  # noqa: ANN401
        """Who does what is under way; None for what nobody wants any more."""
        holders = (name for name, worker in self._joined.items() if future in worker.flying)
        return next(holders, None)

    def _greeted(self, address: str, future: Any) -> None:  # noqa: ANN401
        """A worker has said what it is, or could not."""
        worker = self._joined[address]
        try:
            said: Greeting = future.result(timeout=_FETCH)
        except (CancelledError, OSError, TimeoutError):  # it went: if it is back, it greets anew
            del self._joined[address]
            return
        except Exception as problem:  # whatever may come of another version, or of none at all
            said = Greeting(0, f"it cannot do what it is asked to ({in_one_line(problem)})", "")
        worker.unfit = ""  # it may have been left out for its silence
        if said.unfit:
            self._leave_out(address, said.unfit)
            return
        worker.room = AHEAD * said.processes
        if said.unlike:
            self._note(f"The worker {address} may hear other last digits: {said.unlike}.")

    def _leave_out(self, address: str, reason: str) -> None:
        """A worker gets nothing to do any more."""
        worker = self._joined[address]
        if worker.unfit:
            return
        worker.room, worker.unfit = 0, reason
        self._note(f"The worker {address} was left out: {reason}.")
        _log.warning("the worker %s is left out: %s", address, reason)

    def _unseen(self, task: FileTask) -> bool:
        """Whether all who can take part have said that they do not see a file."""
        fit = {address for address, worker in self._joined.items() if not worker.unfit}
        return bool(task.blind) and bool(fit) and fit <= task.blind.keys()

    def _be_patient(self) -> None:
        """Nobody works and something is to be done: wait, but not for ever."""
        if any(self._chosen(task) for task in self._again):
            self._alone_since = None
            return
        now = time.monotonic()
        if self._alone_since is None:
            self._alone_since = now
            if not self._joined:
                _log.warning("%s: no worker is there; waiting for one", self._address)
        if self._joined and all(worker.unfit for worker in self._joined.values()):
            raise none_fit(self._joined, where=self._address)
        if now - self._alone_since > PATIENCE:
            if not any(worker.room for worker in self._joined.values()):
                running = self._client.status == "running"
                raise self._given_up(
                    "has no worker that is ready" if running else "does not answer"
                )
            for address, worker in self._joined.items():
                if worker.silent:
                    self._leave_out(address, f"it has not answered for {PATIENCE:g} s")
            self._alone_since = None

    def _given_up(self, what: str) -> UnavailableError:
        """The end of a run that has waited long enough."""
        return UnavailableError(
            f"the cluster {what}, for {PATIENCE:g} s",
            where=self._address,
            remedy=f"{START_WORKERS}; what was finished is kept",
        )

    def _drop(self) -> None:
        """Nobody wants what is under way any more."""
        flying = [future for worker in self._joined.values() for future in worker.flying]
        for worker in self._joined.values():
            worker.flying.clear()
        self._again.clear()
        with suppress(OSError, RuntimeError, TimeoutError):
            for future in flying:
                future.cancel()

    def _note(self, note: str) -> None:
        if note not in self._notes:
            self._notes.append(note)
