"""Whether every common format of music files can be read here: a tone goes in and comes back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

from segue.errors import SegueError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.audio.stream import AudioStream

FORMATS: tuple[tuple[str, str], ...] = (
    ("mp3", "libmp3lame"),
    ("flac", "flac"),
    ("wav", "pcm_s16le"),
    ("m4a", "aac"),
    ("ogg", "vorbis"),
    ("opus", "libopus"),
)
"""File name endings, and the encoder that writes a tone for the check."""

_HERTZ = 440.0
_RATE = 48_000  # Opus knows no 44,100
_SECONDS = 2.0


def probe() -> Iterator[tuple[str, str]]:
    """Each format with what is wrong with it: (ending, "" or a sentence)."""
    with tempfile.TemporaryDirectory(prefix="segue-doctor-") as folder:
        for ending, encoder in FORMATS:
            yield ending, _problem(Path(folder) / f"tone.{ending}", encoder)


def _problem(path: Path, encoder: str) -> str:
    """Why a tone written to `path` does not come back; empty when it does."""
    import av
    import numpy as np

    from segue.audio.decode import decode

    try:
        _write_tone(path, encoder)
    except (av.FFmpegError, ValueError) as error:
        return f"no tone could be written to try it ({error})"
    try:
        found = decode(path)
    except SegueError as error:
        return error.what
    spectrum = np.abs(np.fft.rfft(found.audio * np.hanning(len(found.audio))))
    hertz = float(np.argmax(spectrum)) * found.rate / len(found.audio)
    if abs(hertz - _HERTZ) > 2:
        return f"a tone of {_HERTZ:.0f} Hz came back as {hertz:.0f} Hz"
    return ""


def _write_tone(path: Path, encoder: str) -> None:
    import av
    import numpy as np

    times = np.arange(int(_RATE * _SECONDS)) / _RATE
    wave = np.round(0.5 * 32767 * np.sin(2 * np.pi * _HERTZ * times)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(wave.repeat(2)[None, :], format="s16", layout="stereo")
    frame.sample_rate = _RATE
    with av.open(str(path), "w") as container:
        stream = cast("AudioStream", container.add_stream(encoder, rate=_RATE, layout="stereo"))
        # FFmpeg calls its own Vorbis encoder an experiment; for a tone it will do.
        stream.codec_context.options = {"strict": "experimental"}
        waiting = av.AudioFifo()
        fit = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=_RATE)
        for part in fit.resample(frame):
            waiting.write(part)
        size = stream.codec_context.frame_size or 1024
        while (piece := waiting.read(size, partial=True)) is not None:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
