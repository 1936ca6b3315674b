"""A snapshot of so many tracks that they are searched by a graph or in clusters is kept as well.

What decides is how many there are; here the numbers from which on are lowered, for the program that
builds. The one that opens goes by what it finds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from segue.assemble import make_indexes
from segue.index import choosing
from segue.recommend.engine import Engine
from segue.snapshot import Snapshot
from segue.snapshots.keeping import Cupboard
from segue.snapshots.marking import Mark
from segue.spaces.registry import build_all
from worlds import mixed_corpus

if TYPE_CHECKING:
    from pathlib import Path

TRACKS = 600
INDEXED = ["descriptors", "genre", "latent", "sound"]
THRESHOLDS = {"graph": {"HALF_COUNT": 100}, "lists": {"HALF_COUNT": 100, "GRAPH_COUNT": 101}}
MARK = Mark(1, "one", "maker")

OPENED = """
import json, pathlib, sys
from segue.recommend.engine import Engine
from segue.snapshots.keeping import Cupboard
from segue.snapshots.marking import Mark
from segue.index import choosing
assert choosing.HALF_COUNT > 100_000

folder = pathlib.Path(sys.argv[1])
kept = Cupboard(folder).opened(Mark(1, "one", "maker"))
engine = Engine(kept.snapshot, measured=kept.measured)
asked = {}
for name in json.loads(sys.argv[2]):
    space = engine.snapshot.spaces[name]
    row = int(space.placed.argmax())
    found = engine.similar(engine.seed_of(engine.snapshot.corpus.ids[row]), n=9, lens=name)
    asked[name] = [space.tier, [[each.track.id, each.score] for each in found]]
with open("/proc/self/maps") as maps:
    mapped = sorted({line.split()[-1].rsplit("/")[-1] for line in maps if str(folder) in line})
print(json.dumps([asked, mapped]))
"""


def told(engine: Engine, name: str) -> list[Any]:
    space: Any = engine.snapshot.spaces[name]
    row = int(space.placed.argmax())
    found = engine.similar(engine.seed_of(engine.snapshot.corpus.ids[row]), n=9, lens=name)
    return [space.tier, [[each.track.id, each.score] for each in found]]


@pytest.mark.parametrize("tier", sorted(THRESHOLDS))
def test_another_program_maps_the_indexes_and_answers_the_same(
    tmp_path: Path, tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "SINGLE_BYTES", 0)
    for name, count in THRESHOLDS[tier].items():
        monkeypatch.setattr(choosing, name, count)
    corpus = replace(mixed_corpus(TRACKS), epoch=1, beside=tmp_path)
    built = Engine(Snapshot(corpus, build_all(corpus)))
    assert sorted(make_indexes(built.snapshot, going_on=lambda _: True)) == INDEXED
    expected = {name: told(built, name) for name in INDEXED}
    assert {found[0] for found in expected.values()} == {tier}
    Cupboard(tmp_path).keep(built.snapshot, built.measured(), MARK)

    said = subprocess.run(
        [sys.executable, "-c", OPENED, str(tmp_path), json.dumps(INDEXED)],
        capture_output=True,
        text=True,
        check=True,
    )
    answers, mapped = json.loads(said.stdout)
    assert answers == expected
    assert "index.faiss" in mapped
    assert "regions" in mapped


def test_an_index_that_is_gone_is_told_and_the_snapshot_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(choosing, "SINGLE_BYTES", 0)
    monkeypatch.setattr(choosing, "HALF_COUNT", 100)
    corpus = replace(mixed_corpus(TRACKS), epoch=1, beside=tmp_path)
    snapshot = Snapshot(corpus, build_all(corpus))
    make_indexes(snapshot, going_on=lambda _: True)
    Cupboard(tmp_path).keep(snapshot, {}, MARK)
    for path in tmp_path.glob("sound.*/index.faiss"):
        path.unlink()
    assert Cupboard(tmp_path).opened(MARK) is None
    assert "is built anew" in caplog.text
