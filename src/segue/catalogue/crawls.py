"""How far playlists of a service elsewhere have been fetched: where a crawl goes on after a stop.

A crawl is named by what is asked for, in one line. Its **listing** says which playlists there are,
a page at a time; each page is noted in one transaction with the place where the listing goes on.
Then each playlist that **waits** is fetched: it is **taken** once it is in the catalogue, or it
**failed**. Killed between taking a playlist in and noting that, a crawl fetches it once more, which
changes nothing.

A crawl that was finished begins anew, and skips the playlists whose version it has.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from segue.catalogue.loading import known_identities, rows_where
from segue.catalogue.schema import crawled, crawls
from segue.catalogue.storable import storable_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue.catalogue.database import Database
    from segue.records import OutsideId

WAITING, TAKEN, FAILED = "waiting", "taken", "failed"

_UNLISTED = -1
"""The number of a playlist that an earlier listing named, and this one has not yet."""


@dataclass(frozen=True, slots=True)
class Crawl:
    """Where a crawl stands: its listing's place, whether that is at its end, how many it named.

    `resumed` says whether an earlier run was stopped before its end.
    """

    asked: str
    place: int
    listed: bool
    found: int
    resumed: bool = False


def begin(db: Database, asked: str) -> Crawl:
    """Begin a crawl, go on with one that was stopped, or begin one anew that was finished."""
    asked = storable_text(asked)
    fresh = {"place": 0, "listed": False, "begun": time.time(), "finished": None}
    with db.write() as connection:
        row = connection.execute(select(crawls).where(crawls.c.asked == asked)).one_or_none()
        if row is None:
            connection.execute(insert(crawls), {"asked": asked, **fresh})
        elif row.finished is not None:
            connection.execute(update(crawls).where(crawls.c.asked == asked).values(fresh))
            mine = crawled.c.asked == asked
            connection.execute(update(crawled).where(mine).values(number=_UNLISTED))
    return standing(db, asked, resumed=row is not None and row.finished is None)


def standing(db: Database, asked: str, *, resumed: bool = False) -> Crawl:
    """Where a crawl that was begun stands."""
    row = select(crawls.c.place, crawls.c.listed).where(crawls.c.asked == asked)
    named = select(func.count()).where(crawled.c.asked == asked, crawled.c.number >= 0)
    with db.read() as connection:
        place, listed = connection.execute(row).one()
        found = connection.execute(named.select_from(crawled)).scalar_one()
    return Crawl(asked, place, listed, found, resumed=resumed)


def note_page(
    db: Database, asked: str, page: Sequence[tuple[str, str]], *, place: int, listed: bool
) -> Crawl:
    """Note a page of the listing, and where it goes on.

    Parameters
    ----------
    page
        Id and version of each playlist. One that is in the catalogue in this very version does not
        wait; an empty version is like no other.
    place
        Where the listing goes on.
    listed
        Whether this page was its last.
    """
    versions = {storable_text(value): storable_text(version) for value, version in page}
    mine = crawled.c.asked == asked
    kept = select(crawled.c.value, crawled.c.state, crawled.c.version, crawled.c.number)
    with db.write() as connection:
        rows = rows_where(connection, kept.where(mine), crawled.c.value, versions)
        known = {value: (state, version, number) for value, state, version, number in rows}
        # Numbers have no gaps, so that how many are listed is the next one.
        listed_now = select(func.count()).select_from(crawled).where(mine, crawled.c.number >= 0)
        number = connection.execute(listed_now).scalar_one()
        for value, version in versions.items():
            row = {"asked": asked, "value": value}
            state, had, at = known.get(value, (WAITING, "", _UNLISTED))
            if value in known and at >= 0:
                continue
            same = state == TAKEN and version and version == had
            values = {"number": number, "state": TAKEN if same else WAITING, "reason": ""}
            number += 1
            if value in known:
                one = mine & (crawled.c.value == value)
                connection.execute(update(crawled).where(one).values(values))
            else:
                connection.execute(insert(crawled), {**row, "version": "", **values})
        connection.execute(
            update(crawls).where(crawls.c.asked == asked).values(place=place, listed=listed)
        )
    return standing(db, asked)


def next_waiting(db: Database, asked: str, *, most: int) -> str | None:
    """The first playlist that waits among the first `most` of the listing; None where none does."""
    query = (
        select(crawled.c.value)
        .where(crawled.c.asked == asked, crawled.c.state == WAITING)
        .where(crawled.c.number.between(0, most - 1))
        .order_by(crawled.c.number)
        .limit(1)
    )
    with db.read() as connection:
        return connection.execute(query).scalar()


def note_taken(db: Database, asked: str, value: str, *, version: str) -> None:
    """Note that a playlist is in the catalogue, in a version."""
    _note(db, asked, value, state=TAKEN, version=storable_text(version), reason="")


def note_failed(db: Database, asked: str, value: str, *, reason: str) -> None:
    """Note why a playlist could not be fetched; the next crawl tries it again."""
    _note(db, asked, value, state=FAILED, version="", reason=storable_text(reason))


def finish(db: Database, asked: str) -> None:
    """Note that a crawl has come to its end."""
    with db.write() as connection:
        connection.execute(
            update(crawls).where(crawls.c.asked == asked).values(finished=time.time())
        )


def states(db: Database, asked: str, *, most: int) -> dict[str, int]:
    """How many of the first `most` playlists of a listing are in each state."""
    query = (
        select(crawled.c.state, func.count().label("number"))
        .where(crawled.c.asked == asked, crawled.c.number.between(0, most - 1))
        .group_by(crawled.c.state)
    )
    with db.read() as connection:
        counted = {row.state: row.number for row in connection.execute(query)}
    return {state: counted.get(state, 0) for state in (WAITING, TAKEN, FAILED)}


def failures(db: Database, asked: str, *, most: int) -> list[tuple[str, str]]:
    """Ids of the playlists that failed among the first `most`, each with the reason."""
    query = (
        select(crawled.c.value, crawled.c.reason)
        .where(crawled.c.asked == asked, crawled.c.state == FAILED)
        .where(crawled.c.number.between(0, most - 1))
        .order_by(crawled.c.number)
    )
    with db.read() as connection:
        return [(value, reason) for value, reason in connection.execute(query)]


def unknown(db: Database, ids: Iterable[OutsideId]) -> int:
    """How many of some outside ids no track of the catalogue has, each counted once."""
    wanted = set(ids)
    with db.read() as connection:
        return len(wanted - known_identities(connection, wanted).keys())


def _note(db: Database, asked: str, value: str, **values: str) -> None:
    one = (crawled.c.asked == asked) & (crawled.c.value == value)
    with db.write() as connection:
        connection.execute(update(crawled).where(one).values(values))
