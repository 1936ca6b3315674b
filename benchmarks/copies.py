"""Copies of recordings, for benchmarks: encoded anew, cut, louder, noisier; and their fingerprints.

`COPIES` are what a library holds of one recording, and have to be found. `CHANGES` are no mere
copies any more: what becomes of them is told. Cuts and levels are 16-bit samples, as a lossless
file would hold them. Run alone it makes them all and keeps their fingerprints in a folder, one
file a clip, so that a run that breaks off goes on::

    python benchmarks/copies.py FOLDER
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import csv
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import soxr
from scipy.ndimage import uniform_filter1d

import report
from segue.audio.fingerprint import fingerprint
from segue.audio.reading import Reader
from segue.audio.stretching import shifted, stretched
from segue.sources.demo import world
from segue.sources.demo.rendering import render
from segue.sources.demo.songs import Place, live

if TYPE_CHECKING:
    from numpy.random import Generator

    from segue.audio.fingerprint import Fingerprint
    from segue.types import Audio, Mask

SEED = 42
CODECS = {
    "mp3": ("libmp3lame", "mp3", None, (64, 128, 192)),
    "aac": ("aac", "m4a", None, (48, 96, 192)),
    "opus": ("libopus", "opus", 48_000, (32, 64, 128)),
}
"""By name: the encoder, the suffix, the rate it takes (None for any), and three kbit/s."""

# Encoders at their fastest: they sound a little worse, which makes copies harder to find.
_HASTE = {
    "mp3": {"compression_level": "9"},
    "aac": {"aac_coder": "fast", "aac_tns": "0", "aac_pns": "0"},
    "opus": {"compression_level": "0"},
}

DEMO_SONGS = 10
"""Songs of the demo world that are played anew."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A fingerprint, the seconds of the whole file, and how it came about."""

    name: str
    print: Fingerprint
    seconds: float


def sound(path: Path) -> tuple[Audio, int]:
    """A whole file as analysis hears it: the mean of its channels at its own rate."""
    with Reader(path) as reader:
        blocks = [(block.mono(), block.rate) for block in reader.blocks()]
    return np.concatenate([audio for audio, _ in blocks]), blocks[0][1]


def encoded(audio: Audio, rate: int, kind: str, kilobits: int, target: Path) -> Path:
    """Write mono samples with a codec of `CODECS`."""
    codec, suffix, wanted, _ = CODECS[kind]
    path = target.with_suffix(f".{suffix}")
    with av.open(str(path), "w") as sink:
        stream: Any = sink.add_stream(codec, rate=wanted or rate, layout="mono")
        stream.bit_rate = 1000 * kilobits
        stream.codec_context.options = _HASTE[kind]
        fit = av.AudioResampler(
            format=stream.codec_context.format, layout="mono", rate=wanted or rate
        )
        for first in range(0, len(audio), 65_536):
            piece = np.ascontiguousarray(audio[None, first : first + 65_536])
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, first
            for ready in fit.resample(frame):
                sink.mux(stream.encode(ready))
        for ready in fit.resample(None):
            sink.mux(stream.encode(ready))
        sink.mux(stream.encode(None))
    return path


def _sixteen(audio: Audio) -> Audio:
    """As 16-bit samples hold it: in steps, and clipped."""
    return np.round(np.clip(audio, -1, 32_767 / 32_768) * 32_768).astype(np.float32) / 32_768


def _cut(audio: Audio, rate: int, rng: Generator, *, ends: str) -> Audio:
    """Without 3 to 8 seconds of its beginning, of its end, or of both."""
    first, last = (round(rate * s) for s in rng.uniform(3, 8, 2))
    return audio[first if ends != "end" else 0 : len(audio) - (last if ends != "begin" else 0)]


def _excerpt(audio: Audio, rate: int, rng: Generator, *, seconds: float) -> Audio:
    first = int(rng.integers(0, max(1, len(audio) - round(seconds * rate))))
    return audio[first : first + round(seconds * rate)]


def _quiet(audio: Audio, rate: int) -> Audio:
    """Two seconds of silence before and three after it."""
    return np.pad(audio, (2 * rate, 3 * rate))


def _noisy(audio: Audio, rate: int, rng: Generator, *, decibels: float) -> Audio:  # noqa: ARG001
    """With white noise so many decibels below it."""
    level = np.sqrt(np.mean(np.square(audio), dtype=np.float64)) * 10 ** (-decibels / 20)
    return (audio + level * rng.standard_normal(len(audio))).astype(np.float32)


