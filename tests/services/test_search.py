"""Search as you type on PostgreSQL keeps what tests ask of SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect
from sqlalchemy import text as sql

from searched import ANY_ORDER, NOTHING, RECORDS, SPELLINGS, TYPED, WORLD
from segue.catalogue import search, tracks
from segue.catalogue.database import Database, open_database, reached
from segue.catalogue.upgrading import migration_config
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


def test_words_are_looked_up_in_the_index(db: Database) -> None:
    with db.read() as connection:
        connection.execute(sql("SET LOCAL enable_seqscan = off"))
        query = "EXPLAIN SELECT id FROM tracks WHERE searched @@ segue_phrase(:word, true, false)"
        plan = "\n".join(connection.execute(sql(query), {"word": "don't st"}).scalars())
    assert "ix_tracks_words" in plan


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=50)
def test_every_name_is_found_by_each_word_the_server_reads_in_it(
    db: Database, title: str, credit: str
) -> None:
    """Names and what is typed are read by one function, so nothing falls between the two."""
    given_ = {"title": title.replace("\0", ""), "credit": credit.replace("\0", "")}
    found = sql(
        "SELECT segue_searched(:title, :credit, NULL) @@ segue_phrase(each, false, false)"
        " FROM unnest(segue_words(:title) || segue_words(:credit)) AS each"
    )
    many = sql("SELECT segue_searched_words(:title, :credit, NULL)")
    with db.read() as connection:
        answers = connection.execute(found, given_).scalars().all()
        assert connection.execute(many, given_).scalar_one() == len(answers)
    assert all(answers)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Don't Stop", ["don", "t", "stop"]),
        ("MØ – Café Ünder", ["mø", "cafe", "under"]),
        ("Мой мир: й", ["мой", "мир", "й"]),
        ("夜に駆ける!", ["夜に駆ける"]),
        ("100%_50\\", ["100", "50"]),
        ("Cafe\u0301", ["cafe"]),
        ("🔥 !!!", []),
        ("Tab\tLine\nEnd\x7f\x01!", ["tab", "line", "end"]),
        ("Täb\tLine\nEnd\x7f\x01!", ["tab", "line", "end"]),
    ],
)
def test_a_server_reads_words_as_a_file_does(db: Database, typed: str, words: list[str]) -> None:
    with db.read() as connection:
        query = sql("SELECT segue_words(:typed)")
        assert connection.execute(query, {"typed": typed}).scalar_one() == words


def test_a_database_that_knows_few_letters_is_told_of(
    postgres_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE letters TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    with open_database(f"{postgres_server}/letters"):
        pass
    assert "knows no letters but a to z" in caplog.text


def test_names_longer_than_an_index_has_room_for_are_kept(postgres_server: str) -> None:
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE endless")
    with open_database(f"{postgres_server}/endless") as db:
        long = [TrackRecord(title="x" * 2_600), TrackRecord(title="harbour " * 6_000 + "end")]
        tracks.add(db, long)
        assert len(search.tracks(db, "x" * 300)) == 1
        assert len(search.tracks(db, "harbour harbour")) == 1


def test_an_older_catalogue_is_made_searchable(postgres_server: str) -> None:
    """Revision 0013 kept trigrams, where it could make their extension."""
    import psycopg

    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE older")
    url = f"{postgres_server}/older"
    with open_database(url) as db:
        tracks.add(db, RECORDS)
        expected = names(db, "queen")
        with db.write() as connection:
            config = migration_config()
            config.attributes["connection"] = connection
            command.downgrade(config, "0013")
        with db.write() as connection:
            connection.execute(sql("CREATE INDEX ix_tracks_searched ON tracks (title)"))
    with open_database(url) as db:
        assert names(db, "queen") == expected
        with db.read() as connection:
            indexes = {one["name"] for one in inspect(connection).get_indexes("tracks")}
    assert "ix_tracks_words" in indexes
    assert "ix_tracks_searched" not in indexes


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
