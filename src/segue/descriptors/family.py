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
    about
        What the columns are, unit and range included, as one or two sentences for the docs.
    shown
        The column whose number can be shown to a person; empty when none says enough alone.
    unit
        Of the shown column: "dB", "Hz", "BPM", "a second", "%" (the number is a share in [0, 1]),
        or "".
    low, high
        Words for the two ends of the shown column ("dark", "bright"); empty where nothing is shown.
    less, more
        The same as comparatives ("darker", "brighter").
    trusted
        A column of the group, and the value from which the shown number is told. Below it, it is
        unclear. None where it always is clear.
    write
        For what one number does not say: the group's columns to text ("A minor", or "" for
        nothing to say). Then nothing is `shown`, and `both` says what two tracks share, with the
        text in place of ``{}`` ("in {}").
    """

    columns: tuple[str, ...]
    about: str
    shown: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    less: str = ""
    more: str = ""
    trusted: tuple[str, float] | None = None
    write: Callable[[Vector], str] | None = None
    both: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """One module of descriptors.

    Attributes
    ----------
    name
        One word; the name under which its numbers are cached.
    version
        Grows whenever any of its numbers changes.
    source
        Where the definitions come from: papers or standards.
    groups
        Named groups; every column stands in exactly one, in the order `compute` gives them.
    compute
        From a sound to one number a column, all finite for finite audio.
    """

    name: str
    version: int
    source: str
    groups: dict[str, Group]
    compute: Callable[[Sound], Vector]

    @property
    def names(self) -> tuple[str, ...]:
        """All columns in order."""
        return tuple(name for group in self.groups.values() for name in group.columns)
