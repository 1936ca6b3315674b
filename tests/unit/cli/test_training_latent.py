"""``segue train latent`` and ``segue train map``: learned, kept, asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from segue.cli.main import run

from .conftest import table_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def songs(here: Path) -> Path:
    """A catalogue in the working folder, ``segue.db``, of which codes can be learned."""
    path = here / "songs.csv"
    path.write_text(table_text(tracks=140), encoding="utf-8")
    assert run(["import", "tracks", str(path)]) == 0
    return here


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_catalogue_learns_codes_and_answers_with_them(
    songs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = songs / "encoder"
    learned = answered(capsys, "train", "latent", "--epochs", "3", "--out", str(out))
    assert learned["kept"]
    assert learned["parity"]["largest"] <= 1e-5
    written = {each.name for each in out.iterdir()}
    assert written == {"curves.png", "encoder.onnx", "manifest.json"}
    assert answered(capsys, "similar", "Song 3", "--lens", "latent")["recommendations"]
    picture = songs / "map.png"
    words = ("train", "map", "latent", "--tracks", "40", "--picture", str(picture))
    assert len(answered(capsys, *words)["places"]) == 40
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_table_needs_a_folder(songs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "latent", "--table", str(songs / "songs.csv")]) == 2
    assert "Say with --out where the encoder is written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("space", "why"),
    [("nowhere", "there is no space 'nowhere'"), ("latent", "0 tracks stand in the space")],
)
def test_a_map_of_nothing_is_refused(
    songs: Path, capsys: pytest.CaptureFixture[str], space: str, why: str
) -> None:
    assert songs.is_dir()
    assert run(["train", "map", space]) != 0
    assert why in capsys.readouterr().err
