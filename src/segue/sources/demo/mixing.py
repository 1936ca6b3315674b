"""The mix: echo, ducking, a room, tone, level and a limiter.

The room is convolution with noise that decays exponentially, faster at high frequencies, done in
blocks by FFT. Level is RMS over the whole piece, both channels, and is met exactly by solving for
the gain with the limiter in place. The limiter looks ahead: it lowers the gain over the blocks
around a peak, smoothly, so nothing is clipped.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import fft, ndimage, signal

from segue.sources.demo.oscillators import RATE, fade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.types import Audio, Floats, Frames

CEILING = 10 ** (-3.2 / 20.0)
"""Highest sample before encoding: what comes out of an MP3 is up to 1.9 dB higher."""

_BLOCK = 63
_FFT = 1 << 17


def decibels(value: float) -> float:
    """A gain in dB as a factor."""
    return float(10.0 ** (value / 20.0))


def active_level(part: Frames) -> float:
    """RMS of a part while it plays: over tenths of a second within 30 dB of the strongest."""
    frame = RATE // 10
    whole = part[:, : part.shape[1] // frame * frame].reshape(2, -1, frame)
    power = np.mean(np.einsum("cfs,cfs->cf", whole, whole), axis=0) / frame
    return float(np.sqrt(np.mean(power[power > 1e-3 * power.max()]))) or 1.0


def pressed(part: Frames, *, level: float) -> None:
    """Bend the part's peaks softly, in place: 9 dB above `level` lose about two."""
    knee = np.float32(3.5 * level)
    np.tanh(part / knee, out=part)
    part *= knee


def echoed(part: Frames, *, seconds: float, feedback: float) -> Frames:
    """The part with three echoes that change sides; a new array."""
    step = round(seconds * RATE)
    out = part.copy()
    for turn in (1, 2, 3):
        late = turn * step
        if late < part.shape[1]:
            source = part[::-1] if turn % 2 else part
            out[:, late:] += source[:, :-late] * np.float32(feedback**turn)
    return out


def ducked(part: Frames, times: Sequence[float], *, depth: float) -> None:
    """Lower the part in place for a fifth of a second after each of `times`."""
    size = round(0.22 * RATE)
    dip = (1.0 - depth * (1.0 - np.linspace(0.0, 1.0, size) ** 1.5)).astype(np.float32)
    # A gain that fell at once would click.
    soft = round(0.004 * RATE)
    dip[:soft] = 1.0 - (1.0 - dip[soft]) * fade(soft)
    for time in times:
        start = round(time * RATE)
        cut = part[:, start : start + size]
        cut *= dip[: cut.shape[1]]


@lru_cache(maxsize=8)
def _room(size: int) -> Frames:
    """Spectra of the left and the right ear's room, `size` in tenths of a second of decay."""
    seconds = size / 10.0
    samples = min(round(seconds * RATE), _FFT // 2)
    times = np.arange(samples) / RATE
    rng = np.random.Generator(np.random.PCG64(1000 + size))
    ears = rng.standard_normal((2, samples))
    low = signal.lfilter([0.22], [1.0, -0.78], ears, axis=1)
    fall = np.exp(-6.9 * times / seconds)
    tail = 0.25 * ears * fall**3 + low * fall
    early = np.minimum(times / 0.02, 1.0)
    tail *= early / np.sqrt(np.sum((tail * early) ** 2, axis=1, keepdims=True))
    spectra: Frames = fft.rfft(tail.astype(np.float32), _FFT)
    return spectra


def roomed(send: Audio, *, size: float) -> Frames:
    """What a room gives back for a mono signal, shape (2, samples), energy about that of `send`.

    Parameters
    ----------
    size
        Seconds in which the room falls by 60 dB, 0.1 to 1.4.
    """
    tenths = min(max(round(10 * size), 1), 14)
    spectra = _room(tenths)
    hop = _FFT // 2
    blocks = -(-len(send) // hop)
    padded = np.zeros((blocks, _FFT), dtype=np.float32)
    flat = np.zeros(blocks * hop, dtype=np.float32)
    flat[: len(send)] = send
    padded[:, :hop] = flat.reshape(blocks, hop)
    bins = fft.rfft(padded)
    out = np.zeros((2, (blocks + 1) * hop), dtype=np.float32)
    for ear in (0, 1):
        wet = fft.irfft(bins * spectra[ear], _FFT)
        out[ear, : blocks * hop] += wet[:, :hop].reshape(-1)
        out[ear, hop:] += wet[:, hop:].reshape(-1)
    return out[:, : len(send)]


def toned(mix: Frames, *, tilt: float) -> Frames:
    """The mix leaned by `tilt` dB from low to high about 900 Hz, and nothing below 28 Hz."""
    high, low = decibels(tilt / 2.0), decibels(-tilt / 2.0)
    warp = np.tan(np.pi * 900.0 / RATE)
    shelf = [high + low * warp, low * warp - high, 0.0, 1.0 + warp, warp - 1.0, 0.0]
    shelf = [value / (1.0 + warp) for value in shelf]
    rumble = signal.butter(2, 28.0, btype="highpass", fs=RATE, output="sos")
    leaned: Frames = signal.sosfilt(np.vstack([shelf, rumble]), mix, axis=1).astype(np.float32)
    return leaned


def ended(mix: Frames, *, seconds: float) -> Frames:
    """The mix faded out over its last `seconds`, ending in a tenth of a second of silence."""
    silence = RATE // 10
    tail = round(seconds * RATE)
    mix[:, -silence:] = 0.0
    mix[:, -silence - tail : -silence] *= fade(tail)[::-1]
    head = RATE // 100
    mix[:, :head] *= fade(head)
    return mix


def levelled(mix: Frames, *, loudness: float) -> Frames:
    """The mix at an RMS of `loudness` dB re full scale, no sample above `CEILING`.

    The gain is found by bisection on the energies and peaks of short blocks.
    """
    blocks = mix.reshape(2, -1, _BLOCK)
    peaks = np.max(np.abs(blocks), axis=(0, 2)).astype(np.float64)
    power = np.mean(blocks.astype(np.float64) ** 2, axis=(0, 2))
    wanted = decibels(loudness) ** 2
    low, high = -60.0, 80.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        gain = decibels(middle)
        held = _held_down(peaks * gain)
        if float(np.mean(power * (gain * held) ** 2)) < wanted:
            low = middle
        else:
            high = middle
    gain = decibels(high)
    curve = gain * _held_down(peaks * gain)
    centres = (np.arange(len(curve)) + 0.5) * _BLOCK
    full = np.interp(np.arange(mix.shape[1]), centres, curve).astype(np.float32)
    out: Frames = mix * full
    return np.clip(out, -CEILING, CEILING, out=out)


def _held_down(peaks: Floats) -> Floats:
    """The limiter's gain a block: low enough for every peak within 8 blocks, and smooth."""
    needed = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
    lowest = ndimage.minimum_filter1d(needed, 17, mode="nearest")
    smooth: Floats = ndimage.uniform_filter1d(
        ndimage.uniform_filter1d(lowest, 9, mode="nearest"), 7, mode="nearest"
    )
    return smooth
