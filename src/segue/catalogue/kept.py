"""Playlists as a person looks through them, and those that are made here.

A playlist that was **made here** has the scheme ``segue``. It can be renamed, filled anew and
deleted; what was imported stays as its source has it. What a listener saves is often what an answer
offered, so playlists made here are no evidence of what goes together: `segue.catalogue.entries`
leaves them out, the epoch does not grow by them, and no answer confirms itself.

`Kept.edition` is the time of the last change. A change names the edition it was made from; where
another came between, it is refused, so that two windows never undo each other unseen.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from segue.catalogue.bulk import insert_rows
from segue.catalogue.lists import entries
from segue.catalogue.loading import rows_where
from segue.catalogue.saving import next_id, numbered
from segue.catalogue.schema import listeners, playlist_entries, playlists, tracks
from segue.catalogue.storable import storable_text
from segue.errors import BadRequestError, NotFoundError, UnavailableError
from segue.names import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Select

    from segue.catalogue.database import Database
    from segue.types import TrackId

MADE_HERE = "segue"
"""The scheme of playlists that are made here."""

MOST = 10_000
"""Most tracks of a playlist that is made here."""

LONGEST = 300
"""Most characters of a title."""

MOST_SAID = 2_000
"""Most characters of a description."""

_AT_ONCE = 2_000
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ENTRY = ("playlist_id", "position", "track_id")


@dataclass(frozen=True, slots=True)
class Kept:
    """A playlist of the catalogue.

    Attributes
    ----------
    number
        What it is found by.
    title, description
        As its owner wrote them; may be empty.
    scheme, value
        Where it comes from, and what it is called there.
    owner
        The listener it belongs to; empty for whoever owns the catalogue.
    count
        How many entries it has.
    edition
        When it was changed last, in seconds since 1970; 0 where nobody knows.
    synthetic
        Whether it is invented.
    """

    number: int
    title: str
    description: str
    scheme: str
    value: str
    owner: str
    count: int
    edition: float
    synthetic: bool = False

    @property
    def made_here(self) -> bool:
        """Whether it may be changed."""
        return self.scheme == MADE_HERE


def get(db: Database, number: int) -> Kept:
    """One playlist; NotFoundError where there is none."""
    with db.read() as connection:
        return _one(connection, number, where=db.where)


def tracks_of(db: Database, number: int) -> tuple[TrackId, ...]:
    """The tracks of a playlist in playing order, also those that come twice."""
    with db.read() as connection:
        return entries(connection, number)


def made_here(db: Database, *, text: str = "") -> list[Kept]:
    """Playlists made here, the last changed first; only those whose title holds all words."""
    query = _all().where(playlists.c.scheme == MADE_HERE)
    query = query.order_by(playlists.c.modified.desc(), playlists.c.id.desc())
    with db.read() as connection:
        return _counted(connection, _passing(connection.execute(query).all(), text))


def imported(db: Database, *, text: str = "", after: int = 0, limit: int = 50) -> list[Kept]:
    """Playlists that were imported, in the order they came, those behind the number `after`."""
    found: list[Row[Any]] = []
    # Of those that are only looked at, no more is read than what is looked at.
    columns = select(playlists.c.id, playlists.c.title)
    query: Select[Any] = columns.where(playlists.c.scheme != MADE_HERE).order_by(playlists.c.id)
    with db.read() as connection:
        while len(found) < limit:
            some = query.where(playlists.c.id > after).limit(_AT_ONCE if text else limit)
            rows = connection.execute(some).all()
            if not rows:
                break
            found += _passing(rows, text)
            after = rows[-1].id
        shown = [row.id for row in found[:limit]]
        whole = rows_where(connection, _all(), playlists.c.id, shown)
        return _counted(connection, sorted(whole, key=lambda row: row.id))


def make(
    db: Database,
    title: str,
    ids: Sequence[TrackId],
    *,
    listener: str = "",
    bare: bool = False,
) -> Kept:
    """Keep tracks as a new playlist.

    Parameters
    ----------
    bare
        Whether it may hold no track: players make a playlist first and fill it then.

    Raises
    ------
    BadRequestError
        There is no title or no track, or too much of either.
    NotFoundError
        There is no such track.
    """
    name = _titled(title)
    now = time.time()
    with db.write() as connection:
        numbers = _numbers(connection, ids, where=db.where, bare=bare)
        whose = storable_text(listener)
        owner = numbered(connection, listeners, "name", {whose: {"created": now}})[whose]
        number = next_id(connection, playlists)
        row = {"id": number, "listener_id": owner, "scheme": MADE_HERE, "value": token_hex(8)}
        connection.execute(insert(playlists).values(**row, title=name, modified=now))
        _fill(connection, number, numbers)
        return _one(connection, number, where=db.where)


def change(
    db: Database,
    number: int,
    *,
    edition: float,
    title: str | None = None,
    description: str | None = None,
    ids: Sequence[TrackId] | None = None,
    bare: bool = False,
) -> Kept:
    """Give a playlist made here another title or description, other tracks, or all of it.

    Parameters
    ----------
    edition
        The one it is changed from.
    title, description, ids
        What is None stays as it is.
    bare
        As of `make`.

    Raises
    ------
    NotFoundError
        There is no such playlist or track.
    BadRequestError
        There is no title or no track, or too much of either.
    UnavailableError
        It was imported, or was changed since `edition`.
    """
    with db.write() as connection:
        kept = _changeable(connection, number, edition, where=db.where)
        said = kept.title if title is None else _titled(title)
        if ids is not None:
            found = _numbers(connection, ids, where=db.where, bare=bare)
            _empty(connection, number)
            _fill(connection, number, found)
        # Two changes within one tick of the clock are two editions all the same.
        now = max(time.time(), kept.edition + 0.001)
        about = kept.description if description is None else _described(description)
        this = update(playlists).where(playlists.c.id == number)
        connection.execute(this.values(title=said, description=about, modified=now))
        return _one(connection, number, where=db.where)


def remove(db: Database, number: int, *, edition: float) -> Kept:
    """Delete a playlist made here; what it was. Raises as `change` does."""
    with db.write() as connection:
        kept = _changeable(connection, number, edition, where=db.where)
        _empty(connection, number)
        connection.execute(delete(playlists).where(playlists.c.id == number))
        return kept


def _all() -> Select[Any]:
    return select(playlists, listeners.c.name.label("owner")).join(
        listeners, listeners.c.id == playlists.c.listener_id
    )


def _one(connection: Connection, number: int, *, where: str) -> Kept:
    row = connection.execute(_all().where(playlists.c.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(
            f"there is no playlist {number}",
            where=where,
            remedy="It may have been deleted; the page of playlists lists those there are",
        )
    return _counted(connection, [row])[0]


def _passing(rows: Sequence[Row[Any]], text: str) -> list[Row[Any]]:
    """The rows whose title holds all words of a text; signs alone are looked for as they are."""
    plain = _one_line(text)
    words = fold(plain).split()
    if not words:
        return [row for row in rows if plain in row.title]
    return [row for row in rows if _holds(fold(row.title), words)]


def _holds(title: str, words: Sequence[str]) -> bool:
    return all(word in title for word in words)


def _counted(connection: Connection, rows: Sequence[Row[Any]]) -> list[Kept]:
    """Rows as playlists, with how many entries each has."""
    number = playlist_entries.c.playlist_id
    query = select(number, func.count()).group_by(number)
    counts = dict(rows_where(connection, query, number, [row.id for row in rows]))
    return [
        Kept(
            number=row.id,
            title=row.title,
            description=row.description,
            scheme=row.scheme,
            value=row.value,
            owner=row.owner,
            count=counts.get(row.id, 0),
            edition=row.modified or 0.0,
            synthetic=row.synthetic,
        )
        for row in rows
    ]


def _titled(title: str) -> str:
    name = _one_line(title)
    if not name:
        raise BadRequestError("the playlist has no title", remedy="Give it one")
    if len(name) > LONGEST:
        raise BadRequestError(
            f"the title has {len(name):,} characters", remedy=f"Give it at most {LONGEST}"
        )
    return name


def _described(text: str) -> str:
    about = _one_line(text)
    if len(about) > MOST_SAID:
        raise BadRequestError(
            f"the description has {len(about):,} characters",
            remedy=f"Give it at most {MOST_SAID:,}",
        )
    return about


def _one_line(text: str) -> str:
    """Text with single blanks, without characters that nobody sees and no database holds."""
    return " ".join(_UNSEEN.sub(" ", storable_text(text)).split())


def _numbers(
    connection: Connection, ids: Sequence[TrackId], *, where: str, bare: bool
) -> list[int]:
    """The numbers of tracks, in order."""
    if not ids and not bare:
        raise BadRequestError("the playlist holds no track", remedy="Add one at least")
    if len(ids) > MOST:
        raise BadRequestError(
            f"the playlist holds {len(ids):,} tracks", remedy=f"Keep at most {MOST:,}"
        )
    query = select(tracks.c.public_id, tracks.c.id)
    known = dict(rows_where(connection, query, tracks.c.public_id, set(ids)))
    for each in ids:
        if each not in known:
            raise NotFoundError(
                f"there is no track {each!r}", where=where, remedy="Leave it out; it is gone"
            )
    return [known[each] for each in ids]


def _fill(connection: Connection, number: int, numbers: Sequence[int]) -> None:
    rows = [(number, place, track) for place, track in enumerate(numbers)]
    insert_rows(connection, playlist_entries, _ENTRY, rows)


def _empty(connection: Connection, number: int) -> None:
    connection.execute(delete(playlist_entries).where(playlist_entries.c.playlist_id == number))


def _changeable(connection: Connection, number: int, edition: float, *, where: str) -> Kept:
    kept = _one(connection, number, where=where)
    if not kept.made_here:
        raise UnavailableError(
            f"the playlist {kept.title!r} was imported and stays as its source has it",
            remedy="Open it in the workshop and save it as a new one",
        )
    if kept.edition != edition:
        raise UnavailableError(
            f"the playlist {kept.title!r} was changed meanwhile, in another window perhaps",
            remedy="Open it again; nothing was lost and nothing was done",
        )
    return kept
