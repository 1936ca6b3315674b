"""``segue train sound genre --library`` from end to end: taught, judged, put to work or not."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from artists import library
from embedders import write_embedder
from segue.cli.main import run
from segue.cli.train.music import Music
from segue.cli.train.networks import placed
from segue.cli.train.teaching import WORK
from segue.cli.train.told import judged
from segue.embedding.embedder import Embedder
from segue.evaluation.intervals import Interval
from segue.evaluation.retrieval import Figure
from segue.jobs import settled
from segue.jobs.alone import Alone
from segue.jobs.known_embedders import REJECTED
from segue.jobs.verdict import DECIDING, Verdict
from segue.library import Segue
from segue.training.ears import checkpoints

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from segue.jobs.held_back import Credited, Split
    from segue.summaries import AnalysisSummary

ARTISTS, TRACKS = 16, 2
COUNT = ARTISTS * TRACKS
STEPS = ("--steps", "4", "--jobs", "1", "--from-scratch")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A described catalogue of artists with a sound of their own."""
    home = tmp_path_factory.mktemp("home")
    library(home / "music", artists=ARTISTS, tracks=TRACKS, seconds=3.2)
    for words in (("scan", home / "music"), ("analyse", "--quick", "--jobs", "1")):
        assert run([*map(str, words), "--database", str(home / "segue.db")]) == 0
    return home


def deafen(database: Path) -> None:
    """Let descriptors say nothing of the sound, so that whatever hears artists is better.

    Left to themselves they would know all artists of such simple music.
    """
    rng = np.random.default_rng(3)
    query = "SELECT track_id, length(data) FROM vectors WHERE space = 'descriptors'"
    change = "UPDATE vectors SET data = ? WHERE track_id = ? AND space = 'descriptors'"
    with closing(sqlite3.connect(database)) as connection, connection:
        for track, size in connection.execute(query).fetchall():
            noise = rng.normal(size=size // 4).astype("<f4").tobytes()
            connection.execute(change, (noise, track))
    connection.close()


def vectors(database: Path, space: str) -> list[tuple[str, int]]:
    """Versions of a space, and how many tracks have each."""
    query = "SELECT version, count(*) FROM vectors WHERE space = ? GROUP BY version"
    with closing(sqlite3.connect(database)) as connection, connection:
        found = connection.execute(query, (space,)).fetchall()
    connection.close()
    return found


@pytest.mark.slow
def test_what_helps_is_put_to_work(home: Path, ask) -> None:
    database, models = home / "segue.db", home / "segue.models"
    deafen(database)
    words = ("train", "sound", "genre", "--library", "--database", database)
    told = ask(*words, *STEPS, "--hours", "0.1")
    material = told["material"]
    assert (material["listed"], material["heard"], material["rejected"]) == (COUNT, COUNT, 0)
    networks = {each["space"]: each for each in told["networks"]}
    assert list(networks) == ["sound", "genre"]
    assert networks["sound"]["helps"] is networks["sound"]["at_work"] is True
    for space, each in networks.items():
        folder = models / space if each["at_work"] else models / REJECTED / space
        assert each["folder"] == str(folder)
        kept = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert kept["data"]["artists"] == ARTISTS - ARTISTS // 2
        held, decision = kept["metrics"]["held_out"], kept["metrics"]["decision"]
        assert held["artists"] == ARTISTS // 2
        assert decision["at_work"] is each["at_work"] is (decision["ours"] > decision["theirs"])
        for name, method in (("ours", decision["method"]), ("theirs", "descriptors")):
            assert decision[name] == held["figures"][method][decision["metric"]]["value"]
    assert not (models / WORK).exists()
    assert vectors(database, "sound") == [(Embedder.load(models / "sound").version, COUNT)]


def test_what_was_stopped_goes_on_and_what_was_asked_otherwise_does_not(
    home: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    words = ["train", "sound", "--folder", str(home / "music"), "--out", str(tmp_path), *STEPS]
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "save", _stopped)
        assert run(words) == 130
    assert "The same command goes on where it was." in capsys.readouterr().err
    work = tmp_path / WORK
    assert (work / "material" / settled.FILE).is_file()
    assert not (tmp_path / "sound").exists()
    assert run([*words, "--augmentation", "waveform"]) == 2
    said = capsys.readouterr().err
    assert "it is of another training, with versions 0 and not 4" in said
    for other in ("--gain 2", "--seed 7 --hours 0.1"):  # all was heard, whatever the seed
        with monkeypatch.context() as patch:
            patch.setattr(checkpoints, "save", _stopped)
            assert run([*words, *other.split()]) == 130
        said = capsys.readouterr().err
        assert f"Going on with {COUNT} tracks of the folder" in said
        assert "Something else was asked of the network sound before: it is taught anew." in said
    with Alone(work):
        assert run(words) == 2
    assert "another training is at work there" in capsys.readouterr().err


@pytest.mark.slow
def test_a_finished_network_is_not_judged_on_what_it_learned_from(
    home: Path, monkeypatch, capsys, ask
) -> None:
    """Nor taught anew where only files have still to be heard by it."""
    database, models = home / "segue.db", home / "segue.models"
    deafen(database)
    words = ["train", "sound", "--library", "--database", str(database), *STEPS]
    with monkeypatch.context() as patch:
        patch.setattr(Segue, "analyse", _analyses_once(Segue.analyse))
        assert run(words) == 130
    said = capsys.readouterr().err
    assert "sound helps here: artist P@10" in said
    assert "The networks are in place: `segue analyse` goes on with hearing files." in said
    version = Embedder.load(models / "sound").version
    shutil.copytree(models / WORK, home / "copy")
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "save", _stopped)  # it would be stopped if it were taught
        told = ask(*words)
    assert told["networks"][0]["at_work"] is True
    assert Embedder.load(models / "sound").version == version
    assert vectors(database, "sound") == [(version, COUNT)]
    assert not (models / WORK).exists()
    (home / "copy").rename(models / WORK)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "save", _stopped)
        patch.setattr(Music, "held_back", _turned(Music.held_back))
        assert run(words) == 130
    said = capsys.readouterr().err
    assert "Something else was asked of the network sound before: it is taught anew." in said


