"""Real audio files of every format, a second long, made once a session."""

from __future__ import annotations

import shutil
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CODECS = {
    "mp3": ("libmp3lame", "mp3", 44_100),
    "flac": ("flac", "flac", 44_100),
    "m4a": ("aac", "ipod", 44_100),
    "ogg": ("vorbis", "ogg", 44_100),
    "opus": ("libopus", "ogg", 48_000),
    "wav": ("pcm_s16le", "wav", 44_100),
    "aiff": ("pcm_s16be", "aiff", 44_100),
    "aac": ("aac", "adts", 44_100),
}


def encode(path: Path, *, codec: str, container: str, rate: int, seconds: float = 1.0) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate) * 0.3
    both = np.stack([tone, tone]).astype(np.float32)
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, options={"strict": "experimental"})
        stream.layout = "stereo"
        context = stream.codec_context
        context.open()
        resampler = av.AudioResampler(format=context.format.name, layout="stereo", rate=rate)
        size = context.frame_size or 1_024
        for start in range(0, both.shape[1], size):
            part = np.ascontiguousarray(both[:, start : start + size])
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            for ready in resampler.resample(frame):
                output.mux(stream.encode(ready))
        output.mux(stream.encode(None))


@pytest.fixture(scope="session")
def tone_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tones")
    for name, (codec, container, rate) in CODECS.items():
        encode(folder / f"tone.{name}", codec=codec, container=container, rate=rate)
    return folder


@pytest.fixture
def tone(tone_folder: Path, tmp_path: Path) -> Callable[..., Path]:
    """A fresh copy of a second of tone: ``tone("mp3", "01 - A - B.mp3")``."""

    def copy(kind: str, name: str = "") -> Path:
        target = tmp_path / (name or f"tone.{kind}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tone_folder / f"tone.{kind}", target)
        return target

    return copy
