"""Search as you type on PostgreSQL keeps what tests ask of SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from searched import ANY_ORDER, NOTHING, RECORDS, SPELLINGS, TYPED, WORLD
from segue.catalogue import search, search_keys, tracks
from segue.catalogue.database import Database, open_database, reached
from segue.records import TrackRecord

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def db(postgres_server: str) -> Iterator[Database]:
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE searched")
    with open_database(f"{postgres_server}/searched") as database:
        tracks.add(database, RECORDS)
        yield database


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The same world in a file."""
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
    assert names(db, "yesterday", limit=2) == names(db, "yesterday")[:2]


@pytest.mark.parametrize("text", ANY_ORDER)
def test_artist_and_title_in_any_order_come_first(db: Database, text: str) -> None:
    assert names(db, text)[0] == "Boyz II Men – Yesterday"


@pytest.mark.parametrize(("text", "expected"), SPELLINGS)
def test_spellings_of_one_name_find_it(db: Database, text: str, expected: str) -> None:
    assert names(db, text)[:1] == [expected]


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_said_rather_than_nonsense(db: Database, text: str) -> None:
    assert names(db, text) == []


@pytest.mark.parametrize("text", TYPED)
def test_whatever_is_typed_is_only_words(db: Database, text: str) -> None:
    assert isinstance(search.tracks(db, text), list)
    assert isinstance(search.closest(db, text), list)
    assert tracks.count(db) == len(WORLD)


@pytest.mark.parametrize(
    "text",
    [
        *("bohemian rh", "bohem", "bohem rhapsody", "beatles today", "bowie queen pressure"),
        *("queen", "bowie yesterday", "the beatles golden", "t", "th", "the", "ada"),
        *("yesterday NOT once", 'yester"day', "harbour", "now", "jazz queen", "the book"),
        *("simon garf", "q", "52"),
    ],
)
def test_both_databases_find_the_same_and_the_same_one_first(
    db: Database, here: Database, text: str
) -> None:
    there, in_file = names(db, text, limit=20), names(here, text, limit=20)
    assert there[:1] == in_file[:1]
    assert sorted(there) == sorted(in_file)


@given(st.text(max_size=40))
@settings(max_examples=25)
def test_no_text_raises_and_the_answer_is_always_the_same(db: Database, text: str) -> None:
    found = search.tracks(db, text, limit=5)
    assert len({track.id for track in found}) == len(found) <= 5
    assert found == search.tracks(db, text, limit=5)


@given(st.sampled_from(WORLD), st.integers(1, 60))
@settings(max_examples=25)
def test_beginnings_of_names_find_as_much_as_in_a_file(
    db: Database, here: Database, one: tuple[str, tuple[str, ...], str, float | None], length: int
) -> None:
    title, artists, album, _ = one
    text = f"{artists[0]} {title} {album}"
    assert f"{', '.join(artists)} – {title}" in names(db, text, limit=20)
    assert set(names(here, text[:length], limit=20)) <= set(names(db, text[:length], limit=20))


def test_the_closest_names_are_found_for_a_misspelt_one(db: Database) -> None:
    found = [track.name for track in search.closest(db, "Quen - Bohemain Rapsody")]
    assert found[0] == "Queen – Bohemian Rhapsody"
    assert (search.closest(db, "zzzz"), search.closest(db, "")) == ([], [])


@pytest.mark.parametrize("table", sorted(search_keys.SEARCHED))
def test_a_word_is_looked_up_in_the_index(db: Database, table: str) -> None:
    names_ = search_keys.SEARCHED[table]
    with db.read() as connection:
        connection.execute(sql("SET LOCAL enable_seqscan = off"))
        query = f"EXPLAIN SELECT id FROM {table} WHERE {names_} LIKE ANY (CAST(:w AS text[]))"  # noqa: S608
        plan = "\n".join(connection.execute(sql(query), {"w": ["% queen%", "% killer%"]}).scalars())
    assert f"ix_{table}_searched" in plan


def test_a_server_without_trigrams_finds_the_same(
    postgres_server: str, here: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever may not make the extension searches all the same; it is told."""
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
        connection.execute("CREATE DATABASE bare")
    with psycopg.connect(f"{postgres_server}/bare", autocommit=True) as connection:
        connection.execute("GRANT ALL ON SCHEMA public TO guest")
        connection.execute("REVOKE CREATE ON DATABASE bare FROM PUBLIC")
    with open_database(f"{postgres_server.replace('segue@', 'guest@')}/bare") as bare:
        assert "the extension pg_trgm cannot be made here" in caplog.text
        tracks.add(bare, RECORDS)
        for text in ("yesterday", "queen", "dont stop me"):
            assert sorted(names(bare, text)) == sorted(names(here, text)) != []


def test_changed_and_deleted_names_are_followed(postgres_server: str) -> None:
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE followed")
    with reached(f"{postgres_server}/followed") as empty:
        assert empty.path is None
    with open_database(f"{postgres_server}/followed") as db:
        tracks.add(db, [TrackRecord(title="Harbour (feat. Zoë)", artists=("Ada",))])
        (found,) = search.tracks(db, "feat zo")
        tracks.delete(db, found.id)
        assert search.tracks(db, "harb") == []
