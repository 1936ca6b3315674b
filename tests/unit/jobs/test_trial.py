"""Spaces of sound put to the test on real files: what is judged, and what is said of it."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import artists
from embedders import write_embedder
from segue.audio.altering import ALTERATIONS
from segue.descriptors.hearing import Hearing
from segue.embedding.marks import marks
from segue.errors import BadTableError, NotFoundError, UnavailableError
from segue.evaluation.retrieval import METRICS
from segue.jobs import reheard
from segue.jobs.lessons import from_folder
from segue.jobs.pool import WorkerPool
from segue.jobs.reheard import Again
from segue.jobs.rivals import of_baselines
from segue.jobs.trial_doors import of_folder, relabelled
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from segue.evaluation.audio import AudioReport, Standing

SETTINGS = Settings(jobs=1, niceness=0, cache_megabytes=0)
SPACES = ("descriptors", "raw MFCC", "mel statistics", "random")


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight artists with three tracks each, in two genres."""
    return artists.library(tmp_path_factory.mktemp("music"), artists=8, tracks=3, seconds=3.0)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedder that was taught with two of them, and one that does not say."""
    folder = tmp_path_factory.mktemp("models")
    taught = {"artist_marks": marks(["artist 0", "artist 1", "somebody"]), "source": "here"}
    write_embedder(folder, space="sound", data=taught)
    write_embedder(folder, space="brought", seed=1, data={"source": "far away"})
    write_embedder(folder, space="genre", seed=2, labels=artists.GENRES, data=taught)
    return folder


@pytest.fixture(scope="module")
def report(music: Path, models: Path) -> AudioReport:
    settings = SETTINGS.model_copy(update={"models_folder": models})
    return of_folder(music, settings=settings, again=3)


def standing(report: AudioReport, name: str) -> Standing:
    return next(each for each in report.standings if each.name == name)


def test_every_space_of_sound_stands_beside_its_baselines(report: AudioReport) -> None:
    names = [each.name for each in report.standings]
    assert names[0] == "descriptors"
    assert {"sound", "genre", "genre_votes", "brought", "audio", *SPACES} <= set(names)
    assert "text" not in names
    assert report.tracks == 24
    assert report.artists == 8
    assert report.queries == dict.fromkeys(METRICS, 24)


def test_sounds_of_their_own_are_found_and_chance_finds_nothing(report: AudioReport) -> None:
    ours = standing(report, "descriptors").figures["artist_precision_10"]
    chance = standing(report, "random").figures["artist_precision_10"]
    assert ours.value > 0.7
    assert chance.high < ours.low
    assert standing(report, "random").ahead["artist_precision_10"].high < 0


def test_altered_tracks_are_asked_again(report: AudioReport) -> None:
    assert report.heard_again == 3
    for name in ("descriptors", "sound", "genre_votes", "audio", "raw MFCC", "mel statistics"):
        kept = standing(report, name).kept
        assert list(kept) == list(ALTERATIONS)
        assert 0.2 <= min(kept.values()) <= 1
    # Windows are free of gain.
    assert standing(report, "sound").kept["louder"] == 1.0


def test_who_was_taught_with_the_same_artists_is_flattered(report: AudioReport) -> None:
    assert "2 of the 8 artists" in standing(report, "sound").flattered
    assert "far away" in standing(report, "brought").flattered
    assert standing(report, "descriptors").flattered == ""
    for name in ("genre_votes", "audio"):
        assert "2 of the 8 artists" in standing(report, name).flattered
    assert any(note.startswith("sound is flattered") for note in report.notes)


def test_a_table_knows_better_than_tags(music: Path, tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    files = sorted(music.rglob("*.flac"))[:6]
    for place, file in enumerate(files):
        shutil.copy(file, tmp_path / f"{place}.flac")
    lines = [f"{place}.flac,{'x' if place < 3 else 'y'},rock" for place in range(5)]
    table.write_text("\n".join(["path,artist,genre", *lines]), encoding="utf-8")
    told = of_folder(tmp_path, settings=SETTINGS, table=table, most=4)
    assert told.tracks == 4
    assert told.artists == 2
    assert "as the table labels.csv has it" in told.source
    assert "4 of 5 tracks are judged" in told.notes
    assert any(note.startswith("All tracks are of one genre") for note in told.notes)


def test_a_table_of_other_files_is_refused(music: Path) -> None:
    found = from_folder(music)
    elsewhere = replace(found, lessons=(), source="the table x")
    with pytest.raises(BadTableError, match="names no file of"):
        relabelled(found, elsewhere)


def test_music_that_is_not_there_or_too_little_is_refused(music: Path, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="nowhere"):
        of_folder(tmp_path / "nowhere", settings=SETTINGS)
    with pytest.raises(NotFoundError, match="holds no audio"):
        of_folder(tmp_path, settings=SETTINGS)
    shutil.copy(sorted(music.rglob("*.flac"))[0], tmp_path / "one.flac")
    with pytest.raises(UnavailableError, match="fewer than two tracks"):
        of_folder(tmp_path, settings=SETTINGS)


@pytest.fixture
def bliss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that puts a package called bliss_audio in the way of workers."""

    def put(code: str) -> None:
        (tmp_path / "bliss_audio.py").write_text(code, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    yield put
    sys.modules.pop("bliss_audio", None)


def asked(music: Path) -> np.ndarray | str:
    lessons = from_folder(music).lessons[:3]
    with WorkerPool(1, seconds=30) as workers:
        return reheard.Reheard(lessons, workers, Hearing()).bliss()


def test_bliss_is_asked_where_it_is_installed(music: Path, bliss) -> None:
    bliss("class Song:\n    def __init__(self, path): self.analysis = [float(len(path))] * 23\n")
    found = asked(music)
    assert found.shape == (3, 23)


def test_a_package_that_ends_its_process_costs_its_own_line_only(music: Path, bliss) -> None:
    bliss(
        "import os, signal\n"
        "class Song:\n    def __init__(self, path): os.kill(os.getpid(), signal.SIGILL)\n"
    )
    assert asked(music) == (
        f"bliss-audio does not run here: the decoder crashed on it ({signal.SIGILL.name})"
    )


def test_a_file_that_bliss_cannot_read_is_said(music: Path, bliss) -> None:
    bliss("class Song:\n    def __init__(self, path): raise ValueError('no')\n")
    assert "bliss-audio cannot read it (no)" in asked(music)


def test_files_that_cannot_be_altered_are_left_out_and_told(music: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.flac"
    broken.write_bytes(sorted(music.rglob("*.flac"))[0].read_bytes()[:300])
    lessons = [*from_folder(music).lessons[:2]]
    lessons.append(replace(lessons[0], path=broken))
    with WorkerPool(1, seconds=30) as workers:
        listener = reheard.Reheard(lessons, workers, Hearing())
        again = listener.again((), 3, 1)
        mel = listener.mel(reheard.NO_CACHE)
    assert again.places.tolist() == [0, 1]
    assert listener.notes[0].startswith("1 track could not be heard again")
    assert mel.startswith("1 track of 3 cannot be heard")


def test_the_report_is_json(report: AudioReport) -> None:
    document = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert document["heard_again"] == 3


def test_without_descriptors_there_are_no_cepstra() -> None:
    rows, none = np.arange(3), Again(np.empty(0, dtype=np.int64))
    told = list(of_baselines(None, rows, none, "deaf", np.ones((3, 23))))
    missing = {each.name: each.missing for each in told}
    assert missing["raw MFCC"] == "not all tracks have been described"
    assert missing["mel statistics"] == "deaf"
    assert missing["bliss"] == missing["bliss, weighted"] == missing["random"] == ""
