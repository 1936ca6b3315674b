"""One song of one artist: its hidden parameters, drawn near the artist's, and its tags.

A version of a song (live, remix) is the same song of the same artist, changed the way such
versions are: an audience and a bigger room, or another style's drums under the same melody.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.sources.demo.artists import STYLES, era_of, stream
from segue.sources.demo.truth import Hidden, TrackTruth, attributes_of, emotion_of
from segue.sources.demo.words import song_title

if TYPE_CHECKING:
    from numpy.random import Generator

    from segue.sources.demo.artists import Artist
    from segue.sources.demo.hands import Hand
    from segue.sources.demo.styles import Style
    from segue.types import Floats

CLIP_SECONDS = 30.0
"""Length of every track that is rendered."""

_SONG = 2
_SPREAD = np.array([0.04, 0.08, 0.07, 0.06, 0.11])


class Place(NamedTuple):
    """Where a song stands: its number in the world, on which record, how much it is heard."""

    number: int
    album: str
    track_number: int
    year: int
    weight: float
    popularity: float
    audio: bool


class Measures(NamedTuple):
    """What can be measured in the sound."""

    tempo: float
    key: int
    mode: int
    loudness: float
    beats: int


def make_song(seed: int, artist: Artist, *, place: Place, taken: set[str]) -> TrackTruth:
    """A song near its artist in the hidden space; its title is added to `taken`."""
    rng = stream(seed, _SONG, place.number)
    style = artist.home
    near = np.clip(np.array(artist.latent[:5]) + rng.normal(0.0, _SPREAD), 0.0, 1.0)
    scene = np.array(artist.latent[6:]) + rng.normal(0.0, 0.03, 2)
    hand = _that_day(rng, style, artist.hand)
    hidden = _hidden(rng, style, hand, near)
    found = _measures(rng, style, hand, hidden, sadder=artist.latent[4] - hidden.mood)
    attributes = attributes_of(hidden, **found._asdict())
    return TrackTruth(
        id=identity(place.number),
        seed=seed,
        number=place.number,
        song=place.number,
        artist=artist.name,
        artist_number=artist.number,
        style=style.name,
        title=song_title(rng, mood=hidden.mood, taken=taken),
        artists=(artist.name,),
        album=place.album,
        album_artist=artist.name,
        track_number=place.track_number,
        year=place.year,
        genres=_genres(rng, style, artist),
        tempo=found.tempo,
        key=found.key,
        mode=found.mode,
        time_signature=found.beats,
        loudness=found.loudness,
        duration=CLIP_SECONDS if place.audio else round(float(rng.lognormal(5.33, 0.28)), 1),
        latent=(*near.tolist(), era_of(place.year), *scene.tolist()),
        hidden=hidden,
        hand=hand,
        attributes=attributes,
        emotion=emotion_of(attributes),
        explicit=bool(rng.random() < style.explicit * (0.4 + 1.2 * hidden.voice)),
        weight=place.weight,
        popularity=place.popularity,
        audio=place.audio,
    )


def _measures(
    rng: Generator, style: Style, hand: Hand, hidden: Hidden, *, sadder: float
) -> Measures:
    """Tempo, key, mode, loudness and beats a bar; a song sadder than its artist is rather minor."""
    low, high = style.loudness
    force = 0.5 + 1.6 * (hidden.drive - style.place[1]) + rng.normal(0.0, 0.12)
    minor = min(max(hand.minor + 0.8 * sadder, 0.03), 0.97)
    return Measures(
        tempo=round(float(rng.uniform(*hand.tempo)), 1),
        key=hand.keys[int(np.searchsorted((0.5, 0.8), rng.random()))],
        mode=int(rng.random() >= minor),
        loudness=round(low + (high - low) * min(max(force, 0.0), 1.0), 2),
        beats=3 if hand.pattern == "waltz" else 4,
    )


def settled(truth: TrackTruth) -> TrackTruth:
    """The same truth with the attributes and the emotion that follow from it."""
    attributes = attributes_of(
        truth.hidden,
        tempo=truth.tempo,
        key=truth.key,
        mode=truth.mode,
        loudness=truth.loudness,
        beats=truth.time_signature,
    )
    return replace(truth, attributes=attributes, emotion=emotion_of(attributes))


def _hidden(rng: Generator, style: Style, hand: Hand, near: Floats) -> Hidden:
    organic, drive, intricacy, night, mood = (float(value) for value in near)
    return Hidden(
        organic=organic,
        drive=drive,
        density=min(max(0.5 * (hand.busy + intricacy), 0.0), 1.0),
        night=night,
        mood=mood,
        pulse=style.pulse,
        voice=float(rng.uniform(0.55, 0.95)) if hand.sings else float(rng.uniform(0.0, 0.08)),
        speech=hand.speech,
        room=hand.room,
        crowd=float(rng.uniform(0.0, 0.1)),
    )


def _that_day(rng: Generator, style: Style, hand: Hand) -> Hand:
    """The hand on one recording: mixed a little otherwise, now and then another lead."""
    instruments = dict(hand.instruments)
    if rng.random() < 0.25:
        instruments["lead"] = style.leads[int(rng.integers(len(style.leads)))]
    return replace(
        hand,
        instruments=instruments,
        levels={role: level + float(rng.normal(0.0, 1.5)) for role, level in hand.levels.items()},
        tilt=hand.tilt + float(rng.normal(0.0, 1.0)),
        room=min(max(hand.room + float(rng.normal(0.0, 0.06)), 0.02), 0.9),
        groove=style.grooves[int(rng.integers(len(style.grooves)))]
        if rng.random() < 0.15
        else hand.groove,
    )


def _genres(rng: Generator, style: Style, artist: Artist) -> tuple[str, ...]:
    """The style's genre and, mostly, a narrower one the artist always has."""
    own = style.subgenres[artist.number % len(style.subgenres)]
    other = style.subgenres[int(rng.integers(len(style.subgenres)))]
    chance = float(rng.random())
    if chance < 0.25:
        return (style.genre,)
    return (style.genre, own) if chance < 0.85 or own == other else (style.genre, own, other)


