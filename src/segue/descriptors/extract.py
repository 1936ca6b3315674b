"""One vector a track: all families of descriptors, side by side.

To add a family, write its module and add it to `FAMILIES`. When a number changes, raise the
family's version and `VERSION`, so that every file is described again. The numbers are raw: the
space that compares them scales them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors import (
    attack,
    bands,
    beats,
    brightness,
    chroma,
    contrast,
    harmonic,
    key,
    level,
    onsets,
    partials,
    separation,
    tempo,
    texture,
    timbre,
    tuning,
)
from segue.descriptors.frames import Sound
from segue.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.descriptors.family import Family, Group
    from segue.types import Audio, Vector

VERSION = "2"
"""Grows whenever any number changes; stored with every vector."""

FAMILIES: tuple[Family, ...] = (
    timbre.FAMILY,
    level.FAMILY,
    brightness.FAMILY,
    texture.FAMILY,
    contrast.FAMILY,
    bands.FAMILY,
    chroma.FAMILY,
    tuning.FAMILY,
    key.FAMILY,
    separation.FAMILY,
    harmonic.FAMILY,
    partials.FAMILY,
    onsets.FAMILY,
    tempo.FAMILY,
    beats.FAMILY,
    attack.FAMILY,
)
"""In the order of their columns."""

NAMES: tuple[str, ...] = tuple(name for family in FAMILIES for name in family.names)
"""Every column of the vector."""

GROUPS: Mapping[str, Group] = MappingProxyType(
    {name: group for family in FAMILIES for name, group in family.groups.items()}
)
"""Every group by name, in the order of the columns."""

PIPELINES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mfcc": timbre.FAMILY.names,
        "statistical": tuple(name for name in NAMES if name not in set(timbre.FAMILY.names)),
    }
)
"""The two pipelines models are trained on: 273 cepstral numbers, and all others."""

COLUMNS: Mapping[str, int] = MappingProxyType({name: place for place, name in enumerate(NAMES)})
"""Where in the vector a column stands."""


def describe(audio: Audio, *, rate: int = 22_050) -> Vector:
    """All descriptors of a clip.

    Parameters
    ----------
    audio
        Mono, shape (samples,), at least one sample.
    rate
        Samples a second.

    Returns
    -------
    Vector
        Shape (len(NAMES),), float32, finite. Silence gives finite numbers that mean nothing.

    Raises
    ------
    BadFileError
        There are no samples, or some are not numbers or beyond all measure.
    InternalError
        A family gave a number that is none.
    """
    sound = Sound(audio, rate=rate)
    return np.concatenate([numbers(sound, family) for family in FAMILIES])


def numbers(sound: Sound, family: Family) -> Vector:
    """What one family says of a sound: shape (len(family.names),), float32, finite.

    Raises
    ------
    InternalError
        The family gave too few or too many numbers, or one that is none.
    """
    values = family.compute(sound).astype(np.float32)
    if values.shape != (len(family.names),):
        raise InternalError(
            f"the family {family.name} gave {values.shape} numbers for {len(family.names)} columns"
        )
    if not np.isfinite(values).all():
        wrong = [family.names[place] for place in np.flatnonzero(~np.isfinite(values))]
        raise InternalError(f"descriptors that are not numbers: {', '.join(wrong[:5])}")
    return values


def group_of(vector: Vector, name: str) -> Vector:
    """The numbers of one group of a vector, in the order of the group's columns.

    Parameters
    ----------
    vector
        All descriptors, shape (len(NAMES),).
    name
        One of `GROUPS`.
    """
    numbers: Vector = vector[[COLUMNS[column] for column in GROUPS[name].columns]]
    return numbers
