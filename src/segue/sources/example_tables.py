"""Tables that models are trained and judged on: a row a track of which something is known.

Four kinds of columns, told apart by what the caller names and by what the columns are called:

- **who it is**: id, title, artists, as `segue.sources.tables` knows them;
- **what is known of it**: the attributes that table knows by their names, and any column the
  caller names, as text;
- **features**: columns of numbers (`segue.sources.number_columns`);
- other columns, which nobody asked for.

A row that cannot be used is a rejection with its line, as in every table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadTableError
from segue.names import artist_keys
from segue.records import Attributes, Rejection
from segue.sources import tables
from segue.sources.folder import identify
from segue.sources.layouts import CELLS, Cell
from segue.sources.number_columns import NumberColumns, candidates, exactly, fits, gap_notes
from segue.sources.rows import BadRowError, RowReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from segue.records import TrackRecord
    from segue.types import Floats, Mask, Progress, Vectors

ATTRIBUTES: tuple[str, ...] = tuple(spec.name for spec in fields(Attributes))
"""What a table may know of a track by the names of its columns."""

_ATTRIBUTE = "attributes."
_NAMING = ("track_id", "song_id", "filename", "file", "path")
"""Columns that name a row where none is known to hold an id, the first of them that is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns of a table mean what, as far as the caller says.

    Attributes
    ----------
    attributes
        Which attributes are read, by names of `segue.records.Attributes`; None for all.
    texts
        Columns that are read as they stand.
    perhaps
        The same, where the table has them.
    features
        Names or patterns (``timbre*``) of the columns of numbers; None takes all that mean nothing
        else, and an empty tuple none.
    exact
        Whether `features` are the names of columns, all of which have to be there.
    without
        Names or patterns of columns that are left out: features, and attributes by the name of
        their column or by their own.
    artists
        The column with the artists, where it is called otherwise.
    mapping, encoding
        As for `segue.sources.tables.read_tracks`.
    """

    attributes: tuple[str, ...] | None = None
    texts: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    features: tuple[str, ...] | None = None
    exact: bool = False
    without: tuple[str, ...] = ()
    artists: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ExampleTable:
    """What a table says, one entry a row that can be used.

    Attributes
    ----------
    path
        The table.
    digest
        sha256 of its bytes.
    lines
        Where each row stands.
    ids
        What each row calls its track; else its name, else "line 7".
    own_ids
        Whether `ids` tells tracks apart: the table has a column that names them.
    artists
        The normal form of each track's first artist, "" where unknown; None where the table has no
        column for it.
    attributes
        By name, shape (rows,), NaN where unknown; those that the table has a column for.
    texts
        By column, as it stands.
    names, features
        Columns of numbers, and what they hold: shape (rows, columns), float32, finite.
    read
        Rows there were, with those in `rejections`.
    rejections
        Rows that cannot be used.
    notes
        What else is worth knowing, as sentences.
    """

    path: Path
    digest: str
    lines: tuple[int, ...]
    ids: tuple[str, ...]
    own_ids: bool
    artists: tuple[str, ...] | None
    attributes: Mapping[str, Floats]
    texts: Mapping[str, tuple[str, ...]]
    names: tuple[str, ...]
    features: Vectors
    read: int
    rejections: tuple[Rejection, ...]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        """How many rows can be used."""
        return len(self.ids)


def read_examples(
    path: Path, *, columns: Columns, on_progress: Progress | None = None
) -> ExampleTable:
    """Read a table into memory.

    Parameters
    ----------
    path
        As for `segue.sources.tables.read_tracks`.
    columns
        Which of its columns mean what.
    on_progress
        Called now and then with (lines or rows done, in all, what).

    Raises
    ------
    NotFoundError, UnavailableError, BadRequestError
        As `segue.sources.tables.read_tracks`.
    BadTableError
        It is no table, lacks a column that is named, has none of numbers, or holds text in one
        that was asked for as numbers.
    """
    table = tables.open_table(path, encoding=columns.encoding)
    return _Reader(table, columns).read(on_progress)


class _Reader:
    """One table being read."""

    def __init__(self, table: tables.Table, columns: Columns) -> None:
        self._table = table
        known = tables.meaning(table, mapping=columns.mapping or None, nameless=True)
        _check_patterns(table, known, columns)
        self._cells = _who_and_what(table, known, columns)
        self._read = RowReader(table.columns, self._cells, nameless=True)
        self._texts = {name: tables.index_of(table, name) for name in columns.texts} | {
            name: table.columns.index(name) for name in columns.perhaps if name in table.columns
        }
        self._numbers = self._number_columns(known, columns)
        self._records: list[TrackRecord] = []
        self._lines: list[int] = []
        self._held: dict[str, list[str]] = {name: [] for name in self._texts}
        self._rejections: list[Rejection] = []

    def _number_columns(
        self, known: Sequence[tuple[int, Cell]], columns: Columns
    ) -> NumberColumns | None:
        if columns.features == ():
            return None
        if columns.exact:
            return exactly(self._table, columns.features or ())
        targets = {at for at, cell in self._cells if cell.field.startswith(_ATTRIBUTE)}
        targets |= set(self._texts.values())
        return candidates(
            self._table,
            targets=targets,
            known={at for at, _ in (*known, *self._cells)},
            patterns=columns.features,
            without=columns.without,
        )

    def read(self, on_progress: Progress | None) -> ExampleTable:
        wanted = {*tables.columns_of(self._cells), *self._texts.values()}
        wanted |= set(self._numbers.places if self._numbers else ())
        prefix = f"{self._table.path.name}, {self._table.unit} "
        for row in self._table.rows(sorted(wanted), on_progress=on_progress):
            if isinstance(row, Rejection):
                self._rejections.append(row)
                continue
            number, cells = row
            try:
                record = self._read(cells, f"{prefix}{number}")
            except BadRowError as problem:
                self._refuse(number, str(problem))
                continue
            self._records.append(record)
            self._lines.append(number)
            for name, at in self._texts.items():
                self._held[name].append(cells[at])
            if self._numbers is not None:
                self._numbers.take(cells)
        if not (self._records or self._rejections):
            raise tables.no_rows(self._table.path)
        return self._table_of()

    def _table_of(self) -> ExampleTable:
        read = len(self._records) + len(self._rejections)
        names, features, notes = self._features()
        fine = self._refuse_gaps(names, features)
        rows = np.flatnonzero(fine).tolist()
        records = [self._records[row] for row in rows]
        present = {cell.field.removeprefix(_ATTRIBUTE) for _, cell in self._cells}
        if any(record.attributes and record.attributes.mode is not None for record in records):
            present.add("mode")  # which a key's name brings along
        return ExampleTable(
            path=self._table.path,
            digest=identify(self._table.path),
            lines=tuple(self._lines[row] for row in rows),
            ids=tuple(self._name(row) for row in rows),
            own_ids=any(record.outside_ids for record in records),
            artists=_artists(records) if "artists" in present else None,
            attributes={name: _attribute(records, name) for name in ATTRIBUTES if name in present},
            texts={name: tuple(held[row] for row in rows) for name, held in self._held.items()},
            names=names,
            features=np.ascontiguousarray(features[fine]),
            read=read,
            rejections=tuple(sorted(self._rejections, key=lambda each: each.line or 0)),
            notes=(*notes, *gap_notes(names, features)),
        )

    def _features(self) -> tuple[tuple[str, ...], Vectors, tuple[str, ...]]:
        if self._numbers is None:
            return (), np.empty((len(self._records), 0), dtype=np.float32), ()
        return self._numbers.finish()

    def _refuse_gaps(self, names: Sequence[str], features: Vectors) -> Mask:
        """Which rows have every feature; the others are rejected, naming the first they lack."""
        finite = np.isfinite(features)
        fine: Mask = np.all(finite, axis=1)
        for row in np.flatnonzero(~fine).tolist():
            at = int(np.argmin(finite[row]))
            held = self._numbers.said(names[at], row) if self._numbers else ""
            what = f"is {held}, which is no number" if held else "is blank or no finite number"
            self._refuse(self._lines[row], f"the feature {names[at]!r} of {self._name(row)} {what}")
        return fine

    def _name(self, row: int) -> str:
        """What a message calls the track of a row."""
        record = self._records[row]
        if record.outside_ids:
            return record.outside_ids[0].value
        if record.title:
            return " – ".join(part for part in (*record.artists[:1], record.title) if part)
        return f"{self._table.unit} {self._lines[row]}"

    def _refuse(self, number: int, reason: str) -> None:
        self._rejections.append(Rejection(place=str(self._table.path), line=number, reason=reason))


def _who_and_what(
    table: tables.Table, known: Sequence[tuple[int, Cell]], columns: Columns
) -> list[tuple[int, Cell]]:
    """The columns that say who a track is, and those of the attributes that are wanted."""
    wanted = set(ATTRIBUTES if columns.attributes is None else columns.attributes)
    wanted |= {"key"} if "mode" in wanted else set()  # "A minor" says both
    fields_read = {"title", "artists", *(f"{_ATTRIBUTE}{name}" for name in wanted)}
    kept = [
        (at, cell)
        for at, cell in known
        if (cell.field in fields_read and not _left_out(table, at, cell, columns.without))
        or cell.field.startswith("id.")
    ]
    if columns.artists:
        kept = [(at, cell) for at, cell in kept if cell.field != "artists"]
        kept.append((tables.index_of(table, columns.artists), CELLS["artists"]))
    if not any(cell.field.startswith("id.") for _, cell in kept):
        lower = [name.strip().casefold() for name in table.columns]
        naming = next((lower.index(name) for name in _NAMING if name in lower), -1)
        if naming >= 0:
            kept.append((naming, CELLS["id"]))
    return kept


def _left_out(table: tables.Table, at: int, cell: Cell, without: Sequence[str]) -> bool:
    """Whether the column of an attribute is left out."""
    field, is_attribute = cell.field.removeprefix(_ATTRIBUTE), cell.field.startswith(_ATTRIBUTE)
    return is_attribute and (fits(field, without) or fits(table.columns[at], without))


def _check_patterns(
    table: tables.Table, known: Sequence[tuple[int, Cell]], columns: Columns
) -> None:
    """Refuse patterns that choose nothing; a slip of the pen would else go unnoticed."""
    asked = () if columns.exact else columns.features or ()
    there = {*table.columns, *(cell.field.removeprefix(_ATTRIBUTE) for _, cell in known)}
    for pattern in (*asked, *columns.without):
        if not any(fits(name, (pattern,)) for name in there):
            raise BadTableError(
                f"no column fits {pattern!r}",
                where=str(table.path),
                remedy=f"The table has {tables.listed(table.columns)}",
            )


def _artists(records: Sequence[TrackRecord]) -> tuple[str, ...]:
    keys = (artist_keys(record.artists) for record in records)
    return tuple(each[0] if each else "" for each in keys)


def _attribute(records: Sequence[TrackRecord], name: str) -> Floats:
    found = (
        None if each.attributes is None else getattr(each.attributes, name) for each in records
    )
    return np.array([np.nan if value is None else value for value in found], dtype=np.float64)


def nothing_left(path: Path, rejections: Sequence[Rejection]) -> BadTableError:
    """The error of a table none of whose rows can be used, with the reason of the first."""
    first = rejections[0]
    line = "" if first.line is None else f", line {first.line:,}"
    return BadTableError(
        f"none of its {len(rejections):,} rows can be used; the first{line}: {first.reason}",
        where=str(path),
        remedy="Correct the table, or try again where a server failed; --map says what its columns"
        " mean",
    )
