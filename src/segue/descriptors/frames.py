"""The shared spectrum: one short-time Fourier transform that every descriptor reads.

Frames of 2048 samples (93 ms at 22,050 Hz) every 512 (23 ms), a periodic Hann window, centred:
frame *i* is around sample 512·i, and the ends are mirrored. These are librosa's conventions, so
that librosa can be the judge. Everything is float32; what several families need is computed when
the first asks for it, and kept.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from segue.audio.samples import check_samples
from segue.descriptors.mel import mel_bank
from segue.errors import BadFileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.types import Audio, Frames, Vector

T = TypeVar("T")

FRAME = 2048
"""Samples in a frame."""

HOP = 512
"""Samples from one frame to the next."""

BINS = FRAME // 2 + 1
"""Frequencies in a spectrum: 0 Hz to half the rate."""

_BLOCK = 128


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
        from scipy import fft

        padded = np.pad(self.audio, FRAME // 2, mode="reflect")
        windows = sliding_window_view(padded, FRAME)[::HOP]
        power = np.empty((len(windows), BINS), dtype=np.float32)
        for first in range(0, len(windows), _BLOCK):
            block = slice(first, first + _BLOCK)
            spectrum = fft.rfft(windows[block] * _hann(), axis=1, overwrite_x=True)
            np.square(spectrum.real, out=power[block])
            power[block] += np.square(spectrum.imag)
        return power

    @cached_property
    def magnitude(self) -> Frames:
        """Square root of `power`, same shape."""
        magnitude: Frames = np.sqrt(self.power)
        return magnitude

    @cached_property
    def mel40(self) -> Frames:
        """Power in 40 mel bands, shape (frames, 40)."""
        return self._mel(40)

    @cached_property
    def mel128(self) -> Frames:
        """Power in 128 mel bands, shape (frames, 128)."""
        return self._mel(128)

    def _mel(self, bands: int) -> Frames:
        power: Frames = self.power @ mel_bank(self.rate, bands=bands, bins=BINS).T
        return power

    @cached_property
    def rms(self) -> Vector:
        """Root mean square of every frame, shape (frames,); the ends are padded with zeros."""
        frames = 1 + len(self.audio) // HOP
        hops = frames + FRAME // HOP - 1
        padded = np.zeros(hops * HOP, dtype=np.float32)
        kept = min(len(self.audio), len(padded) - FRAME // 2)
        padded[FRAME // 2 : FRAME // 2 + kept] = self.audio[:kept]
        blocks = padded.reshape(hops, HOP)
        energy = np.einsum("ij,ij->i", blocks, blocks, dtype=np.float64)
        total = np.convolve(energy, np.ones(FRAME // HOP), mode="valid")
        return np.sqrt(total / FRAME).astype(np.float32)


@lru_cache(maxsize=1)
def _hann() -> Vector:
    """The periodic Hann window: 0.5 - 0.5 cos(2πn / 2048)."""
    turns = np.arange(FRAME) / FRAME
    return (0.5 - 0.5 * np.cos(2 * np.pi * turns)).astype(np.float32)
