"""Rows of a Parquet file, in batches, as text.

Values become the text a CSV of the same table would hold (32-bit 0.91 is "0.91", null is blank,
a list is a list literal), so that every table is understood by one set of rules. Only the columns
that mean something are read, and memory holds one batch.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

from segue.errors import BadTableError
from segue.records import Rejection
from segue.sources.delimited import MAX_CELL, TOO_LONG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from segue.types import Progress

_BATCH = 8_192


class ColumnarTable:
    """A Parquet table: its columns, and its rows one at a time.

    Raises
    ------
    BadTableError
        The file is not Parquet, or is damaged at its end, where its columns are described.
    """

    unit = "row"

    def __init__(self, path: Path) -> None:
        import pyarrow as pa

        self.path = path
        try:
            with self._open() as file:
                self.columns: tuple[str, ...] = tuple(file.schema_arrow.names)
                self._types = list(file.schema_arrow.types)
                self._total = int(file.metadata.num_rows)
        except (pa.ArrowException, OSError) as problem:
            raise BadTableError(
                f"this cannot be read as a Parquet table ({_first_line(problem)})",
                where=str(path),
                remedy="Give a whole Parquet file, or a CSV",
            ) from None

    def _open(self) -> Any:  # noqa: ANN401 (pyarrow has no types)
        import pyarrow.parquet as pq

        return pq.ParquetFile(self.path)

    def rows(
        self, wanted: Sequence[int], *, on_progress: Progress | None = None
    ) -> Iterator[tuple[int, Sequence[str]] | Rejection]:
        """Rows in order, as (row, cells); row 1 is the first.

        Parameters
        ----------
        wanted
            Which columns are read; the cells of all others are blank.
        on_progress
            Called after every batch with (rows read, rows in all, what).

        Yields
        ------
        tuple or Rejection
            One for every row; where the file is damaged, one rejection for the rest.

        Raises
        ------
        BadTableError
            A wanted column holds something that is no text, number, date or list of these.
        """
        import pyarrow as pa

        number = 0
        self._check_types(wanted)
        names = [self.columns[index] for index in wanted]
        with self._open() as file:
            try:
                for batch in file.iter_batches(_BATCH, columns=names, use_threads=False):
                    long = any(column.nbytes > MAX_CELL for column in batch.columns)
                    for cells in self._cells(batch, wanted):
                        number += 1
                        if long and max(map(len, cells)) > MAX_CELL:
                            yield self._rejection(number, TOO_LONG)
                        else:
                            yield number, cells
                    if on_progress is not None:
                        on_progress(number, self._total, f"reading {self.path.name}")
            except (pa.ArrowException, OSError, UnicodeDecodeError) as problem:
                reason = f"the file is damaged from here on ({_first_line(problem)})"
                yield self._rejection(number + 1, reason)

    def _cells(self, batch: Any, wanted: Sequence[int]) -> Iterable[tuple[str, ...]]:  # noqa: ANN401
        columns: list[Iterable[str]] = [repeat("", batch.num_rows) for _ in self.columns]
        for place, index in enumerate(wanted):
            columns[index] = _as_text(batch.column(place))
        return zip(*columns, strict=True)

    def _check_types(self, wanted: Sequence[int]) -> None:
        import pyarrow as pa

        for index in wanted:
            kind = self._types[index]
            inner = kind.value_type if _is_list(kind) or pa.types.is_dictionary(kind) else kind
            if pa.types.is_nested(inner):
                raise BadTableError(
                    f"column {self.columns[index]!r} holds {kind}, which is neither text, number, "
                    "date nor a list of them",
                    where=str(self.path),
                    remedy="Flatten the column, or leave it out of the mapping",
                )

    def _rejection(self, number: int, reason: str) -> Rejection:
        return Rejection(place=str(self.path), line=number, reason=reason)


def _is_list(kind: Any) -> bool:  # noqa: ANN401
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _as_text(column: Any) -> list[str]:  # noqa: ANN401
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if _is_list(column.type):
        return [
            "" if items is None else repr([str(item) for item in items if item is not None])
            for items in column.to_pylist()
        ]
    found: list[str] = column.cast(pa.large_string()).fill_null("").to_pylist()
    return found


def _first_line(problem: Exception) -> str:
    return str(problem).partition("\n")[0].rstrip(". ")
