"""Tracks: take records in, give tracks out.

Taking in is batched and idempotent: the same records again change nothing. Records that share an
outside id are one track (several rows of one id that differ in genre become several genres of
it); what a row says first about a track stays, later rows only fill blanks. Attributes are taken
whole from the first row that has any.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, func, literal_column, select
from sqlalchemy import delete as delete_rows

from segue.catalogue.database import bump
from segue.catalogue.drafts import ATTRIBUTES, artists_of
from segue.catalogue.identity import OWN_SCHEMES, refusal
from segue.catalogue.intake import Intake, Tally
from segue.catalogue.loading import Prepared
from segue.catalogue.provenance import joined
from segue.catalogue.schema import (
    albums,
    attributes,
    files,
    genres,
    outside_ids,
    track_genres,
    track_labels,
    tracks,
)
from segue.catalogue.settling import settle
from segue.errors import BadRequestError, NotFoundError
from segue.records import Attributes, OutsideId, Rejection, Track, TrackRecord
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from segue.catalogue.database import Database
    from segue.summaries import ImportSummary
    from segue.types import Progress

BATCH = 5_000
"""Records of one transaction."""


def add(
    db: Database,
    records: Iterable[TrackRecord | Rejection],
    *,
    strict: bool = False,
    synthetic: bool = False,
    on_progress: Progress | None = None,
) -> ImportSummary:
    """Take in a table of tracks.

    Parameters
    ----------
    records
        As a source yields them, with the rows it had to reject.
    strict
        Stop at the first rejection and store nothing at all.
    synthetic
        Mark the tracks founded here as made up.

    Returns
    -------
    ImportSummary
        read = imported + merged + duplicate + rejected. Records without a title and without an
        id are rejected here; those with an id but no title are kept, and noted.

    Raises
    ------
    BadTableError
        In strict mode, naming the place of the rejection.
    """

    def store(connection: Connection, batch: list[TrackRecord], tally: Tally) -> None:
        met = settle(connection, batch, door="row", synthetic=synthetic)
        for record, meeting in zip(batch, met, strict=True):
            tally.count(meeting.outcome, meeting.state)
            if not record.title.strip():
                tally.notes["have an id but no title; they are kept by their id"] += 1

    intake = Intake(store, _refuse, what="tracks", most=BATCH)
    return intake.run(db, records, strict=strict, on_progress=on_progress)


def _refuse(record: TrackRecord) -> Rejection | None:
    reason = refusal(record)
    return Rejection(record.place, None, reason) if reason else None


def get(db: Database, track_id: TrackId) -> Track:
    """One track with everything known of it.

    Raises
    ------
    NotFoundError
        No track has this id.
    """
    found = many(db, [track_id])
    if not found:
        raise NotFoundError(
            f"there is no track {track_id!r}", where=db.where, remedy="Search for it by its name"
        )
    return found[0]


def by_outside_id(db: Database, text: str) -> TrackId | None:
    """The track somebody else's id names; None when none does, or more than one.

    Parameters
    ----------
    text
        ``scheme:value``, an address such as ``spotify:track:…``, or the bare value.
    """
    words = text.strip().split(":")
    named = outside_ids.c.value == words[-1]
    if len(words) > 1:
        named &= outside_ids.c.scheme == words[0].lower()
    query = select(tracks.c.public_id).distinct().join_from(outside_ids, tracks)
    query = query.where(named, outside_ids.c.scheme.not_in(OWN_SCHEMES)).limit(2)
    with db.read() as connection:
        found = connection.execute(query).scalars().all()
    return TrackId(found[0]) if len(found) == 1 else None


def many(db: Database, ids: Iterable[TrackId]) -> list[Track]:
    """Tracks in the order asked; ids that no track has are left out."""
    wanted = list(ids)
    with db.read() as connection:
        rows = list(_BY_NAME.rows(connection, dict.fromkeys(wanted)))
        lists = _Lists(connection, [row.id for row in rows])
        built = {row.public_id: lists.track(row) for row in rows}
    return [built[one] for one in wanted if one in built]


def completed(db: Database, known: Sequence[Track]) -> list[Track]:
    """Tracks as a snapshot knows them, with what it does not hold: outside ids and labels.

    Whether they can be played is told as it is now; all else is of the snapshot's epoch, numbers
    with the seven digits of a float32. Those that were deleted are left out.
    """
    beside: dict[str, dict[str, list[tuple[str, str]]]] = {}
    with db.read() as connection:
        for name, what, first, second in _BESIDE.rows(connection, {one.id for one in known}):
            beside.setdefault(name, {}).setdefault(what, []).append((first, second))
    return [
        replace(
            one,
            outside_ids=tuple(OutsideId(*each) for each in sorted(held.get(_ID, ()))),
            labels=tuple(sorted(held.get(_LABEL, ()))),
            playable=_FILE in held,
        )
        for one in known
        if (held := beside.get(one.id)) is not None
    ]


def count(db: Database) -> int:
    """How many tracks there are."""
    with db.read() as connection:
        return int(connection.execute(select(func.count()).select_from(tracks)).scalar_one())


def page(db: Database, *, after: TrackId | None = None, limit: int = 100) -> list[Track]:
    """Tracks in the order of their ids, the first or those behind `after`; empty at the end.

    A track that is added or deleted between two pages makes no other appear twice or not at all.

    Raises
    ------
    BadRequestError
        `limit` is below 1.
    """
    if limit < 1:
        raise BadRequestError(f"a page of {limit} tracks", remedy="Ask for 1 or more")
    query = select(tracks.c.id).order_by(tracks.c.public_id).limit(limit)
    if after is not None:
        query = query.where(tracks.c.public_id > after)
    with db.read() as connection:
        numbers = list(connection.execute(query).scalars())
        built = _build(connection, numbers)
    return [built[number] for number in numbers]


def delete(db: Database, track_id: TrackId) -> None:
    """Forget a track and all that hangs on it: ids, files, vectors, entries, plays, links.

    Raises
    ------
    NotFoundError
        No track has this id.
    """
    with db.write() as connection:
        gone = connection.execute(delete_rows(tracks).where(tracks.c.public_id == track_id))
        if not gone.rowcount:
            raise NotFoundError(
                f"there is no track {track_id!r}",
                where=db.where,
                remedy="It may have been deleted already",
            )
        bump(connection)


def _build(connection: Connection, numbers: Sequence[int]) -> dict[int, Track]:
    """Tracks by their numbers."""
    lists = _Lists(connection, numbers)
    return {row.id: lists.track(row) for row in _BY_NUMBER.rows(connection, numbers)}


def _word(text: str) -> ColumnElement[str]:
    return literal_column(f"'{text}'", Text)


_ROW = select(tracks, albums.c.title.label("album")).join_from(
    tracks, albums, albums.c.id == tracks.c.album_id, isouter=True
)
_BY_NAME = Prepared((_ROW, tracks.c.public_id))
_BY_NUMBER = Prepared((_ROW, tracks.c.id))
_VALUES = Prepared(
    (
        select(
            attributes.c.track_id,
            attributes.c.provenance,
            *(attributes.c[name] for name in ATTRIBUTES),
        ),
        attributes.c.track_id,
    )
)
_GENRE, _LABEL, _ID, _FILE = "genre", "label", "id", "file"
_BESIDE = Prepared(
    (select(tracks.c.public_id, _word("track"), _word(""), _word("")), tracks.c.public_id),
    (
        select(
            tracks.c.public_id, _word(_LABEL), track_labels.c.kind, track_labels.c.value
        ).join_from(tracks, track_labels),
        tracks.c.public_id,
    ),
    (
        select(tracks.c.public_id, _word(_ID), outside_ids.c.scheme, outside_ids.c.value)
        .join_from(tracks, outside_ids, outside_ids.c.track_id == tracks.c.id)
        .where(outside_ids.c.scheme.not_in(sorted(OWN_SCHEMES))),
        tracks.c.public_id,
    ),
    (
        select(tracks.c.public_id, _word(_FILE), _word(""), _word(""))
        .join_from(tracks, files, files.c.track_id == tracks.c.id)
        .where(files.c.missing_since.is_(None)),
        tracks.c.public_id,
    ),
)
_MANY = Prepared(
    (
        select(track_genres.c.track_id, _word(_GENRE), genres.c.name, _word("")).join_from(
            track_genres, genres
        ),
        track_genres.c.track_id,
    ),
    (
        select(track_labels.c.track_id, _word(_LABEL), track_labels.c.kind, track_labels.c.value),
        track_labels.c.track_id,
    ),
    (
        select(outside_ids.c.track_id, _word(_ID), outside_ids.c.scheme, outside_ids.c.value),
        outside_ids.c.track_id,
    ),
    (
        select(files.c.track_id, _word(_FILE), _word(""), _word("")).where(
            files.c.missing_since.is_(None)
        ),
        files.c.track_id,
    ),
)


class _Lists:
    """What tracks have more than one of, by the tracks' numbers, in an order that is always so."""

    def __init__(self, connection: Connection, numbers: Sequence[int]) -> None:
        self.genres: dict[int, list[str]] = {}
        self.labels: dict[int, list[tuple[str, str]]] = {}
        self.ids: dict[int, list[OutsideId]] = {}
        self.attributes: dict[int, dict[str, Attributes]] = {}
        self.playable: set[int] = set()
        for number, what, first, second in _MANY.rows(connection, numbers):
            if what == _GENRE:
                self.genres.setdefault(number, []).append(first)
            elif what == _LABEL:
                self.labels.setdefault(number, []).append((first, second))
            elif what == _FILE:
                self.playable.add(number)
            elif first not in OWN_SCHEMES:
                self.ids.setdefault(number, []).append(OutsideId(first, second))
        for number, provenance, *values in _VALUES.rows(connection, numbers):
            self.attributes.setdefault(number, {})[provenance] = Attributes(*values)

    def track(self, row: Any) -> Track:  # noqa: ANN401
        """The track of a row of ``tracks`` with its album's title."""
        values, provenance, origins = joined(self.attributes.get(row.id, {}))
        return Track(
            id=row.public_id,
            title=row.title,
            artists=artists_of(row.credit),
            album=row.album or "",
            genres=tuple(sorted(self.genres.get(row.id, ()))),
            year=row.year,
            duration=row.duration,
            explicit=row.explicit,
            popularity=row.popularity,
            attributes=values,
            provenance=provenance,
            origins=origins,
            outside_ids=tuple(
                sorted(self.ids.get(row.id, ()), key=lambda one: (one.scheme, one.value))
            ),
            labels=tuple(sorted(self.labels.get(row.id, ()))),
            playable=row.id in self.playable,
            synthetic=row.synthetic,
        )
