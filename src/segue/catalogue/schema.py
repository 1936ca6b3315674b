"""The tables of the catalogue.

A **track** is one recording as a person thinks of it. It can come through many doors: a file, a
row of a table, an entry of a playlist. Doors that carry the same outside id meet by identity.
Doors that meet by name only make a **link**, with a confidence, and everything a link brought
(ids, files, genres, attributes, entries) carries its number, so that undoing the link can take
exactly that away again.

Numbers in ``id`` columns never leave this package: outside, a track is its ``public_id``.
Times are seconds since 1970, durations seconds; both double precision. What is personal has a
``listener_id``. Indexes follow the queries: by outside id and name key on import, else by track.
Tables that are little more than their key keep their rows in it (``WITHOUT ROWID`` in SQLite).
"""

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
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from segue.records import CONTINUOUS

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _track() -> Column[int]:
    return Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True)


def _link() -> Column[int]:
    return Column("link_id", ForeignKey("links.id", ondelete="SET NULL"))


def _listener() -> Column[int]:
    return Column(
        "listener_id", ForeignKey("listeners.id", ondelete="CASCADE"), nullable=False, index=True
    )


def _content(name: str, *, index: bool = False) -> Column[str]:
    recording = ForeignKey("recordings.content_hash", ondelete="CASCADE")
    return Column(name, recording, primary_key=True, index=index)


meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="epoch (grows with every write that changes an answer), created, writer version",
)

listeners = Table(
    "listeners",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created", Double, nullable=False),
)

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
    _track(),
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
    _track(),
    Column("genre_id", ForeignKey("genres.id"), primary_key=True, index=True),
    _link(),
    sqlite_with_rowid=False,
)

track_labels = Table(
    "track_labels",
    metadata,
    _track(),
    Column("kind", Text, primary_key=True, comment="tag, emotion, mood, style, …"),
    Column("value", Text, primary_key=True),
    _link(),
    sqlite_with_rowid=False,
)

lyrics = Table(
    "lyrics",
    metadata,
    _track(),
    Column("text", Text, nullable=False),
    _link(),
)

outside_ids = Table(
    "outside_ids",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("scheme", "value")),
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False, index=True),
    _link(),
    comment="scheme 'record' holds a digest of a record that came without any id",
    sqlite_with_rowid=False,
)

attributes = Table(
    "attributes",
    metadata,
    _track(),
    Column("provenance", Text, primary_key=True, comment="given, estimated, predicted:<model>"),
    *(Column(name, Double) for name in (*CONTINUOUS, "tempo")),
    Column("key", SmallInteger),
    Column("mode", SmallInteger),
    Column("time_signature", SmallInteger),
    _link(),
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
    _link(),
)

vectors = Table(
    "vectors",
    metadata,
    _track(),
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
    _content("content_hash"),
    Column("version", Text, nullable=False, comment="of comparing"),
    Column("recording", Integer, index=True, comment="shared by all that hold it; empty: one file"),
    comment="files whose fingerprints were held against all others",
    sqlite_with_rowid=False,
)

matches = Table(
    "matches",
    metadata,
    _content("first"),
    _content("second", index=True),
    Column("later", Double, nullable=False, comment="seconds that the second begins after it"),
    Column("seconds", Double, nullable=False, comment="for how long both were heard"),
    Column("likeness", Double, nullable=False, comment="1: no bit differs; 0: as by chance"),
    Column("whole", Boolean, nullable=False, comment="else one is a part of the other"),
    comment="pairs of files that hold the same recording, first < second",
    sqlite_with_rowid=False,
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
    _listener(),
    UniqueConstraint("listener_id", "scheme", "value"),
)

playlist_entries = Table(
    "playlist_entries",
    metadata,
    Column("playlist_id", ForeignKey("playlists.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), nullable=False, index=True),
    _link(),
    sqlite_with_rowid=False,
)

plays = Table(
    "plays",
    metadata,
    Column("id", Integer, primary_key=True),
    _listener(),
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), index=True),
    Column("artist_id", ForeignKey("artists.id"), index=True),
    Column("times", Integer, nullable=False),
    Column("at", Double),
    Column("digest", Text, nullable=False, unique=True, comment="makes re-import idempotent"),
    _link(),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    _listener(),
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

# Few rows came by a link, so the index that undoing needs holds only those.
for _table in tuple(metadata.tables.values()):
    if "link_id" in _table.c:
        Index(
            f"ix_{_table.name}_link_id",
            _table.c.link_id,
            sqlite_where=_table.c.link_id.is_not(None),
            postgresql_where=_table.c.link_id.is_not(None),
        )
