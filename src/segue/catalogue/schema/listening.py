"""What listeners have and say: playlists, plays, opinions, judgements."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, ForeignKey, Integer, Table, Text, UniqueConstraint

from segue.catalogue.schema.shape import link, listener, metadata

listeners = Table(
    "listeners",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created", Double, nullable=False),
)

playlists = Table(
    "playlists",
    metadata,
    Column("id", Integer, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("scheme", "value", "title")),
    Column("description", Text, nullable=False, default=""),
    Column("followers", Integer),
    Column("modified", Double),
    Column("synthetic", Boolean, nullable=False, default=False),
    listener(),
    UniqueConstraint("listener_id", "scheme", "value"),
)

playlist_entries = Table(
    "playlist_entries",
    metadata,
    Column("playlist_id", ForeignKey("playlists.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False, index=True),
    link(),
    sqlite_with_rowid=False,
)

plays = Table(
    "plays",
    metadata,
    Column("id", Integer, primary_key=True),
    listener(),
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), index=True),
    Column("artist_id", ForeignKey("artists.id"), index=True),
    Column("times", Integer, nullable=False),
    Column("at", Double),
    Column("digest", Text, nullable=False, unique=True, comment="makes re-import idempotent"),
    link(),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    listener(),
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Text, nullable=False, comment="like, dislike, skip"),
    Column("at", Double, nullable=False),
    Column("undone", Double),
)

judgements = Table(
    "judgements",
    metadata,
    Column("question", Text, primary_key=True, comment="a key that says nothing"),
    Column("kind", Text, nullable=False, comment="pair, odd"),
    *(Column(name, Text, nullable=False) for name in ("lens_a", "lens_b")),
    Column("seed", Text, nullable=False, comment="public id, as the next two"),
    Column("track_a", Text, nullable=False, comment="what lens_a found"),
    Column("track_b", Text, nullable=False),
    Column("listener", Text, nullable=False),
    Column("asked", Double, nullable=False),
    Column("choice", Text, comment="public id; empty: equal; null: not answered"),
    Column("at", Double),
    comment="blind comparisons of two lenses by listeners",
)
