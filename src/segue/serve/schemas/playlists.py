"""Playlists of the catalogue."""

from __future__ import annotations

from pydantic import Field

from segue.serve.schemas.model import Model
from segue.serve.schemas.tracks import Track  # noqa: TC001 (pydantic reads annotations)


class Playlist(Model):
    """A playlist; one that was made here can be changed."""

    number: int = Field(description="What it is found by.", examples=[1])
    title: str = Field(examples=["Road trip"])
    description: str = Field(examples=[""])
    scheme: str = Field(description="Where it comes from; `segue`: made here.", examples=["segue"])
    value: str = Field(description="What it is called there.", examples=["5f0c2a91d7e34b68"])
    owner: str = Field(description="A listener; empty: the catalogue's owner.", examples=[""])
    count: int = Field(description="Its entries.", examples=[2])
    edition: float = Field(
        description="When it was changed last, seconds since 1970; a change names it.",
        examples=[1795862400.25],
    )
    synthetic: bool = Field(description="Whether it is invented.", examples=[False])
    made_here: bool = Field(description="Whether it can be changed.", examples=[True])


class Playlists(Model):
    """Those made here, then those imported, and where the next ones start."""

    playlists: list[Playlist]
    count: int = Field(description="Playlists in this answer.", examples=[1])
    next: int | None = Field(
        description="Pass as `after` for the next page; null on the last.", examples=[214]
    )


class OnePlaylist(Playlist):
    """A playlist with its tracks."""

    tracks: list[Track] = Field(description="In playing order; a track may come twice.")
    place: int = Field(description="Of the first of these tracks, from 0.", examples=[0])
    next: int | None = Field(
        description="Pass as `after` for the next page; null on the last.", examples=[200]
    )
