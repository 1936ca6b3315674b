"""A kept snapshot counts only where it is whole, of this catalogue and made by the same."""

from __future__ import annotations

import errno
import gc
import json
import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.snapshot import Snapshot
from segue.snapshots import keeping, regions
from segue.snapshots.keeping import Cupboard
from segue.snapshots.marking import Mark
from segue.spaces.attributes import AttributesSpace
from segue.spaces.registry import build_all
from segue.storage import leases
from worlds import mixed_corpus

if TYPE_CHECKING:
    from collections.abc import Callable

MARK = Mark(3, "one", "maker")


@pytest.fixture(scope="module")
def built() -> Snapshot:
    corpus = replace(mixed_corpus(40), epoch=3)
    return Snapshot(corpus, build_all(corpus))


@pytest.fixture
def folder(tmp_path: Path, built: Snapshot) -> Path:
    """One in which a snapshot is kept."""
    Cupboard(tmp_path).keep(built, {"scales": {("text", 1): 0.5}}, MARK)
    return tmp_path


def place(folder: Path) -> Path:
    about = json.loads((folder / "snapshots" / "counts.json").read_text())
    return folder / "snapshots" / str(about["folder"])


def test_what_was_kept_is_opened(folder: Path, built: Snapshot) -> None:
    kept = Cupboard(folder).opened(MARK)
    assert kept is not None
    assert kept.epoch == 3
    assert kept.measured == {"scales": {("text", 1): 0.5}}
    assert kept.snapshot.corpus.titles == built.corpus.titles
    assert list(kept.snapshot.spaces) == list(built.spaces)
    with pytest.raises(ValueError, match="read-only"):
        kept.snapshot.corpus.attributes[0, 0] = 1.0


def test_a_folder_without_any_has_none(tmp_path: Path) -> None:
    assert Cupboard(tmp_path / "never").opened(MARK) is None
    assert Cupboard(tmp_path / "never").counts(MARK) is None


@pytest.mark.parametrize(
    "mark",
    [replace(MARK, epoch=4), replace(MARK, epoch=2), replace(MARK, stamp="other"),
     replace(MARK, maker="newer")],
)  # fmt: skip
def test_of_another_state_or_maker_it_does_not_count(folder: Path, mark: Mark) -> None:
    assert Cupboard(folder).opened(mark) is None
    assert Cupboard(folder).counts(mark) is None


def test_an_earlier_one_counts_where_that_is_as_good(folder: Path) -> None:
    found = Cupboard(folder).opened(replace(MARK, epoch=9, stamp="", earlier={3: "one", 1: "x"}))
    assert found is not None
    assert found.epoch == 3
    assert Cupboard(folder).opened(replace(MARK, epoch=2, earlier={1: "one"})) is None
    assert Cupboard(folder).opened(replace(MARK, epoch=9, earlier={3: "x"})) is None


def shortened(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["graph.json", "regions"])
@pytest.mark.parametrize("spoil", [shortened, flipped, Path.unlink])
def test_what_is_damaged_is_told_and_never_believed(
    folder: Path, name: str, spoil: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    spoil(place(folder) / name)
    assert Cupboard(folder).opened(MARK) is None
    assert "built anew" in caplog.text


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "7", '{"folder": "../..", "epoch": 3, "stamp": "one", "maker": "maker"}'],
)
def test_a_small_file_that_says_nothing_names_none(folder: Path, content: str) -> None:
    (folder / "snapshots" / "counts.json").write_text(content)
    assert Cupboard(folder).opened(MARK) is None


