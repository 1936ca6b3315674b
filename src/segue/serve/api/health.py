"""Is the process alive, and can it answer: what supervisors and load balancers ask."""

from __future__ import annotations

from fastapi import APIRouter, Response

import segue as package
from segue.errors import SegueError
from segue.serve import schemas
from segue.serve.shelf import Library

router = APIRouter(tags=["Server"])


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
def ready(segue: Library, response: Response) -> schemas.Ready:
    """Ready: the catalogue opens and the engine stands."""
    missing: list[str] = []
    tracks, spaces = 0, {}
    try:
        status = segue.status()
        tracks, spaces = status.counts.tracks, dict(status.spaces)
    except SegueError as error:
        missing.append(f"the catalogue: {error.what}")
    if not segue.ready:
        missing.append("the engine: it is being built")
    if missing:
        response.status_code = 503
        response.headers["Retry-After"] = "2"
    return schemas.Ready(ready=not missing, missing=missing, tracks=tracks, spaces=spaces)
