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

from sqlalchemy import Index

from segue.catalogue.schema.access import accounts, keys, sessions
from segue.catalogue.schema.crawling import crawled, crawls
from segue.catalogue.schema.learned import standing, trained, vectors
from segue.catalogue.schema.listening import (
    feedback,
    judgements,
    listeners,
    playlist_entries,
    playlists,
    plays,
)
from segue.catalogue.schema.music import (
    albums,
    artists,
    attributes,
    genres,
    links,
    lyrics,
    outside_ids,
    track_artists,
    track_genres,
    track_labels,
    tracks,
)
from segue.catalogue.schema.shape import metadata
from segue.catalogue.schema.sound import compared, files, ledger, libraries, matches, recordings
from segue.catalogue.schema.work import jobs, meta, once, uploads

__all__ = [
    "accounts",
    "albums",
    "artists",
    "attributes",
    "compared",
    "crawled",
    "crawls",
    "feedback",
    "files",
    "genres",
    "jobs",
    "judgements",
    "keys",
    "ledger",
    "libraries",
    "links",
    "listeners",
    "lyrics",
    "matches",
    "meta",
    "metadata",
    "once",
    "outside_ids",
    "playlist_entries",
    "playlists",
    "plays",
    "recordings",
    "sessions",
    "standing",
    "track_artists",
    "track_genres",
    "track_labels",
    "tracks",
    "trained",
    "uploads",
    "vectors",
]

# Few rows came by a link, so the index that undoing needs holds only those.
for _table in tuple(metadata.tables.values()):
    if "link_id" in _table.c:
        Index(
            f"ix_{_table.name}_link_id",
            _table.c.link_id,
            sqlite_where=_table.c.link_id.is_not(None),
            postgresql_where=_table.c.link_id.is_not(None),
        )
