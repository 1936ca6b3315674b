"""Columns of numbers, found among the columns of a table, and read.

A column is one of numbers when more of its cells are numbers than are text. In such a column a
cell that is none spoils its row, not the column. Columns that mean something else are none: what
is known of the track, ids (``…_id``), and the counting column that other programs write first.
"""

from __future__ import annotations

import re
from array import array
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadTableError
from segue.sources import tables, values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from segue.types import Vectors

_NO_MEASURE = re.compile(r"|unnamed: ?\d+|index|id|.*[_ ]id|uri|url|.*[_ ]ur[il]")
_ENOUGH = 100
_SHOWN = 8
_MANY = 0.05


class _Column:
    """One column while it is read: its numbers, and what else it holds."""

    __slots__ = ("_texts", "numbers", "said", "values")

    def __init__(self) -> None:
        self.values = array("f")
        self.numbers = 0
        self.said: dict[int, str] = {}
        self._texts = 0

    @property
    def given_up(self) -> bool:
        """Whether so much of it is text that it need not be read on."""
        return self._texts > _ENOUGH and not self.numbers

    @property
    def is_text(self) -> bool:
        """Whether it holds more text than numbers."""
        return self._texts >= max(self.numbers, 1)

    def take(self, cell: str) -> None:
        """Take in the next cell."""
        if self.given_up:
            return
        try:
            value = values.number(cell)
        except ValueError:
            self.said[len(self.values)] = values.shorten(cell)
            self._texts += 1
            value = None
        else:
            self.numbers += value is not None
        self.values.append(np.nan if value is None else value)


class NumberColumns:
    """The columns of numbers of one table.

    Parameters
    ----------
    table
        The table.
    places
        Which of its columns may be of numbers.
    asked
        Those that were asked for by name or pattern: there text is an error.
    """

    def __init__(
        self, table: tables.Table, places: Sequence[int], *, asked: Collection[int]
    ) -> None:
        self.places = tuple(places)
        self._table = table
        self._asked = frozenset(asked)
        self._columns: Mapping[int, _Column] = {at: _Column() for at in places}

    def take(self, cells: Sequence[str]) -> None:
        """Take in the next row."""
        for at, column in self._columns.items():
            column.take(cells[at])

    def said(self, name: str, row: int) -> str:
        """What a cell holds that is text where a number is expected, shortened; else empty."""
        return self._columns[self._table.columns.index(name)].said.get(row, "")

    def finish(self) -> tuple[tuple[str, ...], Vectors, tuple[str, ...]]:
        """Names of the columns of numbers, their values, and sentences about the others.

        Raises
        ------
        BadTableError
            One that was asked for holds text or nothing at all, or there is none.
        """
        kept, left = [], []
        for at, column in self._columns.items():
            if column.numbers and not column.is_text:
                kept.append(at)
            elif at in self._asked:
                raise self._no_numbers(at, column)
            else:
                left.append(at)
        if not kept:
            raise BadTableError(
                "no column holds numbers that could be features",
                where=str(self._table.path),
                remedy="Name the column with the audio files (--audio-column), or the columns of"
                " numbers (--features)",
            )
        names = tuple(self._table.columns[at] for at in kept)
        matrix = np.column_stack(
            [np.frombuffer(self._columns[at].values, dtype=np.float32) for at in kept]
        )
        notes = (f"Left out, as they hold text or nothing: {self._listed(left)}.",) if left else ()
        return names, matrix, notes

    def _no_numbers(self, at: int, column: _Column) -> BadTableError:
        first = next(iter(column.said.values()), "")
        what = f"holds text such as {first}" if first else "holds nothing"
        return BadTableError(
            f"the column {self._table.columns[at]!r} {what}, and cannot be a feature",
            where=str(self._table.path),
            remedy="Correct it; for training, --features and --without choose other columns",
        )

    def _listed(self, places: Sequence[int]) -> str:
        shown = ", ".join(repr(self._table.columns[at][:40]) for at in places[:_SHOWN])
        more = len(places) - _SHOWN
        return f"{shown} and {more} more" if more > 0 else shown


def candidates(
    table: tables.Table,
    *,
    targets: Collection[int],
    known: Collection[int],
    patterns: Sequence[str] | None,
    without: Sequence[str],
) -> NumberColumns:
    """The columns that may be features.

    Parameters
    ----------
    targets
        Columns that hold what is to be known, and so never are features.
    known
        Columns that say who the track is; features only where they are named in full.
    patterns
        What was asked for; None for every column of numbers.
    without
        What is left out.

    Raises
    ------
    BadTableError
        A target is named as a feature.
    """
    named = set(patterns or ())
    places, asked = [], set()
    for at, name in enumerate(table.columns):
        if table.columns.index(name) != at or fits(name, without):
            continue
        if at in targets and name in named:
            raise BadTableError(
                f"the column {name!r} is a target, and cannot be a feature",
                where=str(table.path),
                remedy="Leave it out of --features, or name other targets with --target",
            )
        measures = at not in known and _NO_MEASURE.fullmatch(name.strip().casefold()) is None
        if at in targets or not (
            name in named or (measures and (patterns is None or fits(name, patterns)))
        ):
            continue
        places.append(at)
        if patterns is not None:
            asked.add(at)
    return NumberColumns(table, places, asked=asked)


def exactly(table: tables.Table, names: Sequence[str]) -> NumberColumns:
    """Just these columns, in this order.

    Raises
    ------
    BadTableError
        Some are not there.
    """
    there = set(table.columns)
    missing = [name for name in names if name not in there]
    if missing:
        count = f"{len(missing):,} of {len(names):,} features"
        raise BadTableError(
            f"the table lacks {count} of the model: {tables.listed(missing)}",
            where=str(table.path),
            remedy="Give a table of the shape that the model was trained on; for a model of audio,"
            " name the column with the files (--audio-column)",
        )
    at = {name: place for place, name in reversed(list(enumerate(table.columns)))}
    places = [at[name] for name in names]
    return NumberColumns(table, places, asked=places)


def gap_notes(names: Sequence[str], features: Vectors) -> tuple[str, ...]:
    """A sentence for each column that costs a table many of its rows, as it has no number there."""
    gaps = np.sum(~np.isfinite(features), axis=0)
    return tuple(
        f"{names[at]!r} lacks {gaps[at]:,} of {len(features):,} rows;"
        f" `--without {names[at]!r}` leaves it out and keeps them."
        for at in np.argsort(-gaps, kind="stable")[:_SHOWN].tolist()
        if gaps[at] > _MANY * len(features)
    )


def fits(name: str, patterns: Sequence[str]) -> bool:
    """Whether a name is one of these, or fits one of the patterns (``timbre*``) among them."""
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns)
