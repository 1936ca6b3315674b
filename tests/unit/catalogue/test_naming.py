"""Callers name tracks by ids of their own, and by those that others gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.catalogue import naming, tracks
from segue.catalogue.database import epoch, open_database
from segue.catalogue.identity import OWN_SCHEMES
from segue.errors import BadRequestError, NotFoundError, UnavailableError
from segue.records import OutsideId, TrackRecord
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.catalogue.database import Database

SHOP = OutsideId("shop", "47:11")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "segue.db") as found:
        tracks.add(
            found,
            [
                TrackRecord(title="One", outside_ids=(OutsideId("isrc", "QZES71982312"),)),
                TrackRecord(title="Two", outside_ids=(OutsideId("spotify", "4uLU6hMCjMI75M1A"),)),
            ],
        )
        yield found


def named(db: Database, title: str) -> TrackId:
    return next(one.id for one in tracks.page(db) if one.title == title)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("isrc:QZES71982312", "One"),
        ("ISRC: qz-es7-19-82312", "One"),
        ("spotify:4uLU6hMCjMI75M1A", "Two"),
        ("spotify:track:4uLU6hMCjMI75M1A", "Two"),
    ],
)
def test_a_track_is_found_by_an_outside_id(db: Database, text: str, title: str) -> None:
    assert naming.find(db, [text]) == {text: named(db, title)}


@pytest.mark.parametrize("text", ["isrc:", ":x", "plain", "isrc:NOBODY", "record:x", "file:x", ""])
def test_what_names_nobody_is_left_out(db: Database, text: str) -> None:
    assert naming.find(db, [text]) == {}


def test_an_id_that_is_attached_names_the_track_and_is_shown(db: Database) -> None:
    one, before = named(db, "One"), epoch(db)
    assert naming.edition(db) == (before, 0)
    assert naming.attach(db, [(one, SHOP), (one, SHOP)]) == 1
    assert naming.find(db, ["shop:47:11"]) == {"shop:47:11": one}
    assert SHOP in tracks.get(db, one).outside_ids
    # No engine is made anew for it, and yet what is told of the track is something else.
    assert naming.edition(db) == (before, 1)
    assert naming.attach(db, [(one, SHOP)]) == 0
    assert naming.edition(db) == (before, 1)
    assert epoch(db) == before


def test_an_id_of_another_track_is_refused_and_nothing_is_done(db: Database) -> None:
    one, two = named(db, "One"), named(db, "Two")
    taken = OutsideId("isrc", "QZES71982312")
    with pytest.raises(UnavailableError, match=f"names the track {one} already"):
        naming.attach(db, [(two, SHOP), (two, taken)])
    with pytest.raises(UnavailableError, match="already"):
        naming.attach(db, [(one, SHOP), (two, SHOP)])
    assert naming.find(db, ["shop:47:11"]) == {}


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (OutsideId("record", "x"), "no scheme"),
        (OutsideId("Two Words", "x"), "no scheme"),
        (OutsideId("shop", " "), "0 characters"),
        (OutsideId("shop", "x" * 301), "301 characters"),
    ],
)
def test_what_is_no_id_is_refused(db: Database, one: OutsideId, said: str) -> None:
    with pytest.raises(BadRequestError, match=said):
        naming.attach(db, [(named(db, "One"), one)])


def test_nobody_is_given_an_id_who_is_not_there(db: Database) -> None:
    with pytest.raises(NotFoundError, match="no track 'tnobody'"):
        naming.attach(db, [(TrackId("tnobody"), SHOP)])


def test_only_what_was_attached_can_be_taken_away(db: Database) -> None:
    naming.attach(db, [(named(db, "One"), SHOP)])
    naming.detach(db, SHOP)
    assert naming.edition(db)[1] == 2
    assert naming.find(db, ["shop:47:11"]) == {}
    with pytest.raises(NotFoundError, match="no track has the id shop:47:11"):
        naming.detach(db, SHOP)
    with pytest.raises(UnavailableError, match="came with a record"):
        naming.detach(db, OutsideId("isrc", "qzes71982312"))


@given(scheme=st.text(max_size=50), value=st.text(max_size=50))
def test_what_is_written_is_read_as_it_was_meant(scheme: str, value: str) -> None:
    found = naming.written(f"{scheme}:{value}")
    if found is not None:
        assert found.scheme not in OWN_SCHEMES
        assert naming.written(f"{found.scheme}:{found.value}") == found
