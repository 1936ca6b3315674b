"""Several seeds at once: sets continued and mixed, wishes answered, words understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from segue.errors import BadRequestError
from segue.library.wishes import Wish
from segue.serve import schemas
from segue.serve.api import bodies
from segue.serve.api.asking import need_own
from segue.serve.api.sending import as_json
from segue.serve.playlists import AsPlaylist, documented, playlist
from segue.serve.shelf import Library, dials_of, filters_of, need_engine, seed_of

if TYPE_CHECKING:
    from segue.words.understood import Understood

router = APIRouter(prefix="/api/v1", tags=["Recommendations"])


@router.post(
    "/continue",
    response_description="What goes on.",
    response_model=schemas.Answer,
    responses=documented(also=schemas.problems(400, 403, 404, 413, 422, 423)),
)
def continue_playlist(
    request: Request, asked: bodies.Continue, segue: Library, form: Annotated[AsPlaylist, Query()]
) -> Response:
    """Tracks that go with several: what could stand next in a playlist, with reasons.

    Each way of comparing scores the set as a whole where it can. Nothing that is given is
    recommended again. A title alone is enough where the catalogue has playlists.
    """
    need_own(request, asked)
    need_engine(segue)
    found = segue.continued(
        [seed_of(segue, each) for each in asked.tracks],
        title=asked.title,
        playlist=asked.playlist,
        listener=asked.listener,
        n=asked.n,
        lens=asked.chosen,
        filters=filters_of(segue, asked),
        dials=dials_of(segue, asked),
    )
    return playlist(segue, found, asked=form) or as_json(schemas.Answer.of(found))


@router.post(
    "/mix",
    response_description="What fits all of it.",
    response_model=schemas.Answer,
    responses=documented(also=schemas.problems(400, 403, 404, 413, 422, 423)),
)
def mix_tracks(
    request: Request, asked: bodies.Mix, segue: Library, form: Annotated[AsPlaylist, Query()]
) -> Response:
    """Tracks that fit all that is named: tracks, what they are to be unlike, words, in any mixture.

    Nothing is averaged: a row's reason names the seed it is nearest to. Nothing that is given is
    recommended again.
    """
    need_own(request, asked)
    need_engine(segue)
    found = segue.mix(
        [seed_of(segue, each) for each in asked.like],
        unlike=[seed_of(segue, each) for each in asked.unlike],
        playlist=asked.playlist,
        listener=asked.listener,
        words=_words(asked),
        title=asked.title,
        n=asked.n,
        lens=asked.chosen,
        filters=filters_of(segue, asked),
        dials=dials_of(segue, asked),
    )
    return playlist(segue, found, asked=form) or as_json(schemas.Answer.of(found))


@router.post(
    "/wish",
    response_description="Tracks like what is described.",
    response_model=schemas.Answer,
    responses=documented(also=schemas.problems(400, 403, 404, 413, 422, 423)),
)
def answer_wish(
    request: Request, asked: bodies.Wish, segue: Library, form: Annotated[AsPlaylist, Query()]
) -> Response:
    """Tracks like a song that is only described, in numbers or in words.

    Any part of the description will do. Beside words, numbers and names count before them, and
    `genres` narrow; `/api/v1/understood` shows what words are understood as.
    """
    need_own(request, asked)
    need_engine(segue)
    wish = Wish(
        attributes=asked.attributes.model_dump(exclude_none=True),
        genres=tuple(asked.of_genres),
        artists=tuple(asked.like_artists),
        emotion=asked.emotion,
        tags=tuple(asked.tags),
    )
    words = _words(asked)
    if words and wish != Wish({}):
        said = segue.understood(words) if isinstance(words, str) else words
        words = segue.joined(said, wish)
    found = segue.wish(
        words or wish,
        n=asked.n,
        lens=asked.chosen,
        filters=filters_of(segue, asked),
        dials=dials_of(segue, asked),
    )
    return playlist(segue, found, asked=form) or as_json(schemas.Answer.of(found))


@router.post(
    "/understood",
    response_description="What the words mean here.",
    responses=schemas.problems(400, 403, 404, 413, 422, 423),
)
def understand_words(asked: bodies.Words, segue: Library) -> schemas.Understood:
    """What a description in words is understood as, part by part, before anything is answered.

    Change what is wrong and send it to `/api/v1/wish` or `/api/v1/mix` as `understood`.
    """
    need_engine(segue)
    beside = [seed_of(segue, each) for each in asked.beside]
    return schemas.Understood.of(segue.understood(asked.words, beside=beside))


def _words(asked: bodies.Described) -> str | Understood:
    """The words, or what came of them; empty where neither is given."""
    if asked.understood is None:
        return asked.words
    if asked.words.strip():
        raise BadRequestError(
            "both words and what they are understood as are given", remedy="Give one of the two"
        )
    return asked.understood.record()
