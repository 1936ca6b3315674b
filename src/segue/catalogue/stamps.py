"""A stamp for a state of the catalogue: what a file that follows from it may be known by.

An epoch is not enough. A catalogue that is put back from yesterday's copy counts on from
yesterday's number, and comes to today's with other music in it. A stamp is drawn when something is
first kept that follows from an epoch, and stands in the catalogue from then on: in the one that was
put back it does not, and in a copy of it it does.
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

_NAME = "stamp"


def stamped(db: Database) -> tuple[int, int, str]:
    """The epoch of the catalogue; the last one that was stamped, and its stamp.

    Returns
    -------
    tuple of int, int and str
        -1 and "" for the last two where none ever was.
    """
    with db.read() as connection:
        return _epoch(connection), *_last(connection)


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
    now, last, known = stamped(db)
    if last == epoch <= now:
        return known
    with db.write() as connection:
        last, known = _last(connection)
        if epoch > _epoch(connection) or epoch < last:
            return None
        if last != epoch:
            known = secrets.token_hex(16)
            keep(connection, _NAME, json.dumps([epoch, known]))
        return known


def _epoch(connection: Connection) -> int:
    return int(connection.execute(select(meta.c.value).where(meta.c.name == "epoch")).scalar_one())


def _last(connection: Connection) -> tuple[int, str]:
    said = kept(connection, _NAME)
    if not said:
        return -1, ""
    epoch, known = json.loads(said)
    return int(epoch), str(known)
