"""Files that hold the same recording."""

from __future__ import annotations

from pydantic import Field

from segue.serve.schemas.model import ID, Model


class Copy(Model):
    """One file, and what tells it from the best copy."""

    path: str = Field(examples=["/music/Vela Moor/Tides/01.flac"])
    track_id: str = Field(examples=[ID])
    title: str = Field(examples=["Slow Harbour"])
    artists: list[str] = Field(examples=[["Vela Moor"]])
    format: str = Field(examples=["flac"])
    size: int = Field(description="Bytes.", examples=[21_340_112])
    duration: float | None = Field(description="Seconds.", examples=[187.4])
    bit_rate: float | None = Field(description="Kbit/s, size over length.", examples=[911.0])
    loudness: float | None = Field(description="LUFS.", examples=[-14.1])
    true_peak: float | None = Field(description="dBTP.", examples=[-0.9])
    later: float | None = Field(
        description="How many seconds of the best copy are gone before it begins.", examples=[0.0]
    )
    likeness: float | None = Field(
        description="How far the fingerprints agree: 1 to the last bit, 0 as by chance.",
        examples=[0.98],
    )
    why: str = Field(
        description="Why it is the best, or what the best has over it.", examples=["lossless"]
    )


class Copies(Model):
    """One recording: its files, the best first."""

    files: list[Copy]
    spare: int = Field(description="Bytes that all but the best take.", examples=[7_502_080])
    tracks: int = Field(description="Under how many tracks they stand.", examples=[2])
    named_alike: bool = Field(examples=[True])


class Excerpt(Model):
    """A file that is a part of a longer one."""

    whole: Copy
    part: Copy


class Namesakes(Model):
    """Different recordings under one name, the longest first."""

    title: str = Field(examples=["Slow Harbour"])
    artists: list[str] = Field(examples=[["Vela Moor"]])
    files: list[Copy]


class Duplicates(Model):
    """What fingerprints say of all files that are there; nothing is deleted or joined."""

    files: int = Field(description="Files that were compared.", examples=[51_230])
    waiting: int = Field(description="Files that were not yet.", examples=[0])
    copies: list[Copies] = Field(description="Those with most to gain first.")
    excerpts: list[Excerpt]
    namesakes: list[Namesakes]
    spare: int = Field(description="Bytes over all copies.", examples=[7_502_080])
    left_out: dict[str, int] = Field(
        description="What was not listed, by kind.", examples=[{"copies": 12}]
    )