def test_a_graph_that_fits_its_digest_and_no_object_is_told(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    there = place(folder)
    (there / "graph.json").write_text('{"nodes": [], "regions": [], "corpus": [3]}')
    about = json.loads((folder / "snapshots" / "counts.json").read_text())
    about["graph"] = regions.told(there / "graph.json")
    (folder / "snapshots" / "counts.json").write_text(json.dumps(about))
    assert Cupboard(folder).opened(MARK) is None
    assert "cannot be read and is built anew" in caplog.text


def test_the_next_takes_its_place_and_who_has_the_old_open_reads_on(
    folder: Path, built: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "YOUNG", -1.0)
    before, old = Cupboard(folder).opened(MARK), place(folder)
    assert before is not None
    Cupboard(folder).keep(built, {}, replace(MARK, epoch=4))
    assert old.exists()
    assert Cupboard(folder).counts(replace(MARK, epoch=4)) is not None
    assert list(before.snapshot.corpus.titles) == list(built.corpus.titles)
    scores = before.snapshot.spaces["text"].score([before.snapshot.spaces["text"].point(0)])
    assert np.isfinite(scores).all()
    del before
    gc.collect()
    Cupboard(folder).keep(built, {}, replace(MARK, epoch=5))
    assert folders(folder) == [place(folder).name]


def test_what_counted_until_now_stays_a_while(folder: Path, built: Snapshot) -> None:
    """Another program may have read that it counts, and not have it open yet."""
    old = place(folder)
    long_ago = time.time() - 10 * leases.YOUNG
    for path in (old, *old.iterdir()):
        os.utime(path, (long_ago, long_ago))
    Cupboard(folder).keep(built, {}, replace(MARK, epoch=4))
    assert old.exists()


def test_what_a_killed_program_left_is_swept_later(
    folder: Path, built: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = folder / "snapshots" / "halfwritten"
    left.mkdir()
    Cupboard(folder).keep(built, {}, MARK)
    assert left.exists()
    monkeypatch.setattr(leases, "YOUNG", -1.0)
    assert Cupboard(folder).opened(MARK) is not None
    assert folders(folder) == [place(folder).name]


def folders(folder: Path) -> list[str]:
    return [path.name for path in (folder / "snapshots").iterdir() if path.is_dir()]


def test_a_full_disk_leaves_the_one_before(
    folder: Path, built: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, parts: object) -> None:
        path.write_bytes(b"a part")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(regions, "write", full)
    with pytest.raises(OSError, match="No space left"):
        Cupboard(folder).keep(built, {}, replace(MARK, epoch=4))
    assert Cupboard(folder).opened(MARK) is not None
    assert len(folders(folder)) == 1


def test_several_who_write_at_once_leave_one_that_is_whole(tmp_path: Path, built: Snapshot) -> None:
    cupboards = [Cupboard(tmp_path) for _ in range(4)]
    writers = [threading.Thread(target=one.keep, args=(built, {}, MARK)) for one in cupboards]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert Cupboard(tmp_path).opened(MARK) is not None


def test_a_catalogue_that_was_copied_with_its_folder_opens_there(
    tmp_path: Path, built: Snapshot
) -> None:
    one, other = tmp_path / "one.derived", tmp_path / "two.derived"
    corpus = replace(built.corpus, beside=one)
    Cupboard(one).keep(Snapshot(corpus, build_all(corpus)), {}, MARK)
    shutil.copytree(one, other)
    shutil.rmtree(one)
    found = Cupboard(other).opened(MARK)
    assert found is not None
    assert found.snapshot.corpus.beside == other


class Foreign(AttributesSpace):
    """A space of another package: of its classes none is written."""


def test_a_space_of_another_package_is_built_when_it_is_opened(
    tmp_path: Path, built: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    classes = {**{name: type(space) for name, space in built.spaces.items()}, "attributes": Foreign}
    monkeypatch.setattr(keeping, "kinds", lambda _: classes)
    spaces = {**built.spaces, "attributes": Foreign.build(built.corpus)}
    Cupboard(tmp_path).keep(Snapshot(built.corpus, spaces), {}, MARK)
    document = json.loads((place(tmp_path) / "graph.json").read_text())
    assert set(document["spaces"]) == set(spaces) - {"attributes"}
    found = Cupboard(tmp_path).opened(MARK)
    assert found is not None
    assert list(found.snapshot.spaces) == list(spaces)
    assert type(found.snapshot.spaces["attributes"]) is Foreign
