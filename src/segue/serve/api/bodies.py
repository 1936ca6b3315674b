"""What programs send as JSON: questions about sets and wishes, opinions.

Questions have the fields that a query has too (`segue.serve.questions.Question`). A field that is
not known is refused: a misspelt filter must not be ignored.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from segue.catalogue.kept import MOST as MOST_KEPT
from segue.errors import BadRequestError
from segue.library.mixing import MOST
from segue.serve.parameters import Lens, Name, Ranges, Sentence, Share, Text
from segue.serve.questions import Narrowing, Question, known_fields
from segue.serve.schemas import ID, OTHER, RadioState, Understood

Listed = Annotated[list[Name], Field(max_length=100)]


class Body(BaseModel):
    """What all bodies share."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _only_known(cls, given: Any) -> Any:  # noqa: ANN401 (pydantic hands over anything)
        if isinstance(given, dict):
            known_fields(cls, given)
        return given


class _Written(Body, Narrowing):
    """What an answer may hold, where weights and ranges may be objects too."""

    lens: Lens = Field(
        None,
        description="A lens, or weights by space; chosen by what is known when left out.",
        examples=["balanced"],
    )
    weights: Lens = Field(None, description="Weights by space instead of a lens.")
    between: Ranges = Field(
        (), description="Only with attributes in these ranges; an end that is left out is open."
    )


class Narrowed(_Written, Question):
    """What an answer may hold, and how it is found."""


class Many(Narrowed):
    """Seeds that are asked about one by one."""

    tracks: list[Name] = Field(
        min_length=1,
        max_length=100,
        description="Ids of tracks, or outside ids as `scheme:value`.",
        examples=[[ID, OTHER]],
    )
    listener: Text = Field(None, description="Whose taste shifts the answers.")


class AttachedId(Body):
    """One id to attach to a track."""

    track: Name = Field(description="Its id, or an outside id.", examples=[ID])
    scheme: Name = Field(description="Lower-case letters, digits, `-` and `_`.", examples=["shop"])
    value: Name = Field(description="The id.", examples=["4711"])


class Attaching(Body):
    """Ids to attach to tracks."""

    ids: list[AttachedId] = Field(
        min_length=1,
        max_length=1_000,
        examples=[[{"track": ID, "scheme": "shop", "value": "4711"}]],
    )


class Saving(Body):
    """A playlist to keep."""

    title: Annotated[str, Field(max_length=1_000)] = Field(
        description="At most 300 characters that can be seen.", examples=["Road trip"]
    )
    tracks: list[Name] = Field(
        max_length=MOST_KEPT, description="Ids of tracks in order.", examples=[[ID, OTHER]]
    )
    listener: Text = Field(None, description="Whose; who asks when left out.")


class Changing(Body):
    """A playlist to change, from the edition that was seen."""

    edition: float = Field(
        allow_inf_nan=False, description="`edition` as it was told.", examples=[1795862400.25]
    )
    title: Annotated[str, Field(max_length=1_000)] | None = Field(
        None, description="Another title.", examples=["Road trip, north"]
    )
    tracks: Annotated[list[Name], Field(max_length=MOST_KEPT)] | None = Field(
        None, description="Ids of tracks in the place of those it holds."
    )


class Wanted(Body):
    """Work to be done."""

    kind: Literal["scan", "analyse", "teach", "map"] = Field(
        description="`scan` looks through a known music folder and analyses what is new; `analyse` "
        "only what waits; `teach` teaches networks this library; `map` draws a space.",
        examples=["analyse"],
    )
    folder: Annotated[str, Field(max_length=4_096)] = Field(
        "", description="Of a scan: a music folder of the catalogue."
    )
    hours: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] | None = Field(
        None, description="Of teaching: how long; as long as it needs when left out."
    )
    space: Annotated[str, Field(max_length=100)] = Field(
        "", description="Of a map: which space; the usual one when left out."
    )

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        own = {"scan": "folder", "teach": "hours", "map": "space"}
        for kind, name in own.items():
            if name in self.model_fields_set and kind != self.kind:
                raise BadRequestError(f"{name} is of {kind}, not of {self.kind}", remedy="Leave it")
        return self


class Again(Body):
    """Files to try again; all that failed where nothing is named."""

    reason: Annotated[str, Field(max_length=2_000)] = Field(
        "", description="Only those that failed for this reason."
    )
    file: Name = Field("", description="Only the one with this `content_hash`.")


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
    listener: Text = Field(
        None, description="Whose taste shifts the answer; alone, whose history is continued."
    )


