"""What is planted: the hidden parameters of a track and what follows from them.

`Hidden` is what the composer plays from; `attributes_of` is the one function from there to the
attributes, so that a prediction from the sound can be held against it. With all hidden values in
[0, 1], L = (loudness + 26) / 18 and T = (tempo − 60) / 120, both cut to [0, 1]::

    energy            0.05 + 0.55·drive + 0.15·density + 0.25·L
    valence           0.06 + 0.20·mode + 0.52·mood + 0.12·T + 0.10·(1 − night)
    danceability      0.10 + 0.75·pulse·near + 0.12·drive
    acousticness      organic
    instrumentalness  0.94 − 0.92·voice
    liveness          0.05 + 0.12·room + 0.80·crowd
    speechiness       0.03 + 0.60·voice·speech

where near = exp(−(log2(t / 118) / 0.6)²) and t is the tempo moved by octaves into [80, 160).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.records import Attributes, OutsideId, TrackRecord

if TYPE_CHECKING:
    from segue.sources.demo.hands import Hand

SCHEME = "demo"
"""The scheme of the outside ids that every track of the demo world carries."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What the composer plays from, each in [0, 1].

    `organic` real instruments or machines, `drive` force, `density` notes a bar, `night` dark or
    bright sound, `mood` sad or glad, `pulse` steadiness of the beat, `voice` how much is sung or
    spoken, `speech` how much of that is spoken, `room` wetness, `crowd` an audience.
    """

    organic: float
    drive: float
    density: float
    night: float
    mood: float
    pulse: float
    voice: float
    speech: float
    room: float
    crowd: float


@dataclass(frozen=True, slots=True)
class TrackTruth:
    """Everything that is known of one track because it was planted.

    `artist` is the hidden artist even where the tags name none; `artists` is what the tags say.
    `latent` is the point in the hidden space (`artists.LATENT`). `version` is ``live``,
    ``remix`` or empty; versions of one song share `song`. `weight` is the chance of being listened
    to, beside others (Zipf-like, sums to 1 over the world). `audio` is true for the tracks that
    `write_demo` renders. `loudness` is the RMS level of the whole track, both channels, in dB
    relative to full scale.
    """

    id: str
    seed: int
    number: int
    song: int
    artist: str
    artist_number: int
    style: str
    title: str
    artists: tuple[str, ...]
    album: str
    album_artist: str
    track_number: int
    year: int
    genres: tuple[str, ...]
    tempo: float
    key: int
    mode: int
    time_signature: int
    loudness: float
    duration: float
    latent: tuple[float, ...]
    hidden: Hidden
    hand: Hand
    attributes: Attributes
    emotion: str
    explicit: bool
    weight: float
    popularity: float
    version: str = ""
    audio: bool = False

    @property
    def record(self) -> TrackRecord:
        """The row a table would have for this track."""
        return TrackRecord(
            title=self.title,
            artists=self.artists,
            album=self.album,
            album_artist=self.album_artist,
            genres=self.genres,
            outside_ids=(OutsideId(SCHEME, self.id),),
            duration=self.duration,
            year=self.year,
            explicit=self.explicit,
            popularity=self.popularity,
            track_number=self.track_number,
            labels=(("emotion", self.emotion),),
            attributes=self.attributes,
            place=f"demo world, {self.id}",
        )

    @property
    def entry(self) -> TrackRecord:
        """What a playlist or a history says of this track: names, length and outside id."""
        return TrackRecord(
            title=self.title,
            artists=self.artists,
            album=self.album,
            outside_ids=(OutsideId(SCHEME, self.id),),
            duration=self.duration,
            place=f"demo world, {self.id}",
        )


def attributes_of(
    hidden: Hidden, *, tempo: float, key: int, mode: int, loudness: float, beats: int
) -> Attributes:
    """The attributes that follow from what is planted; formulas in the module's text."""
    loud = _unit((loudness + 26.0) / 18.0)
    fast = _unit((tempo - 60.0) / 120.0)
    step = 80.0 * 2.0 ** (math.log2(tempo / 80.0) % 1.0)
    near = math.exp(-((math.log2(step / 118.0) / 0.6) ** 2))
    return Attributes(
        energy=_unit(0.05 + 0.55 * hidden.drive + 0.15 * hidden.density + 0.25 * loud),
        valence=_unit(
            0.06 + 0.20 * mode + 0.52 * hidden.mood + 0.12 * fast + 0.10 * (1.0 - hidden.night)
        ),
        danceability=_unit(0.10 + 0.75 * hidden.pulse * near + 0.12 * hidden.drive),
        loudness=loudness,
        acousticness=_unit(hidden.organic),
        instrumentalness=_unit(0.94 - 0.92 * hidden.voice),
        liveness=_unit(0.05 + 0.12 * hidden.room + 0.80 * hidden.crowd),
        speechiness=_unit(0.03 + 0.60 * hidden.voice * hidden.speech),
        tempo=tempo,
        key=key,
        mode=mode,
        time_signature=beats,
    )


def emotion_of(attributes: Attributes) -> str:
    """The quadrant of valence and energy, as a word: joy, anger, sadness or calm."""
    glad = (attributes.valence or 0.0) >= 0.5
    strong = (attributes.energy or 0.0) >= 0.5
    if glad:
        return "joy" if strong else "calm"
    return "anger" if strong else "sadness"


def _unit(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 4)
