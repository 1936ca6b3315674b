"""A whole file, played once from end to end: how long, how loud, its shape and its fingerprint.

The file is decoded once and seen a block at a time, so that memory does not grow with its length
beyond two minutes of samples (for the fingerprint) and 20 numbers a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.audio.excerpt import KEPT, broken
from segue.audio.fingerprint import FINGERPRINTED, fingerprint
from segue.audio.loudness import LoudnessMeter
from segue.audio.opening import LISTEN
from segue.audio.peak import TruePeak
from segue.audio.reading import Reader
from segue.audio.samples import check_samples, is_silent
from segue.audio.waveform import Waveform
from segue.errors import BadFileError, InaudibleError
from segue.records import Recording

if TYPE_CHECKING:
    from pathlib import Path

    from segue.audio.blocks import Block
    from segue.types import Audio

VERSION = "1"
"""Of all that is measured here; another number where another recording would come out."""


def measure(path: Path, *, longest_hours: float = 3.0) -> Recording:
    """Play a file from end to end and say what there is to say about all of it.

    Parameters
    ----------
    path
        A local file in one of `segue.audio.opening.FORMATS`.
    longest_hours
        Longer files are not played.

    Returns
    -------
    Recording
        Of a damaged file, of what comes before the damage; its warning says so. Silence has no
        loudness, range, peak and fingerprint.

    Raises
    ------
    InaudibleError
        It is longer than `longest_hours`.
    BadFileError
        No audio can be read from it.
    NotFoundError, UnavailableError
        It is not there, or may not be read.
    """
    longest = 3600 * longest_hours
    with Reader(path) as reader:
        # Headers may say anything; the packets are counted before a file is turned away.
        if (reader.header.duration or 0.0) > longest and (length := reader.measure()) > longest:
            raise _too_long(path, length, longest_hours)
        listening = None
        for block in reader.blocks():
            if listening is None:
                listening = _Listening(block, where=str(path))
            listening.add(block)
            if listening.seconds > longest:
                raise _too_long(path, listening.seconds, longest_hours)
    if listening is None:
        raise BadFileError("no audio can be decoded from it", where=str(path), remedy=LISTEN)
    return listening.recording(block)


class _Listening:
    """All meters side by side."""

    def __init__(self, block: Block, *, where: str) -> None:
        self._rate, self._where = block.rate, where
        self._samples = 0
        self._loudness = LoudnessMeter(block.rate, block.places)
        self._peak = TruePeak(block.rate, len(block.places))
        self._waveform = Waveform(block.rate)
        self._beginning: list[Audio] = []

    @property
    def seconds(self) -> float:
        """Heard until now."""
        return self._samples / self._rate

    def add(self, block: Block) -> None:
        """Hear a block."""
        channels = block.channels()
        absolute = np.abs(channels)
        check_samples(absolute.max(axis=1), where=self._where)
        self._loudness.add(channels)
        self._peak.add(channels, absolute=absolute)
        self._waveform.add(absolute)
        if self.seconds < FINGERPRINTED:
            self._beginning.append(block.mono())
        self._samples += len(block)

    def recording(self, last: Block) -> Recording:
        """What was heard, after the last block."""
        self._loudness.finish()
        self._peak.finish()
        waveform, waveform_rate = self._waveform.drawn()
        beginning = np.concatenate(self._beginning)[: round(FINGERPRINTED * self._rate)]
        heard = b""
        if not is_silent(beginning):
            heard = fingerprint(beginning, rate=self._rate).astype("<u4").tobytes()
        whole = last.ending in {"end", "full"}
        return Recording(
            duration=self.seconds,
            loudness=self._loudness.integrated,
            loudness_range=self._loudness.range,
            true_peak=self._peak.decibels,
            waveform=waveform,
            waveform_rate=waveform_rate,
            fingerprint=heard,
            warning="" if whole else broken(last.ending, self.seconds, KEPT),
        )


def _too_long(path: Path, seconds: float, longest_hours: float) -> InaudibleError:
    return InaudibleError(
        f"it is longer than {longest_hours:g} hours ({seconds / 3600:.1f} and perhaps more)",
        where=str(path),
        remedy="Raise the setting SEGUE_LONGEST_HOURS if it is worth the time",
    )
