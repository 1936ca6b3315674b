"""Files and jobs: what became of every file and why, what is being done, and what can be asked for.

The ledger adds up: found = analysed + queued + failed + skipped. What failed can be tried again,
one file, all of a reason, or all.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from segue.catalogue.folders import folders
from segue.errors import BadRequestError
from segue.jobs import standing, teaching
from segue.serve import tasks
from segue.serve.brought import PRIVATE
from segue.serve.rendering import link, render
from segue.serve.shelf import Library
from segue.serve.telling import ago, told
from segue.serve.work import Working

router = APIRouter(include_in_schema=False)

FAILURES = 200
"""How many failed files are listed one by one."""

_PAST = 12

Words = Annotated[str, Form(max_length=2_000)]


@router.api_route("/jobs", methods=["GET", "HEAD"])
def jobs(request: Request, segue: Library, runner: Working) -> Response:
    """The whole page; only its moving part where htmx asks for that."""
    latest = [told(each) for each in runner.latest(_PAST, without=tuple(PRIVATE))]
    standing_now = runner.standing()
    now = [told(each) for each in standing_now if each.job.kind not in PRIVATE]
    context: dict[str, Any] = {
        "status": segue.status(),
        "ready": segue.ready,
        "now": now,
        "brought": len(standing_now) - len(now),
        "past": [each for each in latest if not each.open],
        "busy": {each.title for each in now},
    }
    if request.headers.get("hx-target") == "progress":
        return render("_progress.html", request=request, **context)
    teach = next((each for each in latest if each.kind == teaching.TEACH), None)
    return render(
        "jobs.html",
        request=request,
        **context,
        causes=standing.causes(segue.database, settings=segue.settings),
        failures=standing.failures(segue.database, settings=segue.settings, limit=FAILURES),
        limit=FAILURES,
        folders=[(each, ago(each.scanned)) for each in folders(segue.database)],
        rescan_hours=segue.settings.rescan_hours,
        teach=teach,
        lacking=teaching.missing(),
        command=teaching.COMMAND,
        changeable=not segue.database.read_only,
    )


@router.post("/jobs/scan")
def scan(segue: Library, runner: Working, root: Words) -> Response:
    """Look through a known music folder again."""
    tasks.scanned(segue, runner, root)
    return _back()


@router.post("/jobs/teach")
def teach(runner: Working, hours: Words = "") -> Response:
    """Let networks learn from this library."""
    wanted = None
    if hours.strip():
        try:
            wanted = float(hours.replace(",", "."))
        except ValueError:
            raise BadRequestError(
                f"{hours.strip()!r} is no number of hours",
                remedy=f"Write a number above 0 and up to {tasks.LONGEST_HOURS:g}, or nothing",
            ) from None
    tasks.taught(runner, wanted)
    return _back()


@router.post("/jobs/files/retry")
async def retry_files(
    segue: Library, runner: Working, reason: Words = "", file: Words = ""
) -> Response:
    """Try files again: the one of this content hash, all with this reason, or all that failed."""
    await run_in_threadpool(tasks.tried_again, segue, runner, reason=reason, file=file)
    return _back()


@router.post("/jobs/{job}/cancel")
def cancel(job: int, segue: Library, runner: Working) -> Response:
    """Leave a job."""
    tasks.need_told(segue, job)
    runner.cancel(job)
    return _back()


@router.post("/jobs/{job}/retry")
def retry(job: int, segue: Library, runner: Working) -> Response:
    """Ask for the same once more."""
    tasks.need_told(segue, job)
    runner.retry(job)
    return _back()


def _back() -> Response:
    return RedirectResponse(link("jobs"), status_code=303)
