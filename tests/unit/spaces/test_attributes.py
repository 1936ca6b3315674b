"""The attributes space against its definition, written out number by number."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from segue.records import CONTINUOUS, Attributes, TrackRecord
from segue.snapshot import Description
from segue.spaces.attributes import AttributesSpace
from worlds import COLUMNS, make_corpus, mixed_corpus

EVEN = dict.fromkeys(CONTINUOUS, 0.5)


def naive_vectors(values: np.ndarray) -> np.ndarray:
    """The module's docstring as loops over plain numbers."""
    columns = [[v for v in values[:, i].tolist() if v == v] for i in range(8)]
    means = [math.fsum(c) / len(c) for c in columns]
    spreads = [
        math.sqrt(math.fsum((v - m) ** 2 for v in c) / len(c))
        for c, m in zip(columns, means, strict=True)
    ]
    edges = [0, 80, 100, 120, 140, 170, math.inf]
    vectors = []
    for row in values.tolist():
        vector = [
            0.0 if v != v or s < 1e-9 else (v - m) / s
            for v, m, s in zip(row[:8], means, spreads, strict=True)
        ]
        tempo, key, mode = row[8:11]
        vector += [float(key == pitch) for pitch in range(12)]
        vector += [float(mode == minor_major) for minor_major in range(2)]
        vector += [float(tempo > 0 and low <= tempo < high) for low, high in pairwise(edges)]
        length = math.sqrt(math.fsum(v * v for v in vector))
        known = sum(v == v for v in row[:8])
        vectors.append([v / length if known >= 4 and length > 0 else 0.0 for v in vector])
    return np.array(vectors)


def test_scores_are_the_cosines_of_the_definition() -> None:
    corpus = mixed_corpus()
    space = AttributesSpace.build(corpus)
    vectors = naive_vectors(corpus.attributes.astype(np.float64))
    everyone = np.arange(len(corpus))
    np.testing.assert_array_equal(space.placed, vectors.any(axis=1))
    for row in np.flatnonzero(space.placed):
        exact = space.score_exactly(space.point(int(row)), rows=everyone)
        np.testing.assert_allclose(exact, vectors @ vectors[row], atol=1e-12)


def track(**attributes: float) -> TrackRecord:
    return TrackRecord(attributes=Attributes(**attributes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tempo", "bin_number"),
    [
        (0.1, 0),
        (79.9, 0),
        (80, 1),
        (99.9, 1),
        (100, 2),
        (120, 3),
        (139, 3),
        (140, 4),
        (170, 5),
        (900, 5),
    ],
)
def test_the_tempo_falls_into_its_bin(tempo: float, bin_number: int) -> None:
    space = AttributesSpace.build(make_corpus([track(**EVEN, tempo=tempo)]))
    assert np.flatnonzero(space.point(0).unit).tolist() == [22 + bin_number]


@pytest.mark.parametrize(
    "unknown", [{"tempo": 0.0}, {"tempo": -5.0}, {"key": -1}, {"key": 12}, {"mode": 2}]
)
def test_what_no_track_can_have_counts_as_unknown(unknown: dict[str, float]) -> None:
    space = AttributesSpace.build(make_corpus([track(**EVEN, **unknown)]))
    assert not space.placed.any()


def test_four_known_of_eight_place_a_track_and_three_do_not() -> None:
    three = dict(zip(CONTINUOUS, (0.1, 0.2, 0.3), strict=False))
    four = dict(zip(CONTINUOUS, (0.1, 0.2, 0.3, -9.0), strict=False))
    space = AttributesSpace.build(make_corpus([track(**EVEN), track(**three), track(**four)]))
    assert space.placed.tolist() == [True, False, True]


def test_an_unknown_cell_counts_as_the_mean() -> None:
    records = [track(**{**EVEN, "energy": e}) for e in (0.25, 0.5, 0.75)]
    gap = track(**{**EVEN, "energy": None})
    mean = track(**{**EVEN, "energy": 0.5, "key": 1})
    space = AttributesSpace.build(make_corpus([*records, gap, mean]))
    assert not space.placed[3]
    assert np.flatnonzero(space.point(4).unit).tolist() == [9]


def test_a_column_of_one_value_tells_nothing_even_when_rounding_would() -> None:
    values = [0.1, 0.4, 0.9]
    records = [track(**{**EVEN, "liveness": 0.1, "energy": e}) for e in values]
    units = [AttributesSpace.build(make_corpus(records)).point(row).unit for row in range(3)]
    assert all(np.flatnonzero(unit).tolist() == [0] for unit in units)


def test_numbers_from_outside_are_rounded_as_the_catalogue_rounds_them() -> None:
    corpus = mixed_corpus()
    space = AttributesSpace.build(corpus)
    row = int(np.flatnonzero(space.placed)[0])
    values = dict(zip(COLUMNS, corpus.attributes[row].tolist(), strict=True))
    values = {name: None if v != v else v for name, v in values.items()}
    outside = space.place(Description(TrackRecord(attributes=Attributes(**values)), {}))
    np.testing.assert_array_equal(outside.unit, space.point(row).unit)
