"""How the server does: a page for who runs it, and the same numbers for Prometheus."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from segue.serve.api.health import Watching
from segue.serve.rendering import render
from segue.serve.shelf import Library
from segue.serve.watching.figures import figures
from segue.serve.watching.meters import Meters
from segue.serve.watching.standing import Standing

router = APIRouter(include_in_schema=False)


def _meters(request: Request) -> Meters:
    meters: Meters = request.app.state.meters
    return meters


Counting = Annotated[Meters, Depends(_meters)]
"""What this server counts, as a parameter of a route."""


@router.api_route("/status", methods=["GET", "HEAD"])
def status(request: Request, segue: Library, watch: Watching, meters: Counting) -> Response:
    """The page; only its moving part where htmx asks for that.

    It is there when the catalogue is not: that is when it is looked at.
    """
    part = request.headers.get("hx-target") == "standing"
    return render(
        "_standing.html" if part else "status.html",
        request=request,
        standing=watch.look(),
        figures=figures(meters.collect(Standing(segue))),
    )


@router.get("/metrics")
def metrics(segue: Library, meters: Counting) -> Response:
    """Numbers for Prometheus; where login is on, for keys of the scope ``read``."""
    return Response(meters.text(Standing(segue)), media_type=CONTENT_TYPE_LATEST)
