from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segue.errors import UnavailableError
from segue.records import FileRecord, Rejection
from segue.sources.folder import EXTENSIONS, Found, read_file, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the powers of root, where the tests run with them."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder every user may enter (pytest's own are private)."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 10)


def seen(root: Path) -> list[str]:
    base = root.resolve()
    return [
        item.path.relative_to(base).as_posix() if isinstance(item, Found) else f"! {item.reason}"
        for item in walk(root)
    ]


def test_music_files_in_the_same_order_every_time(tmp_path: Path) -> None:
    touch(tmp_path, "b/2.mp3", "b/1.FLAC", "a.ogg", "c.txt", "b/cover.jpg", "a/z/y.opus", "d.mp4")
    assert seen(tmp_path) == ["a.ogg", "a/z/y.opus", "b/1.FLAC", "b/2.mp3"]
    (first, *_) = walk(tmp_path)
    assert isinstance(first, Found)
    assert first.path.is_absolute()
    assert first.size == 10
    assert first.modified == pytest.approx((tmp_path / "a.ogg").stat().st_mtime)


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path, ".a.mp3", ".git/b.mp3", "._c.mp3", "d.mp3")
    assert seen(tmp_path) == ["d.mp3"]


def test_names_tell_what_is_looked_at(tmp_path: Path) -> None:
    touch(tmp_path, *(f"a{end}" for end in EXTENSIONS), "a.wma", "a.mp3.part", "mp3")
    assert len(seen(tmp_path)) == len(EXTENSIONS)


def test_links_stay_inside_and_never_go_round(tmp_path: Path) -> None:
    root = tmp_path / "music"
    touch(root, "real/a.mp3", ".store/b.mp3")
    touch(tmp_path, "outside/c.mp3")
    (root / "real" / "up").symlink_to(root)
    (root / "real" / "self").symlink_to(root / "real")
    (root / "b.mp3").symlink_to(root / ".store" / "b.mp3")
    (root / "c.mp3").symlink_to(tmp_path / "outside" / "c.mp3")
    (root / "far").symlink_to(tmp_path / "outside")
    (root / "gone.mp3").symlink_to(root / "nowhere")
    assert sorted(seen(root)) == [
        "! it cannot be looked at (No such file or directory)",
        "! it is a link that leads out of the folder",
        "! it is a link that leads out of the folder",
        "b.mp3",
        "real/a.mp3",
    ]


def test_a_root_that_is_a_link_is_followed(tmp_path: Path) -> None:
    touch(tmp_path / "real", "a.mp3")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (found,) = walk(tmp_path / "link")
    assert isinstance(found, Found)
    assert found.path == (tmp_path / "real" / "a.mp3").resolve()


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    (tmp_path / "folder.mp3").mkdir()
    assert seen(tmp_path) == ["! it is no ordinary file"]
    found = read_file(tmp_path / "pipe.mp3", root=tmp_path)
    assert found == Rejection(str(tmp_path / "pipe.mp3"), None, "it is no ordinary file")


def test_a_name_that_is_not_text_is_told(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/Bj\xf6rk.mp3", "wb"):
        pass
    (found,) = walk(tmp_path)
    assert isinstance(found, Rejection)
    assert "not UTF-8" in found.reason
    assert found.place.encode("utf-8").endswith(b"Bj\xef\xbf\xbdrk.mp3")


def test_a_root_that_is_missing_or_no_folder_is_an_error_at_once(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp3")
    with pytest.raises(UnavailableError, match=r"cannot be read.*disk is connected"):
        walk(tmp_path / "none")
    with pytest.raises(UnavailableError, match="Not a directory"):
        walk(tmp_path / "a.mp3")


def test_a_folder_nobody_may_read_is_told_and_the_rest_is_found(open_folder: Path) -> None:
    touch(open_folder, "a/1.mp3", "b/2.mp3", "c/3.mp3")
    (open_folder / "b").chmod(0)
    with as_nobody():
        assert seen(open_folder) == [
            "a/1.mp3",
            "! the folder cannot be read (Permission denied)",
            "c/3.mp3",
        ]
    (open_folder / "b").chmod(0o755)
    open_folder.chmod(0)
    with as_nobody(), pytest.raises(UnavailableError, match="Permission denied"):
        walk(open_folder)
    open_folder.chmod(0o755)


def test_a_file_is_known_by_its_content(tone: Callable[..., Path], tmp_path: Path) -> None:
    path = tone("flac", "library/Ada Vale - North.mp3")
    record = read_file(path, root=tmp_path / "library")
    assert isinstance(record, FileRecord)
    assert record.content_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert record.format == "flac"
    assert record.path == path
    assert record.root == tmp_path / "library"
    assert record.size == path.stat().st_size
    assert record.duration == pytest.approx(1.0)
    assert record.track.title == "North"
    assert not record.art


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty: no music is in it"),
        (b"RIFF", "it has only 4 bytes: no music is in it"),
        (b"just some words " * 50, "it is plain text"),
        (b"<!doctype html><title>not found</title>" * 9, "it is a web page"),
        (b"ID3\x04\0\0\0\0\x07\x76" + b"\0" * 1_014, "it holds a tag and no sound after it"),
        (b"\x12\x00\xff\xfb\x90" * 400, "it holds no sound that can be recognised"),
    ],
)
def test_a_file_that_is_no_music_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    found = read_file(path, root=tmp_path)
    assert isinstance(found, Rejection)
    assert found.place == str(path)
    assert found.reason.startswith(reason)


def test_a_file_that_went_away_or_may_not_be_read(open_folder: Path) -> None:
    gone = read_file(open_folder / "gone.mp3", root=open_folder)
    assert isinstance(gone, Rejection)
    assert gone.reason == "it cannot be read (No such file or directory)"
    touch(open_folder, "a.mp3")
    (open_folder / "a.mp3").write_bytes(b"x" * 500)
    (open_folder / "a.mp3").chmod(0)
    with as_nobody():
        closed = read_file(open_folder / "a.mp3", root=open_folder)
    assert isinstance(closed, Rejection)
    assert closed.reason == "it cannot be read (Permission denied)"
