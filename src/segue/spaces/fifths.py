"""The circle of fifths: how far apart two keys are.

Keys stand on a circle of twelve by their signatures, from none on one more sharp at each step; a
minor key has the signature of the major key three semitones up. Two keys are as many steps apart
as their signatures on the shorter way round, and one more where one is major and the other minor.
An unknown mode counts as the other's.
"""

from __future__ import annotations

MOST = 7
"""The most steps that two keys can be apart: across the circle, and major against minor."""


def signature(pitch: int, *, minor: bool) -> int:
    """The place of a key on the circle: 0 for no accidentals, one more for each sharp, to 11."""
    return (pitch + (3 if minor else 0)) * 7 % 12


def steps(pitch: int, mode: int | None, other_pitch: int, other_mode: int | None) -> int:
    """How far apart two keys are, from 0 to `MOST`.

    Parameters
    ----------
    pitch, other_pitch
        Pitch classes, 0 to 11.
    mode, other_mode
        1 for major, 0 for minor, None for unknown.
    """
    both = mode is not None and other_mode is not None and mode != other_mode
    ours = signature(pitch, minor=both and mode == 0)
    theirs = signature(other_pitch, minor=both and other_mode == 0)
    apart = abs(ours - theirs)
    return min(apart, 12 - apart) + both
