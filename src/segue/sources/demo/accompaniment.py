"""What the hands under the melody play, one bar at a time: chord patterns and bass lines.

A pattern takes the voicing of the bar and gives notes; a bass line takes the root, the chord and
the root to come. `beats` is 3 or 4. Names are those of `styles.Style.patterns` and `bass_lines`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.sources.demo.harmony import near
from segue.sources.demo.melody import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segue.sources.demo.harmony import Chord

Voicing = tuple[int, ...]


def _chords(
    voicing: Voicing, hits: Iterable[tuple[float, float, float]], *, beats: int, spread: float = 0.0
) -> list[Note]:
    """The whole chord at every (beat, length, velocity) inside the bar, rolled by `spread`."""
    return [
        Note(beat + turn * spread, length, pitch, velocity)
        for beat, length, velocity in hits
        if beat < beats
        for turn, pitch in enumerate(voicing)
    ]


def _line(
    voicing: Voicing, order: Iterable[int], *, step: float, length: float, beats: int
) -> list[Note]:
    """Single tones by index, one every `step` beats to the end of the bar; 12 more an octave up."""
    notes: list[Note] = []
    for turn, index in enumerate(order):
        beat = turn * step
        if beat >= beats - 1e-9:
            break
        octave, place = divmod(index, len(voicing))
        accent = 0.9 if turn == 0 else 0.75 if beat % 1 < 1e-9 else 0.65
        notes.append(Note(beat, length, voicing[place] + 12 * octave, accent))
    return notes


def held(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """The chord for the whole bar."""
    return _chords(voicing, [(0.0, float(beats), 0.8 - 0.05 * (bar % 2))], beats=beats)


def slow(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """Two chords a bar, the second softer."""
    late = 2.5 if bar % 2 else 2.0
    return _chords(voicing, [(0.0, 1.9, 0.8), (late, 1.4, 0.6)], beats=beats, spread=0.03)


def rolled(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """The chord laid out tone by tone, then a single tone above it."""
    roll = _chords(voicing, [(0.0, beats - 0.5, 0.75)], beats=beats, spread=0.25)
    return [*roll, Note(beats - 1.0, 0.9, voicing[bar % len(voicing)] + 12, 0.55)]


def broken(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """Eighths up and down the chord, as a left hand plays them."""
    order = (0, 1, 2, 3, 4, 3, 2, 1) if bar % 2 == 0 else (0, 2, 1, 3, 4, 2, 3, 1)
    return _line(voicing, order, step=0.5, length=1.2, beats=beats)


def waltz(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """Low tone, chord, chord."""
    low = Note(0.0, 1.0, voicing[0] - (12 if bar % 2 == 0 else 5), 0.8)
    return [low, *_chords(voicing, [(1.0, 0.8, 0.55), (2.0, 0.8, 0.5)], beats=beats, spread=0.02)]


def fingers(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """Picked eighths, thumb on the beat, fingers between."""
    order = (0, 2, 1, 3, 0, 3, 1, 2) if bar % 2 == 0 else (0, 3, 1, 2, 0, 2, 1, 4)
    return _line(voicing, order, step=0.5, length=1.4, beats=beats)


def strum(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """Down, down-up, up-down-up: the strings a hair after each other."""
    full = (*voicing, voicing[0] + 12)
    down = [(0.0, 1.0, 0.85), (1.0, 0.5, 0.65), (3.0, 0.5, 0.7)]
    up = [(1.5, 0.6, 0.55), (2.5, 0.5, 0.6), (3.5, 0.5, 0.5 + 0.05 * (bar % 2))]
    lower = _chords(full, down, beats=beats, spread=0.025)
    return [*lower, *_chords(full[::-1], up, beats=beats, spread=0.02)]


def tremolo(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """One or two tones repeated in sixteenths, growing through the bar."""
    top = voicing[-1 - bar % 2]
    count = beats * 4
    return [
        Note(turn / 4.0, 0.3, pitch, 0.5 + 0.3 * turn / count)
        for turn in range(count)
        for pitch in ((top, voicing[0]) if turn % 4 == 0 else (top,))
    ]


def bossa(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """The guitar of a bossa nova: a two-bar figure off the beat."""
    first = [(0.0, 0.8, 0.8), (1.0, 0.4, 0.6), (2.5, 1.2, 0.75)]
    second = [(0.5, 0.8, 0.7), (2.0, 0.4, 0.6), (3.5, 0.5, 0.75)]
    return _chords(voicing, second if bar % 2 else first, beats=beats, spread=0.012)


def charleston(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """Short chords on one and the and of two, moved about from bar to bar."""
    figures = (
        [(0.0, 0.9, 0.75), (1.5, 0.4, 0.65)],
        [(0.5, 0.4, 0.65), (2.5, 0.9, 0.7)],
        [(1.0, 0.4, 0.6), (2.5, 0.4, 0.65), (3.5, 0.4, 0.7)],
        [(1.5, 1.4, 0.7)],
    )
    return _chords(voicing, figures[bar % 4], beats=beats, spread=0.008)


def block(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """The chord on every beat, the first one accented."""
    hits = [(float(beat), 0.85, 0.8 if beat == bar % 2 else 0.65) for beat in range(beats)]
    return _chords(voicing, hits, beats=beats)


def offbeat(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """Short chords between the beats."""
    hits = [(beat + 0.5, 0.3, 0.75 - 0.1 * ((beat + bar) % 2)) for beat in range(beats)]
    return _chords(voicing, hits, beats=beats)


def stabs(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """Syncopated sixteenth chords, the figure of house records."""
    first = [(0.0, 0.3, 0.85), (0.75, 0.25, 0.7), (1.5, 0.4, 0.8), (2.75, 0.25, 0.75)]
    second = [(0.0, 0.3, 0.85), (0.75, 0.25, 0.7), (2.25, 0.3, 0.75), (3.0, 0.5, 0.8)]
    return _chords(voicing, second if bar % 2 else first, beats=beats)


def arpeggio(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """Sixteenths up the chord over two octaves."""
    size = len(voicing)
    up = [*range(2 * size), *range(2 * size - 2, 0, -1)]
    order = [up[(turn + bar) % len(up)] for turn in range(beats * 4)]
    return _line(voicing, order, step=0.25, length=0.24, beats=beats)


def flutter(voicing: Voicing, *, beats: int, bar: int) -> list[Note]:
    """Thirty-seconds through the chord: how a console plays three tones on one channel."""
    order = [(turn + bar) % len(voicing) for turn in range(beats * 8)]
    return _line(voicing, order, step=0.125, length=0.12, beats=beats)


PATTERNS: dict[str, Callable[..., list[Note]]] = {
    pattern.__name__: pattern
    for pattern in (
        held,
        slow,
        rolled,
        broken,
        waltz,
        fingers,
        strum,
        tremolo,
        bossa,
        charleston,
        block,
        offbeat,
        stabs,
        arpeggio,
        flutter,
    )
}
"""Every chord pattern by name."""

_FIGURES: dict[str, tuple[tuple[float, float, str, float], ...]] = {
    "whole": ((0.0, 4.0, "root", 0.85),),
    "halves": ((0.0, 1.9, "root", 0.9), (2.0, 1.9, "fifth", 0.75)),
    "eighths": tuple((b / 2, 0.45, "root", 0.9 if b % 2 == 0 else 0.75) for b in range(8)),
    "offbeats": tuple((b + 0.5, 0.42, "root", 0.9) for b in range(4)),
    "octaves": tuple((b / 2, 0.4, "octave" if b % 2 else "root", 0.85) for b in range(8)),
    "bossa": (
        (0.0, 1.4, "root", 0.9),
        (1.5, 0.45, "fifth", 0.7),
        (2.0, 1.4, "fifth", 0.85),
        (3.5, 0.45, "next", 0.7),
    ),
    "syncopated": (
        (0.0, 0.7, "root", 0.95),
        (0.75, 0.4, "octave", 0.6),
        (1.75, 0.7, "root", 0.8),
        (2.5, 0.9, "fifth", 0.8),
        (3.5, 0.45, "next", 0.7),
    ),
}


def bass_bar(name: str, chord: Chord, *, after: Chord, beats: int, centre: float) -> list[Note]:
    """One bar of a bass line: over `chord`, leading to the chord `after` it."""
    if name == "walking":
        return _walking(chord, after=after, beats=beats, centre=centre)
    root = near(chord.root, centre)
    fifth = root + 7 if (chord.root + 7) % 12 in chord.classes else root + 12
    tones = {
        "root": root,
        "fifth": fifth if fifth <= centre + 9 else fifth - 12,
        "octave": root + 12,
        "next": near(after.root, root),
    }
    return [
        Note(beat, min(length, beats - beat), tones[tone], velocity)
        for beat, length, tone, velocity in _FIGURES[name]
        if beat < beats
    ]


def _walking(chord: Chord, *, after: Chord, beats: int, centre: float) -> list[Note]:
    """Quarter notes: root, chord tones on the way, and a step of two semitones or fewer home."""
    root = near(chord.root, centre)
    target = near(after.root, root)
    rising = target >= root
    tones = sorted(near(tone, root + (4 if rising else -4)) for tone in chord.classes[1:])
    middle = tones if rising else tones[::-1]
    path = [root, *middle[: beats - 2]]
    path.append(_approach(chord, target, rising=rising))
    return [
        Note(float(turn), 0.92, pitch, 0.9 if turn % 2 == 0 else 0.8)
        for turn, pitch in enumerate(path[:beats])
    ]


def _approach(chord: Chord, target: int, *, rising: bool) -> int:
    """The tone before the next root: the chord's nearest to it on the side the line comes from."""
    side = -3 if rising else 3
    return min(
        (near(tone, target + side) for tone in chord.classes), key=lambda p: abs(p - target - side)
    )
