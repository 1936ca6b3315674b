"""An audio file as the samples that are analysed: mono, one rate, an excerpt from its middle.

The middle is where a track is most itself: intros and fade-outs are not. Every stage after this
one sees `RATE` samples a second of one channel, the mean of all.

By option all of a file is taken, or the seconds are shared among several excerpts spread evenly
over it (`segue.audio.spreading`).

**Damage.** A file may be cut short, say a wrong length or have holes. What is whole is used: the
stretch after the damage, or the middle of what there is. `Decoded.warning` says so.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from segue.audio.excerpt import Excerpt, find, whole
from segue.audio.opening import LISTEN
from segue.audio.reading import Reader
from segue.audio.resampling import margin, resample
from segue.audio.samples import check_samples, is_silent
from segue.audio.spreading import join, lengths, places
from segue.errors import BadFileError, BadRequestError, InaudibleError

if TYPE_CHECKING:
    from pathlib import Path

    from segue.audio.reading import Run
    from segue.types import Audio

_log = logging.getLogger(__name__)

RATE = 22_050
"""Samples a second that every stage after this one expects."""

SHORTEST = 1.0
"""Seconds of audio below which nothing is said about it."""

_ELSEWHERE = (0.25, 0.75, 0.1, 0.9)
_PLACINGS = 3
_SAME_LENGTH = 1.0
_OVERLAP = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """Samples of one file and where they come from.

    Attributes
    ----------
    audio
        Mono, shape (samples,). Full scale is 1; lossy codecs may go a little beyond.
    rate
        Samples a second of `audio`.
    start
        Seconds from the start of the file to the first sample, of several excerpts the first's.
    duration
        Seconds of the whole file.
    format, codec
        Container and codec: ("mp3", "mp3"), ("m4a", "aac"), …
    channels, original_rate
        What the file has.
    silent
        Whether there is nothing to hear in it (`segue.audio.samples`).
    warning
        One sentence when the file is not whole or the excerpt not its middle; else empty.
    """

    audio: Audio
    rate: int
    start: float
    duration: float
    format: str
    codec: str
    channels: int
    original_rate: int
    silent: bool = False
    warning: str = ""

    @property
    def seconds(self) -> float:
        """Length of `audio`."""
        return len(self.audio) / self.rate


def decode(
    path: Path, *, seconds: float | None = 30.0, excerpts: int = 1, rate: int = RATE
) -> Decoded:
    """Decode an excerpt from the middle of a file, several from all over it, or all of it.

    Only the excerpt is decoded, however long the file is. Where the middle is silent (a hidden
    track after a pause) another place is taken.

    Parameters
    ----------
    path
        A local file in one of `segue.audio.opening.FORMATS`.
    seconds
        Length of the answer, > 0; None for the whole file. A shorter file is taken whole.
    excerpts
        Into how many excerpts these seconds are divided, ≥ 1. `Decoded.start` is that of the
        first.
    rate
        Samples a second of the answer.

    Returns
    -------
    Decoded
        At least one sample; silence and very short audio are returned as they are (see
        `audible`).

    Raises
    ------
    BadRequestError
        `seconds` or `excerpts` make no sense.
    BadFileError
        No audio can be read from it.
    NotFoundError, UnavailableError
        It is not there, or may not be read.
    """
    if seconds is not None and not seconds > 0:
        raise BadRequestError(f"an excerpt of {seconds} seconds", remedy="Ask for more than 0")
    if excerpts < 1:
        raise BadRequestError(f"{excerpts} excerpts of a file", remedy="Ask for at least 1")
    with Reader(path) as reader:
        if seconds is None:
            decoded = _decoded(reader, whole(reader), seconds=None, rate=rate)
        elif excerpts > 1:
            decoded = _spread(reader, seconds=seconds, count=excerpts, rate=rate)
        else:
            decoded = _placed(reader, seconds=seconds, rate=rate)
    if decoded.warning:
        _log.info("%s: %s", path, decoded.warning)
    return decoded


def audible(decoded: Decoded, *, where: str) -> Decoded:
    """`decoded` itself if something can be said about it.

    Raises
    ------
    InaudibleError
        It is silent, or shorter than `SHORTEST`.
    """
    if decoded.seconds < SHORTEST:
        raise InaudibleError(
            f"it holds {decoded.seconds:.2g} s of audio",
            where=where,
            remedy=f"At least {SHORTEST:g} s are needed",
        )
    if decoded.silent:
        raise InaudibleError("it is silent", where=where, remedy="Nothing can be done with silence")
    return decoded


def _placed(reader: Reader, *, seconds: float, rate: int) -> Decoded:
    """The excerpt from the middle, or from elsewhere when the middle is silent."""
    search = partial(find, reader, seconds=seconds, margin=margin(reader.header.rate, rate))
    middle = _decoded(reader, search(), seconds=seconds, rate=rate)
    if not middle.silent or middle.duration < 1.5 * seconds:
        return middle
    for at in _ELSEWHERE:
        other = _decoded(reader, search(at=at), seconds=seconds, rate=rate)
        if not other.silent:
            moved = f"the middle is silent; the excerpt begins at {other.start:.0f} s"
            return replace(other, warning=_said(other.warning, moved))
    return middle


def _spread(reader: Reader, *, seconds: float, count: int, rate: int) -> Decoded:
    """Several excerpts joined; one as ever where all are silent, or the file is short."""
    counts, fade = lengths(round(seconds * rate), count, rate=rate)
    each = max(counts) / rate
    search = partial(find, reader, seconds=each, margin=margin(reader.header.rate, rate))
    for _ in range(_PLACINGS):
        length, excerpts = reader.length, []
        if length <= seconds:
            return _placed(reader, seconds=seconds, rate=rate)
        # From the last to the first: a file that is shorter than it says shows it at once.
        for start in reversed(places(length, each, count)):
            excerpts.append(search(at=start / (length - each)))
            if abs(reader.length - length) > _SAME_LENGTH:
                break
        else:
            break
    found = _apart(
        [
            _decoded(reader, excerpt, seconds=samples / rate, rate=rate)
            for samples, excerpt in zip(reversed(counts), excerpts, strict=False)
            if excerpt is not None
        ]
    )
    if not found or all(piece.silent for piece in found):
        return _placed(reader, seconds=seconds, rate=rate)
    fewer = f"{len(found)} of {count} excerpts could be read" if len(found) < count else ""
    return replace(
        found[0],
        audio=join([piece.audio for piece in found], fade=fade),
        duration=max(piece.duration for piece in found),
        silent=False,
        warning=_said(*(piece.warning for piece in found), fewer),
    )


def _apart(pieces: list[Decoded]) -> list[Decoded]:
    """In the order of the file, without those that damage has moved onto another."""
    kept: list[Decoded] = []
    for piece in sorted(pieces, key=lambda piece: piece.start):
        if not kept or piece.start > kept[-1].start + kept[-1].seconds - _OVERLAP:
            kept.append(piece)
    return kept


def _decoded(
    reader: Reader, excerpt: Excerpt | None, *, seconds: float | None, rate: int
) -> Decoded:
    """An excerpt as mono samples at `rate`."""
    if excerpt is None:
        raise BadFileError("no audio can be decoded from it", where=str(reader.path), remedy=LISTEN)
    run = excerpt.run
    mono, note = _heard(reader, run)
    audio, begin = resample(
        mono, rate=run.rate, first=run.first, start=excerpt.start, seconds=seconds, to=rate
    )
    return Decoded(
        audio=audio,
        rate=rate,
        start=begin,
        duration=excerpt.duration,
        format=reader.header.format,
        codec=reader.header.codec,
        channels=run.channels,
        original_rate=run.rate,
        silent=is_silent(mono),
        warning=_said(excerpt.warning, note),
    )


def _heard(reader: Reader, run: Run) -> tuple[Audio, str]:
    """The mean of the channels; one of them, with a note, where they cancel each other out."""
    check_samples(run.audio, where=str(reader.path))
    if run.channels > 1 and is_silent(run.audio):
        apart = reader.apart(run)
        loudest = int(np.ptp(apart, axis=1).argmax())
        if not is_silent(apart[loudest]):
            return apart[loudest], (
                f"the channels cancel each other out; channel {loudest + 1} alone was used"
            )
    return run.audio, ""


def _said(*notes: str) -> str:
    """All that is to be said, each thing once."""
    return "; ".join(dict.fromkeys(note for note in notes if note))
