"""Blind listening tests: a question is drawn, answered, and only then says which lens was which."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from segue.serve import schemas
from segue.serve.access.caller import caller_of
from segue.serve.api import bodies
from segue.serve.api.asking import need_own
from segue.serve.shelf import Library, need_engine, seed_of

router = APIRouter(prefix="/api/v1/judgements", tags=["Listeners"])

QuestionPath = Annotated[
    str, Path(description="`id` of a question.", max_length=300, examples=["q5hYt0aVbXw3kQzL"])
]


@router.get(
    "",
    response_description="What was judged; may be nothing.",
    responses=schemas.problems(400, 423),
)
def list_judgements(request: Request, segue: Library) -> schemas.Judgements:
    """Every blind comparison that was answered, the oldest first; with login, those of your own."""
    caller = caller_of(request)
    found = [
        schemas.Judgement.model_validate(each)
        for each in segue.judgements()
        if caller.how == "open" or each.listener == caller.listener
    ]
    return schemas.Judgements(judgements=found, count=len(found))


@router.post(
    "",
    response_description="What to listen to.",
    responses=schemas.problems(400, 403, 404, 409, 413, 422, 423),
)
def draw_question(
    asked: bodies.Comparing, request: Request, segue: Library
) -> schemas.ListeningQuestion:
    """Draw a blind comparison of two lenses.

    Each lens names the first of its ten that the other has not. Which is which is told when the
    question is answered; it can be for a day.
    """
    need_own(request, asked)
    need_engine(segue)
    question = segue.listening_question(
        asked.lens_a,
        asked.lens_b,
        kind=asked.kind,
        seed=None if asked.track is None else seed_of(segue, asked.track).track.id,
        listener=caller_of(request).listener if asked.listener is None else asked.listener,
        playable=asked.playable,
    )
    return schemas.ListeningQuestion.of(question)


@router.put(
    "/{question}",
    response_description="What it means.",
    responses=schemas.problems(400, 403, 404, 409, 413, 422, 423),
)
def answer_question(
    question: QuestionPath, judged: bodies.Judged, segue: Library
) -> schemas.Judgement:
    """Answer a question, once."""
    return schemas.Judgement.model_validate(segue.judge(question, judged.choice))
