"""Drums: sine sweeps, bursts of shaped noise, struck metal; one short sound a stroke.

A kit is a dictionary from the name of a stroke to its sounds, two or three takes each so that a
repeated stroke is not a copy. `hands.Kit` says how one artist has tuned it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.sources.demo.oscillators import RATE, falling, noise, partials, shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segue.sources.demo.hands import Kit
    from segue.types import Audio

TAKES = 3


def kit_sounds(kit: Kit, strokes: Iterable[str]) -> dict[str, list[Audio]]:
    """The takes of every stroke asked for, peak 1; the noise is the same for the same kit."""
    made: dict[str, list[Audio]] = {}
    for stroke in sorted(set(strokes)):
        rng = np.random.default_rng([sum(stroke.encode()), round(kit.bright * 1e6)])
        takes = [_stroke(stroke, kit, rng) for _ in range(TAKES)]
        made[stroke] = [(take / np.max(np.abs(take))).astype(np.float32) for take in takes]
    return made


def _stroke(stroke: str, kit: Kit, rng: np.random.Generator) -> Audio:
    return _chip(stroke, kit, rng) if kit.character == "chip" else _DRUMS[stroke](kit, rng)


def _sweep(start: float, end: float, *, seconds: float, speed: float, fall: float) -> Audio:
    """A sine gliding from `start` to `end` Hz with exponential `speed`, under a fall."""
    times = np.arange(round(seconds * RATE)) / RATE
    turns = end * times + (start - end) * (1.0 - np.exp(-speed * times)) / speed
    tone = np.sin(2 * np.pi * turns).astype(np.float32)
    return shaped(falling(tone, rate=fall), attack=0.001, release=0.02)


def _burst(
    rng: np.random.Generator, *, seconds: float, low: float, high: float, fall: float
) -> Audio:
    hiss = noise(rng, seconds, low=low, high=high)
    return shaped(falling(hiss, rate=fall), attack=0.0008, release=0.01)


def _added(first: Audio, second: Audio) -> Audio:
    total = np.zeros(max(len(first), len(second)), dtype=np.float32)
    total[: len(first)] += first
    total[: len(second)] += second
    return total


def _kick(kit: Kit, rng: np.random.Generator) -> Audio:
    machine = kit.character == "machine"
    end = 42.0 + 18.0 * kit.low
    fall = (7.0 if machine else 13.0) / (0.5 + kit.length)
    body = _sweep(end * (4.5 if machine else 2.4), end, seconds=0.45, speed=38.0, fall=fall)
    click = _burst(rng, seconds=0.03, low=1200.0, high=5000.0, fall=220.0)
    return _added(body, click * np.float32(0.04 + 0.06 * kit.bright))


def _snare(kit: Kit, rng: np.random.Generator) -> Audio:
    base = 165.0 + 70.0 * kit.tone
    skin = _sweep(base * 1.5, base, seconds=0.2, speed=60.0, fall=24.0)
    fall = (16.0 if kit.character == "machine" else 20.0) / (0.5 + kit.length)
    high = 5000.0 + 7000.0 * kit.bright
    return _added(
        skin, _burst(rng, seconds=0.3, low=1400.0, high=high, fall=fall) * np.float32(0.4)
    )


def _clap(kit: Kit, rng: np.random.Generator) -> Audio:
    total = np.zeros(round(0.3 * RATE), dtype=np.float32)
    for late, fall in ((0.0, 160.0), (0.011, 160.0), (0.024, 22.0)):
        burst = _burst(rng, seconds=0.24, low=900.0, high=3000.0 + 4000.0 * kit.bright, fall=fall)
        start = round(late * RATE)
        total[start : start + len(burst)] += burst
    return total


def _rim(kit: Kit, rng: np.random.Generator) -> Audio:
    tones = np.array([430.0, 790.0, 1720.0]) * (0.9 + 0.3 * kit.tone)
    stick = partials(
        tones, np.array([0.8, 1.0, 0.6]), decays=np.array([70.0, 90.0, 120.0]), seconds=0.1
    )
    click = _burst(rng, seconds=0.02, low=2000.0, high=7000.0, fall=250.0) * np.float32(0.1)
    return shaped(_added(stick, click), attack=0.0005, release=0.02)


def _brush(kit: Kit, rng: np.random.Generator) -> Audio:
    sweep = noise(rng, 0.26, low=900.0, high=3500.0 + 4000.0 * kit.bright)
    return shaped(falling(sweep, rate=11.0), attack=0.03, release=0.12)


def _shaker(kit: Kit, rng: np.random.Generator) -> Audio:
    grains = noise(rng, 0.1, low=3500.0, high=8000.0 + 4000.0 * kit.bright)
    return shaped(falling(grains, rate=20.0), attack=0.018, release=0.05)


def _tom(kit: Kit, rng: np.random.Generator) -> Audio:
    base = 85.0 + 60.0 * kit.tone
    skin = _sweep(base * 1.7, base, seconds=0.4, speed=18.0, fall=10.0 / (0.5 + kit.length))
    return _added(
        skin, _burst(rng, seconds=0.05, low=400.0, high=2500.0, fall=80.0) * np.float32(0.08)
    )


def _metal(rng: np.random.Generator, *, seconds: float, fall: float, bright: float) -> Audio:
    """Struck sheet: unharmonic partials that fall at their own rates, and a hiss."""
    count = 26
    tones = 2300.0 * 2.0 ** (2.5 * (np.arange(count) + rng.uniform(0.0, 0.8, count)) / count)
    weights = rng.uniform(0.3, 1.0, count) * (0.4 + bright) ** np.linspace(0.0, 2.0, count)
    ring = partials(tones, weights, decays=fall * rng.uniform(0.7, 1.8, count), seconds=seconds)
    hiss = _burst(rng, seconds=seconds, low=5000.0, high=9000.0 + 5000.0 * bright, fall=1.4 * fall)
    return shaped(ring / np.float32(np.sqrt(count)) + hiss, attack=0.0008, release=0.02)


def _hat(kit: Kit, rng: np.random.Generator) -> Audio:
    return _metal(rng, seconds=0.11, fall=60.0 / (0.5 + kit.length), bright=kit.bright)


def _open(kit: Kit, rng: np.random.Generator) -> Audio:
    return _metal(rng, seconds=0.4, fall=10.0 / (0.5 + kit.length), bright=kit.bright)


def _ride(kit: Kit, rng: np.random.Generator) -> Audio:
    ping = partials(
        np.array([3130.0, 4410.0, 5870.0]) * (0.9 + 0.2 * kit.tone),
        np.array([0.8, 0.6, 0.5]),
        decays=np.array([14.0, 16.0, 20.0]),
        seconds=0.5,
    )
    wash = _metal(rng, seconds=0.5, fall=7.0, bright=kit.bright) * np.float32(0.22)
    return shaped(_added(ping, wash), attack=0.001, release=0.1)


def _crash(kit: Kit, rng: np.random.Generator) -> Audio:
    return _metal(rng, seconds=1.6, fall=2.6 / (0.5 + kit.length), bright=kit.bright)


def _stepped(rng: np.random.Generator, *, hold: int, seconds: float, fall: float) -> Audio:
    """Console noise: a random bit held for `hold` samples."""
    samples = round(seconds * RATE)
    bits = rng.integers(0, 2, size=samples // hold + 1).astype(np.float32) * 2.0 - 1.0
    tone = np.repeat(bits, hold)[:samples]
    return shaped(falling(tone, rate=fall), attack=0.001, release=0.01)


_DRUMS: dict[str, Callable[[Kit, np.random.Generator], Audio]] = {
    "kick": _kick,
    "snare": _snare,
    "clap": _clap,
    "rim": _rim,
    "brush": _brush,
    "shaker": _shaker,
    "tom": _tom,
    "hat": _hat,
    "open": _open,
    "ride": _ride,
    "crash": _crash,
}

_STEPS: dict[str, tuple[int, float, float]] = {
    "snare": (4, 0.16, 25.0),
    "hat": (1, 0.04, 80.0),
    "open": (1, 0.12, 25.0),
    "crash": (2, 0.7, 6.0),
}


def _chip(stroke: str, kit: Kit, rng: np.random.Generator) -> Audio:
    """A console's drums: sweeps for skins, stepped noise for the rest."""
    if stroke == "kick":
        return _sweep(320.0, 55.0 + 15.0 * kit.low, seconds=0.16, speed=45.0, fall=16.0)
    if stroke == "tom":
        return _sweep(260.0, 90.0 + 40.0 * kit.tone, seconds=0.2, speed=14.0, fall=12.0)
    hold, seconds, fall = _STEPS[stroke]
    return _stepped(rng, hold=hold, seconds=seconds, fall=fall / (0.5 + kit.length))
