"""Columns of text for millions of rows: read like tuples, held like arrays.

A Python string takes fifty bytes beside its letters, and a tuple of one as many again. `Texts`
holds all of a column's texts as one run of bytes and makes a string when it is asked for one;
`Pooled` holds each different value once and a number a row, `Lists` several texts a row. `Sorted`
finds the row of a text in a column that is in order, as a dictionary would, `Alike` the rows of a
text in any column, and `Known` what is known of some rows only.

A run of bytes may lie in a file that is mapped to memory (`segue.snapshots`): it is read and never
written to.
"""

from __future__ import annotations

from abc import abstractmethod
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from segue.types import Rows

T = TypeVar("T")
U = TypeVar("U")
S = TypeVar("S", bound=str)


class Column(Sequence[T], Generic[T]):
    """What all columns share: a slice is a tuple, and a column equals a tuple of the same."""

    @abstractmethod
    def _one(self, row: int) -> T:
        """The value of a row from 0 on."""

    @overload
    def __getitem__(self, row: int) -> T: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[T]: ...
    def __getitem__(self, row: int | slice) -> T | Sequence[T]:
        """The value of a row, or a tuple of those of some."""
        # The most frequent by far, and asked hundreds of times for one answer.
        if row.__class__ is int and row >= 0:
            try:
                return self._one(row)
            except IndexError:
                raise IndexError(f"row {row} of {len(self)}") from None
        if isinstance(row, slice):
            return tuple(self._one(each) for each in range(*row.indices(len(self))))
        count = len(self)
        if not -count <= row < count:
            raise IndexError(f"row {row} of {count}")
        return self._one(row % count)

    def __eq__(self, other: object) -> bool:
        """Whether another sequence holds the same values."""
        if not isinstance(other, Sequence) or isinstance(other, str) or len(self) != len(other):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    # Two that are equal would need the same hash as a tuple: all values for one number.
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__} of {len(self):,} rows"


class Texts(Column[S]):
    """Texts as one run of UTF-8.

    Parameters
    ----------
    texts
        By row; lone surrogates, which UTF-8 has no bytes for, are kept.
    """

    def __init__(self, texts: Iterable[S]) -> None:
        run, ends = bytearray(), array("Q", [0])
        for text in texts:
            run += text.encode("utf-8", "surrogatepass")
            ends.append(len(run))
        self._hold(bytes(run), np.array(ends, dtype=np.uint32 if len(run) < 2**32 else np.uint64))

    @classmethod
    def joined(cls, parts: Sequence[Texts[S]]) -> Texts[S]:
        """The texts of several columns, one after the other."""
        lengths = [np.diff(part._ends.astype(np.int64)) for part in parts]
        ends = np.concatenate([np.zeros(1, dtype=np.int64), *lengths]).cumsum()
        kind = np.uint32 if int(ends[-1]) < 2**32 else np.uint64
        return cls._of(b"".join(part._run for part in parts), ends.astype(kind))

    @classmethod
    def _of(cls, run: bytes, ends: NDArray[np.unsignedinteger]) -> Texts[S]:
        made = cls(())
        made._hold(run, ends)
        return made

    def _hold(self, run: bytes, ends: NDArray[np.unsignedinteger]) -> None:
        self._run, self._ends = memoryview(run), ends
        # A view gives whole numbers of Python, and faster than an array does.
        self._edges = ends.data

    def __reduce__(self) -> tuple[Any, ...]:
        """A view cannot be sent to another process, and what it shows can."""
        return self._of, (bytes(self._run), self._ends)

    def taken(self, order: Rows) -> Texts[S]:
        """The texts of some rows, in this order."""
        starts, ends = (edge[order].astype(np.int64) for edge in (self._ends[:-1], self._ends[1:]))
        lengths = ends - starts
        after = np.concatenate([[0], np.cumsum(lengths)])
        # Where each byte comes from: the start of its text, and how far into that it is.
        where = np.repeat((starts - after[:-1]).astype(np.int64), lengths)
        where += np.arange(int(after[-1]))
        run = np.frombuffer(self._run, dtype=np.uint8)[where].tobytes()
        return self._of(run, after.astype(self._ends.dtype))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def _one(self, row: int) -> S:
        edges = self._edges
        return self._decoded(self._run[edges[row] : edges[row + 1]])

    @staticmethod
    def _decoded(run: bytes | memoryview) -> S:
        text: S = str(run, "utf-8", "surrogatepass")  # type: ignore[assignment]
        return text

    def __iter__(self) -> Iterator[S]:
        # Parts of bytes are read twice as fast as parts of a view.
        start, run = 0, bytes(self._run)
        for end in self._ends[1:].tolist():
            yield self._decoded(run[start:end])
            start = end


