"""What serves needs none of what trains: a file is embedded where torch is not installed."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bare import without_training
from embedders import write_embedder
from encoded import EVERY_FORMAT, make_music, write_audio
from segue.catalogue.embeddings import standing_in
from segue.jobs.embedders import models_folder
from segue.library import Segue
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ask = Callable[..., subprocess.CompletedProcess[str]]


RATE = 44_100


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three files of music, heard by networks, and one from elsewhere."""
    folder = tmp_path_factory.mktemp("heard")
    with Segue.open(folder / "segue.db", settings=Settings(_env_file=None)) as segue:
        models = models_folder(segue.database, segue.settings)
        for space in ("sound", "genre"):
            write_embedder(models, space=space)
        (folder / "music").mkdir()
        music = make_music(16.0, rate=RATE)
        places = ("music/0.mp3", "music/1.mp3", "music/2.mp3", "outside.mp3")
        for part, place in zip(np.split(music, 4, axis=1), places, strict=True):
            write_audio(folder / place, part, RATE, **EVERY_FORMAT["mp3"])
        segue.scan(folder / "music")
        segue.analyse(jobs=1, quick=True)
    return folder


@pytest.fixture(scope="module")
def bare(heard: Path) -> Ask:
    """Run Python in an environment without what trains, in the folder `heard`."""
    python = without_training(heard / "venv")

    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SEGUE_DATABASE": "segue.db"}
        return subprocess.run(
            [python, *words],
            cwd=heard,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return ask


def test_what_trains_is_not_installed_there(bare: Ask) -> None:
    names = ["torch", "sklearn", "onnx", "onnxscript", "xgboost", "matplotlib", "numpy"]
    code = f"import importlib.util as u; print(*[n for n in {names} if u.find_spec(n)])"
    assert bare("-c", code).stdout.split() == ["numpy"]


@pytest.mark.parametrize(
    ("lens", "spaces"),
    [
        ("sound", {"sound"}),
        ("genre_votes=0.5,descriptors=0.5", {"genre_votes", "descriptors"}),
    ],
)
def test_a_file_is_embedded_and_compared_without_torch(
    bare: Ask, lens: str, spaces: set[str]
) -> None:
    done = bare("-m", "segue", "similar", "outside.mp3", "--lens", lens, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert len(answer["recommendations"]) == 3
    for row in answer["recommendations"]:
        assert {part["space"] for part in row["reasons"]["contributions"]} == spaces
        assert row["reasons"]["sentence"]


def test_what_stands_in_the_way_is_said(bare: Ask, heard: Path) -> None:
    own = heard / "segue.models" / "sound"
    away = own.rename(heard / "away")
    try:
        done = bare("-m", "segue", "similar", "outside.mp3", "--lens", "sound")
        assert done.returncode == 2
        assert "stands in no space of the lens 'sound'" in done.stderr
        assert "It needs the embedder that the catalogue's sound was made by" in done.stderr
        assert "another is taking its place: `segue analyse`" in done.stderr
        status = bare("-m", "segue", "status")
        # The network that ships has taken the place of the one that is away.
        assert "3 files wait for `segue analyse`." in status.stdout
    finally:
        away.rename(own)
    with Segue.open(heard / "segue.db", settings=Settings(_env_file=None)) as segue:
        assert set(standing_in(segue.database)) == {"genre", "sound"}


def test_a_library_that_no_network_heard_says_how_to_teach_one(
    bare: Ask, heard: Path, tmp_path: Path
) -> None:
    fresh = str(tmp_path / "fresh.db")
    assert bare("-m", "segue", "analyse", "music", "--quick", "-d", fresh).returncode == 0
    done = bare("-m", "segue", "similar", "outside.mp3", "--lens", "genre", "-d", fresh)
    assert done.returncode == 2
    assert "segue train genre --library" in done.stderr
    # The network of sound that ships helps on real music, so it heard this library too.
    done = bare("-m", "segue", "similar", "outside.mp3", "-d", fresh, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["lens"] == "audio"
