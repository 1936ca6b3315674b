"""An engine answers while the index that many tracks want is made, and by it afterwards."""

from __future__ import annotations

import time
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.assemble import Live, make_indexes, take_snapshot
from segue.catalogue import embeddings, files
from segue.catalogue.database import Database, open_database
from segue.catalogue.embeddings import Mark
from segue.errors import UnavailableError
from segue.records import FileRecord, TrackRecord
from segue.spaces import embedded, units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.recommend.engine import Engine

MUSIC = Path("/music")
SONGS = 60


def scan_in(db: Database, numbers: range) -> None:
    """Songs that were heard, each in two windows."""
    read = [
        FileRecord(
            path=MUSIC / f"{number}.mp3",
            root=MUSIC,
            content_hash=str(number),
            size=1,
            modified=0.0,
            format="mp3",
            duration=10.0,
            track=TrackRecord(f"Song {number}", ("Ada",), duration=10.0),
        )
        for number in numbers
    ]
    files.apply_scan(db, MUSIC, read=read, unchanged=(), gone=())
    generator = np.random.default_rng(numbers.start)
    for number in numbers:
        windows = generator.normal(size=(2, 8)).astype(np.float32)
        with db.write() as connection:
            embeddings.put(connection, Mark("sound", "one"), content_hash=str(number),
                           windows=windows)  # fmt: skip


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    for module in (units, embedded):
        monkeypatch.setattr(module, "tier_for", lambda count, _: "graph" if count else "exact")
    with open_database(tmp_path / "songs.db") as database:
        scan_in(database, range(SONGS))
        yield database


def test_an_index_is_made_kept_beside_the_catalogue_and_used_from_then_on(db: Database) -> None:
    first = take_snapshot(db)
    assert first.spaces["sound"].tier == "half"
    assert make_indexes(first, going_on=lambda _: False) == []
    assert make_indexes(first, going_on=lambda _: True) == ["sound"]
    assert first.spaces["sound"].tier == "graph"
    assert make_indexes(first, going_on=lambda _: True) == []
    assert db.path is not None
    assert (db.path.with_suffix(".derived") / "sound.json").exists()
    scan_in(db, range(SONGS, SONGS + 3))
    later = take_snapshot(db)
    assert later.spaces["sound"].tier == "graph"
    for row in (0, 20, len(later.corpus) - 1):
        space = later.spaces["sound"]
        point = space.point(row)
        found = space.nearest(point, k=5, allowed=None, margin=0.0)
        scores = space.score_exactly(point, rows=np.arange(len(later.corpus)))
        assert found.tolist() == np.argsort(-scores, kind="stable")[:5].tolist()


def test_a_live_engine_makes_its_index_by_itself_and_can_be_closed(db: Database) -> None:
    live = Live(db)
    engine = live.engine()
    live.follow(every=0.01)
    deadline = time.monotonic() + 20
    while engine.snapshot.spaces["sound"].tier != "graph" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert engine.snapshot.spaces["sound"].tier == "graph"
    live.close()


def test_an_index_that_cannot_be_written_leaves_the_engine_as_it_is(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    assert db.path is not None
    db.path.with_suffix(".derived").write_text("no folder")
    live = Live(db)
    engine = live.engine()
    live.follow(every=0.01)
    deadline = time.monotonic() + 20
    while "an index could not be made" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.01)
    live.close()
    assert "an index could not be made" in caplog.text
    assert len(engine.similar(engine.seed_of(engine.snapshot.corpus.ids[0]), lens="sound"))


def test_an_index_that_failed_is_tried_again(
    db: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.assemble.live.AGAIN", 0.01)
    assert db.path is not None
    in_the_way = db.path.with_suffix(".derived")
    in_the_way.write_text("no folder")
    live = Live(db)
    engine = live.engine()
    live.follow(every=0.01)
    deadline = time.monotonic() + 20
    while "an index could not be made" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.01)
    in_the_way.unlink()
    while engine.snapshot.spaces["sound"].tier != "graph" and time.monotonic() < deadline:
        time.sleep(0.01)
    live.close()
    assert engine.snapshot.spaces["sound"].tier == "graph"


def test_a_question_that_fails_beforehand_holds_up_neither_engine_nor_index(
    db: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("no such question")

    monkeypatch.setattr("segue.recommend.warming.ask", fails)
    live = Live(db)
    live.follow(every=0.01)
    deadline = time.monotonic() + 20
    while not live.ready and time.monotonic() < deadline:
        time.sleep(0.01)
    engine = live.engine()
    while engine.snapshot.spaces["sound"].tier != "graph" and time.monotonic() < deadline:
        time.sleep(0.01)
    live.close()
    assert engine.snapshot.spaces["sound"].tier == "graph"
    assert "could not be asked beforehand" in caplog.text
    assert "an index could not be made" not in caplog.text


def test_questions_end_when_a_newer_engine_stands(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Engine] = []

    def ask(engine: Engine, _: object) -> None:
        asked.append(engine)
        time.sleep(0.01)

    monkeypatch.setattr("segue.recommend.warming.ask", ask)
    monkeypatch.setattr("segue.recommend.warming.first", lambda _: iter(()))
    monkeypatch.setattr("segue.recommend.warming.further", lambda _: repeat((None, None)))
    live = Live(db)
    live.follow(every=0.01)
    deadline = time.monotonic() + 20
    while not asked and time.monotonic() < deadline:
        time.sleep(0.01)
    old = live.engine()
    scan_in(db, range(SONGS, SONGS + 3))
    while asked[-1] is old and time.monotonic() < deadline:
        time.sleep(0.01)
    assert old.snapshot.spaces["sound"].tier == "graph"
    assert asked[-1] is live.engine()
    assert asked[-1] is not old
    live.close()


def test_no_engine_is_built_once_it_is_closed(db: Database) -> None:
    live = Live(db)
    live.close()
    with pytest.raises(UnavailableError, match="the catalogue is being closed"):
        live.engine()
    live = Live(db)
    engine = live.engine()
    live.close()
    live.close()
    scan_in(db, range(SONGS, SONGS + 1))
    assert live.engine() is engine
