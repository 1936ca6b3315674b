"""A track takes on the names its founding file has now: the file was tagged anew, or renamed.

Only what the record says replaces what stood there, and only what came with the founding: genres
and lyrics that a link brought stay. The track itself stays too, with its id, its place in
playlists and its plays. Its new identities are added, unless another track already has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from segue.catalogue.drafts import Changes
from segue.catalogue.identity import identities
from segue.catalogue.loading import known_identities, load_drafts
from segue.catalogue.saving import save
from segue.catalogue.schema import lyrics, track_artists, track_genres, tracks

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from segue.records import TrackRecord


def rename(connection: Connection, track: int, record: TrackRecord) -> None:
    """Give the track with this number the names of `record`, in the caller's transaction."""
    _forget(connection, track, record)
    draft = load_drafts(connection, [track])[track]
    changes = Changes()
    draft.absorb(record, changes, None)
    ids = identities(record)
    known = known_identities(connection, ids)
    draft.add_ids([one for one in ids if one not in known], changes, None)
    save(connection, changes, synthetic=False)


def _forget(connection: Connection, track: int, record: TrackRecord) -> None:
    """Blank what `record` says anew, so that it is absorbed."""
    scalars = ("track_number", "duration", "year", "language")
    blank: dict[str, object] = {
        name: None for name in scalars if getattr(record, name) not in {None, ""}
    }
    blank |= {"title": ""} if record.title.strip() else {}
    blank |= {"album_id": None} if record.album.strip() else {}
    if record.artists:
        blank["credit"] = ""
        connection.execute(delete(track_artists).where(track_artists.c.track_id == track))
    if blank:
        connection.execute(update(tracks).where(tracks.c.id == track).values(blank))
    for table, said in ((track_genres, record.genres), (lyrics, record.lyrics.strip())):
        if said:
            ours = (table.c.track_id == track) & table.c.link_id.is_(None)
            connection.execute(delete(table).where(ours))
