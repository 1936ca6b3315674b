"""Analysing real files into a real catalogue: whole, resumable, and with a reason for the rest."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import wave
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from chords import RATE, cadence, played
from rights import without_rights
from segue.audio.decode import decode
from segue.catalogue import corpus, files, ledger, recordings, tracks, vectors
from segue.catalogue.database import Database, epoch, open_database
from segue.descriptors.extract import NAMES, describe
from segue.errors import (
    BadFileError,
    BusyError,
    InaudibleError,
    NotFoundError,
    UnavailableError,
)
from segue.jobs.analyse import analyse, outlook
from segue.jobs.budget import needed_megabytes
from segue.jobs.listener import DescribeWorker
from segue.jobs.passes import SPACE, first, second
from segue.jobs.scan import scan
from segue.jobs.standing import causes, failures, retry, status
from segue.settings import Settings
from segue.spaces.attributes import AttributesSpace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from segue.records import Track
    from segue.summaries import PassSummary
    from segue.types import Progress

    Tune = Callable[..., Path]

pytestmark = pytest.mark.usefixtures("nothing_ships")

_DESCRIBED = "SELECT count(*) FROM vectors WHERE space = 'descriptors'"
SETTINGS = Settings(jobs=1, file_seconds=30.0, niceness=0, cache_megabytes=0)
NEEDED = needed_megabytes(SETTINGS)
ENDLESS = {"excerpt_seconds": 1900.0, "file_seconds": 60.0}
LEDGER = first(SETTINGS).stage


def run_analysis(
    db: Database,
    *,
    on_progress: Progress | None = None,
    stop: threading.Event | None = None,
    **changed: float,
) -> PassSummary:
    """The first pass alone."""
    settings = SETTINGS.model_copy(update=changed)
    summary = analyse(db, settings=settings, quick=True, on_progress=on_progress, stop=stop)
    assert summary.recording is None
    return summary.descriptors


def fill(folder: Path, tune: Tune, count: int) -> list[Path]:
    return [tune(folder / f"{number:02}.wav", seed=number) for number in range(count)]


def vector_of(db: Database, path: Path) -> np.ndarray | None:
    track = files.track_of(db, path)
    assert track is not None
    blob = vectors.get(db, track, SPACE)
    return None if blob is None else np.frombuffer(blob, dtype="<f4")


def test_every_file_gets_the_vector_of_its_own_sound(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    paths = fill(tmp_path / "music", tune, 5)
    scan(audio_catalogue, tmp_path / "music")
    before = epoch(audio_catalogue)
    seen: list[tuple[int, int | None, str]] = []
    summary = run_analysis(
        audio_catalogue, jobs=2, on_progress=lambda *progress: seen.append(progress)
    )
    assert (summary.found, summary.analysed, summary.done) == (5, 5, 5)
    assert (summary.queued, summary.failed, summary.skipped) == (0, 0, 0)
    assert epoch(audio_catalogue) > before
    for path in paths:
        stored = vector_of(audio_catalogue, path)
        assert stored is not None
        expected = describe(decode(path).audio)
        np.testing.assert_allclose(stored, expected, rtol=1e-4, atol=1e-4)
    assert [done for done, _, _ in seen] == [0, 1, 2, 3, 4, 5]
    assert {total for _, total, _ in seen} == {5}
    assert {what for _, _, what in seen} == {"", *(f"listening to {one.name}" for one in paths)}


def test_what_is_analysed_is_not_analysed_again(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    fill(tmp_path / "music", tune, 2)
    scan(audio_catalogue, tmp_path / "music")
    run_analysis(audio_catalogue)
    before = epoch(audio_catalogue)
    assert run_analysis(audio_catalogue).done == 0
    assert epoch(audio_catalogue) == before
    tune(tmp_path / "music" / "new.wav", seed=77)
    scan(audio_catalogue, tmp_path / "music")
    assert run_analysis(audio_catalogue).done == 1


def test_each_file_ends_as_what_it_is(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    folder = tmp_path / "music"
    good = tune(folder / "good.wav", seed=1)
    tune(folder / "silent.wav", gain=0.0)
    tune(folder / "short.wav", seed=2, seconds=0.4)
    broken = tune(folder / "broken.wav", seed=3)
    data = bytearray(broken.read_bytes())
    data[20:22] = b"\x99\x66"  # a sound format nobody knows
    broken.write_bytes(data)
    scan(audio_catalogue, folder)
    summary = run_analysis(audio_catalogue)
    assert (summary.analysed, summary.failed, summary.skipped, summary.queued) == (1, 1, 2, 0)
    assert summary.found == 4
    (failure,) = summary.failures
    assert failure.place == str(broken)
    assert failure.reason.startswith("it holds no audio stream. ")
    (entry,) = ledger.failures(audio_catalogue, LEDGER)
    assert (entry.path, entry.reason) == (broken, failure.reason)
    assert vector_of(audio_catalogue, good) is not None
    assert vector_of(audio_catalogue, broken) is None
    assert sorted(reasons(audio_catalogue, "skipped")) == [
        "it holds 0.4 s of audio. At least 1 s are needed.",
        "it is silent. Nothing can be done with silence.",
    ]


def reasons(db: Database, state: str) -> list[str]:
    assert db.path is not None
    with closing(sqlite3.connect(db.path)) as connection, connection:
        found = connection.execute("SELECT reason FROM ledger WHERE state = ?", (state,))
        texts = [reason for (reason,) in found]
    connection.close()
    return texts


def test_a_file_that_takes_too_long_or_kills_its_worker_costs_itself(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, endless: Callable[..., Path]
) -> None:
    folder = tmp_path / "music"
    fill(folder, tune, 6)
    slow = endless(folder / "00 slow.wav")
    scan(audio_catalogue, folder)
    summary = run_analysis(audio_catalogue, file_seconds=0.3, excerpt_seconds=1900.0)
    assert (summary.analysed, summary.failed) == (6, 1)
    assert summary.failures[0].reason.startswith("it took longer than 0.3 s. ")

    # Once more, and this time the worker is killed at work.
    endlessly = first(SETTINGS.model_copy(update=ENDLESS)).stage
    assert len(ledger.retry(audio_catalogue, endlessly)) == 1
    tune(folder / "later.wav", seed=50)
    scan(audio_catalogue, folder)
    before = {process.pid for process in multiprocessing.active_children()}

    def kill_the_busy(done: int, total: int | None, what: str) -> None:
        if done == 0:
            threading.Thread(target=kill, daemon=True).start()

    def kill() -> None:
        while True:
            fresh = {process.pid for process in multiprocessing.active_children()} - before
            for pid in fresh:
                if pid is not None and is_reading(pid, slow):
                    os.kill(pid, signal.SIGSEGV)
                    return
            time.sleep(0.02)

    summary = run_analysis(audio_catalogue, on_progress=kill_the_busy, **ENDLESS)
    assert (summary.analysed, summary.failed, summary.done) == (7, 1, 2)
    assert summary.failures[0].reason.startswith("the decoder crashed on it (SIGSEGV). ")


def is_reading(pid: int, path: Path) -> bool:
    try:
        handles = os.listdir(f"/proc/{pid}/fd")
        return any(os.readlink(f"/proc/{pid}/fd/{handle}") == str(path) for handle in handles)
    except OSError:
        return False


def test_a_file_that_needs_more_memory_than_is_allowed_costs_itself(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, endless: Callable[..., Path]
) -> None:
    folder = tmp_path / "music"
    endless(folder / "huge.wav")
    tune(folder / "small.wav")
    scan(audio_catalogue, folder)
    greedy = {"excerpt_seconds": 1900.0, "memory_megabytes": NEEDED}
    summary = run_analysis(audio_catalogue, **greedy)
    assert (summary.analysed, summary.failed) == (1, 1)
    assert summary.failures[0].reason.startswith("it needs more than 200 MB of memory. Allow more")
    more = {"excerpt_seconds": 1900.0, "memory_megabytes": 20 * NEEDED}
    settings = SETTINGS.model_copy(update=more)
    assert retry(audio_catalogue, settings=settings, words="needs more than") == 1
    again = run_analysis(audio_catalogue, **more)
    assert (again.failed, again.skipped) == (0, 1)


def test_a_file_whose_disk_is_away_stays_queued(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    folder = tmp_path / "music"
    paths = fill(folder, tune, 3)
    scan(audio_catalogue, folder)
    paths[1].rename(tmp_path / "away.wav")
    summary = run_analysis(audio_catalogue)
    assert (summary.analysed, summary.queued, summary.failed) == (2, 1, 0)
    assert "it stays queued" in summary.failures[0].reason
    (tmp_path / "away.wav").rename(paths[1])
    assert run_analysis(audio_catalogue).analysed == 3


def test_a_file_changed_since_the_scan_is_not_taken_for_what_it_was(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    """Its hash is that of the old bytes, and what is heard is kept by the hash for good."""
    path = tune(tmp_path / "music" / "a.wav", seed=1)
    first_bytes, second_bytes = path.read_bytes(), tune(tmp_path / "b.wav", seed=2).read_bytes()
    settings = SETTINGS.model_copy(
        update={"cache_megabytes": 10, "cache_folder": tmp_path / "cache"}
    )
    scan(audio_catalogue, path.parent)
    path.write_bytes(second_bytes)
    summary = analyse(audio_catalogue, settings=settings)
    for stand in (summary.descriptors, summary.recording):
        assert stand is not None
        assert (stand.queued, stand.done) == (1, 0)
        assert "it has changed since its folder was looked through" in stand.failures[0].reason
    assert vector_of(audio_catalogue, path) is None

    path.write_bytes(first_bytes)
    scan(audio_catalogue, path.parent)
    assert analyse(audio_catalogue, settings=settings).descriptors.analysed == 1
    stored = vector_of(audio_catalogue, path)
    np.testing.assert_array_equal(stored, describe(decode(path).audio))


def test_a_file_changed_to_silence_keeps_nothing_of_what_it_was(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    path = tune(tmp_path / "music" / "a.wav", seed=1)
    scan(audio_catalogue, path.parent)
    run_analysis(audio_catalogue)
    assert vector_of(audio_catalogue, path) is not None
    tune(path, gain=0.0, seconds=3.0)
    scan(audio_catalogue, path.parent)
    assert run_analysis(audio_catalogue).skipped == 1
    assert vector_of(audio_catalogue, path) is None
    track = files.track_of(audio_catalogue, path)
    assert track is not None
    assert tracks.get(audio_catalogue, track).attributes is None


def test_stop_is_heard_soon_and_keeps_what_is_done(
    audio_catalogue: Database,
    tmp_path: Path,
    endless: Callable[..., Path],
    ahead_of: Callable[..., list[Path]],
) -> None:
    folder = tmp_path / "music"
    ahead_of(endless(folder / "slow.wav"), count=3)
    scan(audio_catalogue, folder)
    stop = threading.Event()
    stopped: list[float] = []

    def ask(done: int, total: int | None, what: str) -> None:
        if done == 2:
            stop.set()
            stopped.append(time.monotonic())

    summary = run_analysis(audio_catalogue, stop=stop, on_progress=ask, **ENDLESS)
    assert time.monotonic() - stopped[0] < 3.0
    assert summary.done == summary.analysed >= 2
    assert summary.queued == 4 - summary.analysed


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, tune: Tune) -> None:
    folder, database = tmp_path / "music", tmp_path / "segue.db"
    fill(folder, tune, 40)
    with open_database(database) as db:
        scan(db, folder)
    program = (
        "from segue.catalogue.database import open_database\n"
        "from segue.jobs.analyse import analyse\n"
        "from segue.settings import Settings\n"
        f"db = open_database({str(database)!r})\n"
        "def say(done, total, what):\n"
        "    if done == 12: print('far enough', flush=True)\n"
        "analyse(db, settings=Settings(jobs=1, cache_megabytes=0), quick=True, on_progress=say)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "far enough\n"
    worker = children_of(run.pid)
    run.kill()
    run.wait()
    run.stdout.close()
    with open_database(database) as db:
        kept = ledger.counts(db, LEDGER)
        assert 12 <= kept.analysed < 40
        assert kept.analysed + kept.queued == 40
        with closing(sqlite3.connect(database)) as raw, raw:
            (placed,) = raw.execute(_DESCRIBED).fetchone()
        raw.close()
        assert placed == kept.analysed
        summary = run_analysis(db)
        assert (summary.analysed, summary.done) == (40, 40 - kept.analysed)
        with closing(sqlite3.connect(database)) as raw, raw:
            (most,) = raw.execute("SELECT max(attempts) FROM ledger").fetchone()
        raw.close()
        assert most == 1
    assert worker
    assert gone_soon(worker)


def children_of(parent: int) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8") as stat:
                    if int(stat.read().rsplit(")", 1)[1].split()[1]) == parent:
                        found.append(int(name))
            except OSError:
                continue
    return found


def gone_soon(pids: list[int]) -> bool:
    """Whether orphans end by themselves."""
    for _ in range(100):
        if not any(os.path.exists(f"/proc/{pid}") and not is_zombie(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def test_results_wait_while_another_program_writes(tmp_path: Path, tune: Tune) -> None:
    folder = tmp_path / "music"
    fill(folder, tune, 4)
    with open_database(tmp_path / "segue.db", busy_seconds=0.1) as db:
        scan(db, folder)
        other = sqlite3.connect(tmp_path / "segue.db", check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        released = threading.Timer(2.5, other.rollback)

        def begin(done: int, total: int | None, what: str) -> None:
            if done == 1:
                with pytest.raises(BusyError), db.write():
                    pass
                assert ledger.counts(db, LEDGER).analysed == 0
                released.start()

        summary = run_analysis(db, on_progress=begin)
        released.join()
        other.close()
        assert (summary.analysed, summary.done) == (4, 4)


def test_a_catalogue_that_can_only_be_read_is_said_so(tmp_path: Path, tune: Tune) -> None:
    fill(tmp_path / "music", tune, 1)
    path = tmp_path / "segue.db"
    with open_database(path) as db:
        scan(db, tmp_path / "music")
    path.chmod(0o444)
    with without_rights(tmp_path):
        db = open_database(path)
    with db, pytest.raises(UnavailableError, match="the catalogue can only be read"):
        run_analysis(db)


def test_both_passes_leave_a_vector_and_a_recording_of_every_file(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    paths = fill(tmp_path / "music", tune, 4)
    scan(audio_catalogue, tmp_path / "music")
    seen: list[tuple[int, int | None, str]] = []
    summary = analyse(
        audio_catalogue, settings=SETTINGS, on_progress=lambda *progress: seen.append(progress)
    )
    assert summary.recording is not None
    for one in (summary.descriptors, summary.recording):
        assert (one.found, one.analysed, one.done, one.failures) == (4, 4, 4, ())
    assert [done for done, _, _ in seen] == [0, 1, 2, 3, 4] * 2
    names = [what.split(maxsplit=1)[0] for _, _, what in seen if what]
    assert names == ["listening"] * 4 + ["measuring"] * 4
    for path in paths:
        track = files.track_of(audio_catalogue, path)
        assert track is not None
        recording = recordings.get(audio_catalogue, track)
        assert recording is not None
        assert recording.duration == pytest.approx(2.0, abs=0.01)
        assert recording.waveform
    again = analyse(audio_catalogue, settings=SETTINGS)
    assert again.recording is not None
    assert (again.descriptors.done, again.recording.done) == (0, 0)


def test_what_the_signal_says_of_the_key_is_an_estimate_of_the_track(
    audio_catalogue: Database, tmp_path: Path
) -> None:
    path = tmp_path / "music" / "Ada - Harbour.wav"

    def play(tonic: int, mode: int) -> Track:
        path.parent.mkdir(exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            sound = played(cadence(tonic, mode) * 2, seconds=1.0)
            file.writeframes((sound / np.abs(sound).max() * 30_000).astype("<i2").tobytes())
        scan(audio_catalogue, path.parent)
        assert run_analysis(audio_catalogue).analysed == 1
        track = files.track_of(audio_catalogue, path)
        assert track is not None
        return tracks.get(audio_catalogue, track)

    heard = play(9, 0)
    assert heard.attributes is not None
    assert (heard.attributes.key, heard.attributes.mode, heard.provenance) == (9, 0, "estimated")
    changed = play(2, 1)
    assert changed.id == heard.id
    assert changed.attributes is not None
    assert (changed.attributes.key, changed.attributes.mode) == (2, 1)
    assert set(changed.origins.values()) == {"estimated"}
    space = AttributesSpace.build(corpus.load(audio_catalogue))
    assert space.placed.all()  # by estimates of all eight numbers
    point = space.point(0)
    assert point is not None
    assert space.guessed(point)


def test_a_quick_analysis_leaves_whole_files_for_the_next(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    fill(tmp_path / "music", tune, 3)
    scan(audio_catalogue, tmp_path / "music")
    run_analysis(audio_catalogue)
    stands = status(audio_catalogue, settings=SETTINGS, spaces={})
    assert (stands.ledger.analysed, stands.recordings.queued) == (3, 3)
    whole = analyse(audio_catalogue, settings=SETTINGS)
    assert whole.recording is not None
    assert (whole.descriptors.done, whole.recording.done) == (0, 3)


def test_a_damaged_file_fails_in_both_passes_and_is_listed_once(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    broken = tune(tmp_path / "music" / "broken.wav", seed=3)
    data = bytearray(broken.read_bytes())
    data[20:22] = b"\x99\x66"  # a sound format nobody knows
    broken.write_bytes(data)
    tune(tmp_path / "music" / "good.wav", seed=4)
    scan(audio_catalogue, tmp_path / "music")
    summary = analyse(audio_catalogue, settings=SETTINGS)
    assert summary.recording is not None
    for one in (summary.descriptors, summary.recording):
        assert (one.analysed, one.failed, len(one.failures)) == (1, 1, 1)
    (entry,) = failures(audio_catalogue, settings=SETTINGS)
    assert entry.path == broken
    found = causes(audio_catalogue, settings=SETTINGS)
    assert [(one.stage, one.files, one.example) for one in found] == [
        ("descriptors", 1, broken),
        ("recording", 1, broken),
    ]
    assert retry(audio_catalogue, settings=SETTINGS, words="took longer") == 0
    assert retry(audio_catalogue, settings=SETTINGS, words="No audio stream") == 1
    assert failures(audio_catalogue, settings=SETTINGS) == []


def test_hearing_files_otherwise_queues_them_again_and_replaces_their_vectors(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    path = tune(tmp_path / "music" / "long.wav", seed=1, seconds=9.0)
    silent = tune(tmp_path / "music" / "silent at first.wav", seed=2, seconds=9.0)
    scan(audio_catalogue, tmp_path / "music")
    run_analysis(audio_catalogue)
    whole = vector_of(audio_catalogue, path)
    changed = {"excerpt_seconds": 4.0, "excerpts": 2}
    settings = SETTINGS.model_copy(update=changed)
    stands = status(audio_catalogue, settings=settings, spaces={})
    assert (stands.ledger.queued, stands.ledger.analysed) == (2, 0)
    assert outlook(audio_catalogue, settings=settings).waiting == 2
    # Other bytes, and nothing that a look at the folder would notice.
    before = silent.stat()
    silent.write_bytes(b"no audio any more".ljust(before.st_size))
    os.utime(silent, ns=(before.st_atime_ns, before.st_mtime_ns))
    summary = run_analysis(audio_catalogue, **changed)
    assert (summary.done, summary.analysed, summary.failed) == (2, 1, 1)
    heard = vector_of(audio_catalogue, path)
    assert whole is not None
    assert heard is not None
    assert np.abs(heard - whole).max() > 0
    # An answer of other parameters does not stand for a file that cannot be read now.
    assert vector_of(audio_catalogue, silent) is None
    assert run_analysis(audio_catalogue, **changed).done == 0
    assert run_analysis(audio_catalogue).done == 2
    again = vector_of(audio_catalogue, path)
    assert again is not None
    np.testing.assert_array_equal(again, whole)


def test_too_many_processes_for_the_memory_are_fewer_and_that_is_said(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    fill(tmp_path / "music", tune, 5)
    scan(audio_catalogue, tmp_path / "music")
    settings = SETTINGS.model_copy(update={"jobs": 5, "memory_megabytes": NEEDED})
    summary = analyse(audio_catalogue, settings=settings)
    assert summary.descriptors.analysed == 5
    (note,) = summary.notes
    assert note.startswith("5 processes were wanted and 1 used: each needs ")


def test_nothing_to_do_starts_nothing(audio_catalogue: Database) -> None:
    before = set(multiprocessing.active_children())
    assert run_analysis(audio_catalogue).done == 0
    assert set(multiprocessing.active_children()) == before
    ahead = outlook(audio_catalogue, settings=SETTINGS)
    assert (ahead.waiting, ahead.recommendable, ahead.whole) == (0, 0.0, 0.0)


def test_the_outlook_follows_what_files_took(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    fill(tmp_path / "music", tune, 30)
    scan(audio_catalogue, tmp_path / "music")
    quick, slow = first(SETTINGS).seconds, second(SETTINGS).seconds

    def ahead(jobs: int, *, fresh: int = 0) -> tuple[int, float, float]:
        settings = SETTINGS.model_copy(update={"jobs": jobs})
        found = outlook(audio_catalogue, settings=settings, fresh=fresh)
        return found.waiting, found.recommendable, found.whole

    assert ahead(1) == (30, pytest.approx(2 + 30 * quick), pytest.approx(2 + 30 * (quick + slow)))
    assert ahead(3) == (30, pytest.approx(2 + 10 * quick), pytest.approx(2 + 10 * (quick + slow)))
    assert ahead(3, fresh=3)[:2] == (33, pytest.approx(2 + 11 * quick))
    waiting = files.waiting(audio_catalogue, LEDGER)
    with audio_catalogue.write() as connection:
        for file in waiting[:10]:
            ledger.record(
                connection, LEDGER, content_hash=file.content_hash, state="analysed", seconds=4.0
            )
    assert ahead(2) == (
        30,
        pytest.approx(2 + 20 * 4 / 2),
        pytest.approx(2 + 20 * 4 / 2 + 30 * slow / 2),
    )
    for file in waiting:
        with audio_catalogue.write() as connection:
            ledger.record(
                connection, LEDGER, content_hash=file.content_hash, state="skipped", reason="silent"
            )
    assert ahead(1) == (30, 0.0, pytest.approx(2 + 30 * slow))


@pytest.fixture(scope="module")
def listener() -> Iterator[DescribeWorker]:
    with DescribeWorker(SETTINGS) as worker:
        worker.warm()
        yield worker


def test_a_single_file_is_described_with_its_tags(
    listener: DescribeWorker, tmp_path: Path, tune: Tune
) -> None:
    path = tune(tmp_path / "Ada Quill - Harbour.wav", seed=4, seconds=3.0)
    description = listener.describe(path)
    assert description.record.title == "Harbour"
    assert description.record.artists == ("Ada Quill",)
    assert description.record.duration == pytest.approx(3.0, abs=0.01)
    vector = description.vectors[SPACE]
    assert vector.shape == (len(NAMES),)
    np.testing.assert_allclose(vector, describe(decode(path).audio), rtol=1e-4, atol=1e-4)


def test_a_warm_worker_answers_within_a_second(
    listener: DescribeWorker, tmp_path: Path, tune: Tune
) -> None:
    path = tune(tmp_path / "song.wav", seed=5, seconds=30.0)
    took = []
    for _ in range(3):
        began = time.monotonic()
        listener.describe(path)
        took.append(time.monotonic() - began)
    assert min(took) < 1.0


def test_what_cannot_be_described_is_said_in_a_sentence(
    listener: DescribeWorker, tmp_path: Path, tune: Tune
) -> None:
    text = tmp_path / "song.mp3"
    text.write_text("no music\n")
    with pytest.raises(BadFileError, match=r"song\.mp3: it is text, not audio"):
        listener.describe(text)
    with pytest.raises(InaudibleError, match="it is silent"):
        listener.describe(tune(tmp_path / "silent.wav", gain=0.0))
    with pytest.raises(NotFoundError, match="there is no file"):
        listener.describe(tmp_path / "gone.mp3")
    assert listener.describe(tune(tmp_path / "fine.wav")).vectors


def test_one_file_in_a_worker_of_its_own(tmp_path: Path, endless: Callable[..., Path]) -> None:
    path = endless(tmp_path / "slow.wav")
    hasty = Settings(file_seconds=0.3, excerpt_seconds=1900.0)
    with (
        DescribeWorker(hasty) as worker,
        pytest.raises(BadFileError, match=r"slow\.wav: it took longer than 0\.3 s"),
    ):
        worker.describe(path)


@pytest.mark.realdata
def test_odd_files_add_up(audio_catalogue: Database, shared_data: Path) -> None:
    scan(audio_catalogue, shared_data / "audio" / "edge")
    summary = run_analysis(audio_catalogue, jobs=2)
    assert summary.found > 100
    assert summary.found == summary.done == summary.analysed + summary.failed + summary.skipped
    assert summary.queued == 0
    assert summary.analysed > 50
    assert all(failure.reason.endswith(".") for failure in summary.failures)
