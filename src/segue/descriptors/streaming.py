"""Descriptors of a signal that goes on: a microphone, a radio station, a file as it is played.

`Stream` takes samples as they come and describes the last seconds of them whenever it is asked.
Frames are made once: when the window has moved on, only those that touch its mirrored ends are
made again, and of what follows from the frames everything that is marked `framewise`. What is of
the whole window (statistics, tempo, key) is worked out anew.

The numbers are those `extract.describe` gives for the same samples: to the last bit wherever this
was tried. Promised is 1e-5 of each number, or of 1 where it is smaller, for the libraries that
multiply matrices may round otherwise when there are fewer rows.

What FFmpeg can read, it can hand on. This describes a station every second; it asks for two
channels, since FFmpeg makes one that is 3 dB louder than the mean of both::

    command = ["ffmpeg", "-i", address, "-f", "f32le", "-ac", "2", "-ar", "22050", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as radio:
        stream = Stream()
        while data := radio.stdout.read(2 * 4 * 22_050):
            stream.feed(np.frombuffer(data, dtype="<f4").reshape(-1, 2).T)
            vector = stream.describe()
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import soxr

from segue.audio.decode import RATE
from segue.audio.samples import check_samples
from segue.descriptors.extract import FAMILIES, numbers
from segue.descriptors.frames import HOP, Sound
from segue.descriptors.framewise import EVERY, GRID, LEVELLED, REACH, joined
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from segue.types import Audio, Frames, Vector

T = TypeVar("T")

_STEP = GRID * HOP


class Stream:
    """A signal that goes on.

    Parameters
    ----------
    rate
        Samples a second of what is fed.
    seconds
        How much of the end is described: this much or up to 0.19 s less, since windows begin at
        whole steps of eight frames. None for everything there has been.

    Raises
    ------
    BadRequestError
        The rate is not above 0, or the window shorter than a second.

    Examples
    --------
    >>> stream = Stream(rate=44_100)
    >>> for _ in range(3):
    ...     stream.feed(np.zeros((2, 44_100), dtype=np.float32))
    >>> round(stream.seconds)
    3
    """

    def __init__(self, *, rate: int = RATE, seconds: float | None = 30.0) -> None:
        if rate <= 0:
            raise BadRequestError(f"{rate} samples a second", remedy="Give more than 0")
        if seconds is not None and not seconds >= 1.0:
            raise BadRequestError(f"a window of {seconds} s", remedy="Ask for at least 1 s")
        self._window = None if seconds is None else round(seconds * RATE)
        self._resampler = (
            None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, "float32", quality="HQ")
        )
        # Positions are counted in samples from the first one that was fed.
        self._samples: Audio = np.empty(0, dtype=np.float32)
        self._origin = self._end = 0
        self._sound: _Window | None = None
        self._outdated = True
        self._ended = False

    def feed(self, samples: NDArray[np.floating[Any]]) -> None:
        """Take more of the signal.

        Parameters
        ----------
        samples
            Shape (samples,) or (channels, samples), full scale 1, any number of them. Channels
            are averaged. A rate other than 22,050 Hz is resampled, which holds the last few
            milliseconds back until more comes or `finish` is called.

        Raises
        ------
        BadRequestError
            They are not floating point or have another shape, or the signal has ended.
        BadFileError
            Some are not numbers, or beyond all measure. Then none of them is taken.
        """
        if samples.ndim not in {1, 2} or not np.issubdtype(samples.dtype, np.floating):
            raise BadRequestError(
                f"samples of shape {samples.shape} and type {samples.dtype}",
                remedy="Give floats with full scale 1, as (samples,) or (channels, samples)",
            )
        if self._ended:
            raise BadRequestError("the stream has ended", remedy="Begin another for what follows")
        mono = samples if samples.ndim == 1 else samples.mean(axis=0, dtype=np.float32)
        mono = mono.astype(np.float32, copy=False)
        check_samples(mono, where="the stream")
        self._take(mono, last=False)

    def finish(self) -> None:
        """Say that the signal has ended; what the resampler holds back is added."""
        if self._resampler is not None and not self._ended:
            self._take(np.empty(0, dtype=np.float32), last=True)
        self._ended = True

    @property
    def seconds(self) -> float:
        """How much of the signal is described now."""
        return (self._end - self._start) / RATE

    @property
    def sound(self) -> Sound:
        """The window as it stands; a new one each time more has been fed.

        Raises
        ------
        BadFileError
            Nothing has been fed.
        """
        if self._sound is None or self._outdated:
            start = self._start
            audio = self._samples[start - self._origin : self._end - self._origin]
            self._sound = _Window(audio, start=start, before=self._sound)
            self._outdated = False
        return self._sound

    def describe(self) -> Vector:
        """All descriptors of the window, shape (len(extract.NAMES),), as `extract.describe`.

        Raises
        ------
        BadFileError
            Nothing has been fed.
        """
        sound = self.sound
        vector = np.concatenate([numbers(sound, family) for family in FAMILIES])
        if self._sound is not None:
            self._sound.settle()
        return vector

    @property
    def _start(self) -> int:
        """Where the window begins."""
        if self._window is None:
            return 0
        return max(0, -(-(self._end - self._window) // _STEP) * _STEP)

    def _take(self, mono: Audio, *, last: bool) -> None:
        if self._resampler is not None:
            mono = self._resampler.resample_chunk(mono, last=last)
        kept = self._start - self._origin
        held = self._end - self._origin
        if held + len(mono) > len(self._samples):
            # A new array, since the windows there have been still look at the old one.
            grown = np.empty(2 * (held - kept + len(mono)), dtype=np.float32)
            grown[: held - kept] = self._samples[kept:held]
            self._samples, self._origin, held = grown, self._start, held - kept
        self._samples[held : held + len(mono)] = mono
        self._end += len(mono)
        self._outdated = self._outdated or len(mono) > 0


def _kept(name: str) -> Any:  # noqa: ANN401 (it stands where a property of `Sound` stood)
    """A property of `Sound` whose rows are kept."""

    def rows(window: _Window) -> Frames:
        return window.kept(name)

    return cached_property(rows)


class _Window(Sound):
    """A stretch of a stream that takes rows from the stretch before it.

    Parameters
    ----------
    start
        Position of its first sample, a multiple of `_STEP`.
    before
        The window made before this one; from here on it is complete as it is.
    """

    power = _kept("power")
    magnitude = _kept("magnitude")
    energy = _kept("energy")
    mel40 = _kept("mel40")
    mel128 = _kept("mel128")
    rms = _kept("rms")

    def __init__(self, audio: Audio, *, start: int, before: _Window | None) -> None:
        super().__init__(audio, rate=RATE)
        self._start = start
        self._before = before
        if before is not None:
            before.settle()
            self._moved = (start - before._start) // HOP
            # From this frame on to that, rows are as they were.
            self._first = REACH if self._moved else 0
            self._last = (before._frames - REACH - self._moved) // GRID * GRID
            if self._last <= 2 * REACH:
                self._before = None

    @property
    def _frames(self) -> int:
        return 1 + len(self.audio) // HOP

    @cached_property
    def _ends(self) -> Sound:
        """The beginning and the end in one: of its frames, those far from the seam are true."""
        head = self.audio[: 2 * self._first * HOP]
        tail = self.audio[(self._last - REACH) * HOP :]
        return Sound(np.concatenate([head, tail]), rate=RATE)

    def settle(self) -> None:
        """Let go of what was there before."""
        self._before = None
        vars(self).pop("_ends", None)

    def shared(self, compute: Callable[[Sound], T]) -> T:
        known = None if compute in self._shared else self._known(compute)
        if known is not None:
            vars(self._ends)["loudest"] = self.loudest
            made = self._ends.shared(compute)
            self._shared[compute] = self._spliced(known, made, every=EVERY[compute])
        return super().shared(compute)

    def _known(self, compute: Callable[[Sound], T]) -> T | None:
        """What it gave before, when rows can be taken from that."""
        before = self._before
        if before is None or compute not in EVERY:
            return None
        if compute in LEVELLED and before.loudest != self.loudest:
            return None
        return before._shared.get(compute)

    def kept(self, name: str) -> Frames:
        """A cached property of `Sound` with a row a frame."""
        before = self._before
        if before is None or name not in vars(before):
            whole: Frames = vars(Sound)[name].func(self)
            return whole
        return self._spliced(vars(before)[name], getattr(self._ends, name), every=1)

    def _spliced(self, known: T, made: T, *, every: int) -> T:
        """Rows of the beginning, the rows known, rows of the end."""
        first, last = self._first // every, self._last // every
        moved = self._moved // every
        end = 2 * first + REACH // every
        inside = (known, slice(first + moved, last + moved))
        return joined([(made, slice(first)), inside, (made, slice(end, None))])
