"""Scales, chords, and how one chord moves to the next.

Major, and natural minor throughout: no raised leading tone, so that the planted key's seven
scale tones are all there is. Degrees count from 0 and go on past the octave (7 is the tonic
above). Pitches are MIDI numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

SCALES: dict[int, tuple[int, ...]] = {1: (0, 2, 4, 5, 7, 9, 11), 0: (0, 2, 3, 5, 7, 8, 10)}
"""Semitones of the scale by mode: 1 major, 0 natural minor."""

KINDS: dict[str, tuple[int, ...]] = {
    "triad": (0, 2, 4),
    "seventh": (0, 2, 4, 6),
    "ninth": (0, 2, 4, 6, 8),
    "sus": (0, 1, 4),
    "open": (0, 4, 8),
}
"""Scale steps above the root by kind of chord."""

_AT_HOME: dict[str, str] = {"seventh": "triad", "ninth": "sus"}


@dataclass(frozen=True, slots=True)
class Chord:
    """One chord: its degree, the pitch class of its root, and all pitch classes, root first."""

    degree: int
    root: int
    classes: tuple[int, ...]


def pitch_of(degree: int, *, key: int, mode: int) -> int:
    """Semitones of a scale degree above the C below the key; any whole degree, also negative."""
    octave, step = divmod(degree, 7)
    return key + 12 * octave + SCALES[mode][step]


def chord_on(degree: int, *, key: int, mode: int, kind: str) -> Chord:
    """The chord of a kind on a degree, made of scale tones alone.

    The tonic has no seventh: with one it holds the whole chord of another degree, and neither
    ears nor estimators could tell which of the two is home.
    """
    steps = KINDS[_AT_HOME.get(kind, kind) if degree % 7 == 0 else kind]
    pitches = [pitch_of(degree + step, key=key, mode=mode) for step in steps]
    return Chord(degree, pitches[0] % 12, tuple(dict.fromkeys(pitch % 12 for pitch in pitches)))


def near(pitch_class: int, centre: float) -> int:
    """The pitch of this class that lies nearest to `centre`."""
    return int(pitch_class + 12 * round((centre - pitch_class) / 12.0))


def voiced(chord: Chord, *, centre: float, before: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The chord's tones in the position that moves least from the chord before.

    Every rotation is tried in the octaves round `centre`; the cost of one is the mean movement
    of its voices plus a third of its distance from the centre, and voices closer than a whole
    tone below the middle C cost more, because they growl.
    """
    best: tuple[int, ...] = ()
    least = float("inf")
    for turn in range(len(chord.classes)):
        rotated = chord.classes[turn:] + chord.classes[:turn]
        for lowest in (near(rotated[0], centre - 7), near(rotated[0], centre)):
            tones = [lowest]
            for pitch_class in rotated[1:]:
                tones.append(tones[-1] + (pitch_class - tones[-1]) % 12)
            cost = _cost(tuple(tones), centre=centre, before=before)
            if cost < least:
                best, least = tuple(tones), cost
    return best


def _cost(tones: tuple[int, ...], *, centre: float, before: tuple[int, ...]) -> float:
    cost = abs(sum(tones) / len(tones) - centre) / 3.0
    if before:
        cost += sum(min(abs(tone - old) for old in before) for tone in tones) / len(tones)
    close = sum(1 for low, high in pairwise(tones) if low < 60 and high - low < 3)
    return cost + 1.5 * close


def progression(degrees: tuple[int, ...], *, bars: int, chord_bars: int, after: int) -> list[int]:
    """One degree a bar: the degrees in turn, each for `chord_bars` bars (one, where few bars).

    `after` is how many bars of the same progression came before: it goes on where it was left.
    """
    each = chord_bars if bars >= chord_bars * len(degrees) else 1
    return [degrees[(after + bar) // each % len(degrees)] for bar in range(bars)]
