"""The tables as they began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_LINKED = sa.text("link_id IS NOT NULL")


def upgrade() -> None:
    """Create every table; names of constraints follow the convention in ``schema.py``."""
    op.create_table(
        "albums",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "artists",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "genres",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("started", sa.Double),
        sa.Column("finished", sa.Double),
        sa.Column("heartbeat", sa.Double),
    )
    op.create_index("ix_jobs_state", "jobs", ["state", "created"])
    op.create_table(
        "ledger",
        sa.Column("content_hash", sa.Text, primary_key=True),
        sa.Column("stage", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("seconds", sa.Double),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("changed", sa.Double, nullable=False),
    )
    op.create_index("ix_ledger_state", "ledger", ["stage", "version", "state"])
    op.create_table(
        "libraries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("root", sa.Text, nullable=False, unique=True),
        sa.Column("scanned", sa.Double),
    )
    op.create_table(
        "listeners",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("created", sa.Double, nullable=False),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "playlists",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("scheme", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("followers", sa.Integer),
        sa.Column("modified", sa.Double),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column(
            "listener_id",
            sa.Integer,
            sa.ForeignKey("listeners.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.UniqueConstraint("listener_id", "scheme", "value"),
    )
    op.create_index("ix_playlists_listener_id", "playlists", ["listener_id"])
    op.create_table(
        "tracks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("public_id", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("credit", sa.Text, nullable=False),
        sa.Column("title_key", sa.Text, nullable=False),
        sa.Column("artist_key", sa.Text, nullable=False),
        sa.Column("album_id", sa.Integer, sa.ForeignKey("albums.id")),
        sa.Column("track_number", sa.Integer),
        sa.Column("duration", sa.Double),
        sa.Column("year", sa.SmallInteger),
        sa.Column("explicit", sa.Boolean),
        sa.Column("popularity", sa.Double),
        sa.Column("language", sa.Text),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
    )
    op.create_index("ix_tracks_album_id", "tracks", ["album_id"])
    op.create_index("ix_tracks_name", "tracks", ["title_key", "artist_key"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "listener_id",
            sa.Integer,
            sa.ForeignKey("listeners.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("undone", sa.Double),
    )
    op.create_index("ix_feedback_listener_id", "feedback", ["listener_id"])
    op.create_index("ix_feedback_track_id", "feedback", ["track_id"])
    op.create_table(
        "links",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("door", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("candidates", sa.Text, nullable=False),
        sa.Column("filled", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
    )
    op.create_index("ix_links_track_id", "links", ["track_id"])
    op.create_table(
        "track_artists",
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("position", sa.SmallInteger, primary_key=True),
        sa.Column("artist_id", sa.Integer, sa.ForeignKey("artists.id"), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_track_artists_artist_id", "track_artists", ["artist_id"])
    op.create_table(
        "vectors",
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("content_hash", sa.Text),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_vectors_space", "vectors", ["space", "version"])
    op.create_table(
        "attributes",
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("provenance", sa.Text, primary_key=True),
        sa.Column("energy", sa.Double),
        sa.Column("valence", sa.Double),
        sa.Column("danceability", sa.Double),
        sa.Column("loudness", sa.Double),
        sa.Column("acousticness", sa.Double),
        sa.Column("instrumentalness", sa.Double),
        sa.Column("liveness", sa.Double),
        sa.Column("speechiness", sa.Double),
        sa.Column("tempo", sa.Double),
        sa.Column("key", sa.SmallInteger),
        sa.Column("mode", sa.SmallInteger),
        sa.Column("time_signature", sa.SmallInteger),
        sa.Column("link_id", sa.Integer, sa.ForeignKey("links.id", ondelete="SET NULL")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_attributes_link_id",
        "attributes",
        ["link_id"],
        sqlite_where=_LINKED,
        postgresql_where=_LINKED,
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("library_id", sa.Integer, sa.ForeignKey("libraries.id", ondelete="CASCADE")),
        sa.Column("path", sa.Text, nullable=False, unique=True),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("modified", sa.Double, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("duration", sa.Double),
        sa.Column("art", sa.Boolean, nullable=False),
        sa.Column("founded", sa.Boolean, nullable=False),
        sa.Column("missing_since", sa.Double),
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("link_id", sa.Integer, sa.ForeignKey("links.id", ondelete="SET NULL")),
    )
    op.create_index("ix_files_content_hash", "files", ["content_hash"])
    op.create_index("ix_files_library_id", "files", ["library_id"])
    op.create_index(
        "ix_files_link_id", "files", ["link_id"], sqlite_where=_LINKED, postgresql_where=_LINKED
    )
    op.create_index("ix_files_track_id", "files", ["track_id"])
    op.create_table(
        "lyrics",
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link_id", sa.Integer, sa.ForeignKey("links.id", ondelete="SET NULL")),
    )
    op.create_index(
        "ix_lyrics_link_id", "lyrics", ["link_id"], sqlite_where=_LINKED, postgresql_where=_LINKED
    )
    op.create_table(
        "outside_ids",
        sa.Column("scheme", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("link_id", sa.Integer, sa.ForeignKey("links.id", ondelete="SET NULL")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_outside_ids_link_id",
        "outside_ids",
        ["link_id"],
        sqlite_where=_LINKED,
        postgresql_where=_LINKED,
    )
    op.create_index("ix_outside_ids_track_id", "outside_ids", ["track_id"])
    op.create_table(
        "playlist_entries",
        sa.Column(
            "playlist_id",
            sa.Integer,
            sa.ForeignKey("playlists.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("link_id", sa.Integer, sa.ForeignKey("links.id", ondelete="SET NULL")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_playlist_entries_link_id",
        "playlist_entries",
        ["link_id"],
        sqlite_where=_LINKED,
        postgresql_where=_LINKED,
    )
    op.create_index("ix_playlist_entries_track_id", "playlist_entries", ["track_id"])
    op.create_table(
        "plays",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "listener_id",
            sa.Integer,
            sa.ForeignKey("listeners.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE")),
        sa.Column("artist_id", sa.Integer, sa.ForeignKey("artists.id")),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("at", sa.Double),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("link_id", sa.Integer, sa.ForeignKey("links.id", ondelete="SET NULL")),
    )
    op.create_index("ix_plays_artist_id", "plays", ["artist_id"])
    op.create_index(
        "ix_plays_link_id", "plays", ["link_id"], sqlite_where=_LINKED, postgresql_where=_LINKED
    )
    op.create_index("ix_plays_listener_id", "plays", ["listener_id"])
    op.create_index("ix_plays_track_id", "plays", ["track_id"])
    op.create_table(
        "track_genres",
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("genre_id", sa.Integer, sa.ForeignKey("genres.id"), primary_key=True),
        sa.Column("link_id", sa.Integer, sa.ForeignKey("links.id", ondelete="SET NULL")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_track_genres_genre_id", "track_genres", ["genre_id"])
    op.create_index(
        "ix_track_genres_link_id",
        "track_genres",
        ["link_id"],
        sqlite_where=_LINKED,
        postgresql_where=_LINKED,
    )
    op.create_table(
        "track_labels",
        sa.Column(
            "track_id", sa.Integer, sa.ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("link_id", sa.Integer, sa.ForeignKey("links.id", ondelete="SET NULL")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_track_labels_link_id",
        "track_labels",
        ["link_id"],
        sqlite_where=_LINKED,
        postgresql_where=_LINKED,
    )


def downgrade() -> None:
    """Drop every table."""
    for name in [
        "track_labels",
        "track_genres",
        "plays",
        "playlist_entries",
        "outside_ids",
        "lyrics",
        "files",
        "attributes",
        "vectors",
        "track_artists",
        "links",
        "feedback",
        "tracks",
        "playlists",
        "meta",
        "listeners",
        "libraries",
        "ledger",
        "jobs",
        "genres",
        "artists",
        "albums",
    ]:
        op.drop_table(name)
