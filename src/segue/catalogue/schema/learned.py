"""What was computed and learned: vectors, which of them stand, what training found out."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, LargeBinary, Table, Text, text

from segue.catalogue.schema.shape import metadata, track

vectors = Table(
    "vectors",
    metadata,
    track(),
    Column("space", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("content_hash", Text, comment="the file it was computed from; empty: training"),
    Column("data", LargeBinary, nullable=False, comment="little-endian, row by row"),
    Column("numbers", Text, nullable=False, server_default=text("'float32'"), comment="of data"),
    Column("width", Integer, comment="numbers in a row of data; empty: all of them, one row"),
    Index("ix_vectors_space", "space", "version"),
)

standing = Table(
    "standing",
    metadata,
    Column("space", Text, primary_key=True),
    Column("version", Text, nullable=False, comment="of the vectors that answers are made from"),
    Column("unproven", Boolean, nullable=False, comment="whether its embedder is"),
    Column("since", Double, nullable=False),
    comment="spaces of embedders: which version stands while another is being made",
)

trained = Table(
    "trained",
    metadata,
    Column("name", Text, primary_key=True, comment="of a space or a lens"),
    Column("version", Text, nullable=False, comment="of the space's vectors, where it has any"),
    Column("state", Text, nullable=False, comment="parameters and where they come from, JSON"),
    Column("arrays", LargeBinary, comment="npz, never pickled; empty: none"),
    Column("created", Double, nullable=False),
    comment="what training found out, and spaces and lenses are built with",
)
