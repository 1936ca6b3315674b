"""Servers for tests: a PostgreSQL of our own, on a free port, gone when the tests are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from postgres_server import PostgresServer, missing

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running server, without a database; it is never stopped in between."""
    if missing():
        pytest.skip(missing())
    with PostgresServer() as server:
        yield server.url


@pytest.fixture(scope="module")
def guarded_postgres() -> Iterator[PostgresServer]:
    """A server that asks for a password, and that tests may stop and begin again."""
    if missing():
        pytest.skip(missing())
    with PostgresServer(word="s3cr3t-w0rd") as server:
        yield server
