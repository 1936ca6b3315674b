"""Journeys: a path from one track to another, a set in order, a radio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from segue.errors import BadRequestError
from segue.serve import schemas
from segue.serve.api import bodies
from segue.serve.api.asking import need_own
from segue.serve.api.sending import as_json
from segue.serve.playlists import AsPlaylist, documented, playlist
from segue.serve.questions import OfPath
from segue.serve.shelf import Library, filters_of, ids_of, need_engine, seed_of

if TYPE_CHECKING:
    from segue.library import Segue
    from segue.library.journeys import Radio

router = APIRouter(prefix="/api/v1", tags=["Journeys"])


@router.get(
    "/path",
    response_description="The way there.",
    response_model=schemas.Journey,
    responses=documented(also=schemas.problems(400, 403, 404, 422, 423)),
)
def find_path(asked: Annotated[OfPath, Query()], segue: Library) -> Response:
    """Tracks that lead from one to another by small steps, both ends among them.

    No track comes twice. Where the bound cannot be kept, the answer says so and is the best there
    is. Filters are for what stands between the ends.
    """
    ends = [seed_of(segue, each) for each in (asked.start, asked.end)]
    found = segue.path(
        *ends,
        n=10 if asked.n is None else asked.n,
        lens=asked.chosen,
        filters=filters_of(segue, asked),
        longest=asked.longest,
        apart=asked.apart,
    )
    return playlist(segue, found, asked=asked) or as_json(schemas.Journey.of(found))


@router.post(
    "/order",
    response_description="The same tracks in order.",
    response_model=schemas.Journey,
    responses=documented(also=schemas.problems(400, 403, 404, 413, 422, 423)),
)
def order_tracks(
    asked: bodies.Order, segue: Library, form: Annotated[AsPlaylist, Query()]
) -> Response:
    """Put tracks in order for listening: by tempo, key, likeness, and an arc of energy."""
    need_engine(segue)
    found = segue.ordered(
        [seed_of(segue, each) for each in asked.tracks],
        playlist=asked.playlist,
        arc=asked.arc,
        weights=asked.weights,
        lens=asked.lens,
    )
    return playlist(segue, found, asked=form) or as_json(schemas.Journey.of(found))


@router.post(
    "/radio",
    response_description="The next tracks, and what to send to go on.",
    response_model=schemas.Tuned,
    responses=documented(also=schemas.problems(400, 403, 404, 413, 422, 423)),
)
def play_radio(
    request: Request, asked: bodies.Radio, segue: Library, form: Annotated[AsPlaylist, Query()]
) -> Response:
    """The next tracks of a radio that goes on for ever.

    The server keeps nothing: send `state` back with what was liked and skipped meanwhile. With a
    state, the lens and the numbers are its own; filters are said each time. A playlist holds the
    tracks alone: the same question in JSON gives the same tracks, and the state.
    """
    need_own(request, asked)
    need_engine(segue)
    radio = _begun(asked, segue) if asked.state is None else _gone_on(asked, asked.state, segue)
    for each in ids_of(segue, asked.liked):
        radio.like(each)
    for each in ids_of(segue, asked.skipped):
        radio.skip(each)
    journey = radio.take(asked.n)
    return playlist(segue, journey, asked=form) or as_json(
        schemas.Tuned(journey=schemas.Journey.of(journey), state=schemas.RadioState.of(radio.state))
    )


def _begun(asked: bodies.Radio, segue: Segue) -> Radio:
    if asked.seed is None:
        raise BadRequestError(
            "a radio begins with a seed or goes on from a state", remedy="Give one of the two"
        )
    return segue.radio(
        seed_of(segue, asked.seed),
        lens=asked.chosen,
        filters=filters_of(segue, asked),
        drift=asked.drift,
        apart=asked.apart,
        window=asked.window,
        variation=asked.variation,
        draw=asked.draw,
    )


def _gone_on(asked: bodies.Radio, state: schemas.RadioState, segue: Segue) -> Radio:
    own = {"lens", "weights", "drift", "apart", "window", "variation", "draw", "seed"}
    given = asked.model_fields_set & own
    if given:
        raise BadRequestError(
            f"the state of a radio has its own {min(given)}",
            remedy="Change it there, or begin a radio with a seed",
        )
    return segue.tuned(state.model_dump(), filters=filters_of(segue, asked))
