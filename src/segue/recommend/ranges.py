"""Ranges that a filter asks for: of years, lengths, tempo, attributes and popularity.

Both ends belong to a range, and an unknown number lies in none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import BadRequestError
from segue.recommend.unknown import unknown
from segue.records import Attributes, Between, Filters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.types import Mask

COLUMNS: tuple[str, ...] = tuple(spec.name for spec in fields(Attributes))
"""Attributes in the order of `Corpus.attributes`."""

POPULARITY = "popularity"


@dataclass(frozen=True, slots=True)
class Range:
    """From `least` to `most`, None where an end is open; `what` is asked about, in `unit`."""

    what: str
    least: float | None
    most: float | None
    unit: str = ""

    @property
    def given(self) -> bool:
        """Whether anything is asked."""
        return self.least is not None or self.most is not None

    @property
    def said(self) -> str:
        """In words: "of a tempo from 80 to 100 BPM"."""
        ends = (f"{word} {end:g}" for word, end in zip(("from", "to"), self._ends, strict=True)
                if end is not None)  # fmt: skip
        return f"of a {self.what} {' '.join(ends)} {self.unit}".rstrip()

    def holds(self, values: NDArray[Any]) -> Mask:
        """Which values lie in the range; NaN does not."""
        found: Mask = np.isfinite(values)
        if self.least is not None:
            found &= values >= self.least
        if self.most is not None:
            found &= values <= self.most
        return found

    def checked(self, *, signed: bool = False) -> Range:
        """Itself; BadRequestError where an end is no number, or below 0 unless `signed`."""
        for end in self._ends:
            number = isinstance(end, int | float) and not isinstance(end, bool)
            if end is not None and not (number and math.isfinite(end) and (signed or end >= 0)):
                remedy = "Give a number" if signed else "Give a number of 0 or more"
                raise BadRequestError(f"{end!r} is no {self.what}", where="filters", remedy=remedy)
        if self.least is not None and self.most is not None and self.least > self.most:
            raise BadRequestError(
                f"no {self.what} is from {self.least:g} to {self.most:g}",
                where="filters",
                remedy="Give the smaller number first",
            )
        return self

    @property
    def _ends(self) -> tuple[float | None, float | None]:
        return self.least, self.most


def year(filters: Filters) -> Range:
    """The years that are asked for; BadRequestError for a range that holds nothing."""
    return Range("year", filters.year_from, filters.year_to).checked()


def length(filters: Filters) -> Range:
    """The lengths, in seconds; as `year`."""
    return Range("length", filters.seconds_from, filters.seconds_to, "seconds").checked()


def tempo(filters: Filters) -> Range:
    """The tempi, in beats a minute; as `year`."""
    return Range("tempo", filters.tempo_from, filters.tempo_to, "BPM").checked()


def between(asked: Between) -> Range:
    """A range of an attribute or of the popularity; as `year`.

    Raises
    ------
    BadRequestError
        There is no such attribute, or the range holds nothing.
    """
    known = (*COLUMNS, POPULARITY)
    if asked.attribute not in known:
        raise unknown(
            f"there is no attribute {asked.attribute!r}", asked.attribute, known, where="filters"
        )
    what = asked.attribute.replace("_", " ")
    if asked.least is None and asked.most is None:
        raise BadRequestError(
            f"no end of the {what} is given", where="filters", remedy="Give one end or both"
        )
    return Range(what, asked.least, asked.most).checked(signed=True)
