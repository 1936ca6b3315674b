"""What a description in words is understood as: shown, changed and sent back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import ConfigDict, Field

from segue.serve.schemas.model import ID, Model
from segue.words import written

if TYPE_CHECKING:
    from segue.words import understood


class _Changed(Model):
    """What all parts share: they come back too, and a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class Named(_Changed):
    """An artist or a track that is named."""

    kind: str = Field(description="artist or track.", examples=["artist"])
    name: str = Field("", examples=["Vela Moor"])
    id: str = Field("", description="Of a track.", examples=[""])


class Target(_Changed):
    """A number that is wanted, and between what it counts as that."""

    number: str = Field(description="An attribute, or popularity.", examples=["tempo"])
    value: float = Field(description="What is aimed at.", examples=[74.0])
    least: float | None = Field(None, examples=[None])
    most: float | None = Field(None, examples=[92.0])
    firm: bool = Field(
        False, description="Only tracks in the range; else while enough are left.", examples=[False]
    )


class Phrase(_Changed):
    """A part of the text, and what it means."""

    text: str = Field(examples=["slow"])
    kind: str = Field(examples=["target"])
    means: str = Field(examples=["a tempo of at most 92 BPM"])
    near: list[str] = Field([], description="Words to write instead.", examples=[[]])


class Range(_Changed):
    """A range of one attribute, or of the popularity; null leaves an end open."""

    attribute: str = Field(examples=["energy"])
    least: float | None = Field(None, examples=[None])
    most: float | None = Field(None, examples=[0.4])


class Conditions(_Changed):
    """What an answer may hold; the parameters of a question say the same."""

    genres: list[str] = Field([], examples=[["ambient"]])
    exclude_genres: list[str] = Field([])
    artists: list[str] = Field([])
    exclude_artists: list[str] = Field([])
    year_from: int | None = Field(None, examples=[1970])
    year_to: int | None = Field(None, examples=[1979])
    seconds_from: float | None = Field(None, examples=[None])
    seconds_to: float | None = Field(None, examples=[None])
    tempo_from: float | None = Field(None, examples=[None])
    tempo_to: float | None = Field(None, examples=[None])
    octaves: bool = Field(True)
    key: int | None = Field(None, examples=[None])
    mode: int | None = Field(None, examples=[0])
    compatible_keys: bool = Field(False)
    explicit: bool | None = Field(None, examples=[None])
    playable: bool | None = Field(None, examples=[None])
    languages: list[str] = Field([])
    folders: list[str] = Field([])
    between: list[Range] = Field([])
    exclude_tracks: list[str] = Field([], examples=[[ID]])


class Understood(_Changed):
    """Seeds, targets and conditions; change any of it and send it back as `understood`."""

    text: str = Field("", description="As it was written.", examples=["slow, minor, 1970s"])
    like: list[Named] = Field([], description="What to be near to.")
    unlike: list[Named] = Field([], description="What to stay away from.")
    targets: list[Target] = Field([], description="Numbers that are wanted, each once.")
    emotion: str = Field("", examples=["calm"])
    tags: list[str] = Field([], examples=[["piano"]])
    filters: Conditions = Field(
        default_factory=lambda: Conditions.model_validate({}),
        description="Other conditions: years, lengths, genres, keys.",
    )
    lens: dict[str, float] | None = Field(
        None,
        description="Weights that the answer goes by; null leaves it to the seeds.",
        examples=[{"tempo": 1.0, "mode": 1.0}],
    )
    phrases: list[Phrase] = Field([], description="The parts of the text, in order.")

    @classmethod
    def of(cls, found: understood.Understood) -> Self:
        """From the record."""
        return cls.model_validate(written.document(found))

    def record(self) -> understood.Understood:
        """Back again.

        Raises
        ------
        BadRequestError
            A number is out of its range, or a name is none.
        """
        return written.understood_from(self.model_dump())
