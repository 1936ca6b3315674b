"""Many questions in one request, and ids that callers give."""

from __future__ import annotations

from pydantic import Field

from segue.serve.schemas.answers import Answer  # noqa: TC001 (pydantic reads annotations)
from segue.serve.schemas.model import ID, Model
from segue.serve.schemas.problems import Problem  # noqa: TC001


class Answered(Model):
    """What came of one of many seeds: an answer or a problem."""

    track: str = Field(description="As it was named.", examples=[ID])
    answer: Answer | None
    problem: Problem | None = Field(
        description="Why there is no answer; null where there is one.", examples=[None]
    )


class Answers(Model):
    """Answers in the order that was asked."""

    answers: list[Answered]
    count: int = Field(examples=[1])


class Attached(Model):
    """How many outside ids are new."""

    attached: int = Field(examples=[1])
