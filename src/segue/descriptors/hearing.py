"""From a file to what Segue hears in it: its excerpt, described.

What was heard once is kept (`segue.descriptors.cache`): where every family's numbers are there,
nothing is decoded; where one family has a new version, only that one is computed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.descriptors.cache import NO_CACHE, Key
from segue.descriptors.entry import Entry
from segue.records import Attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from segue.audio.decode import Decoded
    from segue.descriptors.cache import Cache
    from segue.descriptors.family import Family
    from segue.descriptors.frames import Sound
    from segue.settings import Settings
    from segue.types import Vector

DECODING = 1
"""Grows whenever decoding gives other samples, so that nothing from before is taken for it."""

SPECTROGRAM = "mel128@1"
"""Name and version of the mel spectrogram as it is cached."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """How files are heard.

    Attributes
    ----------
    seconds
        How much of a file is described; None for all of it.
    excerpts
        Into how many excerpts these seconds are divided: one from the middle, or several spread
        evenly over the file.
    """

    seconds: float | None = 30.0
    excerpts: int = 1

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """How the settings want files heard."""
        return cls(seconds=settings.excerpt_seconds or None, excerpts=settings.excerpts)

    @property
    def parameters(self) -> str:
        """The same as text: what is heard otherwise is other numbers."""
        length = "whole" if self.seconds is None else f"{self.seconds:g} s"
        parts = length if self.excerpts == 1 else f"{length} in {self.excerpts}"
        return f"{parts}, decoding {DECODING}"


@dataclass(frozen=True, slots=True)
class Origin:
    """What decoding said of a file.

    Attributes
    ----------
    format, codec
        Container and codec: ("m4a", "aac").
    rate, channels
        Samples a second and channels of the file.
    duration
        Seconds of the whole file.
    start, seconds
        Where in the file the (first) excerpt begins, and how long it is, all of them together.
    warning
        A sentence when not all of the file could be used, else empty.
    """

    format: str
    codec: str
    rate: int
    channels: int
    duration: float
    start: float
    seconds: float
    warning: str

    @classmethod
    def of(cls, decoded: Decoded) -> Self:
        """What is to be told of a decoded file."""
        return cls(
            format=decoded.format,
            codec=decoded.codec,
            rate=decoded.original_rate,
            channels=decoded.channels,
            duration=decoded.duration,
            start=decoded.start,
            seconds=decoded.seconds,
            warning=decoded.warning,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was heard in one file.

    Attributes
    ----------
    vector
        All descriptors, shape (len(extract.NAMES),).
    estimates
        The musical attributes the signal itself gives: tempo, key and mode, None where unsure.
    origin
        What decoding said of the file.
    """

    vector: Vector
    estimates: Attributes
    origin: Origin

    @property
    def duration(self) -> float:
        """Seconds of the whole file."""
        return self.origin.duration

    @property
    def warning(self) -> str:
        """A sentence when not all of the file could be used, else empty."""
        return self.origin.warning


def hear(
    path: Path,
    *,
    hearing: Hearing,
    content_hash: str = "",
    cache: Cache = NO_CACHE,
    attend: Callable[[Sound], None] | None = None,
) -> Heard:
    """Decode and describe one file, or look up what was heard in it before.

    Parameters
    ----------
    path
        The file.
    hearing
        Which part of it.
    content_hash
        SHA-256 of its bytes (`segue.sources.folder.identify`); empty when unknown, and then
        nothing is looked up or kept.
    cache
        Where numbers are kept, and spectrograms if it wants them.
    attend
        Called with the sound, so that whoever needs more of it than descriptors need not decode it
        again. The file is then decoded whatever was kept of it.

    Raises
    ------
    InaudibleError
        It is silent or too short. That is not kept: the catalogue's ledger remembers it.
    BadFileError, NotFoundError, UnavailableError
        It is no audio, or cannot be read.
    """
    from segue.descriptors.extract import FAMILIES, numbers

    key = Key(content_hash, hearing.parameters)
    origin, values = _looked_up(cache.get("numbers", key), FAMILIES)
    missing = [family for family in FAMILIES if family.name not in values]
    unseen = cache.spectrograms and bool(content_hash) and not cache.has("mel", key)
    if origin is None or missing or unseen or attend is not None:
        origin, sound = listen(path, hearing)
        values |= {family.name: numbers(sound, family) for family in missing}
        arrays = {_label(family): values[family.name] for family in FAMILIES}
        cache.put("numbers", key, Entry(asdict(origin), arrays))
        if unseen:
            cache.put("mel", key, Entry({}, {SPECTROGRAM: _drawn(sound)}))
        if attend is not None:
            attend(sound)
    vector = np.concatenate([values[family.name] for family in FAMILIES])
    return Heard(vector, estimates(vector), origin)


