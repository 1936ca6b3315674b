"""Playlists that are made here: kept, changed, found, and no evidence of anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.catalogue import corpus, database, kept, playlists, tracks
from segue.errors import BadRequestError, NotFoundError, UnavailableError
from segue.records import OutsideId, PlaylistRecord, TrackRecord

if TYPE_CHECKING:
    from segue.catalogue.database import Database

SONGS = [TrackRecord(title, ("Ada",)) for title in "ABC"]


@pytest.fixture
def ids(db: Database) -> list[str]:
    tracks.add(db, SONGS)
    return [track.id for track in tracks.page(db)]


def test_what_is_kept_is_found_in_order_also_what_comes_twice(db: Database, ids: list[str]) -> None:
    made = kept.make(db, "  Late \n night ", [ids[2], ids[0], ids[2]], listener="Bo")
    assert (made.title, made.owner, made.count, made.made_here) == ("Late night", "Bo", 3, True)
    assert kept.get(db, made.number) == made
    assert kept.tracks_of(db, made.number) == (ids[2], ids[0], ids[2])


def test_a_change_is_made_once_and_from_what_stands(db: Database, ids: list[str]) -> None:
    first = kept.make(db, "One", ids)
    second = kept.change(db, first.number, edition=first.edition, title="Two", ids=ids[:1])
    assert (second.title, second.count) == ("Two", 1)
    assert second.edition > first.edition
    with pytest.raises(UnavailableError, match="was changed meanwhile"):
        kept.change(db, first.number, edition=first.edition, title="Three")
    with pytest.raises(UnavailableError, match="was changed meanwhile"):
        kept.remove(db, first.number, edition=first.edition)
    assert kept.tracks_of(db, first.number) == (ids[0],)
    kept.remove(db, first.number, edition=second.edition)
    with pytest.raises(NotFoundError, match=f"there is no playlist {first.number}"):
        kept.get(db, first.number)
    assert kept.tracks_of(db, first.number) == ()


def test_what_was_imported_stays_as_it_is(db: Database, ids: list[str]) -> None:
    playlists.add(db, [PlaylistRecord("Theirs", OutsideId("own", "p"), tuple(SONGS))])
    (theirs,) = kept.imported(db)
    assert (theirs.title, theirs.count, theirs.made_here) == ("Theirs", 3, False)
    for change in (
        lambda: kept.change(db, theirs.number, edition=theirs.edition, title="Mine"),
        lambda: kept.remove(db, theirs.number, edition=theirs.edition),
    ):
        with pytest.raises(UnavailableError, match="was imported and stays"):
            change()
    assert kept.imported(db) == [theirs]


@pytest.mark.parametrize(
    ("title", "which", "error", "words"),
    [
        (" \n", [0], BadRequestError, "has no title"),
        ("x" * 301, [0], BadRequestError, "301 characters"),
        ("Empty", [], BadRequestError, "holds no track"),
        ("Long", [0] * 10_001, BadRequestError, "10,001 tracks"),
        ("Gone", [None], NotFoundError, "there is no track 'gone'"),
    ],
)
def test_what_cannot_be_kept_is_said(db: Database, ids, title, which, error, words) -> None:
    with pytest.raises(error, match=words):
        kept.make(db, title, ["gone" if one is None else ids[one] for one in which])
    assert kept.made_here(db) == []


def test_looking_by_words_goes_through_all_of_them(db: Database, ids: list[str]) -> None:
    records = [
        PlaylistRecord(title, OutsideId("own", f"p{n}"), ())
        for n, title in enumerate(("Día de Playa", "夜のドライブ", "🌙", "Night drive", ""))
    ]
    playlists.add(db, records)
    kept.make(db, "Night out", ids)
    assert [one.title for one in kept.imported(db, text="dia PLAYA")] == ["Día de Playa"]
    assert [one.title for one in kept.imported(db, text="ドライブ")] == ["夜のドライブ"]
    assert [one.title for one in kept.imported(db, text="🌙")] == ["🌙"]
    assert [one.title for one in kept.made_here(db, text="night")] == ["Night out"]
    assert kept.made_here(db, text="night drive") == []
    first, second = kept.imported(db, limit=2)
    rest = kept.imported(db, after=second.number, limit=9)
    assert [one.title for one in (first, second, *rest)] == [one.title for one in records]
    assert kept.imported(db, after=rest[-1].number) == []


def test_no_answer_confirms_itself(db: Database, ids: list[str]) -> None:
    kept.make(db, "Before", ids)
    playlists.add(db, [PlaylistRecord("Theirs", OutsideId("own", "p"), (SONGS[1], SONGS[0]))])
    before = database.epoch(db)
    kept.make(db, "Behind", ids[:1])
    assert database.epoch(db) == before
    told = corpus.load(db).playlists
    assert (told.titles, told.starts.tolist()) == (("Theirs",), [0, 2])


@pytest.mark.parametrize("title", ["", "  ", "\n\t", "\0"])
def test_a_playlist_has_a_title(db: Database, title: str) -> None:
    with pytest.raises(BadRequestError, match="has no title"):
        kept.make(db, title, [])


TITLES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=TITLES, order=st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_any_title_and_any_order_come_back(db: Database, title: str, order: list[int]) -> None:
    tracks.add(db, SONGS)
    ids = [track.id for track in tracks.page(db)]
    made = kept.make(db, title, [ids[place] for place in order])
    assert kept.tracks_of(db, made.number) == tuple(ids[place] for place in order)
    assert made in kept.made_here(db, text=title)


def test_a_playlist_may_be_bare_where_that_is_said(db: Database, ids: list[str]) -> None:
    with pytest.raises(BadRequestError, match="holds no track"):
        kept.make(db, "Empty", [])
    made = kept.make(db, "Empty", [], bare=True)
    assert (made.count, kept.tracks_of(db, made.number)) == (0, ())
    filled = kept.change(db, made.number, edition=made.edition, ids=ids)
    assert filled.count == len(ids)
    with pytest.raises(BadRequestError, match="holds no track"):
        kept.change(db, made.number, edition=filled.edition, ids=[])
    assert kept.change(db, made.number, edition=filled.edition, ids=[], bare=True).count == 0


def test_a_description_is_one_line_and_stays_unless_another_is_given(
    db: Database, ids: list[str]
) -> None:
    made = kept.make(db, "One", ids)
    said = kept.change(db, made.number, edition=made.edition, description=" for \n late\x07 hours")
    assert (said.title, said.description, said.count) == ("One", "for late hours", len(ids))
    again = kept.change(db, made.number, edition=said.edition, title="Two")
    assert again.description == "for late hours"
    with pytest.raises(BadRequestError, match="2,001 characters"):
        kept.change(db, made.number, edition=again.edition, description="x" * 2_001)
