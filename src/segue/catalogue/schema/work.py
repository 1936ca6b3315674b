"""What the catalogue says of itself, and work in the background."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, Table, Text

from segue.catalogue.schema.shape import metadata

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="epoch (grows with every write that changes an answer), created, writer version",
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False, comment="scan, analyse, import, …"),
    Column("payload", Text, nullable=False, comment="JSON"),
    Column("state", Text, nullable=False, comment="queued, running, done, failed"),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer),
    Column("message", Text, nullable=False, default=""),
    Column("created", Double, nullable=False),
    *(Column(name, Double) for name in ("started", "finished", "heartbeat")),
    Index("ix_jobs_state", "state", "created"),
)
