"""A model at work: which of its targets are shown, which tempo counts, when it does not fit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from oracles import HALF, KEY, MODE, expected, write_model
from segue.attributes.predictor import SURE, Predictor
from segue.attributes.targets import Group, Target, TargetSet
from segue.descriptors.extract import COLUMNS, NAMES, PIPELINES, VERSION
from segue.errors import BadFileError, NotFoundError, UnavailableError
from segue.records import CONTINUOUS

if TYPE_CHECKING:
    from pathlib import Path

TODAY = f"descriptors {VERSION}, 30 s, decoding 1"


def vector(**values: float) -> np.ndarray:
    made = np.zeros(len(NAMES), dtype=np.float32)
    for name, value in values.items():
        made[COLUMNS[name]] = value
    return made


def heard(tempo: float, *, slower: float, faster: float, confidence: float = 0.9) -> np.ndarray:
    return vector(
        tempo=tempo, tempo_slower=slower, tempo_faster=faster, tempo_confidence=confidence
    )


def test_all_eleven_are_predicted_each_by_its_own_number(tmp_path: Path) -> None:
    predictor = Predictor.open(write_model(tmp_path), inputs=TODAY)
    assert predictor.provenance == "predicted:oracle"
    assert set(predictor.shown) == {*CONTINUOUS, "key", "mode", "tempo"}
    found = predictor.of(vector(level=-20.0, tempo=110, tempo_confidence=1))
    for name in CONTINUOUS:
        digits = 0.005 if name == "loudness" else 1e-4
        assert getattr(found, name) == pytest.approx(expected(name, -20.0), abs=digits)
    assert (found.key, found.mode, found.tempo) == (KEY, MODE, 110)
    assert type(found.key) is int


def test_a_model_of_one_pipeline_sees_its_own_descriptors(tmp_path: Path) -> None:
    folder = write_model(tmp_path, names=PIPELINES["statistical"])
    found = Predictor.open(folder, inputs=TODAY).of(vector(level=-20.0, mfcc_0_mean=-300.0))
    assert found.energy == pytest.approx(expected("energy", -20.0), abs=1e-4)


def test_many_tracks_are_predicted_as_each_alone(tmp_path: Path) -> None:
    predictor = Predictor.open(write_model(tmp_path), inputs=TODAY)
    vectors = np.stack([vector(level=-level) for level in range(5)])
    together = predictor.predict(vectors)
    for row in range(5):
        alone = predictor.predict(vectors[row : row + 1])
        for name, values in together.items():
            np.testing.assert_array_equal(values[row : row + 1], alone[name])


def test_an_interval_lies_around_its_number_and_within_the_scale(tmp_path: Path) -> None:
    predictor = Predictor.open(write_model(tmp_path, offset=0.15), inputs=TODAY)
    intervals = predictor.intervals(vector())
    assert set(intervals) == set(CONTINUOUS)
    assert intervals["valence"].half == pytest.approx(HALF)
    assert intervals["valence"].coverage == 0.9
    speech = intervals["speechiness"]
    assert (speech.low, speech.high) == (pytest.approx(0.8), pytest.approx(1.0))


@pytest.mark.parametrize(
    ("tempo_bin", "sure", "candidates", "told"),
    [
        (3, 0.9, {"tempo": 66.0, "slower": 33.0, "faster": 132.0}, 132.0),
        (0, 0.9, {"tempo": 66.0, "slower": 33.0, "faster": 132.0}, 66.0),
        (3, SURE - 0.1, {"tempo": 66.0, "slower": 33.0, "faster": 132.0}, 66.0),
        (5, 0.9, {"tempo": 90.0, "slower": 45.0, "faster": 180.0}, 180.0),
        (2, 0.9, {"tempo": 66.0, "slower": 33.0, "faster": 132.0}, 66.0),
        (3, 0.9, {"tempo": 66.0, "slower": 33.0, "faster": 132.0, "confidence": 0.1}, 132.0),
        (3, 0.4, {"tempo": 66.0, "slower": 33.0, "faster": 132.0, "confidence": 0.1}, None),
    ],
)
def test_the_tempo_is_the_candidate_in_the_most_probable_bin(
    tmp_path: Path, tempo_bin: int, sure: float, candidates: dict[str, float], told: float | None
) -> None:
    predictor = Predictor.open(write_model(tmp_path, tempo_bin=tempo_bin, sure=sure), inputs=TODAY)
    assert predictor.of(heard(**candidates)).tempo == told


def test_only_targets_that_are_attributes_are_shown(tmp_path: Path) -> None:
    joy = Target("joy", "number", "joy", low=0.0, high=1.0)
    energy = Target("liveliness", "number", "energy", low=0.0, high=1.0)
    odd_key = Target("key", "class", "key", labels=("minor", "major"))
    targets = TargetSet("own", (Group("a", (joy, energy)), Group("b", (odd_key,))))
    predictor = Predictor.open(write_model(tmp_path, targets=targets), inputs=TODAY)
    assert list(predictor.shown) == ["energy"]
    assert predictor.of(vector()).known().keys() == {"energy"}


def test_a_model_of_something_else_is_refused(tmp_path: Path) -> None:
    joy = Target("joy", "number", "joy", low=0.0, high=1.0)
    folder = write_model(tmp_path, targets=TargetSet("own", (Group("a", (joy,)),)))
    with pytest.raises(UnavailableError, match="predicts joy, none of Segue's attributes"):
        Predictor.open(folder, inputs=TODAY)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"inputs": "descriptors 1, 30 s, decoding 1"}, "predicts from descriptors 1, not"),
        ({"inputs": "columns"}, "predicts from columns"),
        (
            {"inputs": f"descriptors {VERSION}, 5 s, decoding 1"},
            r"trained on .*, 5 s, .* heard as .*, 30 s, .* SEGUE_EXCERPT_SECONDS .* train it again",
        ),
        ({"names": (*NAMES[:-1], "other")}, "'other' cannot be found"),
    ],
)
def test_a_model_of_other_descriptors_is_refused(
    tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    with pytest.raises(UnavailableError, match=said):
        Predictor.open(write_model(tmp_path, **changed), inputs=TODAY)  # type: ignore[arg-type]


def test_a_folder_without_a_model_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such folder"):
        Predictor.open(tmp_path / "nowhere", inputs=TODAY)
    with pytest.raises(NotFoundError, match="no model in this folder"):
        Predictor.open(tmp_path, inputs=TODAY)
    graph = write_model(tmp_path) / "structure.onnx"
    graph.write_bytes(graph.read_bytes()[:-1])
    with pytest.raises(BadFileError, match="not the graph that the manifest means"):
        Predictor.open(tmp_path, inputs=TODAY)


def test_a_model_is_opened_once_and_again_when_it_is_another(tmp_path: Path) -> None:
    first = Predictor.open(write_model(tmp_path), inputs=TODAY)
    assert Predictor.open(tmp_path, inputs=TODAY).model is first.model
    second = Predictor.open(write_model(tmp_path, offset=0.1), inputs=TODAY)
    assert second.model is not first.model
    assert second.digest != first.digest
    assert second.provenance == first.provenance


def test_one_track_takes_no_more_than_ten_milliseconds(tmp_path: Path) -> None:
    predictor = Predictor.open(write_model(tmp_path), inputs=TODAY)
    one = vector(tempo=100.0)
    predictor.intervals(one)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        predictor.intervals(one)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.01
