"""Files by format, and what listeners have played most: counted where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, select

from segue.catalogue.schema import files, listeners, plays, tracks
from segue.catalogue.storable import storable_text
from segue.catalogue.streaming import streamed
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.catalogue.database import Database

_MONTH_FROM = np.datetime64("1970-01", "M")


@dataclass(frozen=True, slots=True)
class Format:
    """Files of one format: how many, how long all together in seconds, and in bytes."""

    name: str
    files: int
    seconds: float
    size: int


@dataclass(frozen=True, slots=True)
class Played:
    """What a listener has played, or all together.

    `times` counts plays, `most` the tracks played most with how often, `months` plays by month as
    "2024-05", for plays whose time is known.
    """

    times: int
    most: tuple[tuple[TrackId, int], ...]
    months: tuple[tuple[str, int], ...]


def formats(db: Database) -> list[Format]:
    """The files that are there by format, the most first."""
    query = (
        select(files.c.format, func.count(), func.sum(files.c.duration), func.sum(files.c.size))
        .where(files.c.missing_since.is_(None))
        .group_by(files.c.format)
        .order_by(func.count().desc(), files.c.format)
    )
    with db.read() as connection:
        return [
            Format(name, int(n), float(seconds or 0.0), int(size or 0))
            for name, n, seconds, size in connection.execute(query)
        ]


def played(db: Database, listener: str, *, most: int = 10) -> Played:
    """What a listener has played; nothing of one nobody knows.

    Parameters
    ----------
    listener
        By name; blank is whoever owns the catalogue.
    most
        How many tracks at most.
    """
    named = select(listeners.c.id).where(listeners.c.name == storable_text(listener))
    with db.read() as connection:
        whose = connection.execute(named).scalar_one_or_none()
        if whose is None:
            return Played(0, (), ())
        mine = plays.c.listener_id == whose
        times = connection.execute(select(func.sum(plays.c.times)).where(mine)).scalar_one()
        often = func.sum(plays.c.times)
        query = (
            select(tracks.c.public_id, often)
            .join(plays, plays.c.track_id == tracks.c.id)
            .where(mine)
            .group_by(tracks.c.public_id)
            .order_by(often.desc(), tracks.c.public_id)
            .limit(most)
        )
        best = tuple((TrackId(one), int(n)) for one, n in connection.execute(query))
        dated = select(plays.c.at, plays.c.times).where(mine, plays.c.at.is_not(None))
        counts = np.zeros(0, dtype=np.int64)
        for part in streamed(connection, dated):
            at, n = np.array([tuple(row) for row in part], dtype=np.float64).T
            months = at.astype("datetime64[s]").astype("datetime64[M]") - _MONTH_FROM
            found = np.bincount(np.maximum(months.astype(np.int64), 0), weights=n).astype(np.int64)
            longer = max(len(counts), len(found))
            counts = np.pad(counts, (0, longer - len(counts)))
            counts[: len(found)] += found
    return Played(int(times or 0), best, _by_month(counts))


def _by_month(counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[tuple[str, int], ...]:
    """Months with their counts, from the first to the last that has any."""
    some = np.flatnonzero(counts)
    if not len(some):
        return ()
    return tuple(
        (str(_MONTH_FROM + np.timedelta64(month, "M")), int(counts[month]))
        for month in range(int(some[0]), int(some[-1]) + 1)
    )
