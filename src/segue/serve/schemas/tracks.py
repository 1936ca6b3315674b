"""Tracks, one by one and in lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field

from segue.serve.schemas.model import ID, Model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue import records
    from segue.attributes import predictor


class Attributes(Model):
    """Musical attributes; null where unknown. Most lie in [0, 1]."""

    energy: float | None = Field(None, description="Intensity, 0 to 1.", examples=[0.41])
    valence: float | None = Field(None, description="Cheerfulness, 0 to 1.", examples=[0.32])
    danceability: float | None = Field(None, examples=[0.55])
    loudness: float | None = Field(None, description="dB relative to full scale.", examples=[-11.2])
    acousticness: float | None = Field(None, examples=[0.72])
    instrumentalness: float | None = Field(None, examples=[0.9])
    liveness: float | None = Field(None, examples=[0.1])
    speechiness: float | None = Field(None, examples=[0.03])
    tempo: float | None = Field(None, description="Beats a minute.", examples=[92.0])
    key: int | None = Field(None, description="Pitch class 0–11, 0 is C.", examples=[9])
    mode: int | None = Field(None, description="1 for major, 0 for minor.", examples=[0])
    time_signature: int | None = Field(None, description="Beats a bar.", examples=[4])


class Interval(Model):
    """Between what a predicted attribute lies, for `coverage` of all tracks."""

    low: float = Field(examples=[0.47])
    high: float = Field(examples=[0.77])
    coverage: float = Field(description="Share of tracks, 0 to 1.", examples=[0.9])


class OutsideId(Model):
    """A name somebody else gave a track."""

    scheme: str = Field(examples=["isrc"])
    value: str = Field(examples=["QZES71982312"])


class Label(Model):
    """A word about a track, of a kind: an emotion, a mood, a tag."""

    kind: str = Field(examples=["emotion"])
    value: str = Field(examples=["calm"])


class Track(Model):
    """What the catalogue knows of one track."""

    id: str = Field(examples=[ID])
    title: str = Field(examples=["Slow Harbour"])
    artists: list[str] = Field(examples=[["Vela Moor"]])
    album: str = Field("", examples=["Tides"])
    genres: list[str] = Field(examples=[["ambient"]])
    year: int | None = Field(None, examples=[2021])
    duration: float | None = Field(None, description="Seconds.", examples=[187.4])
    explicit: bool | None = Field(None, examples=[False])
    popularity: float | None = Field(None, examples=[34.0])
    attributes: Attributes | None = None
    provenance: str = Field(
        "",
        description="The best among the attributes: given, predicted:MODEL or estimated.",
        examples=["given"],
    )
    origins: dict[str, str] = Field(
        {},
        description="Of each known attribute: given, predicted:MODEL or estimated.",
        examples=[{"energy": "given", "key": "estimated"}],
    )
    outside_ids: list[OutsideId] = Field([])
    labels: list[Label] = Field([])
    playable: bool = Field(description="Whether a file of the library holds it.", examples=[True])
    synthetic: bool = Field(description="Whether it was invented by Segue.", examples=[False])

    @classmethod
    def of(cls, track: records.Track) -> Self:
        """From the record."""
        values = {name: getattr(track, name) for name in Track.model_fields}
        values["labels"] = [{"kind": kind, "value": value} for kind, value in track.labels]
        return cls.model_validate(values)


class OneTrack(Track):
    """What the catalogue knows of one track, and how sure the model is of what it predicted."""

    intervals: dict[str, Interval] = Field(
        {}, description="Between what predicted attributes lie, by name."
    )

    @classmethod
    def told(cls, track: records.Track, intervals: Mapping[str, predictor.Interval]) -> Self:
        """From the records."""
        found = {name: Interval.model_validate(each) for name, each in intervals.items()}
        return cls.of(track).model_copy(update={"intervals": found})


class TrackPage(Model):
    """Some tracks in the catalogue's order, and where the next ones start."""

    tracks: list[Track]
    count: int = Field(description="Tracks in the whole catalogue.", examples=[89741])
    next: str | None = Field(
        description="Pass as `after` for the next page; null on the last.", examples=[ID]
    )


class Found(Model):
    """Tracks that fit the words, the best first."""

    tracks: list[Track]
    count: int = Field(description="Tracks in this answer.", examples=[1])
