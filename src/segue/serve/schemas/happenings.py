"""What programs are told as it happens."""

from __future__ import annotations

from pydantic import Field

from segue.serve.schemas.model import ID, Model


class NewTracks(Model):
    """Tracks that came."""

    tracks: list[str] = Field(description="Ids; of many, the first hundred.", examples=[[ID]])
    count: int = Field(description="How many came.", examples=[1])
    epoch: int = Field(description="State of the catalogue with them.", examples=[13])


class Now(Model):
    """How the catalogue stands."""

    epoch: int = Field(description="Grows with every change of answers.", examples=[13])
    count: int = Field(description="Tracks in it.", examples=[89742])


class Ended(Model):
    """A job that is over."""

    id: int = Field(examples=[7])
    kind: str = Field(examples=["scan"])
    state: str = Field(description="done, failed or cancelled.", examples=["done"])
    title: str = Field(examples=["Looking through music: /srv/music"])
    message: str = Field(description="What came of it.", examples=["12 new, 400 unchanged"])
    address: str = Field(default="", description="Where that can be seen; empty: nowhere.")
    refused: int = Field(description="Files it could do nothing with.", examples=[0])
    finished: float | None = Field(
        default=None, description="Seconds since 1970.", examples=[1.7e9]
    )


class Missed(Model):
    """Something happened that is no longer remembered."""

    detail: str
    remedy: str
