"""Attributes from sound are brought up to date: by one measure, of one model, all or nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from oracles import KEY, expected, write_model
from segue.attributes.estimates import AS_STEREO, ENOUGH, Estimator, loudness_of, scores
from segue.catalogue import corpus, descriptions, estimates, guesses, tracks
from segue.catalogue.database import Database, epoch, open_database
from segue.descriptors.extract import COLUMNS, NAMES
from segue.errors import UnavailableError
from segue.jobs.guesses import Guesses
from segue.jobs.guessing import HERE, estimator_of, settle, settle_estimates
from segue.jobs.standing import status
from segue.records import CONTINUOUS, Attributes, TrackRecord
from segue.settings import Settings
from segue.snapshot import Description
from settled import attributes_of, fill, found, give, measure, vectors_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAIN = Settings(cache_megabytes=0)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "segue.db") as opened:
        yield opened


def shown(db: Database, number: int) -> dict[str, float]:
    track = tracks.get(db, found(db, number))
    assert track.attributes is not None
    return track.attributes.known()


def with_model(folder: Path, **changed: object) -> Settings:
    model = write_model(folder, **changed)  # type: ignore[arg-type]
    return PLAIN.model_copy(update={"attributes_model": model})


def test_nothing_is_settled_where_nothing_was_described(db: Database) -> None:
    tracks.add(db, [TrackRecord("Harbour", ("Ada",))])
    before = epoch(db)
    assert settle(db, settings=PLAIN).estimated == 0
    assert epoch(db) == before


def test_files_alone_are_estimated_by_ordinary_music(db: Database) -> None:
    vectors = vectors_of(30)
    fill(db, vectors)
    assert settle(db, settings=PLAIN).estimated == 30
    ordinary = Estimator.ordinary()
    wanted = ordinary.values(scores(vectors), loudness_of(vectors, np.full(30, np.nan)))
    for number in range(30):
        known = shown(db, number)
        assert known == {name: wanted[name][number] for name in CONTINUOUS} | {"tempo": 120.0}
    track = tracks.get(db, found(db, 3))
    assert set(track.origins.values()) == {"estimated"}


def test_settling_again_changes_nothing_and_no_epoch(db: Database) -> None:
    fill(db, vectors_of(ENOUGH + 5), given=range(ENOUGH))
    assert settle(db, settings=PLAIN).estimated == ENOUGH + 5
    before = epoch(db)
    assert settle(db, settings=PLAIN).estimated == 0
    assert epoch(db) == before


def test_a_catalogue_that_knows_enough_of_its_own_music_is_the_measure(db: Database) -> None:
    vectors = vectors_of(ENOUGH + 20)
    fill(db, vectors, given=range(ENOUGH))
    settle(db, settings=PLAIN)
    for number in range(ENOUGH, ENOUGH + 20):
        known = shown(db, number)
        assert all(0.4 <= known[name] <= 0.5 for name in CONTINUOUS if name != "loudness")
    # What was given is shown as given.
    assert shown(db, 0)["energy"] == pytest.approx(attributes_of(0).energy)
    assert set(tracks.get(db, found(db, 0)).origins.values()) == {"given", "estimated"}
    order = np.argsort(scores(vectors)["energy"][ENOUGH:])
    energies = [shown(db, ENOUGH + int(place))["energy"] for place in order]
    assert energies == sorted(energies)
    stands = status(db, settings=PLAIN, spaces={})
    assert stands.measured == {name: ENOUGH for name in CONTINUOUS if name != "loudness"}
    assert stands.attributes == {"given": ENOUGH, "estimated": ENOUGH + 20}


def test_a_table_that_comes_later_becomes_the_measure(db: Database) -> None:
    fill(db, vectors_of(ENOUGH + 1))
    settle(db, settings=PLAIN)
    before = shown(db, ENOUGH)
    give(db, range(ENOUGH))
    settle(db, settings=PLAIN)
    after = shown(db, ENOUGH)
    assert 0.4 <= after["acousticness"] <= 0.5
    assert after["acousticness"] != before["acousticness"]


def test_a_table_of_other_music_is_no_measure(db: Database) -> None:
    fill(db, vectors_of(20))
    settle(db, settings=PLAIN)
    before = [shown(db, number) for number in range(20)]
    rows = [
        TrackRecord(f"Other {number}", ("Bo",), attributes=attributes_of(number))
        for number in range(2 * ENOUGH)
    ]
    tracks.add(db, rows)
    assert settle(db, settings=PLAIN).estimated == 0
    assert [shown(db, number) for number in range(20)] == before


def test_loudness_is_that_of_the_whole_file_once_it_is_measured(db: Database) -> None:
    vectors = vectors_of(3)
    fill(db, vectors)
    settle(db, settings=PLAIN)
    level = float(vectors[1, COLUMNS["level"]]) + AS_STEREO
    assert shown(db, 1)["loudness"] == pytest.approx(level, abs=0.005)
    measure(db, 1, -14.25)
    assert settle(db, settings=PLAIN).estimated == 1
    assert shown(db, 1)["loudness"] == -14.25


def test_a_file_from_outside_is_estimated_just_as_the_catalogues_own(db: Database) -> None:
    vectors = vectors_of(ENOUGH + 20)
    fill(db, vectors, given=range(ENOUGH))
    settle(db, settings=PLAIN)
    assert estimator_of(db).own
    for number in (ENOUGH, ENOUGH + 7):
        description = Description(TrackRecord("X"), {"descriptors": vectors[number]})
        told = Guesses(db, PLAIN).told(description)
        assert told.record.attributes is not None
        known, here = told.record.attributes.known(), shown(db, number)
        assert {name: known[name] for name in CONTINUOUS} == {
            name: here[name] for name in CONTINUOUS
        }
        assert set(told.origins.values()) == {"estimated"}
    bare = Description(TrackRecord("Y"), {})
    assert Guesses(db, PLAIN).told(bare) is bare


def test_what_the_tags_of_a_file_say_stays(db: Database) -> None:
    record = TrackRecord("X", attributes=Attributes(tempo=99.0))
    description = Description(record, {"descriptors": vectors_of(1)[0]})
    told = Guesses(db, PLAIN).told(description)
    assert told.record.attributes is not None
    assert told.record.attributes.tempo == 99.0
    assert (told.origins["tempo"], told.origins["energy"]) == ("given", "estimated")


def test_a_model_replaces_estimates_and_what_was_given_stays(db: Database, tmp_path: Path) -> None:
    vectors = vectors_of(6)
    fill(db, vectors, given=[0])
    seen: list[tuple[int, int | None, str]] = []
    settings = with_model(tmp_path / "model")
    settled = settle(db, settings=settings, on_progress=lambda *each: seen.append(each))
    assert (settled.predicted, settled.withdrawn, settled.notes) == (6, 0, ())
    assert seen == [(0, 6, "predicting attributes"), (6, 6, "predicting attributes")]
    level = float(vectors[4, COLUMNS["level"]])
    track = tracks.get(db, found(db, 4))
    assert track.attributes is not None
    assert track.provenance == "predicted:oracle"
    assert track.attributes.energy == pytest.approx(expected("energy", level), abs=1e-4)
    assert track.attributes.key == KEY
    given = tracks.get(db, found(db, 0))
    assert given.origins["energy"] == "given"
    assert given.origins["key"] == "predicted:oracle"
    assert "predicted:oracle" in corpus.load(db).provenances
    assert settle(db, settings=settings).predicted == 0
    stands = status(db, settings=settings, spaces={}).model
    assert stands is not None
    assert (stands.name, stands.problem, stands.predicted, stands.described) == ("oracle", "", 6, 6)


def test_another_model_takes_the_place_and_none_brings_estimates_back(
    db: Database, tmp_path: Path
) -> None:
    fill(db, vectors_of(4))
    settle(db, settings=PLAIN)
    before = shown(db, 2)
    settle(db, settings=with_model(tmp_path / "one"))
    other = settle(db, settings=with_model(tmp_path / "two", name="second"))
    assert (other.withdrawn, other.predicted) == (4, 4)
    assert tracks.get(db, found(db, 2)).provenance == "predicted:second"
    again = settle(db, settings=with_model(tmp_path / "two", name="second", offset=0.05))
    assert (again.withdrawn, again.predicted) == (4, 4)
    gone = settle(db, settings=PLAIN)
    assert (gone.withdrawn, gone.predicted) == (4, 0)
    assert shown(db, 2) == before
    assert corpus.load(db).provenances == ("estimated",)


def test_a_track_that_is_heard_anew_loses_its_prediction_until_the_next(
    db: Database, tmp_path: Path
) -> None:
    settings = with_model(tmp_path / "model")
    fill(db, vectors_of(3))
    settle(db, settings=settings)
    other = vectors_of(1, seed=99)[0]
    with db.write() as connection:
        descriptions.put(
            connection,
            content_hash="hash 1",
            vector=other.astype("<f4").tobytes(),
            estimated=Attributes(energy=0.9),
            **HERE,
        )
    assert tracks.get(db, found(db, 1)).provenance == "estimated"
    assert shown(db, 1) == {"energy": 0.9}
    stands = status(db, settings=settings, spaces={}).model
    assert stands is not None
    assert (stands.predicted, stands.described) == (2, 3)
    assert settle(db, settings=settings).predicted == 1
    level = float(other[COLUMNS["level"]])
    assert shown(db, 1)["energy"] == pytest.approx(expected("energy", level), abs=1e-4)


def test_a_file_that_fails_takes_its_prediction_along(db: Database, tmp_path: Path) -> None:
    fill(db, vectors_of(2))
    settle(db, settings=with_model(tmp_path / "model"))
    with db.write() as connection:
        descriptions.remove(connection, content_hash="hash 1", **HERE)
    assert tracks.get(db, found(db, 1)).attributes is None
    assert tracks.get(db, found(db, 0)).provenance == "predicted:oracle"


def test_intervals_are_told_of_what_the_model_predicted_alone(db: Database, tmp_path: Path) -> None:
    vectors = vectors_of(2)
    fill(db, vectors, given=[0])
    settings = with_model(tmp_path / "model")
    settle(db, settings=settings)
    said = Guesses(db, settings)
    assert said.intervals(tracks.get(db, found(db, 0))) == {}
    intervals = said.intervals(tracks.get(db, found(db, 1)))
    assert set(intervals) == set(CONTINUOUS)
    known = shown(db, 1)
    for name, interval in intervals.items():
        assert interval.low <= known[name] + 0.005
        assert known[name] - 0.005 <= interval.high
    # Without the model nobody can say them, nor where the tracks were predicted by another.
    assert Guesses(db, PLAIN).intervals(tracks.get(db, found(db, 1))) == {}
    renamed = with_model(tmp_path / "other", name="other")
    assert Guesses(db, renamed).intervals(tracks.get(db, found(db, 1))) == {}
    described = said.told(Description(TrackRecord("X"), {"descriptors": vectors[1]}))
    assert described.record.attributes is not None
    assert described.record.attributes.energy == known["energy"]


@pytest.mark.parametrize("what", ["nowhere", "damaged"])
def test_a_model_that_cannot_be_used_is_told_and_stops_nothing(
    db: Database, tmp_path: Path, what: str
) -> None:
    folder = tmp_path / "model"
    if what == "damaged":
        (write_model(folder) / "tempo.onnx").write_bytes(b"no graph")
    settings = PLAIN.model_copy(update={"attributes_model": folder})
    fill(db, vectors_of(3))
    settled = settle(db, settings=settings)
    assert settled.estimated == 3
    assert settled.predicted == 0
    (note,) = settled.notes
    assert "not predicted" in note
    assert str(folder) in note
    stands = status(db, settings=settings, spaces={}).model
    assert stands is not None
    assert (stands.name, stands.predicted, stands.described) == ("", 0, 3)
    assert str(folder) in stands.problem
    track = tracks.get(db, found(db, 1))
    assert (track.provenance, Guesses(db, settings).intervals(track)) == ("estimated", {})
    told = Guesses(db, settings).told(
        Description(TrackRecord("X"), {"descriptors": vectors_of(1)[0]})
    )
    assert set(told.origins.values()) <= {"estimated"}


def test_a_stop_leaves_the_rest_for_the_next_time(db: Database, tmp_path: Path) -> None:
    fill(db, vectors_of(3))
    stop = threading.Event()
    stop.set()
    settings = with_model(tmp_path / "model")
    assert settle(db, settings=settings, stop=stop).predicted == 0
    assert settle(db, settings=settings).predicted == 3


def test_another_writer_is_told_and_what_stood_stays(db: Database, tmp_path: Path) -> None:
    fill(db, vectors_of(3))
    with open_database(tmp_path / "segue.db", busy_seconds=0.1) as hasty, db.write():
        settled = settle(hasty, settings=PLAIN)
    assert settled.estimated == 0
    assert "not up to date" in settled.notes[0]
    assert shown(db, 1) == {"tempo": 120.0}


def test_a_writer_that_comes_while_predicting_is_told_of_predictions_alone(
    db: Database, tmp_path: Path
) -> None:
    fill(db, vectors_of(3))
    path = tmp_path / "segue.db"
    settings = with_model(tmp_path / "model")
    with open_database(path, busy_seconds=0.1) as hasty, closing(sqlite3.connect(path)) as other:
        settled = settle(
            hasty,
            settings=settings,
            on_progress=lambda done, *_: other.execute("BEGIN IMMEDIATE") if not done else None,
        )
    assert (settled.estimated, settled.predicted) == (3, 0)
    (note,) = settled.notes
    assert note.startswith("Predicted attributes are not up to date (")
    assert settle(db, settings=settings).predicted == 3


def test_estimates_that_fail_are_told_as_such_and_predictions_go_on(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> int:
        raise UnavailableError("the disk is full", where="here", remedy="Make room")

    fill(db, vectors_of(3))
    monkeypatch.setattr(estimates, "put", full)
    settled = settle(db, settings=with_model(tmp_path / "model"))
    assert (settled.estimated, settled.predicted) == (0, 3)
    assert settled.notes == (
        "Estimated attributes are not up to date: here: the disk is full. Make room.",
    )


def test_a_catalogue_that_can_only_be_read_is_left_as_it_is(db: Database) -> None:
    fill(db, vectors_of(3))
    reading = Database(db._engine, url=db.url, path=db.path, read_only=True)
    assert settle(reading, settings=PLAIN).estimated == 0


def test_vectors_of_other_descriptors_are_not_read(db: Database) -> None:
    fill(db, vectors_of(2))
    with db.write() as connection:
        descriptions.put(
            connection,
            content_hash="hash 1",
            space=HERE["space"],
            version="1",
            vector=np.zeros(7, dtype="<f4").tobytes(),
            estimated=Attributes(),
        )
    with db.read() as connection:
        (some,) = guesses.described(connection, **HERE)
    assert some.vectors.shape == (2, len(NAMES))
    assert settle_estimates(db) == 2


KILLED = """
import sys
from segue.catalogue import estimates
from segue.catalogue.database import open_database
from segue.jobs.guessing import settle
from segue.settings import Settings
import time

