"""Music of known tempo: songs of a demo world in cases, and metronomes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import soxr

from segue.audio.decode import RATE
from segue.sources.demo.rendering import render
from segue.sources.demo.world import world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.sources.demo.truth import TrackTruth
    from segue.types import Audio

CASES = {
    "as planted": "as the world has them, twenty of each style",
    "any tempo": "at a tempo drawn from 60 to 200, however odd for the style",
    "drift": "wandering by 4 % up and down; true is the mean",
    "swing": "every second eighth late by 0.2 to 0.34 of an eighth, in styles without swing",
    "no drums": "styles with drums, without",
    "syncopation": "with drums, bass and chords between the beats",
}


class Song(NamedTuple):
    """A piece to be rendered. `drift` is the part of the tempo it wanders by."""

    case: str
    truth: TrackTruth
    drift: float = 0.0


def songs(seed: int) -> Iterator[Song]:
    """All cases of a world, one song of an artist; twenty, six and four artists of each style."""
    rng = np.random.default_rng(seed)
    for truth in of_artists(seed, first=0, count=20):
        yield Song("as planted", truth)
    for truth in of_artists(seed, first=20, count=6):
        yield Song("any tempo", replace(truth, tempo=round(float(rng.uniform(60, 200)), 1)))
    for number, truth in enumerate(of_artists(seed, first=26, count=4)):
        hand = truth.hand
        yield Song("drift", truth, drift=0.04)
        if truth.style not in {"ambient", "nocturne", "jazz", "lofi"}:
            late = float(rng.uniform(0.2, 0.34))
            yield Song("swing", replace(truth, hand=replace(hand, swing=late)))
        if truth.style not in {"ambient", "nocturne"}:
            yield Song("no drums", replace(truth, hand=replace(hand, groove="none")))
        if truth.style not in {"ambient", "nocturne", "bossa", "drum-and-bass"}:
            yield Song("syncopation", syncopated(truth, number))


def syncopated(truth: TrackTruth, number: int) -> TrackTruth:
    """The song with rhythms that avoid the beat."""
    kit = truth.hand.kit
    hand = replace(
        truth.hand,
        groove=("bossa", "samba", "amen", "lofi")[number % 4],
        pattern=("stabs", "charleston", "bossa")[number % 3],
        bass_line="syncopated",
        # A console has not all of these drums.
        kit=replace(kit, character="machine") if kit.character == "chip" else kit,
    )
    return replace(truth, hand=hand, time_signature=4)


def of_artists(seed: int, *, first: int, count: int) -> Iterator[TrackTruth]:
    """The first song of some artists of every style, in the order of the world."""
    met: set[int] = set()
    seen: dict[str, int] = {}
    for truth in world(seed).truth.values():
        if truth.artist_number in met or truth.version:
            continue
        met.add(truth.artist_number)
        place = seen[truth.style] = seen.get(truth.style, -1) + 1
        if first <= place < first + count:
            yield truth


def rendered(song: Song) -> tuple[Audio, float]:
    """Mono samples at 22,050 Hz, and the mean tempo."""
    samples, rate = render(song.truth)
    audio = soxr.resample(samples.mean(axis=0), rate, RATE, quality="HQ").astype(np.float32)
    if not song.drift:
        return audio, song.truth.tempo
    rng = np.random.default_rng(song.truth.number)
    turns = np.arange(len(audio)) / RATE / rng.uniform(15, 30) + rng.uniform()
    speed = 1.0 + song.drift * np.sin(2 * np.pi * turns)
    place = np.cumsum(speed) - speed[0]
    place = place[place < len(audio)]
    bent = np.interp(place, np.arange(len(audio)), audio).astype(np.float32)
    return bent, song.truth.tempo * float(speed[: len(place)].mean())


def metronome(bpm: float, *, seed: int) -> Audio:
    """Thirty seconds of clicks, of noise or of a tone."""
    rng = np.random.default_rng(seed)
    audio = 1e-3 * rng.standard_normal(30 * RATE)
    fall = 0.5 * np.exp(-np.arange(400) / 80)
    for when in np.arange(0.1 + 0.01 * seed, 29.9, 60.0 / bpm):
        click = np.sin(0.3 * np.arange(400)) if seed % 2 else rng.standard_normal(400)
        first = round(when * RATE)
        audio[first : first + 400] += click * fall
    return audio.astype(np.float32)
