"""What can be asked with: lenses and spaces, models, folders, listeners."""

from __future__ import annotations

from pydantic import Field

from segue.serve.schemas.model import Model
from segue.serve.schemas.status import (  # noqa: TC001 (pydantic reads annotations)
    EmbedderStatus,
    LearnedStatus,
    ModelStatus,
)


class Lens(Model):
    """What "similar" can mean."""

    name: str = Field(examples=["hybrid"])
    label: str = Field(description="What people call it.", examples=["Hybrid"])
    about: str = Field(examples=["attributes and words together, 60 to 40"])
    weights: dict[str, float] = Field(
        description="By space; empty where they go by the seed.",
        examples=[{"attributes": 0.6, "text": 0.4}],
    )


class Space(Model):
    """One sense of likeness; each can be weighed, and is a lens by itself."""

    name: str = Field(examples=["attributes"])
    label: str = Field(description="What people call it.", examples=["attributes"])
    tracks: int = Field(description="Tracks that stand in it.", examples=[89741])
    inferred: int = Field(description="How many of them by their content alone.", examples=[0])
    needs: str = Field(
        description="What would place a track that does not stand in it.",
        examples=["a table that gives its attributes"],
    )


class Senses(Model):
    """Every lens and space that can be asked with."""

    epoch: int = Field(examples=[12])
    lenses: list[Lens]
    spaces: list[Space]
    facets: list[str] = Field(
        description="Single features that weights take like spaces.", examples=[["tempo", "key"]]
    )


class Models(Model):
    """What was learned, and what hears and predicts."""

    learned: list[LearnedStatus]
    embedders: list[EmbedderStatus]
    model: ModelStatus | None = Field(description="What predicts attributes; null: none is set.")


class Folder(Model):
    """A music folder."""

    root: str = Field(examples=["/music"])
    scanned: float | None = Field(
        description="When it was looked through, seconds since 1970.", examples=[1795862400.0]
    )
    files: int = Field(description="Audio files in it.", examples=[120])
    missing: int = Field(description="Files that are no longer found.", examples=[0])


class Folders(Model):
    """Music folders, in the order of their paths."""

    folders: list[Folder]
    count: int = Field(examples=[1])


class Listeners(Model):
    """Everybody who has plays, playlists or opinions here."""

    listeners: list[str] = Field(
        description="Names; empty is the catalogue's owner.", examples=[["", "Ada"]]
    )
    count: int = Field(examples=[2])
