"""Files of one's own: bring them, see how far they are, read what is like each of them.

A file gets an address nobody can guess, which can be kept and shared until it expires. It can be
added to the catalogue, or forgotten at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import FileResponse, JSONResponse, RedirectResponse

from segue.catalogue import files, jobs, tracks
from segue.catalogue import uploads as rows
from segue.errors import CrowdedError, SegueError, WarmingUpError
from segue.jobs.looking import SCAN
from segue.jobs.runner import Standing
from segue.serve.brought import UPLOAD
from segue.serve.door import Door
from segue.serve.failures import explain
from segue.serve.fields import lens_choices
from segue.serve.media.kinds import kind_of
from segue.serve.questions import Question
from segue.serve.rendering import link, render
from segue.serve.shelf import Library, ask
from segue.serve.telling import Told, bytes_of, days, told
from segue.serve.uploads import sent
from segue.serve.waveform import outline
from segue.serve.work import Besides
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.catalogue.uploads import Brought
    from segue.library import Segue
    from segue.records import Track
    from segue.serve.work import Beside

router = APIRouter(include_in_schema=False)

FORM_FILES = 50
"""Most files one form may hold where no script sends them one by one."""

WAITING = 600
"""Most files that may wait to be listened to."""

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
    door: Door = request.app.state.door
    try:
        async with door.entered():
            if jobs.waiting(segue.database, UPLOAD) >= WAITING:
                raise CrowdedError(
                    f"{WAITING} files wait to be listened to already",
                    remedy="Send yours in a few minutes",
                )
            megabytes = segue.settings.upload_megabytes
            async with sent(request, megabytes=megabytes, most=FORM_FILES) as given:
                tokens = [await beside.store.take(file) for file in given.files]
    except SegueError as error:
        if scripted:
            raise
        return _form(request, segue, [], error=error)
    # A file whose job is not written down here is found by `Store.tidy`.
    numbers = [
        beside.runner.submit(UPLOAD, {"token": token}, address=f"uploads/{token}")
        for token in tokens
    ]
    if scripted:
        listed = [
            {"token": token, "job": job, "address": link("uploads", token)}
            for token, job in zip(tokens, numbers, strict=True)
        ]
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
    brought = rows.get(segue.database, token)
    asked = asked if asked.n is not None else asked.model_copy(update={"n": RESULTS})
    shown = _Listed(beside, segue, brought)
    context: dict[str, Any] = {
        "brought": brought,
        "shown": shown,
        "days": days(segue.settings.upload_days),
        "size_of": bytes_of,
        "lenses": lens_choices(segue),
        "asked": asked,
        "wave": None if brought.recording is None else outline(brought.recording.waveform),
        "changeable": not segue.database.read_only,
    }
    failure = answer = intervals = None
    if brought.state in {"heard", "kept"}:
        try:
            seed = beside.store.seed(brought)
            answer = ask(segue, seed, asked)
            intervals = segue.intervals(seed)
        except WarmingUpError:
            raise
        except SegueError as error:
            failure = explain(error, request)
    return render(
        "upload_result.html",
        request=request,
        code=200 if failure is None else failure.status,
        headers={"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"},
        answer=answer,
        intervals=intervals,
        failure=failure,
        **context,
    )


@router.api_route("/uploads/{token}/audio", methods=["GET", "HEAD"])
def audio(segue: Library, beside: Besides, token: str) -> Response:
    """The file itself, in parts where a player asks for parts."""
    path = beside.store.path(rows.get(segue.database, token))
    return FileResponse(
        path, media_type=kind_of(path), headers={"Cache-Control": "private, no-cache"}
    )


@router.post("/uploads/{token}/keep")
def keep(segue: Library, beside: Besides, token: str) -> Response:
    """Add a file to the catalogue."""
    beside.store.keep(rows.get(segue.database, token), runner=beside.runner)
    return RedirectResponse(link("uploads", token), status_code=303)


@router.post("/uploads/{token}/forget")
def forget(segue: Library, beside: Besides, token: str) -> Response:
    """Let nothing of a file be left."""
    brought = rows.get(segue.database, token)
    if (job := jobs.of(segue.database, UPLOAD, {"token": token})) is not None and job.open:
        beside.runner.cancel(job.id)
    beside.store.forget(brought.token)
    return RedirectResponse(link("upload", forgotten="yes"), status_code=303)


class _Listed:
    """A file that was brought, as the pages show it.

    Attributes
    ----------
    job
        The work that has to do with it now, in words; None where there is none.
    track
        The track of the catalogue that it is; None where it is none.
    """

    def __init__(self, beside: Beside, segue: Segue, brought: Brought) -> None:
        self.brought = brought
        self.track = self._track(segue)
        self.job = self._job(beside, segue)

    def _track(self, segue: Segue) -> Track | None:
        found: TrackId | None = files.track_holding(segue.database, self.brought.content_hash)
        return None if found is None else tracks.get(segue.database, found)

    def _job(self, beside: Beside, segue: Segue) -> Told | None:
        kept = self.brought.state == "kept"
        if kept and self.track is not None:
            return None
        wanted = (
            (SCAN, {"root": str(beside.store.music)}) if kept else (UPLOAD, {"token": self.token})
        )
        job = jobs.of(segue.database, *wanted)
        if job is None or not (job.open or kept):
            return None
        live = [each for each in beside.runner.standing([job.id]) if each.job.id == job.id]
        return told(live[0] if live else Standing(job))

    @property
    def token(self) -> str:
        """The part of its address that nobody can guess."""
        return self.brought.token


def _listed(beside: Beside, segue: Segue, tokens: list[str]) -> list[_Listed]:
    return [_Listed(beside, segue, each) for each in rows.many(segue.database, tokens)]


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
