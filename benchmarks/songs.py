"""Files to measure with: made-up music, and any samples as a file of any codec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path


def made_up(seconds: int, *, seed: int) -> np.ndarray:
    """Stereo at 44,100 Hz: noise that beats twice a second, and two tones."""
    rng = np.random.default_rng(seed)
    times = np.arange(seconds * 44_100) / 44_100
    noise = 0.1 * rng.standard_normal((2, len(times))) * (0.2 + (times * 2 % 1 < 0.3))
    tones = 0.1 * np.sin(2 * np.pi * np.array([[220.0], [277.0]]) * times)
    return (noise + tones).astype(np.float32)


def encode(path: Path, sound: np.ndarray, codec: str) -> Path:
    """Stereo samples at 44,100 Hz as a file, at 192 kbit/s where the codec has a rate."""
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream(codec, rate=44_100, layout="stereo")
        stream.codec_context.options = {"strict": "experimental"}
        stream.bit_rate = 192_000
        fit = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=44_100)
        for first in range(0, sound.shape[1], 65_536):
            piece = np.ascontiguousarray(sound[:, first : first + 65_536])
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = 44_100, first
            for ready in fit.resample(frame):
                output.mux(stream.encode(ready))
        output.mux(stream.encode(None))
    return path
