"""A stamp for a state of the catalogue: what a file that follows from it may be known by.

An epoch is not enough. A catalogue that is put back from yesterday's copy counts on from
yesterday's number, and comes to today's with other music in it. A stamp is drawn when something is
first kept that follows from an epoch, and stands in the catalogue from then on: in the one that was
put back it does not, and in a copy of it it does.

The last few stand there (`REMEMBERED`). Who is killed while keeping something new leaves its stamp
behind, and what was kept before counts as it did: until so many epochs have been stamped of which
nothing was kept, on a disk that stays full, say.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select

from segue.catalogue.guesses import keep, kept
from segue.catalogue.schema import meta

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from segue.catalogue.database import Database

REMEMBERED = 16
"""Epochs whose stamps are known."""

_NAME = "stamps"


def stamped(db: Database) -> tuple[int, dict[int, str]]:
    """The epoch of the catalogue, and the stamps that are known by their epoch, the last first."""
    with db.read() as connection:
        return _epoch(connection), _known(connection)


def stamp(db: Database, epoch: int) -> str | None:
    """The stamp of an epoch, drawn if it has none yet; None where a later one is stamped.

    Parameters
    ----------
    epoch
        One that this catalogue has been in while it was open: it may have gone on since.

    Raises
    ------
    BusyError, UnavailableError
        The catalogue cannot be written to.
    """
    now, known = stamped(db)
    if epoch == max(known, default=-1) <= now:
        return known[epoch]
    with db.write() as connection:
        known = _known(connection)
        last = max(known, default=-1)
        if epoch > _epoch(connection) or epoch < last:
            return None
        if last != epoch:
            known = {epoch: secrets.token_hex(16), **known}
            keep(connection, _NAME, json.dumps(list(known.items())[:REMEMBERED]))
        return known[epoch]


def _epoch(connection: Connection) -> int:
    return int(connection.execute(select(meta.c.value).where(meta.c.name == "epoch")).scalar_one())


def _known(connection: Connection) -> dict[int, str]:
    said = kept(connection, _NAME)
    return {int(epoch): str(drawn) for epoch, drawn in json.loads(said)} if said else {}
