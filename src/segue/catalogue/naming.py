"""Names that callers give tracks: found, attached and taken away again.

An **outside id** is a scheme and a value (`segue.records.OutsideId`). Most come with the records of
a source; a caller may attach ids as well, of a scheme of their own or of one that is known, and ask
about a track by any of them, written ``scheme:value``. What a caller attached can be taken away;
what came with a record cannot, because the record would be somebody new the next time it comes.

No answer is another because a track has one more name, so the epoch stays as it is, and with it
every engine. What is told of the track is another: a count of such changes tells it (`edition`).
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from sqlalchemy import Integer, Text, delete, insert, select, tuple_, update
from sqlalchemy import cast as to_type

from segue.catalogue.identity import OWN_SCHEMES, clean
from segue.catalogue.loading import rows_where
from segue.catalogue.schema import meta, outside_ids, tracks
from segue.catalogue.storable import storable_text
from segue.errors import BadRequestError, NotFoundError, UnavailableError
from segue.records import OutsideId
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from segue.catalogue.database import Database

LONGEST = 300
"""Most characters of a value."""

_SCHEME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_AT_ONCE = 400
_NAMED = "named"
_EDITION = select(meta.c.name, meta.c.value).where(
    (meta.c.name == "epoch") | (meta.c.name == _NAMED)
)


def written(text: str) -> OutsideId | None:
    """The outside id that is written as ``scheme:value``; None where the text is none.

    An address such as ``spotify:track:4uLU6hMCjMI75M1A2tKUQC`` is the id at its end.

    >>> written("ISRC:qz-es7-19-82312")
    OutsideId(scheme='isrc', value='QZES71982312')
    >>> written("plain") is None
    True
    """
    scheme, colon, value = storable_text(text).strip().partition(":")
    scheme = scheme.lower()
    if not colon or not value.strip() or not _SCHEME.fullmatch(scheme) or scheme in OWN_SCHEMES:
        return None
    return clean(OutsideId(scheme, value.removeprefix("track:") if scheme == "spotify" else value))


def find(db: Database, texts: Iterable[str]) -> dict[str, TrackId]:
    """The tracks that outside ids name, by the text each was written as.

    Texts that are no outside id, and ids that no track has, are left out.
    """
    asked = {text: one for text in texts if (one := written(text)) is not None}
    if not asked:
        return {}
    with db.read() as connection:
        known = _holders(connection, tuple(dict.fromkeys(asked.values())))
    return {text: known[one] for text, one in asked.items() if one in known}


def edition(db: Database) -> tuple[int, int]:
    """The epoch, and how often names were attached or taken away; one read for both."""
    with db.read() as connection:
        found = {name: int(value) for name, value in connection.execute(_EDITION)}
    return found["epoch"], found.get(_NAMED, 0)


def attach(db: Database, given: Sequence[tuple[TrackId, OutsideId]]) -> int:
    """Give tracks further outside ids, all of them or none; how many are new.

    Parameters
    ----------
    given
        Pairs of a track and an id. An id that the track has already changes nothing.

    Raises
    ------
    BadRequestError
        A scheme or a value is none.
    NotFoundError
        There is no such track.
    UnavailableError
        An id names another track.
    """
    wanted = [(track, _checked(one)) for track, one in given]
    with db.write() as connection:
        query = select(tracks.c.public_id, tracks.c.id)
        ids = {track for track, _ in wanted}
        numbers = dict(rows_where(connection, query, tracks.c.public_id, ids))
        holders: dict[OutsideId, TrackId] = dict(_holders(connection, [one for _, one in wanted]))
        rows = []
        for track, one in wanted:
            if track not in numbers:
                raise NotFoundError(
                    f"there is no track {track!r}", where=db.where, remedy="Search for it"
                )
            holder = holders.setdefault(one, track)
            if holder != track:
                raise UnavailableError(
                    f"{one.scheme}:{one.value} names the track {holder} already",
                    remedy="Take it away there first, or give this one another",
                )
            rows.append({"track_id": numbers[track], "scheme": one.scheme, "value": one.value})
        new = [row for row in _once(rows) if not _there(connection, row)]
        now = time.time()
        if new:
            connection.execute(insert(outside_ids), [{**row, "attached": now} for row in new])
            _count(connection)
    return len(new)


def detach(db: Database, one: OutsideId) -> None:
    """Take away an outside id that a caller attached.

    Raises
    ------
    NotFoundError
        No track has it.
    UnavailableError
        It came with a record.
    """
    named = clean(OutsideId(storable_text(one.scheme), storable_text(one.value)))
    this = (outside_ids.c.scheme == named.scheme) & (outside_ids.c.value == named.value)
    with db.write() as connection:
        row = connection.execute(select(outside_ids.c.attached).where(this)).one_or_none()
        if row is None or named.scheme in OWN_SCHEMES:
            raise NotFoundError(
                f"no track has the id {one.scheme}:{one.value}",
                remedy="Look at the track: it lists its ids",
            )
        if row.attached is None:
            raise UnavailableError(
                f"{one.scheme}:{one.value} came with a record and stays",
                remedy="Only ids that were attached here can be taken away",
            )
        connection.execute(delete(outside_ids).where(this))
        _count(connection)


def _count(connection: Connection) -> None:
    """Say, inside a write, that names have changed."""
    more = update(meta).where(meta.c.name == _NAMED)
    more = more.values(value=to_type(to_type(meta.c.value, Integer) + 1, Text))
    if not connection.execute(more).rowcount:
        connection.execute(insert(meta).values(name=_NAMED, value="1"))


def _checked(one: OutsideId) -> OutsideId:
    scheme, value = storable_text(one.scheme).strip().lower(), storable_text(one.value).strip()
    if not _SCHEME.fullmatch(scheme) or scheme in OWN_SCHEMES:
        raise BadRequestError(
            f"{one.scheme!r} is no scheme of ids",
            remedy="Take up to 40 lower-case letters, digits, '-' and '_', and none of "
            + ", ".join(sorted(OWN_SCHEMES)),
        )
    if not value or len(value) > LONGEST:
        raise BadRequestError(
            f"the id of the scheme {scheme} has {len(value):,} characters",
            remedy=f"Give it 1 to {LONGEST}",
        )
    return clean(OutsideId(scheme, value))


def _holders(connection: Connection, ids: Sequence[OutsideId]) -> Mapping[OutsideId, TrackId]:
    """The tracks that have these ids; those that nobody has are left out."""
    found: dict[OutsideId, TrackId] = {}
    pair = tuple_(outside_ids.c.scheme, outside_ids.c.value)
    query = select(outside_ids.c.scheme, outside_ids.c.value, tracks.c.public_id)
    query = query.join_from(outside_ids, tracks)
    for first in range(0, len(ids), _AT_ONCE):
        some = [(one.scheme, one.value) for one in ids[first : first + _AT_ONCE]]
        for scheme, value, track in connection.execute(query.where(pair.in_(some))):
            found[OutsideId(scheme, value)] = TrackId(track)
    return found


def _there(connection: Connection, row: Mapping[str, object]) -> bool:
    query = select(outside_ids.c.track_id).where(
        outside_ids.c.scheme == row["scheme"], outside_ids.c.value == row["value"]
    )
    return connection.execute(query).one_or_none() is not None


def _once(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Rows of which none comes twice."""
    return list({(row["scheme"], row["value"]): row for row in rows}.values())
