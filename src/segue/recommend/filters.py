"""What an answer may hold, as a mask over the rows: applied before the nearest are chosen.

Names are compared folded (`segue.names`): case, accents and punctuation do not count.
"""

from __future__ import annotations

import math
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import BadRequestError
from segue.names import artist_key, fold
from segue.records import Filters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from segue.snapshot import Corpus
    from segue.types import Mask, Rows


class Sieve:
    """Masks for one corpus; what it looks names up in is made at the first need."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def mask(self, filters: Filters) -> Mask | None:
        """Rows that pass every condition, shape (tracks,); None where there is no condition.

        Raises
        ------
        BadRequestError
            A range is empty or no range, or no track is of a wanted genre.
        """
        _check(filters)
        if filters == Filters():
            return None
        corpus = self._corpus
        passing = np.ones(len(corpus), dtype=np.bool_)
        if filters.genres:
            passing &= self._any(self._rows_of_genre(name) for name in filters.genres)
        for name in filters.exclude_genres:
            passing[self._genres.get(fold(name), [])] = False
        for name in filters.exclude_artists:
            passing[self._artists.get(artist_key(name), [])] = False
        if filters.year_from is not None or filters.year_to is not None:
            passing &= (corpus.year != 0) & _within(corpus.year, filters.year_from, filters.year_to)
        if filters.seconds_from is not None or filters.seconds_to is not None:
            passing &= _within(corpus.duration, filters.seconds_from, filters.seconds_to)
        if filters.explicit is not None:
            passing &= corpus.explicit == int(filters.explicit)
        if filters.playable is not None:
            passing &= corpus.playable == filters.playable
        return passing

    def _rows_of_genre(self, name: str) -> Rows:
        rows = self._genres.get(fold(name))
        if rows is None:
            close = get_close_matches(fold(name), list(self._genres), n=3)
            raise BadRequestError(
                f"no track is of the genre {name!r}",
                remedy=f"Closest: {', '.join(close)}" if close else "Leave the genre out",
            )
        return rows

    def _any(self, groups: Iterable[Rows]) -> Mask:
        found = np.zeros(len(self._corpus), dtype=np.bool_)
        for rows in groups:
            found[rows] = True
        return found

    @cached_property
    def _genres(self) -> dict[str, Rows]:
        return _rows_by_name([[fold(g) for g in genres] for genres in self._corpus.genres])

    @cached_property
    def _artists(self) -> dict[str, Rows]:
        return _rows_by_name([[artist_key(a) for a in artists] for artists in self._corpus.artists])


def _rows_by_name(names: Iterable[Iterable[str]]) -> dict[str, Rows]:
    rows: dict[str, list[int]] = {}
    for row, several in enumerate(names):
        for name in several:
            rows.setdefault(name, []).append(row)
    return {name: np.array(found, dtype=np.int64) for name, found in rows.items()}


def _within(values: NDArray[Any], least: float | None, most: float | None) -> Mask:
    """Values in the range, its ends included; NaN is in no range."""
    found: Mask = np.isfinite(values)
    if least is not None:
        found &= values >= least
    if most is not None:
        found &= values <= most
    return found


def _check(filters: Filters) -> None:
    ranges = {
        "year": (filters.year_from, filters.year_to),
        "length": (filters.seconds_from, filters.seconds_to),
    }
    for what, (least, most) in ranges.items():
        for end in (least, most):
            if end is not None and not (math.isfinite(end) and end >= 0):
                raise BadRequestError(
                    f"{end} is no {what}", where="filters", remedy="Give a number of 0 or more"
                )
        if least is not None and most is not None and least > most:
            raise BadRequestError(
                f"no {what} is from {least:g} to {most:g}",
                where="filters",
                remedy="Give the smaller number first",
            )
