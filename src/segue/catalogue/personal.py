"""All that is known of one listener: taken away as a whole, or forgotten.

What a listener did and said is theirs: plays, opinions, judgements of lenses, playlists, and the
keys that were made in their name (never the secrets). What of it is **history** (plays, opinions
and judgements) can be deleted, and then nothing of it is left in the catalogue; playlists were made
or imported on purpose and are deleted one by one, on their pages.
"""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from segue.catalogue import keys as key_ring
from segue.catalogue.database import bump
from segue.catalogue.schema import (
    artists,
    feedback,
    judgements,
    listeners,
    playlist_entries,
    playlists,
    plays,
    tracks,
)
from segue.catalogue.storable import storable_text

if TYPE_CHECKING:
    from sqlalchemy import Connection, ScalarSelect

    from segue.catalogue.database import Database

FORMAT = "segue listener 1"
"""What a document of `everything` calls its own shape."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much of a listener's history was deleted: rows of each kind."""

    plays: int
    opinions: int
    judgements: int


def everything(db: Database, listener: str) -> dict[str, Any]:
    """What is known of a listener, as one document that can be written as JSON.

    Times are seconds since 1970. All lists are empty of a listener nobody knows.
    """
    name = storable_text(listener)
    with db.read() as connection:
        document: dict[str, Any] = {
            "format": FORMAT,
            "listener": name,
            "opinions": _opinions(connection, name),
            "plays": _plays(connection, name),
            "judgements": _judgements(connection, name),
            "playlists": _playlists(connection, name),
        }
    document["keys"] = [
        {**asdict(key), "scopes": sorted(key.scopes)} for key in key_ring.of(db, listener=name)
    ]
    return document


def forget(db: Database, listener: str) -> Forgotten:
    """Delete what a listener played, liked, disliked, skipped and judged; how much that was.

    Answers no longer go by it from the next question on.
    """
    name = storable_text(listener)
    with db.write() as connection:
        whose = _whose(name)
        gone = Forgotten(
            plays=connection.execute(delete(plays).where(plays.c.listener_id == whose)).rowcount,
            opinions=connection.execute(
                delete(feedback).where(feedback.c.listener_id == whose)
            ).rowcount,
            judgements=connection.execute(
                delete(judgements).where(judgements.c.listener == name)
            ).rowcount,
        )
        if any(astuple(gone)):
            # What was answered by plays and opinions is kept as long as the catalogue stands still.
            bump(connection)
    return gone


def _whose(name: str) -> ScalarSelect[int]:
    return select(listeners.c.id).where(listeners.c.name == name).scalar_subquery()


def _opinions(connection: Connection, name: str) -> list[dict[str, Any]]:
    query = (
        select(
            tracks.c.public_id.label("track"),
            tracks.c.title,
            tracks.c.credit.label("artists"),
            feedback.c.kind,
            feedback.c.at,
            feedback.c.undone,
        )
        .join_from(feedback, tracks, tracks.c.id == feedback.c.track_id)
        .where(feedback.c.listener_id == _whose(name))
        .order_by(feedback.c.at, feedback.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def _plays(connection: Connection, name: str) -> list[dict[str, Any]]:
    query = (
        select(
            tracks.c.public_id.label("track"),
            tracks.c.title,
            tracks.c.credit,
            artists.c.name.label("artist"),
            plays.c.times,
            plays.c.at,
        )
        .select_from(plays)
        .outerjoin(tracks, tracks.c.id == plays.c.track_id)
        .outerjoin(artists, artists.c.id == plays.c.artist_id)
        .where(plays.c.listener_id == _whose(name))
        .order_by(plays.c.at, plays.c.id)
    )
    return [
        {
            "track": row.track,
            "title": row.title,
            "artists": row.credit if row.track is not None else row.artist,
            "times": row.times,
            "at": row.at,
        }
        for row in connection.execute(query)
    ]


def _judgements(connection: Connection, name: str) -> list[dict[str, Any]]:
    hidden = {"question", "listener"}
    columns = [one for one in judgements.c if one.name not in hidden]
    query = select(*columns).where(judgements.c.listener == name).order_by(judgements.c.asked)
    return [dict(row._mapping) for row in connection.execute(query)]


def _playlists(connection: Connection, name: str) -> list[dict[str, Any]]:
    query = (
        select(playlists.c.id, playlists.c.scheme, playlists.c.title, playlists.c.description)
        .where(playlists.c.listener_id == _whose(name))
        .order_by(playlists.c.id)
    )
    found = [dict(row._mapping) for row in connection.execute(query)]
    entries = (
        select(
            playlist_entries.c.playlist_id,
            tracks.c.public_id.label("track"),
            tracks.c.title,
            tracks.c.credit.label("artists"),
        )
        .join_from(playlist_entries, tracks, tracks.c.id == playlist_entries.c.track_id)
        .join(playlists, playlists.c.id == playlist_entries.c.playlist_id)
        .where(playlists.c.listener_id == _whose(name))
        .order_by(playlist_entries.c.playlist_id, playlist_entries.c.position)
    )
    held: dict[int, list[dict[str, Any]]] = {one["id"]: [] for one in found}
    for row in connection.execute(entries):
        told = {"track": row.track, "title": row.title, "artists": row.artists}
        held[row.playlist_id].append(told)
    return [
        {**{k: v for k, v in one.items() if k != "id"}, "tracks": held[one["id"]]} for one in found
    ]
