"""What a route works with: the open library, and whether it can answer yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from segue.catalogue import naming, tracks
from segue.errors import WarmingUpError
from segue.library import Segue
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.recommend.seeds import Seed
    from segue.records import Answer, Dials, Filters
    from segue.serve.questions import Narrowing, Question


async def _library(request: Request) -> Segue:
    # No plain function: those are called in a thread each, which takes longer than this.
    library: Segue = request.app.state.segue
    return library


Library = Annotated[Segue, Depends(_library)]
"""The library this server was made for, as a parameter of a route."""


def ids_of(segue: Segue, names: Iterable[str]) -> list[TrackId]:
    """The ids of tracks that are named by their ids, or by outside ids as ``scheme:value``.

    What names no track stays as it is: whoever looks for it says that it is not there.
    """
    names = list(names)
    outside = [name for name in names if ":" in name]
    known = naming.find(segue.database, outside) if outside else {}
    return [known.get(name, TrackId(name)) for name in names]


def id_of(segue: Segue, name: str) -> TrackId:
    """The id of one track; see `ids_of`."""
    return ids_of(segue, [name])[0]


def seed_of(segue: Segue, name: str) -> Seed:
    """The seed for a track of the catalogue, named as for `ids_of`.

    Ids only: unlike `Segue.resolve` this never takes what it is given for a path.

    Raises
    ------
    NotFoundError
        There is no such track.
    WarmingUpError
        The track is there, but the engine that knows it is still being built.
    """
    track_id = id_of(segue, name)
    if segue.ready and (known := segue.engine().seed_named(track_id)) is not None:
        return known
    track = tracks.get(segue.database, track_id)
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
    if any(":" in each for each in filters.exclude_tracks):
        excluded = frozenset(ids_of(segue, filters.exclude_tracks))
        filters = replace(filters, exclude_tracks=excluded)
    if question.unheard_by is None:
        return filters
    heard = segue.heard(question.unheard_by)
    return replace(filters, exclude_tracks=filters.exclude_tracks | heard)


def dials_of(segue: Segue, question: Question) -> Dials:
    """How rows are chosen: as the settings have it, but for what is asked."""
    dials = question.dials(segue.dials())
    if any(":" in each for each in dials.recent):
        dials = replace(dials, recent=tuple(ids_of(segue, dials.recent)))
    return dials


def ask(segue: Segue, seed: Seed, question: Question) -> Answer:
    """Put a question about a seed."""
    return segue.similar(
        seed,
        n=question.n,
        lens=question.chosen,
        filters=filters_of(segue, question),
        dials=dials_of(segue, question),
    )
