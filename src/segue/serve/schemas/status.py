"""What the API says of the server and its catalogue, as shapes; see `segue.serve.schemas`."""

from __future__ import annotations

from pydantic import Field

from segue.serve.schemas.model import Model


class Ledger(Model):
    """How analysis stands: found = analysed + queued + failed + skipped."""

    found: int = Field(examples=[120])
    analysed: int = Field(examples=[117])
    queued: int = Field(examples=[0])
    failed: int = Field(examples=[3])
    skipped: int = Field(examples=[0])


class Counts(Model):
    """How much of everything the catalogue holds."""

    tracks: int = Field(examples=[89741])
    artists: int = Field(examples=[29858])
    albums: int = Field(examples=[46589])
    genres: int = Field(examples=[114])
    playlists: int = Field(examples=[2000])
    entries: int = Field(description="Entries of playlists.", examples=[61234])
    files: int = Field(description="Audio files that are there.", examples=[120])
    missing: int = Field(description="Audio files a scan no longer finds.", examples=[0])
    playable: int = Field(description="Tracks with a file that is there.", examples=[120])
    plays: int = Field(examples=[5120])
    links: dict[str, int] = Field(
        description="Records that met by name, by state.", examples=[{"linked": 31}]
    )
    vectors: dict[str, int] = Field(
        description="Tracks with a stored vector, by space.", examples=[{"descriptors": 117}]
    )


class ModelStatus(Model):
    """How the model of the setting `attributes_model` stands."""

    folder: str = Field(examples=["models/attributes"])
    name: str = Field(description="Empty where it cannot be used.", examples=["audio-1"])
    problem: str = Field(description="Why it cannot be used, else empty.", examples=[""])
    predicted: int = Field(examples=[117])
    described: int = Field(description="Tracks with descriptors.", examples=[117])


class EmbedderStatus(Model):
    """How a network that hears stands."""

    space: str = Field(description="What its vectors make.", examples=["sound"])
    name: str = Field(description="Empty where it cannot be read.", examples=["sound-1"])
    role: str = Field(
        description=(
            "`stands`: answers are made from what it heard; `coming`: it takes the place of "
            "another when it is through; `broken`: it cannot be used; `gone`: what it heard "
            "stands, and it is no longer there."
        ),
        examples=["stands"],
    )
    synthetic: bool = Field(description="Taught with invented music alone.", examples=[False])
    unproven: bool = Field(
        description="The same, and not shown to help with real music.", examples=[False]
    )
    embedded: int = Field(description="Tracks it has heard.", examples=[117])
    waiting: int = Field(description="Files it has still to hear.", examples=[0])
    problem: str = Field(description="Why it cannot be used, else empty.", examples=[""])


class LearnedStatus(Model):
    """A space, a lens or a map that was learned from the catalogue."""

    name: str = Field(description="A map's is `map:SPACE`.", examples=["factors"])
    source: str = Field(
        description="What it was learned from.",
        examples=["2,000 playlists with 46,317 entries"],
    )
    created: float = Field(description="Seconds since 1970, UTC.", examples=[1795865825.7])


class Status(Model):
    """How the catalogue stands."""

    ready: bool = Field(description="Whether an engine stands.", examples=[True])
    epoch: int = Field(description="Grows with every change.", examples=[12])
    counts: Counts
    ledger: Ledger = Field(description="Files whose sound was described, or was not.")
    recordings: Ledger = Field(
        description="Files read from end to end, for loudness, waveform and fingerprint."
    )
    spaces: dict[str, int] = Field(
        description="How many tracks each space places; empty until an engine stands.",
        examples=[{"attributes": 89741, "text": 89741, "descriptors": 117}],
    )
    attributes: dict[str, int] = Field(
        description="Tracks that have attributes of each provenance.",
        examples=[{"given": 89741, "estimated": 117}],
    )
    measured: dict[str, int] = Field(
        description=(
            "Estimated attributes that are measured by the catalogue's own given values, and by "
            "those of how many tracks; the others are by ordinary music."
        ),
        examples=[{"energy": 112, "valence": 112}],
    )
    model: ModelStatus | None = Field(description="Null where no model is set.")
    embedders: list[EmbedderStatus] = Field(description="Networks that hear, by space.")
    learned: list[LearnedStatus] = Field(description="What training found out, by name.")
    inferred: dict[str, int] = Field(
        description="How many tracks of a space stand there by their content alone.",
        examples=[{"factors": 512}],
    )


class Health(Model):
    """The process is alive."""

    status: str = Field(examples=["alive"])
    version: str = Field(examples=["0.1.0"])


class Ready(Model):
    """Whether questions can be answered, and what is missing where they cannot."""

    ready: bool = Field(examples=[True])
    missing: list[str] = Field(
        description="What keeps questions from being answered.", examples=[[]]
    )
    degraded: list[str] = Field(
        description="What does not work as it should, though questions are answered.",
        examples=[[]],
    )
    epoch: int | None = Field(
        description="Of the answers; null while there are none.", examples=[12]
    )
    tracks: int = Field(examples=[89741])
    spaces: dict[str, int] = Field(
        description="How many tracks each space places.",
        examples=[{"attributes": 89741, "text": 89741, "descriptors": 120}],
    )
