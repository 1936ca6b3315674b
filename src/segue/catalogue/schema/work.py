"""What the catalogue says of itself, work in the background, and files that listeners brought."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)

from segue.catalogue.schema.shape import metadata

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="epoch (grows with every write that changes an answer), created, writer, last_job",
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False, comment="scan, upload, waveform, teach, map"),
    Column("payload", Text, nullable=False, comment="JSON"),
    Column("state", Text, nullable=False, comment="queued, running, done, failed, cancelled"),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer),
    Column("message", Text, nullable=False, default=""),
    Column("created", Double, nullable=False),
    *(Column(name, Double) for name in ("started", "finished", "heartbeat")),
    Column("address", Text, nullable=False, server_default=text("''"), comment="of what came"),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("owner", Text, nullable=False, server_default=text("''"), comment="who runs it"),
    Column("refused", Text, nullable=False, server_default=text("'[]'"), comment="[place, reason]"),
    Index("ix_jobs_state", "state", "created"),
    # A payload may hold a path longer than a page of a tree of PostgreSQL has room for.
    Index("ix_jobs_payload", "payload", postgresql_using="hash"),
)

uploads = Table(
    "uploads",
    metadata,
    Column("token", Text, primary_key=True, comment="the unguessable part of its address"),
    Column("name", Text, nullable=False, comment="what its sender calls it"),
    Column("size", BigInteger, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("state", Text, nullable=False, comment="waiting, heard, refused, kept"),
    Column("reason", Text, nullable=False, comment="why it was refused"),
    Column("kept", Text, comment="where it lies in the catalogue's own folder"),
    Column("created", Double, nullable=False),
    Column("expires", Double, nullable=False),
    *(Column(n, Double) for n in ("duration", "loudness", "loudness_range", "true_peak")),
    Column("waveform", LargeBinary, comment="a byte a peak; empty: not measured yet"),
    Column("waveform_rate", Double, comment="peaks a second"),
    Column("warning", Text, nullable=False, server_default=text("''")),
    Index("ix_uploads_expires", "expires"),
    comment="files that listeners brought, until they expire",
)

once = Table(
    "once",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("listener", "key")),
    Column("digest", Text, nullable=False, comment="of what was asked with the key"),
    Column("answer", Text, comment="JSON; null: it is being made"),
    Column("created", Double, nullable=False, index=True),
    comment="requests that are answered once however often they are sent, for a day",
)
