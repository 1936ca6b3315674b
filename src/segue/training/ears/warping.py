"""Augmentation: the same music, a little faster or slower, higher or lower, louder, masked.

**On the mel grid** (the default): a window is read from the spectrogram along other lines. Played
r times as fast, a window of `FRAMES` frames spans r · `FRAMES` frames of the clip; sung s semitones
higher, the band at f Hz shows what stood at f · 2^(-s/12). Both are one bilinear look-up
(``grid_sample``), about a hundred times cheaper than the same on the waveform
(`segue.audio.stretching`), which it resembles closely (benchmarks/results/ears.json).

SpecAugment masks one run of frames and one run of bands with the softest level (Park et al.,
Interspeech 2019). Gain moves levels of a window, noise adds to each value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from segue.descriptors.mel import band_at, band_hertz
from segue.embedding.windows import BANDS, FRAMES, HALF_RANGE

if TYPE_CHECKING:
    from torch import Tensor

    from segue.types import Floats

RATE = 22_050
SOFTEST = -1.0


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What is done to windows in training; all of it drawn anew for each window.

    Attributes
    ----------
    stretch
        Speed between 1 / (1 + stretch) and 1 + stretch.
    semitones
        Pitch at most so many semitones up or down.
    masks
        Whether SpecAugment masks up to `MASKED` frames and bands.
    gain
        Decibels a window may be louder or softer.
    noise
        Deviation in decibels of what is added to every value.
    """

    stretch: float = 0.2
    semitones: float = 3.0
    masks: bool = False
    gain: float = 0.0
    noise: float = 0.0

    @property
    def length(self) -> int:
        """Frames of a clip that the longest window spans."""
        return int(np.ceil(FRAMES * (1.0 + self.stretch)))

    @property
    def warps(self) -> bool:
        """Whether speed or pitch change at all."""
        return self.stretch > 0 or self.semitones > 0

    def __call__(self, crops: Tensor, draws: np.random.Generator) -> Tensor:
        """Windows of crops.

        Parameters
        ----------
        crops
            Shape (n, `length`, bands), in [-1, 1].
        draws
            Settles what is drawn.

        Returns
        -------
        Tensor
            Shape (n, `FRAMES`, bands), in [-1, 1].
        """
        count = len(crops)
        windows = crops[:, :FRAMES]
        if self.warps:
            edge = np.log1p(self.stretch)
            speed = np.exp(draws.uniform(-edge, edge, count))
            higher = draws.uniform(-self.semitones, self.semitones, count)
            windows = warped(crops, speed=speed, semitones=higher)
        if self.masks:
            windows = masked(windows, draws)
        if self.gain:
            by = draws.uniform(-self.gain, self.gain, (count, 1, 1)) / HALF_RANGE
            windows = windows + torch.as_tensor(by, dtype=windows.dtype, device=windows.device)
        if self.noise:
            # Drawn where the windows are: millions of numbers a second.
            windows = windows + torch.randn_like(windows) * (self.noise / HALF_RANGE)
        return windows.clamp(-1.0, 1.0) if self.gain or self.noise else windows


NONE = Augmentation(stretch=0.0, semitones=0.0)
"""Nothing is done."""

MASKED = 24
"""Most frames, and most bands, that SpecAugment masks."""


def warped(crops: Tensor, *, speed: Floats, semitones: Floats) -> Tensor:
    """Windows from the middle of crops, at another speed and pitch.

    Parameters
    ----------
    crops
        Shape (n, frames, bands).
    speed, semitones
        Shape (n,): 1.1 is a tenth faster, 2 is a tone higher.

    Returns
    -------
    Tensor
        Shape (n, `FRAMES`, bands). What would lie outside of the crop is its nearest frame; above
        the highest and below the lowest band nothing sounds.
    """
    length = crops.shape[1]
    middle = (np.arange(FRAMES) - (FRAMES - 1) / 2) * speed[:, None]
    times = middle / ((length - 1) / 2)
    bands = sources(semitones)
    places = bands / ((BANDS - 1) / 2) - 1.0
    # Laid out where the windows are: as numbers of every cell it is larger than they.
    across = _on(np.clip(places, -1.0, 1.0), crops)[:, None, :].expand(-1, FRAMES, -1)
    along = _on(np.clip(times, -1.0, 1.0), crops)[:, :, None].expand(-1, -1, BANDS)
    at = torch.stack([across, along], dim=3)
    read = functional.grid_sample(crops[:, None], at, mode="bilinear", align_corners=True)[:, 0]
    silent = torch.as_tensor(np.abs(places) > 1.0, device=crops.device)
    return read.masked_fill(silent[:, None, :], SOFTEST)


def _on(numbers: Floats, like: Tensor) -> Tensor:
    return torch.as_tensor(numbers, dtype=like.dtype, device=like.device)


def sources(semitones: Floats) -> Floats:
    """Where each band's content stood before it was shifted, as a band, shape (n, bands).

    Beyond the lowest and highest band it is below 0 and above 127.
    """
    centres = band_hertz(RATE, bands=BANDS)
    before = centres * np.exp2(-np.asarray(semitones)[:, None] / 12.0)
    return band_at(before, RATE, bands=BANDS)


def masked(windows: Tensor, draws: np.random.Generator) -> Tensor:
    """SpecAugment: one run of frames and one of bands at the softest level; a copy."""
    hidden = np.zeros((len(windows), FRAMES, BANDS), dtype=bool)
    for axis, size in ((1, FRAMES), (2, BANDS)):
        width = draws.integers(0, MASKED + 1, len(windows))
        begin = draws.integers(0, size - width + 1)
        along = _line(size)[None, :]
        run = (along >= begin[:, None]) & (along < (begin + width)[:, None])
        hidden |= run[:, :, None] if axis == 1 else run[:, None, :]
    return windows.masked_fill(torch.as_tensor(hidden, device=windows.device), SOFTEST)


@lru_cache(maxsize=4)
def _line(size: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(size)
