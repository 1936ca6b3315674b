"""Embedders at work: heard on the way, made anew beside the old, and never in the way."""

from __future__ import annotations

import json
import shutil
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embedders import JUDGED, write_embedder
from segue.audio.decode import decode
from segue.catalogue import corpus, embeddings, files, ledger
from segue.catalogue.database import Database, epoch, open_database
from segue.descriptors.cache import Cache
from segue.descriptors.frames import Sound
from segue.descriptors.hearing import Hearing
from segue.embedding import shelf
from segue.embedding.embedder import Embedder
from segue.jobs.analyse import analyse, outlook
from segue.jobs.embedders import RESERVED, at_work, looked_up, models_folder, standing_ears
from segue.jobs.known_embedders import REJECTED, known
from segue.jobs.listener import DescribeWorker
from segue.jobs.looking import looking
from segue.jobs.passes import SPACE, first
from segue.jobs.runner import Runner
from segue.jobs.scan import scan
from segue.recommend.engine import Engine
from segue.recommend.lenses import BALANCED, LENSES
from segue.settings import Settings
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all, discover

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue.snapshot import Placed
    from segue.summaries import AnalysisSummary

    Tune = Callable[..., Path]

pytestmark = pytest.mark.usefixtures("nothing_ships")

SETTINGS = Settings(jobs=1, file_seconds=30.0, niceness=0, cache_megabytes=0)
HEARING = Hearing.of(SETTINGS)


def fill(db: Database, folder: Path, tune: Tune, numbers: range) -> list[Path]:
    paths = [tune(folder / f"{number:02}.wav", seed=number) for number in numbers]
    scan(db, folder)
    return paths


def run(db: Database, **changed: object) -> AnalysisSummary:
    stop = changed.pop("stop", None)
    on_progress = changed.pop("on_progress", None)
    return analyse(
        db,
        settings=SETTINGS.model_copy(update=changed),
        quick=True,
        stop=stop,
        on_progress=on_progress,
    )


def placed(db: Database, space: str = "sound") -> Placed:
    return corpus.load(db).placed[space]


def version(db: Database, space: str = "sound") -> str:
    return at_work(db, SETTINGS)[space].version


@pytest.fixture
def models(audio_catalogue: Database) -> Path:
    found = models_folder(audio_catalogue, SETTINGS)
    assert found is not None
    assert found.name == "segue.models"
    return found


