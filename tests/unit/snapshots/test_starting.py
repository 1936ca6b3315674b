"""A program opens what an earlier one built, and only that: of this catalogue, as it stands."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from segue.assemble import Live, Maker, derived, making, take_snapshot
from segue.catalogue import corpus, stamps, tracks
from segue.catalogue.database import Database, bump, epoch, open_database
from segue.descriptors.hearing import Hearing
from segue.recommend import warming
from segue.recommend.engine import Engine
from segue.records import Attributes, TrackRecord
from segue.settings import Settings
from segue.snapshots.keeping import Cupboard, extent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SONGS = 16


def songs(db: Database, numbers: range) -> None:
    tracks.add(
        db,
        [
            TrackRecord(
                f"Song {number}",
                (f"Ada {number % 7}",),
                album=f"Album {number % 5}",
                genres=("rock",) if number % 2 else ("jazz", "blues"),
                attributes=Attributes(energy=number / 40, valence=0.4, danceability=0.5,
                                      loudness=-7.0, tempo=90.0 + number),
            )
            for number in numbers
        ],
    )  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "songs.db") as database:
        songs(database, range(SONGS))
        yield database


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The epochs that were built from the catalogue."""
    epochs: list[int] = []
    load = corpus.load

    def counted(db: Database, *, folder: Path | None = None) -> corpus.Corpus:
        found = load(db, folder=folder)
        epochs.append(found.epoch)
        return found

    monkeypatch.setattr(corpus, "load", counted)
    return epochs


def used(db: Database, *, kept_from: int = 1) -> list[str]:
    """What a program says that opens the catalogue, asks once and closes it."""
    live = Live(db, kept_from=kept_from)
    said = told(live.engine())
    live.close()
    return said


def told(engine: Engine) -> list[str]:
    ids = engine.snapshot.corpus.ids
    found = engine.similar(engine.seed_of(ids[0]), n=9, lens="hybrid")
    return [f"{each.track.id} {each.score} {each.reasons}" for each in found]


def wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_next_program_opens_what_the_first_one_built(db: Database, built: list[int]) -> None:
    first = used(db)
    assert used(db) == first
    assert built == [epoch(db)]


def test_what_has_changed_is_built_anew_and_takes_its_place(db: Database, built: list[int]) -> None:
    used(db)
    songs(db, range(SONGS, SONGS + 5))
    second = used(db)
    assert used(db) == second
    assert len(built) == 2
    about = json.loads((beside(db) / "snapshots" / "counts.json").read_text())
    assert about["epoch"] == epoch(db)


def test_few_tracks_are_built_as_fast_and_not_kept(db: Database, built: list[int]) -> None:
    used(db, kept_from=SONGS + 1)
    used(db, kept_from=SONGS + 1)
    assert len(built) == 2
    assert not beside(db).exists()


def test_a_catalogue_put_back_from_a_copy_is_not_taken_for_the_one_it_was(
    tmp_path: Path, built: list[int]
) -> None:
    path, copy = tmp_path / "songs.db", tmp_path / "copy.db"
    with open_database(path) as db:
        songs(db, range(SONGS))
        db_epoch = epoch(db)
    shutil.copy(path, copy)
    with open_database(path) as db:
        songs(db, range(100, 110))
        used(db)
        assert built == [epoch(db)]
    shutil.copy(copy, path)
    with open_database(path) as db:
        assert epoch(db) == db_epoch
        songs(db, range(200, 210))
        assert epoch(db) == built[0]
        used(db)
        assert built == [epoch(db), epoch(db)]


