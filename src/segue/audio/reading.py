"""Read consecutive samples from an audio file.

**Position** is counted in samples from the first one a listener hears: the timestamp minus the
stream's start time, which takes away the delay an MP3 encoder adds. Reading after a seek and
reading from the start therefore meet sample for sample (MP3, FLAC, WAV, Ogg, M4A; Windows Media
and Matroska keep time in milliseconds only). AAC may leave noise to the decoder to make up: that
part of it is never the same twice.

A decoder that has reported an error is never used again: going on with one can end the process.
What it gave before is kept.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.audio.blocks import Ending, Gathering
from segue.audio.opening import open_audio

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.audio.stream import AudioStream
    from av.container import InputContainer

    from segue.audio.blocks import Block
    from segue.types import Audio, Frames

_log = logging.getLogger(__name__)

_PREROLL = 1.0
_PREROLLS = {"flac": 0.0, "alac": 0.0, "wavpack": 0.0, "tta": 0.0, "vorbis": 0.1, "aac": 0.5}
# An MPEG-1 frame reaches back 511 bytes: under 0.3 s at the least bit rate there is. In MPEG-2,
# whose rates begin below this one, frames are as short as a few bytes.
_MPEG_1 = 32_000


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. `duration` is None where it does not say."""

    format: str
    codec: str
    rate: int
    duration: float | None

    @property
    def preroll(self) -> float:
        """Seconds a decoder needs to hear before a place to give its samples exactly."""
        if self.codec.startswith("pcm_"):
            return 0.0
        if self.codec == "mp3" and self.rate >= _MPEG_1:
            return 0.5
        return _PREROLLS.get(self.codec, _PREROLL)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Consecutive samples of one file, its channels mixed.

    Attributes
    ----------
    audio
        The mean of all channels, shape (samples,), full scale 1.
    channels
        How many there were.
    rate
        Samples a second.
    first
        Position of the first sample.
    ending
        Why it ends there.
    """

    audio: Audio
    channels: int
    rate: int
    first: int
    ending: Ending

    @property
    def start(self) -> float:
        """Seconds from the start of the file to the first sample."""
        return self.first / self.rate

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.audio) / self.rate

    @property
    def end(self) -> float:
        """Seconds from the start of the file to where it ends."""
        return (self.first + len(self.audio)) / self.rate


class Reader:
    """One open audio file, read a stretch at a time. Use it in a ``with``.

    Attributes
    ----------
    path
        The file.
    header
        What it says of itself.

    Raises
    ------
    NotFoundError, UnavailableError, BadFileError
        As `segue.audio.opening.open_audio`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._container, self._stream = open_audio(path)
        self._fresh, self._sound = True, False
        self.header = _header(self._container, self._stream)
        self._length = self.header.duration

    def close(self) -> None:
        """Give the file back."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def length(self) -> float:
        """Seconds of the whole file, as far as is known by now: said, looked up or learnt."""
        return self.measure() if self._length is None else self._length

    @length.setter
    def length(self, seconds: float) -> None:
        self._length = seconds

    def blocks(
        self, *, start: float = 0.0, seconds: float | None = None, preroll: float | None = None
    ) -> Iterator[Block]:
        """Read from `start` on, `seconds` long or to the end; stop at the first error.

        Parameters
        ----------
        preroll
            Seconds decoded before `start` and thrown away; None for what the codec needs.

        Yields
        ------
        Block
            The first begins at `start` or, where a seek cannot land before it, a little later.
            The last says why it is the last. None at all when not one sample could be decoded.
        """
        if preroll is None:
            preroll = self.header.preroll
        if start > preroll and self._seek(start - preroll):
            gathering = Gathering(self._stream, start, seconds)
            yield from self._gathered(gathering)
            if gathering.placed:
                return
        self._refresh()
        yield from self._gathered(Gathering(self._stream, start, seconds, position=0))

    def run(
        self, *, start: float = 0.0, seconds: float | None = None, preroll: float | None = None
    ) -> Run | None:
        """As `blocks`, mixed and in one piece; None when not one sample could be decoded."""
        pieces = []
        for block in self.blocks(start=start, seconds=seconds, preroll=preroll):
            pieces.append(block.mono())
        if not pieces:
            return None
        audio = np.concatenate(pieces)
        return Run(
            audio=audio,
            channels=len(block.planes),
            rate=block.rate,
            first=block.first + len(block) - len(audio),
            ending=block.ending or "end",
        )

    def apart(self, run: Run) -> Frames:
        """The channels of a run, shape (channels, samples): read again, as far as that goes."""
        blocks = self.blocks(start=run.start, seconds=run.seconds)
        pieces = [block.channels() for block in blocks]
        return np.concatenate(pieces, axis=1) if pieces else run.audio[None]

    def measure(self) -> float:
        """Length in seconds, found by going through the whole file without decoding it."""
        import av

        self._refresh()
        self._fresh = self._sound = False
        begin = end = self._stream.start_time or 0
        try:
            for packet in self._container.demux(self._stream):
                if packet.pts is not None:
                    end = max(end, packet.pts + (packet.duration or 0))
        except av.FFmpegError:
            _log.debug("%s: its packets cannot all be gone through", self.path)
        self._length = float((end - begin) * (self._stream.time_base or 0))
        return self._length

    def _gathered(self, gathering: Gathering) -> Iterator[Block]:
        self._fresh = self._sound = False
        yield from gathering.blocks(self._container.decode(self._stream))
        self._sound = gathering.ending == "full"

    def _refresh(self) -> None:
        """Begin anew with a decoder that has seen nothing."""
        if not self._fresh:
            self._container.close()
            self._container, self._stream = open_audio(self.path)
            self._fresh = True

    def _seek(self, seconds: float) -> bool:
        import av

        if not self._sound:
            self._refresh()
        if not self._stream.time_base:
            return False
        self._fresh = False
        target = (self._stream.start_time or 0) + int(seconds / self._stream.time_base)
        try:
            self._container.seek(target, stream=self._stream, backward=True)
        except av.FFmpegError:
            return False
        return True


def _header(container: InputContainer, stream: AudioStream) -> Header:
    duration = None
    if stream.duration is not None and stream.time_base:
        duration = float(stream.duration * stream.time_base)
    elif container.duration is not None:
        duration = container.duration / 1_000_000
    names = container.format.name.split(",")
    return Header(
        format="m4a" if "m4a" in names else names[0],
        codec=stream.codec_context.codec.name.removesuffix("float"),
        rate=stream.codec_context.sample_rate,
        duration=duration if duration is not None and duration > 0 else None,
    )
