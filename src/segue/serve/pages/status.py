"""How the catalogue stands: what it holds, how far analysis is, what failed and why."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from segue.jobs import standing
from segue.serve.rendering import render
from segue.serve.shelf import Library
from segue.serve.work import Working

router = APIRouter(include_in_schema=False)

FAILURES = 200
JOBS = 5


@router.api_route("/status", methods=["GET", "HEAD"])
def status(request: Request, segue: Library, runner: Working) -> Response:
    """The whole page; only its moving part where htmx asks for that."""
    part = request.headers.get("hx-target") == "progress"
    latest = [each.job for each in runner.latest(JOBS)]
    context: dict[str, Any] = {
        "status": segue.status(),
        "ready": segue.ready,
        "jobs": latest,
        "running": any(job.open for job in latest),
    }
    if part:
        return render("_progress.html", request=request, **context)
    failures = standing.failures(segue.database, settings=segue.settings, limit=FAILURES)
    return render("status.html", request=request, failures=failures, limit=FAILURES, **context)