def _mastered(audio: Audio, rate: int) -> Audio:
    """Another master: 6 dB more above 2 kHz and 4 dB less below 200 Hz, pressed and limited."""
    spectrum = np.fft.rfft(audio)
    hertz = np.fft.rfftfreq(len(audio), 1 / rate)
    tilt = np.interp(np.log2(np.maximum(hertz, 1)), np.log2([100, 200, 2000, 4000]), [-4, 0, 0, 6])
    toned = np.fft.irfft(spectrum * 10 ** (tilt / 20), len(audio))
    smooth = max(1, round(0.05 * rate))
    power = uniform_filter1d(np.square(toned), smooth)
    level = np.sqrt(np.maximum(power, 1e-10))
    pressed = toned * (level / np.median(level)) ** -0.5
    return np.tanh(3 * pressed / np.abs(pressed).max()).astype(np.float32)


def _played(audio: Audio, rate: int, *, speed: float) -> Audio:
    """As a record turns faster: higher and shorter."""
    return soxr.resample(audio, rate * speed, rate).astype(np.float32)


Change = Callable[["Audio", int, "Generator"], "Audio"]
"""Samples, their rate and chance to samples."""


def _plainly(change: Callable[[Audio], Audio]) -> Change:
    return lambda audio, rate, rng: change(audio)  # noqa: ARG005


def _at(change: Callable[..., Audio], **how: float) -> Change:
    return lambda audio, rate, rng: change(audio, rate, **how)  # noqa: ARG005


def _by_chance(change: Callable[..., Audio], **how: object) -> Change:
    return lambda audio, rate, rng: change(audio, rate, rng, **how)


COPIES: dict[str, Change] = {
    "cut at the beginning": _by_chance(_cut, ends="begin"),
    "cut at the end": _by_chance(_cut, ends="end"),
    "cut at both ends": _by_chance(_cut, ends="both"),
    "6 dB louder, clipped": _plainly(lambda audio: audio * np.float32(2)),
    "20 dB quieter": _plainly(lambda audio: audio * np.float32(0.1)),
    "resampled to 16 kHz": _at(lambda audio, rate: soxr.resample(audio, rate, 16_000)),
    "silence around it": _at(_quiet),
}
"""Copies without another codec."""

CHANGES: dict[str, Change] = {
    "1 % faster": _at(_played, speed=1.01),
    "3 % faster": _at(_played, speed=1.03),
    "2 % faster, same pitch": _plainly(lambda audio: stretched(audio, speed=1.02)),
    "a semitone higher": _at(lambda audio, rate: shifted(audio, semitones=1, rate=rate)),
    "noise at -20 dB": _by_chance(_noisy, decibels=20),
    "noise at -10 dB": _by_chance(_noisy, decibels=10),
    "another master": _at(_mastered),
    "10 s of it": _by_chance(_excerpt, seconds=10),
    "15 s of it": _by_chance(_excerpt, seconds=15),
    "20 s of it": _by_chance(_excerpt, seconds=20),
}
"""What is no mere copy any more."""

WORST = "mp3 64 kbit/s, cut, louder"


def names() -> list[str]:
    """Every copy that has to be found."""
    rates = [(kind, rate) for kind, codec in CODECS.items() for rate in codec[3]]
    return [*(f"{kind} {rate} kbit/s" for kind, rate in rates), *COPIES, WORST]


def copies(audio: Audio, rate: int, *, number: int, codecs: bool) -> Iterator[Heard]:
    """Clip `number` and all that is made of it, heard.

    It is encoded anew at a low, a middle and a high rate, each by another codec; over three clips
    every codec comes at every rate. Every fourth clip is changed too. `codecs` of False leaves
    both out, and of odd clips everything but the original.
    """
    rng = np.random.default_rng([SEED, number])
    yield _heard("original", audio, rate)
    if codecs:
        yield from _encoded(audio, rate, rng, number=number)
    plain = COPIES if codecs or number % 2 == 0 else {}
    changed = CHANGES if codecs and number % 4 == 0 else {}
    for name, change in (plain | changed).items():
        other = 16_000 if name == "resampled to 16 kHz" else rate
        yield _heard(name, _sixteen(change(audio, rate, rng)), other)


