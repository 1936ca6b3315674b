"""What a worker does to a file that is to be learned from: hear it and draw its spectrogram.

A file may be drawn in further **versions**, faster or slower and higher or lower on the waveform
itself (`segue.audio.stretching`). How far is settled by the file's hash and the version's number.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segue.jobs.worker import check_same, forgetful

if TYPE_CHECKING:
    from segue.descriptors.cache import Cache
    from segue.descriptors.hearing import Hearing
    from segue.embedding.material import Spectrogram
    from segue.jobs.worker import Scanned
    from segue.types import Frames

SPEED = 1.15
"""A version is played at most so many times as fast, or as slowly."""

SEMITONES = 2.0
"""A version is sung at most so many semitones higher or lower."""


@forgetful
def draw(  # noqa: PLR0917 (a pool hands arguments over by place)
    path: str,
    scanned: Scanned,
    content_hash: str,
    hearing: Hearing,
    cache: Cache,
    version: int = 0,
) -> tuple[str, Spectrogram]:
    """The hash of a file's bytes, and its spectrogram as training keeps it.

    Parameters
    ----------
    content_hash
        As far as it is known; "" has the file read for it.
    version
        0 for the file as it is.

    Raises
    ------
    InaudibleError
        It is silent or too short.
    BadFileError, NotFoundError, UnavailableError
        It is no audio, cannot be read, or is not the file that was listed.
    """
    from segue.descriptors.hearing import spectrogram
    from segue.embedding.windows import quantised
    from segue.sources.folder import identify

    file = Path(path)
    check_same(path, scanned)
    known = content_hash or identify(file)
    if version:
        drawn = quantised(_altered(file, hearing, known, version))
    else:
        heard = spectrogram(file, hearing=hearing, content_hash=known, cache=cache)
        drawn = quantised(heard)
    check_same(path, scanned)
    return known, drawn


def _altered(file: Path, hearing: Hearing, content_hash: str, version: int) -> Frames:
    """The mel spectrogram of a version of what is heard of a file, in dB, shape (frames, 128)."""
    from segue.audio.decode import audible, decode
    from segue.audio.stretching import shifted, stretched
    from segue.descriptors.frames import Sound
    from segue.descriptors.mel import decibels

    decoded = decode(file, seconds=hearing.seconds, excerpts=hearing.excerpts)
    audible(decoded, where=str(file))
    rng = np.random.default_rng((int(content_hash[:16], 16), version))
    speed, semitones = SPEED ** rng.uniform(-1, 1), rng.uniform(-SEMITONES, SEMITONES)
    played = shifted(stretched(decoded.audio, speed=speed), semitones=semitones, rate=decoded.rate)
    return decibels(Sound(played, rate=decoded.rate).mel128)
