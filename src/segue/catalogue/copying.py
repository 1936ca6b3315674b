"""Everything one database holds, table by table, into another that is empty.

Which tables there are follows from the migrations, run on the new database up to the revision of
the old one: an old catalogue is copied as it is and brought up to date when it is next opened.
Both sides are in one transaction each, so what is copied is one moment, and whatever goes wrong
leaves nothing behind. Numbers of rows, the epoch and the ledger stay what they are.

What a driver stores goes from the one to the other as it is: a truth value is 0 or 1 in SQLite,
which PostgreSQL's COPY reads as one too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ColumnElement, Connection, column, func, inspect, select, table, text

from segue.catalogue.saving import make_searchable
from segue.catalogue.streaming import streamed
from segue.catalogue.upgrading import build, revision_of
from segue.errors import BadFileError, BadRequestError, InternalError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import psycopg

    from segue.types import Progress

_AT_ONCE = 2_000
"""Rows held at a time; a row may be a vector of some kilobytes."""

_SEARCH = "tracks_fts"
_MADE = frozenset({"searched", "searched_words"})
"""Columns that a server fills by itself (revision 0014)."""

_REVISION = "alembic_version"
_LAST_JOB = "last_job"


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as both databases have it.

    Attributes
    ----------
    name
        Of the table.
    columns
        All of them, by name; not those that a database fills by itself.
    order
        Those of its key: in their order rows are copied.
    """

    name: str
    columns: tuple[str, ...]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a catalogue held at the moment it was copied.

    Attributes
    ----------
    revision
        The shape of its tables.
    epoch
        See `segue.catalogue.database`.
    counts
        Rows by table.
    """

    revision: str
    epoch: int
    counts: Mapping[str, int]

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(self.counts.values())


def holdings(connection: Connection, *, where: str) -> Holdings:
    """What the catalogue behind `connection` holds.

    Raises
    ------
    NotFoundError
        The database is empty.
    BadFileError, UnavailableError
        It is no catalogue, or one of a newer Segue.
    """
    revision = check_there(connection, where=where)
    epoch = connection.execute(text("SELECT value FROM meta WHERE name = 'epoch'")).scalar()
    counts = {name: _count(connection, name) for name in sorted(tables_of(connection))}
    return Holdings(revision, int(epoch or 0), counts)


def check_there(connection: Connection, *, where: str) -> str:
    """The revision of the catalogue behind `connection`; errors as `holdings`."""
    revision = revision_of(connection, where=where)
    if revision is None:
        raise NotFoundError(
            "the database is empty", where=where, remedy="Name the catalogue with --database"
        )
    return revision


def tables_of(connection: Connection) -> list[str]:
    """The tables that are copied, those that others refer to first.

    Left out are the full-text table of SQLite, which is made anew, and the revision.
    """
    ordered = inspect(connection).get_sorted_table_and_fkc_names()
    return [
        name
        for name, _ in ordered
        if name is not None and name != _REVISION and not name.startswith(_SEARCH)
    ]


def check_empty(connection: Connection, *, where: str) -> None:
    """BadRequestError unless the database behind `connection` holds nothing at all."""
    if revision_of(connection, where=where) is not None:
        raise BadRequestError(
            "there is a catalogue already, and nothing is overwritten",
            where=where,
            remedy="Name another file, or an empty database",
        )


def copy_all(
    source: Connection, target: Connection, *, where: str, on_progress: Progress | None = None
) -> Holdings:
    """Copy a catalogue into an empty database, inside the transactions both are in.

    Parameters
    ----------
    source
        In a transaction that sees one moment.
    target
        In a transaction that its caller commits; its database holds nothing.
    where
        The source, as messages name it.
    on_progress
        Told of rows: how many are copied, of how many, and from which table.

    Returns
    -------
    Holdings
        What was copied, counted on both sides.

    Raises
    ------
    NotFoundError, UnavailableError, BadFileError
        The source is empty, of a newer Segue, or holds a value that the target has no room for.
    InternalError
        The counts differ at the end.
    """
    held = holdings(source, where=where)
    build(target, held.revision)
    # Others may keep tables beside ours; those that the migrations made are the catalogue's.
    shapes = [_shape(target, name) for name in tables_of(target)]
    counts = {shape.name: held.counts[shape.name] for shape in shapes}
    done, total = 0, sum(counts.values())
    for shape in shapes:
        for part in _parts(source, shape, target, where=where):
            done += part
            if on_progress is not None:
                on_progress(done, total, shape.name)
    copied = {shape.name: _count(target, shape.name) for shape in shapes}
    if copied != counts:
        wrong = [name for name in counts if copied[name] != counts[name]]
        raise InternalError(
            f"not every row arrived in {', '.join(wrong)}; nothing was kept", where=where
        )
    _go_on_counting(source, target, shapes)
    return Holdings(held.revision, held.epoch, {**counts, "meta": _count(target, "meta")})


def _count(connection: Connection, name: str) -> int:
    return int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())


def _shape(connection: Connection, name: str) -> Shape:
    inspector = inspect(connection)
    named = (str(each["name"]) for each in inspector.get_columns(name))
    columns = tuple(each for each in named if each not in _MADE)
    key = inspector.get_pk_constraint(name)["constrained_columns"]
    return Shape(name, columns, tuple(key))


def _parts(source: Connection, shape: Shape, target: Connection, *, where: str) -> Iterator[int]:
    """Copy a table portion by portion; the rows in each."""
    named: list[ColumnElement[Any]] = [column(name) for name in shape.columns]
    query = select(*named).select_from(table(shape.name)).order_by(*map(column, shape.order))
    portions = streamed(source, query, at_once=_AT_ONCE)
    if target.dialect.name == "sqlite":
        yield from _into_file(target, shape, portions)
        if shape.name == "tracks" and inspect(target).has_table(_SEARCH):
            make_searchable(target, 0)
    else:
        yield from _into_server(target, shape, portions, where=where)


def _into_file(
    target: Connection, shape: Shape, portions: Iterator[Sequence[Any]]
) -> Iterator[int]:
    quote = target.dialect.identifier_preparer.quote
    named = ", ".join(map(quote, shape.columns))
    marks = ", ".join("?" * len(shape.columns))
    statement = f"INSERT INTO {quote(shape.name)} ({named}) VALUES ({marks})"  # noqa: S608
    for rows in portions:
        target.exec_driver_sql(statement, [tuple(row) for row in rows])
        yield len(rows)


def _into_server(
    target: Connection, shape: Shape, portions: Iterator[Sequence[Any]], *, where: str
) -> Iterator[int]:
    from psycopg import DataError, sql

    driver = cast("psycopg.Connection[Any]", target.connection.driver_connection)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(shape.name), sql.SQL(", ").join(map(sql.Identifier, shape.columns))
    )
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for rows in portions:
                for row in rows:
                    copy.write_row(tuple(row))
                yield len(rows)
    except DataError as error:
        raise BadFileError(
            f"the table {shape.name} holds a value that PostgreSQL has no room for"
            f" ({str(error).strip().splitlines()[0]})",
            where=where,
            remedy="Nothing was changed; please report that with the message",
        ) from error


def _go_on_counting(source: Connection, target: Connection, shapes: Sequence[Shape]) -> None:
    """Let the new database give numbers behind the last that was given, to rows that went too."""
    for shape in shapes:
        if shape.order != ("id",):
            continue
        last = max(_last_given(source, shape.name), _last_given(target, shape.name))
        if target.dialect.name == "sqlite":
            if shape.name == "jobs":
                _note_last_job(target, last)
        elif last and (sequence := _sequence(target, shape.name)):
            count_on = text("SELECT setval(CAST(:sequence AS regclass), :last)")
            target.execute(count_on, {"sequence": sequence, "last": last})


def _last_given(connection: Connection, name: str) -> int:
    """The last number of a row; on a server, of rows that are gone as well."""
    there = connection.execute(text(f"SELECT max(id) FROM {name}")).scalar()  # noqa: S608
    # Keys of programs are called by letters.
    last = there if isinstance(there, int) else 0
    if name == "jobs":
        noted = text("SELECT value FROM meta WHERE name = :name")
        last = max(last, int(connection.execute(noted, {"name": _LAST_JOB}).scalar() or 0))
    if connection.dialect.name != "sqlite" and (sequence := _sequence(connection, name)):
        given = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608
        last = max(last, int(given.last_value) if given.is_called else 0)
    return last


def _sequence(connection: Connection, name: str) -> str | None:
    """What counts the rows of a table on a server; None where nothing does."""
    found = connection.execute(select(func.pg_get_serial_sequence(name, "id"))).scalar()
    return None if found is None else str(found)


def _note_last_job(target: Connection, last: int) -> None:
    """SQLite counts on from the rows that are there; see `segue.catalogue.jobs.prune`."""
    target.execute(text("DELETE FROM meta WHERE name = :name"), {"name": _LAST_JOB})
    if last:
        row = {"name": _LAST_JOB, "value": str(last)}
        target.execute(text("INSERT INTO meta (name, value) VALUES (:name, :value)"), row)
