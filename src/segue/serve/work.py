"""What a server does beside answering: every kind of work, and the runner that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from segue.jobs.looking import SCAN, looking
from segue.jobs.runner import Runner
from segue.jobs.teaching import TEACH, teaching

if TYPE_CHECKING:
    from segue.library import Segue


def runner_of(segue: Segue) -> Runner:
    """A runner of all kinds of work over an open library; not started."""
    kinds = {
        SCAN: looking(segue.database, settings=segue.settings),
        TEACH: teaching(segue.settings),
    }
    return Runner(segue.database, kinds)


def _runner(request: Request) -> Runner:
    runner: Runner = request.app.state.runner
    return runner


Working = Annotated[Runner, Depends(_runner)]
"""The runner of this server, as a parameter of a route."""
