"""Tracks in an order that is meant, and how each follows the one before."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Self

from pydantic import ConfigDict, Field

from segue.serve.schemas.answers import Reasons  # noqa: TC001 (pydantic reads annotations)
from segue.serve.schemas.model import ID, Model
from segue.serve.schemas.tracks import Track

if TYPE_CHECKING:
    from segue import records


class Step(Model):
    """One track, and how it follows the one before; null where either side is unknown."""

    place: int = Field(examples=[2])
    track: Track
    jump: float | None = Field(
        None,
        description="The share of random pairs of the catalogue that are more alike: 0 is the "
        "same, 0.5 as by chance.",
        examples=[0.012],
    )
    tempo_change: float | None = Field(
        None, description="By which part faster, half and double the tempo alike.", examples=[0.02]
    )
    key_change: int | None = Field(
        None, description="Steps on the Camelot wheel, 0 to 7.", examples=[1]
    )
    energy_change: float | None = Field(None, description="-1 to 1.", examples=[0.06])
    reasons: Reasons | None = Field(None, description="Why it follows.")
    versions: list[str] = Field(
        [], description="Ids of tracks that hold the same recording.", examples=[[]]
    )

    @classmethod
    def of(cls, step: records.Step) -> Self:
        """From the record."""
        values = {name: getattr(step, name) for name in cls.model_fields}
        values["track"] = Track.of(step.track)
        return cls.model_validate(values)


class Smoothness(Model):
    """How smoothly an order runs: means over its steps; null where nothing is known."""

    tempo: float | None = Field(description="Octaves, 0 to 0.5.", examples=[0.04])
    key: float | None = Field(description="Steps on the Camelot wheel.", examples=[1.2])
    jump: float | None = Field(description="As of a step.", examples=[0.08])
    arc: float | None = Field(
        None, description="How far energy is from what the arc has there.", examples=[0.05]
    )


class Journey(Model):
    """Tracks in an order that is meant."""

    kind: str = Field(description="order, path or radio.", examples=["path"])
    lens: str = Field(examples=["hybrid"])
    weights: dict[str, float] = Field(examples=[{"attributes": 0.6, "text": 0.4}])
    epoch: int = Field(description="State of the catalogue that was asked.", examples=[12])
    count: int = Field(examples=[10])
    steps: list[Step]
    largest: float | None = Field(None, description="The largest jump.", examples=[0.031])
    bound: float | None = Field(
        None, description="What no jump should be larger than, as asked.", examples=[0.05]
    )
    kept: bool = Field(True, description="Whether all is as asked.")
    smoothness: Smoothness | None = None
    before: Smoothness | None = Field(None, description="Of the order that was given.")
    origin: str = Field("", description="Where learned weights come from.", examples=[""])
    notes: list[str] = Field([], description="What is otherwise than asked.", examples=[[]])
    seconds: float = Field(0.0, examples=[0.021])

    @classmethod
    def of(cls, journey: records.Journey) -> Self:
        """From the record."""
        values = {name: getattr(journey, name) for name in cls.model_fields if name != "count"}
        steps = [Step.of(step) for step in journey]
        return cls.model_validate({**values, "count": len(journey), "steps": steps})


class RadioState(Model):
    """All that a radio remembers; send it back to go on."""

    model_config = ConfigDict(extra="forbid")

    seeds: list[str] = Field(description="Tracks it was begun with.", examples=[[ID]])
    lens: str = Field("", examples=["hybrid"])
    drift: float = Field(0.5)
    apart: int = Field(4)
    window: int = Field(200)
    variation: float = Field(0.5)
    draw: int = Field(0)
    count: int = Field(0, description="How many it has played.", examples=[10])
    played: list[str] = Field([], description="The last of them.", examples=[[ID]])
    liked: list[str] = Field([], examples=[[]])
    skipped: list[str] = Field([], examples=[[]])

    @classmethod
    def of(cls, state: records.RadioState) -> Self:
        """From the record."""
        return cls.model_validate(asdict(state))


class Tuned(Model):
    """The next tracks of a radio, and what it remembers then."""

    journey: Journey
    state: RadioState
