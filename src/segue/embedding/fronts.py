"""Front ends: how the windows that a network hears are made from sound, as its manifest declares.

Three kinds. ``segue-mel`` is Segue's own (`segue.embedding.windows`). ``mel`` is a mel spectrogram
of any common make, and ``samples`` are the samples themselves: what networks of others hear. Their
fields are those of `Mel` and `Samples`, by the same names; one that is not known is refused, since
a front end that is not quite the one meant gives vectors that mean nothing.

Sound is decoded once, at 22,050 samples a second. A front end of another rate is given that,
resampled; what lies above 11,025 Hz is not in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from segue.descriptors.mel import SCALES, SLOPES, Bank, mel_spectrum
from segue.embedding.declared import made, odd, one_of
from segue.embedding.spectra import LEVELS, at_rate, levelled, spectrum
from segue.embedding.windows import BANDS, FRAMES, filled, starts, windows
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from segue.descriptors.frames import Sound
    from segue.types import Frames

RATES = (4_000, 192_000)
"""Samples a second that may be declared, from and to."""

MEL_LAYOUTS = ("tb", "bt", "ctb", "cbt", "tbc", "btc")
"""Axes of a window of a spectrogram, behind the one that counts windows: time, bands, channel."""

SAMPLE_LAYOUTS = ("s", "cs", "sc")
"""The same of samples."""

LONGEST = 60.0
"""Seconds of a window."""

_LARGEST = 32_768
_MOST_BANDS = 512
_MOST_NUMBERS = 1 << 24


def reach() -> float:
    """Hz up to which there is anything in the sound that is given."""
    from segue.audio.decode import RATE

    return RATE / 2


@dataclass(frozen=True, slots=True)
class SegueMel:
    """Segue's own windows: 128 frames of 128 bands, in [-1, 1]."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one window."""
        return (FRAMES, BANDS)

    @property
    def ceiling(self) -> float:
        """Hz up to which it listens."""
        return reach()

    def check(self) -> None:
        """Nothing is declared, so nothing can be wrong."""

    def windows(self, sound: Sound, count: int) -> Frames:
        """Windows of a sound, shape (count, 128, 128).

        Raises
        ------
        BadRequestError
            The sound has another rate than everything is analysed at.
        """
        if sound.rate != 2 * reach():
            raise BadRequestError(
                f"sound of {sound.rate:,} samples a second is not what the network was taught with",
                remedy=f"Give it at {2 * reach():,.0f} a second",
            )
        return sound.shared(_ours(count))


@lru_cache(maxsize=16)
def _ours(count: int) -> Callable[[Sound], Frames]:
    """The function by which a sound knows its windows: the same one for every embedder."""
    return partial(_our_windows, count=count)


def _our_windows(sound: Sound, *, count: int) -> Frames:
    return windows(sound.decibels128, count=count)


