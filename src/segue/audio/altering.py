"""The same recording altered: encoded anew at few bits, louder, begun later.

What a person would call the same music should be heard as the same. Each alteration reads a whole
file, keeps its rate and its channels (one or two), and writes another:

``mp3_64``   encoded anew as MP3 of 64 kbit/s;
``louder``   6 dB louder, as samples of 32 bits that cannot be clipped;
``cropped``  without its first second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import BadFileError, BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.types import Frames

ALTERATIONS: dict[str, str] = {
    "mp3_64": "encoded anew as MP3 of 64 kbit/s",
    "louder": "6 dB louder",
    "cropped": "begun one second later",
}
"""Every alteration in words."""

BIT_RATE = 64_000
GAIN = np.float32(10 ** (6 / 20))
SECONDS = 1.0

_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_ORDINARY = 44_100


@dataclass(frozen=True, slots=True)
class _Form:
    """Rate and channel layout of what is written."""

    rate: int
    layout: str


def write_altered(path: Path, alteration: str, target: Path) -> Path:
    """Write an altered version of an audio file.

    Parameters
    ----------
    path
        The file.
    alteration
        One of `ALTERATIONS`.
    target
        What to write, without a suffix; an existing file is replaced.

    Returns
    -------
    Path
        `target` with the suffix of its format.

    Raises
    ------
    BadRequestError
        There is no such alteration.
    BadFileError
        The file cannot be read to its end, or nothing is left of it.
    """
    import av

    if alteration not in ALTERATIONS:
        raise BadRequestError(
            f"there is no alteration {alteration!r}",
            remedy=f"Choose one of {', '.join(ALTERATIONS)}",
        )
    written = target.with_name(target.name + (".mp3" if alteration == "mp3_64" else ".wav"))
    try:
        with av.open(str(path)) as source:
            if not source.streams.audio:
                raise BadFileError(
                    "there is no audio in it", where=str(path), remedy="Leave it out"
                )
            stream = source.streams.audio[0]
            form = _form(stream)
            blocks = _altered(_blocks(source, stream, form), alteration, form)
            if _write(blocks, alteration, form, written) == 0:
                raise BadFileError(
                    "nothing is left of it", where=str(path), remedy="Choose longer tracks"
                )
    except av.FFmpegError as error:
        raise BadFileError(
            f"it cannot be read to its end ({error.strerror})",
            where=str(path),
            remedy="Play it in an audio program to see whether it is whole",
        ) from error
    return written


def _form(stream: Any) -> _Form:  # noqa: ANN401 (PyAV's own)
    """Its rate, where MP3 has it, and as many channels as MP3 has."""
    rate = stream.rate if stream.rate in _MP3_RATES else _ORDINARY
    return _Form(rate, "mono" if stream.channels == 1 else "stereo")


def _blocks(source: Any, stream: Any, form: _Form) -> Iterator[Frames]:  # noqa: ANN401
    """The samples in order, shape (channels, some)."""
    import av

    resampler = av.AudioResampler(format="fltp", layout=form.layout, rate=form.rate)
    for frame in source.decode(stream):
        for part in resampler.resample(frame):
            yield part.to_ndarray().astype(np.float32, copy=False)
    for part in resampler.resample(None):
        yield part.to_ndarray().astype(np.float32, copy=False)


def _altered(blocks: Iterator[Frames], alteration: str, form: _Form) -> Iterator[Frames]:
    """The same with more gain, or without the first second."""
    left = round(SECONDS * form.rate) if alteration == "cropped" else 0
    for block in blocks:
        rest = block[:, left:]
        left = max(0, left - block.shape[1])
        if rest.shape[1]:
            yield rest * GAIN if alteration == "louder" else rest


def _write(blocks: Iterator[Frames], alteration: str, form: _Form, target: Path) -> int:
    """Write samples as MP3 or WAV; how many there were."""
    import av

    codec, sample = ("libmp3lame", "fltp") if alteration == "mp3_64" else ("pcm_f32le", "flt")
    samples = 0
    with av.open(str(target), "w") as sink:
        stream: Any = sink.add_stream(codec, rate=form.rate)
        stream.layout, stream.format = form.layout, sample
        if alteration == "mp3_64":
            stream.bit_rate = BIT_RATE
        for block in blocks:
            planar = np.ascontiguousarray(block)
            packed = planar if sample == "fltp" else planar.T.reshape(1, -1).copy()
            frame = av.AudioFrame.from_ndarray(packed, format=sample, layout=form.layout)
            frame.sample_rate = form.rate
            frame.pts = samples
            samples += planar.shape[1]
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    return samples
