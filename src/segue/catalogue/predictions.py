"""Predictions in SQL: those of one model at a time, each of the vector its track has now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, select

from segue.catalogue.bulk import insert_rows
from segue.catalogue.database import bump
from segue.catalogue.guesses import keep, kept
from segue.catalogue.provenance import PREDICTED
from segue.catalogue.schema import attributes, vectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from segue.catalogue.database import Database
    from segue.catalogue.guesses import Described
    from segue.types import Floats


def put(
    connection: Connection,
    said: Described,
    values: Mapping[str, Floats],
    *,
    provenance: str,
    digest: str,
    space: str,
    version: str,
) -> int:
    """Store predictions in the caller's transaction; how many there was still a place for.

    None where another model stands by now (`turn_to`).

    Parameters
    ----------
    said
        The tracks, with the vectors that were predicted from. Those that have another vector by
        now, or a prediction already, are left out.
    values
        By name of an attribute, shape (tracks,), NaN where the model says nothing.
    """
    if not current(connection, provenance=provenance, digest=digest):
        return 0
    numbers = said.numbers.tolist()
    now = select(vectors.c.track_id, vectors.c.content_hash).where(
        vectors.c.space == space,
        vectors.c.version == version,
        vectors.c.track_id.between(min(numbers), max(numbers)),
    )
    has = select(attributes.c.track_id).where(
        attributes.c.provenance == provenance,
        attributes.c.track_id.between(min(numbers), max(numbers)),
    )
    hashes = {row.track_id: row.content_hash for row in connection.execute(now)}
    done = set(connection.execute(has).scalars())
    names = tuple(values)
    table = zip(*(_numbers(values[name], whole=name in _WHOLE) for name in names), strict=True)
    rows = [
        (number, provenance, *row)
        for number, content_hash, row in zip(numbers, said.hashes, table, strict=True)
        if hashes.get(number) == content_hash and number not in done
    ]
    insert_rows(connection, attributes, ("track_id", "provenance", *names), rows)
    if rows:
        bump(connection)
    return len(rows)


_WHOLE = {"key", "mode"}


def turn_to(connection: Connection, *, provenance: str, digest: str) -> int:
    """Make one model the one whose predictions stand; how many rows of others were taken away.

    Parameters
    ----------
    provenance, digest
        Of the model, and what tells it from an earlier one of its name; both empty for none.
    """
    if current(connection, provenance=provenance, digest=digest):
        return 0
    gone = connection.execute(
        delete(attributes).where(attributes.c.provenance.startswith(f"{PREDICTED}:"))
    ).rowcount
    keep(connection, _MARK, _mark(provenance, digest))
    if gone:
        bump(connection)
    return gone


def current(connection: Connection, *, provenance: str, digest: str) -> bool:
    """Whether this model is the one whose predictions stand; parameters as `turn_to`."""
    return kept(connection, _MARK) == _mark(provenance, digest)


def lacking(db: Database, *, provenance: str, space: str, version: str) -> int:
    """How many tracks with a vector have no prediction of this model."""
    has = (attributes.c.track_id == vectors.c.track_id) & (attributes.c.provenance == provenance)
    query = (
        select(func.count())
        .select_from(vectors)
        .where(vectors.c.space == space, vectors.c.version == version, ~exists().where(has))
    )
    with db.read() as connection:
        return int(connection.execute(query).scalar_one())


_MARK = "predictions"


def _mark(provenance: str, digest: str) -> str:
    return f"{provenance} {digest}".strip()


def _numbers(column: Floats, *, whole: bool) -> Sequence[float | int | None]:
    """A column as the database takes it: None for NaN."""
    known = [None if value != value else value for value in column.tolist()]  # noqa: PLR0124
    return [None if value is None else int(value) for value in known] if whole else known
