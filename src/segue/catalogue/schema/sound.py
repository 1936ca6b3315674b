"""Files and what was heard in them; one row a file, a stage of analysis, a recording."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)

from segue.catalogue.schema.shape import content, link, metadata

libraries = Table(
    "libraries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("root", Text, nullable=False, unique=True),
    Column("scanned", Double),
)

files = Table(
    "files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("library_id", ForeignKey("libraries.id", ondelete="CASCADE"), index=True),
    Column("path", Text, nullable=False, unique=True, comment="absolute"),
    Column("content_hash", Text, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("modified", Double, nullable=False),
    Column("format", Text, nullable=False),
    Column("duration", Double),
    Column("art", Boolean, nullable=False, default=False),
    Column("founded", Boolean, nullable=False, default=False, comment="its tags named the track"),
    Column("missing_since", Double, comment="set when a scan no longer finds the path"),
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False, index=True),
    link(),
)

ledger = Table(
    "ledger",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("stage", Text, primary_key=True, comment="what was asked: descriptors, …"),
    Column("version", Text, primary_key=True),
    Column(
        "parameters", Text, nullable=False, server_default=text("''"), comment="how it was asked"
    ),
    Column("state", Text, nullable=False, comment="queued, analysed, failed, skipped"),
    Column("reason", Text, nullable=False, default="", comment="a sentence a person understands"),
    Column("seconds", Double),
    Column("attempts", SmallInteger, nullable=False, default=0),
    Column("changed", Double, nullable=False),
    Index("ix_ledger_state", "stage", "version", "state"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("duration", Double, nullable=False),
    Column("loudness", Double, comment="LUFS"),
    Column("loudness_range", Double, comment="LU"),
    Column("true_peak", Double, comment="dBTP"),
    Column("waveform", LargeBinary, nullable=False, comment="a byte a peak"),
    Column("waveform_rate", Double, nullable=False, comment="peaks a second"),
    Column("fingerprint", LargeBinary, nullable=False, comment="uint32, little-endian"),
    Column("warning", Text, nullable=False),
    comment="what a file says played from end to end; whoever has the file has its recording",
)

compared = Table(
    "compared",
    metadata,
    content("content_hash"),
    Column("version", Text, nullable=False, comment="of comparing"),
    Column("recording", Integer, index=True, comment="shared by all that hold it; empty: one file"),
    comment="files whose fingerprints were held against all others",
    sqlite_with_rowid=False,
)

matches = Table(
    "matches",
    metadata,
    content("first"),
    content("second", index=True),
    Column("later", Double, nullable=False, comment="seconds that the second begins after it"),
    Column("seconds", Double, nullable=False, comment="for how long both were heard"),
    Column("likeness", Double, nullable=False, comment="1: no bit differs; 0: as by chance"),
    Column("whole", Boolean, nullable=False, comment="else one is a part of the other"),
    comment="pairs of files that hold the same recording, first < second",
    sqlite_with_rowid=False,
)
