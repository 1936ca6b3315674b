"""Audio files made on the spot, so that what is in them is known to the sample; and broken ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Sound = NDArray[np.float32]
    Harm = Callable[[np.random.Generator, bytes, bytes], bytes]

LAYOUTS = {1: "mono", 2: "stereo", 5: "5.0", 6: "5.1", 8: "7.1", 16: "hexadecagonal"}

EVERY_FORMAT: dict[str, dict[str, Any]] = {
    "mp3": {"codec": "libmp3lame", "bit_rate": 96_000},
    "flac": {"codec": "flac"},
    "wav": {"codec": "pcm_s16le"},
    "ogg": {"codec": "vorbis", "bit_rate": 96_000},
    "m4a": {"codec": "aac", "bit_rate": 96_000},
    "opus": {"codec": "libopus", "container": "ogg", "rate": 48_000},
    "aiff": {"codec": "pcm_s24be"},
    "alac.m4a": {"codec": "alac"},
    "float.wav": {"codec": "pcm_f32le"},
    "mu.wav": {"codec": "pcm_mulaw"},
    "wma": {"codec": "wmav2", "bit_rate": 96_000, "container": "asf"},
    "mka": {"codec": "libmp3lame", "bit_rate": 96_000, "container": "matroska"},
    "aac": {"codec": "aac", "bit_rate": 96_000, "container": "adts"},
    "wv": {"codec": "wavpack"},
}
"""Encoder options by file ending."""

SONGS: dict[str, dict[str, Any]] = {
    "mp3": {"codec": "libmp3lame", "bit_rate": 192_000},
    "flac": {"codec": "flac"},
    "wav": {"codec": "pcm_s16le"},
    "ogg": {"codec": "vorbis", "bit_rate": 192_000},
    "m4a": {"codec": "aac", "bit_rate": 192_000},
    "opus": {"codec": "libopus", "container": "ogg", "rate": 48_000},
    "aiff": {"codec": "pcm_s24be"},
}
"""Encoder options by file ending, good enough to be told from the original by a sum only."""


def make_music(seconds: float, rate: int = 44_100, channels: int = 2) -> Sound:
    """Noise in bursts and a gliding tone, other in every channel: nowhere like itself."""
    rng = np.random.default_rng(11)
    count = round(seconds * rate)
    times = np.arange(count) / rate
    sound = np.empty((channels, count), dtype=np.float32)
    for channel in sound:
        gain = np.repeat(rng.uniform(0.1, 1.0, count // 4000 + 1), 4000)[:count]
        noise = np.convolve(rng.standard_normal(count), np.full(6, 1 / 6), mode="same")
        glide = np.sin(2 * np.pi * (200 + 30 * np.sin(times * rng.uniform(0.3, 1))) * times)
        channel[:] = 0.12 * noise * gain + 0.08 * glide
    return sound


def write_audio(
    path: Path,
    sound: Sound,
    rate: int = 44_100,
    *,
    codec: str,
    container: str | None = None,
    sample_format: str | None = None,
    bit_rate: int | None = None,
    options: dict[str, str] | None = None,
    **mux: str,
) -> Path:
    """Encode `sound`, shape (channels, samples), into `path`; `options` are the encoder's."""
    layout = LAYOUTS[len(sound)]
    with av.open(str(path), "w", format=container, options=mux) as output:
        stream: Any = output.add_stream(codec, rate=rate, layout=layout)
        # FFmpeg's Vorbis is called an experiment; its AAC may put noise of its own in.
        own = {"strict": "experimental", "aac_pns": "0"}
        stream.codec_context.options = {**own, **(options or {})}
        if sample_format is not None:
            stream.codec_context.format = sample_format
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        fit = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
        for first in range(0, sound.shape[1], 8192):
            piece = sound[:, first : first + 8192].T.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(piece, format="flt", layout=layout)
            frame.sample_rate, frame.pts = rate, first
            for ready in fit.resample(frame):
                output.mux(stream.encode(ready))
        for ready in fit.resample(None):
            output.mux(stream.encode(ready))
        output.mux(stream.encode(None))
    return path


def _flip(rng: np.random.Generator, data: bytes, reach: int) -> bytes:
    broken = np.frombuffer(data, np.uint8).copy()
    places = rng.integers(0, min(reach, len(broken)), size=int(2 ** rng.integers(0, 8)))
    broken[places] = rng.integers(0, 256, size=len(places))
    return broken.tobytes()


def _numbers(rng: np.random.Generator, data: bytes, reach: int) -> bytes:
    broken = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(0, min(reach, len(broken) - 8)))
        size = int(rng.choice([1, 2, 4, 8]))
        value = int(rng.choice([0, 1, 127, 128, 254, 255]))
        broken[place : place + size] = bytes([value]) * size
    return bytes(broken)


def _zeros(rng: np.random.Generator, data: bytes) -> bytes:
    first = int(rng.integers(0, len(data)))
    size = min(int(2 ** rng.integers(3, 13)), len(data) - first)
    return data[:first] + bytes(size) + data[first + size :]


def _cut(rng: np.random.Generator, data: bytes) -> bytes:
    return data[: int(rng.integers(1, len(data)))]


def _hole(rng: np.random.Generator, data: bytes) -> bytes:
    first, last = sorted(rng.integers(0, len(data), size=2).tolist())
    return data[:first] + data[last:]


def _twice(rng: np.random.Generator, data: bytes) -> bytes:
    first, last = sorted(rng.integers(0, len(data), size=2).tolist())
    return data[:last] + data[first:]


HARMS: dict[str, Harm] = {
    "bytes": lambda rng, data, _: _flip(rng, data, len(data)),
    "header": lambda rng, data, _: _flip(rng, data, 300),
    "numbers": lambda rng, data, _: _numbers(rng, data, 600),
    "zeros": lambda rng, data, _: _zeros(rng, data),
    "cut": lambda rng, data, _: _cut(rng, data),
    "hole": lambda rng, data, _: _hole(rng, data),
    "twice": lambda rng, data, _: _twice(rng, data),
    "spliced": lambda rng, data, other: _cut(rng, data) + other[int(rng.integers(len(other))) :],
    "other header": lambda rng, data, other: (
        other[: (size := int(rng.integers(4, 2000)))] + data[size:]
    ),
    "led": lambda rng, data, _: rng.bytes(int(2 ** rng.integers(1, 13))) + data,
}
"""Ways to break a file, given a whole one and another."""


def broken_files(sources: list[Path], count: int, *, seed: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of broken copies: every way on every source in turn."""
    rng = np.random.default_rng(seed)
    contents = [(source, source.read_bytes()) for source in sources]
    ways = list(HARMS.items())
    for number in range(count):
        source, data = contents[number % len(contents)]
        way, harm = ways[number // len(contents) % len(ways)]
        _, other = contents[int(rng.integers(len(contents)))]
        name = f"{number:03} {way} {source.name}"
        yield name, harm(rng, data, other)
