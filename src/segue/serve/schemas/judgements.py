"""Blind comparisons of two lenses by a listener."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field

from segue.serve.schemas.model import ID, OTHER, Model
from segue.serve.schemas.tracks import Track

if TYPE_CHECKING:
    from segue import records


class ListeningQuestion(Model):
    """Tracks to listen to, without a word on which lens found which."""

    id: str = Field(description="What the answer names.", examples=["q5hYt0aVbXw3kQzL"])
    kind: str = Field(description="pair or odd.", examples=["pair"])
    seed: Track | None = Field(
        None, description="What both lenses were asked about; null where it is among the shown."
    )
    shown: list[Track] = Field(description="The tracks to choose from.")

    @classmethod
    def of(cls, question: records.ListeningQuestion) -> Self:
        """From the record."""
        return cls(
            id=question.id,
            kind=question.kind,
            seed=None if question.seed is None else Track.of(question.seed),
            shown=[Track.of(track) for track in question.shown],
        )


class Judgement(Model):
    """A blind comparison that was answered."""

    kind: str = Field(description="pair or odd.", examples=["pair"])
    lens_a: str = Field(examples=["hybrid"])
    lens_b: str = Field(examples=["sound"])
    seed_id: str = Field(description="What was asked about.", examples=[ID])
    track_a: str = Field(description="What `lens_a` found.", examples=[OTHER])
    track_b: str = Field(description="What `lens_b` found.", examples=[ID])
    choice: str = Field(description="Empty where they are equal.", examples=[OTHER])
    winner: str = Field(
        description="The lens whose track goes better; empty where neither does.",
        examples=["hybrid"],
    )
    listener: str = Field(examples=["Ada"])
    at: float = Field(description="Seconds since 1970.", examples=[1795862400.0])


class Judgements(Model):
    """Every comparison that was answered, the oldest first."""

    judgements: list[Judgement]
    count: int = Field(examples=[1])
