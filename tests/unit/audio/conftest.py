"""Audio files made on the spot, so that what is in them is known to the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

LAYOUTS = {1: "mono", 2: "stereo", 5: "5.0", 6: "5.1", 8: "7.1", 16: "hexadecagonal"}


def make_music(seconds: float, rate: int = 44_100, channels: int = 2) -> NDArray[np.float32]:
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
    sound: NDArray[np.float32],
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


@pytest.fixture(scope="session")
def music() -> Callable[..., NDArray[np.float32]]:
    return make_music


@pytest.fixture(scope="session")
def write() -> Callable[..., Path]:
    return write_audio


@pytest.fixture(scope="session")
def song() -> NDArray[np.float32]:
    """Twenty seconds in stereo at 44,100 Hz."""
    return make_music(20.0)