@dataclass(frozen=True, slots=True)
class Mel:
    """A mel spectrogram (`segue.embedding.spectra`).

    Attributes
    ----------
    rate
        Samples a second.
    fft, hop, window
        Samples in a frame, from one to the next, and under the Hann window (null: all).
    bands, low, high, scale, equal, slopes
        Of the mel bank (`segue.descriptors.mel.Bank`).
    frames
        In a window.
    magnitude
        Whether the bands add up magnitudes, else power.
    centred
        Whether frame i is around sample i · hop, with mirrored ends; else it begins there.
    level, gain, offset, span, relative
        What becomes of a band's value.
    times, plus
        By what the level is multiplied, and what is added then.
    layout
        The axes of a window: one of `MEL_LAYOUTS`.
    """

    rate: int
    fft: int
    hop: int
    bands: int
    frames: int
    window: int | None = None
    low: float = 0.0
    high: float | None = None
    scale: str = SCALES[0]
    equal: bool = True
    slopes: str = SLOPES[0]
    magnitude: bool = False
    centred: bool = True
    level: str = LEVELS[0]
    gain: float = 1.0
    offset: float = 1e-10
    span: float | None = None
    relative: bool = False
    times: float = 1.0
    plus: float = 0.0
    layout: str = MEL_LAYOUTS[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one window."""
        return tuple({"t": self.frames, "b": self.bands, "c": 1}[axis] for axis in self.layout)

    @property
    def ceiling(self) -> float:
        """Hz up to which it listens."""
        return self.rate / 2 if self.high is None else self.high

    def check(self) -> None:
        """Refuse what cannot be computed.

        Raises
        ------
        BadFileError
            Says what.
        """
        _check_rate(self.rate)
        one_of("scale", self.scale, SCALES)
        one_of("slopes", self.slopes, SLOPES)
        one_of("level", self.level, LEVELS)
        one_of("layout", self.layout, MEL_LAYOUTS)
        if not (4 <= self.fft <= _LARGEST and 1 <= self.hop <= _LARGEST):
            raise odd(f"frames of {self.fft:,} samples every {self.hop:,}")
        if self.window is not None and not 2 <= self.window <= self.fft:
            raise odd(f"{self.window:,} samples under the window of a frame of {self.fft:,}")
        if not 1 <= self.bands <= _MOST_BANDS:
            raise odd(f"{self.bands:,} bands")
        if not 0 <= self.low < self.ceiling <= self.rate / 2:
            raise odd(f"bands from {self.low:g} to {self.ceiling:g} Hz at a rate of {self.rate:,}")
        _check_seconds(self.frames * self.hop / self.rate)
        if self.frames * self.bands > _MOST_NUMBERS:
            raise odd(f"windows of {self.frames:,} frames with {self.bands:,} bands")
        if min(self.gain, self.offset, math.inf if self.span is None else self.span) <= 0:
            raise odd("a gain, an offset or a span that is not above 0")

    def windows(self, sound: Sound, count: int) -> Frames:
        """Windows of a sound, shape (count, …), … as `shape` says."""
        shown = spectrum(
            sound,
            self.rate,
            fft=self.fft,
            hop=self.hop,
            size=self.fft if self.window is None else self.window,
            centred=self.centred,
            magnitude=self.magnitude,
        )
        bank = Bank(
            low=self.low,
            high=self.high,
            scale=self.scale,
            equal=self.equal,
            slopes=self.slopes,
        )
        level = levelled(
            mel_spectrum(shown, self.rate, bands=self.bands, bank=bank),
            self.level,
            gain=self.gain,
            offset=self.offset,
            span=self.span,
            relative=self.relative,
        )
        level *= np.float32(self.times)
        level += np.float32(self.plus)
        return _laid(_cut(level, count=count, length=self.frames), "tb", self.layout)


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples themselves.

    Attributes
    ----------
    rate
        Samples a second.
    seconds
        Of a window.
    times
        By what they are multiplied: 32768 where 16-bit integers are meant.
    layout
        The axes of a window: one of `SAMPLE_LAYOUTS`.
    """

    rate: int
    seconds: float
    times: float = 1.0
    layout: str = SAMPLE_LAYOUTS[0]

    @property
    def length(self) -> int:
        """Samples in a window."""
        return round(self.rate * self.seconds)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one window."""
        return tuple({"s": self.length, "c": 1}[axis] for axis in self.layout)

    @property
    def ceiling(self) -> float:
        """Hz up to which it listens."""
        return self.rate / 2

    def check(self) -> None:
        """Refuse what cannot be computed.

        Raises
        ------
        BadFileError
            Says what.
        """
        _check_rate(self.rate)
        one_of("layout", self.layout, SAMPLE_LAYOUTS)
        _check_seconds(self.seconds)
        _check_seconds(self.length / self.rate)

    def windows(self, sound: Sound, count: int) -> Frames:
        """Windows of a sound, shape (count, …), … as `shape` says."""
        audio = at_rate(sound, self.rate)
        cut = _cut(audio, count=count, length=self.length) * np.float32(self.times)
        return _laid(cut, "s", self.layout)


Front: TypeAlias = SegueMel | Mel | Samples

KINDS: Mapping[str, type[Front]] = {"segue-mel": SegueMel, "mel": Mel, "samples": Samples}
"""Kinds of front ends."""


def front_of(document: Mapping[str, Any]) -> Front:
    """The front end that a manifest declares.

    Parameters
    ----------
    document
        `kind`, one of `KINDS`, and the fields of that kind; those with a default may be left out.

    Raises
    ------
    BadFileError
        A field is missing, unknown, or holds what it must not; says which.
    """
    stated = dict(document)
    kind = stated.pop("kind", None)
    one_of("kind", kind, tuple(KINDS))
    front = made(KINDS[kind], stated)
    front.check()
    return front


def _check_rate(rate: int) -> None:
    low, high = RATES
    if not low <= rate <= high:
        raise odd(f"{rate:,} samples a second")


def _check_seconds(seconds: float) -> None:
    if not 0 < seconds <= LONGEST:
        raise odd(f"windows of {seconds:g} s")


def _cut(levels: Frames, *, count: int, length: int) -> Frames:
    """Windows that lie evenly over a clip, as `segue.embedding.windows` lays its own."""
    whole = filled(levels, length=length)
    places = starts(len(whole), count=count, length=length)[:, np.newaxis] + np.arange(length)
    cut: Frames = whole[places]
    return cut


def _laid(cut: Frames, axes: str, layout: str) -> Frames:
    """Windows with their axes in another order, and a channel of one where there shall be one."""
    order = [axes.index(axis) + 1 for axis in layout if axis != "c"]
    laid = cut.transpose(0, *order)
    if "c" in layout:
        laid = np.expand_dims(laid, layout.index("c") + 1)
    return np.ascontiguousarray(laid)