def test_material_that_teaches_nothing_is_gathered_anew(tmp_path: Path, capsys) -> None:
    """The second artist's files are damaged when they are heard, and whole the next time."""
    music = library(tmp_path / "music", artists=2, tracks=2, seconds=1.0)
    whole = {path: path.read_bytes() for path in (music / "artist 01").iterdir()}
    for path, content in whole.items():
        path.write_bytes(content[:400] + bytes(len(content) - 400))
    words = ["train", "sound", "--folder", str(music), "--out", str(tmp_path / "models")]
    words += [*STEPS, "--positives", "artist"]
    assert run(words) == 2
    assert "all tracks with an artist are by one" in capsys.readouterr().err
    for path, content in whole.items():
        path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "save", _stopped)
        assert run(words) == 130
    assert "Found 4 files in the folder" in capsys.readouterr().err


def verdict(space: str, *, ours: float) -> Verdict:
    """On a network whose figure is `ours`, where descriptors have 0.5."""
    metric = DECIDING[space]
    found = {"descriptors": 0.5, space: ours}
    return Verdict(
        space=space,
        metric=metric,
        method=space,
        figures={name: {metric: Figure(at, at - 0.1, at + 0.1, 9)} for name, at in found.items()},
        difference=Interval(ours - 0.5, ours - 0.6, ours - 0.4),
        tracks=9,
        artists=3,
    )


def test_a_network_that_does_not_help_is_kept_and_the_one_at_work_stays(tmp_path: Path) -> None:
    work, models = tmp_path / "work", tmp_path / "models"
    first = placed(write_embedder(work, seed=1), models, verdict=verdict("sound", ours=0.6))
    assert first.folder == models / "sound"
    version = Embedder.load(models / "sound").version
    for ours in (0.4, 0.5):  # no better is not better
        lost = placed(write_embedder(work, seed=2), models, verdict=verdict("sound", ours=ours))
        assert lost.folder == models / REJECTED / "sound"
        assert Embedder.load(lost.folder).manifest.metrics["decision"]["ours"] == ours
    assert Embedder.load(models / "sound").version == version
    placed(write_embedder(work, seed=2), models, verdict=verdict("sound", ours=0.7))
    assert Embedder.load(models / "sound").manifest.metrics["decision"]["ours"] == 0.7
    unjudged = placed(write_embedder(work, seed=3), tmp_path / "out", verdict=None)
    assert unjudged.folder == tmp_path / "out" / "sound"
    assert "decision" not in Embedder.load(unjudged.folder).manifest.metrics


def test_both_figures_are_told_in_words() -> None:
    said = judged(verdict("genre", ours=0.61), at_work=True)
    assert "On 9 tracks by 3 artists held back: genre P@10 0.610 by genre, 0.500 by desc" in said
    assert "a difference of +0.110 (+0.010 to +0.210)" in said
    assert said.endswith("It helps here, and is at work now.")
    later = judged(verdict("genre", ours=0.61), at_work=False)
    assert "It helps here, and takes its place once every file is heard" in later
    assert "It does not help here" in judged(verdict("genre", ours=0.5), at_work=False)


def _stopped(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def _analyses_once(analyse: Callable[..., AnalysisSummary]) -> Callable[..., AnalysisSummary]:
    """Analysis that is stopped the second time it is asked for."""
    calls: list[None] = []

    def analysed(self: Segue, **options: Any) -> AnalysisSummary:
        if calls:
            raise KeyboardInterrupt
        calls.append(None)
        return analyse(self, **options)

    return analysed


def _turned(held_back: Callable[..., Split]) -> Callable[..., Split]:
    """The same with both sides changed over."""

    def turned(self: Music, tracks: Sequence[Credited]) -> Split:
        parted = held_back(self, tracks)
        return replace(parted, taught=parted.held, held=parted.taught)

    return turned
