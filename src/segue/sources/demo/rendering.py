"""A truth made audible: the score played, mixed and brought to its planted loudness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.sources.demo.artists import stream
from segue.sources.demo.composer import compose
from segue.sources.demo.mixing import (
    active_level,
    decibels,
    ducked,
    echoed,
    ended,
    levelled,
    pressed,
    roomed,
    toned,
)
from segue.sources.demo.oscillators import RATE, fade, noise
from segue.sources.demo.performance import SAMPLES, kick_times, place, play_drums, play_part

if TYPE_CHECKING:
    from segue.sources.demo.composer import Score
    from segue.sources.demo.truth import TrackTruth
    from segue.types import Frames

_AIR = 24
# What brings the mean spectrum near that of released records, dB from low to high.
_AIRY = 5.0

_ROLES = ("lead", "voice", "comp", "bass", "pad")
_SENDS = {"lead": 1.0, "voice": 0.9, "comp": 0.7, "bass": 0.08, "pad": 0.9, "drums": 0.22}
_LEVELS = {"lead": 0.0, "voice": 1.0, "comp": -3.0, "bass": -1.0, "pad": -9.0, "drums": -1.0}
_TRIMS: dict[str, dict[str, float]] = {
    "ambient": {"lead": -5.0, "bass": -3.0, "pad": 4.0, "comp": 2.0},
    "nocturne": {"bass": -4.0, "comp": 0.0},
    "folk": {"drums": -9.0, "bass": -2.0, "comp": 2.0},
    "bossa": {"drums": -6.0, "comp": 1.0},
    "jazz": {"drums": -8.0},
    "lofi": {"lead": -2.0, "drums": 1.5},
    "house": {"lead": -4.0, "drums": 3.0, "comp": 1.0},
    "drum-and-bass": {"lead": -3.0, "drums": 3.0, "bass": 1.0, "comp": -1.0},
    "chiptune": {"drums": -2.0, "bass": -1.0, "comp": -1.5},
    "post-rock": {"comp": 3.0, "drums": 1.0, "lead": -1.5},
}
_DUCKED = {"house": 0.65, "synthpop": 0.25, "lofi": 0.3}
_ECHO = {"ambient": 0.45, "synthpop": 0.28, "house": 0.35, "post-rock": 0.35, "drum-and-bass": 0.35}


def render(truth: TrackTruth) -> tuple[Frames, int]:
    """The piece of a truth as sound.

    Returns
    -------
    samples
        Stereo, shape (2, samples), float32; 30 seconds, RMS at `truth.loudness`, peak at most
        -3.2 dB re full scale, silent at both ends. The same truth gives the same samples.
    rate
        Samples a second.
    """
    score = compose(truth)
    dry, send = _mixed(truth, score)
    room = truth.hidden.room
    wet = roomed(send, size=0.35 + 1.1 * room)
    dry += wet * np.float32(0.25 + 0.75 * room)
    _surround(dry, truth)
    leaned = toned(dry, tilt=_AIRY + truth.hand.tilt)
    return levelled(ended(leaned, seconds=2.4), loudness=truth.loudness), RATE


def _mixed(truth: TrackTruth, score: Score) -> tuple[Frames, Frames]:
    """All parts together, and what of them goes to the room (mono)."""
    trims = _TRIMS.get(truth.style, {})
    kicks = kick_times(truth, score)
    dry = np.zeros((2, SAMPLES), dtype=np.float32)
    send = np.zeros(SAMPLES, dtype=np.float32)
    for role in (*_ROLES, "drums"):
        part = play_drums(truth, score) if role == "drums" else play_part(truth, score, role)
        if part is None:
            continue
        if role == "lead" and truth.style in _ECHO:
            part = echoed(part, seconds=45.0 / truth.tempo, feedback=_ECHO[truth.style])
        if role in {"comp", "bass", "pad"} and truth.style in _DUCKED:
            ducked(part, kicks, depth=_DUCKED[truth.style])
        own = truth.hand.levels["lead" if role == "voice" else role]
        force = 5.0 * (truth.hidden.drive - 0.5) if role == "drums" else 0.0
        level = _LEVELS[role] + trims.get(role, 0.0) + own + force
        playing = active_level(part)
        if role == "drums":
            pressed(part, level=playing)
        part *= np.float32(decibels(level) / playing)
        dry += part
        send += (part[0] + part[1]) * np.float32(0.5 * _SENDS[role])
    return dry, send


def _surround(mix: Frames, truth: TrackTruth) -> None:
    """What is in the room besides the music: an audience, or the crackle of a record."""
    rng = stream(truth.seed, _AIR, truth.number)
    level = float(np.sqrt(np.mean(mix**2)))
    if truth.hidden.crowd > 0.5:
        mix += level * truth.hidden.crowd * _applause(rng)
    if truth.style == "lofi":
        _crackle(mix, rng, level=level)


def _applause(rng: np.random.Generator) -> Frames:
    """An audience: a murmur throughout, clapping at both ends."""
    seconds = SAMPLES / RATE
    crowd = np.stack([noise(rng, seconds, low=250.0, high=1800.0)[:SAMPLES] for _ in range(2)])
    hands = np.stack([noise(rng, seconds, low=900.0, high=4500.0)[:SAMPLES] for _ in range(2)])
    swell = np.zeros(SAMPLES, dtype=np.float32)
    opening, closing = 3 * RATE, 4 * RATE
    swell[:opening] = fade(opening)[::-1]
    swell[-closing:] = fade(closing)
    swell[: RATE // 2] *= fade(RATE // 2)
    crowd[:, : RATE // 2] *= fade(RATE // 2)
    flutter = 0.6 + 0.4 * np.repeat(rng.random(SAMPLES // 900), 900).astype(np.float32)
    air: Frames = np.float32(0.05) * crowd + np.float32(0.35) * hands * swell * flutter
    return air


def _crackle(mix: Frames, rng: np.random.Generator, *, level: float) -> None:
    """Dust on a record: short clicks at random, a few of them loud."""
    click = noise(rng, 0.004, low=1200.0, high=6000.0)
    click *= fade(len(click))[::-1]
    for time in rng.uniform(0.2, SAMPLES / RATE - 0.5, 240):
        gain = 0.05 * level * float(rng.pareto(2.5) + 0.3)
        place(
            mix,
            click,
            start=float(time),
            gain=min(gain, 0.5 * level),
            pan=float(rng.uniform(-1, 1)),
        )