def test_a_file_that_is_damaged_is_built_anew(
    db: Database, built: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    first = used(db)
    about = json.loads((beside(db) / "snapshots" / "counts.json").read_text())
    graph = beside(db) / "snapshots" / about["folder"] / "graph.json"
    graph.write_bytes(graph.read_bytes()[:-100])
    assert used(db) == first
    assert len(built) == 2
    assert "cannot be read and is built anew" in caplog.text
    assert used(db) == first
    assert len(built) == 2


def test_a_folder_that_cannot_be_written_ends_no_answer(
    db: Database, built: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    beside(db).write_text("no folder")
    assert used(db) == used(db)
    assert len(built) == 2
    assert "is built again at the next start" in caplog.text


def test_who_follows_answers_at_once_by_the_last_that_was_kept(
    db: Database, built: list[int]
) -> None:
    used(db)
    songs(db, range(SONGS, SONGS + 5))
    live = Live(db, kept_from=1)
    live.follow(every=0.01)
    wait(lambda: live.ready)
    wait(lambda: live.engine().epoch == epoch(db))
    assert built[1:] == [epoch(db)]
    assert len(live.engine().snapshot.corpus) == SONGS + 5
    live.close()


def test_who_follows_keeps_what_it_built_and_goes_on_from_the_file(
    db: Database, built: list[int]
) -> None:
    live = Live(db, kept_from=1)
    live.follow(every=0.01)
    wait(lambda: live.ready)
    first = told(live.engine())
    wait((beside(db) / "snapshots" / "counts.json").exists)
    wait(lambda: not live.engine().snapshot.corpus.attributes.flags.writeable)
    assert told(live.engine()) == first
    live.close()
    assert used(db) == first
    assert built == [epoch(db)]


def test_while_the_catalogue_goes_on_it_is_kept_once_in_a_while(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = Maker(db, hearing=Hearing(), kept_from=1)
    first = Engine(take_snapshot(db))
    with db.write() as connection:
        bump(connection)
    assert maker.keep(first)
    second = Engine(take_snapshot(db))
    with db.write() as connection:
        bump(connection)
    assert not maker.keep(second)
    monkeypatch.setattr(making, "KEPT_AGAIN", 0.0)
    assert maker.keep(second)
    assert not maker.keep(first)
    assert maker.opened() is None
    found = maker.opened(earlier=True)
    assert found is not None
    assert found.epoch == second.epoch


def test_what_more_was_measured_is_kept_as_well(db: Database) -> None:
    used(db)
    maker = Maker(db, hearing=Hearing(), kept_from=1)
    first = maker.engine()
    assert not maker.keep(first)
    measured = extent(first.measured())
    for asked in warming.further(first):
        warming.ask(first, asked)
    assert extent(first.measured()) > measured
    assert maker.keep(first)
    assert not maker.keep(first)
    again = Maker(db, hearing=Hearing(), kept_from=1).opened()
    assert again is not None
    assert extent(again.measured()) == extent(first.measured())


def test_a_stamp_is_drawn_once_for_an_epoch_and_never_for_an_earlier_one(db: Database) -> None:
    assert stamps.stamped(db) == (epoch(db), {})
    first = stamps.stamp(db, epoch(db))
    assert first is not None
    assert stamps.stamp(db, epoch(db)) == first
    before = epoch(db)
    assert stamps.stamped(db) == (before, {before: first})
    assert stamps.stamp(db, epoch(db) + 1) is None
    with db.write() as connection:
        bump(connection)
    second = stamps.stamp(db, epoch(db))
    assert second not in {None, first}
    assert stamps.stamp(db, before) is None
    assert stamps.stamped(db) == (epoch(db), {epoch(db): second, before: first})


def test_who_is_killed_while_keeping_leaves_what_was_kept_before(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    used(db)
    maker = Maker(db, hearing=Hearing(), kept_from=1)
    first = maker.engine()
    with db.write() as connection:
        bump(connection)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Cupboard, "keep", killed)
    with pytest.raises(KeyboardInterrupt):
        maker.engine()
    assert stamps.stamp(db, first.epoch) is None
    assert maker.opened() is None
    found = maker.opened(earlier=True)
    assert found is not None
    assert found.epoch == first.epoch


def test_the_last_few_stamps_are_remembered(db: Database) -> None:
    for _ in range(stamps.REMEMBERED + 2):
        with db.write() as connection:
            bump(connection)
        assert stamps.stamp(db, epoch(db)) is not None
    now, known = stamps.stamped(db)
    assert list(known) == list(range(now, now - stamps.REMEMBERED, -1))


def test_files_that_follow_lie_beside_the_catalogue_or_where_they_are_wanted(
    db: Database, tmp_path: Path
) -> None:
    assert derived(db, Settings(_env_file=None)) == tmp_path / "songs.derived"
    wanted = tmp_path / "elsewhere"
    one = derived(db, Settings(_env_file=None, derived_folder=wanted))
    assert one == wanted / db.digest
    with open_database(tmp_path / "other.db") as other:
        assert derived(other, Settings(_env_file=None, derived_folder=wanted)) != one


def test_of_a_catalogue_that_can_only_be_read_nothing_is_kept(
    tmp_path: Path, db: Database, built: list[int]
) -> None:
    reading = Database(db._engine, url=db.url, path=db.path, read_only=True)
    used(reading)
    assert not beside(db).exists()
    assert derived(reading, Settings(_env_file=None, derived_folder=tmp_path)) is None


def beside(db: Database) -> Path:
    found = corpus.beside(db)
    assert found is not None
    return found


def test_the_small_file_says_which_state_and_how_large(db: Database) -> None:
    used(db)
    about = json.loads((beside(db) / "snapshots" / "counts.json").read_text())
    assert about["epoch"] == epoch(db)
    place = beside(db) / "snapshots" / about["folder"]
    assert about["regions"]["bytes"] == (place / "regions").stat().st_size
