"""Estimates from descriptors: the formulas, ordinary music, and a catalogue's own measure."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from segue.attributes.estimates import AS_STEREO, ENOUGH, Estimator, loudness_of, scores
from segue.attributes.formulas import FORMULAS, PREFERRED, Term
from segue.attributes.ordinary import ordinary
from segue.descriptors.extract import COLUMNS, NAMES, VERSION, describe
from segue.descriptors.hearing import estimates
from segue.records import CONTINUOUS, Attributes

ROOT = Path(__file__).resolve().parents[2]
RATE = 22_050


def made() -> object:
    """The generator of the table."""
    spec = importlib.util.spec_from_file_location(
        "ordinary_attributes_make", ROOT / "golden" / "ordinary_attributes_make.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ordinary_vector(**changed: float) -> np.ndarray:
    """Descriptors of a track that is ordinary in all that formulas read, but for some of it."""
    vector = np.zeros((1, len(NAMES)), dtype=np.float32)
    for name, (mean, _) in ordinary().moments.items():
        if name in COLUMNS:
            vector[0, COLUMNS[name]] = mean
    for name, deviations in changed.items():
        mean, deviation = ordinary().moments[name]
        vector[0, COLUMNS[name]] = mean + deviations * deviation
    return vector


def test_there_is_a_formula_for_every_attribute_but_loudness() -> None:
    assert tuple(one.attribute for one in FORMULAS) == tuple(
        name for name in CONTINUOUS if name != "loudness"
    )


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda one: one.attribute)
def test_a_formula_reads_columns_there_are_and_says_why(formula: object) -> None:
    assert formula.source  # type: ignore[attr-defined]
    assert formula.about.endswith(".")  # type: ignore[attr-defined]
    names = [term.name for term in formula.terms]  # type: ignore[attr-defined]
    assert len(set(names)) == len(names)
    for term in formula.terms:  # type: ignore[attr-defined]
        assert term.column in COLUMNS
        assert term.weight
        assert term.why


def test_the_table_of_ordinary_music_fits_the_formulas() -> None:
    terms = {term.name for one in FORMULAS for term in one.terms}
    assert set(ordinary().moments) == terms
    assert set(ordinary().matches) == {one.attribute for one in FORMULAS}
    assert all(deviation > 0 for _, deviation in ordinary().moments.values())
    for match in ordinary().matches.values():
        assert match.tracks == 0
        assert len(match.scores) > 50
        assert (np.diff(match.values) >= 0).all()


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda one: one.attribute)
def test_each_term_moves_the_score_by_its_weight_and_no_further_than_the_clip(
    formula: object,
) -> None:
    name = formula.attribute  # type: ignore[attr-defined]
    base = scores(ordinary_vector())[name][0]
    by_column: dict[str, float] = {}
    for term in formula.terms:  # type: ignore[attr-defined]
        if not term.near:
            by_column[term.column] = by_column.get(term.column, 0.0) + term.weight
    for column, weight in by_column.items():
        if column == "tempo":
            continue  # read twice by danceability
        moved = scores(ordinary_vector(**{column: 1.0}))[name][0]
        far = scores(ordinary_vector(**{column: 50.0}))[name][0]
        assert moved - base == pytest.approx(weight, abs=1e-3)
        assert far - base == pytest.approx(3 * weight, abs=1e-3)


def test_near_a_tempo_is_1_there_and_falls_off_by_octaves() -> None:
    term = Term("tempo", 1.0, "", near=PREFERRED)
    vectors = np.zeros((4, len(NAMES)), dtype=np.float32)
    vectors[:, COLUMNS["tempo"]] = PREFERRED * np.array([1.0, 2.0, 0.5, 0.0])
    read = term.reading(vectors)
    assert read[0] == pytest.approx(1)
    assert read[1] == pytest.approx(read[2], rel=1e-5)
    assert read[1] == pytest.approx(np.exp(-(1 / 0.6**2)), rel=1e-5)
    assert read[3] == pytest.approx(0)


def test_loudness_is_as_measured_else_the_level_of_the_excerpt_in_stereo() -> None:
    vectors = np.zeros((2, len(NAMES)), dtype=np.float32)
    vectors[:, COLUMNS["level"]] = -20
    found = loudness_of(vectors, np.array([-11.25, np.nan]))
    assert found.tolist() == pytest.approx([-11.25, -20 + AS_STEREO])


def tone(*, noise: float, seconds: float = 4.0) -> np.ndarray:
    """A soft chord, or noise that beats four times a second."""
    times = np.arange(round(seconds * RATE)) / RATE
    chord = sum(np.sin(2 * np.pi * hertz * times) for hertz in (220.0, 277.2, 329.6))
    beats = np.random.default_rng(1).standard_normal(len(times)) * (times * 4 % 1 < 0.3)
    return (0.03 * chord + noise * 0.3 * beats).astype(np.float32)


def test_a_beating_noise_is_more_energetic_and_less_acoustic_than_a_soft_chord() -> None:
    estimator = Estimator.ordinary()
    soft, hard = (describe(tone(noise=noise)) for noise in (0.0, 1.0))
    calm, wild = (estimator.completed(estimates(each), each) for each in (soft, hard))
    assert calm.energy is not None
    assert wild.energy is not None
    assert calm.energy < 0.3 < 0.6 < wild.energy
    assert calm.acousticness is not None
    assert wild.acousticness is not None
    assert calm.acousticness > 0.7 > 0.3 > wild.acousticness
    assert calm.loudness < wild.loudness  # type: ignore[operator]


def test_what_was_heard_of_tempo_and_key_stays_beside_the_estimates() -> None:
    vector = ordinary_vector()[0]
    heard = Attributes(tempo=92.5, key=9, mode=0)
    whole = Estimator.ordinary().completed(heard, vector)
    assert (whole.tempo, whole.key, whole.mode, whole.time_signature) == (92.5, 9, 0, None)
    assert type(whole.key) is int
    assert all(getattr(whole, name) is not None for name in CONTINUOUS)
    assert Estimator.ordinary().completed(Attributes(), vector).key is None


def world(tracks: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Scores of so many tracks, and given values of a distribution of their own."""
    rng = np.random.default_rng(7)
    scored = {one.attribute: rng.normal(size=tracks) for one in FORMULAS}
    given = {name: rng.uniform(0.4, 0.5, size=tracks) for name in CONTINUOUS}
    return scored, given


