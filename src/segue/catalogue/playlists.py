"""Playlists: take them in with their entries.

A playlist is the same again when listener, scheme and value of its id are. The same content again
is a duplicate; other content replaces what was there. Entries meet tracks as every record does
(`settling`): by identity, else by name, else they found a track.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from segue.catalogue.bulk import insert_rows, update_rows
from segue.catalogue.identity import refusal
from segue.catalogue.intake import Intake, Tally
from segue.catalogue.loading import rows_where
from segue.catalogue.saving import next_id, numbered
from segue.catalogue.schema import listeners, playlist_entries, playlists
from segue.catalogue.settling import settle
from segue.catalogue.storable import storable_text
from segue.records import OutsideId, PlaylistRecord, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from segue.catalogue.database import Database
    from segue.catalogue.meeting import Meeting
    from segue.summaries import ImportSummary
    from segue.types import Progress

BATCH = 20_000
"""Entries of one transaction, more by at most one playlist."""

_SAID = ("title", "description", "followers", "modified")
_ENTRY_COLUMNS = ("playlist_id", "position", "track_id", "link_id")


def add(
    db: Database,
    records: Iterable[PlaylistRecord | Rejection],
    *,
    strict: bool = False,
    synthetic: bool = False,
    on_progress: Progress | None = None,
) -> ImportSummary:
    """Take in playlists.

    Parameters
    ----------
    records
        As a source yields them, with what it had to reject.
    strict
        Stop at the first rejection and store nothing at all.
    synthetic
        Mark the playlists, and the tracks they found, as made up.

    Returns
    -------
    ImportSummary
        Counts playlists: read = imported + merged + duplicate + rejected, where `merged` had other
        content before. `linked` and `ambiguous` count entries. Entries with neither a title nor an
        id are left out, and noted.

    Raises
    ------
    BadTableError
        In strict mode, naming the place of the rejection.
    """

    def store(connection: Connection, read: list[PlaylistRecord], tally: Tally) -> None:
        batch = [_storable(record) for record in read]
        meetings = _settle_entries(connection, batch, tally, synthetic=synthetic)
        shelf = _Shelf(connection, batch)
        for record, entries in zip(batch, meetings, strict=True):
            outcome = shelf.put(record, entries, synthetic=synthetic)
            tally.count(outcome, *(one.state for one in entries))
        shelf.save()

    intake = Intake(store, _refuse, what="playlists", most=BATCH, weigh=_weigh)
    return intake.run(db, records, strict=strict, on_progress=on_progress)


def _refuse(record: PlaylistRecord) -> Rejection | None:
    if record.outside_id.value.strip():
        return None
    return Rejection(record.title, None, "the playlist has no id")


def _storable(record: PlaylistRecord) -> PlaylistRecord:
    """The playlist with text a database can hold; its entries see to that themselves."""
    ours = record.outside_id
    return replace(
        record,
        title=storable_text(record.title),
        description=storable_text(record.description),
        listener=storable_text(record.listener),
        outside_id=OutsideId(storable_text(ours.scheme), storable_text(ours.value)),
    )


def _weigh(record: PlaylistRecord) -> int:
    return len(record.entries) + 1


def _settle_entries(
    connection: Connection, batch: list[PlaylistRecord], tally: Tally, *, synthetic: bool
) -> list[list[Meeting]]:
    """The meetings of every playlist's entries, all entries of the batch settled at once."""
    usable = [[one for one in record.entries if not refusal(one)] for record in batch]
    dropped = sum(len(record.entries) for record in batch) - sum(map(len, usable))
    if dropped:
        tally.notes["entries had neither a title nor an id and were left out"] += dropped
    entries = [one for each in usable for one in each]
    met = iter(settle(connection, entries, door="entry", synthetic=synthetic))
    return [[next(met) for _ in each] for each in usable]


@dataclass(slots=True)
class _Kept:
    """A playlist as it stands: its number, what is said of it, its tracks in order."""

    id: int
    said: tuple[Any, ...]
    tracks: list[int]


class _Shelf:
    """The playlists of a batch as the catalogue has them, and what is to be written."""

    def __init__(self, connection: Connection, batch: list[PlaylistRecord]) -> None:
        self._connection = connection
        now = time.time()
        wanted = {record.listener: {"created": now} for record in batch}
        self._listeners = numbered(connection, listeners, "name", wanted)
        self._next = next_id(connection, playlists)
        self._new: dict[int, tuple[Any, ...]] = {}
        self._changed: dict[int, tuple[Any, ...]] = {}
        self._entries: dict[int, list[tuple[Any, ...]]] = {}
        self._kept = self._load({record.outside_id.value for record in batch})

    def put(self, record: PlaylistRecord, met: list[Meeting], *, synthetic: bool) -> str:
        """Take one playlist up; what became of it."""
        listener = self._listeners[record.listener]
        key = (listener, record.outside_id.scheme, record.outside_id.value)
        said = tuple(getattr(record, name) for name in _SAID)
        tracks = [one.track for one in met]
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = _Kept(self._next, said, tracks)
            self._next += 1
            self._new[kept.id] = (kept.id, *key, synthetic, *said)
            outcome = "imported"
        elif (kept.said, kept.tracks) == (said, tracks):
            return "duplicate"
        else:
            kept.said, kept.tracks = said, tracks
            outcome = "merged"
            if kept.id in self._new:
                self._new[kept.id] = (*self._new[kept.id][: -len(said)], *said)
            else:
                self._changed[kept.id] = (*said, kept.id)
        self._entries[kept.id] = [
            (kept.id, position, one.track, one.link) for position, one in enumerate(met)
        ]
        return outcome

    def save(self) -> None:
        """Write new playlists, and changed ones with their entries replaced."""
        connection = self._connection
        columns = ("id", "listener_id", "scheme", "value", "synthetic", *_SAID)
        insert_rows(connection, playlists, columns, list(self._new.values()))
        update_rows(connection, playlists, _SAID, list(self._changed.values()))
        for number in self._changed:
            connection.execute(
                delete(playlist_entries).where(playlist_entries.c.playlist_id == number)
            )
        rows = [row for entries in self._entries.values() for row in entries]
        insert_rows(connection, playlist_entries, _ENTRY_COLUMNS, rows)

    def _load(self, values: set[str]) -> dict[tuple[int, str, str], _Kept]:
        names = ("id", "listener_id", "scheme", "value", *_SAID)
        query = select(*(playlists.c[name] for name in names))
        kept = {}
        for number, listener, scheme, value, *said in rows_where(
            self._connection, query, playlists.c.value, values
        ):
            kept[listener, scheme, value] = _Kept(number, tuple(said), [])
        by_number = {one.id: one for one in kept.values()}
        entries = select(playlist_entries.c.playlist_id, playlist_entries.c.track_id).order_by(
            playlist_entries.c.playlist_id, playlist_entries.c.position
        )
        for number, track in rows_where(
            self._connection, entries, playlist_entries.c.playlist_id, by_number
        ):
            by_number[number].tracks.append(track)
        return kept
