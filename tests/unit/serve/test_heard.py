"""What was heard in a file that was brought: kept beside it, for processes that did not hear it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.catalogue import jobs, uploads
from segue.errors import BadRequestError
from segue.jobs.looking import SCAN
from segue.library import Segue
from segue.recommend.seeds import seed_from
from segue.records import Attributes, OutsideId, TrackRecord
from segue.serve.brought import UPLOAD, WAVEFORM, Store
from segue.serve.condition import condition
from segue.serve.heard import ENDING, keep, kept
from segue.serve.work import KINDS, Beside
from segue.settings import Settings
from segue.snapshot import Description

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEARD = Description(
    record=TrackRecord(
        title="Ünï 🎹",
        artists=("A", "B"),
        duration=12.5,
        outside_ids=(OutsideId("isrc", "X"),),
        attributes=Attributes(tempo=120.0, key=3),
    ),
    vectors={
        "descriptors": np.arange(6, dtype=np.float32),
        "sound": np.arange(8, dtype=np.float16).reshape(2, 4),
        "wide": np.array([0.5, 2.0]),
    },
    origins={"tempo": "estimated"},
    lacking={"genre": "an embedder that works"},
)


@pytest.fixture
def segue(tmp_path: Path) -> Iterator[Segue]:
    settings = Settings(_env_file=None, database=str(tmp_path / "segue.db"), work=False)
    with Segue.open(settings=settings) as opened:
        yield opened


def row(token: str) -> uploads.Brought:
    return uploads.Brought(token, "a.wav", 3, "hash", "waiting", "", None, 1.0, 4e9)


def test_what_was_heard_is_the_same_for_who_did_not_hear_it(tmp_path: Path) -> None:
    keep(tmp_path, HEARD, key=("t", "[]"), partial="t.part")
    assert [path.name for path in tmp_path.iterdir()] == [f"t{ENDING}"]
    seed = kept(tmp_path, "t", by="[]")
    found, wanted = seed.description, seed_from(HEARD)
    assert seed.track == wanted.track
    assert (found.record, found.origins, found.lacking) == (
        HEARD.record,
        HEARD.origins,
        HEARD.lacking,
    )
    assert found.vectors.keys() == HEARD.vectors.keys()
    for name, vector in HEARD.vectors.items():
        np.testing.assert_array_equal(found.vectors[name], vector)


def test_what_other_networks_heard_or_is_damaged_is_heard_again(tmp_path: Path) -> None:
    keep(tmp_path, HEARD, key=("t", "[]"), partial="t.part")
    assert kept(tmp_path, "t", by="[('sound', '2')]") is None
    assert kept(tmp_path, "other", by="[]") is None
    path = tmp_path / f"t{ENDING}"
    content = bytearray(path.read_bytes())
    for place in (0, 20, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert kept(tmp_path, "t", by="[]") is None
    path.write_bytes(content[:-5])
    assert kept(tmp_path, "t", by="[]") is None


def test_a_disk_that_takes_nothing_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        keep(tmp_path / "none", HEARD, key=("t", "[]"), partial="t.part")
    assert "is not kept (No such file or directory)" in caplog.text


def test_a_store_asks_with_what_another_heard_and_forgets_all_of_it(segue: Segue) -> None:
    store = Store(segue)
    store.folder.mkdir()
    (store.folder / "t").write_bytes(b"abc")
    uploads.add(segue.database, [row("t")])
    assert store.remembered("t") is None
    keep(store.folder, HEARD, key=store._key("t"), partial="t.part")
    assert store.remembered("t").track.title == "Ünï 🎹"
    list(store.tidy())
    assert sorted(path.name for path in store.folder.iterdir()) == ["t", f"t{ENDING}"]
    store.forget("t")
    assert list(store.folder.iterdir()) == []


def test_a_worker_takes_what_it_can_reach(segue: Segue, tmp_path: Path) -> None:
    db = segue.database
    worker = Beside.working(segue)
    able = {name: kind.able for name, kind in worker.runner._kinds.items()}
    assert able[SCAN]({})
    assert able[SCAN]({"root": str(tmp_path)})
    assert not able[SCAN]({"root": str(tmp_path / "none")})
    uploads.add(db, [row("t"), row("u")])
    for kind in (UPLOAD, WAVEFORM):
        assert not able[kind]({"token": "t"})
    # Without the folder nothing of it is tidied up either: it lies on another machine.
    assert list(worker.runner._kinds[UPLOAD].due()) == []
    worker.store.folder.mkdir()
    (worker.store.folder / "t").write_bytes(b"abc")
    for kind in (UPLOAD, WAVEFORM):
        assert able[kind]({"token": "t"})
        assert not able[kind]({"token": "u"})
        assert able[kind]({"token": "forgotten"})
    assert [each["token"] for each in worker.runner._kinds[UPLOAD].due()] == ["t", "u"]


def test_a_server_that_leaves_work_to_workers_says_how_that_stands(segue: Segue) -> None:
    beside = Beside.of(segue)
    assert beside.runner.takes == frozenset()
    assert Beside.of(segue, takes=KINDS).runner.takes == frozenset(KINDS)
    beside.runner.start()
    try:

        def said() -> str:
            parts = {part.name: part for part in condition(segue, beside.runner)}
            part = parts["Work beside the server"]
            return f"{part.state}: {part.said}"

        assert said() == "works: It is left to workers; 0 jobs are at work, 0 wait."
        beside.hear("t")
        assert said() == "waits: It is left to workers; 1 jobs wait, and none is at work."
        held = jobs.claim(segue.database, [UPLOAD], owner="there/1/a.1")
        assert said() == "works: It is left to workers; 1 jobs are at work, 0 wait."
        assert jobs.finish(segue.database, held.id, owner=held.owner)
    finally:
        beside.runner.stop()


def test_a_shared_folder_is_where_the_setting_says(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None, database=str(tmp_path / "a.db"), brought_folder=tmp_path / "shared"
    )
    with Segue.open(settings=settings) as opened:
        assert Store(opened).folder == tmp_path / "shared"


def test_a_queue_that_makes_no_sense_is_refused_at_the_start(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database=str(tmp_path / "a.db"), queue_url="amqp://x")
    with (
        Segue.open(settings=settings) as opened,
        pytest.raises(BadRequestError, match="no queue that Segue knows"),
    ):
        Beside.of(opened)