def test_a_catalogue_that_gives_enough_is_its_own_measure() -> None:
    scored, given = world(ENOUGH)
    own = Estimator.fitted(scored, given)
    assert own.own == dict.fromkeys(scored, ENOUGH)
    found = own.values(scored, np.zeros(ENOUGH))
    for name in scored:
        assert ((found[name] >= 0.4) & (found[name] <= 0.5)).all()
        assert (np.diff(found[name][np.argsort(scored[name])]) >= 0).all()


def test_with_too_few_given_values_ordinary_music_is_the_measure() -> None:
    scored, given = world(ENOUGH)
    given["energy"][3] = np.nan
    given["valence"][:] = np.nan
    own = Estimator.fitted(scored, given)
    assert set(own.own) == set(scored) - {"energy", "valence"}
    assert own.matches["energy"] is ordinary().matches["energy"]


def test_what_a_catalogue_keeps_gives_the_same_estimates_again() -> None:
    scored, given = world(300)
    given["energy"][:] = np.nan
    own = Estimator.fitted(scored, given)
    again = Estimator.from_text(own.to_text())
    assert again.own == own.own
    for name, column in own.values(scored, np.zeros(300)).items():
        np.testing.assert_array_equal(again.values(scored, np.zeros(300))[name], column)
    assert again.to_text() == own.to_text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        json.dumps({"version": f"{VERSION}9", "matches": {"energy": [9, [0.0], [0.5]]}}),
        json.dumps({"version": VERSION, "matches": {"energy": [9, [0.0], [0.5]]}}),
        json.dumps({"matches": {"energy": [9, [0.0], [0.5]]}}),
    ],
)
def test_what_other_descriptors_or_formulas_left_behind_is_not_used(text: str) -> None:
    assert Estimator.from_text(text).own == {}


def test_a_vector_of_a_track_says_the_same_as_its_row_among_many() -> None:
    rng = np.random.default_rng(8)
    vectors = np.concatenate([ordinary_vector(level=place) for place in rng.normal(size=20)])
    estimator = Estimator.ordinary()
    many = estimator.values(scores(vectors), loudness_of(vectors, np.full(20, np.nan)))
    for row in range(20):
        one = estimator.completed(Attributes(), vectors[row])
        assert replace(one).known() == {name: many[name][row] for name in CONTINUOUS}


@pytest.mark.realdata
def test_the_values_of_ordinary_music_are_those_of_the_public_table(shared_data: Path) -> None:
    make = made()
    counts: dict[str, int] = {}
    for _, genre in make.clips(shared_data / "audio"):  # type: ignore[attr-defined]
        counts[genre] = counts.get(genre, 0) + 1
    values, rows = make.values(shared_data / make.TABLE, counts=counts)  # type: ignore[attr-defined]
    assert (rows, sum(counts.values())) == (ordinary().rows, ordinary().clips)
    table = json.loads((Path(make.TARGET)).read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    for name, column in values.items():
        np.testing.assert_allclose(table["values"][name], column, rtol=1e-4)
