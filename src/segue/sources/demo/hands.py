"""The hand an artist plays with: what makes it recognisable.

The instruments it chose and how they are coloured, its drum kit, favourite keys, a tempo range,
chord habits, the rhythms its melodies are made of, the room and the tone of its recordings. A
hand never changes; songs do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.random import Generator

    from segue.sources.demo.styles import Cells, Range, Style
    from segue.types import Floats

ROLES: tuple[str, ...] = ("lead", "comp", "bass", "pad")


@dataclass(frozen=True, slots=True)
class Colour:
    """How one player sounds on an instrument; all 0 to 1, 0.5 being the plain instrument.

    `bright` opens the spectrum, `ring` lengthens what decays, `spread` detunes what is doubled
    and deepens vibrato.
    """

    bright: float = 0.5
    ring: float = 0.5
    spread: float = 0.5


@dataclass(frozen=True, slots=True)
class Kit:
    """How the drums are tuned; all 0 to 1 but `character`.

    `character` is ``acoustic``, ``machine`` or ``chip``; `low` raises the kick, `tone` the snare,
    `bright` opens cymbals and noise, `length` lets everything ring.
    """

    character: str = "acoustic"
    low: float = 0.5
    tone: float = 0.5
    bright: float = 0.5
    length: float = 0.5


@dataclass(frozen=True, slots=True)
class Hand:
    """How one artist plays.

    `instruments`, `colours`, `levels` (dB more than usual) and `pans` (-1 left, 1 right) are by
    role. `pattern`, `bass_line`, `groove` and `chord` name habits of `accompaniment`, `grooves` and
    `harmony`. `leap` and `busy` shape melodies, around the MIDI pitch `register`. `keys` are
    favourite tonics, the first the dearest; `minor` the share of songs in minor. `loose` is the
    timing error in seconds, `room` the wetness, `tilt` the tone in dB from low to high.
    """

    instruments: dict[str, str]
    colours: dict[str, Colour]
    levels: dict[str, float]
    pans: dict[str, float]
    kit: Kit
    pattern: str
    bass_line: str
    groove: str
    chord: str
    cells: Cells
    leap: float
    busy: float
    register: int
    tempo: Range
    keys: tuple[int, ...]
    minor: float
    swing: float
    loose: float
    room: float
    tilt: float
    sings: bool
    speech: float


def make_hand(rng: Generator, style: Style, *, latent: Floats, nth: int) -> Hand:
    """Choose one artist's habits from what is usual in its style.

    `nth` counts the artists of the style: choices rotate with it, and a golden-ratio walk keeps
    their tone and tempo apart, so that two artists of one style can be told from each other.
    """
    tone = (0.31 + 0.618034 * nth) % 1.0
    pace = (0.79 + 0.618034 * nth) % 1.0
    bright = _within(0.75 - 0.5 * latent[3] + 0.5 * (tone - 0.5), 0.05, 0.95)
    low, high = style.tempo
    centre, width = low + (high - low) * pace, 0.18 * (high - low)
    kept = rng.permutation(len(style.cells))[: max(3, len(style.cells) - 2)]
    tonic = int(rng.integers(12))
    return Hand(
        instruments=_instruments(style, nth),
        colours={role: _colour(rng, bright) for role in ROLES},
        levels={role: float(rng.normal(0.0, 1.2)) for role in (*ROLES, "drums")},
        pans=_pans(rng),
        kit=_kit(rng, style.kit, bright),
        pattern=style.patterns[nth % len(style.patterns)],
        bass_line=style.bass_lines[(nth // 2) % len(style.bass_lines)],
        groove=style.grooves[nth % len(style.grooves)],
        chord=style.chord[int(rng.integers(len(style.chord)))],
        cells=tuple(style.cells[index] for index in sorted(kept)),
        leap=float(rng.uniform(0.1, 0.6)),
        busy=_within(latent[2] + rng.normal(0.0, 0.15), 0.05, 0.95),
        register=style.register + int(rng.integers(-4, 5)),
        tempo=(max(low, centre - width), min(high, centre + width)),
        keys=(tonic, (tonic + 7) % 12, (tonic + int(rng.choice([2, 3, 5, 9, 10]))) % 12),
        minor=_within(style.minor + 0.9 * (style.mood - latent[4]), 0.05, 0.95),
        swing=float(rng.uniform(*style.swing)),
        loose=style.loose * float(rng.uniform(0.7, 1.3)),
        room=float(rng.uniform(*style.room)),
        tilt=float(7.0 * (bright - 0.5) + rng.normal(0.0, 0.7)),
        sings=bool(rng.random() < style.sung),
        speech=_within(style.chatter * rng.uniform(0.7, 1.3), 0.0, 1.0),
    )


def _within(value: float, low: float, high: float) -> float:
    return float(min(max(value, low), high))


def _instruments(style: Style, nth: int) -> dict[str, str]:
    choices = (style.leads, style.comps, style.basses, style.pads)
    # Different strides a role, or the same two instruments would always meet.
    return {
        role: names[(nth + nth // (2 + turn)) % len(names)]
        for turn, (role, names) in enumerate(zip(ROLES, choices, strict=True))
    }


def _colour(rng: Generator, bright: float) -> Colour:
    return Colour(
        bright=round(_within(bright + rng.normal(0.0, 0.08), 0.02, 0.98), 3),
        ring=round(float(rng.uniform(0.15, 0.9)), 3),
        spread=round(float(rng.uniform(0.05, 0.95)), 3),
    )


def _pans(rng: Generator) -> dict[str, float]:
    side = float(rng.choice([-1.0, 1.0]))
    return {
        "lead": -0.5 * side * float(rng.uniform(0.0, 0.4)),
        "comp": side * float(rng.uniform(0.15, 0.45)),
        "bass": 0.0,
        "pad": 0.0,
    }


def _kit(rng: Generator, character: str, bright: float) -> Kit:
    low, tone, length = (round(float(value), 3) for value in rng.uniform(0.1, 0.9, 3))
    cymbals = round(_within(bright + rng.normal(0.0, 0.1), 0.0, 1.0), 3)
    return Kit(character=character, low=low, tone=tone, bright=cymbals, length=length)
