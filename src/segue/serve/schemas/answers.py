"""Recommendations, and why each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field

from segue.serve.schemas.model import ID, Model
from segue.serve.schemas.tracks import Attributes, Track

if TYPE_CHECKING:
    from segue import records

_REASON = "Same genre (ambient) and key (A minor); nearly the same tempo (92 and 94 BPM)."


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
        "", description="Of a set: the seed that the row is nearest to, by name.", examples=[""]
    )
    playlists: int | None = Field(
        None,
        description="How many playlists hold both, of a set how many that hold several of it hold "
        "the row; null where no playlist counts.",
        examples=[3],
    )


class Recommendation(Model):
    """One row of an answer."""

    rank: int = Field(examples=[1])
    track: Track
    score: float = Field(examples=[0.913])
    reasons: Reasons
    versions: list[str] = Field(description="Ids of duplicates behind this row.", examples=[[]])
    changes: dict[str, float] = Field(
        {},
        description="What moved it, by hubs, recent, variation or diversity; rows are in the order "
        "of score + the sum of changes.",
        examples=[{"hubs": -0.012}],
    )


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
        changes=dict(row.changes),
    )


class FileRecommendation(Model):
    """One recommendation for a file, in the short shape."""

    name: str = Field(examples=["Slow Harbour"])
    album: str = Field(examples=["Tides"])
    artists: list[str] = Field(examples=[["Vela Moor"]])
    similarity_score: float = Field(examples=[0.913])
    id: str = Field(examples=[ID])
    reason: str = Field(description="The sentence of `reasons`.", examples=[_REASON])
    reasons: Reasons


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
                reasons=Reasons.model_validate(row.reasons),
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
