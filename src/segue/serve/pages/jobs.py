"""Files and jobs: what became of every file and why, what is being done, and what can be asked for.

The ledger adds up: found = analysed + queued + failed + skipped. What failed can be tried again,
one file, all of a reason, or all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from segue.catalogue import jobs as jobs_of
from segue.catalogue.folders import folders
from segue.errors import BadRequestError, NotFoundError
from segue.jobs import standing, teaching
from segue.jobs.looking import SCAN
from segue.serve.brought import PRIVATE
from segue.serve.rendering import link, render
from segue.serve.shelf import Library
from segue.serve.telling import ago, told
from segue.serve.work import Working

if TYPE_CHECKING:
    from segue.library import Segue

router = APIRouter(include_in_schema=False)

FAILURES = 200
"""How many failed files are listed one by one."""

_PAST = 12
_LONGEST_HOURS = 100.0

Words = Annotated[str, Form(max_length=2_000)]


@router.api_route("/status", methods=["GET", "HEAD"])
def status() -> Response:
    """Where this page was before."""
    return RedirectResponse(link("jobs"), status_code=308)


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
    known = {str(each.root) for each in folders(segue.database)}
    if root not in known:
        raise NotFoundError(
            f"{root} is no music folder of this catalogue",
            remedy="Add one with `segue scan FOLDER`, then it can be looked through from here",
        )
    runner.submit(SCAN, {"root": root}, address="jobs")
    return _back()


@router.post("/jobs/teach")
def teach(runner: Working, hours: Words = "") -> Response:
    """Let networks learn from this library."""
    payload: dict[str, float] = {}
    if hours.strip():
        try:
            payload = {"hours": float(hours.replace(",", "."))}
        except ValueError:
            payload = {"hours": 0.0}
        if not 0 < payload["hours"] <= _LONGEST_HOURS:
            raise BadRequestError(
                f"{hours.strip()!r} is no number of hours",
                remedy=f"Write a number above 0 and up to {_LONGEST_HOURS:g}, or nothing",
            )
    runner.submit(teaching.TEACH, payload, address="models")
    return _back()


@router.post("/jobs/files/retry")
async def retry_files(
    segue: Library, runner: Working, reason: Words = "", file: Words = ""
) -> Response:
    """Try files again: the one of this content hash, all with this reason, or all that failed."""

    def queued() -> int:
        again = standing.retry(
            segue.database,
            settings=segue.settings,
            words=reason or None,
            content_hash=file or None,
        )
        if again:
            runner.submit(SCAN, {}, address="jobs")
        return again

    if not await run_in_threadpool(queued) and (reason or file):
        raise NotFoundError(
            "no such file failed, or it is tried again already", remedy="Load the page of files"
        )
    return _back()


@router.post("/jobs/{job}/cancel")
def cancel(job: int, segue: Library, runner: Working) -> Response:
    """Leave a job."""
    _need_told(segue, job)
    runner.cancel(job)
    return _back()


@router.post("/jobs/{job}/retry")
def retry(job: int, segue: Library, runner: Working) -> Response:
    """Ask for the same once more."""
    _need_told(segue, job)
    runner.retry(job)
    return _back()


def _need_told(segue: Segue, job: int) -> None:
    """NotFoundError for work on a file that was brought: only its own page has to do with it."""
    if any(each.kind in PRIVATE for each in jobs_of.many(segue.database, [job])):
        raise NotFoundError(f"there is no job {job}", remedy="List the jobs to see which are")


def _back() -> Response:
    return RedirectResponse(link("jobs"), status_code=303)
