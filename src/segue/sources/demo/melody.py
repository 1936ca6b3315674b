"""Melodies: short motifs that come back.

A motif is one bar: a rhythm made of the artist's cells and a walk in scale steps. A section says
a motif, says it again on the next chord, answers with a second one, and closes; A' is A with
small ornaments. On strong beats a note moves to the nearest tone of the chord.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segue.sources.demo.harmony import near, pitch_of

if TYPE_CHECKING:
    from numpy.random import Generator

    from segue.sources.demo.hands import Hand
    from segue.sources.demo.harmony import Chord


class Note(NamedTuple):
    """A note in beats from the start of the piece; `pitch` is MIDI, `velocity` in (0, 1]."""

    beat: float
    length: float
    pitch: int
    velocity: float


class Step(NamedTuple):
    """A note of a motif: beats from the bar, length in beats, scale steps from the bar's tone."""

    offset: float
    length: float
    step: int


Motif = tuple[Step, ...]


def make_motif(rng: Generator, hand: Hand, *, beats: int, density: float) -> Motif:
    """One bar of rhythm and contour in the manner of a hand; at least one note.

    `density` in [0, 1] prefers cells with more notes.
    """
    cells = [cell for cell in hand.cells if sum(abs(part) for part in cell) <= beats] or [(1.0,)]
    steps: list[Step] = []
    offset, step = 0.0, int(rng.integers(-1, 2))
    while offset < beats - 1e-9:
        fitting = [c for c in cells if offset + sum(abs(part) for part in c) <= beats + 1e-9]
        cell = _chosen(rng, fitting, density) if fitting else (beats - offset,)
        for part in cell:
            if part > 0:
                steps.append(Step(offset, part, step))
                step = _walked(rng, step, hand.leap)
            offset += abs(part)
    return tuple(steps) or (Step(0.0, 1.0, 0),)


def _chosen(rng: Generator, cells: list[tuple[float, ...]], density: float) -> tuple[float, ...]:
    """A cell, busy ones more often where density is high."""
    rates = [sum(1 for part in cell if part > 0) / sum(abs(p) for p in cell) for cell in cells]
    wanted = 0.4 + 1.8 * density
    weights = [1.0 / (0.25 + abs(rate - wanted)) for rate in rates]
    mark = float(rng.random()) * sum(weights)
    for cell, weight in zip(cells, weights, strict=True):
        mark -= weight
        if mark <= 0.0:
            return cell
    return cells[-1]


def _walked(rng: Generator, step: int, leap: float) -> int:
    """The next step of the walk: mostly neighbours, sometimes leaps, drawn back to the middle."""
    size = int(rng.choice((1, 2, 3, 4), p=(1 - leap, 0.6 * leap, 0.25 * leap, 0.15 * leap)))
    down = rng.random() < 0.5 + 0.12 * step
    return max(-5, min(6, step - size if down else step + size))


def sung(
    motif: Motif,
    chord: Chord,
    *,
    key: int,
    mode: int,
    centre: float,
    start: float,
    closing: bool = False,
) -> list[Note]:
    """A motif over one chord, in the bar that begins at beat `start`.

    `closing` lets the bar end on its last strong note, held, on the tonic where the chord has it.
    """
    home = _degree_near(chord, centre, key=key, mode=mode)
    notes: list[Note] = []
    for offset, length, step in motif:
        pitch = pitch_of(home + step, key=key, mode=mode)
        if offset % 2 < 1e-6 or length >= 1.5:
            pitch = min((near(tone, pitch) for tone in chord.classes), key=lambda p: abs(p - pitch))
        pitch = _folded(pitch, centre)
        strong = 1.0 if offset < 1e-6 else 0.9 if offset % 1 < 1e-6 else 0.8
        notes.append(Note(start + offset, length, pitch, strong))
    if closing and len(notes) > 1:
        notes = [note for note in notes if note.beat - start <= 2.0 + 1e-6] or notes[:1]
        last = notes[-1]
        ends = (key,) if key in chord.classes else chord.classes
        tone = min((near(t, last.pitch) for t in ends), key=lambda p: abs(p - last.pitch))
        notes[-1] = last._replace(pitch=_folded(tone, centre), length=max(last.length, 1.5))
    return notes


def _degree_near(chord: Chord, centre: float, *, key: int, mode: int) -> int:
    """The degree whose pitch is the chord tone nearest to the centre of the register."""
    target = min((near(tone, centre) for tone in chord.classes), key=lambda p: abs(p - centre))
    guess = round((target - key) * 7 / 12)
    return min(
        range(guess - 2, guess + 3), key=lambda d: abs(pitch_of(d, key=key, mode=mode) - target)
    )


def _folded(pitch: int, centre: float) -> int:
    """The pitch moved by octaves until it lies within ten semitones of the centre."""
    while pitch > centre + 10:
        pitch -= 12
    while pitch < centre - 10:
        pitch += 12
    return pitch


def ornamented(rng: Generator, notes: list[Note], *, key: int, mode: int) -> list[Note]:
    """Some longer notes parted in two, the second a scale step above: how A comes back."""
    changed: list[Note] = []
    for note in notes:
        if note.length >= 1.0 and rng.random() < 0.35:
            half = note.length / 2
            degree = round((note.pitch - key) * 7 / 12)
            upper = min(
                (pitch_of(d, key=key, mode=mode) for d in range(degree, degree + 3)),
                key=lambda p: abs(p - note.pitch - 2),
            )
            changed.append(note._replace(length=half))
            changed.append(Note(note.beat + half, half, upper, 0.9 * note.velocity))
        else:
            changed.append(note)
    return changed
