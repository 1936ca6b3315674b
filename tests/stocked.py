"""Catalogues with something in every table and column, and what two are compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from segue.catalogue.schema import metadata

if TYPE_CHECKING:
    from sqlalchemy import Column

    from segue.catalogue.database import Database

_EACH = 3
_FIRST = 1_000_001
_TEXT = "Ünï ‘夜’ 🎧 a\tb\nc\\ \\N 'q' \"d\" {number}"
"""With what formats of tables give a meaning to."""


def stock(db: Database) -> None:
    """Put three rows into every table: the largest values, the oddest texts, and nulls."""
    with db.write() as connection:
        for table in metadata.sorted_tables:
            if table.name == "meta":
                connection.execute(insert(table).values(name="own", value="ö"))
                continue
            rows = [{c.name: _value(c, n) for c in table.columns} for n in range(_EACH)]
            connection.execute(insert(table), rows)


def contents(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order that does not depend on the database."""
    with db.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def _value(column: Column[Any], number: int) -> object:
    """What stands in a column of the row of that number; the last row has nulls where it may."""
    if number == _EACH - 1 and column.nullable:
        return None
    for key in column.foreign_keys:
        return _value(key.column, number)
    kind = column.type.python_type
    if kind is bool:
        return number % 2 == 0
    if kind is float:
        return (0.1 + number, -1e-300, float("inf"))[number] if column.nullable else number + 0.1
    if kind is bytes:
        return bytes(range(256)) * (number + 1)
    if kind is int:
        small = type(column.type).__name__ == "SmallInteger"
        return (32_000 if small else _FIRST) + number
    return _TEXT.format(number=number)
