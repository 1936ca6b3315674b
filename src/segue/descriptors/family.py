"""What every family of descriptors promises: columns with names, groups with words, a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.descriptors.frames import Sound
    from segue.types import Vector


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that together say one thing a person understands.

    Attributes
    ----------
    columns
        Names of the columns.
    shown
        The column whose number can be shown to a person; empty when none says enough alone.
    unit
        Of the shown column: "dB", "Hz", "%" (the number is a share in [0, 1]), or "".
    low, high
        Words for the two ends of the shown column ("dark", "bright"); empty where nothing is shown.
    less, more
        The same as comparatives ("darker", "brighter").
    """

    columns: tuple[str, ...]
    shown: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    less: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """One module of descriptors.

    Attributes
    ----------
    groups
        Named groups; every column stands in exactly one, in the order `compute` gives them.
    compute
        From a sound to one number a column, all finite for finite audio.
    """

    groups: dict[str, Group]
    compute: Callable[[Sound], Vector]

    @property
    def names(self) -> tuple[str, ...]:
        """All columns in order."""
        return tuple(name for group in self.groups.values() for name in group.columns)