class Described(Narrowed):
    """What may be described in words."""

    words: Sentence = Field(
        "",
        description="A description: attributes, genres, moods, keys, tempo, decades, names.",
        examples=["slow, minor, acoustic, 1970s, but calmer"],
    )
    understood: Understood | None = Field(
        None, description="In place of words: what `/api/v1/understood` gave, changed or not."
    )


class Mix(Described):
    """What an answer is to fit: any mixture of tracks, a playlist, a history, a title and words."""

    like: list[Name] = Field(
        [], max_length=MOST, description="Ids of tracks to be near to.", examples=[[ID]]
    )
    unlike: list[Name] = Field([], max_length=MOST, description="Ids of tracks to stay away from.")
    playlist: Name = Field("", description="A playlist of the catalogue, by id or title.")
    title: Name = Field("", description="What the mix is called.")
    listener: Text = Field(
        None, description="Whose taste shifts the answer; alone, whose history is continued."
    )


class Words(Body):
    """A description in words."""

    words: Sentence = Field(
        description="As a person writes it.", examples=["slow, minor, acoustic, 1970s"]
    )
    beside: list[Name] = Field(
        [], max_length=100, description="Tracks that “calmer” and the like compare with."
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


class Wish(Described):
    """What is wished for: any part of it will do. `genre` and the years narrow, these describe."""

    attributes: WishedAttributes = Field(
        default_factory=lambda: WishedAttributes.model_validate({})
    )
    of_genres: Listed = Field(
        [],
        alias="genres",
        description="Like these genres; beside words, only these.",
        examples=[["rock"]],
    )
    like_artists: Listed = Field([], alias="artists", description="Like these artists.")
    emotion: Name = Field("", description="Joy, sadness, calm, …", examples=["joy"])
    tags: Listed = Field([], description="Any other words.")


class Given(Body):
    """What a listener thinks of a track."""

    kind: Literal["like", "dislike", "skip"] = Field(
        description="`dislike` means never again; `skip` a little less.", examples=["like"]
    )


class Comparing(Body):
    """Two lenses that a listener is to compare blindly."""

    lens_a: Name | dict[str, float] = Field(
        description="By name, or weights by space.", examples=["hybrid"]
    )
    lens_b: Name | dict[str, float] = Field(description="Another.", examples=["text"])
    kind: Literal["pair", "odd"] = Field(
        "pair",
        description="Which of two goes better with a third, or which of three does not belong.",
    )
    track: Text = Field(None, description="What both are asked about; drawn when left out.")
    listener: Text = Field(None, description="Who will judge.")
    playable: bool = Field(True, description="Only tracks that can be heard.", examples=[False])


class Judged(Body):
    """What a listener chose."""

    choice: Name = Field(
        description="The track that goes better, or does not belong; empty where they are equal.",
        examples=[OTHER],
    )


class Order(Body):
    """Tracks to put in order for listening."""

    tracks: list[Name] = Field(
        [], max_length=500, description="Ids of tracks.", examples=[[ID, OTHER]]
    )
    playlist: Name = Field(
        "", description="A playlist of the catalogue, by id or title; its tracks come behind."
    )
    arc: str | list[float] = Field(
        "",
        description="How energy goes: rising, falling, wave, given, or points, of which only the "
        "order counts; empty where it does not matter.",
        examples=["rising"],
    )
    weights: dict[str, float] | None = Field(
        None, description="What counts how much: tempo, key, likeness, energy."
    )
    lens: Lens = Field(None, description="What likeness means; the one that suits when left out.")


class Radio(_Written):
    """A radio to begin, or to go on with: all it remembers is sent and comes back."""

    n: Annotated[int, Field(ge=1, le=100)] = Field(10, description="How many tracks to play.")
    seed: Text = Field(None, description="Where it begins: the id of a track.", examples=[ID])
    state: RadioState | None = Field(
        None, description="In place of a seed: what came back the last time."
    )
    liked: list[Name] = Field([], max_length=100, description="Tracks to play more like.")
    skipped: list[Name] = Field(
        [], max_length=100, description="Tracks to play less like, and never again."
    )
    drift: Share = Field(
        0.5, description="0 stays near the seed, 1 goes on from the last tracks alone."
    )
    apart: Annotated[int, Field(ge=0, le=20)] = Field(
        4, description="Tracks of others between two by one artist."
    )
    window: Annotated[int, Field(ge=1, le=2_000)] = Field(
        200, description="No track comes again within so many."
    )
    variation: Share = Field(0.5, description="How far chance chooses among tracks of like scores.")
    draw: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(
        0, description="The same draw plays the same tracks."
    )
