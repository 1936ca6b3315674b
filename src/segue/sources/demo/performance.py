"""From a score to sound, part by part: timing, touch, and each note on its instrument.

Beats become seconds here. Swing moves what stands between two grid units, people are a few
milliseconds early or late, machines are not. A note is made once for each pitch, length and
strength that occurs, and placed wherever it is played.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segue.sources.demo.artists import STYLES, stream
from segue.sources.demo.drums import TAKES, kit_sounds
from segue.sources.demo.form import LEAD_IN, LENGTH
from segue.sources.demo.instruments import sound
from segue.sources.demo.oscillators import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator

    from segue.sources.demo.composer import Score
    from segue.sources.demo.truth import TrackTruth
    from segue.types import Audio, Frames

SAMPLES = round(LENGTH * RATE)
"""Samples of a rendered piece, a channel."""

_PERFORM = 23
_LAYERS = 4
_LAST = LENGTH - 0.25

_WIDE = frozenset(
    {"piano", "felt", "epiano", "harp", "vibes", "marimba", "pad", "strings", "glass"}
)

_DRUM_PANS = {"hat": 0.25, "open": 0.25, "ride": -0.3, "shaker": 0.35, "rim": -0.2, "crash": -0.25}
_DRUM_LEVELS = {
    "kick": 1.0,
    "snare": 0.75,
    "clap": 0.6,
    "rim": 0.4,
    "brush": 0.35,
    "shaker": 0.3,
    "tom": 0.7,
    "hat": 0.42,
    "open": 0.4,
    "ride": 0.35,
    "crash": 0.3,
}


def clock(truth: TrackTruth) -> Callable[[float], float]:
    """The function from beats to seconds: constant tempo, with the style's swing.

    Of two neighbouring grid units the second begins late by `swing` of a unit, so 1/3 makes
    triplets of eighths.
    """
    grid, late = STYLES[truth.style].grid, truth.hand.swing
    beat_seconds = 60.0 / truth.tempo

    def seconds(beat: float) -> float:
        pair, within = divmod(beat / grid, 2.0)
        bent = within * (1 + late) if within < 1 else 1 + late + (within - 1) * (1 - late)
        return LEAD_IN + (2.0 * pair + bent) * grid * beat_seconds

    return seconds


def play_part(truth: TrackTruth, score: Score, role: str) -> Frames | None:
    """One part, stereo, shape (2, SAMPLES); None where the role has nothing to play."""
    notes = score.notes[role]
    if not notes:
        return None
    name = _instrument(truth, role)
    colour = truth.hand.colours["lead" if role == "voice" else role]
    rng = stream(truth.seed, _PERFORM, truth.number, sum(role.encode()))
    early = _unsteady(rng, truth, len(notes))
    force = 1.0 + rng.normal(0.0, 0.05, len(notes))
    when = clock(truth)
    pan = truth.hand.pans.get(role, 0.0)
    spread = 0.35 if name in _WIDE else 0.0
    made: dict[tuple[int, float, int], Audio] = {}
    part = np.zeros((2, SAMPLES), dtype=np.float32)
    for note, off, strength in zip(notes, early, force, strict=True):
        start = max(0.0, when(note.beat) + off)
        seconds = round(min(when(note.beat + note.length) - when(note.beat), _LAST - start), 2)
        if seconds <= 0.02:
            continue
        velocity = min(max(note.velocity * strength, 0.05), 1.0)
        layer = int(velocity * _LAYERS)
        key = (note.pitch, seconds, layer)
        if key not in made:
            bright = colour.bright + 0.14 * (layer - 0.7 * _LAYERS)
            touched = replace(colour, bright=min(max(bright, 0.0), 1.0))
            made[key] = sound(name, pitch=note.pitch, seconds=seconds, colour=touched)
        side = pan + spread * (note.pitch - 62) / 24.0
        place(part, made[key], start=start, gain=velocity**1.5, pan=side)
    return part


def _instrument(truth: TrackTruth, role: str) -> str:
    if role == "voice":
        return "spoken" if truth.hidden.speech > 0.3 else "voice"
    return truth.hand.instruments[role]


def _unsteady(rng: Generator, truth: TrackTruth, count: int) -> Sequence[float]:
    """How early or late every note is, in seconds, at most three times the usual."""
    loose = truth.hand.loose
    offs: list[float] = np.clip(rng.normal(0.0, loose, count), -3 * loose, 3 * loose).tolist()
    return offs


def play_drums(truth: TrackTruth, score: Score) -> Frames | None:
    """The drums, stereo, shape (2, SAMPLES); None where the piece has none."""
    if not score.strokes:
        return None
    rng = stream(truth.seed, _PERFORM, truth.number, 1)
    sounds = kit_sounds(truth.hand.kit, (stroke.name for stroke in score.strokes))
    early = _unsteady(rng, truth, len(score.strokes))
    # A hard hit for a forceful artist, a soft one for a gentle one.
    touch = 0.55 + 0.45 * truth.hidden.drive
    when = clock(truth)
    part = np.zeros((2, SAMPLES), dtype=np.float32)
    for turn, (stroke, off) in enumerate(zip(score.strokes, early, strict=True)):
        take = sounds[stroke.name][turn % TAKES]
        level = _DRUM_LEVELS[stroke.name] * touch * stroke.velocity**1.4
        start = max(0.0, when(stroke.beat) + 0.5 * off)
        place(part, take, start=start, gain=level, pan=_DRUM_PANS.get(stroke.name, 0.0))
    return part


def kick_times(truth: TrackTruth, score: Score) -> list[float]:
    """When the kick is struck, in seconds: what a mix ducks under."""
    when = clock(truth)
    return [when(stroke.beat) for stroke in score.strokes if stroke.name == "kick"]


def place(part: Frames, tone: Audio, *, start: float, gain: float, pan: float) -> None:
    """Add a tone to a stereo part at `start` seconds, panned with constant power."""
    first = round(start * RATE)
    last = min(first + len(tone), part.shape[1])
    if last <= first:
        return
    angle = (min(max(pan, -1.0), 1.0) + 1.0) * np.pi / 4.0
    cut = tone[: last - first]
    part[0, first:last] += cut * np.float32(gain * np.cos(angle))
    part[1, first:last] += cut * np.float32(gain * np.sin(angle))
