"""The catalogue in numbers."""

from __future__ import annotations

from pydantic import Field

from segue.serve.schemas.model import ID, Model
from segue.serve.schemas.status import Counts  # noqa: TC001 (pydantic reads annotations)


class Format(Model):
    """Files of one format."""

    name: str = Field(examples=["flac"])
    files: int = Field(examples=[120])
    seconds: float = Field(examples=[24010.5])
    size: int = Field(description="Bytes.", examples=[2_804_112_340])


class Distribution(Model):
    """How one value is spread over the tracks."""

    name: str = Field(description="Of an attribute, duration or year.", examples=["energy"])
    counts: list[int] = Field(description="Tracks by bin.", examples=[[120, 310, 95]])
    edges: list[float] = Field(
        description="Where bins begin and end: one more than there are.",
        examples=[[0.0, 0.33, 0.67, 1.0]],
    )
    quantiles: list[float] = Field(
        description="Of 5, 25, 50, 75 and 95 %; empty where nothing is known.",
        examples=[[0.08, 0.31, 0.52, 0.74, 0.93]],
    )
    known: int = Field(description="Tracks that have it.", examples=[525])
    unknown: int = Field(examples=[0])
    origins: dict[str, int] = Field(
        description="Tracks by where it comes from.", examples=[{"given": 525}]
    )


class KeyCount(Model):
    """How many tracks are in one key."""

    key: int = Field(description="Pitch class, 0 is C.", examples=[9])
    mode: int = Field(description="1 for major, 0 for minor.", examples=[0])
    tracks: int = Field(examples=[61])


class Statistics(Model):
    """The catalogue in numbers, as of one epoch."""

    epoch: int = Field(examples=[12])
    counts: Counts
    seconds: float = Field(description="How long all tracks take.", examples=[20_114_200.0])
    playable: int = Field(description="Tracks with a file.", examples=[120])
    synthetic: int = Field(description="Tracks that are invented.", examples=[0])
    formats: list[Format]
    distributions: list[Distribution]
    measured: list[str] = Field(
        description="Names of the rows and columns of `together`.", examples=[["energy", "tempo"]]
    )
    together: list[list[float | None]] = Field(
        description="Pearson's correlation of each two; null where too little is known.",
        examples=[[[1.0, 0.21], [0.21, 1.0]]],
    )
    keys: list[KeyCount]
    time_signatures: dict[int, int] = Field(
        description="Tracks by beats a bar.", examples=[{"4": 480, "3": 45}]
    )


class Played(Model):
    """How often a track was played."""

    track_id: str = Field(examples=[ID])
    times: int = Field(examples=[12])


class Plays(Model):
    """What a listener has played."""

    listener: str = Field(description="Empty: the catalogue's owner.", examples=[""])
    times: int = Field(description="Plays in all.", examples=[512])
    most: list[Played] = Field(description="The tracks played most.")
    months: dict[str, int] = Field(
        description="Plays by month, where their time is known.", examples=[{"2026-10": 40}]
    )
