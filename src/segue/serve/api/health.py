"""Is the process alive, and can it answer: what supervisors and load balancers ask."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

import segue as package
from segue.serve import schemas
from segue.serve.access.caller import caller_of
from segue.serve.watching.readiness import Watch

router = APIRouter(tags=["Server"])


def _watch(request: Request) -> Watch:
    watch: Watch = request.app.state.watch
    return watch


Watching = Annotated[Watch, Depends(_watch)]
"""How this process stands, as a parameter of a route."""


@router.get("/health", response_description="It answers.", responses=schemas.problems(400))
def health() -> schemas.Health:
    """Alive: the process answers. Says nothing about the catalogue."""
    return schemas.Health(status="alive", version=package.__version__)


@router.get(
    "/ready",
    response_description="Questions can be answered.",
    responses={
        **schemas.problems(400),
        503: {"model": schemas.Ready, "description": "Not yet; `missing` says what for."},
    },
)
def ready(request: Request, watch: Watching, response: Response) -> schemas.Ready:
    """Ready: the catalogue can be read and the engine stands.

    What does not work though questions are answered stands under `degraded`: a catalogue that
    cannot be written to, answers that are old, work that nobody does. It is found out by trying,
    each time; of several processes the one that answers speaks for itself. Where login is on, it
    is told in plain words, without the names of servers and files; the log has those.
    """
    found = watch.look()
    told = attrgetter("whole" if "read" in caller_of(request).scopes else "plain")
    if found.missing:
        response.status_code = 503
        response.headers["Retry-After"] = "2"
    return schemas.Ready(
        ready=found.ready,
        missing=list(map(told, found.missing)),
        degraded=list(map(told, found.degraded)),
        epoch=found.epoch,
        tracks=found.tracks,
        spaces=dict(found.spaces),
    )
