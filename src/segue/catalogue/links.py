"""Links: the joins by name that were made, those that were not clear enough, and undoing them.

Undoing a link takes away from the track exactly what came by it and gives it to a track of its
own, founded from the record the link kept. The record's identities go along, so the same record
imported again meets its own track and is not linked again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from sqlalchemy import and_, delete, exists, insert, select, update

from segue.catalogue.database import bump
from segue.catalogue.guesses import GUESSED
from segue.catalogue.identity import PATH, RECORD, identities
from segue.catalogue.recordjson import from_json
from segue.catalogue.schema import (
    attributes,
    files,
    ledger,
    links,
    lyrics,
    outside_ids,
    playlist_entries,
    plays,
    track_genres,
    track_labels,
    tracks,
    vectors,
)
from segue.catalogue.settling import settle
from segue.errors import BadRequestError, NotFoundError
from segue.records import OutsideId
from segue.types import TrackId

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection, Row, Table

    from segue.catalogue.database import Database
    from segue.records import TrackRecord

State = Literal["linked", "ambiguous", "undone"]

_UNIQUE_IN_TRACK: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (track_genres, ("genre_id",)),
    (track_labels, ("kind", "value")),
    (lyrics, ()),
    (attributes, ("provenance",)),
)
"""Tables with one row a track and these columns."""

_FREE: tuple[Table, ...] = (files, playlist_entries, plays)


@dataclass(frozen=True, slots=True)
class Link:
    """One meeting by name.

    Attributes
    ----------
    id
        What `undo` takes.
    door
        ``file``, ``row``, ``entry`` or ``play``: where the record came from.
    state
        ``linked``: it is `track_id`. ``ambiguous``: it founded `track_id` because it could have
        been any of `candidates`. ``undone``: it was `track_id` once.
    confidence
        In [0, 1], see `segue.catalogue.linking`.
    record
        What came.
    """

    id: int
    door: str
    state: State
    track_id: TrackId
    confidence: float
    record: TrackRecord
    candidates: tuple[TrackId, ...]


def listing(db: Database, *, state: str | None = None) -> list[Link]:
    """Links in the order they were made, all or those of one state; empty when there are none.

    Raises
    ------
    BadRequestError
        There is no such state.
    """
    if state is not None and state not in get_args(State):
        raise BadRequestError(
            f"there is no state {state!r} of a link", remedy="Use linked, ambiguous or undone"
        )
    query = select(links, tracks.c.public_id).join_from(links, tracks).order_by(links.c.id)
    if state is not None:
        query = query.where(links.c.state == state)
    with db.read() as connection:
        return [_link(row) for row in connection.execute(query)]


def undo(db: Database, link_id: int) -> TrackId:
    """Part what a link joined.

    Returns
    -------
    TrackId
        The new track of the record that had been linked.

    Raises
    ------
    NotFoundError
        There is no such link.
    BadRequestError
        It is not in force: it was ambiguous from the start, or is undone already.
    """
    with db.write() as connection:
        query = select(links, tracks.c.synthetic).join_from(links, tracks)
        row = connection.execute(query.where(links.c.id == link_id)).one_or_none()
        if row is None:
            raise NotFoundError(
                f"there is no link {link_id}",
                where=db.where,
                remedy="See them all with `segue links list`",
            )
        if row.state != "linked":
            raise BadRequestError(
                f"link {link_id} is {row.state}; there is nothing to undo",
                where=db.where,
                remedy="List the links that are in force",
            )
        made = _part(connection, row)
        connection.execute(update(links).where(links.c.id == link_id).values(state="undone"))
        bump(connection)
    return made


def _link(row: Row[Any]) -> Link:
    return Link(
        id=row.id,
        door=row.door,
        state=row.state,
        track_id=TrackId(row.public_id),
        confidence=row.confidence,
        record=from_json(row.record),
        candidates=tuple(TrackId(one) for one in json.loads(row.candidates)),
    )


def _part(connection: Connection, link: Row[Any]) -> TrackId:
    """Found the record's own track and move there what came by the link."""
    taken = _take_ids(connection, link.id)
    record = from_json(link.record)
    ids = [one for one in identities(record) if one in taken and one.scheme not in {RECORD, PATH}]
    mine = replace(record, outside_ids=tuple(ids))
    (founded,) = settle(connection, [mine], door=link.door, synthetic=link.synthetic, by_name=False)
    rest = [one for one in taken if one not in identities(mine)]
    if rest:
        rows = [
            {"scheme": one.scheme, "value": one.value, "track_id": founded.track} for one in rest
        ]
        connection.execute(insert(outside_ids), rows)
    for table, columns in _UNIQUE_IN_TRACK:
        _move_unique(connection, table, columns, link=link.id, to=founded.track)
    moved = set(
        connection.execute(select(files.c.content_hash).where(files.c.link_id == link.id)).scalars()
    )
    for table in _FREE:
        there = update(table).where(table.c.link_id == link.id)
        connection.execute(there.values(track_id=founded.track, link_id=None))
    if link.door == "file":
        held = update(files).where(files.c.track_id == founded.track)
        connection.execute(held.values(founded=True))
    _move_vectors(connection, moved, away=link.track_id, to=founded.track)
    _empty(connection, link.track_id, json.loads(link.filled))
    return founded.track_id


