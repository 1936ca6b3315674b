"""The catalogue in numbers, and what a listener has played."""

from __future__ import annotations

from fastapi import APIRouter, Response

from segue.catalogue import counts, holdings
from segue.library.shelves.holdings import MEASURED
from segue.serve import schemas
from segue.serve.api.asking import Whose
from segue.serve.api.sending import as_json
from segue.serve.shelf import Library
from segue.serve.shelving import shelves_of

router = APIRouter(prefix="/api/v1")
"""What depends on more than the epoch: plays and playlists leave that as it is."""


@router.get(
    "/statistics",
    tags=["Catalogue"],
    response_description="All figures.",
    response_model=schemas.Statistics,
    responses=schemas.problems(400, 422, 423),
)
def statistics(segue: Library) -> Response:
    """How values are spread, what goes with what, how much there is of everything."""
    shelves = shelves_of(segue)
    figures = shelves.holdings
    keys = sorted(figures.keys.items())
    body = schemas.Statistics.model_validate(
        {
            "epoch": shelves.corpus.epoch,
            "counts": counts.counts(segue.database),
            "seconds": figures.seconds,
            "playable": figures.playable,
            "synthetic": figures.synthetic,
            "formats": holdings.formats(segue.database),
            "distributions": figures.distributions,
            "measured": list(MEASURED),
            "together": [list(row) for row in figures.together],
            "keys": [{"key": key, "mode": mode, "tracks": n} for (key, mode), n in keys],
            "time_signatures": dict(sorted(figures.signatures.items())),
        }
    )
    return as_json(body)


@router.get(
    "/plays",
    tags=["Listeners"],
    response_description="What was played; may be nothing.",
    responses=schemas.problems(400, 403, 422, 423),
)
def listener_plays(segue: Library, listener: Whose) -> schemas.Plays:
    """What a listener has played: how often, what most, and when."""
    found = holdings.played(segue.database, listener)
    return schemas.Plays(
        listener=listener,
        times=found.times,
        most=[schemas.Played(track_id=one, times=n) for one, n in found.most],
        months=dict(found.months),
    )