whole = estimates.put

def slowly(*args, **named):
    changed = whole(*args, **named)
    print("written", flush=True)
    time.sleep(60)
    return changed

estimates.put = slowly
with open_database(sys.argv[1]) as db:
    settle(db, settings=Settings(cache_megabytes=0))
"""


def test_killed_while_settling_all_are_by_the_old_measure_or_all_by_the_new(
    db: Database, tmp_path: Path
) -> None:
    vectors = vectors_of(ENOUGH + 10)
    fill(db, vectors)
    settle(db, settings=PLAIN)
    before = estimates_in(tmp_path / "segue.db")
    give(db, range(ENOUGH))
    run = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "segue.db")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "written\n"
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    assert estimates_in(tmp_path / "segue.db") == before
    assert estimator_of(db).own == {}
    settle(db, settings=PLAIN)
    assert set(estimator_of(db).own.values()) == {ENOUGH}
    settled = estimates_in(tmp_path / "segue.db")
    assert settled.keys() == before.keys()
    assert all(0.4 <= energy <= 0.5 for energy in settled.values())


PREDICTING = """
import sys
from pathlib import Path
from segue.attributes.predictor import Predictor
from segue.catalogue.database import open_database
from segue.jobs import guessing
from segue.settings import Settings
import time

guessing.AT_ONCE = 2
quick = Predictor.predict

