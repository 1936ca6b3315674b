"""What a server does beside answering: every kind of work, and the runner that does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Self

from fastapi import Depends, Request

from segue.jobs.charting import MAP, charting
from segue.jobs.looking import SCAN, looking
from segue.jobs.runner import Kind, Runner
from segue.jobs.teaching import TEACH, teaching
from segue.serve.brought import UPLOAD, WAVEFORM, Store
from segue.serve.hearing import AT_ONCE

if TYPE_CHECKING:
    from segue.library import Segue


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the answers of one library: files that are brought, and work.

    Attributes
    ----------
    store
        The files.
    runner
        Does every kind of work; not started.
    """

    store: Store
    runner: Runner

    @classmethod
    def of(cls, segue: Segue) -> Self:
        """What belongs to an open library."""
        store, settings = Store(segue), segue.settings
        if segue.database.path is not None:
            # Work in a process of its own opens the same catalogue, whatever the setting says.
            settings = settings.model_copy(update={"database": str(segue.database.path)})
        kinds = {
            SCAN: looking(segue.database, settings=settings),
            UPLOAD: Kind(store.hear, at_once=AT_ONCE, due=store.tidy),
            WAVEFORM: Kind(store.measure),
            TEACH: teaching(settings),
            MAP: charting(segue.database, settings=settings),
        }
        return cls(store, Runner(segue.database, kinds))

    def hear(self, token: str) -> int:
        """Have a file that was brought listened to; the number of the job."""
        return self.runner.submit(UPLOAD, {"token": token}, address=f"uploads/{token}")


def _runner(request: Request) -> Runner:
    runner: Runner = request.app.state.beside.runner
    return runner


def _beside(request: Request) -> Beside:
    beside: Beside = request.app.state.beside
    return beside


Working = Annotated[Runner, Depends(_runner)]
"""The runner of this server, as a parameter of a route."""

Besides = Annotated[Beside, Depends(_beside)]
"""The files that were brought, and the runner, as one parameter of a route."""
