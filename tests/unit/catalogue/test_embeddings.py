"""Embeddings: stored as halves, shown by the version that stands, replaced all at once."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from segue.catalogue import corpus, embeddings, files, ledger, tracks, vectors
from segue.catalogue.database import Database, epoch
from segue.catalogue.embeddings import Mark
from segue.catalogue.halves import halves
from segue.catalogue.ledger import Stage
from segue.errors import InternalError
from segue.records import FileRecord, TrackRecord

if TYPE_CHECKING:
    from segue.snapshot import Placed

MUSIC = Path("/music")
OLD, NEW = Mark("sound", "old"), Mark("sound", "new", unproven=True)


def stage(mark: Mark) -> Stage:
    return Stage(mark.space, mark.version, "30 s")


def scan_in(
    db: Database, count: int, *, gone: tuple[str, ...] = (), invented: bool = False
) -> None:
    """Files of as many recordings; content hashes are their numbers."""
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
        for number in range(count)
    ]
    files.apply_scan(db, MUSIC, read=read, unchanged=(), gone=gone, synthetic=invented)


def windows_of(number: int, *, scale: float = 1.0, width: int = 3) -> np.ndarray:
    return scale * np.arange(1, 2 * width + 1, dtype=np.float32).reshape(2, width) + number


def embed(db: Database, mark: Mark, numbers: range, *, width: int = 3) -> None:
    for number in numbers:
        with db.write() as connection:
            embeddings.put(
                connection,
                mark,
                content_hash=str(number),
                windows=windows_of(number, scale=1 + len(mark.version), width=width),
            )
            ledger.record(connection, stage(mark), content_hash=str(number), state="analysed")


def placed(db: Database) -> Placed:
    return corpus.load(db).placed["sound"]


def test_windows_are_stored_as_halves_row_by_row(db: Database) -> None:
    scan_in(db, 2)
    embed(db, OLD, range(2))
    found = placed(db)
    assert found.vectors.dtype == np.float16
    assert (found.vectors.shape, found.width, found.version) == ((2, 6), 3, "old")
    assert not found.unproven
    stored = {tuple(row) for row in found.vectors.reshape(2, -1).tolist()}
    assert stored == {tuple(windows_of(n, scale=4).ravel().tolist()) for n in range(2)}


def test_the_first_version_stands_with_its_first_vector(db: Database) -> None:
    scan_in(db, 3)
    before = epoch(db)
    embed(db, NEW, range(1))
    assert epoch(db) > before
    assert (placed(db).version, placed(db).unproven) == ("new", True)
    assert embeddings.standing_in(db) == {"sound": NEW}


def test_a_later_version_stands_when_every_file_has_it_and_not_before(db: Database) -> None:
    scan_in(db, 4)
    embed(db, OLD, range(4))
    before = epoch(db)
    embed(db, NEW, range(3), width=5)
    assert not embeddings.turn_to(db, NEW, stage(NEW))
    assert epoch(db) == before
    assert placed(db).version == "old"
    assert embeddings.progress(db, stage(NEW)) == embeddings.Progress(embedded=3, waiting=1)
    embed(db, NEW, range(3, 4), width=5)
    assert placed(db).version == "old"
    assert embeddings.turn_to(db, NEW, stage(NEW))
    found = placed(db)
    assert (found.version, found.width, found.vectors.shape) == ("new", 5, (4, 10))
    assert epoch(db) == before + 1
    assert ledger.counts(db, stage(OLD)).queued == 4
    assert embeddings.turn_to(db, NEW, stage(NEW))
    assert epoch(db) == before + 1


def test_one_vector_is_that_of_the_version_that_stands(db: Database) -> None:
    scan_in(db, 1)
    track = files.track_of(db, MUSIC / "0.mp3")
    assert track is not None
    embed(db, NEW, range(1))
    embed(db, Mark("sound", "zz9"), range(1))
    wanted = windows_of(0, scale=4).astype("<f2").tobytes()
    assert vectors.get(db, track, "sound") == wanted
    assert vectors.get(db, track, "sound", version="zz9") == wanted


def test_a_version_that_fails_on_many_files_takes_nothing_away(db: Database) -> None:
    scan_in(db, 4)
    embed(db, OLD, range(4))
    embed(db, NEW, range(3))
    with db.write() as connection:
        ledger.record(connection, stage(NEW), content_hash="3", state="failed", reason="no")
    assert not embeddings.turn_to(db, NEW, stage(NEW))
    assert (placed(db).version, len(placed(db).rows)) == ("old", 4)


def test_a_version_that_fails_on_every_file_takes_nothing_away(db: Database) -> None:
    scan_in(db, 2)
    embed(db, OLD, range(2))
    for number in "01":
        with db.write() as connection:
            ledger.record(connection, stage(NEW), content_hash=number, state="failed")
    assert not embeddings.turn_to(db, NEW, stage(NEW))
    assert placed(db).version == "old"


def test_files_that_are_not_there_lose_no_place(db: Database) -> None:
    """Their disk may be away; one in a hundred may be lost."""
    scan_in(db, 200)
    embed(db, OLD, range(200))
    gone = tuple(f"/music/{number}.mp3" for number in range(197, 200))
    files.apply_scan(db, MUSIC, read=(), unchanged=(), gone=gone)
    embed(db, NEW, range(197))
    assert not embeddings.turn_to(db, NEW, stage(NEW))
    assert embeddings.losses(db, NEW) == embeddings.Losses(known=200, lost=3, absent=3)
    assert (placed(db).version, len(placed(db).rows)) == ("old", 200)
    scan_in(db, 198)
    embed(db, NEW, range(197, 198))
    assert embeddings.losses(db, NEW) == embeddings.Losses(known=200, lost=2, absent=2)
    assert embeddings.turn_to(db, NEW, stage(NEW))
    assert len(placed(db).rows) == 198


def test_files_that_stay_away_are_taken_for_deleted(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan_in(db, 10)
    embed(db, OLD, range(10))
    gone = tuple(f"/music/{number}.mp3" for number in range(5, 10))
    files.apply_scan(db, MUSIC, read=(), unchanged=(), gone=gone)
    embed(db, NEW, range(5))
    assert not embeddings.turn_to(db, NEW, stage(NEW))
    now = embeddings.time.time()
    monkeypatch.setattr(embeddings.time, "time", lambda: now + embeddings.GRACE + 1)
    assert embeddings.losses(db, NEW) == embeddings.Losses(known=5)
    assert embeddings.turn_to(db, NEW, stage(NEW))
    assert len(placed(db).rows) == 5


def test_a_few_files_that_were_tried_and_not_reached_hold_nothing_up(db: Database) -> None:
    scan_in(db, 100)
    embed(db, OLD, range(100))
    embed(db, NEW, range(98))
    assert not embeddings.turn_to(db, NEW, stage(NEW), unreachable={"98", "99"})
    embed(db, NEW, range(98, 99))
    assert not embeddings.turn_to(db, NEW, stage(NEW))
    assert not embeddings.turn_to(db, NEW, stage(NEW), unreachable={"98"})
    assert embeddings.turn_to(db, NEW, stage(NEW), unreachable={"99"})
    assert (placed(db).version, len(placed(db).rows)) == ("new", 99)


def test_a_version_that_never_stood_goes_when_another_is_wanted(db: Database) -> None:
    scan_in(db, 3)
    embed(db, OLD, range(3))
    embed(db, NEW, range(2))
    before = epoch(db)
    assert embeddings.turn_to(db, OLD, stage(OLD))
    assert embeddings.embedded(db, NEW) == 0
    assert ledger.counts(db, stage(NEW)).queued == 3
    assert (embeddings.embedded(db, OLD), ledger.counts(db, stage(OLD)).analysed) == (3, 3)
    assert epoch(db) == before


def test_a_version_without_vectors_does_not_keep_others_away(db: Database) -> None:
    scan_in(db, 2)
    embed(db, OLD, range(1))
    with db.write() as connection:
        embeddings.remove(connection, OLD, content_hash="0")
    assert embeddings.standing_in(db) == {}
    assert "sound" not in corpus.load(db).placed
    embed(db, NEW, range(1))
    assert placed(db).version == "new"


def test_a_reader_sees_one_version_whole_at_any_moment(db: Database) -> None:
    scan_in(db, 12)
    embed(db, OLD, range(12))
    seen: set[tuple[str, int]] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            found = placed(db)
            seen.add((found.version, len(found.rows)))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    embed(db, NEW, range(12))
    embeddings.turn_to(db, NEW, stage(NEW))
    placed(db)
    done.set()
    for reader in readers:
        reader.join()
    assert seen <= {("old", 12), ("new", 12)}


def test_whether_a_library_is_invented_music_alone(db: Database) -> None:
    assert not embeddings.invented(db)
    scan_in(db, 2, invented=True)
    tracks.add(db, [TrackRecord("A row", ("Bo",))])
    assert embeddings.invented(db)
    scan_in(db, 3)
    assert not embeddings.invented(db)


def test_rows_that_do_not_fit_the_width_are_refused(db: Database) -> None:
    scan_in(db, 1)
    with db.write() as connection, pytest.raises(InternalError, match="vector of 10 bytes"):
        vectors.put(
            connection,
            content_hash="0",
            space="sound",
            version="1",
            vector=bytes(10),
            numbers="float16",
            width=3,
        )


@given(
    arrays.arrays(np.float32, (2, 3), elements=st.floats(-1, 1, width=32)),
    st.floats(1e-12, 1e12),
)
def test_directions_survive_at_any_scale(drawn: np.ndarray, scale: float) -> None:
    if np.abs(drawn).max() < 1e-2:
        drawn = drawn + np.float32(0.5)
    windows = (drawn * scale).astype(np.float32)
    found = halves(windows).astype(np.float64)
    assert np.isfinite(found).all()
    wanted = windows.astype(np.float64)
    cosine = (found * wanted).sum() / (np.linalg.norm(found) * np.linalg.norm(wanted))
    assert cosine > 1 - 1e-5


def test_silence_stays_silence() -> None:
    assert not halves(np.zeros((2, 3), dtype=np.float32)).any()
