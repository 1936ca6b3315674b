"""Any file that can be analysed, as MP3 made while it is listened to.

**Why MP3.** It is the one format that Chromium, Firefox and Safari all play as an endless stream:
its frames follow each other without a header of the whole, so one can begin anywhere. Opus would
say the same in half the bytes, but Safari plays it in WebM only, and only from version 17.4 on;
lossless formats are what the listener has already, and these are sent as they are wherever the
browser plays them.

**How much.** 192 kbit/s for two channels, half of it for one: a constant rate, as a stream has no
place for a table of contents. More than two channels are mixed down as FFmpeg does (ITU-R
BS.775). A minute takes about two seconds of one core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.audio.opening import LISTEN
from segue.audio.reading import Reader
from segue.audio.samples import check_samples
from segue.errors import BadFileError, BadRequestError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.audio.blocks import Block

MEDIA_TYPE = "audio/mpeg"
"""What is sent."""

BITS = 96_000
"""Bits a second of one channel."""

KILOBITS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192)
"""Rates of a whole stream that MP3 has and that are made, in thousands of bits a second."""

_ENCODER = "libmp3lame"
_RATES = (48_000, 44_100, 32_000, 24_000, 22_050, 16_000)


def lowered(most: int) -> int:
    """The highest rate of `KILOBITS` that is not above `most`; the lowest where all are."""
    return max((rate for rate in KILOBITS if rate <= most), default=KILOBITS[0])


def stream(path: Path, *, start: float = 0.0, most: int | None = None) -> Iterator[bytes]:
    """A file from a place on, as pieces of one MP3 stream.

    Parameters
    ----------
    path
        A local file in one of `segue.audio.opening.FORMATS`.
    start
        Seconds from its beginning, ≥ 0.
    most
        Thousands of bits a second, one of `KILOBITS`; None for as many as are usual. It is never
        more than these.

    Yields
    ------
    bytes
        Whole MPEG frames, at most a second of them; never empty. They end where the file does,
        or where it is damaged.

    Raises
    ------
    BadRequestError
        The file has ended before `start`.
    BadFileError
        Not one sample can be decoded, or what it holds is no sound.
    NotFoundError, UnavailableError
        The file may not be read, or this FFmpeg cannot write MP3.
    """
    with Reader(path) as reader:
        encoder = None
        for block in reader.blocks(start=start):
            if encoder is None:
                encoder = _Encoder(block, where=str(path), most=most)
            if piece := encoder.add(block):
                yield piece
        if encoder is None:
            raise _nothing(reader, start)
        if piece := encoder.rest():
            yield piece


def _nothing(reader: Reader, start: float) -> BadFileError | BadRequestError:
    if start > 0 and reader.length <= start:
        return BadRequestError(
            f"the track has ended before {start:g} s",
            where=str(reader.path),
            remedy=f"Begin before {reader.length:.1f} s",
        )
    return BadFileError("no audio can be decoded from it", where=str(reader.path), remedy=LISTEN)


class _Encoder:
    """Blocks of samples in, MPEG frames out. All blocks are of the form of the first."""

    def __init__(self, block: Block, *, where: str, most: int | None) -> None:
        import av

        self._where = where
        self._rate = block.rate
        self._layout = _layout(block.places)
        try:
            codec: Any = av.CodecContext.create(_ENCODER, "w")
        except (av.FFmpegError, ValueError) as error:
            raise UnavailableError(
                "this FFmpeg cannot write MP3, which the browser needs for this file",
                remedy="Install PyAV from PyPI: pip install --force-reinstall av",
            ) from error
        codec.sample_rate = _rate(block.rate)
        codec.layout = "mono" if self._layout == "mono" else "stereo"
        codec.format = "fltp"
        usual = BITS * codec.layout.nb_channels
        codec.bit_rate = usual if most is None else min(usual, most * 1000)
        codec.thread_count = 1
        self._codec = codec

    def add(self, block: Block) -> bytes:
        """The frames that are whole by now."""
        import av

        samples = block.mono()[None] if self._layout == "mono" else block.channels()
        check_samples(samples.ravel(), where=self._where)
        samples = np.ascontiguousarray(samples.clip(-1.0, 1.0))
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=self._layout)
        frame.sample_rate = self._rate
        frame.pts = None
        return b"".join(bytes(packet) for packet in self._codec.encode(frame))

    def rest(self) -> bytes:
        """What was still held back."""
        return b"".join(bytes(packet) for packet in self._codec.encode(None))


def _layout(places: tuple[str, ...]) -> str:
    """FFmpeg's name for where the loudspeakers stand; mono where nobody knows."""
    import av

    if len(places) == 1:
        return "mono"
    if len(places) == 2:
        return "stereo"
    try:
        return av.AudioLayout("+".join(places)).name
    except ValueError:
        return "mono"


def _rate(rate: int) -> int:
    """A rate MP3 has: the same, or the highest that divides it or lies below."""
    if rate in _RATES:
        return rate
    return next((one for one in _RATES if rate % one == 0), 44_100 if rate > 44_100 else 48_000)
