"""What is sustained and what is struck: harmonic-percussive separation.

A held tone is a line along time in the spectrum, a drum stroke a line along frequency. A median
over `WIDTH` frames keeps the first and wipes out the second; a median over as many bins does the
opposite. Each bin's power is then shared out by soft masks (Fitzgerald, *Harmonic/percussive
separation using median filtering*, DAFx 2010, with power 2):

    harmonic mask = H² / (H² + P²),   percussive mask = P² / (H² + P²)

with H the median magnitude along time and P that along frequency; both are ½ where there is
nothing. The energies of the two parts are those of the masked spectra (Parseval), no audio is
made again.

`separate` is what descriptors read. It looks at every second frame, and since a median asks only
for order, at the logarithm of power in bytes: the uppermost bits of a float32 are its exponent
and the first of its mantissa, a scale of about 0.38 dB over 93 dB. `separate_exactly` takes all
frames in float32. The ratios of energies of the two correlate above 0.999 on music.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.family import Family, Group
from segue.descriptors.framewise import framewise
from segue.descriptors.median import sliding_median
from segue.descriptors.summary import columns, summarise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.descriptors.frames import Sound
    from segue.types import Floats, Frames, Vector

WIDTH = 31
"""Frames and bins a median looks at: 0.7 s and 334 Hz at 22,050 Hz."""

STRIDE = 2
"""`separate` looks at frames 0, 2, 4 and so on."""

LIMIT = 40.0
"""Decibels beyond which a ratio of energies goes no further, up or down."""

_SILENT = 1e-30
_BLOCK = 32


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """A sound in two parts.

    Attributes
    ----------
    mask
        Harmonic part of the magnitude of every bin, in [0, 1], shape (frames, 1025). The
        percussive part is the rest to 1.
    harmonic, percussive
        Energy of both parts in every frame, shape (frames,), in the unit of ``Sound.power``.
    stride
        Frames of the sound from one of these frames to the next.
    """

    mask: Frames
    harmonic: Vector
    percussive: Vector
    stride: int


@framewise(every=STRIDE, levelled=True)
def separate(sound: Sound) -> Separation:
    """Both parts of every second frame. Ask for it with ``sound.shared(separate)``."""
    power = sound.power[::STRIDE]
    levels = _levels(power, sound.loudest)
    # Half the frames: 15 of them are as long as 30 of all.
    along_time = sliding_median(levels, width=WIDTH // STRIDE)
    along_frequency = _turned(sliding_median(_turned(levels), width=WIDTH))
    mask = np.empty_like(power)
    for block in _blocks(len(power)):
        part = mask[block]
        harmonic = _ungraded(along_time[block])
        np.add(harmonic, _ungraded(along_frequency[block]), out=part)
        np.divide(harmonic, part, out=part)
    return _shared_out(power, mask, stride=STRIDE)


def separate_exactly(sound: Sound) -> Separation:
    """Both parts of every frame, by medians of float32 magnitudes; six times the work."""
    harmonic, percussive = (np.square(median) for median in medians(sound.magnitude))
    total = harmonic + percussive
    half = np.full_like(total, 0.5)
    mask = np.divide(harmonic, total, out=half, where=total > np.finfo(np.float32).tiny)
    return _shared_out(sound.power, mask, stride=1)


def medians(magnitude: Frames) -> tuple[Frames, Frames]:
    """Medians along time and along frequency, both of the shape of `magnitude`.

    The ends are mirrored. Bit for bit what ``scipy.ndimage.median_filter`` gives.
    """
    along_frequency = sliding_median(np.ascontiguousarray(magnitude.T), width=WIDTH).T
    return sliding_median(magnitude, width=WIDTH), along_frequency


def ratio(harmonic: Vector | Floats, percussive: Vector | Floats) -> Floats:
    """Harmonic over percussive energy in dB, within ±`LIMIT`; 0 where there is neither."""
    bound = 10.0 ** (LIMIT / 10.0)
    above = np.asarray(harmonic, dtype=np.float64)
    below = np.asarray(percussive, dtype=np.float64)
    silent = above + below <= 0.0
    above, below = np.where(silent, 1.0, above), np.where(silent, 1.0, below)
    decibels: Floats = 10.0 * np.log10(
        np.maximum(above, below / bound) / np.maximum(below, above / bound)
    )
    return decibels


def _levels(power: Frames, loudest: float) -> NDArray[np.uint8]:
    """The logarithm of power in bytes: 255 at the loudest bin, 8 for a factor of two.

    With the loudest of all scaled to just below 2 and 2**-31 added to all, the exponents of float32
    run from 96 to 127, and the five lower bits of the exponent tell them apart.
    """
    levels = np.empty(power.shape, dtype=np.uint8)
    scale = np.float32(1.9999 / loudest if loudest > _SILENT else 0.0)
    for block in _blocks(len(power)):
        scaled = power[block] * scale
        scaled += np.float32(2.0**-31)
        bits = scaled.view(np.uint32)
        bits >>= 20
        np.copyto(levels[block], bits, casting="unsafe")
    return levels


def _ungraded(levels: NDArray[np.uint8]) -> Frames:
    """The power that a level stands for, relative to the loudest bin."""
    bits = levels.astype(np.uint32)
    bits += np.uint32(96 << 3)
    bits <<= np.uint32(20)
    power: Frames = bits.view(np.float32)
    return power


def _turned(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The transpose, copied in pieces that stay in the cache."""
    turned = np.empty(levels.shape[::-1], dtype=np.uint8)
    for block in _blocks(len(levels)):
        turned[:, block] = levels[block].T
    return turned


def _shared_out(power: Frames, mask: Frames, *, stride: int) -> Separation:
    harmonic = np.empty(len(power), dtype=np.float32)
    percussive = np.empty_like(harmonic)
    for block in _blocks(len(power)):
        part = mask[block]
        weighted = power[block] * part
        harmonic[block] = np.vecdot(weighted, part)
        rest = np.subtract(np.float32(1.0), part)
        np.multiply(power[block], rest, out=weighted)
        percussive[block] = np.vecdot(weighted, rest)
    return Separation(mask, harmonic, percussive, stride)


def _blocks(frames: int) -> list[slice]:
    return [slice(first, first + _BLOCK) for first in range(0, frames, _BLOCK)]


def _compute(sound: Sound) -> Vector:
    parts = sound.shared(separate)
    whole = ratio(parts.harmonic.sum(dtype=np.float64), parts.percussive.sum(dtype=np.float64))
    counts = sound.heard[:: parts.stride]
    # A lone click may fall between the frames looked at.
    if not counts.any():
        counts = ~counts
    frames = ratio(parts.harmonic[counts], parts.percussive[counts]).astype(np.float32)
    return np.array([whole, *summarise(frames[:, None])[0]], dtype=np.float32)


FAMILY = Family(
    name="separation",
    version=1,
    source="Fitzgerald, Harmonic/percussive separation using median filtering, DAFx 2010",
    groups={
        "sustain": Group(
            ("harmonic_percussive_ratio", *columns("harmonic_ratio")),
            about=(
                "Energy of what is sustained over energy of what is struck, dB, -40 to 40: of "
                "the whole clip, and of the frames that are heard. 0 in silence."
            ),
            shown="harmonic_percussive_ratio",
            unit="dB",
            low="percussive",
            high="sustained",
            less="more percussive",
            more="more sustained",
        ),
    },
    compute=_compute,
)
