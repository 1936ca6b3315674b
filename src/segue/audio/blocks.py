"""What a decoder gives, frame by frame, as blocks of samples small enough for the cache.

A frame is a fortieth of a second or less: looking into each from Python would cost as much as
decoding it. So frames are queued inside FFmpeg, and samples are seen a block at a time, in
whatever kind of number the codec has. Mixing and scaling read each sample once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.audio.stream import AudioStream
    from numpy.typing import NDArray

    from segue.types import Audio, Frames

    Plane = NDArray[Any]

BLOCK = 1 << 15
"""Samples of each channel after which a block is handed on."""

_KINDS: dict[str, tuple[type[np.generic], float]] = {
    "u8": (np.uint8, 2.0**7),
    "s16": (np.int16, 2.0**15),
    "s32": (np.int32, 2.0**31),
    "s64": (np.int64, 2.0**63),
    "flt": (np.float32, 1.0),
    "dbl": (np.float64, 1.0),
}
# PyAV finds the end of a frame's list of planes by chance from here on, and reads past it.
_MANY_PLANES = 8

Ending = Literal["full", "end", "damage", "change"]
"""Why nothing follows: everything asked for was read, the file ended, a part could not be
decoded, or the rate or the number of channels changed."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Consecutive samples of all channels.

    Attributes
    ----------
    planes
        One array a channel, each of shape (samples,), in the codec's own kind of number.
    places
        Where each channel's loudspeaker stands, as FFmpeg names it: ``FL``, ``FR``, ``LFE``, …
    scale
        Full scale of that kind.
    rate
        Samples a second.
    first
        Position of the first sample in the file.
    ending
        Why nothing follows; None while more does.
    """

    planes: tuple[Plane, ...]
    places: tuple[str, ...]
    scale: float
    rate: int
    first: int
    ending: Ending | None = None

    def __len__(self) -> int:
        """Samples of each channel."""
        return len(self.planes[0])

    # A broken file of floats may hold anything; it is refused later, in plain words.
    @np.errstate(over="ignore", invalid="ignore")
    def mono(self) -> Audio:
        """The mean of all channels, never their sum: a mix as loud as what went in."""
        first, *others = self.planes
        total = first.astype(np.int32 if first.dtype == np.int16 else np.float32)
        for plane in others:
            np.add(total, plane, out=total, casting="unsafe")
        return self._scaled(total.astype(np.float32, copy=False), len(self.planes))

    @np.errstate(over="ignore", invalid="ignore")
    def channels(self) -> Frames:
        """All channels apart, shape (channels, samples), full scale 1."""
        apart = np.empty((len(self.planes), len(self)), dtype=np.float32)
        for row, plane in zip(apart, self.planes, strict=True):
            row[:] = plane
        return self._scaled(apart, 1)

    def _scaled(self, samples: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
        if self.scale * channels != 1.0:
            samples *= np.float32(1.0 / (self.scale * channels))
        if self.planes[0].dtype == np.uint8:
            samples -= 1.0
        return samples


class Gathering:
    """One stretch of a file on its way from frames to blocks.

    What lies before `start` is dropped. A stream's first frames may be of another form than the
    rest, as some decoders learn while they go: those are dropped too. Later such a change ends
    the stretch.

    `placed` says whether it is known where in the file the samples lie.

    Parameters
    ----------
    stream
        Where the frames come from.
    start, seconds
        The stretch, in seconds; None for all the rest.
    position
        Where the next frame begins, in samples; None when its timestamp says so.
    """

    def __init__(
        self,
        stream: AudioStream,
        start: float,
        seconds: float | None,
        *,
        position: int | None = None,
    ) -> None:
        import av

        self.ending: Ending | None = None
        self.placed = position is not None
        self._stream, self._start, self._position = stream, start, position or 0
        self._end = None if seconds is None else start + seconds
        self._fifo = av.AudioFifo()
        self._packed: AudioResampler | None = None
        self._form: tuple[int, int, str] | None = None
        self._places: tuple[str, ...] = ()
        self._from = self._held = self._kept = 0
        self._to: int | None = None
        self._waiting: list[Block] = []

    def blocks(self, frames: Iterator[AudioFrame]) -> Iterator[Block]:
        """Blocks until there is enough, no more, or an error; the last one says which."""
        while self.ending is None:
            self._fill(frames)
            self._drain()
            # The last waits to be told that it is; the first second waits for its form to stand.
            if self._form is not None and self._kept > self._form[0]:
                yield from self._waiting[:-1]
                del self._waiting[:-1]
        if self._waiting:
            yield from self._waiting[:-1]
            yield replace(self._waiting[-1], ending=self.ending)

    def _fill(self, frames: Iterator[AudioFrame]) -> None:
        """Queue frames until they make a block, or there are no more."""
        import av

        try:
            for frame in frames:
                if frame.samples and self._take(frame):
                    return
            self.ending = "end"
        except MemoryError:
            raise
        except av.FFmpegError:
            self.ending = "damage"

    def _take(self, frame: AudioFrame) -> bool:
        """Queue a frame; whether it is time to look at what has come."""
        form = (frame.sample_rate, frame.layout.nb_channels, frame.format.name)
        if form != self._form and not self._reform(frame, form):
            return True
        self._position += frame.samples
        if self._position > self._from:
            self._held += frame.samples
            for ready in self._packed.resample(frame) if self._packed else (frame,):
                ready.pts = None
                self._fifo.write(ready)
        if self._to is not None and self._position >= self._to:
            self.ending = "full"
            return True
        return self._held >= BLOCK

    def _reform(self, frame: AudioFrame, form: tuple[int, int, str]) -> bool:
        """Take to the form of a frame, unless it comes too late; then, and unplaced, the end."""
        import av

        if not self.placed:
            if frame.pts is None or not frame.time_base:
                self.ending = "end"
                return False
            offset = self._stream.start_time or 0
            self._position = round((frame.pts - offset) * frame.time_base * form[0])
            self.placed = True
        if self._form is not None:
            if self._kept + self._held > self._form[0]:
                self.ending = "change"
                return False
            self._position = self._position * form[0] // self._form[0]
        self._form, self._fifo = form, av.AudioFifo()
        self._places = tuple(channel.name for channel in frame.layout.channels)
        many = frame.format.is_planar and form[1] >= _MANY_PLANES
        self._packed = av.AudioResampler(format=form[2].removesuffix("p")) if many else None
        self._from = round(self._start * form[0])
        self._to = None if self._end is None else round(self._end * form[0])
        self._held = self._kept = 0
        self._waiting.clear()
        return True

    def _drain(self) -> None:
        """What is queued, as a block."""
        frame = self._fifo.read()
        if frame is None or self._form is None:
            return
        rate, channels, kind = self._form
        first, count = self._position - self._held, self._held
        dtype, scale = _KINDS[kind.removesuffix("p")]
        buffers: Any = frame.planes
        if len(buffers) == 1:
            samples = np.frombuffer(buffers[0], dtype, count * channels)
            planes = [samples[channel::channels] for channel in range(channels)]
        else:
            planes = [np.frombuffer(buffer, dtype, count) for buffer in buffers[:channels]]
        begin = max(0, self._from - first)
        cut = slice(begin, None if self._to is None else self._to - first)
        block = Block(
            tuple(plane[cut] for plane in planes), self._places, scale, rate, first + begin
        )
        self._held = 0
        self._kept += len(block)
        if len(block):
            self._waiting.append(block)
