"""What programs send as JSON: questions about sets and wishes, opinions.

A field that is not known is refused: a misspelt filter must not be ignored.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from segue.library.listening import MOST
from segue.records import Dials, Filters
from segue.serve.questions import Rows, Seconds, Year
from segue.serve.schemas import ID

Name = Annotated[str, Field(max_length=300)]
Names = Annotated[list[Name], Field(max_length=100)]
Share = Annotated[float, Field(ge=0, le=1)]


class Body(BaseModel):
    """What all bodies share."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Narrowed(Body):
    """What an answer may hold, and how it is found."""

    n: Rows | None = Field(None, description="How many; the setting `results` when left out.")
    lens: Name | dict[Name, float] | None = Field(
        None,
        description="A lens, or weights by space; chosen by what is known when left out.",
        examples=["balanced"],
    )
    genre: Names = Field([], description="Only tracks of one of these.")
    exclude_genre: Names = Field([], description="No tracks of these.")
    exclude_artist: Names = Field([], description="No tracks by these.")
    year_from: Year | None = Field(None, description="Not older.")
    year_to: Year | None = Field(None, description="Not newer.")
    seconds_from: Seconds | None = Field(None, description="Not shorter.")
    seconds_to: Seconds | None = Field(None, description="Not longer.")
    explicit: bool | None = Field(None, description="Only explicit ones, or only others.")
    playable: bool | None = Field(None, description="Only with a file, or only without.")
    per_artist: Rows | None = Field(None, description="Most rows by one artist; else the setting.")

    def dials(self, usual: Dials) -> Dials:
        """How rows are chosen: as `usual`, but for what is asked."""
        return usual if self.per_artist is None else replace(usual, per_artist=self.per_artist)

    @property
    def filters(self) -> Filters:
        """What an answer may hold."""
        return Filters(
            genres=tuple(self.genre),
            exclude_genres=tuple(self.exclude_genre),
            exclude_artists=tuple(self.exclude_artist),
            year_from=self.year_from,
            year_to=self.year_to,
            seconds_from=self.seconds_from,
            seconds_to=self.seconds_to,
            explicit=self.explicit,
            playable=self.playable,
        )


class Continue(Narrowed):
    """What is to be continued: any of tracks, a title, a playlist and a listener's history."""

    tracks: list[Name] = Field(
        [],
        max_length=MOST,
        description="Ids of tracks; none is recommended again.",
        examples=[[ID]],
    )
    title: Name = Field("", description="What the playlist is called.", examples=["Road trip"])
    playlist: Name = Field("", description="A playlist of the catalogue, by id or title.")
    listener: Name | None = Field(
        None, description="Whose taste shifts the answer; alone, whose history is continued."
    )


class WishedAttributes(Body):
    """What is wished of attributes; leave out what is open."""

    energy: Share | None = Field(None, examples=[0.8])
    valence: Share | None = None
    danceability: Share | None = None
    loudness: float | None = Field(None, ge=-60, le=5, description="dB relative to full scale.")
    acousticness: Share | None = None
    instrumentalness: Share | None = None
    liveness: Share | None = None
    speechiness: Share | None = None
    tempo: float | None = Field(None, ge=20, le=400, description="Beats a minute.")
    key: int | None = Field(None, ge=0, le=11, description="Pitch class, 0 is C.")
    mode: int | None = Field(None, ge=0, le=1, description="1 for major, 0 for minor.")
    time_signature: int | None = Field(None, ge=1, le=16, description="Beats a bar.")


class Wish(Narrowed):
    """What is wished for: any part of it will do. `genre` and the years narrow, these describe."""

    attributes: WishedAttributes = Field(
        default_factory=lambda: WishedAttributes.model_validate({})
    )
    genres: Names = Field([], description="Of these genres.", examples=[["rock"]])
    artists: Names = Field([], description="Like these artists.")
    emotion: Name = Field("", description="Joy, sadness, calm, …", examples=["joy"])
    tags: Names = Field([], description="Any other words.")


class Given(Body):
    """What a listener thinks of a track."""

    kind: Literal["like", "dislike", "skip"] = Field(
        description="`dislike` means never again; `skip` a little less.", examples=["like"]
    )
