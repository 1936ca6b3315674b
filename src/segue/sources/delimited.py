"""Rows of a delimited text file, one at a time, whatever is wrong with some of them.

A row that cannot be read becomes a `segue.records.Rejection` with its line, and reading goes on
at the next line. That includes the usual disaster, a quote opened and never closed: the lines it
swallowed are handed back and read again as rows of their own. A quoted cell may hold line breaks;
lines are counted as a text editor counts them.

The file is looked through once before anything is read of it (`encodings.inspect`), so that a
wrong encoding is an error at once. Memory is bounded by the longest row taken (`MAX_ROW`), not
by the file.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from typing import TYPE_CHECKING

from segue.errors import BadTableError
from segue.records import Rejection
from segue.sources.encodings import BREAKS, inspect, open_bytes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

    from segue.types import Progress

MAX_CELL = 1 << 20
"""Characters one cell may hold."""

MAX_ROW = 4 * MAX_CELL
"""Characters one row may hold, in however many lines."""

TOO_LONG = "a cell is longer than a million characters"

_EVERY = 4_096
_QUOTES = "its quotes do not balance: one is never closed, or text follows a closed one"


class _RowTooLongError(Exception):
    """A row that holds more than `MAX_ROW` characters."""


class _Lines:
    """Lines of a text; those of the row being read are kept, so that they can be handed back."""

    def __init__(self, stream: TextIO) -> None:
        self.row: list[str] = []
        self._again: deque[str] = deque()
        self._readline = stream.readline
        self._size = 0

    def __iter__(self) -> _Lines:
        """Itself."""
        return self

    def __next__(self) -> str:
        """The next line with its end; `_RowTooLongError` where the row outgrows its limit."""
        if self._again:
            line = self._again.popleft()
        else:
            line = self._readline(MAX_ROW)
            if not line:
                raise StopIteration
        self.row.append(line)
        if len(line) > MAX_CELL or len(self.row) > 1:
            self._weigh(line)
        return line

    def _weigh(self, line: str) -> None:
        if len(line) == MAX_ROW:
            self.row[-1] = f"{line}\n"
            while line and line[-1] not in "\r\n":
                line = self._readline(MAX_ROW)
        self._size = sum(map(len, self.row)) if len(self.row) < 3 else self._size + len(line)
        if self._size >= MAX_ROW:
            raise _RowTooLongError

    def taken(self) -> int:
        """Forget the row that was read; how many lines it had."""
        count = len(self.row)
        self.row.clear()
        return count

    def hand_back(self) -> None:
        """Keep only the first line of the row as read; the others come again."""
        self._again.extendleft(reversed(self.row[1:]))
        del self.row[1:]


class DelimitedTable:
    """A text table: its columns, and its rows one at a time.

    Parameters
    ----------
    path
        A CSV or TSV file, plain or gzip. Columns are separated by tabs in a ``.tsv``, otherwise
        by whichever of comma, semicolon and tab its first line holds most of.
    encoding
        See `segue.sources.encodings.inspect`.

    Raises
    ------
    BadTableError
        It is empty, or is not text.
    """

    unit = "line"

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        self.path = path
        self._inspected = inspect(path, encoding=encoding)
        with self._text() as stream:
            first = self._first_line(stream)
            tabs = path.name.casefold().removesuffix(".gz").endswith(".tsv")
            self.delimiter = "\t" if tabs else max(",;\t", key=first.count)
        self.columns = self._header()

    def _text(self) -> TextIO:
        return io.TextIOWrapper(
            open_bytes(self.path), encoding=self._inspected.encoding, newline=""
        )

    def _first_line(self, stream: TextIO) -> str:
        try:
            first = stream.readline(MAX_ROW)
        except BREAKS as problem:
            raise BadTableError(
                f"the compressed file breaks off in its first line ({problem})",
                where=str(self.path),
                remedy="Fetch it again",
            ) from None
        if not first.strip():
            raise BadTableError(
                "the file is empty or its first line is blank",
                where=str(self.path),
                remedy="Give a table whose first line names its columns",
            )
        return first

    def _header(self) -> tuple[str, ...]:
        rows = self._read(width=None)
        first = next(rows)
        rows.close()
        if isinstance(first, Rejection):
            raise BadTableError(
                f"the line with the column names cannot be read: {first.reason}",
                where=str(self.path),
                remedy="Mend the first line",
            )
        return tuple(name.strip() for name in first[1])

    def rows(
        self, wanted: Sequence[int], *, on_progress: Progress | None = None
    ) -> Iterator[tuple[int, Sequence[str]] | Rejection]:
        """Rows in order, as (line, cells) with as many cells as there are columns.

        Parameters
        ----------
        wanted
            Ignored: a line of text is read as a whole.
        on_progress
            Called now and then with (lines read, lines in all, what).

        Yields
        ------
        tuple or Rejection
            One for every row after the first; blank lines are none.
        """
        del wanted
        rows = self._read(width=len(self.columns), on_progress=on_progress)
        next(rows)
        yield from rows

    def _read(
        self, *, width: int | None, on_progress: Progress | None = None
    ) -> Generator[tuple[int, Sequence[str]] | Rejection]:
        csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))
        total, what = self._inspected.lines, f"reading {self.path.name}"
        with self._text() as stream:
            lines = _Lines(stream)
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            line, report, broken = 1, _EVERY, ""
            while True:
                cells: list[str] = []
                try:
                    cells, fault = _attempt(reader, lines, width)
                except StopIteration:
                    break
                except BREAKS as problem:
                    broken = f"the compressed file breaks off here ({problem})"
                    fault = _QUOTES
                    if not lines.row:
                        break
                if fault:
                    lines.hand_back()
                    yield self._rejection(line, fault)
                elif cells:
                    yield line, cells
                line += lines.taken()
                if on_progress is not None and line >= report:
                    on_progress(min(line, total), total, what)
                    report = line + _EVERY
            if broken:
                yield self._rejection(line, broken)
        if on_progress is not None:
            on_progress(total, total, what)

    def _rejection(self, line: int, reason: str) -> Rejection:
        return Rejection(place=str(self.path), line=line, reason=reason)


def _attempt(
    reader: Iterator[list[str]], lines: _Lines, width: int | None
) -> tuple[list[str], str]:
    """The next row's cells, and what is wrong with it (empty for nothing)."""
    try:
        cells = next(reader)
    except csv.Error as problem:
        long = "larger" in str(problem) and len(lines.row) == 1
        return [], TOO_LONG if long else _QUOTES
    except _RowTooLongError:
        return [], TOO_LONG if len(lines.row) == 1 else _QUOTES
    return cells, _fault(cells, lines.row, width)


def _fault(cells: list[str], row: list[str], width: int | None) -> str:
    """What is wrong with a row that came apart into cells; empty for nothing."""
    if width is not None and cells and len(cells) != width:
        if len(row) > 1:
            return _QUOTES
        return f"it has {len(cells)} cells, the first line names {width} columns"
    if len(row[0]) > MAX_CELL and max(map(len, cells), default=0) > MAX_CELL:
        return TOO_LONG
    return ""
