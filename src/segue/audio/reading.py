"""Read consecutive samples from an audio file.

**Position** is counted in samples from the first one a listener hears: the timestamp minus the
stream's start time, which takes away the delay an MP3 encoder adds. Reading after a seek and
reading from the start therefore meet sample for sample (MP3, FLAC, WAV, Ogg, M4A; Windows Media
and Matroska keep time in milliseconds only).

A decoder that has reported an error is never used again: going on with one can end the process.
What it gave before is kept.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import av
import numpy as np

from segue.audio.opening import open_audio

if TYPE_CHECKING:
    from pathlib import Path

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from numpy.typing import NDArray

    from segue.types import Audio, Frames

    Native = NDArray[Any]

_log = logging.getLogger(__name__)

PREROLL = 1.0
"""Seconds decoded and thrown away after a seek: decoders need the past to give exact samples."""

_FULL_SCALE = {"u8": 2**7, "s16": 2**15, "s32": 2**31, "s64": 2**63, "flt": 1, "dbl": 1}

Ending = Literal["full", "end", "damage", "change"]


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. `duration` is None where it does not say."""

    format: str
    codec: str
    rate: int
    duration: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Consecutive samples of one file.

    `channels` has shape (channels, samples), full scale is 1. `first` is the position of its first
    sample. `ending` says why it ends there: everything asked for was read (``full``), the file
    ended, a part could not be decoded (``damage``), or rate or channels changed (``change``).
    """

    channels: Frames
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
        return int(self.channels.shape[1]) / self.rate

    @property
    def mono(self) -> Audio:
        """The mean of all channels, never their sum: a mix as loud as what went in."""
        mono: Audio = self.channels.mean(axis=0, dtype=np.float32)
        return mono


class Reader:
    """One open audio file, read a run at a time. Use it in a ``with``.

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
        self._fresh = True
        self.header = _header(self._container, self._stream)

    def close(self) -> None:
        """Give the file back."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def run(
        self, *, start: float = 0.0, seconds: float | None = None, preroll: float = PREROLL
    ) -> Run | None:
        """Read from `start` on, `seconds` long or to the end; stop at the first error.

        Parameters
        ----------
        preroll
            Seconds decoded before `start` and thrown away.

        Returns
        -------
        Run or None
            Begins at `start` or, where a seek cannot land before it, a little later. None when
            not one sample could be decoded there.
        """
        gathering = _Gathering(start, seconds)
        if start > preroll and self._seek(start - preroll):
            self._gather(gathering)
            if gathering.placed:
                return gathering.run()
        self._refresh()
        gathering = _Gathering(start, seconds, position=0)
        self._gather(gathering)
        return gathering.run()

    def measure(self) -> float:
        """Length in seconds, found by going through the whole file without decoding it."""
        self._refresh()
        self._fresh = False
        offset = self._stream.start_time or 0
        end = 0.0
        try:
            for packet in self._container.demux(self._stream):
                if packet.pts is not None and packet.time_base:
                    last = packet.pts + (packet.duration or 0) - offset
                    end = max(end, float(last * packet.time_base))
        except av.FFmpegError:
            _log.debug("%s: cannot be gone through beyond %.1f s", self.path, end)
        return end

    def _refresh(self) -> None:
        """Begin anew with a decoder that has seen nothing."""
        if not self._fresh:
            self._container.close()
            self._container, self._stream = open_audio(self.path)
            self._fresh = True

    def _seek(self, seconds: float) -> bool:
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

    def _gather(self, gathering: _Gathering) -> None:
        """Decode from where the container stands until enough is gathered."""
        self._fresh = False
        frames = self._container.decode(self._stream)
        while gathering.ending is None:
            try:
                gathering.take(next(frames), self._stream.start_time or 0)
            except StopIteration:
                gathering.ending = "end"
            except MemoryError:
                raise
            except av.FFmpegError:
                gathering.ending = "damage"


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


class _Gathering:
    """Samples of one run as they come: what is asked for is kept, what lies before it dropped."""

    def __init__(self, start: float, seconds: float | None, *, position: int | None = None) -> None:
        self.ending: Ending | None = None
        self._start, self._seconds, self._position = start, seconds, position
        self._form: tuple[int, int, str] | None = None
        self._pieces: list[Native] = []
        self._first = self._length = 0

    @property
    def placed(self) -> bool:
        """Whether it is known where in the file the samples lie."""
        return self._position is not None

    def take(self, frame: AudioFrame, offset: int) -> None:
        """Add what a decoder gave; sets `ending` when it is enough or of another form."""
        if frame.samples == 0:
            return
        if self._position is None:
            if frame.pts is None or not frame.time_base:
                self.ending = "end"
                return
            self._position = round((frame.pts - offset) * frame.time_base * frame.rate)
        form = (frame.rate, frame.layout.nb_channels, frame.format.name)
        if form != self._form and not self._reform(form):
            return
        skipped = max(0, round(self._start * frame.rate) - self._position)
        if skipped < frame.samples:
            if not self._pieces:
                self._first = self._position + skipped
            self._pieces.append(_native(frame, form)[:, skipped:])
            self._length += frame.samples - skipped
        self._position += frame.samples
        end = None if self._seconds is None else (self._start + self._seconds) * frame.rate
        if end is not None and self._position >= end:
            self.ending = "full"

    def _reform(self, form: tuple[int, int, str]) -> bool:
        """Take to another form: a stream's first frames may differ, later it ends the run."""
        if self._form is not None and self._position is not None:
            if self._length > self._form[0]:
                self.ending = "change"
                return False
            self._position = self._position * form[0] // self._form[0]
        self._form, self._pieces, self._length = form, [], 0
        return True

    def run(self) -> Run | None:
        """What was kept; None when it is nothing."""
        if self._form is None or not self._pieces or self.ending is None:
            return None
        rate, _, kind = self._form
        samples = _floats(np.concatenate(self._pieces, axis=1), kind)
        if self._seconds is not None:
            samples = samples[
                :, : max(0, round((self._start + self._seconds) * rate) - self._first)
            ]
        return Run(channels=samples, rate=rate, first=self._first, ending=self.ending)


def _native(frame: AudioFrame, form: tuple[int, int, str]) -> Native:
    """Samples as the decoder has them, shape (channels, samples)."""
    samples: Native = frame.to_ndarray()
    return samples if frame.format.is_planar else samples.reshape(-1, form[1]).T


def _floats(samples: Native, kind: str) -> Frames:
    """To float32 with full scale 1."""
    scale = _FULL_SCALE[kind.removesuffix("p")]
    floats = samples.astype(np.float32, copy=False)
    if kind.startswith("u8"):
        floats -= scale
    if scale != 1:
        floats *= np.float32(1 / scale)
    return floats