def live(song: TrackTruth, *, place: Place) -> TrackTruth:
    """The song before an audience: a little faster, looser, in a large room."""
    room = min(song.hand.room + 0.3, 0.85)
    return _version(
        song,
        place,
        version="live",
        title=f"{song.title} (Live)",
        tempo=round(1.04 * song.tempo, 1),
        hand=replace(song.hand, loose=2.0 * song.hand.loose + 0.004, room=room),
        hidden=replace(song.hidden, crowd=0.85, room=room),
    )


def remix(song: TrackTruth, *, place: Place) -> TrackTruth:
    """The song over a four-to-the-floor beat: same key, same melody, house around it."""
    house = STYLES["house"]
    instruments = song.hand.instruments | {"comp": "stab", "bass": "synthbass"}
    around = replace(song, style=house.name, genres=(house.genre, *song.genres))
    return _version(
        around,
        place,
        version="remix",
        title=f"{song.title} (Harbour Remix)",
        tempo=124.0 + song.song % 7,
        hand=replace(
            song.hand,
            pattern="stabs",
            bass_line="offbeats",
            groove="four",
            swing=0.0,
            instruments=instruments,
        ),
        hidden=replace(
            song.hidden, organic=house.place[0], drive=house.place[1], pulse=house.pulse
        ),
    )


def _version(
    song: TrackTruth,
    place: Place,
    *,
    version: str,
    title: str,
    tempo: float,
    hand: Hand,
    hidden: Hidden,
) -> TrackTruth:
    changed = replace(
        song,
        id=identity(place.number),
        number=place.number,
        title=title,
        album=place.album,
        track_number=place.track_number,
        year=place.year,
        tempo=tempo,
        time_signature=4 if version == "remix" else song.time_signature,
        latent=(
            hidden.organic,
            hidden.drive,
            *song.latent[2:5],
            era_of(place.year),
            *song.latent[6:],
        ),
        hidden=hidden,
        hand=hand,
        weight=place.weight,
        popularity=place.popularity,
        version=version,
    )
    return settled(changed)


def identity(number: int) -> str:
    """The outside id of the track of this number."""
    return f"demo-{number:04d}"
