"""Files done by the workers of a cluster: the same outcomes as from processes of this machine."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import sys
import threading
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dask_cluster import DaskCluster, missing
from segue import clusters
from segue.catalogue.database import Database, open_database
from segue.errors import BadFileError, BadRequestError, InaudibleError, UnavailableError
from segue.jobs import cluster as driving
from segue.jobs import station
from segue.jobs.analyse import analyse
from segue.jobs.cluster import Cluster
from segue.jobs.pool import WorkerPool
from segue.jobs.scan import scan
from segue.jobs.station import Declined, Order, Terms, places_of
from segue.jobs.workers import workers_for
from segue.settings import Settings
from workers import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue.jobs.workers import Workers
    from segue.summaries import AnalysisSummary

    Tune = Callable[..., Path]

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

HERE = Path(__file__).parent
LOCAL = Settings(jobs=2, niceness=0, cache_megabytes=0)
FOUND = (
    "SELECT content_hash, space, version, data, numbers, width FROM vectors",
    "SELECT * FROM recordings",
    "SELECT content_hash, stage, version, parameters, state, reason, attempts FROM ledger",
    "SELECT files.content_hash, attributes.* FROM attributes JOIN files USING (track_id)",
)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    folder = tmp_path_factory.mktemp("dask")
    with DaskCluster(folder, environment={"PYTHONPATH": str(HERE)}) as cluster:
        yield cluster


@pytest.fixture
def over(dask: DaskCluster) -> Settings:
    return LOCAL.model_copy(update={"over": dask.address})


@pytest.fixture(scope="module")
def hostile() -> Iterator[Any]:
    sys.path.insert(0, str(HERE))
    import hostile_tasks

    yield hostile_tasks
    sys.path.remove(str(HERE))


def outcomes(workers: Workers, function: Any, keys: list[str]) -> dict[str, Any]:
    found = [(one.key, one) for one in workers.run(function, [(key, (key,)) for key in keys])]
    assert len(found) == len(dict(found))
    return {key: (one.value, type(one.error), str(one.error)) for key, one in found}


def analysed(folder: Path, database: Path, settings: Settings) -> tuple[AnalysisSummary, Any]:
    """What an analysis says, and all that it wrote."""
    with open_database(database) as db:
        scan(db, folder)
        summary = analyse(db, settings=settings)
    return summary, written(database)


def written(database: Path) -> list[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(database)) as connection:
        return [sorted(connection.execute(words), key=repr) for words in FOUND]


def test_a_catalogue_is_the_same_whoever_analyses(
    over: Settings, tmp_path: Path, tune: Tune
) -> None:
    music = tmp_path / "music"
    for number in range(8):
        tune(music / f"{number:02}.wav", seed=number)
    tune(music / "silent.wav", gain=0.0)
    (music / "broken.wav").write_bytes((music / "00.wav").read_bytes()[:50] + bytes(5000))
    here, stood = analysed(music, tmp_path / "here.db", LOCAL)
    there, stands = analysed(music, tmp_path / "there.db", over)
    assert stands == stood
    assert all(len(rows) >= 8 for rows in stands)
    assert there.descriptors.analysed >= 8
    assert replace(there.descriptors, seconds=0.0) == replace(here.descriptors, seconds=0.0)
    assert not there.notes


def test_every_failure_is_told_as_this_machine_would(over: Settings, hostile: Any) -> None:
    keys = ["good:1", "crash:1", "silent:1", "bug:1", "leave:1", *(f"good:{n}" for n in range(9))]
    keys = list(dict.fromkeys(keys))
    with WorkerPool(2, seconds=30.0) as pool:
        here = outcomes(pool, hostile.behave, keys)
    with workers_for(over, files=len(keys)) as workers:
        there = outcomes(workers, hostile.behave, keys)
        assert workers.notes == ()
    assert there == here
    assert there["crash:1"][1:] == (BadFileError, here["crash:1"][2])
    assert "SIGSEGV" in there["crash:1"][2]
    assert there["silent:1"][1] is InaudibleError


def test_a_file_that_ends_its_worker_again_and_again_has_failed_alone(
    over: Settings, hostile: Any, caplog: pytest.LogCaptureFixture
) -> None:
    keys = ["doom:1", *(f"good:{number}" for number in range(12))]
    with workers_for(over, files=len(keys)) as workers:
        found = outcomes(workers, hostile.behave, keys)
    doomed = found.pop("doom:1")
    assert doomed[2].startswith("doom:1: its worker was lost 3 times while it had the file. ")
    assert {key: value for key, (value, *_) in found.items()} == {key: key for key in keys[1:]}
    assert "is gone; its" in caplog.text


def test_a_file_that_takes_too_long_has_failed_and_others_are_done(
    over: Settings, hostile: Any
) -> None:
    with workers_for(over.model_copy(update={"file_seconds": 1.0}), files=3) as workers:
        found = outcomes(workers, hostile.behave, ["hang:1", "good:1", "good:2"])
    assert found["good:1"][0] == "good:1"
    assert found["hang:1"][2].startswith("hang:1: it took longer than 1 s")


def test_only_a_few_files_are_given_out_ahead(over: Settings, hostile: Any) -> None:
    taken = 0

    def tasks() -> Iterator[tuple[str, tuple[str]]]:
        nonlocal taken
        for number in range(200):
            taken = number + 1
            yield f"good:{number}", (f"good:{number}",)

    with workers_for(over, files=200) as workers:
        for done, _ in enumerate(workers.run(hostile.behave, tasks()), start=1):
            assert taken - done <= 12
    assert taken == 200


def test_stop_ends_a_run_and_what_the_workers_do(
    over: Settings, hostile: Any, tmp_path: Path
) -> None:
    stop = threading.Event()
    endless = (f"{tmp_path}/{number}" for number in range(10**9))

    def stop_when_a_file_is_under_way() -> None:
        try:
            until(lambda: any(tmp_path.iterdir()))
        finally:
            stop.set()

    stopping = threading.Thread(target=stop_when_a_file_is_under_way)
    # What sticks would end long after this test has.
    with workers_for(over.model_copy(update={"file_seconds": 3600.0}), files=9) as workers:
        stopping.start()
        tasks = ((key, (key,)) for key in endless)
        assert list(workers.run(hostile.stick, tasks, stop=stop)) == []
        stopping.join()
    assert any(tmp_path.iterdir())
    # Whoever comes next finds idle workers.
    with workers_for(over, files=1) as workers:
        assert workers.call(hostile.behave, "good:2") == "good:2"


def test_a_scheduler_that_is_slow_costs_no_file(
    over: Settings,
    hostile: Any,
    dask: DaskCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(driving, "_ANSWER", 0.3)
    monkeypatch.setattr(driving, "LOSSES", 1)
    keys = [f"{tmp_path}/{number}" for number in range(12)]
    with Cluster(over.over, Terms.of(over)) as workers, ExitStack() as silence:
        run = workers.run(hostile.mark, [(key, (key,)) for key in keys])
        found = [next(run)]
        silence.enter_context(dask.silent())

        def end_it_when_it_was_felt() -> None:
            try:
                until(lambda: "the scheduler does not answer" in caplog.text)
            finally:
                silence.close()

        ending = threading.Thread(target=end_it_when_it_was_felt)
        ending.start()
        found += run
        ending.join()
    assert sorted((one.key, one.value) for one in found) == sorted((key, key) for key in keys)
    assert {path.read_text("utf-8") for path in tmp_path.iterdir()} == {"done\n"}


def test_a_scheduler_that_stays_silent_ends_a_run(
    over: Settings, hostile: Any, dask: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driving, "_ANSWER", 0.3)
    with Cluster(over.over, Terms.of(over)) as workers:
        run = workers.run(hostile.behave, [(f"good:{n}", (f"good:{n}",)) for n in range(12)])
        next(run)
        monkeypatch.setattr(driving, "PATIENCE", 1.0)
        with dask.silent():
            with pytest.raises(UnavailableError, match=r"the cluster does not answer, for 1 s"):
                list(run)
            workers.close()  # as whoever loses patience, while nobody answers


def test_a_connection_that_is_lost_and_found_costs_no_file(
    over: Settings, hostile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driving, "LOSSES", 1)
    keys = [f"good:{number}" for number in range(12)]
    with Cluster(over.over, Terms.of(over)) as workers:
        found = []
        for one in workers.run(hostile.behave, [(key, (key,)) for key in keys]):
            found.append((one.key, one.value))
            if len(found) in {2, 6}:
                client = workers._client
                client.loop.add_callback(client.scheduler_comm.comm.abort)
    assert sorted(found) == sorted((key, key) for key in keys)


def test_folders_may_be_called_otherwise_there(over: Settings, tmp_path: Path, tune: Tune) -> None:
    here, there = tmp_path / "music", tmp_path / "there"
    for number in range(3):
        tune(here / "albums" / f"{number}.wav", seed=number)
    with open_database(tmp_path / "segue.db") as db:
        scan(db, here)
        shutil.copytree(here, there)  # with the times of change
        shutil.rmtree(here)
        settings = over.model_copy(update={"over_as": f"{here}={there}"})
        summary = analyse(db, settings=settings, quick=True)
    assert (summary.descriptors.analysed, summary.descriptors.queued) == (3, 0)


def test_files_that_no_worker_sees_stay_queued_and_the_remedy_is_said(
    over: Settings, tmp_path: Path, tune: Tune, audio_catalogue: Database
) -> None:
    tune(tmp_path / "music" / "a.wav")
    scan(audio_catalogue, tmp_path / "music")
    settings = over.model_copy(update={"over_as": f"{tmp_path}/music={tmp_path}/nowhere"})
    summary = analyse(audio_catalogue, settings=settings, quick=True).descriptors
    assert (summary.queued, summary.done) == (1, 0)
    (failure,) = summary.failures
    assert f"it does not see {tmp_path}/nowhere/a.wav; it stays queued" in failure.reason
    assert "--as /music=/mnt/music" in failure.reason


def test_a_worker_that_does_not_greet_is_waited_for_a_while_and_takes_part_later(
    over: Settings, tmp_path: Path, hostile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.wav"
    path.touch()
    settings = over.model_copy(update={"over_as": f"{tmp_path}={tmp_path}/nowhere"})
    with (
        clusters.connected(over.over) as other,
        Cluster(over.over, Terms.of(settings)) as workers,
    ):
        busy, _ = sorted(other.nthreads())
        sleeping = other.submit(hostile.wait_for_its_end, str(path), workers=[busy])
        until(lambda: other.processing()[busy])
        assert workers.call(hostile.behave, "good:1") == "good:1"
        monkeypatch.setattr(driving, "PATIENCE", 1.0)
        (outcome,) = workers.run(hostile.behave, [(str(path), (str(path),))])
        assert f"The worker {busy} was left out: it has not answered for 1 s." in workers.notes
        assert "cannot read it: it does not see" in str(outcome.error)
        path.unlink()
        sleeping.result(timeout=30)
        until(lambda: workers.call(hostile.behave, "good:2") and workers._joined[busy].room)


def test_workers_that_see_nothing_end_a_run_that_would_fail_file_by_file(
    over: Settings, tmp_path: Path, tune: Tune, audio_catalogue: Database
) -> None:
    for number in range(12):
        tune(tmp_path / "music" / f"{number}.wav", seed=number)
    scan(audio_catalogue, tmp_path / "music")
    settings = over.model_copy(update={"over_as": f"{tmp_path}/music={tmp_path}/nowhere"})
    with pytest.raises(UnavailableError, match="cannot take part, nor can 1 more: it does not see"):
        analyse(audio_catalogue, settings=settings, quick=True)


def test_an_embedder_that_is_not_there_is_named(over: Settings, hostile: Any) -> None:
    from segue.jobs.ears import Ear

    ear = Ear(folder="/nowhere/sound", space="sound", version="0123456789abcdef")
    with (
        Cluster(over.over, Terms.of(over, ears=(ear,))) as workers,
        pytest.raises(UnavailableError, match="the embedder of the space 'sound', version 0123"),
    ):
        workers.call(hostile.behave, "good:1")


@pytest.mark.parametrize(
    "given", ["localhost:8786", "dask://host", "http://host:1", "dask://a b:1"]
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(BadRequestError, match="is no address of a cluster"):
        clusters.connect(given)
    with pytest.raises(ValueError, match="dask://HOST:PORT"):
        Settings(over=given)


def test_an_address_where_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "CALLING", 1)
    with pytest.raises(UnavailableError, match="no Dask scheduler answers"):
        workers_for(LOCAL.model_copy(update={"over": "dask://127.0.0.1:1"}), files=1)


@pytest.mark.parametrize("scheme", ["dask", "dask+tls"])
def test_a_connection_that_failed_leaves_no_thread(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "CALLING", 1)
    before = set(threading.enumerate())
    with pytest.raises(UnavailableError, match="no Dask scheduler answers"):
        clusters.connect(f"{scheme}://127.0.0.1:1")
    assert set(threading.enumerate()) <= before


def test_a_station_that_hears_nothing_more_ends_its_processes(
    hostile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(station, "IDLE", 0.1)
    before = {process.pid for process in multiprocessing.active_children()}
    terms = Terms.of(LOCAL)
    order = Order("good:1", hostile.give_back, ("good:1",), terms, seen=False)
    for _ in range(2):
        assert station.perform(order, threads=1).value == "good:1"
        until(lambda: {one.pid for one in multiprocessing.active_children()} <= before)
    station.leave(terms.run)
    until(lambda: isinstance(station.perform(order, threads=1), Declined))


def test_a_station_hears_with_memory_that_is_kept(
    hostile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As Dask begins its workers, which halved what they heard.
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    terms = Terms.of(LOCAL)
    order = Order("any", hostile.surroundings, ("any",), terms, seen=False)
    assert station.perform(order, threads=1).value["trimmed"] is None
    station.leave(terms.run)


def test_folders_are_pairs_of_absolute_paths() -> None:
    pairs = places_of("/music=/mnt/music, /music/old=/archive")
    terms = replace(Terms.of(LOCAL), places=pairs)
    assert terms.there("/music/a.mp3") == "/mnt/music/a.mp3"
    assert terms.there("/music/old/b.mp3") == "/archive/b.mp3"
    assert terms.there("/musical/c.mp3") == "/musical/c.mp3"
    for wrong in ("/music", "music=/mnt", "/music="):
        with pytest.raises(BadRequestError, match="are no two folders"):
            places_of(wrong)