def _encoded(audio: Audio, rate: int, rng: Generator, *, number: int) -> Iterator[Heard]:
    with tempfile.TemporaryDirectory(prefix="segue-copies-") as folder:
        target = Path(folder) / "copy"
        for place, (kind, codec) in enumerate(CODECS.items()):
            kilobits = codec[3][(number + place) % 3]
            again = sound(encoded(audio, rate, kind, kilobits, target))
            yield _heard(f"{kind} {kilobits} kbit/s", *again)
        cut = _cut(audio, rate, rng, ends="both") * np.float32(2)
        yield _heard(WORST, *sound(encoded(_sixteen(cut), rate, "mp3", 64, target)))


def versions(number: int) -> Iterator[Heard]:
    """A song of the demo world, a copy of it, and what musicians made of it another time."""
    planted = [each for each in world(SEED).tracks if not each.version]
    truth = planted[number * len(planted) // DEMO_SONGS]
    place = Place(9000 + number, "", 1, truth.year, 0.0, 0.0, True)
    other = replace(truth, number=9000 + number)
    mix = replace(
        truth.hand,
        tilt=truth.hand.tilt + 4.0,
        levels={
            role: level + 6.0 * (-1) ** n
            for n, (role, level) in enumerate(truth.hand.levels.items())
        },
    )
    kinds = {
        "original": truth,
        "left channel alone": truth,
        "another mix": replace(truth, hand=mix),
        "live": live(truth, place=place),
    }
    machine = truth.hand.loose < 0.002
    kinds["a second take by machines" if machine else "a second take by people"] = other
    for name, each in kinds.items():
        stereo, rate = render(each)
        audio = stereo[0] if name == "left channel alone" else stereo.mean(axis=0)
        yield _heard(name, _sixteen(audio), rate)


def _heard(name: str, audio: Audio, rate: int) -> Heard:
    return Heard(name, fingerprint(audio, rate=rate), len(audio) / rate)


def clips() -> list[dict[str, str]]:
    """The clips of the audio pack, as `labels.csv` has them."""
    with (report.shared("audio") / "labels.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def kept(folder: Path, name: str, make: Callable[[], Iterator[Heard]]) -> dict[str, Heard]:
    """What was heard before, or is made now and kept."""
    path = folder / f"{name}.npz"
    if not path.exists():
        heard = list(make())
        part = path.with_suffix(".part.npz")
        np.savez(
            part,
            names=np.array([one.name for one in heard]),
            seconds=np.array([one.seconds for one in heard]),
            lengths=np.array([len(one.print) for one in heard]),
            prints=np.concatenate([one.print for one in heard]),
        )
        part.replace(path)
    with np.load(path) as said:
        prints = np.split(said["prints"], np.cumsum(said["lengths"])[:-1])
        rows = zip(said["names"].tolist(), prints, said["seconds"].tolist(), strict=True)
        return {name: Heard(name, each, seconds) for name, each, seconds in rows}


def halves(rows: list[dict[str, str]]) -> Mask:
    """Which clips figures are reported on, about half; no artist stands on both sides."""
    groups = sorted({row["split_group"] for row in rows})
    reported: set[str] = set()
    for group in np.random.default_rng(SEED).permutation(groups).tolist():
        have = sum(row["split_group"] in reported for row in rows)
        if have < len(rows) / 2:
            reported.add(group)
    return np.array([row["split_group"] in reported for row in rows])


def everything(folder: Path) -> tuple[list[Mapping[str, Heard]], list[Mapping[str, Heard]]]:
    """Clips of the pack and songs of the demo world, with all that is made of each.

    Every clip of the half that is reported on is encoded; of the other half every eighth, and every
    second is cut and made louder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pack, rows = report.shared("audio"), clips()
    reported = halves(rows)
    found: dict[int, Mapping[str, Heard]] = {}
    order = np.random.default_rng(SEED).permutation(len(rows))
    for number in sorted(order.tolist(), key=lambda number: not reported[number]):
        path = pack / rows[number]["path"]
        codecs = bool(reported[number] or number % 8 == 0)

        def make(path: Path = path, number: int = number, codecs: bool = codecs) -> Iterator[Heard]:
            return copies(*sound(path), number=number, codecs=codecs)

        found[number] = kept(folder, f"clip-{number:03d}", make)
    songs = [
        kept(folder, f"song-{number:03d}", lambda number=number: versions(number))
        for number in range(DEMO_SONGS)
    ]
    return [found[number] for number in range(len(rows))], songs


if __name__ == "__main__":
    everything(Path(sys.argv[1]))
