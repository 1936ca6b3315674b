"""The shared spectrum: one short-time Fourier transform that every descriptor reads.

Frames of 2048 samples (93 ms at 22,050 Hz) every 512 (23 ms), a periodic Hann window, centred:
frame *i* is around sample 512·i, and the ends are mirrored. These are librosa's conventions, so
that librosa can be the judge. Everything is float32; what several families need is computed when
the first asks for it, and kept.

A frame counts as **heard** when its energy is at most `QUIET` dB below that of the loudest. What
the others hold is hiss or rounding, and statistics of a colour or a pitch leave them out.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from segue.audio.samples import check_samples
from segue.descriptors.mel import decibels, mel_spectrum
from segue.errors import BadFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue.types import Audio, Floats, Frames, Mask, Vector

T = TypeVar("T")

FRAME = 2048
"""Samples in a frame."""

HOP = 512
"""Samples from one frame to the next."""

BINS = FRAME // 2 + 1
"""Frequencies in a spectrum: 0 Hz to half the rate."""

QUIET = 60.0
"""Decibels below the loudest frame at which a frame is no longer heard."""


DEPTH = 100.0
"""Decibels below the loudest bin beyond which nothing is read out of a spectrum."""

BLOCK = 128
"""Frames to work on at a time, so that what is made of them stays in the cache."""


class Sound:
    """Audio with everything families share, each computed once.

    Parameters
    ----------
    audio
        Mono, shape (samples,), at least one sample.
    rate
        Samples a second.

    Raises
    ------
    BadFileError
        There are no samples, or some are not numbers or beyond all measure.
    """

    def __init__(self, audio: Audio, *, rate: int) -> None:
        if audio.ndim != 1 or len(audio) == 0:
            raise BadFileError(
                f"audio of shape {audio.shape} cannot be described",
                remedy="Give mono samples, at least one",
            )
        check_samples(audio)
        _keep_memory()
        self.audio: Audio = np.ascontiguousarray(audio, dtype=np.float32)
        self.rate = rate
        self._shared: dict[Callable[[Sound], Any], Any] = {}

    def shared(self, compute: Callable[[Sound], T]) -> T:
        """What `compute` makes of this sound, made once however many families ask for it.

        Parameters
        ----------
        compute
            A function of a module; its answer is never changed by those who get it.
        """
        if compute not in self._shared:
            self._shared[compute] = compute(self)
        answer: T = self._shared[compute]
        return answer

    @property
    def frequencies(self) -> Vector:
        """Hz of every bin, shape (1025,)."""
        return np.linspace(0.0, self.rate / 2, BINS, dtype=np.float32)

    @cached_property
    def power(self) -> Frames:
        """Squared magnitude, shape (frames, 1025); frames = 1 + samples // 512."""
        return self._spectra[0]

    @cached_property
    def magnitude(self) -> Frames:
        """Square root of `power`, same shape."""
        # Power that was set from outside has no magnitude made along with it.
        if "power" in vars(self) and "_spectra" not in vars(self):
            return np.sqrt(self.power)
        return self._spectra[1]

    @cached_property
    def _spectra(self) -> tuple[Frames, Frames]:
        """Power and magnitude."""
        return spectra(np.pad(self.audio, FRAME // 2, mode="reflect"), hann(FRAME), hop=HOP)

    @cached_property
    def loudest(self) -> float:
        """The largest value of `power`."""
        return float(self.power.max())

    @cached_property
    def floor(self) -> float:
        """What a bin's `power` counts as where it is less and its logarithm is asked for.

        `DEPTH` dB below the loudest bin: further down lie the rounding of float32 and the holes
        that compression leaves. More than 0 for silence too.
        """
        return max(self.loudest * float(10.0 ** (-DEPTH / 10.0)), 1e-30)

    @cached_property
    def energy(self) -> Vector:
        """Sum of `power` over all bins, shape (frames,)."""
        return self.power @ np.ones(BINS, dtype=np.float32)

    @cached_property
    def heard(self) -> Mask:
        """Frames at most `QUIET` dB below the loudest, shape (frames,); all where all is silent."""
        counts: Mask = self.energy >= self.energy.max() * np.float32(10.0 ** (-QUIET / 10.0))
        return counts

    @cached_property
    def mel40(self) -> Frames:
        """Power in 40 mel bands, shape (frames, 40)."""
        return mel_spectrum(self.power, self.rate, bands=40)

    @cached_property
    def mel128(self) -> Frames:
        """Power in 128 mel bands, shape (frames, 128)."""
        return mel_spectrum(self.power, self.rate, bands=128)

    @cached_property
    def decibels128(self) -> Frames:
        """`mel128` in dB, shape (frames, 128)."""
        return decibels(self.mel128)

    @cached_property
    def hop_energy(self) -> Floats:
        """Sum of squared samples of every `HOP` samples, shape (frames + 3,).

        Starts `FRAME` / 2 samples before the first; what lies outside the audio is zero.
        """
        padded = np.zeros((len(self.audio) // HOP + FRAME // HOP) * HOP, dtype=np.float32)
        padded[FRAME // 2 : FRAME // 2 + len(self.audio)] = self.audio
        hops = padded.reshape(-1, HOP)
        energy: Floats = np.vecdot(hops, hops).astype(np.float64)
        return energy

    @cached_property
    def rms(self) -> Vector:
        """Root mean square of every frame, shape (frames,); the ends are padded with zeros."""
        return np.sqrt(over_frames(self.hop_energy) / FRAME).astype(np.float32)


def spectra(padded: Audio, window: Vector, *, hop: int) -> tuple[Frames, Frames]:
    """Power and magnitude of frames, each of shape (frames, len(window) // 2 + 1).

    Parameters
    ----------
    padded
        Samples; the first frame begins with the first of them, the last is the last that fits.
    window
        By which every frame is multiplied; it is as long as a frame.
    hop
        Samples from one frame to the next.
    """
    from scipy import fft

    size = len(window)
    windows = sliding_window_view(padded, size)[::hop]
    power = np.empty((len(windows), size // 2 + 1), dtype=np.float32)
    magnitude = np.empty_like(power)
    cut = np.empty((BLOCK, size), dtype=np.float32)
    for block in blocks(len(windows)):
        part = np.multiply(windows[block], window, out=cut[: len(power[block])])
        spectrum = fft.rfft(part, axis=1, overwrite_x=True)
        np.abs(spectrum, out=magnitude[block])
        np.square(magnitude[block], out=power[block])
    return power, magnitude


def over_frames(hops: Floats) -> Floats:
    """Sums of the hops of every frame: from shape (frames + 3,) to shape (frames,)."""
    return np.convolve(hops, np.ones(FRAME // HOP), mode="valid")


def blocks(frames: int) -> Iterator[slice]:
    """Slices of `BLOCK` frames."""
    return (slice(first, first + BLOCK) for first in range(0, frames, BLOCK))


@lru_cache(maxsize=8)
def hann(size: int) -> Vector:
    """The periodic Hann window: 0.5 - 0.5 cos(2πn / size)."""
    turns = np.arange(size) / size
    return (0.5 - 0.5 * np.cos(2 * np.pi * turns)).astype(np.float32)


@lru_cache(maxsize=1)
def _keep_memory() -> None:
    """Let the process keep the memory of one sound for the next.

    glibc hands large blocks back to the system when they are freed, and every page of the next
    spectrum then costs a fault: a tenth of all the time. It stops doing so for blocks as large
    as the largest it has seen come and go, up to 32 MB. This one is never touched, so it takes
    no memory; other systems just allocate and free it.
    """
    np.empty(31 << 20, dtype=np.uint8)
