"""How far apart single attributes are, and in which words."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segue.records import CONTINUOUS, Attributes, Comparison
from segue.spaces.facets import FACETS, Continuous, Facets
from worlds import COLUMNS, make_corpus, planted_records

BY_NAME = {facet.name: facet for facet in FACETS}
A_MINOR, C_MAJOR, C_MINOR, G_MAJOR, F_SHARP = (9, 0), (0, 1), (0, 0), (7, 1), (6, 1)


def test_facets_read_the_columns_they_are_named_after() -> None:
    columns = {facet.name: facet.column for facet in FACETS if isinstance(facet, Continuous)}
    assert columns == {name: place for place, name in enumerate(CONTINUOUS)}


def row(**attributes: float | None) -> list[float]:
    known = Attributes(**attributes).known()  # type: ignore[arg-type]
    return [known.get(name, math.nan) for name in COLUMNS]


def key(pitch: int, mode: int | None) -> list[float]:
    return row(key=pitch, mode=mode)


@pytest.mark.parametrize(
    ("first", "second", "steps"),
    [
        (C_MAJOR, C_MAJOR, 0),
        (C_MAJOR, G_MAJOR, 1),
        (C_MAJOR, A_MINOR, 1),
        (C_MAJOR, C_MINOR, 4),
        (C_MAJOR, F_SHARP, 6),
        (G_MAJOR, F_SHARP, 5),
        (A_MINOR, C_MINOR, 3),
        ((2, None), (4, 0), 2),
        ((2, 1), (4, None), 2),
    ],
)
def test_keys_on_the_circle_of_fifths(
    first: tuple[int, int], second: tuple[int, int], steps: int
) -> None:
    facet = BY_NAME["key"]
    assert facet.apart(key(*first), key(*second)) == steps
    assert facet.apart(key(*second), key(*first)) == steps


@pytest.mark.parametrize(
    ("first", "second", "octaves"),
    [
        (84, 168, 0),
        (100, 100, 0),
        (60, 240, 0),
        (100, 150, math.log2(4 / 3)),
        (100, 141.42135, 0.5),
    ],
)
def test_tempos_on_the_circle_of_octaves(first: float, second: float, octaves: float) -> None:
    facet = BY_NAME["tempo"]
    assert facet.apart(row(tempo=first), row(tempo=second)) == pytest.approx(octaves, abs=1e-6)


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.name)
def test_what_is_unknown_is_not_apart_from_anything(facet: object) -> None:
    full = row(**dict.fromkeys(COLUMNS[:8], 0.5), tempo=99, key=1, mode=1)
    assert math.isnan(facet.apart(full, row()))  # type: ignore[attr-defined]
    assert math.isnan(facet.apart(row(), full))  # type: ignore[attr-defined]
    assert facet.apart(full, full) == 0  # type: ignore[attr-defined]


NONE = np.zeros(12, dtype=bool)


def world() -> tuple[np.ndarray, Facets]:
    corpus = make_corpus(planted_records(400))
    return corpus.attributes.astype(np.float64), Facets(corpus.attributes, corpus.estimated)


def find(compared: tuple[Comparison, ...], feature: str) -> Comparison:
    return next(each for each in compared if each.feature == feature)


def test_likeness_is_the_share_of_random_pairs_that_differ_more() -> None:
    values, facets = world()
    energy = values[:, 0]
    gaps = np.abs(energy[:, None] - energy[None, :])[~np.eye(len(energy), dtype=bool)]
    for other in range(1, 40):
        share = (gaps > abs(energy[0] - energy[other])).mean()
        assert find(
            facets.compare(values[0], other, estimated=NONE), "energy"
        ).likeness == pytest.approx(share, abs=0.03)


def test_the_most_telling_feature_comes_first() -> None:
    values, facets = world()
    for other in range(1, 40):
        likeness = [each.likeness for each in facets.compare(values[0], other, estimated=NONE)]
        unequal = [each for each in likeness if each < 1]
        assert unequal == sorted(unequal, reverse=True)


@pytest.mark.parametrize(
    ("feature", "seed", "track", "agreement", "contrast"),
    [
        ("energy", 0.2, 0.3, "calm", "calmer (0.20 against 0.30)"),
        ("energy", 0.9, 0.8, "energetic", "more energetic (0.90 against 0.80)"),
        ("valence", 0.5, 0.5, "of mixed mood", ""),
        ("acousticness", 0.91, 0.42, "acoustic", "more acoustic (0.91 against 0.42)"),
        ("loudness", -20.0, -15.5, "quiet", "quieter (−20.0 dB against −15.5 dB)"),
        ("liveness", 0.1, 0.15, "", ""),
        ("liveness", 0.1, 0.25, "", "less like a concert (0.10 against 0.25)"),
        ("tempo", 84.0, 85.0, "near 84 BPM", ""),
        ("tempo", 84.0, 90.0, "near 87 BPM", "slower (84 against 90 BPM)"),
        (
            "tempo",
            84.2,
            168.0,
            "with one pulse counted at 84 and 168 BPM",
            "slower (84 against 168 BPM)",
        ),
    ],
)
def test_words(feature: str, seed: float, track: float, agreement: str, contrast: str) -> None:
    said = BY_NAME[feature].say(row(**{feature: seed}), row(**{feature: track}), 0.7)
    assert (said.feature, said.likeness) == (feature, 0.7)
    assert said.agreement == agreement
    assert said.contrast == contrast


def test_words_for_keys() -> None:
    facet = BY_NAME["key"]
    same = facet.say(key(*A_MINOR), key(*A_MINOR), 1.0)
    assert (same.seed, same.agreement, same.contrast) == ("A minor", "in A minor", "")
    near = facet.say(key(*A_MINOR), key(*C_MAJOR), 0.9)
    assert near.agreement == "in neighbouring keys (A minor and C major)"
    assert near.contrast == "in A minor (against C major)"
    assert facet.say(key(3, None), key(*C_MAJOR), 0.1).seed == "E♭"


def test_a_catalogue_without_pairs_compares_nothing() -> None:
    corpus = make_corpus(planted_records(1))
    facets = Facets(corpus.attributes, corpus.estimated)
    assert facets.compare(corpus.attributes[0].astype(np.float64), 0, estimated=NONE) == ()


def test_a_comparison_says_where_either_side_is_an_estimate() -> None:
    corpus = make_corpus(planted_records(200), guessed=range(100))
    values = corpus.attributes.astype(np.float64)
    facets = Facets(corpus.attributes, corpus.estimated)
    marks = {
        (seed < 100, row < 100): {
            each.estimated
            for each in facets.compare(values[seed], row, estimated=corpus.estimated[seed])
        }
        for seed, row in ((0, 1), (0, 150), (150, 0), (150, 151))
    }
    assert marks == {
        (True, True): {True},
        (True, False): {True},
        (False, True): {True},
        (False, False): {False},
    }


def test_only_the_attribute_that_is_an_estimate_is_marked() -> None:
    corpus = make_corpus(planted_records(200))
    values = corpus.attributes.astype(np.float64)
    facets = Facets(corpus.attributes, corpus.estimated)
    only_mode = NONE.copy()
    only_mode[10] = True
    compared = facets.compare(values[0], 1, estimated=only_mode)
    assert [each.feature for each in compared if each.estimated] == ["key"]
