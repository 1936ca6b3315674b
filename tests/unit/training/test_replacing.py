"""Folders of models appear whole or not at all, and take the place of models alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from segue.embedding import shelf
from segue.errors import BadFileError, UnavailableError
from segue.models.folder import FILE
from segue.training.replacing import check_place, place

OLD = {FILE: b"{}", "a.onnx": b"old"}
NEW = {FILE: b"{ }", "b.onnx": b"new"}


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_is_tried_before_it_stands_there(tmp_path: Path) -> None:
    tried = []
    out = tmp_path / "deep" / "model"

    def attempt(folder: Path) -> None:
        tried.append((content(folder), out.exists()))

    place(out, NEW, attempt=attempt)
    assert tried == [(NEW, False)]
    assert content(out) == NEW
    assert list(out.parent.iterdir()) == [out]


def test_what_stood_there_goes_when_the_new_one_stands(tmp_path: Path) -> None:
    out = tmp_path / "model"
    place(out, OLD, attempt=content)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    place(out, NEW, attempt=content)
    assert content(out) == NEW
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("fault", [BadFileError("no"), KeyboardInterrupt(), RuntimeError("no")])
def test_what_cannot_be_opened_leaves_all_as_it_was(tmp_path: Path, fault: BaseException) -> None:
    out = tmp_path / "model"
    place(out, OLD, attempt=content)

    def refuse(_: Path) -> None:
        raise fault

    with pytest.raises(type(fault)):
        place(out, NEW, attempt=refuse)
    assert content(out) == OLD
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_full_disk_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    out = tmp_path / "model"
    place(out, OLD, attempt=content)
    rename = Path.rename

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def stuck(path: Path, target: Path) -> Path:
        return full() if path.suffix == ".part" else rename(path, target)

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "rename", stuck)
    with pytest.raises(UnavailableError, match=r"cannot be written \(No space left.*Make room"):
        place(out, NEW, attempt=content)
    monkeypatch.undo()
    assert content(out) == OLD
    assert list(tmp_path.iterdir()) == [out]


KILLED = """
import os, sys
from pathlib import Path
from segue.training.replacing import place
rename = Path.rename

def dying(path, target):
    if path.suffix == ".part":
        os._exit(9)
    return rename(path, target)

Path.rename = dying
place(Path(sys.argv[1]), {"manifest.json": b"{ }"}, attempt=lambda folder: None)
"""


def test_a_kill_between_the_two_moves_loses_no_model(tmp_path: Path) -> None:
    out = tmp_path / "sound"
    place(out, OLD, attempt=content)
    assert subprocess.run([sys.executable, "-c", KILLED, str(out)], check=False).returncode == 9
    ends = sorted(path.suffix for path in tmp_path.iterdir())
    assert ends == [".old", ".part"]
    assert shelf.find(tmp_path) == {"sound": out}
    assert content(out) == OLD

    assert subprocess.run([sys.executable, "-c", KILLED, str(out)], check=False).returncode == 9

    def refuse(_: Path) -> None:
        raise BadFileError("no")

    with pytest.raises(BadFileError):
        place(out, NEW, attempt=refuse)
    assert content(out) == OLD
    assert list(tmp_path.iterdir()) == [out]


def test_whoever_looks_between_the_two_moves_is_not_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "sound"
    place(out, OLD, attempt=content)
    rename, seen = Path.rename, []

    def looked_at(path: Path, target: Path) -> Path:
        if path.suffix == ".part" and not seen:
            monkeypatch.setattr(Path, "rename", rename)
            seen.append(shelf.find(tmp_path))
            monkeypatch.setattr(Path, "rename", looked_at)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", looked_at)
    place(out, NEW, attempt=content)
    assert seen == [{"sound": out}]
    assert content(out) == NEW
    assert list(tmp_path.iterdir()) == [out]


def test_what_lies_beside_a_place_is_touched_where_it_is_of_that_place_alone(
    tmp_path: Path,
) -> None:
    for name in (".other-0123abcd.part", ".model-9-0123abcd.old", ".model-mine.old", ".model.part"):
        (tmp_path / name).mkdir()
    (tmp_path / ".model-0123abcd.part").mkdir()
    place(tmp_path / "model", NEW, attempt=content)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".model-9-0123abcd.old",
        ".model-mine.old",
        ".model.part",
        ".other-0123abcd.part",
        "model",
    ]


def test_what_is_no_model_is_never_replaced(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    (music / "song.flac").write_bytes(b"music")
    for taken in (music, music / "song.flac"):
        with pytest.raises(UnavailableError, match="something else than a model stands there"):
            place(taken, NEW, attempt=content)
    assert content(music) == {"song.flac": b"music"}
    (tmp_path / "empty").mkdir()
    for free in (tmp_path / "empty", tmp_path / "away"):
        check_place(free)
        place(free, NEW, attempt=content)
        assert content(free) == NEW