def hear_file(path: Path, hearing: Hearing, cache: Cache) -> Heard:
    """`hear` for a file whose hash is not known yet; a worker's task.

    Raises
    ------
    InaudibleError, BadFileError, NotFoundError, UnavailableError
        As `hear`.
    """
    from segue.sources.folder import identify

    # A device or a pipe has no end and no hash: whoever opens it says so.
    content_hash = identify(path) if path.is_file() else ""
    return hear(path, hearing=hearing, content_hash=content_hash, cache=cache)


def spectrogram(
    path: Path, *, hearing: Hearing, content_hash: str = "", cache: Cache = NO_CACHE
) -> NDArray[np.float16]:
    """The mel spectrogram of what is heard of a file, drawn or looked up.

    Parameters and errors are those of `hear`. It is kept where the cache keeps spectrograms.

    Returns
    -------
    NDArray[np.float16]
        Shape (frames, 128): the bands of `segue.descriptors.mel` in dB, the loudest value of the
        clip at most 80 dB above the softest. A float16 is off by up to 0.03 dB.
    """
    kept = kept_spectrogram(hearing=hearing, content_hash=content_hash, cache=cache)
    if kept is not None:
        return kept
    drawn = _drawn(listen(path, hearing)[1])
    if cache.spectrograms:
        key = Key(content_hash, hearing.parameters)
        cache.put("mel", key, Entry({}, {SPECTROGRAM: drawn}))
    return drawn


def kept_spectrogram(
    *, hearing: Hearing, content_hash: str, cache: Cache
) -> NDArray[np.float16] | None:
    """The mel spectrogram of a file as `spectrogram` gives it; None where the cache has none."""
    kept = cache.get("mel", Key(content_hash, hearing.parameters))
    if kept is None or SPECTROGRAM not in kept.arrays:
        return None
    return kept.arrays[SPECTROGRAM].astype(np.float16, copy=False)


def estimates(vector: Vector) -> Attributes:
    """What the descriptors say of tempo, key and mode; None where they are unsure.

    That is below a confidence of `segue.descriptors.tempo.SURE`, and a clarity of
    `segue.descriptors.key.SURE`.

    Parameters
    ----------
    vector
        As `segue.descriptors.extract.describe` gives it.
    """
    from segue.descriptors import key, tempo
    from segue.descriptors.extract import COLUMNS, group_of

    bpm, confidence = (float(vector[COLUMNS[name]]) for name in ("tempo", "tempo_confidence"))
    heard = key.read(group_of(vector, "key"))
    return Attributes(
        tempo=bpm if confidence >= tempo.SURE else None,
        key=heard.pitch_class if heard else None,
        mode=heard.mode if heard else None,
    )


def _looked_up(
    kept: Entry | None, families: Sequence[Family]
) -> tuple[Origin | None, dict[str, Vector]]:
    """What a cache entry knows of today's families, by name."""
    if kept is None or set(kept.facts) != {spec.name for spec in fields(Origin)}:
        return None, {}
    values = {
        family.name: kept.arrays[_label(family)].astype(np.float32, copy=False)
        for family in families
        if _label(family) in kept.arrays
        and kept.arrays[_label(family)].shape == (len(family.names),)
    }
    return Origin(**kept.facts), values


def _label(family: Family) -> str:
    """What the cache calls a family's numbers."""
    return f"{family.name}@{family.version}"


def listen(path: Path, hearing: Hearing) -> tuple[Origin, Sound]:
    """Decode what is heard of a file: what decoding said of it, and its sound.

    Raises
    ------
    InaudibleError
        It is silent or too short.
    BadFileError, NotFoundError, UnavailableError
        It is no audio, or cannot be read.
    """
    from segue.audio.decode import audible, decode
    from segue.descriptors.frames import Sound

    decoded = decode(path, seconds=hearing.seconds, excerpts=hearing.excerpts)
    audible(decoded, where=str(path))
    return Origin.of(decoded), Sound(decoded.audio, rate=decoded.rate)


def _drawn(sound: Sound) -> NDArray[np.float16]:
    from segue.descriptors.mel import decibels

    return decibels(sound.mel128).astype(np.float16)
