"""Draw what Segue hears in one demo track: ``python docs/pictures/hearing.py``.

The program plays the piece itself, so its key, tempo and beats are known. It is drawn from the
functions that describe files, and a picture larger than 200 kB is an error.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import soxr
from matplotlib import pyplot as plt
from PIL import Image

from segue.audio.decode import RATE
from segue.descriptors import chroma, key, onsets, tempo, tones
from segue.descriptors.beats import beats
from segue.descriptors.frames import BINS, HOP, Sound
from segue.descriptors.mel import decibels, mel_bank
from segue.records import KEYS
from segue.sources.demo.rendering import render
from segue.sources.demo.world import world

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

    from segue.sources.demo.truth import TrackTruth
    from segue.types import Frames

TARGET = Path(__file__).with_suffix(".png")
LARGEST = 200_000
COLOURS = 256
TRACK = "demo-0014"
SECONDS = (8.0, 20.0)
"""What of the piece is drawn."""

LONG_HOPS = 8
"""Hops of the spectrogram from one frame of the chroma to the next."""

INK, FAINT, BEAT = "#1f2430", "#aab2bf", "#d1495b"
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.6,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}


def main() -> None:
    """Draw it, in few enough colours for a page that loads at once."""
    truth = world().truth[TRACK]
    samples, rate = render(truth)
    audio = soxr.resample(samples.mean(axis=0), rate, RATE, quality="HQ")
    drawn = io.BytesIO()
    with mpl.rc_context(STYLE):
        draw(Sound(audio.astype(np.float32), rate=RATE), truth).savefig(drawn, dpi=144)
    picture = Image.open(drawn).convert("RGB")
    picture = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    picture.save(TARGET, optimize=True)
    size = TARGET.stat().st_size
    if size > LARGEST:
        sys.exit(f"{TARGET.name} takes {size:,} bytes, more than {LARGEST:,}")
    print(f"wrote {TARGET.name}, {size:,} bytes", file=sys.stderr)


def draw(sound: Sound, truth: TrackTruth) -> Figure:
    """Spectrogram, chroma and onset curve, one below the other on one axis of time."""
    figure, (top, middle, bottom) = plt.subplots(
        3, 1, figsize=(9.0, 6.6), height_ratios=(3.0, 2.3, 1.6), sharex=True, layout="constrained"
    )
    spectrogram(top, sound)
    pitch_classes(middle, sound)
    rhythm(bottom, sound)
    composed = f"{KEYS[truth.key]} {'major' if truth.mode else 'minor'} at {truth.tempo:.1f} BPM"
    figure.suptitle(
        f"“{truth.title}”, a {truth.style} track of the demo, composed in {composed}",
        x=0.01,
        ha="left",
        fontsize=11,
        fontweight="bold",
    )
    bottom.set_xlim(*SECONDS)
    bottom.set_xlabel("seconds")
    return figure


def spectrogram(axes: Axes, sound: Sound) -> None:
    """128 mel bands in dB below the loudest."""
    level = decibels(sound.mel128)
    image = heat(axes, level - level.max(), HOP / sound.rate, low=-70.0, high=0.0)
    bar(axes, image, ticks=(-60, -40, -20, 0), unit="dB")
    centres = np.linspace(0, sound.rate / 2, BINS)[
        mel_bank(sound.rate, bands=128, bins=BINS).argmax(axis=1)
    ]
    hertz = (200, 500, 1000, 2000, 4000, 8000)
    axes.set_yticks(np.interp(hertz, centres, np.arange(128)), [f"{each:,} Hz" for each in hertz])
    axes.set_title("Mel spectrogram")


def pitch_classes(axes: Axes, sound: Sound) -> None:
    """Share of each pitch class in a frame, of the stretch that is drawn.

    Chroma leaves silent frames out, so that the frames of a whole piece do not tell their time.
    """
    first, last = (round(each * sound.rate) for each in SECONDS)
    part = Sound(sound.audio[first:last], rate=sound.rate)
    shares = part.shared(chroma.chroma)
    if len(shares) != len(part.shared(tones.spectra)):
        raise ValueError("there are silent frames in the stretch that is drawn")
    percent = 100 * shares.astype(np.float32)
    high = float(np.quantile(percent, 0.995))
    step = LONG_HOPS * HOP / sound.rate
    image = heat(axes, percent, step, start=SECONDS[0], low=0.0, high=high)
    bar(axes, image, ticks=(0, 20, 40, 60), unit="%")
    axes.set_yticks(range(12), KEYS, fontsize=7.5)
    found = key.estimate(sound)
    axes.set_title(f"Chroma, heard as {found.name if found else 'no key'}")


def rhythm(axes: Axes, sound: Sound) -> None:
    """Onset strength, with the beats."""
    curve = sound.shared(onsets.strength)
    seconds = np.arange(len(curve)) * HOP / sound.rate
    shown = (seconds >= SECONDS[0]) & (seconds <= SECONDS[1])
    top = 1.12 * float(curve[shown].max())
    axes.vlines(sound.shared(beats).seconds, 0, top, color=BEAT, lw=1.1, ls=(0, (4, 2)))
    axes.fill_between(seconds, curve, color=INK, alpha=0.15, lw=0)
    axes.plot(seconds, curve, color=INK, lw=1.0)
    axes.set_ylim(0, top)
    axes.set_ylabel("dB")
    found = sound.shared(tempo.estimate)
    axes.set_title(f"Onset strength and beats, heard as {found.bpm:.1f} BPM")
    axes.spines[["top", "right"]].set_visible(False)


def heat(
    axes: Axes, frames: Frames, step: float, *, low: float, high: float, start: float = 0.0
) -> AxesImage:
    """Frames as colours; frame *i* is around *i* steps of time after the start."""
    count, rows = frames.shape
    return axes.imshow(
        frames.T,
        origin="lower",
        aspect="auto",
        cmap="magma",
        vmin=low,
        vmax=high,
        extent=(start - step / 2, start + (count - 0.5) * step, -0.5, rows - 0.5),
        interpolation="nearest",
    )


def bar(axes: Axes, image: AxesImage, *, ticks: tuple[float, ...], unit: str) -> None:
    """What the colours mean."""
    drawn = axes.figure.colorbar(image, ax=axes, pad=0.012, fraction=0.03, aspect=20)
    drawn.set_ticks(ticks, labels=[f"{tick:g} {unit}".replace("-", "−") for tick in ticks])
    drawn.outline.set_visible(False)


if __name__ == "__main__":
    main()
