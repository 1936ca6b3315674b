"""Maps: a space of the catalogue on a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field

from segue.serve.schemas.model import ID, Model

if TYPE_CHECKING:
    from segue.maps import shown


class MapSpace(Model):
    """A space that can be drawn."""

    space: str = Field(examples=["attributes"])
    count: int = Field(description="Tracks that stand in it.", examples=[89741])
    drawn: bool = Field(description="Whether a map of it is there.", examples=[True])


class MapSpaces(Model):
    """Spaces that can be drawn, the one that is shown when nobody says first."""

    spaces: list[MapSpace]
    count: int = Field(examples=[1])


class Region(Model):
    """A crowd on a map."""

    number: int = Field(description="What points name it by.", examples=[0])
    name: str = Field(
        description="What is commoner in it than elsewhere.", examples=["ambient, piano"]
    )
    count: int = Field(description="Tracks in it.", examples=[4120])
    x: float = Field(description="Of its middle, 0 to 1.", examples=[0.31])
    y: float = Field(description="Upwards.", examples=[0.72])
    nearest: list[str] = Field(description="Ids of tracks at its middle.", examples=[[ID]])


class OneMap(Model):
    """A map: its regions, and how far it shows the catalogue."""

    space: str = Field(examples=["attributes"])
    epoch: int = Field(description="State of the catalogue that it shows.", examples=[12])
    count: int = Field(description="Tracks on it.", examples=[89741])
    changed: int = Field(
        description="Tracks that came, went or changed since it was drawn.", examples=[0]
    )
    stale: bool = Field(description="Whether it should be drawn again.", examples=[False])
    regions: list[Region] = Field(description="The largest first.")

    @classmethod
    def of(cls, drawn: shown.TrackMap) -> Self:
        """From the record."""
        return cls(
            space=drawn.space,
            epoch=drawn.corpus.epoch,
            count=len(drawn.rows),
            changed=drawn.changed,
            stale=drawn.stale,
            regions=[
                Region(
                    number=number,
                    name=each.name,
                    count=each.count,
                    x=each.x,
                    y=each.y,
                    nearest=[str(one) for one in drawn.ids(np.array(each.nearest, np.int64))],
                )
                for number, each in enumerate(drawn.regions)
            ],
        )


class Point(Model):
    """Where a track is on a map."""

    id: str = Field(examples=[ID])
    x: float = Field(description="0 to 1.", examples=[0.29])
    y: float = Field(description="0 to 1, upwards.", examples=[0.7])
    region: int = Field(examples=[0])


class Points(Model):
    """Points of a map, and where the next ones start."""

    points: list[Point]
    count: int = Field(description="On all pages.", examples=[89741])
    next: str | None = Field(
        description="Pass as `after` for the next page; null on the last.", examples=[ID]
    )
