"""A playlist is found by its id or by what people call it, in any script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue.catalogue import lists, playlists, tracks
from segue.errors import BadRequestError, NotFoundError
from segue.records import OutsideId, PlaylistRecord, TrackRecord

if TYPE_CHECKING:
    from segue.catalogue.database import Database

SONGS = [TrackRecord(title, ("Ada",)) for title in "ABC"]


def fill(db: Database) -> None:
    titles = ("Día de Playa", "夜のドライブ", "🌙", "🚗", "Gym", "gym!", "")
    playlists.add(
        db,
        [
            PlaylistRecord(title, OutsideId("own", f"p{n}"), (SONGS[2], SONGS[0], SONGS[2]))
            for n, title in enumerate(titles)
        ],
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("p1", "p1"), (" dia de playa ", "p0"), ("夜のドライブ", "p1"), ("🚗", "p3"), ("p6", "p6")],
)
def test_a_playlist_is_found_with_its_tracks_in_order(db: Database, name: str, value: str) -> None:
    fill(db)
    c, a = (next(t.id for t in tracks.page(db) if t.title == title) for title in "CA")
    found = lists.find(db, name)
    assert (found.outside_id, found.tracks) == (value, (c, a, c))


def test_what_is_no_playlist_or_several_is_said(db: Database) -> None:
    fill(db)
    for name in ("nothing", "", "🎸"):
        with pytest.raises(NotFoundError, match="no playlist has the id or the title"):
            lists.find(db, name)
    with pytest.raises(BadRequestError, match=r"2 playlists are called 'GYM'.*p4, p5"):
        lists.find(db, "GYM")
