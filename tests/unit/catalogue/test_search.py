"""Search as you type: what is found, in which order, and that nothing a person types breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searched import ANY_ORDER, NOTHING, RECORDS, SPELLINGS, TYPED, WORLD
from segue.catalogue import search, tracks
from segue.catalogue.database import Database, open_database
from segue.names import fold
from segue.records import TrackRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with open_database(tmp_path_factory.mktemp("search") / "search.db") as database:
        tracks.add(database, RECORDS)
        yield database


def names(db: Database, text: str, *, limit: int = 10) -> list[str]:
    return [track.name for track in search.tracks(db, text, limit=limit)]


def test_the_exact_title_comes_first_the_popular_one_before_the_other(db: Database) -> None:
    assert names(db, "yesterday") == [
        "The Beatles – Yesterday",
        "Boyz II Men – Yesterday",
        "Carpenters – Yesterday Once More",
        "The Beatles – Golden Slumbers",
    ]


@pytest.mark.parametrize(
    "text",
    ANY_ORDER,
)
def test_artist_and_title_in_any_order_come_first(db: Database, text: str) -> None:
    assert names(db, text)[0] == "Boyz II Men – Yesterday"


def test_the_last_word_may_be_unfinished_the_others_not(db: Database) -> None:
    assert names(db, "bohemian rh") == ["Queen – Bohemian Rhapsody"]
    assert names(db, "bohem") == ["Queen – Bohemian Rhapsody"]
    assert names(db, "bohem rhapsody") == []


def test_every_word_must_be_found_somewhere_in_title_artists_or_album(db: Database) -> None:
    assert names(db, "beatles today") == ["The Beatles – Golden Slumbers"]
    assert names(db, "bowie queen pressure") == ["Queen, David Bowie – Under Pressure"]
    assert names(db, "bowie yesterday") == []


def test_a_word_in_the_title_is_worth_more_than_one_among_the_artists(db: Database) -> None:
    assert names(db, "queen")[0] == "Queen – Killer Queen"
    assert set(names(db, "queen")) == {
        "Queen – Killer Queen",
        "Queen – Bohemian Rhapsody",
        "Queen – Don't Stop Me Now",
        "Queen, David Bowie – Under Pressure",
    }


@pytest.mark.parametrize("text", ["t", "th", "the"])
def test_a_few_letters_bring_popular_titles_and_artists_that_begin_so(
    db: Database, text: str
) -> None:
    expected = [
        "AC/DC – Thunderstruck",
        "The Beatles – Yesterday",
        "Simon & Garfunkel – The Boxer",
        "The Beatles – Golden Slumbers",
    ]
    assert names(db, text)[:3] == (expected[1:] if text == "the" else expected[:3])


@pytest.mark.parametrize(
    ("text", "expected"),
    SPELLINGS,
)
def test_spellings_of_one_name_find_it(db: Database, text: str, expected: str) -> None:
    assert names(db, text)[:1] == [expected]


@pytest.mark.parametrize(
    "text",
    NOTHING,
)
def test_nothing_is_said_rather_than_nonsense(db: Database, text: str) -> None:
    assert names(db, text) == []


@pytest.mark.parametrize(
    "text",
    TYPED,
)
def test_whatever_is_typed_is_only_words(db: Database, text: str) -> None:
    assert isinstance(search.tracks(db, text), list)
    assert isinstance(search.closest(db, text), list)
    assert tracks.count(db) == len(WORLD)


def test_operators_are_words_like_any_other(db: Database) -> None:
    assert names(db, "yesterday NOT once") == []
    assert names(db, 'yester"day') == []
    assert names(db, "queen*")[0] == "Queen – Killer Queen"


@given(st.text(max_size=40))
def test_no_text_raises_and_the_answer_is_always_the_same(db: Database, text: str) -> None:
    found = search.tracks(db, text, limit=5)
    assert len(found) <= 5
    assert len({track.id for track in found}) == len(found)
    assert found == search.tracks(db, text, limit=5)


@given(st.sampled_from(WORLD), st.integers(1, 60))
def test_what_is_found_holds_every_finished_word(
    db: Database, one: tuple[str, tuple[str, ...], str, float | None], length: int
) -> None:
    title, artists, album, _ = one
    text = f"{artists[0]} {title} {album}"
    whole = [track.name for track in search.tracks(db, text, limit=20)]
    assert f"{', '.join(artists)} – {title}" in whole
    finished = {fold(word).replace(" ", "") for word in text[:length].split()[:-1]}
    finished = {word for word in finished if word.isalnum() and word != "and"}
    for track in search.tracks(db, text[:length], limit=20):
        holds = fold(f"{track.title} {track.artist} {track.album}").replace(" ", "")
        assert [word for word in finished if word not in holds] == []


def test_equal_tracks_come_in_the_order_of_their_ids(db: Database) -> None:
    found = search.tracks(db, "harbour")
    assert len(found) == 3
    assert [track.id for track in found] == sorted(track.id for track in found)


def test_no_more_than_the_limit_is_given(db: Database) -> None:
    assert len(names(db, "yesterday", limit=2)) == 2
    assert names(db, "yesterday", limit=0) == []


def test_the_closest_names_are_found_for_a_misspelt_one(db: Database) -> None:
    found = [track.name for track in search.closest(db, "Quen - Bohemain Rapsody")]
    assert found[0] == "Queen – Bohemian Rhapsody"
    assert len(found) <= 3
    assert search.closest(db, "zzzz") == []
    assert search.closest(db, "") == []
    assert search.closest(db, "queen", limit=0) == []


def test_a_deleted_track_is_found_no_more(tmp_path: Path) -> None:
    with open_database(tmp_path / "search.db") as db:
        tracks.add(db, [TrackRecord(title="Harbour", artists=("Ada",))])
        (found,) = search.tracks(db, "harb")
        tracks.delete(db, found.id)
        assert search.tracks(db, "harb") == []


def test_an_empty_catalogue_answers_nothing(tmp_path: Path) -> None:
    with open_database(tmp_path / "search.db") as db:
        assert search.tracks(db, "queen") == []
        assert search.closest(db, "queen") == []
