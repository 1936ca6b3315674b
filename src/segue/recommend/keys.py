"""Keys by name and on the Camelot wheel, and which of them mix well.

The Camelot wheel (Mark Davis, 1991) numbers the circle of fifths from 1 to 12 for people who mix:
A for minor keys, B for major ones; C major is 8B and A minor, of the same signature, 8A. Two keys
mix well that are the same, neighbours on the wheel in the same letter (a fifth apart), or of the
same number in both letters (relatives): those at most one step apart by `segue.spaces.fifths`.
A key of which the mode is unknown has no place on the wheel; it is read in either mode.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from segue.errors import BadRequestError
from segue.records import KEYS
from segue.sources import values
from segue.spaces import fifths

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from segue.types import Floats, Mask, Rows

_MODES = {0: "minor", 1: "major"}
_WHEEL = re.compile(r"(1[0-2]|0?[1-9])\s*([ab])")
_NUMBER = re.compile(r"[-+\d.]+")
_C_MAJOR = 8


@dataclass(frozen=True, slots=True)
class Key:
    """A pitch class from 0 to 11, and 1 for major, 0 for minor, None where it is unknown."""

    pitch: int
    mode: int | None = None

    @property
    def name(self) -> str:
        """As people say it: "A minor"; "A" where the mode is unknown."""
        return KEYS[self.pitch] if self.mode is None else f"{KEYS[self.pitch]} {_MODES[self.mode]}"

    @property
    def camelot(self) -> str:
        """Its place on the wheel, "8A"; "" where the mode is unknown."""
        if self.mode is None:
            return ""
        place = fifths.signature(self.pitch, minor=self.mode == 0)
        return f"{(place + _C_MAJOR - 1) % 12 + 1}{'AB'[self.mode]}"


def key_named(text: str) -> Key:
    """The key that a person writes: "A minor", "F#m", "B♭", "8A".

    Raises
    ------
    BadRequestError
        There is no such key.
    """
    plain = text.strip()
    wheel = _WHEEL.fullmatch(plain.casefold())
    if wheel is not None:
        return _on_wheel(int(wheel[1]), 0 if wheel[2] == "a" else 1)
    try:
        found = None if _NUMBER.fullmatch(plain) else values.key(plain)
    except ValueError:
        found = None
    if found is None:
        raise BadRequestError(
            f"there is no key {text!r}",
            remedy=f"Use {', '.join(KEYS)}, with minor or major, or a place on the Camelot "
            "wheel such as 8A",
        )
    return Key(*found)


def apart(one: Key, other: Key) -> int:
    """Steps on the wheel from one key to another, 0 to 7; see `segue.spaces.fifths`."""
    return fifths.steps(one.pitch, one.mode, other.pitch, other.mode)


def mixing(key: Key) -> tuple[Key, ...]:
    """The keys that mix well with `key`, itself first; without a mode, with either of its modes."""
    if key.mode is None:
        both = (each for mode in _MODES for each in mixing(Key(key.pitch, mode)))
        return tuple(dict.fromkeys((key, *both)))
    others = (Key(pitch, mode) for mode in (key.mode, 1 - key.mode) for pitch in range(12))
    return tuple(sorted((k for k in others if apart(key, k) <= 1), key=lambda k: apart(key, k)))


UNKNOWN = 36
"""The code of a track of which no key is known."""


def codes(pitches: NDArray[Any], modes: NDArray[Any]) -> Rows:
    """Keys as numbers that `steps` is looked up by, shape (n,): 3 × pitch + 0, 1, or 2 for no mode.

    Parameters
    ----------
    pitches, modes
        As in `Corpus.attributes`: NaN where unknown; shape (n,). Without a pitch the code is
        `UNKNOWN`.
    """
    import numpy as np

    known = (pitches >= 0) & (pitches < 12)
    mode = np.where((modes == 0) | (modes == 1), modes, 2)
    return np.where(known, 3 * np.nan_to_num(pitches) + mode, UNKNOWN).astype(np.int64)


@lru_cache(maxsize=1)
def steps() -> Floats:
    """Steps between every two codes, shape (37, 37); NaN from or to an unknown key."""
    import numpy as np

    keys = [Key(code // 3, None if code % 3 == 2 else code % 3) for code in range(UNKNOWN)]
    found = np.full((UNKNOWN + 1, UNKNOWN + 1), np.nan)
    found[:UNKNOWN, :UNKNOWN] = [[apart(one, other) for other in keys] for one in keys]
    found.setflags(write=False)
    return found


def in_key(pitches: NDArray[Any], modes: NDArray[Any], key: Key, *, compatible: bool) -> Mask:
    """Which tracks are in `key`, or in one that mixes well with it; shape (n,).

    A track of which the key is unknown, or of which the mode is unknown and asked about, is not.
    """
    import numpy as np

    taken = np.zeros(UNKNOWN + 1, dtype=np.bool_)
    for each in mixing(key) if compatible else (key,):
        modes_taken = (0, 1, 2) if each.mode is None else (each.mode,)
        taken[[3 * each.pitch + mode for mode in modes_taken]] = True
    return taken[codes(pitches, modes)]


def _on_wheel(number: int, mode: int) -> Key:
    keys = (Key(pitch, mode) for pitch in range(12))
    return next(key for key in keys if key.camelot == f"{number}{'AB'[mode]}")
