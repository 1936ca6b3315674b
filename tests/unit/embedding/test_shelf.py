"""Embedders are found by the name of their space."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from brought import bring, graph, manifest
from segue.embedding import shelf
from segue.embedding.embedder import Embedder
from segue.errors import UnavailableError
from segue.models.folder import FILE

if TYPE_CHECKING:
    from pathlib import Path

FRONT = {"kind": "samples", "rate": 8_000, "seconds": 0.01}


def test_every_subfolder_with_a_manifest_is_an_embedder(tmp_path: Path) -> None:
    for name in ("tones", "brought"):
        bring(tmp_path / name, graph((80,)), manifest(FRONT, 80, space=name))
    found = shelf.find(tmp_path)
    assert list(found) == ["brought", "tones"]
    assert found["tones"] == tmp_path / "tones"
    assert {name: Embedder.load(place, space=name).space for name, place in found.items()} == {
        "brought": "brought",
        "tones": "tones",
    }


def test_what_is_no_space_is_passed_by(tmp_path: Path) -> None:
    for name in ("sound.old", ".sound-1f.part", "2nd", "half made"):
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE).write_text("{}", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("{}", encoding="utf-8")
    (tmp_path / FILE).write_text("{}", encoding="utf-8")
    assert shelf.find(tmp_path) == {}


def test_a_damaged_one_is_found_so_that_it_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / FILE).write_text("{", encoding="utf-8")
    assert shelf.find(tmp_path) == {"mine": tmp_path / "mine"}


def test_no_folder_holds_none(tmp_path: Path) -> None:
    assert shelf.find(tmp_path / "away") == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    try:
        with pytest.raises(UnavailableError, match="the folder of models cannot be read"):
            shelf.find(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_what_is_shipped_can_be_opened() -> None:
    for space, place in shelf.find(shelf.SHIPPED).items():
        assert Embedder.load(place, space=space).manifest.version


def test_what_is_shipped_says_nothing_of_the_machine_that_made_it() -> None:
    for place in shelf.find(shelf.SHIPPED).values():
        content = b"".join(path.read_bytes() for path in sorted(place.iterdir()))
        for word in (b"stack_trace", b"site-packages", b".py", b"/home/", b"/work/", b"/tmp/"):
            assert word not in content, place
