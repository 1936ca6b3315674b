"""Track tables: CSV, TSV (plain or gzip) and Parquet to track records.

A table's columns mean something in one of three ways: it has a known layout (`layouts.LAYOUTS`,
found by its columns), the caller gives a mapping, or the columns bear our own names
(`layouts.CELLS`). Columns that mean nothing are left alone. Every row becomes one record or one
rejection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from segue.errors import BadRequestError, BadTableError, NotFoundError, UnavailableError
from segue.records import Rejection
from segue.sources.layouts import CELLS, LAYOUTS, NEEDED, Cell, Layout
from segue.sources.rows import BadRowError, RowReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from segue.records import TrackRecord
    from segue.types import Progress

EXTENSIONS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")
"""What the name of a table may end in."""

_NAMED = 12


class Table(Protocol):
    """A table whose columns are known and whose rows come one at a time."""

    path: Path
    columns: tuple[str, ...]
    unit: str
    """What its rows are numbered in: "line" of a text, "row" of anything else."""

    def rows(
        self, wanted: Sequence[int], *, on_progress: Progress | None = None
    ) -> Iterator[tuple[int, Sequence[str]] | Rejection]:
        """Rows in order: their number with one cell a column, or why there is none."""
        ...


def read_tracks(
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    layout: str | None = None,
    encoding: str | None = None,
    on_progress: Progress | None = None,
) -> Iterator[TrackRecord | Rejection]:
    """Read a table of tracks.

    Parameters
    ----------
    path
        A file ending in ``.csv``, ``.csv.gz``, ``.tsv``, ``.tsv.gz`` or ``.parquet``.
    mapping
        Names of `layouts.CELLS` to columns of the table: ``{"title": "Song", "tempo": "BPM"}``.
        What it names wins over what a column's own name says.
    layout
        A name of `layouts.LAYOUTS`; found by the columns when None and no mapping is given.
    encoding
        Of a text table; UTF-8, or UTF-16 with its mark, when None.
    on_progress
        Called now and then with (lines or rows done, in all, what).

    Returns
    -------
    iterator
        One record or rejection for every row of the table. Ids and genres stand as given: that a
        track comes twice, or has no title, is for the catalogue to judge.

    Raises
    ------
    NotFoundError, UnavailableError
        There is no such file, or it may not be read.
    BadTableError
        It is no table of tracks: wrong kind, empty, no rows, not in its encoding, or the columns
        that are needed are missing. Raised before the first row, save for "no rows".
    BadRequestError
        There is no such layout, encoding or name to map.
    """
    table = open_table(path, encoding=encoding)
    cells = meaning(table, mapping=mapping, layout=layout)
    return _records(table, cells, on_progress)


def _records(
    table: Table, cells: Sequence[tuple[int, Cell]], on_progress: Progress | None
) -> Iterator[TrackRecord | Rejection]:
    read = RowReader(table.columns, cells)
    prefix = f"{table.path.name}, {table.unit} "
    empty = True
    for row in table.rows(columns_of(cells), on_progress=on_progress):
        empty = False
        if isinstance(row, Rejection):
            yield row
            continue
        number, texts = row
        try:
            record = read(texts, f"{prefix}{number}")
        except BadRowError as problem:
            yield Rejection(place=str(table.path), line=number, reason=str(problem))
        else:
            yield record
    if empty:
        raise no_rows(table.path)


def no_rows(path: Path) -> BadTableError:
    """The error of a table that has columns and nothing else."""
    return BadTableError(
        "the table names its columns and has no rows",
        where=str(path),
        remedy="Give a table with a row for every track",
    )


def open_table(path: Path, *, encoding: str | None = None) -> Table:
    """Open a table by what its name ends in; the errors are those of `read_tracks`."""
    check_file(path)
    name = path.name.casefold()
    if not name.endswith(EXTENSIONS):
        raise BadTableError(
            f"a table's name ends in {', '.join(EXTENSIONS)}",
            where=str(path),
            remedy="Save it as CSV or Parquet (unpack it first if it is an archive)",
        )
    if name.endswith(".parquet"):
        return _columnar(path, encoding)
    from segue.sources.delimited import DelimitedTable

    return DelimitedTable(path, encoding=encoding)


def check_file(path: Path) -> None:
    """Make sure that there is a file and that it may be read.

    Raises
    ------
    NotFoundError, BadTableError, UnavailableError
        There is nothing; it is a folder or a device; it may not be read.
    """
    try:
        if not path.exists():
            raise NotFoundError(f"there is no file {path}", remedy="Check the path")
        if not path.is_file():
            raise BadTableError("this is no file", where=str(path), remedy="Give one file")
        path.open("rb").close()
    except OSError as problem:
        raise UnavailableError(
            f"the file cannot be read ({problem.strerror})",
            where=str(path),
            remedy="Check its permissions and its disk",
        ) from None


def _columnar(path: Path, encoding: str | None) -> Table:
    if encoding is not None:
        raise BadRequestError(
            "a Parquet table says itself how its text is encoded",
            where=str(path),
            remedy="Leave --encoding out",
        )
    from segue.sources.columnar import ColumnarTable

    return ColumnarTable(path)


def meaning(
    table: Table,
    *,
    mapping: Mapping[str, str] | None = None,
    layout: str | None = None,
    mappable: bool = True,
    nameless: bool = False,
) -> list[tuple[int, Cell]]:
    """What the columns of a table mean, as (index, meaning).

    Of columns that bear the same name the first counts. The errors are those of `read_tracks`;
    their remedy names ``--map`` only where the caller is `mappable`: where a mapping can be given.
    A table may be `nameless` where rows need neither a title nor an id.
    """
    chosen = choose_layout(table, layout) if layout or not mapping else None
    cells = _by_own_names(table.columns) if chosen is None else _by_layout(table.columns, chosen)
    mapped: list[tuple[int, Cell]] = []
    for name, column in (mapping or {}).items():
        cell = CELLS.get(name)
        if cell is None:
            raise BadRequestError(
                f"{name!r} is nothing a column can be mapped to",
                remedy=f"Use one of: {', '.join(CELLS)}",
            )
        mapped.append((index_of(table, column), cell))
    taken = {index for index, _ in mapped}
    fields = {cell.field for _, cell in mapped}
    mapped += [(at, cell) for at, cell in cells if at not in taken and cell.field not in fields]
    if not nameless:
        _check_needed(table, {cell.field for _, cell in mapped}, mappable=mappable)
    return mapped


def columns_of(cells: Sequence[tuple[int, Cell]]) -> list[int]:
    """The columns that mean something, in order, each once."""
    return sorted({index for index, _ in cells})


def index_of(table: Table, column: str) -> int:
    """Where a column stands; BadTableError where none, or more than one, has this name."""
    if table.columns.count(column) == 1:
        return table.columns.index(column)
    found = "twice a" if column in table.columns else "no"
    raise BadTableError(
        f"the table has {found} column {column!r}",
        where=str(table.path),
        remedy=f"It has {listed(table.columns)}",
    )


def choose_layout(table: Table, name: str | None = None) -> Layout | None:
    """The layout of that name, or the one the columns show; None when they show none."""
    if name is None:
        held = frozenset(table.columns)
        return next((known for known in LAYOUTS.values() if known.required <= held), None)
    layout = LAYOUTS.get(name)
    if layout is None:
        raise BadRequestError(
            f"there is no layout {name!r}", remedy=f"Use one of: {', '.join(LAYOUTS)}"
        )
    missing = sorted(layout.required - frozenset(table.columns))
    if missing:
        raise BadTableError(
            f"the layout {name!r} needs the columns {listed(missing)}, which are missing",
            where=str(table.path),
            remedy=f"The table has {listed(table.columns)}; map them with --map NAME=COLUMN",
        )
    return layout


def _by_layout(columns: Sequence[str], layout: Layout) -> list[tuple[int, Cell]]:
    found = (
        (columns.index(name), cell) for name, cell in layout.columns.items() if name in columns
    )
    return [(index, CELLS[cell] if isinstance(cell, str) else cell) for index, cell in found]


def _by_own_names(columns: Sequence[str]) -> list[tuple[int, Cell]]:
    names = ["_".join(column.casefold().split()) for column in columns]
    return [(names.index(name), cell) for name, cell in CELLS.items() if name in names]


def _check_needed(table: Table, fields: set[str], *, mappable: bool) -> None:
    have = {field.removeprefix("id.") if field.startswith("id.") else field for field in fields}
    have |= {"id"} if "own" in have or "msd" in have else set()
    if any(have.issuperset(needed) for needed in NEEDED):
        return
    missing = [name for name in NEEDED[0] if name not in have]
    if mappable:
        how = "say which is which with " + " ".join(f'--map {name}="COLUMN"' for name in missing)
    else:
        how = f"name its columns {' and '.join(missing)} where they hold that"
    raise BadTableError(
        f"no column says {' and '.join(missing)}, and none holds an id of the track",
        where=str(table.path),
        remedy=f"The table has {listed(table.columns)}; {how}",
    )


def listed(columns: Sequence[str]) -> str:
    """Names of columns as a message shows them."""
    shown = ", ".join(repr(name[:40]) for name in columns[:_NAMED])
    more = len(columns) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown
