"""What listeners think of tracks."""

from __future__ import annotations

from pydantic import Field

from segue.serve.schemas.model import ID, Model


class Opinion(Model):
    """What a listener thinks of a track."""

    track_id: str = Field(examples=[ID])
    kind: str = Field(description="like, dislike or skip.", examples=["like"])
    at: float = Field(description="Seconds since 1970.", examples=[1795862400.0])


class Opinions(Model):
    """What a listener thinks of tracks, the newest first."""

    listener: str = Field(examples=["Ada"])
    opinions: list[Opinion]
    count: int = Field(examples=[1])


class Undone(Model):
    """Whether there was an opinion to take back."""

    undone: bool = Field(examples=[True])
