"""What the API answers: the records, field by field, as JSON with examples.

Every figure keeps the name it has in `segue.records`. Durations and times are in seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue import records
    from segue.attributes import predictor

ID = "trk_7Kq2mZ9f"
_REASON = "Same genre (ambient) and key (A minor); nearly the same tempo (92 and 94 BPM)."


class Model(BaseModel):
    """What all shapes share: they are made of records, and never change."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


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
    outside_ids: list[OutsideId] = []
    labels: list[Label] = []
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


class Contribution(Model):
    """What one space did for the row's place: value = ln(without / rank)."""

    space: str = Field(examples=["attributes"])
    weight: float = Field(examples=[0.6])
    score: float = Field(examples=[0.94])
    expected: float = Field(description="Mean score of random pairs.", examples=[0.03])
    rank: int = Field(
        description="The row's place among all tracks before anything is selected.", examples=[2]
    )
    without: int = Field(
        description="Its place if this space were taken out for all tracks.", examples=[412]
    )
    value: float = Field(examples=[5.328])
    estimated: bool = Field(
        description="The track stands nowhere in this space; the score is its expectation.",
        examples=[False],
    )
    inferred: bool = Field(
        False,
        description="The track stands there by its content alone: nobody put it there.",
        examples=[False],
    )


class Comparison(Model):
    """One feature of the seed beside the same of the recommendation; likeness 1 is the same."""

    feature: str = Field(examples=["tempo"])
    seed: str = Field(examples=["92 BPM"])
    track: str = Field(examples=["94 BPM"])
    likeness: float = Field(examples=[0.98])
    estimated: bool = Field(
        False, description="Either side is an estimate from the signal.", examples=[False]
    )


class Passage(Model):
    """Where two tracks sound most alike, in seconds from the beginning of each file."""

    space: str = Field(description="What hears them alike.", examples=["sound"])
    seed: str = Field(description="The seed that holds it; empty of a file.", examples=[ID])
    seed_at: float = Field(examples=[92.1])
    track_at: float = Field(examples=[104.4])
    seconds: float = Field(description="How long the passage is.", examples=[3.0])
    likeness: float = Field(examples=[0.97])


class Reasons(Model):
    """Why this row."""

    sentence: str = Field(examples=[_REASON])
    contributions: list[Contribution]
    agree: list[Comparison]
    differs: Comparison | None
    passages: list[Passage] = Field(
        [], description="Passages that sound most alike, the best first; none where none is heard."
    )
    near: str = Field(
        "", description="Of a set: the seed that the row is nearest to.", examples=[""]
    )


class Recommendation(Model):
    """One row of an answer."""

    rank: int = Field(examples=[1])
    track: Track
    score: float = Field(examples=[0.913])
    reasons: Reasons
    versions: list[str] = Field(description="Ids of duplicates behind this row.", examples=[[]])


class Answer(Model):
    """The recommendations for one seed, with how they came about."""

    seed: Track
    lens: str = Field(examples=["hybrid"])
    weights: dict[str, float] = Field(examples=[{"attributes": 0.6, "text": 0.4}])
    epoch: int = Field(description="State of the catalogue that was asked.", examples=[12])
    count: int = Field(examples=[10])
    recommendations: list[Recommendation]
    candidates: dict[str, int] = Field(
        description="Tracks that passed the filters, by space.",
        examples=[{"attributes": 89741, "text": 89741}],
    )
    absent: dict[str, str] = Field(
        description="Spaces the seed stands in nowhere, and what would place it.",
        examples=[{"descriptors": "a file of it in a scanned music folder"}],
    )
    seconds: float = Field(examples=[0.0011])
    seeds: list[str] = Field(
        [], description="Of a set: ids of the tracks it is computed from.", examples=[[ID]]
    )
    origin: str = Field(
        "",
        description="Where learned weights come from.",
        examples=["These weights were learned from 400 playlists that were kept aside"],
    )
    notes: list[str] = Field([], description="What may not be as expected.", examples=[[]])

    @classmethod
    def of(cls, answer: records.Answer) -> Self:
        """From the record."""
        return cls(
            seed=Track.of(answer.seed),
            lens=answer.lens,
            weights=dict(answer.weights),
            epoch=answer.epoch,
            count=len(answer),
            recommendations=[_row(row) for row in answer],
            candidates=dict(answer.candidates),
            absent=dict(answer.absent),
            seconds=answer.seconds,
            seeds=[str(each) for each in answer.seeds],
            origin=answer.origin,
            notes=list(answer.notes),
        )


def _row(row: records.Recommendation) -> Recommendation:
    return Recommendation(
        rank=row.rank,
        track=Track.of(row.track),
        score=row.score,
        reasons=Reasons.model_validate(row.reasons),
        versions=[str(version) for version in row.versions],
    )


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


class FileRecommendation(Model):
    """One recommendation for a file, in the short shape."""

    name: str = Field(examples=["Slow Harbour"])
    album: str = Field(examples=["Tides"])
    artists: list[str] = Field(examples=[["Vela Moor"]])
    similarity_score: float = Field(examples=[0.913])
    id: str = Field(examples=[ID])
    reason: str = Field(examples=[_REASON])


class FileAnswer(Model):
    """Recommendations for an audio file that need not be in the catalogue."""

    recommendations: list[FileRecommendation]
    count: int = Field(examples=[10])
    lens: str = Field(examples=["descriptors"])
    attributes: Attributes | None = Field(None, description="What was heard in the file.")
    origins: dict[str, str] = Field(
        {},
        description="Of each of these: predicted:MODEL or estimated.",
        examples=[{"energy": "estimated", "tempo": "estimated"}],
    )
    absent: dict[str, str] = Field(
        description="Spaces the file stands in nowhere, and what would place it.",
        examples=[{"attributes": "a table that gives its attributes"}],
    )
    seconds: float = Field(description="To look for them, without reading the file.")

    @classmethod
    def of(cls, answer: records.Answer) -> Self:
        """From the record."""
        rows = [
            FileRecommendation(
                name=row.track.title,
                album=row.track.album,
                artists=list(row.track.artists),
                similarity_score=row.score,
                id=row.track.id,
                reason=row.reasons.sentence,
            )
            for row in answer
        ]
        return cls(
            recommendations=rows,
            count=len(rows),
            lens=answer.lens,
            attributes=Track.of(answer.seed).attributes,
            origins=dict(answer.seed.origins),
            absent=dict(answer.absent),
            seconds=answer.seconds,
        )


class Problem(Model):
    """What went wrong, as RFC 9457 has it, with what to do about it."""

    type: str = Field(examples=["/docs#problem-not-found"])
    title: str = Field(examples=["There is no such thing"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["No track has the id 'nowhere'."])
    remedy: str | None = Field(None, examples=["Look for it with the search."])
    errors: list[dict[str, str]] | None = Field(
        None, examples=[[{"parameter": "n", "message": "should be at most 500, not '1000'"}]]
    )


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The entries of OpenAPI for answers that are problems."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _MEANING[status], "content": content} for status in statuses}


_MEANING = {
    400: "The question makes no sense as asked, or the Host header is not known here.",
    403: "Sent from another site.",
    404: "There is no such track.",
    409: "It cannot be used as it is.",
    413: "More than is taken: a file beyond the setting `upload_megabytes`, a long document.",
    422: "A parameter or the file cannot be read as what it should be.",
    423: "The catalogue is locked elsewhere; ask again.",
    503: "The engine is still getting ready; ask again in a moment.",
}
