"""What is known of music: tracks, who made them, their names elsewhere, how they came to be one."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
)

from segue.catalogue.schema.shape import link, metadata, track
from segue.records import CONTINUOUS

albums = Table(
    "albums",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True, comment="folded title | artist key"),
)

tracks = Table(
    "tracks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("credit", Text, nullable=False, comment="artists as shown, joined by ' ; '"),
    Column("title_key", Text, nullable=False),
    Column("artist_key", Text, nullable=False, comment="first real artist; empty: nobody's"),
    Column("album_id", ForeignKey("albums.id"), index=True),
    Column("track_number", Integer),
    Column("duration", Double),
    Column("year", SmallInteger),
    Column("explicit", Boolean),
    Column("popularity", Double),
    Column("language", Text),
    Column("synthetic", Boolean, nullable=False, default=False),
    Column("created", Double, nullable=False),
    Index("ix_tracks_name", "title_key", "artist_key"),
)

artists = Table(
    "artists",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True, comment="segue.names.artist_key"),
)

track_artists = Table(
    "track_artists",
    metadata,
    track(),
    Column("position", SmallInteger, primary_key=True),
    Column("artist_id", ForeignKey("artists.id"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

genres = Table(
    "genres",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True, comment="lower case, single spaces"),
)

track_genres = Table(
    "track_genres",
    metadata,
    track(),
    Column("genre_id", ForeignKey("genres.id"), primary_key=True, index=True),
    link(),
    sqlite_with_rowid=False,
)

track_labels = Table(
    "track_labels",
    metadata,
    track(),
    Column("kind", Text, primary_key=True, comment="tag, emotion, mood, style, …"),
    Column("value", Text, primary_key=True),
    link(),
    sqlite_with_rowid=False,
)

lyrics = Table(
    "lyrics",
    metadata,
    track(),
    Column("text", Text, nullable=False),
    link(),
)

outside_ids = Table(
    "outside_ids",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("scheme", "value")),
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False, index=True),
    link(),
    Column("attached", Double, comment="when a caller attached it; null: it came with a record"),
    comment="scheme 'record' holds a digest of a record that came without any id",
    sqlite_with_rowid=False,
)

attributes = Table(
    "attributes",
    metadata,
    track(),
    Column("provenance", Text, primary_key=True, comment="given, estimated, predicted:<model>"),
    *(Column(name, Double) for name in (*CONTINUOUS, "tempo")),
    Column("key", SmallInteger),
    Column("mode", SmallInteger),
    Column("time_signature", SmallInteger),
    link(),
    sqlite_with_rowid=False,
)

links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("door", Text, nullable=False, comment="file, row, entry"),
    Column("state", Text, nullable=False, comment="linked, ambiguous, undone"),
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("confidence", Double, nullable=False),
    Column("record", Text, nullable=False, comment="the record that came, JSON"),
    Column("candidates", Text, nullable=False, comment="public ids it could have met, JSON"),
    Column("filled", Text, nullable=False, comment="track columns it filled, JSON"),
    Column("created", Double, nullable=False),
)
