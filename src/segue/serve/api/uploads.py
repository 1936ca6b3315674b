"""Files that are brought: heard, asked with, added to the catalogue, or forgotten."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from segue.catalogue import once
from segue.catalogue import uploads as rows
from segue.errors import UnavailableError, WarmingUpError
from segue.serve import schemas
from segue.serve.access.caller import caller_of
from segue.serve.api.jobs import job_of
from segue.serve.api.once import Key, answered_once
from segue.serve.api.recommend import FORM
from segue.serve.api.sending import JSON, as_json
from segue.serve.bringing import (
    arriving,
    forgotten,
    seed_of_file,
    taken,
    track_of_file,
)
from segue.serve.playlists import documented, playlist
from segue.serve.questions import OfTrack
from segue.serve.shelf import Library, ask, need_engine
from segue.serve.uploads import shown
from segue.serve.work import Besides

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue.catalogue.guesses import Transaction
    from segue.catalogue.once import Claim
    from segue.catalogue.uploads import Brought
    from segue.library import Segue
    from segue.serve.uploads import Sent

router = APIRouter(prefix="/api/v1/uploads", tags=["Uploads"])

Token = Annotated[
    str,
    Path(max_length=200, description="`token` of a file.", examples=[schemas.TOKEN]),
]

_CHUNK = 1 << 20


@router.post(
    "",
    status_code=201,
    openapi_extra=FORM,
    response_description="The files, each waiting to be listened to.",
    response_model=schemas.Uploads,
    responses=schemas.problems(400, 403, 409, 413, 422, 423),
)
async def bring_files(
    request: Request, segue: Library, beside: Besides, key: Key = None
) -> Response:
    """Bring one file or several, each in a field `file`. They are forgotten after some days.

    Whoever knows the token of a file can ask with it. Ask for the file by its token until its
    state is `heard`.
    """
    async with arriving(request, segue) as given:

        async def answer(claim: Claim | None) -> str:
            noting = _Noting(segue, claim)
            await taken(request, beside, given, noting=noting)
            return noting.told

        digest = await run_in_threadpool(_digest, given)
        whose = caller_of(request).listener
        told = await answered_once(
            segue.database, key, listener=whose, digest=digest, answer=answer
        )
    return Response(told, status_code=201, media_type=JSON)


class _Noting:
    """Puts files into words before they are kept, and keeps these with them under a key."""

    def __init__(self, segue: Segue, claim: Claim | None) -> None:
        self._segue, self._claim = segue, claim
        self.told = ""

    def __call__(self, rows: Sequence[Brought]) -> Callable[[Transaction], None]:
        self.told = _shown(self._segue, rows).model_dump_json()
        return self._keep

    def _keep(self, connection: Transaction) -> None:
        if self._claim is not None:
            once.answered(connection, self._claim, answer=self.told)


def _digest(given: Sent) -> str:
    """A digest of everything that was sent: names and bytes."""
    digest = hashlib.sha256(repr(sorted(given.fields.items())).encode())
    for each in given.files:
        each.file.seek(0)
        digest.update(repr(("file", shown(each.filename), each.size)).encode())
        while chunk := each.file.read(_CHUNK):
            digest.update(chunk)
        each.file.seek(0)
    return digest.hexdigest()


@router.get(
    "",
    response_description="Those that are there, in the order they were named.",
    responses=schemas.problems(400, 422, 423),
)
def list_files(
    segue: Library,
    token: Annotated[
        list[Annotated[str, Query(max_length=200)]],
        Query(max_length=200, description="Of a file; may be given several times."),
    ] = [],  # noqa: B006 (FastAPI copies it)
) -> schemas.Uploads:
    """Files by their tokens. There is no list of all: a token is what makes a file one's own."""
    return _listed(segue, token)


@router.get(
    "/{token}",
    response_description="The file.",
    responses=schemas.problems(400, 404, 422, 423),
)
def one_file(token: Token, segue: Library) -> schemas.Upload:
    """One file: how far it is, and what it says from end to end once that was read."""
    brought = rows.get(segue.database, token)
    return schemas.Upload.of(brought, track_id=track_of_file(segue, brought))


@router.get(
    "/{token}/similar",
    response_description="The similar tracks.",
    response_model=schemas.Answer,
    responses=documented(also=schemas.problems(400, 403, 404, 409, 422, 423)),
)
def similar_to_file(
    token: Token, segue: Library, beside: Besides, asked: Annotated[OfTrack, Query()]
) -> Response:
    """Tracks like a file that was brought, with the reasons for each."""
    need_engine(segue)
    brought = rows.get(segue.database, token)
    if brought.state == "refused":
        raise UnavailableError(
            f"{brought.name} was refused: {brought.reason}", remedy="Bring another file"
        )
    seed = None if brought.state == "waiting" else seed_of_file(beside, segue, brought)
    if seed is None:
        raise WarmingUpError(
            f"{brought.name} is still being listened to", remedy="Ask again in a moment"
        )
    if asked.listener is not None:
        seed = segue.shifted(seed, listener=asked.listener)
    found = ask(segue, seed, asked)
    return playlist(segue, found, asked=asked) or as_json(schemas.Answer.of(found))


@router.post(
    "/{token}/keep",
    status_code=202,
    response_description="The job that adds it.",
    responses=schemas.problems(400, 403, 404, 409, 422, 423),
)
def keep_file(token: Token, beside: Besides) -> schemas.Job:
    """Add a file to the catalogue: it moves to the catalogue's own music folder."""
    return job_of(beside.runner, beside.store.keep(token, runner=beside.runner))


@router.delete(
    "/{token}",
    status_code=204,
    response_description="Nothing of it is left.",
    responses=schemas.problems(400, 403, 404, 409, 422, 423),
)
def forget_file(token: Token, segue: Library, beside: Besides) -> None:
    """Forget a file at once; one that was added to the catalogue stays there."""
    forgotten(beside, segue, token)


def _listed(segue: Segue, tokens: list[str]) -> schemas.Uploads:
    return _shown(segue, rows.many(segue.database, tokens))


def _shown(segue: Segue, brought: Sequence[Brought]) -> schemas.Uploads:
    found: list[Any] = [
        schemas.Upload.of(each, track_id=track_of_file(segue, each)) for each in brought
    ]
    return schemas.Uploads(uploads=found, count=len(found))
