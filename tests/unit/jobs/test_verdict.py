"""The verdict: a network that hears more than descriptors helps, one that hears less does not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embedders import write_embedder
from segue.descriptors.extract import NAMES
from segue.embedding.embedder import Embedder
from segue.embedding.manifest import Manifest
from segue.embedding.material import Material
from segue.embedding.windows import BANDS
from segue.errors import BadRequestError
from segue.jobs.verdict import averages, judge
from segue.models.folder import plain
from segue.records import TrackRecord
from worlds import make_corpus

if TYPE_CHECKING:
    from segue.snapshot import Corpus

ARTISTS, TRACKS = 10, 3
COUNT = ARTISTS * TRACKS
GENRES = ("glass", "brass")


def material(*, telling: bool) -> Material:
    """Tracks whose spectrum is their artist's (and a little their genre's), or nobody's."""
    rng = np.random.default_rng(4)
    own = rng.integers(60, 200, size=(ARTISTS, BANDS)) + np.arange(ARTISTS)[:, None] % 2 * 50
    kept = []
    for row in range(COUNT):
        levels = own[row % ARTISTS] if telling else rng.integers(60, 250, size=BANDS)
        drawn = levels + rng.normal(scale=6, size=(150, BANDS))
        drawn[0, 0] = 255
        kept.append(np.clip(drawn, 0, 255).astype(np.uint8))
    return Material(
        ids=tuple(f"t{row:05}" for row in range(COUNT)),
        artists=tuple(f"a{row % ARTISTS}" for row in range(COUNT)),
        genres=tuple(GENRES[row % 2] for row in range(COUNT)),
        spectrograms=tuple(kept),
        source="a planted world",
        digest="0",
        labels=("x",) * COUNT,
    )


def described(*, telling: bool, lacking: int = 0) -> Corpus:
    """The same tracks with descriptors that are their artist's, or nobody's."""
    rng = np.random.default_rng(5)
    own = rng.normal(size=(ARTISTS, len(NAMES)))
    own[:, :200] += 3 * (np.arange(ARTISTS)[:, None] % 2)
    vectors = {
        row: (own[row % ARTISTS] if telling else 0) + rng.normal(size=len(NAMES))
        for row in range(lacking, COUNT)
    }
    records = [TrackRecord(title=f"Song {row}") for row in range(COUNT)]
    return make_corpus(records, vectors={"descriptors": vectors} if vectors else {})


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Embedder]:
    folder = tmp_path_factory.mktemp("networks")
    return {
        space: Embedder.load(write_embedder(folder, space=space, width=32))
        for space in ("sound", "genre")
    }


def test_a_network_that_hears_more_than_descriptors_helps(networks) -> None:
    found = judge(networks["sound"], material(telling=True), described(telling=False))
    assert found.helps
    assert (found.metric, found.method) == ("artist_precision_10", "sound + descriptors")
    assert found.ours.value > 0.6 > found.theirs.value
    assert found.difference.value == pytest.approx(found.ours.value - found.theirs.value)
    assert found.difference.low > 0
    assert set(found.figures) == {"descriptors", "sound", "sound + descriptors"}
    assert (found.tracks, found.artists) == (COUNT, ARTISTS)


def test_a_network_that_hears_less_does_not(networks) -> None:
    found = judge(networks["sound"], material(telling=False), described(telling=True))
    assert not found.helps
    assert found.theirs.value > 0.9


def test_a_network_of_genres_is_judged_by_genres_alone(networks) -> None:
    found = judge(networks["genre"], material(telling=True), described(telling=False))
    assert (found.metric, found.method) == ("genre_precision_10", "genre")
    assert found.helps
    found = judge(networks["genre"], material(telling=False), described(telling=True))
    assert not found.helps


def test_what_is_kept_of_it_can_stand_in_a_manifest(networks) -> None:
    found = judge(networks["sound"], material(telling=True), described(telling=False))
    manifest = replace(networks["sound"].manifest, metrics=found.to_json())
    read = Manifest.from_json(json.loads(json.dumps(plain(manifest.to_json()))))
    decision = read.metrics["decision"]
    assert decision["at_work"] is True
    assert decision["ours"] == found.ours.value
    assert decision["theirs"] == found.theirs.value
    figures = read.metrics["held_out"]["figures"]
    assert figures["descriptors"]["artist_map"]["queries"] == COUNT
    assert figures["sound + descriptors"]["artist_precision_10"]["value"] == decision["ours"]


def test_tracks_without_descriptors_are_judged_by_neither(networks) -> None:
    found = judge(networks["sound"], material(telling=True), described(telling=False, lacking=5))
    assert found.tracks == COUNT - 5
    with pytest.raises(BadRequestError, match="nothing to judge sound by"):
        judge(networks["sound"], material(telling=True), described(telling=False, lacking=COUNT))


def test_tracks_stand_where_serving_would_put_them(networks) -> None:
    """Windows cut from bytes are those of the sound, but for a sixth of a decibel."""
    from segue.embedding.windows import HALF_RANGE, quantised, windows

    decibels = np.random.default_rng(1).uniform(-70, -5, size=(700, BANDS)).astype(np.float32)
    kept = replace(material(telling=True), spectrograms=(quantised(decibels),), ids=("t00000",))
    served = networks["sound"].embed_windows(windows(decibels)).mean(axis=0)
    assert averages(networks["sound"], kept)[0] == pytest.approx(served, abs=2 / HALF_RANGE)
