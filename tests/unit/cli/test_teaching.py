"""``segue train sound genre``: what stands in the way is said first; then taught and judged."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from artists import library, song, tagged
from embedders import write_embedder
from segue.cli.train import packages
from segue.cli.train.wanted import check_place
from segue.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

SHORT = 1.0


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four artists with two tracks each."""
    return library(tmp_path_factory.mktemp("music"), artists=4, tracks=2, seconds=SHORT)


def test_what_does_not_go_together_is_refused(here: Path, music: Path, refused) -> None:
    said = refused("train", "sound")
    assert "nobody says where the network is to be written" in said
    said = refused("train", "sound", "--library", "--folder", music)
    assert "--folder and --library both say where the music is" in said
    said = refused("train", "genre", "--library", "--out", "models")
    assert "--library puts networks into the catalogue's own folder" in said
    said = refused("train", "sound", "--folder", music, "--out", "models", "--hours", "0")
    assert "--hours: 0 hours are no time" in said
    said = refused("train", "sound", "--folder", music, "--out", "models", "--genre-column", "x")
    assert "--genre-column says something of a table, and --table is missing" in said
    assert "'sond' is not one of 'genre'" in refused("train", "sound", "sond")
    assert list(here.iterdir()) == []


def test_missing_packages_are_named_with_the_command(monkeypatch, here: Path, refused) -> None:
    monkeypatch.setattr(packages, "find_spec", lambda name: None if name == "torch" else name)
    said = refused("train", "sound", "--library")
    assert "not installed: torch. Run: make train-setup (or pip install 'segue[train]')" in said


def test_without_audio_there_is_nothing_to_learn(here: Path, refused) -> None:
    (here / "music").mkdir()
    said = refused("train", "sound", "--folder", "music", "--out", "models")
    assert "there is no audio in music" in said
    assert "cannot be read" in refused("train", "sound", "--folder", "none", "--out", "models")
    said = refused("train", "sound", "--table", "none.csv", "--out", "models")
    assert "none.csv" in said


def test_an_empty_catalogue_says_how_to_begin(here: Path, catalogue: Path, refused) -> None:
    said = refused("train", "sound", "--library", "--database", catalogue)
    assert "the catalogue holds no audio" in said
    assert "segue scan FOLDER" in said


def test_files_that_cannot_be_heard_are_said(here: Path, refused) -> None:
    (here / "music").mkdir()
    for name in ("a", "b"):
        (here / "music" / f"{name}.mp3").write_bytes(b"no music " * 900)
    said = refused("train", "sound", "--folder", "music", "--out", "models", "-j", "1")
    assert "none of the 2 files can be heard; the first, " in said
    assert not (here / "models" / "learning.work").exists()


def test_artists_that_cannot_be_told_apart_are_said(here: Path, refused) -> None:
    library(here / "one", artists=1, tracks=2, seconds=SHORT)
    words = ("train", "sound", "--out", "models", "--positives", "artist")
    said = refused(*words, "--folder", "one")
    assert "all tracks with an artist are by one" in said
    assert "--positives track" in said
    library(here / "single", artists=3, tracks=1, seconds=SHORT)
    said = refused(*words, "--folder", "single")
    assert "every one of the 3 artists has a single track" in said


def test_genres_that_cannot_be_told_apart_are_said(here: Path, refused) -> None:
    sound = song(0, 0, seconds=SHORT)
    for number in range(3):
        path = here / "music" / f"{number}.flac"
        tagged(path, sound, artist=f"Artist {number}", title=f"{number}", genre="Rock")
    words = ("train", "genre", "--out", "models", "--folder", "music")
    assert "all tracks with a genre are rock" in refused(*words)
    for number in range(3):
        path = here / "music" / f"{number}.flac"
        tagged(path, sound, artist=f"Artist {number}", title=f"{number}", genre=f"Genre {number}")
    said = refused(*words)
    assert "no genre is shared by two tracks of different artists" in said


def test_a_library_of_few_artists_cannot_be_judged(here: Path, music: Path, ask, refused) -> None:
    ask("scan", music, "--database", "segue.db")
    said = refused("train", "sound", "genre", "--library", "--database", "segue.db")
    assert "4 artists have two tracks or more, and 16 are needed" in said
    assert "train without judging" in said
    assert not (here / "segue.models" / "learning.work").exists()


def test_a_night_that_is_too_short_is_refused(here: Path, music: Path, refused) -> None:
    words = ("train", "sound", "--folder", music, "--out", "models", "--hours", "0.001")
    assert "0.001 hours are too few to learn in. Give at least 0.1" in refused(*words)


def test_nothing_else_is_lost_where_a_network_is_to_stand(here: Path, music: Path, refused) -> None:
    letter = here / "models" / "sound" / "letter.txt"
    letter.parent.mkdir(parents=True)
    letter.write_text("Dear", encoding="utf-8")
    said = refused("train", "sound", "--folder", music, "--out", "models")
    assert "something else than a model stands there" in said
    assert letter.read_text(encoding="utf-8") == "Dear"
    kept = here / "other" / "rejected" / "genre" / "letter.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("Dear", encoding="utf-8")
    with pytest.raises(UnavailableError, match="something else than a model"):
        check_place(here / "other", ("genre",), judged=True)
    check_place(here / "other", ("genre",))
    said = refused("train", "sound", "--folder", music, "--out", letter)
    assert "the folder of embedders cannot be made" in said


def test_a_network_starts_from_what_this_version_can_read(here: Path, music: Path, refused) -> None:
    words = ("train", "sound", "--folder", music, "--out", "models", "--start")
    assert "there is no such folder" in refused(*words, here / "none")
    other = write_embedder(here / "other", space="genre", labels=("rock", "folk"), format=99)
    assert "format 99" in refused(*words, other)
    assert "no trunk to start from" in refused(*words, write_embedder(here / "brought"))
    assert not (here / "models" / "learning.work").exists()


FULL = """
import resource, signal, sys
from segue.cli.main import run

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no such limit on files here")
def test_a_disk_that_is_full_at_a_checkpoint_loses_nothing(here: Path, music: Path) -> None:
    """The material fits, a checkpoint does not."""
    words = ("train", "sound", "--folder", music, "--out", "models", "--steps", "2", "-j", "1")
    done = subprocess.run(
        [sys.executable, "-c", FULL, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    said = done.stderr.strip().splitlines()[-1]
    assert "cannot be written (File too large)" in said
    assert "run the same command again" in said
    assert "Traceback" not in done.stderr
    assert (here / "models" / "learning.work" / "material" / "material.json").is_file()
    assert not (here / "models" / "sound").exists()
