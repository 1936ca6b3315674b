"""The descriptors space against its definition, and groups of descriptors in words."""

from __future__ import annotations

import numpy as np
import pytest

from segue.descriptors.extract import COLUMNS, NAMES, VERSION
from segue.errors import UnavailableError
from segue.records import TrackRecord
from segue.snapshot import Corpus, Description
from segue.spaces.descriptors import DescriptorsSpace
from worlds import make_corpus, planted_records

RNG = np.random.default_rng(4)
RAW = (RNG.standard_t(3, size=(90, len(NAMES))) * 20 + 3).astype(np.float32)
RAW[:, 5] = 0.1


def corpus_of(raw: np.ndarray, *, tracks: int | None = None) -> Corpus:
    count = tracks or len(raw)
    sound = {count - len(raw) + place: row for place, row in enumerate(raw)}
    return make_corpus(planted_records(count), vectors={"descriptors": sound})


def test_scores_are_the_cosines_of_the_definition() -> None:
    space = DescriptorsSpace.build(corpus_of(RAW, tracks=100))
    raw = RAW.astype(np.float64)
    deviation = raw.std(axis=0)
    deviation[5] = np.inf
    scaled = np.clip((raw - raw.mean(axis=0)) / deviation, -3, 3)
    assert (np.abs(scaled) == 3).any()
    units = scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
    assert space.placed.tolist() == [False] * 10 + [True] * 90
    for place in (0, 40, 89):
        scores = space.score_exactly(space.point(10 + place), rows=np.arange(10, 100))
        np.testing.assert_allclose(scores, units @ units[place], atol=1e-6)


def test_the_only_described_track_stands_nowhere() -> None:
    assert not DescriptorsSpace.build(corpus_of(RAW[:1], tracks=3)).placed.any()


def test_descriptors_of_another_version_are_refused_with_the_remedy() -> None:
    space = DescriptorsSpace.build(corpus_of(RAW))
    outside = Description(TrackRecord(), {"descriptors": np.zeros(7, dtype=np.float32)})
    with pytest.raises(UnavailableError, match=r"has 7 descriptors.*segue analyse"):
        space.place(outside)


def test_without_described_tracks_a_file_stands_nowhere() -> None:
    space = DescriptorsSpace.build(make_corpus(planted_records(5)))
    assert space.place(Description(TrackRecord(), {"descriptors": RAW[0]})) is None


def test_a_number_that_is_none_counts_as_the_mean() -> None:
    space = DescriptorsSpace.build(corpus_of(RAW))
    broken = RAW[3].copy()
    broken[7] = np.nan
    point = space.place(Description(TrackRecord(), {"descriptors": broken}))
    assert point.scaled[7] == 0
    assert np.isfinite(point.unit).all()


def test_groups_name_what_agrees_and_what_differs() -> None:
    raw = RAW.copy()
    level = COLUMNS["level"]
    raw[:, level] = np.linspace(-40, -5, 90)
    raw[1] = raw[0]
    raw[1, level] = -5.2
    raw[2, level] = raw[0, level]
    space = DescriptorsSpace.build(corpus_of(raw))
    quiet_loud = {each.feature: each for each in space.compare(space.point(0), 1)}
    loudness = quiet_loud.pop("loudness")
    assert loudness.likeness < 0.1
    assert loudness.seed == "−40.0 dB"
    assert loudness.contrast == "quieter (loudness −40.0 dB against −5.2 dB)"
    assert {each.likeness for each in quiet_loud.values()} == {1.0}
    both_quiet = {each.feature: each for each in space.compare(space.point(0), 2)}["loudness"]
    assert both_quiet.agreement == "quiet"
    assert both_quiet.likeness == 1.0


def test_a_group_without_a_number_is_said_by_its_name() -> None:
    space = DescriptorsSpace.build(corpus_of(RAW))
    timbre = {each.feature: each for each in space.compare(space.point(0), 1)}["timbre"]
    assert timbre.agreement == "of like timbre"
    assert timbre.contrast == ""
    assert VERSION


def test_vectors_of_another_length_are_scored_but_not_named() -> None:
    space = DescriptorsSpace.build(corpus_of(RAW[:, :40]))
    assert space.compare(space.point(0), 1) == ()
    assert space.score([space.point(0)])[0, 0] == pytest.approx(1)
