"""From the cells of a row to a track record.

`RowReader` is compiled once a table, from which column means what, to a short list of
(column, field, parser); a row then costs its parsers and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.records import Attributes, OutsideId, TrackRecord
from segue.sources.values import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from segue.sources.layouts import Cell

    Parser = Callable[[str], Any]

_SINGLE = {"": 0, "attributes": 1, "id": 2}
"""Where a single value goes, by the group of its field."""


class BadRowError(ValueError):
    """A row that is no track; the message is the reason, naming column and value."""


class RowReader:
    """Makes a record of every row of one table.

    Parameters
    ----------
    columns
        The names of all columns, for messages.
    cells
        (index, meaning) of every column that means something. Where two columns fill one field,
        lists are joined in the order of the columns, and of single values the first known stands.
    nameless
        Whether a row may have neither a title nor an id.
    """

    def __init__(
        self,
        columns: Sequence[str],
        cells: Iterable[tuple[int, Cell]],
        *,
        nameless: bool = False,
    ) -> None:
        self._columns = columns
        self._nameless = nameless
        self._single: list[tuple[int, int, str, Parser]] = []
        self._several: list[tuple[int, str, Parser]] = []
        for index, cell in sorted(cells, key=lambda pair: pair[0]):
            group, _, name = cell.field.rpartition(".")
            if group == "label":
                self._several.append((index, "labels", _labels(name, cell)))
            elif cell.field in {"artists", "genres"}:
                self._several.append((index, name, cell.parse))
            else:
                self._single.append((index, _SINGLE[group], name, cell.parse))
        # Later ones overwrite, so the first column of a field has to come last.
        self._single.reverse()

    def __call__(self, row: Sequence[str], place: str) -> TrackRecord:
        """Read one row.

        Parameters
        ----------
        row
            One cell a column.
        place
            Where the row stands, for later messages.

        Raises
        ------
        BadRowError
            A cell is not what its column holds, or the row names neither a title nor an id.
        """
        record: dict[str, Any] = {}
        known: dict[str, Any] = {}
        ids: dict[str, str] = {}
        found = (record, known, ids)
        index = 0
        try:
            for index, group, name, parse in self._single:
                if (value := parse(row[index])) is not None:
                    found[group][name] = value
            for index, name, parse in self._several:
                if (value := parse(row[index])) is not None:
                    held = record.get(name)
                    record[name] = tuple(dict.fromkeys((*held, *value))) if held else value
        except ValueError as problem:
            raise BadRowError(
                f"column {self._columns[index]!r} holds {shorten(row[index])}, which {problem}"
            ) from None
        if not (ids or "title" in record or self._nameless):
            raise BadRowError("it has neither a title nor an id")
        return TrackRecord(
            outside_ids=tuple([OutsideId(*pair) for pair in reversed(ids.items())]),
            attributes=_attributes(known),
            place=place,
            **record,
        )


def _labels(kind: str, cell: Cell) -> Parser:
    """A parser that gives (kind, word) pairs, from a list of words or from a yes."""

    def words(text: str) -> tuple[tuple[str, str], ...] | None:
        found = cell.parse(text)
        return tuple((kind, str(word).casefold()) for word in found) if found else None

    def yes(text: str) -> tuple[tuple[str, str], ...] | None:
        return ((kind, cell.value),) if cell.parse(text) else None

    return yes if cell.value else words


def _attributes(known: dict[str, Any]) -> Attributes | None:
    """Attributes from what is known; a key's name may bring the mode along."""
    if not known:
        return None
    if "key" in known:
        known["key"], mode = known["key"]
        if mode is not None:
            known.setdefault("mode", mode)
    return Attributes(**known)
