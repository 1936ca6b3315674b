"""Spaces of embedders: the mean of the windows, centred or not, and passages side by side."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from segue.errors import UnavailableError
from segue.recommend.engine import Engine
from segue.recommend.seeds import seed_from, stand
from segue.records import Dials, TrackRecord
from segue.snapshot import Description, Learned, Snapshot
from segue.spaces.embedded import GenreSpace, SoundSpace, brought
from segue.spaces.passages import FEATURE
from segue.spaces.registry import build_all
from worlds import make_corpus, mixed_corpus, planted_records, planted_windows

COUNT = 40
WINDOWS = planted_windows(COUNT, seed=3, width=6)
EVERYONE = np.arange(COUNT)


def corpus_of(windows: np.ndarray, *, space: str = "sound", **more: object):
    vectors = {space: dict(enumerate(windows))}
    return make_corpus(planted_records(len(windows)), vectors=vectors, **more)


CORPUS = corpus_of(WINDOWS)


def directions(windows: np.ndarray, *, centred: bool = False) -> np.ndarray:
    means = windows.astype(np.float16).astype(np.float64).mean(axis=1)
    means = means - means.mean(axis=0) if centred else means
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def test_the_score_is_the_cosine_of_the_mean_windows() -> None:
    space = SoundSpace.build(CORPUS)
    units = directions(WINDOWS)
    for row in range(0, COUNT, 7):
        exact = space.score_exactly(space.point(row), rows=EVERYONE)
        np.testing.assert_allclose(exact, units @ units[row], atol=1e-12)


def test_a_centred_space_forgets_what_all_tracks_share() -> None:
    class Centred(SoundSpace):
        centred = True

    shared = WINDOWS + 20.0
    plain, centred = SoundSpace.build(corpus_of(shared)), Centred.build(corpus_of(shared))
    units = directions(shared, centred=True)
    exact = centred.score_exactly(centred.point(4), rows=EVERYONE)
    np.testing.assert_allclose(exact, units @ units[4], atol=1e-9)
    assert plain.score_exactly(plain.point(4), rows=EVERYONE).min() > 0.9
    assert exact.min() < 0


def test_scale_plays_no_part() -> None:
    one, other = SoundSpace.build(CORPUS), SoundSpace.build(corpus_of(WINDOWS * 64))
    for space in (one, other):
        assert space.placed.all()
    np.testing.assert_allclose(
        one.score_exactly(one.point(3), rows=EVERYONE),
        other.score_exactly(other.point(3), rows=EVERYONE),
        atol=1e-6,
    )


def test_silence_stands_nowhere() -> None:
    windows = WINDOWS.copy()
    windows[5] = 0
    space = SoundSpace.build(corpus_of(windows))
    assert space.placed.sum() == COUNT - 1
    assert space.point(5) is None
    assert space.compare(space.point(4), 5) == ()


def test_windows_from_outside_stand_where_their_mean_says() -> None:
    space = SoundSpace.build(CORPUS)
    halves = WINDOWS[7].astype(np.float16)
    for windows in (halves, halves.ravel()):
        point = space.place(Description(TrackRecord(), {"sound": windows}))
        np.testing.assert_array_equal(
            space.score_exactly(point, rows=EVERYONE),
            space.score_exactly(space.point(7), rows=EVERYONE),
        )
    fewer = space.place(Description(TrackRecord(), {"sound": halves[:3]}))
    assert fewer is not None


def test_windows_of_another_width_are_refused() -> None:
    space = SoundSpace.build(CORPUS)
    other = Description(TrackRecord(), {"sound": np.ones((10, 5), dtype=np.float16)})
    with pytest.raises(UnavailableError, match="have 5 numbers in the space 'sound'"):
        space.place(other)
    empty = SoundSpace.build(make_corpus(planted_records(3)))
    assert empty.place(other) is None


def test_passages_that_are_alike_are_named() -> None:
    windows = WINDOWS.copy()
    windows[9] = np.random.default_rng(1).normal(size=windows[9].shape)
    windows[9, 6] = windows[8, 2]
    space = SoundSpace.build(corpus_of(windows))
    (compared,) = space.compare(space.point(8), 9)
    assert (compared.feature, compared.seed, compared.track) == (FEATURE, "3 of 10", "7 of 10")
    assert compared.likeness == 1.0
    assert compared.agreement == "with passages that sound alike"


def test_likeness_of_passages_is_a_share_of_random_pairs() -> None:
    space = SoundSpace.build(CORPUS)
    found = [
        space.compare(space.point(int(one)), int(other))[0].likeness
        for one, other in np.random.default_rng(2).integers(COUNT, size=(300, 2))
        if one != other
    ]
    assert 0.4 < np.mean(found) < 0.6


def test_an_embedder_that_somebody_brings_makes_a_space_of_its_name() -> None:
    corpus = corpus_of(WINDOWS, space="moods")
    spaces = build_all(corpus)
    assert spaces["moods"].placed.all()
    assert "'moods'" in spaces["moods"].needs
    engine = Engine(Snapshot(corpus, spaces))
    answer = engine.similar(engine.seed_of(corpus.ids[0]), lens="moods", n=3)
    assert (answer.lens, len(answer)) == ("moods", 3)
    assert type(spaces["moods"]).build(corpus).name == brought("moods").name


def test_vectors_of_somebody_elses_space_are_no_embeddings() -> None:
    corpus = make_corpus(planted_records(2), vectors={"odd": {0: [1.0, 2.0]}})
    assert "odd" not in build_all(corpus)


def test_networks_that_are_not_shown_to_help_do_not_choose_the_lens() -> None:
    for unproven, lens in (((), "audio"), (("sound",), "descriptors")):
        records = [replace(one, attributes=None) for one in planted_records(COUNT)]
        descriptors = np.random.default_rng(1).normal(size=(COUNT, 4))
        corpus = make_corpus(
            records,
            vectors={
                "sound": dict(enumerate(WINDOWS)),
                "descriptors": dict(enumerate(descriptors)),
            },
            unproven=unproven,
        )
        spaces = build_all(corpus)
        assert isinstance(spaces["sound"], Learned)
        engine = Engine(Snapshot(corpus, spaces))
        assert engine.similar(engine.seed_of(corpus.ids[1])).lens == lens


def test_audio_is_the_mean_of_two_cosines() -> None:
    corpus = mixed_corpus()
    spaces = build_all(corpus)
    engine = Engine(Snapshot(corpus, spaces))
    both = np.flatnonzero(spaces["sound"].placed & spaces["descriptors"].placed)
    seed = engine.seed_of(corpus.ids[int(both[0])])
    answer = engine.similar(seed, lens="audio", n=5, dials=Dials(per_artist=None))
    for row in answer:
        (first, second) = row.reasons.contributions
        assert {first.space, second.space} == {"sound", "descriptors"}
        assert row.score == pytest.approx((first.score + second.score) / 2, abs=1e-9)


def test_what_a_file_lacks_is_said_before_what_all_tracks_need() -> None:
    snapshot = Snapshot(mixed_corpus(), build_all(mixed_corpus()))
    plain = stand(seed_from(Description(TrackRecord(), {})), snapshot)
    assert plain.absent["genre"] == GenreSpace.needs
    said = Description(TrackRecord(), {}, lacking={"genre": "the embedder that is gone"})
    absent = stand(seed_from(said), snapshot).absent
    assert absent["genre"] == absent["genre_votes"] == "the embedder that is gone"
    assert absent["sound"] == SoundSpace.needs


def test_the_space_of_genres_is_shared_and_holds_no_corpus_that_nobody_uses() -> None:
    corpus = corpus_of(WINDOWS, space="genre")
    space = GenreSpace.build(corpus)
    assert GenreSpace.build(corpus) is space
    told = weakref.ref(space)
    del space
    gc.collect()
    assert told() is None