def _take_ids(connection: Connection, link: int) -> list[OutsideId]:
    """Take the identities a link brought away from their track."""
    query = select(outside_ids.c.scheme, outside_ids.c.value).where(outside_ids.c.link_id == link)
    taken = [OutsideId(*one) for one in connection.execute(query)]
    connection.execute(delete(outside_ids).where(outside_ids.c.link_id == link))
    return taken


def _move_unique(
    connection: Connection, table: Table, columns: tuple[str, ...], *, link: int, to: int
) -> None:
    """Move rows a link brought, except those the new track has from its record already."""
    has = table.alias()
    same = and_(has.c.track_id == to, *(has.c[name] == table.c[name] for name in columns))
    mine = table.c.link_id == link
    connection.execute(delete(table).where(mine, exists().where(same)))
    connection.execute(update(table).where(mine).values(track_id=to, link_id=None))


def _move_vectors(connection: Connection, moved: set[str], *, away: int, to: int) -> None:
    """Vectors go with the file they were computed from, and what was guessed from them.

    Those of training are no file's; they stay until training runs again. A track left with files
    but without a vector of one, because another file's vector had stood for both, is put into the
    queue of the analysis again.
    """
    stays = set(
        connection.execute(select(files.c.content_hash).where(files.c.track_id == away)).scalars()
    )
    going = vectors.c.content_hash.in_(moved - stays)
    parted = update(vectors).where(vectors.c.track_id == away, going).values(track_id=to)
    if connection.execute(parted).rowcount:
        guess = (attributes.c.track_id == away) & GUESSED
        connection.execute(update(attributes).where(guess).values(track_id=to))
    heard = vectors.c.content_hash.is_not(None)
    for track in (away, to):
        has = exists().where(vectors.c.track_id == track, heard)
        if not connection.execute(select(has)).scalar():
            held = select(files.c.content_hash).where(files.c.track_id == track)
            # Only what is kept by track: recordings are the file's.
            kept = select(vectors.c.space).where(heard).distinct()
            connection.execute(
                delete(ledger).where(
                    ledger.c.content_hash.in_(held),
                    ledger.c.state == "analysed",
                    ledger.c.stage.in_(kept),
                )
            )


def _empty(connection: Connection, track: int, filled: list[str]) -> None:
    """Blank the columns of a track that a link had filled."""
    if filled:
        blank = update(tracks).where(tracks.c.id == track)
        connection.execute(blank.values(dict.fromkeys(filled)))
