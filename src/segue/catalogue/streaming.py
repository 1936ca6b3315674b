"""Long answers of the database, a few thousand rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Select

AT_ONCE = 20_000


def streamed(
    connection: Connection, query: Select[Any], *, at_once: int = AT_ONCE
) -> Iterator[Sequence[Any]]:
    """The rows of a query in portions, so that they are never all held."""
    options = {"stream_results": True, "yield_per": at_once}
    with connection.execute(query, execution_options=options) as result:
        yield from result.partitions()
