"""Where records meet tracks: the one door through which tables, playlists, plays and files come.

`settle` joins a batch of records to the catalogue, in order, each seeing what those before it
did, so that the outcome does not depend on where batches begin and end:

1. a record that shares an **identity** with a track (`identity`) is that track;
2. else one that meets a track by **name** (`linking`) is linked to it, undoably;
3. else it founds a track. When several tracks were equally good, that is noted as ambiguous.

A record that came by a link once, and is undone, has taken its identities along: the next time it
meets its own track by rule 1 and does not link again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from segue.catalogue.identity import identities, outside_schemes
from segue.catalogue.loading import (
    known_identities,
    load_drafts,
    load_links,
    namesakes,
    rows_where,
)
from segue.catalogue.meeting import Arrival, Batch, Door, Meeting
from segue.catalogue.saving import next_id, save
from segue.catalogue.schema import links, tracks
from segue.catalogue.storable import storable
from segue.collector import collector_silent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from segue.records import TrackRecord


def settle(
    connection: Connection,
    records: Sequence[TrackRecord],
    *,
    door: Door,
    synthetic: bool = False,
    by_name: bool = True,
) -> list[Meeting]:
    """Join records to the catalogue inside the write `connection` is in.

    A file passes its content hash and its path among its `outside_ids`, schemes ``identity.FILE``
    and ``identity.PATH``; then the same bytes meet their track again wherever they lie, and a file
    meets the entry of a playlist that waited for it. From then on the path is the file's.

    Rows that a caller writes for a record (files, playlist entries, plays) carry `Meeting.link` as
    their ``link_id``. The caller bumps the epoch when an outcome is not ``duplicate``.

    Parameters
    ----------
    connection
        Of `Database.write`.
    records
        Some thousand at a time. None may be refused by `identity.refusal`.
    door
        Where they come from, as the list of links says it.
    synthetic
        Whether tracks founded here are marked as made up.
    by_name
        False leaves rule 2 out.

    Returns
    -------
    list of Meeting
        One for each record, in order.
    """
    if not records:
        return []
    with collector_silent():
        arrivals = [Arrival(one, identities(one)) for one in map(storable, records)]
        batch = _load(connection, arrivals, door=door, by_name=by_name)
        meetings = [batch.meet(arrival) for arrival in arrivals]
        save(connection, batch.changes, synthetic=synthetic)
    return meetings


def _load(connection: Connection, arrivals: list[Arrival], *, door: Door, by_name: bool) -> Batch:
    ids = [one for arrival in arrivals for one in arrival.ids]
    known = known_identities(connection, ids, in_place=door != "file")
    strangers = [one for one in arrivals if not any(key in known for key in one.ids)]
    named: set[int] = set()
    wanted: dict[frozenset[str], dict[str, set[str]]] = {}
    if by_name:
        for one in strangers:
            if one.name.says_enough:
                titles = wanted.setdefault(outside_schemes(one.ids), {})
                titles.setdefault(one.name.title_key, set()).update(one.name.artist_keys)
        for schemes, titles in wanted.items():
            named |= namesakes(connection, titles, schemes=schemes)
    drafts = load_drafts(connection, named | {track for track, _ in known.values()})
    wished = {one.public_id for one in strangers}
    taken = {
        row[0]
        for row in rows_where(connection, select(tracks.c.public_id), tracks.c.public_id, wished)
    }
    numbers = {link for _, link in known.values() if link is not None}
    batch = Batch(
        door=door,
        by_name=by_name,
        known=known,
        drafts=drafts,
        links=load_links(connection, numbers),
        taken=taken,
        next_track=next_id(connection, tracks),
        next_link=next_id(connection, links),
    )
    for number in named:
        batch.register(drafts[number])
    return batch
