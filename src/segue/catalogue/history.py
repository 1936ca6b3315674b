"""Listening histories: who played what, how often, when.

A play is of a track (title or id known) or of an artist only (a count by artist, as some services
give it). **Events** carry a time: the same listener, record and second is the same event.
**Counts** carry none: the n-th count of a record in an import is the n-th of the next import too,
so that importing a longer or newer history of the same source updates what is there.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from segue.catalogue.bulk import insert_rows, update_rows
from segue.catalogue.identity import identities, refusal
from segue.catalogue.intake import Intake, Tally
from segue.catalogue.loading import rows_where
from segue.catalogue.saving import next_id, numbered
from segue.catalogue.schema import artists, listeners, plays
from segue.catalogue.settling import settle
from segue.catalogue.storable import storable, storable_text
from segue.names import artist_key, artist_keys, is_collective
from segue.records import Play, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from segue.catalogue.database import Database
    from segue.summaries import ImportSummary
    from segue.types import Progress

BATCH = 10_000
"""Plays of one transaction."""

_COLUMNS = ("id", "listener_id", "track_id", "artist_id", "times", "at", "digest", "link_id")


def add(
    db: Database,
    plays: Iterable[Play | Rejection],
    *,
    strict: bool = False,
    on_progress: Progress | None = None,
) -> ImportSummary:
    """Take in plays.

    Parameters
    ----------
    plays
        As a source yields them, with what it had to reject. `times` below 1 is rejected, and so
        is a play of nobody in particular.
    strict
        Stop at the first rejection and store nothing at all.

    Returns
    -------
    ImportSummary
        Counts plays: read = imported + merged + duplicate + rejected, where `merged` had another
        number of times before.

    Raises
    ------
    BadTableError
        In strict mode, naming the place of the rejection.
    """
    counted = _Counted()

    def store(connection: Connection, read: list[Play], tally: Tally) -> None:
        batch = [
            replace(play, listener=storable_text(play.listener), track=storable(play.track))
            for play in read
        ]
        _store(connection, batch, counted, tally)

    intake = Intake(store, _refuse, what="plays", most=BATCH)
    return intake.run(db, plays, strict=strict, on_progress=on_progress)


def _refuse(play: Play) -> Rejection | None:
    if play.times < 1:
        return Rejection(play.track.place, None, f"it was played {play.times} times")
    if refusal(play.track) and not artist_keys(play.track.artists):
        return Rejection(play.track.place, None, "it names neither a track nor an artist")
    return None


@dataclass(slots=True)
class _Counted:
    """How often a count of one listener and record came in this import."""

    seen: Counter[str] = field(default_factory=Counter)

    def digest(self, play: Play) -> str:
        """What makes a play the same play again."""
        ids = identities(play.track)
        what = f"{ids[0].scheme}\x1f{ids[0].value}" if ids else artist_keys(play.track.artists)[0]
        form = f"{play.listener}\x1f{what}\x1f"
        if play.at is not None:
            form += f"at {play.at:.3f}"
        else:
            self.seen[form] += 1
            form += f"count {self.seen[form]}"
        return hashlib.sha256(form.encode()).hexdigest()[:32]


def _store(connection: Connection, batch: list[Play], counted: _Counted, tally: Tally) -> None:
    now = time.time()
    whose = numbered(
        connection, listeners, "name", {play.listener: {"created": now} for play in batch}
    )
    places = _places(connection, batch)
    digests = [counted.digest(play) for play in batch]
    query = select(plays.c.digest, plays.c.id, plays.c.times)
    known = {
        digest: (number, times)
        for digest, number, times in rows_where(connection, query, plays.c.digest, set(digests))
    }
    number = next_id(connection, plays)
    new: dict[int, tuple[Any, ...]] = {}
    changed: dict[int, tuple[int, int]] = {}
    for play, digest, (track, artist, link, state) in zip(batch, digests, places, strict=True):
        if digest not in known:
            outcome = "imported"
            row = (number, whose[play.listener], track, artist, play.times, play.at, digest, link)
            new[number] = row
            known[digest] = (number, play.times)
            number += 1
        elif known[digest][1] == play.times:
            outcome = "duplicate"
        else:
            outcome = "merged"
            there = known[digest][0]
            known[digest] = (there, play.times)
            if there in new:
                new[there] = (*new[there][:4], play.times, *new[there][5:])
            else:
                changed[there] = (play.times, there)
        tally.count(outcome, state)
    insert_rows(connection, plays, _COLUMNS, list(new.values()))
    update_rows(connection, plays, ("times",), list(changed.values()))


def _places(
    connection: Connection, batch: list[Play]
) -> list[tuple[int | None, int | None, int | None, str]]:
    """Track or artist of every play, with the link it came by and the state of a new link."""
    of_tracks = [play.track for play in batch if not refusal(play.track)]
    met = iter(settle(connection, of_tracks, door="play"))
    lead = {
        id(play): next(one for one in play.track.artists if not is_collective(one))
        for play in batch
        if refusal(play.track)
    }
    wanted = {artist_key(name): {"name": name} for name in lead.values()}
    numbers = numbered(connection, artists, "key", wanted)
    places: list[tuple[int | None, int | None, int | None, str]] = []
    for play in batch:
        if id(play) in lead:
            places.append((None, numbers[artist_key(lead[id(play)])], None, ""))
        else:
            one = next(met)
            places.append((one.track, None, one.link, one.state))
    return places