def test_without_an_embedder_nothing_is_different(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    fill(audio_catalogue, tmp_path / "music", tune, range(2))
    summary = run(audio_catalogue)
    assert (summary.descriptors.done, summary.embeddings, summary.notes) == (2, {}, ())
    assert set(corpus.load(audio_catalogue).placed) == {SPACE}
    assert looked_up(audio_catalogue, SETTINGS).problems == {}


def test_the_first_pass_embeds_what_it_describes(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    write_embedder(models, space="sound", width=8)
    write_embedder(models, space="genre", width=6, labels=("calm", "loud"))
    paths = fill(audio_catalogue, tmp_path / "music", tune, range(3))
    seen: list[str] = []
    summary = run(audio_catalogue, on_progress=lambda done, total, what: seen.append(what))
    assert {what.rpartition(" ")[0] for what in seen} == {"", "listening to"}
    stands = summary.embeddings
    assert {space: (one.found, one.analysed, one.done) for space, one in stands.items()} == {
        "genre": (3, 3, 0),
        "sound": (3, 3, 0),
    }
    found = placed(audio_catalogue)
    assert (found.vectors.shape, found.width) == ((3, 80), 8)
    assert placed(audio_catalogue, "genre").vectors.shape == (3, 60)
    embedder = Embedder.load(models / "sound")
    assert found.version == embedder.version
    for path in paths:
        decoded = decode(path)
        wanted = embedder.embed(Sound(decoded.audio, rate=decoded.rate))
        track = files.track_of(audio_catalogue, path)
        row = corpus.load(audio_catalogue).row_of[track]
        stored = found.vectors[found.rows.tolist().index(row)].reshape(10, 8)
        np.testing.assert_allclose(stored, wanted, atol=2e-3)


def test_an_embedder_that_comes_later_hears_what_is_there(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    fill(audio_catalogue, tmp_path / "music", tune, range(3))
    run(audio_catalogue)
    write_embedder(models)
    assert outlook(audio_catalogue, settings=SETTINGS).waiting == 3
    seen: list[str] = []
    summary = run(audio_catalogue, on_progress=lambda done, total, what: seen.append(what))
    assert {what.rpartition(" ")[0] for what in seen} == {"", "embedding"}
    assert (summary.descriptors.done, summary.embeddings["sound"].done) == (0, 3)
    assert len(placed(audio_catalogue).rows) == 3
    before = epoch(audio_catalogue)
    assert run(audio_catalogue).embeddings["sound"].done == 0
    assert epoch(audio_catalogue) == before


def test_another_version_takes_the_place_of_the_first_all_at_once(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    """It has another width too: the two cannot be mixed up."""
    write_embedder(models, width=8)
    fill(audio_catalogue, tmp_path / "music", tune, range(4))
    run(audio_catalogue)
    old = version(audio_catalogue)
    write_embedder(models, width=5, seed=9)
    new = version(audio_catalogue)
    assert new != old
    stop = threading.Event()

    def interrupt(done: int, total: int | None, what: str) -> None:
        if done == 2:
            stop.set()

    before = epoch(audio_catalogue)
    summary = run(audio_catalogue, stop=stop, on_progress=interrupt)
    assert summary.embeddings["sound"].queued > 0
    assert (placed(audio_catalogue).version, placed(audio_catalogue).width) == (old, 8)
    assert epoch(audio_catalogue) == before
    assert len(placed(audio_catalogue).rows) == 4
    run(audio_catalogue)
    assert (placed(audio_catalogue).version, placed(audio_catalogue).width) == (new, 5)
    assert epoch(audio_catalogue) == before + 1


def test_files_that_were_moved_do_not_keep_a_version_waiting_unsaid(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    write_embedder(models)
    paths = fill(audio_catalogue, tmp_path / "music", tune, range(3))
    run(audio_catalogue)
    old = version(audio_catalogue)
    write_embedder(models, seed=9)
    paths[0].rename(tmp_path / "moved.wav")
    summary = run(audio_catalogue)
    assert placed(audio_catalogue).version == old  # one of three is too many
    assert summary.embeddings["sound"].queued == 1
    assert all("`segue scan` finds those that were moved" in note for note in summary.notes)
    scan(audio_catalogue, tmp_path / "music")
    (note,) = run(audio_catalogue).notes
    assert "1 of its tracks have files that are not there" in note
    assert placed(audio_catalogue).version == old
    (tmp_path / "moved.wav").rename(paths[0])
    scan(audio_catalogue, tmp_path / "music")
    assert run(audio_catalogue).notes == ()
    assert placed(audio_catalogue).version == version(audio_catalogue) != old


def test_one_file_of_many_that_cannot_be_reached_holds_nothing_up(
    audio_catalogue: Database,
    tmp_path: Path,
    tune: Tune,
    models: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embeddings, "LOST", 0.34)
    write_embedder(models)
    paths = fill(audio_catalogue, tmp_path / "music", tune, range(3))
    run(audio_catalogue)
    write_embedder(models, seed=9)
    paths[0].unlink()
    (note,) = run(audio_catalogue).notes
    assert note.startswith("1 files could not be embedded in sound and stay queued")
    assert placed(audio_catalogue).version == version(audio_catalogue)


@pytest.mark.parametrize("kind", ["away", "a file"])
def test_a_named_folder_of_models_that_is_none_is_not_an_empty_one(
    audio_catalogue: Database,
    tmp_path: Path,
    tune: Tune,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    named = tmp_path / "disk"
    monkeypatch.setattr(shelf, "SHIPPED", tmp_path / "shipped")
    write_embedder(tmp_path / "shipped", seed=1)
    write_embedder(named)
    fill(audio_catalogue, tmp_path / "music", tune, range(2))
    run(audio_catalogue, models_folder=named)
    before = placed(audio_catalogue).version
    shutil.rmtree(named)
    if kind == "a file":
        named.write_bytes(b"")
    summary = run(audio_catalogue, models_folder=named)
    assert summary.embeddings == {}
    assert "models_folder" in summary.notes[0]
    assert placed(audio_catalogue).version == before
    assert set(at_work(audio_catalogue, SETTINGS)) == {"sound"}  # none is named: what ships


def test_two_catalogues_have_embedders_of_their_own(tmp_path: Path, tune: Tune) -> None:
    versions = []
    for seed, name in enumerate(("one", "two")):
        with open_database(tmp_path / f"{name}.db") as db:
            write_embedder(tmp_path / f"{name}.models", seed=seed)
            fill(db, tmp_path / "music", tune, range(2))
            run(db)
            versions.append(placed(db).version)
    assert versions[0] != versions[1]


@pytest.mark.parametrize("invented", [True, False])
@pytest.mark.parametrize("metrics", [{}, JUDGED])
def test_what_ships_is_at_work_on_real_music_where_it_is_shown_to_help(
    audio_catalogue: Database,
    tmp_path: Path,
    tune: Tune,
    monkeypatch: pytest.MonkeyPatch,
    invented: bool,
    metrics: dict[str, object],
) -> None:
    monkeypatch.setattr(shelf, "SHIPPED", tmp_path / "shipped")
    write_embedder(tmp_path / "shipped", synthetic=True, metrics=metrics)
    for number in range(2):
        tune(tmp_path / "music" / f"{number}.wav", seed=number)
    scan(audio_catalogue, tmp_path / "music", synthetic=invented)
    run(audio_catalogue)
    heard = corpus.load(audio_catalogue)
    assert ("sound" in heard.placed) == (invented or bool(metrics))
    engine = Engine(Snapshot(heard, build_all(heard)))
    wanted = "audio" if metrics else "descriptors"
    assert engine.similar(engine.seed_of(heard.ids[0])).lens == wanted
    (status,) = [each.status for each in known(audio_catalogue, settings=SETTINGS)]
    assert status.synthetic
    assert (status.unproven, status.role) == (
        not metrics,
        "stands" if invented or metrics else "resting",
    )


def test_a_folder_of_models_may_be_named(
    audio_catalogue: Database, tmp_path: Path, tune: Tune
) -> None:
    write_embedder(tmp_path / "elsewhere")
    fill(audio_catalogue, tmp_path / "music", tune, range(1))
    summary = run(audio_catalogue, models_folder=tmp_path / "elsewhere")
    assert summary.embeddings["sound"].analysed == 1


def spoil_graph(own: Path) -> Path:
    """Other bytes than the manifest says; that has a space more, so that it is read again."""
    (own / "embedder.onnx").write_bytes(b"no")
    (own / "manifest.json").write_text((own / "manifest.json").read_text() + " ")
    return own / "embedder.onnx"


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no graph": (lambda own: spoil_graph(own).unlink(), "lacks its graph"),
    "another format": (
        lambda own: (own / "manifest.json").write_text(
            json.dumps(json.loads((own / "manifest.json").read_text()) | {"format": 99})
        ),
        "format 99",
    ),
    "another graph": (spoil_graph, "sha256"),
    "no manifest's JSON": (lambda own: (own / "manifest.json").write_text("{"), "JSON"),
}


@pytest.mark.parametrize("how", sorted(BROKEN))
def test_a_broken_embedder_is_told_and_stops_nothing(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path, how: str
) -> None:
    write_embedder(models)
    fill(audio_catalogue, tmp_path / "music", tune, range(1))
    run(audio_catalogue)
    stood = placed(audio_catalogue).version
    spoil, words = BROKEN[how]
    spoil(models / "sound")
    fill(audio_catalogue, tmp_path / "music", tune, range(1, 2))
    summary = run(audio_catalogue)
    assert (summary.descriptors.analysed, summary.embeddings) == (2, {})
    (note,) = summary.notes
    assert note.startswith("An embedder is not used: ")
    assert words in note
    assert placed(audio_catalogue).version == stood


def test_an_embedder_cannot_take_the_name_of_something_else(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    write_embedder(models, space="descriptors")
    write_embedder(models, space="moods", front={"kind": "segue-mel"})
    fill(audio_catalogue, tmp_path / "music", tune, range(1))
    summary = run(audio_catalogue)
    assert set(summary.embeddings) == {"moods"}
    assert "cannot be called 'descriptors'" in summary.notes[0]
    assert placed(audio_catalogue, SPACE).width is None


def test_every_other_name_with_a_meaning_is_reserved() -> None:
    named = {*LENSES, BALANCED, *discover(), "recording", REJECTED}
    assert named - {"sound", "genre"} == RESERVED


def test_an_embedder_that_fails_on_a_file_takes_nothing_else_away(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    """A front end for other samples a second than a file is decoded at, say: it always fails."""
    own = write_embedder(models, windows=10)
    document = json.loads((own / "manifest.json").read_text())
    graph = (own / "embedder.onnx").read_bytes()
    nan = np.full(8, np.nan, dtype=np.float32)
    import onnx
    from onnx import numpy_helper

    model = onnx.load_from_string(graph)
    for each in model.graph.initializer:
        if each.name == "weights":
            each.CopyFrom(numpy_helper.from_array(np.tile(nan, (128, 1)), "weights"))
    from hashlib import sha256

    content = model.SerializeToString()
    (own / "embedder.onnx").write_bytes(content)
    document["files"] = {"embedder.onnx": sha256(content).hexdigest()}
    (own / "manifest.json").write_text(json.dumps(document))
    fill(audio_catalogue, tmp_path / "music", tune, range(2))
    summary = run(audio_catalogue)
    assert summary.descriptors.analysed == 2
    if not summary.embeddings:  # refused when it was opened
        assert "An embedder is not used" in summary.notes[0]
        return
    assert summary.embeddings["sound"].failed == 2
    assert "sound" not in corpus.load(audio_catalogue).placed


def test_a_file_without_sound_is_skipped_by_embedders_too(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    write_embedder(models)
    tune(tmp_path / "music" / "silent.wav", gain=0.0)
    (tmp_path / "music" / "broken.wav").write_bytes(b"RIFF\0\0\0\0WAVEjunk" * 50)
    fill(audio_catalogue, tmp_path / "music", tune, range(1))
    summary = run(audio_catalogue)
    for one in (summary.descriptors, summary.embeddings["sound"]):
        assert (one.analysed, one.skipped, one.queued) == (1, 1, 0)
    again = run(audio_catalogue)
    assert again.embeddings["sound"].done == 0


def test_a_spectrogram_that_is_kept_need_not_be_drawn_again(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    cached = {
        "cache_megabytes": 100,
        "cache_folder": tmp_path / "cache",
        "cache_spectrograms": True,
    }
    (path,) = fill(audio_catalogue, tmp_path / "music", tune, range(1))
    run(audio_catalogue, **cached)
    write_embedder(models)
    whole = path.read_bytes()
    status = path.stat()
    path.write_bytes(bytes(len(whole)))  # what is not read cannot harm
    import os

    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    summary = run(audio_catalogue, **cached)
    assert summary.embeddings["sound"].analysed == 1
    path.write_bytes(whole)
    kept = placed(audio_catalogue).vectors.reshape(10, 8).astype(np.float64)
    decoded = decode(path)
    fresh = Embedder.load(models / "sound").embed(Sound(decoded.audio, rate=decoded.rate))
    np.testing.assert_allclose(kept, fresh, atol=1e-2)
    assert Cache.of(SETTINGS.model_copy(update=cached)).held()["mel"].entries == 1


def test_looking_through_a_folder_embeds_what_networks_have_not_heard(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    tune(tmp_path / "music" / "0.wav", seed=0)
    runner = Runner(audio_catalogue, {"scan": looking(audio_catalogue, settings=SETTINGS)})
    runner.start()
    try:
        for heard in (False, True):
            job = runner.submit("scan", {"root": str(tmp_path / "music")})
            assert runner.wait(job, 60).state == "done"
            assert ("sound" in corpus.load(audio_catalogue).placed) == heard
            write_embedder(models)
    finally:
        runner.stop()


def test_a_file_from_outside_is_embedded_by_the_version_that_stands(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    write_embedder(models, width=8)
    fill(audio_catalogue, tmp_path / "music", tune, range(2))
    run(audio_catalogue)
    ears, lacking = standing_ears(audio_catalogue, SETTINGS)
    assert ([ear.space for ear in ears], lacking) == (["sound"], {})
    outside = tune(tmp_path / "outside.wav", seed=77)
    with DescribeWorker(SETTINGS) as worker:
        described = worker.describe(outside, ears=ears)
    assert described.vectors["sound"].shape == (10, 8)
    assert described.vectors["sound"].dtype == np.float16
    write_embedder(models, width=8, seed=4)
    ears, lacking = standing_ears(audio_catalogue, SETTINGS)
    assert ears == ()
    assert "another is taking its place: `segue analyse`" in lacking["sound"]
    shutil.rmtree(models / "sound")
    ears, lacking = standing_ears(audio_catalogue, SETTINGS)
    assert (ears, "no longer in" in lacking["sound"]) == ((), True)


def test_an_embedder_that_is_replaced_meanwhile_leaves_files_queued(
    audio_catalogue: Database, tmp_path: Path, tune: Tune, models: Path
) -> None:
    write_embedder(models)
    paths = fill(audio_catalogue, tmp_path / "music", tune, range(1))
    ears = looked_up(audio_catalogue, SETTINGS).ears
    write_embedder(models, seed=3)
    asked = first(SETTINGS, ears)
    (file,) = asked.waiting(audio_catalogue)
    answer = asked.work(*asked.arguments(file))
    with audio_catalogue.write() as connection:
        asked.write(connection, file.content_hash, answer, None)
    assert files.track_of(audio_catalogue, paths[0]) is not None
    assert ledger.counts(audio_catalogue, asked.stage).analysed == 1
    assert ledger.counts(audio_catalogue, ears[0].stage(HEARING)).queued == 1
    assert embeddings.standing_in(audio_catalogue) == {}
