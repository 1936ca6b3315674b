"""Alembic's entry: run the scripts on the connection we were given, in its transaction."""

from __future__ import annotations

from alembic import context

from segue.catalogue.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
