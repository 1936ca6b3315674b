"""Clicks, kicks and notes at known times, for tests of onsets, tempo, beats and attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

RATE = 22_050


def steady(bpm: float, *, seconds: float = 20.0, offset: float = 0.2) -> NDArray[np.float64]:
    """Times of beats, from `offset` on."""
    return np.arange(offset, seconds - 0.05, 60.0 / bpm)


def struck(
    times: Iterable[float],
    *,
    seconds: float = 20.0,
    kind: str = "click",
    hiss: float = 1e-3,
    seed: int = 0,
) -> NDArray[np.float32]:
    """A stroke at each time over a little hiss: a `click` (burst of noise) or a `kick` (60 Hz)."""
    rng = np.random.default_rng(seed)
    audio = hiss * rng.standard_normal(round(seconds * RATE))
    length = {"click": 400, "kick": 3000}[kind]
    fall = np.exp(-5.0 * np.arange(length) / length)
    for time in times:
        first = round(time * RATE)
        wave = {
            "click": rng.standard_normal(length),
            "kick": np.sin(2 * np.pi * 60 * np.arange(length) / RATE),
        }[kind]
        audio[first : first + length] += (0.4 * wave * fall)[: len(audio) - first]
    return audio.astype(np.float32)


def ramped(
    times: Iterable[float], *, rise: float, seconds: float = 10.0, hold: float = 0.25
) -> NDArray[np.float32]:
    """Tones of 1 kHz over hiss: they come in linearly within `rise` seconds and last for `hold`."""
    audio = 1e-3 * np.random.default_rng(0).standard_normal(round(seconds * RATE))
    up, down = round(rise * RATE), round(0.15 * RATE)
    shape = np.concatenate(
        [np.linspace(0, 1, up), np.ones(round(hold * RATE)), np.linspace(1, 0, down)]
    )
    tone = 0.4 * np.sin(2 * np.pi * 1000 * np.arange(len(shape)) / RATE) * shape
    for time in times:
        first = round(time * RATE)
        audio[first : first + len(tone)] += tone[: len(audio) - first]
    return audio.astype(np.float32)
