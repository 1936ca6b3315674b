"""Files of one's own: bring them, see how far they are, read what is like each of them.

A file gets an address nobody can guess, which can be kept and shared until it expires. It can be
added to the catalogue, or forgotten at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse

from segue.catalogue import jobs, tracks
from segue.catalogue import uploads as rows
from segue.errors import SegueError, WarmingUpError
from segue.jobs.looking import SCAN
from segue.jobs.runner import Standing
from segue.serve.bringing import (
    FORM_FILES,
    arriving,
    forgotten,
    seed_of_file,
    taken,
    track_of_file,
)
from segue.serve.brought import UPLOAD, WAVEFORM
from segue.serve.failures import explain
from segue.serve.fields import lens_choices
from segue.serve.media.peaks import facts
from segue.serve.media.sound import Made, Start, sounding
from segue.serve.questions import Question
from segue.serve.rendering import link, render
from segue.serve.shelf import Library, ask
from segue.serve.telling import Told, bytes_of, days, told
from segue.serve.weighing import sliders, weights_said
from segue.serve.work import Besides

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.catalogue.jobs import Job
    from segue.catalogue.uploads import Brought
    from segue.library import Segue
    from segue.records import Track
    from segue.serve.work import Beside

router = APIRouter(include_in_schema=False)

RESULTS = 6
"""How many similar tracks a page shows when nobody says: whole rows of the grid."""


@router.api_route("/upload", methods=["GET", "HEAD"])
def form(
    request: Request,
    segue: Library,
    beside: Besides,
    of: Annotated[list[str], Query(max_length=500)] = [],  # noqa: B006 (never changed)
) -> Response:
    """The form, and the files of the address below it."""
    return _form(request, segue, _listed(beside, segue, of))


@router.post("/upload")
async def upload(request: Request, segue: Library, beside: Besides) -> Response:
    """Take files in; answers with where each is, or with the form and the reason."""
    scripted = "application/json" in request.headers.get("accept", "")
    try:
        async with arriving(request, segue) as given:
            tokens = await taken(request, beside, given)
    except SegueError as error:
        if scripted:
            raise
        return await run_in_threadpool(_form, request, segue, [], error=error)
    if scripted:
        listed = [{"token": token, "address": link("uploads", token)} for token in tokens]
        return JSONResponse({"uploads": listed}, status_code=201)
    if len(tokens) == 1:
        return RedirectResponse(link("uploads", tokens[0]), status_code=303)
    return RedirectResponse(link("upload", of=tokens), status_code=303)


@router.api_route("/uploads/{token}", methods=["GET", "HEAD"])
def result(
    request: Request,
    segue: Library,
    beside: Besides,
    token: str,
    asked: Annotated[Question, Query()],
) -> Response:
    """What is like a file that was brought; how far it is where it is not heard yet."""
    work = _work(segue, token)
    brought = rows.get(segue.database, token)
    asked = asked if asked.n is not None else asked.model_copy(update={"n": RESULTS})
    context: dict[str, Any] = {
        "brought": brought,
        "days": days(segue.settings.upload_days),
        "size_of": bytes_of,
        "lenses": lens_choices(segue),
        "changeable": not segue.database.read_only,
    }
    failure = answer = intervals = scales = None
    if brought.state in {"heard", "kept"}:
        try:
            weights = weights_said(request.query_params)
            if weights is not None:
                asked = asked.model_copy(update={"weights": weights, "lens": None})
            seed = seed_of_file(beside, segue, brought)
            if seed is not None:
                answer = ask(segue, seed, asked)
                intervals = segue.intervals(seed)
                scales = sliders(segue, seed, answer, asked=asked.chosen)
        except WarmingUpError:
            raise
        except SegueError as error:
            failure = explain(error, request)
    shown = _Listed(beside, segue, brought, work=work)
    return render(
        "upload_result.html",
        request=request,
        code=200 if failure is None else failure.status,
        headers={"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"},
        shown=shown,
        asked=asked,
        sliders=scales,
        answer=answer,
        intervals=intervals,
        failure=failure,
        **context,
    )


@router.api_route("/uploads/{token}/audio", methods=["GET", "HEAD"])
def audio(
    request: Request, beside: Besides, token: str, made: Made = None, start: Start = 0.0
) -> Response:
    """The file itself, in parts where a player asks for parts, or its sound as MP3."""
    path = beside.store.path(beside.store.get(token))
    return sounding(request, path, made=made, start=start)


@router.api_route("/uploads/{token}/peaks", methods=["GET", "HEAD"])
def peaks(segue: Library, beside: Besides, token: str) -> Response:
    """What is drawn of a file and known of it before it is heard."""
    brought = rows.get(segue.database, token)
    said = facts(brought.recording, beside.store.path(brought), duration=None)
    return JSONResponse(said, headers={"Cache-Control": "private, no-cache"})


@router.post("/uploads/{token}/keep")
def keep(beside: Besides, token: str) -> Response:
    """Add a file to the catalogue."""
    beside.store.keep(token, runner=beside.runner)
    return RedirectResponse(link("uploads", token), status_code=303)


@router.post("/uploads/{token}/forget")
def forget(segue: Library, beside: Besides, token: str) -> Response:
    """Let nothing of a file be left."""
    forgotten(beside, segue, token)
    return RedirectResponse(link("upload", forgotten="yes"), status_code=303)


class _Listed:
    """A file that was brought, as the pages show it.

    Parameters
    ----------
    work
        From `_work`, which was asked before the file was looked up.

    Attributes
    ----------
    job
        The work that has to do with it now, in words; None where there is none.
    track
        The track of the catalogue that it is; None where it is none.
    """

    def __init__(self, beside: Beside, segue: Segue, brought: Brought, *, work: Job | None) -> None:
        self.brought = brought
        self.track = self._track(segue)
        self.job = self._job(beside, segue, work)

    def _track(self, segue: Segue) -> Track | None:
        found = track_of_file(segue, self.brought)
        return None if found is None else tracks.get(segue.database, found)

    def _job(self, beside: Beside, segue: Segue, job: Job | None) -> Told | None:
        if job is None and self.brought.state == "kept" and self.track is None:
            job = _open(segue, SCAN, {"root": str(beside.store.music)})
        if job is None:
            return None
        live = [each for each in beside.runner.standing([job.id]) if each.job.id == job.id]
        return told(live[0] if live else Standing(job))

    @property
    def token(self) -> str:
        """The part of its address that nobody can guess."""
        return self.brought.token


def _listed(beside: Beside, segue: Segue, tokens: list[str]) -> list[_Listed]:
    works = {token: _work(segue, token) for token in tokens}
    found = rows.many(segue.database, tokens)
    return [_Listed(beside, segue, each, work=works[each.token]) for each in found]


def _work(segue: Segue, token: str) -> Job | None:
    """The job under way that has to do with a file; asked before the file is looked up.

    The other way round, a file could wait, as it was read, for a job that was over when that was
    read: nothing would tell the page that it has been heard.
    """
    found = (_open(segue, kind, {"token": token}) for kind in (UPLOAD, WAVEFORM))
    return next((one for one in found if one is not None), None)


def _open(segue: Segue, kind: str, payload: Mapping[str, str]) -> Job | None:
    job = jobs.of(segue.database, kind, payload)
    return job if job is not None and job.open else None


def _form(
    request: Request,
    segue: Segue,
    listed: list[_Listed],
    *,
    error: SegueError | None = None,
) -> Response:
    failure = None if error is None else explain(error, request)
    return render(
        "upload.html",
        request=request,
        code=200 if failure is None else failure.status,
        headers=None if failure is None else failure.headers,
        failure=failure,
        listed=listed,
        forgotten="forgotten" in request.query_params,
        megabytes=segue.settings.upload_megabytes,
        days=days(segue.settings.upload_days),
        size_of=bytes_of,
        most=FORM_FILES,
        changeable=not segue.database.read_only,
    )