def slowly(self, vectors):
    print("predicting", flush=True)
    time.sleep(0.2)
    return quick(self, vectors)

Predictor.predict = slowly
settings = Settings(cache_megabytes=0, attributes_model=Path(sys.argv[2]))
with open_database(sys.argv[1]) as db:
    guessing.settle(db, settings=settings)
"""


def test_killed_while_predicting_no_track_is_predicted_twice_or_by_two_models(
    db: Database, tmp_path: Path
) -> None:
    fill(db, vectors_of(8))
    settle(db, settings=with_model(tmp_path / "one", name="first"))
    settings = with_model(tmp_path / "two", name="second")
    words = [sys.executable, "-c", PREDICTING, str(tmp_path / "segue.db"), str(tmp_path / "two")]
    run = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    for _ in range(3):
        assert run.stdout.readline() == "predicting\n"
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    counted = guesses.counts(db)
    assert "predicted:first" not in counted
    assert counted["predicted:second"] in {2, 4}
    assert settle(db, settings=settings).predicted == 8 - counted["predicted:second"]
    assert guesses.counts(db) == {"predicted:second": 8, "estimated": 8}


def estimates_in(database: Path) -> dict[int, float | None]:
    with closing(sqlite3.connect(database)) as connection:
        rows = "SELECT track_id, energy FROM attributes WHERE provenance = 'estimated'"
        return dict(connection.execute(rows).fetchall())
