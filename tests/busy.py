"""A catalogue that everything happened to: what two databases are compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planted import planted
from segue.catalogue import history, links, playlists, search, tracks
from segue.catalogue.database import epoch, open_database
from segue.records import OutsideId, Play, PlaylistRecord, Track

if TYPE_CHECKING:
    from pathlib import Path

Answers = tuple[list[Track], list[Track], list[links.Link], int]


def build(url: Path | str) -> Answers:
    """Every way into the catalogue once, and everything it answers."""
    cases = planted(3, each=4)
    with open_database(url) as db:
        tracks.add(db, [case.track for case in cases])
        tracks.add(db, [case.record for case in cases])
        mixes = [
            PlaylistRecord(
                f"Mix {number}",
                OutsideId("own", str(number)),
                tuple(case.record for case in cases[number::17]),
            )
            for number in range(9)
        ]
        playlists.add(db, mixes)
        history.add(db, [Play("me", case.track, times=2) for case in cases[::5]])
        for link in links.listing(db, state="linked")[::7]:
            links.undo(db, link.id)
        tracks.delete(db, tracks.page(db)[4].id)
        answers = (
            tracks.page(db, limit=10_000),
            search.tracks(db, "har", limit=50),
            links.listing(db),
            epoch(db),
        )
    return answers
