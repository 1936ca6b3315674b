"""One track: what is known of it, its sound, and the tracks like it with the reason for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from segue.catalogue import tracks
from segue.errors import BadRequestError, WarmingUpError
from segue.recommend.keys import Key
from segue.serve import fields, words
from segue.serve.charts import Shape, radar
from segue.serve.failures import Failure, explain
from segue.serve.questions import Question
from segue.serve.rendering import PLAYER, embeds, link, render
from segue.serve.shelf import Library, ask, seed_of
from segue.serve.weighing import asked_of, sliders, weights_said
from segue.sources.spotify import spotify_id
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from segue.attributes.predictor import Interval
    from segue.library import Segue
    from segue.records import Answer, Track

router = APIRouter(include_in_schema=False)

RESULTS = 6
"""How many similar tracks the page shows when nobody says: whole rows of the grid."""

_FEWEST = 3
"""Known attributes that a radar needs to be a shape."""


@router.api_route("/tracks/{track_id}", methods=["GET", "HEAD"])
def track(
    request: Request,
    segue: Library,
    track_id: str,
    asked: Annotated[Question, Query()],
) -> Response:
    """The track with its neighbours; only the neighbours where htmx asks for those.

    A form without scripts sends every field it has. It is answered with the address that asks the
    same and nothing more, which is the one to keep and to send to others. Where something is
    refused, the page says so at once, as the shorter address would not know of it.
    """
    found = tracks.get(segue.database, TrackId(track_id))
    part = request.headers.get("hx-target") == "similar"
    shown = _Shown(request, segue, found, asked)
    kept = shown.address
    refused = shown.context["refused"] is not None
    if not part and not refused and len(request.query_params.multi_items()) != shown.given:
        return RedirectResponse(kept, status_code=303)
    return render(
        "_similar.html" if part else "track.html",
        request=request,
        headers={"HX-Replace-Url": kept} if part else {},
        **shown.context,
        **({} if part else _known(segue, found)),
        at_spotify=spotify_id(found) if embeds(request) and not part else None,
        player=PLAYER,
        genres=[] if part else fields.genres_of(request.app, segue),
        again=kept,
        part=part,
    )


class _Shown:
    """The neighbours of one track as they are asked for, or why there are none."""

    def __init__(self, request: Request, segue: Segue, found: Track, asked: Question) -> None:
        answer, scales, waiting = None, None, None
        refused: Failure | None = None
        query = request.query_params
        kept = asked_of(query, None)
        try:
            weights = weights_said(query)
            kept = asked_of(query, weights)
            if weights is not None:
                asked = asked.model_copy(update={"weights": weights, "lens": None})
            count = asked.n or RESULTS
            seed = seed_of(segue, found.id)
            answer = ask(segue, seed, asked.model_copy(update={"n": count}))
            scales = sliders(segue, seed, answer, asked=asked.chosen)
        except WarmingUpError as error:
            waiting = explain(error, request)
        except BadRequestError as error:
            refused = explain(error, request)
        self.address = link("tracks", found.id, **kept)
        self.given = sum(len(values) for values in kept.values())
        self.context: dict[str, Any] = {
            "track": found,
            "answer": answer,
            "waiting": waiting,
            "refused": refused,
            "asked": asked,
            "sliders": scales,
            "versions": _named(segue, answer),
            "lenses": fields.lens_choices(segue),
            "fields": fields,
            "results": RESULTS,
            "usual": segue.dials(),
        }


def _known(segue: Segue, found: Track) -> dict[str, Any]:
    """What the page says of the track itself."""
    intervals = segue.intervals(found)
    return {
        "recording": segue.recording(found.id),
        "intervals": intervals,
        "profile": _profile(found, intervals),
        "camelot": _camelot(found),
    }


def _profile(found: Track, intervals: Mapping[str, Interval]) -> Markup | None:
    """The attributes from 0 to 1 as a radar; None where hardly any is known."""
    known = {g.name: g for g in words.gauges(found, intervals) if g.share is not None}
    if len(known) < _FEWEST:
        return None
    gauges = [known.get(name) for name in words.GAUGES]
    shape = Shape(
        found.title or "Untitled",
        tuple(None if one is None else one.share for one in gauges),
        tuple("unknown" if one is None else one.text for one in gauges),
        tuple(
            None if one is None or one.low is None or one.high is None else (one.low, one.high)
            for one in gauges
        ),
        tuple(one is not None and bool(one.mark) for one in gauges),
    )
    return radar(list(words.GAUGES), [shape], title="Attributes from 0 to 1")


def _camelot(found: Track) -> str:
    """Where the key stands on the Camelot wheel; empty where key or mode is unknown."""
    known = found.attributes
    if known is None or known.key is None:
        return ""
    return Key(known.key, known.mode).camelot


def _named(segue: Segue, answer: Answer | None) -> dict[str, Track]:
    """The tracks that stand behind the rows of an answer, by id."""
    ids = [] if answer is None else [each for row in answer for each in row.versions]
    return {one.id: one for one in tracks.many(segue.database, ids)}
