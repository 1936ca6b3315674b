"""A song that is only described: in words, by sliders, by genre, artist and emotion."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from segue.errors import BadRequestError, NotFoundError, WarmingUpError
from segue.library.wishes import Wish
from segue.records import Filters
from segue.serve import fields, words
from segue.serve.describing import parts
from segue.serve.failures import Failure, explain
from segue.serve.questions import OfDescription
from segue.serve.rendering import link, render
from segue.serve.shelf import Library, filters_of, need_engine
from segue.serve.weighing import asked_of
from segue.words.understood import UNKNOWN, UNUSED, Understood

if TYPE_CHECKING:
    from segue.library import Segue
    from segue.records import Answer

router = APIRouter(include_in_schema=False)

RESULTS = 12
"""How many tracks the page shows when nobody says."""

EXAMPLES = (
    "slow, minor, acoustic",
    "happy and danceable, 120 bpm",
    "calm instrumental, under 4 minutes",
    "energetic but not loud, 1990s",
    "sad, in A minor, no vocals",
)
"""Descriptions to begin with."""


@router.api_route("/describe", methods=["GET", "HEAD"])
def describe(
    request: Request, segue: Library, asked: Annotated[OfDescription, Query()]
) -> Response:
    """The form, what its words are understood as, and the tracks that fit.

    As on the page of a track, fields that say nothing are left out of the address.
    """
    part = request.headers.get("hx-target") == "described"
    kept = asked_of(request.query_params, None)
    address = link("describe", **kept)
    given = sum(len(values) for values in kept.values())
    if not part and len(request.query_params.multi_items()) != given:
        return RedirectResponse(address, status_code=303)
    described = _Described(request, segue, asked)
    return render(
        "_described.html" if part else "describe.html",
        request=request,
        headers={"HX-Replace-Url": address} if part else {},
        asked=asked,
        parts_said=parts(described.said),
        answer=described.answer,
        waiting=described.waiting,
        refused=described.refused,
        again=address,
        kept={name: values for name, values in kept.items() if name != "words"},
        examples=EXAMPLES,
        gauges=words.GAUGES,
        emotions=described.emotions,
        fields=fields,
        genres=[] if part else fields.genres_of(request.app, segue),
        usual=segue.dials(),
        filtered=asked.model_copy(update={"genres": ()}).filtered,
        results=RESULTS,
    )


class _Described:
    """What came of a description: how it was understood, and an answer or why there is none."""

    def __init__(self, request: Request, segue: Segue, asked: OfDescription) -> None:
        self.said = Understood()
        self.answer: Answer | None = None
        self.waiting: Failure | None = None
        self.refused: Failure | None = None
        self.emotions: list[str] = []
        try:
            need_engine(segue)
            self.emotions = sorted(segue.lexicon().emotions.values())
            if asked.words.strip():
                self.said = segue.understood(asked.words)
            self.answer = _answer(segue, asked, self.said)
        except WarmingUpError as error:
            self.waiting = explain(error, request)
        except (BadRequestError, NotFoundError) as error:
            self.refused = explain(error, request)


def _answer(segue: Segue, asked: OfDescription, said: Understood) -> Answer | None:
    """The tracks that fit; None where nothing is described."""
    wish, filters = asked.wish, filters_of(segue, asked)
    if not said.phrases and wish == Wish({}) and replace(filters, playable=None) == Filters():
        return None
    if not said.empty or wish != Wish({}):
        # What was not understood is said beside the words, once.
        known = tuple(each for each in said.phrases if each.kind not in {UNKNOWN, UNUSED})
        said = segue.joined(replace(said, phrases=known), wish)
    return segue.mix(
        words=said,
        n=asked.n or RESULTS,
        lens=asked.chosen,
        filters=filters,
        dials=asked.dials(segue.dials()),
    )