class Pooled(Column[T]):
    """Values of which many rows have the same.

    Parameters
    ----------
    values
        By row; of equal ones the first is kept for all.

    Attributes
    ----------
    pool
        Each different value once.
    """

    def __init__(self, values: Iterable[T]) -> None:
        codes: dict[T, int] = {}
        numbers = array("i", (codes.setdefault(each, len(codes)) for each in values))
        self._numbers, self.pool = np.array(numbers, dtype=np.int32), tuple(codes)

    @classmethod
    def of(cls, numbers: NDArray[np.int32], pool: Iterable[T]) -> Pooled[T]:
        """From the place in `pool` of each row's value."""
        made = cls(())
        made._numbers, made.pool = numbers, tuple(pool)
        return made

    def taken(self, order: Rows) -> Pooled[T]:
        """The values of some rows, in this order."""
        return self.of(self._numbers[order], self.pool)

    def read_as(self, pool: Iterable[U]) -> Pooled[U]:
        """The same rows with other values, one for each of `pool`."""
        return Pooled.of(self._numbers, pool)

    def __len__(self) -> int:
        return len(self._numbers)

    def _one(self, row: int) -> T:
        value: T = self.pool[int(self._numbers[row])]
        return value

    def __iter__(self) -> Iterator[T]:
        return map(self.pool.__getitem__, self._numbers.tolist())


class Sorted(Mapping[S, int], Generic[S]):
    """The row of each text of a column whose texts are all different and ascend."""

    def __init__(self, texts: Sequence[S]) -> None:
        self._texts = texts

    def __getitem__(self, text: S) -> int:
        """The row of a text; KeyError where no row has it."""
        if isinstance(text, str):
            row = bisect_left(self._texts, text)
            if row < len(self._texts) and self._texts[row] == text:
                return row
        raise KeyError(text)

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[S]:
        return iter(self._texts)


class Alike:
    """The rows of each text, found by a number that follows from it: eight bytes a row.

    Parameters
    ----------
    texts
        One a row.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        numbers = np.array(array("I", map(_number_of, texts)), dtype=np.uint32)
        order = np.argsort(numbers, kind="stable")
        self._numbers, self._rows = numbers[order], order.astype(np.int32)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def rows(self, text: str) -> list[int]:
        """Every row that has a text, ascending; once in a few million, one of another among them.

        Who asks compares.
        """
        number = np.uint32(_number_of(text))
        first = self._numbers.searchsorted(number)
        last = self._numbers.searchsorted(number, side="right")
        found: list[int] = self._rows[first:last].tolist()
        return found


def _number_of(text: str) -> int:
    """The same on every machine and in every process, unlike a hash of Python's."""
    return crc32(text.encode("utf-8", "surrogatepass"))


class Lists(Column[tuple[str, ...]]):
    """Several texts a row, in the order given.

    Parameters
    ----------
    values
        By row; a row may have none.
    """

    def __init__(self, values: Iterable[Sequence[str]]) -> None:
        held = list(values)
        self._texts: Texts[str] = Texts(text for texts in held for text in texts)
        counts = np.array([len(texts) for texts in held], dtype=np.int64)
        self._begins: Rows = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])

    def __len__(self) -> int:
        return len(self._begins) - 1

    def _one(self, row: int) -> tuple[str, ...]:
        return tuple(self._texts[int(self._begins[row]) : int(self._begins[row + 1])])


class Known(Mapping[int, T], Generic[T]):
    """What is known of some rows, read like a dictionary from row to value.

    Parameters
    ----------
    numbers
        By row which of `values` is its own, -1 where nothing is known; shape (tracks,).
    values
        A column with as many values as rows that are known.
    """

    def __init__(self, numbers: NDArray[np.int32], values: Sequence[T]) -> None:
        self._numbers, self._values = numbers, values

    @classmethod
    def texts(cls, known: Mapping[int, str], *, rows: int) -> Known[str]:
        """Texts of some of so many rows."""
        return Known(_numbered(known, rows), Texts(known[row] for row in sorted(known)))

    @classmethod
    def pooled(cls, known: Mapping[int, str], *, rows: int) -> Known[str]:
        """Texts of some of so many rows, of which many are the same."""
        return Known(_numbered(known, rows), Pooled(known[row] for row in sorted(known)))

    @classmethod
    def lists(cls, known: Mapping[int, Sequence[str]], *, rows: int) -> Known[tuple[str, ...]]:
        """Several texts each of some of so many rows."""
        return Known(_numbered(known, rows), Lists(known[row] for row in sorted(known)))

    def _place(self, row: object) -> int:
        """Where the value of a row stands; -1 where nothing is known."""
        if not isinstance(row, int | np.integer) or not 0 <= row < len(self._numbers):
            return -1
        return int(self._numbers[row])

    def __getitem__(self, row: int) -> T:
        """The value of a row; KeyError where nothing is known."""
        place = self._place(row)
        if place < 0:
            raise KeyError(row)
        return self._values[place]

    @overload
    def get(self, row: int, /) -> T | None: ...
    @overload
    def get(self, row: int, default: T | U, /) -> T | U: ...
    def get(self, row: int, default: T | U | None = None, /) -> T | U | None:
        """The value of a row, or `default`; a million rows are asked, so nothing is raised."""
        place = self._place(row)
        return default if place < 0 else self._values[place]

    def __contains__(self, row: object) -> bool:
        return self._place(row) >= 0

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[int]:
        return iter(np.flatnonzero(self._numbers >= 0).tolist())


def _numbered(known: Mapping[int, object], rows: int) -> NDArray[np.int32]:
    """The place of each row among those known, ascending; -1 for the others."""
    numbers = np.full(rows, -1, dtype=np.int32)
    numbers[sorted(known)] = np.arange(len(known), dtype=np.int32)
    return numbers
