"""The catalogue to look through: facets, artists, albums and genres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field

from segue.serve.schemas.model import ID, Model
from segue.serve.schemas.tracks import Track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue import records
    from segue.library import shelves


class Option(Model):
    """One choice of a facet."""

    asks: dict[str, str | int] = Field(
        description="The parameters that choose it.", examples=[{"genre": "ambient"}]
    )
    name: str = Field(examples=["ambient"])
    tracks: int = Field(description="How many there are, if it is chosen.", examples=[812])
    chosen: bool = Field(examples=[False])


class Facet(Model):
    """One way to narrow down; each choice is counted as if none of its facet were made."""

    name: str = Field(description="genre, year or artist.", examples=["genre"])
    label: str = Field(examples=["Genre"])
    options: list[Option]
    more: int = Field(description="Choices that are not listed.", examples=[104])


class Group(Model):
    """An artist, an album or a genre."""

    key: str = Field(description="What it is asked for by.", examples=["vela moor"])
    name: str = Field(examples=["Vela Moor"])
    tracks: int = Field(examples=[14])


class LibraryPage(Model):
    """A page of the tracks that were looked for, and what could narrow them down."""

    tracks: list[Track]
    count: int = Field(description="Tracks on all pages.", examples=[1])
    next: str | None = Field(
        description="Pass as `after` for the next page; null on the last.", examples=[ID]
    )
    playable: int = Field(description="How many of them have a file.", examples=[0])
    liked: int = Field(description="How many the listener likes.", examples=[0])
    facets: list[Facet]
    artists: list[Group] = Field(description="Artists that the words name.")
    albums: list[Group] = Field(description="Albums that the words name.")

    @classmethod
    def of(cls, found: shelves.Found, tracks: Sequence[records.Track]) -> Self:
        """From the records."""
        return cls(
            tracks=[Track.of(each) for each in tracks],
            count=found.total,
            next=str(found.ids[-1]) if found.more else None,
            playable=found.playable,
            liked=found.liked,
            facets=[Facet.model_validate(each) for each in found.facets],
            artists=[Group.model_validate(each) for each in found.artists],
            albums=[Group.model_validate(each) for each in found.albums],
        )


class GroupPage(Model):
    """Artists, albums or genres, and where the next ones start."""

    groups: list[Group]
    count: int = Field(description="On all pages.", examples=[29858])
    next: str | None = Field(
        description="Pass as `after` for the next page; null on the last.", examples=["vela moor"]
    )


class OneGroup(Model):
    """An artist, an album or a genre with its tracks."""

    group: Group
    tracks: list[Track]
    next: str | None = Field(
        description="Pass as `after` for the next page; null on the last.", examples=[ID]
    )
    playable: int = Field(description="Tracks with a file.", examples=[0])
    seconds: float = Field(description="How long all of them take.", examples=[2810.5])
    years: list[int] = Field(
        description="The first and the last; empty where unknown.", examples=[[1998, 2021]]
    )
    artists: list[Group] = Field(description="Whose most of the tracks are.")
    genres: list[Group] = Field(description="What most of the tracks are.")
