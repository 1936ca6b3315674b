"""Many rows at once: plain tuples straight to the driver.

SQLAlchemy's own way builds a dictionary of parameters for every row, which takes longer than
SQLite takes to store it. Here the statement is written once and the driver gets the tuples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert `rows`, each a value for every one of `columns`; nothing happens without any."""
    if not rows:
        return
    named = ", ".join(_quoted(connection, table, name) for name in columns)
    marks = ", ".join([_mark(connection)] * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({named}) VALUES ({marks})", list(rows))  # noqa: S608


def update_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Set `columns` of the rows of a table; each tuple ends with the row's ``id``."""
    if not rows:
        return
    mark = _mark(connection)
    named = ", ".join(f"{_quoted(connection, table, name)} = {mark}" for name in columns)
    connection.exec_driver_sql(f"UPDATE {table.name} SET {named} WHERE id = {mark}", list(rows))  # noqa: S608


def _quoted(connection: Connection, table: Table, name: str) -> str:
    """The column's name as SQL; an unknown one is a `KeyError`."""
    return connection.dialect.identifier_preparer.quote(table.c[name].name)


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"
