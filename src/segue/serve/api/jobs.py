"""Work in the background: what is being done, what can be asked for, what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Response

from segue.catalogue import jobs as rows
from segue.errors import NotFoundError
from segue.jobs import standing
from segue.serve import schemas, tasks
from segue.serve.api import bodies
from segue.serve.api.sending import as_json, following
from segue.serve.brought import PRIVATE
from segue.serve.rendering import link
from segue.serve.shelf import Library, need_engine
from segue.serve.work import Working

if TYPE_CHECKING:
    from segue.jobs.runner import Runner
    from segue.library import Segue

router = APIRouter(prefix="/api/v1", tags=["Work"])

Number = Annotated[int, Path(ge=1, le=2**53, description="`id` of a job.", examples=[1])]


@router.get(
    "/jobs",
    response_description="Some jobs, and where the next ones start.",
    response_model=schemas.Jobs,
    responses=schemas.problems(400, 422, 423),
)
def list_jobs(
    segue: Library,
    runner: Working,
    after: Annotated[
        int | None,
        Query(ge=1, le=2**53, description="Start behind it: `next` of the page before."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Jobs a page.")] = 50,
) -> Response:
    """Jobs, the newest first; none that has to do with a file that was brought."""
    found = rows.listing(segue.database, limit + 1, without=tuple(PRIVATE), before=after)
    shown = found[:limit]
    now = {each.job.id: each for each in runner.standing([each.id for each in shown])}
    body = schemas.Jobs(
        jobs=[schemas.Job.of(now[each.id]) for each in shown if each.id in now],
        count=len(shown),
        next=shown[-1].id if len(found) > limit else None,
    )
    at = link("api", "v1", "jobs", limit=limit, after=body.next)
    return as_json(body, headers=following(at) if body.next else None)


@router.post(
    "/jobs",
    status_code=202,
    response_description="The job; the one that is at it already where the same was asked for.",
    responses=schemas.problems(400, 403, 404, 409, 413, 422, 423),
)
def start_job(asked: bodies.Wanted, segue: Library, runner: Working) -> schemas.Job:
    """Have work done: a folder looked through, files analysed, networks taught, a map drawn."""
    if asked.kind == "scan":
        number = tasks.scanned(segue, runner, asked.folder)
    elif asked.kind == "analyse":
        number = tasks.analysed(runner)
    elif asked.kind == "teach":
        number = tasks.taught(runner, asked.hours)
    else:
        number = map_of(segue, runner, asked.space)
    return job_of(runner, number)


@router.get(
    "/jobs/{job}",
    response_description="The job.",
    responses=schemas.problems(400, 404, 422, 423),
)
def one_job(job: Number, segue: Library, runner: Working) -> schemas.Job:
    """One job, and how far it is."""
    tasks.need_told(segue, job)
    return job_of(runner, job)


@router.post(
    "/jobs/{job}/cancel",
    response_description="The job as it stands now.",
    responses=schemas.problems(400, 403, 404, 409, 422, 423),
)
def cancel_job(job: Number, segue: Library, runner: Working) -> schemas.Job:
    """Leave a job; one that is over stays as it is."""
    tasks.need_told(segue, job)
    runner.cancel(job)
    return job_of(runner, job)


@router.post(
    "/jobs/{job}/retry",
    status_code=202,
    response_description="The new job.",
    responses=schemas.problems(400, 403, 404, 409, 422, 423),
)
def retry_job(job: Number, segue: Library, runner: Working) -> schemas.Job:
    """Ask for the same as a job that is over once more."""
    tasks.need_told(segue, job)
    return job_of(runner, runner.retry(job))


@router.get(
    "/failures",
    response_description="Files that could not be read.",
    responses=schemas.problems(400, 422, 423),
)
def list_failures(
    segue: Library,
    limit: Annotated[int, Query(ge=1, le=10_000, description="How many at most.")] = 200,
) -> schemas.FailedFiles:
    """Files that could not be read, in the order of their paths, each with the reason."""
    found = standing.failures(segue.database, settings=segue.settings, limit=limit)
    listed = [
        schemas.FailedFile(
            path=str(each.path),
            reason=each.reason,
            attempts=each.attempts,
            content_hash=each.content_hash,
            changed=each.changed,
        )
        for each in found
    ]
    return schemas.FailedFiles(files=listed, count=len(listed))


@router.post(
    "/failures/retry",
    status_code=202,
    response_description="How many are tried again.",
    responses=schemas.problems(400, 403, 404, 409, 413, 422, 423),
)
def retry_failures(asked: bodies.Again, segue: Library, runner: Working) -> schemas.Queued:
    """Try files again that could not be read."""
    files, job = tasks.tried_again(segue, runner, reason=asked.reason, file=asked.file)
    return schemas.Queued(files=files, job=job)


def map_of(segue: Segue, runner: Runner, space: str) -> int:
    """Have a map drawn, of the usual space where none is named; the number of the job."""
    need_engine(segue)
    return tasks.drawn(segue, runner, space or next(iter(segue.map_spaces()), ""))


def job_of(runner: Runner, number: int) -> schemas.Job:
    """One job as it stands.

    Raises
    ------
    NotFoundError
        There is none of that number.
    """
    for each in runner.standing([number]):
        if each.job.id == number:
            return schemas.Job.of(each)
    raise NotFoundError(f"there is no job {number}", remedy="List the jobs to see which are")
