"""Invented artists: a name, a style, a point in the hidden space, a hand, a renown.

An artist's point (`LATENT`) lies near the usual place of its style, and its songs lie near the
artist's. Everything random comes from `stream`, so that no artist depends on another's making.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.sources.demo import styles, styles_electric
from segue.sources.demo.hands import Hand, make_hand
from segue.sources.demo.words import artist_name

if TYPE_CHECKING:
    from numpy.random import Generator

    from segue.sources.demo.styles import Style
    from segue.types import Floats

LATENT: tuple[str, ...] = (
    "organic",
    "drive",
    "intricacy",
    "night",
    "mood",
    "era",
    "scene_east",
    "scene_north",
)
"""The hidden coordinates. The first six are heard or written in the tags; a *scene* is who plays
with whom, and only listeners know it, so that playlists say more than sound and tags together."""

STYLES: dict[str, Style] = {
    style.name: style
    for style in (
        styles.AMBIENT,
        styles.NOCTURNE,
        styles.FOLK,
        styles.BOSSA,
        styles.JAZZ,
        styles.LOFI,
        styles_electric.SYNTHPOP,
        styles_electric.HOUSE,
        styles_electric.DRUM_AND_BASS,
        styles_electric.CHIPTUNE,
        styles_electric.POSTROCK,
    )
}
"""Every style by name."""

_ARTIST = 1
_SPREAD = np.array([0.06, 0.08, 0.08, 0.1, 0.12])


@dataclass(frozen=True, slots=True)
class Artist:
    """One invented artist: `number` counts from 0, the audio artists first."""

    number: int
    name: str
    style: str
    latent: tuple[float, ...]
    hand: Hand
    colours: tuple[tuple[int, int, int], ...]
    renown: float

    @property
    def home(self) -> Style:
        """The artist's style."""
        return STYLES[self.style]


def stream(seed: int, *path: int) -> Generator:
    """The random stream of one thing in the world; independent of the order things are made in."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *path])))


def make_artist(seed: int, number: int, *, style: Style, nth: int, taken: set[str]) -> Artist:
    """The artist of this number, the `nth` of its style; its name is added to `taken`."""
    rng = stream(seed, _ARTIST, number)
    name = artist_name(rng, style.name, taken)
    latent = _latent(rng, style)
    hue = float(rng.uniform())
    return Artist(
        number=number,
        name=name,
        style=style.name,
        latent=tuple(latent.tolist()),
        hand=make_hand(rng, style, latent=latent, nth=nth),
        colours=(_rgb(hue, 0.8), _rgb(hue + 0.1, 0.5), _rgb(hue + 0.5, 0.95)),
        renown=float(rng.pareto(1.1) + 0.3),
    )


def _latent(rng: Generator, style: Style) -> Floats:
    usual = np.array([*style.place, style.mood])
    heard = np.clip(usual + rng.normal(0.0, _SPREAD), 0.02, 0.98)
    first, last = style.years
    year = rng.triangular(first, 0.3 * first + 0.7 * last, last)
    # Scenes are circles of people that cut across styles: a town, a label.
    angle = 2.0 * np.pi * float(rng.integers(5)) / 5.0
    scene = 0.5 + 0.3 * np.array([np.cos(angle), np.sin(angle)]) + rng.normal(0.0, 0.05, 2)
    return np.concatenate([heard, [era_of(year)], scene])


def era_of(year: float) -> float:
    """A year on the scale of the hidden space: 1955 is 0, 2025 is 1."""
    return (year - 1955.0) / 70.0


def _rgb(hue: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, 0.55, value)
    return round(255 * red), round(255 * green), round(255 * blue)
