"""What a route works with: the open library, and whether it can answer yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from segue.catalogue import tracks
from segue.errors import WarmingUpError
from segue.library import Segue
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.recommend.seeds import Seed
    from segue.records import Answer, Filters
    from segue.serve.questions import Narrowing, Question


def _library(request: Request) -> Segue:
    library: Segue = request.app.state.segue
    return library


Library = Annotated[Segue, Depends(_library)]
"""The library this server was made for, as a parameter of a route."""


def seed_of(segue: Segue, track_id: str) -> Seed:
    """The seed for a track of the catalogue.

    Ids only: unlike `Segue.resolve` this never takes what it is given for a path.

    Raises
    ------
    NotFoundError
        There is no such track.
    WarmingUpError
        The track is there, but the engine that knows it is still being built.
    """
    if segue.ready and (known := segue.engine().seed_named(track_id)) is not None:
        return known
    track = tracks.get(segue.database, TrackId(track_id))
    need_engine(segue)
    raise WarmingUpError(
        f"{track.name} is new here and not yet compared with the others",
        remedy="Ask again in a moment",
    )


def need_engine(segue: Segue) -> None:
    """WarmingUpError until an engine stands, so that no request waits for one."""
    if not segue.ready:
        raise WarmingUpError(
            "Segue is getting to know the catalogue", remedy="Ask again in a moment"
        )


def filters_of(segue: Segue, question: Narrowing) -> Filters:
    """What an answer may hold, without what a listener has heard where that is asked."""
    filters = question.filters
    if question.unheard_by is None:
        return filters
    heard = segue.heard(question.unheard_by)
    return replace(filters, exclude_tracks=filters.exclude_tracks | heard)


def ask(segue: Segue, seed: Seed, question: Question) -> Answer:
    """Put a question about a seed."""
    return segue.similar(
        seed,
        n=question.n,
        lens=question.chosen,
        filters=filters_of(segue, question),
        dials=question.dials(segue.dials()),
    )
