"""A model in use: what it says keeps its promises, and what is damaged or foreign is refused."""

from __future__ import annotations

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from segue.attributes.model import Model
from segue.errors import BadFileError, BadRequestError, InternalError, UnavailableError
from segue.models import graphs
from segue.training import export
from stacked import FEATURES, NAMES, TARGETS, UNSEEN, manifest, stacks

WIDTH = len(NAMES)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("models") / "small"
    export.write(place, stacks(), manifest(), features=FEATURES)
    return place


@pytest.fixture(scope="module")
def model(written: Path) -> Model:
    return Model.load(written)


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    return Path(shutil.copytree(written, tmp_path / "model"))


def restate(folder: Path, name: str, content: bytes) -> None:
    """Put another graph there, and its sha256 into the manifest."""
    (folder / name).write_bytes(content)
    document = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    document["files"][name] = sha256(content).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(document), encoding="utf-8")


def constant(
    outputs: dict[str, int], *, width: int = WIDTH, value: float = 0.5, name: str = "features"
) -> bytes:
    """A graph that says `value` of everything."""
    nodes, constants = [], []
    for each, count in outputs.items():
        constants.append(
            helper.make_tensor(
                f"{each}-w", TensorProto.FLOAT, [width, count], [0.0] * (width * count)
            )
        )
        constants.append(
            helper.make_tensor(f"{each}-b", TensorProto.DOUBLE, [count], [value] * count)
        )
        nodes.append(helper.make_node("MatMul", [name, f"{each}-w"], [f"{each}-0"]))
        nodes.append(helper.make_node("Cast", [f"{each}-0"], [f"{each}-1"], to=TensorProto.DOUBLE))
        nodes.append(helper.make_node("Add", [f"{each}-1", f"{each}-b"], [each]))
    graph = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])],
        [
            helper.make_tensor_value_info(each, TensorProto.DOUBLE, ["n", k])
            for each, k in outputs.items()
        ],
        constants,
    )
    opset = [helper.make_opsetid("", 21)]
    return helper.make_model(graph, opset_imports=opset, ir_version=10).SerializeToString()


ENDS = {"value": 2, "low": 2, "high": 2}


def test_every_target_is_predicted_and_every_promise_kept(model: Model) -> None:
    said = model.predict(UNSEEN)
    assert len(said) == len(UNSEEN)
    assert set(said.numbers) == set(said.low) == set(said.high) == {"bright", "wild"}
    for name, numbers in said.numbers.items():
        assert numbers.dtype == np.float64
        assert (said.low[name] >= 0).all()
        assert (said.low[name] <= numbers).all()
        assert (numbers <= said.high[name]).all()
        assert (said.high[name] <= 1).all()
    assert {name: each.shape[1] for name, each in said.classes.items()} == {
        "mood": 3,
        "key": 12,
        "mode": 2,
    }
    for probabilities in said.classes.values():
        assert (probabilities >= 0).all()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=0, atol=1e-12)
    assert model.provenance == "predicted:small"


def test_no_tracks_have_no_attributes(model: Model) -> None:
    said = model.predict(np.empty((0, WIDTH), dtype=np.float32))
    assert len(said) == 0
    assert said.numbers["bright"].shape == said.low["wild"].shape == (0,)
    assert said.classes["key"].shape == (0, 12)


def test_a_track_is_predicted_alike_alone_and_among_many(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = model.predict(UNSEEN)
    monkeypatch.setattr(graphs, "CHUNK", 7)
    parts = model.predict(UNSEEN)
    alone = model.predict(UNSEEN[41:42])
    for name, values in whole.numbers.items():
        np.testing.assert_allclose(parts.numbers[name], values, atol=1e-6)
        np.testing.assert_allclose(alone.numbers[name], values[41:42], atol=1e-6)
    for name, values in whole.classes.items():
        np.testing.assert_allclose(parts.classes[name], values, atol=1e-6)
        np.testing.assert_allclose(alone.classes[name], values[41:42], atol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_feature_that_is_no_number_is_named(model: Model, value: float) -> None:
    features = UNSEEN.copy()
    features[3, 8] = value
    with pytest.raises(BadRequestError, match=rf"row 4: 'song timbre0_mean' is {value}"):
        model.predict(features)


@pytest.mark.parametrize("shape", [(3, WIDTH - 1), (3, WIDTH + 1), (WIDTH,), (0, 0)])
def test_features_of_another_width_are_refused(model: Model, shape: tuple[int, ...]) -> None:
    with pytest.raises(BadRequestError, match=rf"takes {WIDTH} features a track, not"):
        model.predict(np.zeros(shape, dtype=np.float32))


@pytest.mark.parametrize("value", [-7.0, 0.25, 7.0])
def test_what_a_graph_says_is_held_to_what_a_target_may_be(folder: Path, value: float) -> None:
    restate(folder, "numbers.onnx", constant(ENDS, value=value))
    said = Model.load(folder).predict(UNSEEN)
    assert set(said.numbers["bright"]) == {min(max(value, 0.0), 1.0)}


def test_a_graph_that_says_no_number_is_a_fault_of_ours(folder: Path) -> None:
    restate(folder, "numbers.onnx", constant(ENDS, value=np.nan))
    model = Model.load(folder)
    with pytest.raises(InternalError, match=r"'small' gives no number .*'numbers'"):
        model.predict(UNSEEN)


def test_a_graph_that_was_changed_is_refused(folder: Path) -> None:
    graph = folder / "key-mode.onnx"
    content = bytearray(graph.read_bytes())
    content[len(content) // 2] ^= 1
    graph.write_bytes(content)
    with pytest.raises(BadFileError, match=r"key-mode\.onnx: this is not the graph.*sha256.*Copy"):
        Model.load(folder)


def test_a_graph_that_was_cut_off_is_refused(folder: Path) -> None:
    graph = folder / "numbers.onnx"
    graph.write_bytes(graph.read_bytes()[:1000])
    with pytest.raises(BadFileError, match=r"numbers\.onnx: this is not the graph"):
        Model.load(folder)


def test_a_graph_that_is_missing_is_named(folder: Path) -> None:
    (folder / "numbers.onnx").unlink()
    with pytest.raises(BadFileError, match=r"lacks its graph numbers\.onnx"):
        Model.load(folder)


@pytest.mark.parametrize("content", [b"", b"onnx", bytes(200), b"\x08\x0a\x12\x05hello" * 9])
def test_what_is_no_graph_is_refused(folder: Path, content: bytes) -> None:
    restate(folder, "numbers.onnx", content)
    with pytest.raises(BadFileError, match=r"numbers\.onnx: ONNX Runtime .* cannot open the graph"):
        Model.load(folder)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (constant(ENDS, width=WIDTH + 1), f"does not take the {WIDTH} features"),
        (constant(ENDS, width=WIDTH - 1), f"does not take the {WIDTH} features"),
        (constant(ENDS, name="audio"), f"does not take the {WIDTH} features"),
        (constant({"value": 2, "low": 2}), "does not give what the manifest names.*'numbers'"),
        (constant({**ENDS, "high": 3}), "does not give what the manifest names"),
        (constant({"class_0": 2}), "does not give what the manifest names"),
    ],
)
def test_a_graph_of_other_features_or_targets_is_refused(
    folder: Path, content: bytes, reason: str
) -> None:
    restate(folder, "numbers.onnx", content)
    with pytest.raises(BadFileError, match=rf"numbers\.onnx: the graph {reason}"):
        Model.load(folder)


@pytest.mark.parametrize("place", ["weights.bin", "../weights.bin", "/etc/hostname"])
def test_a_graph_that_keeps_numbers_elsewhere_is_refused(
    folder: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensor = TensorProto(name="w", dims=[WIDTH], data_type=TensorProto.FLOAT)
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", place
    graph = helper.make_graph(
        [helper.make_node("Add", ["features", "w"], ["value"])],
        "outside",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", WIDTH])],
        [helper.make_tensor_value_info("value", TensorProto.FLOAT, ["n", WIDTH])],
        [tensor],
    )
    content = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    restate(folder, "numbers.onnx", content.SerializeToString())
    (folder / "weights.bin").write_bytes(bytes(4 * WIDTH))
    monkeypatch.chdir(folder)
    with pytest.raises(BadFileError, match="the graph points to other files"):
        Model.load(folder)


def test_what_is_larger_than_any_model_is_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.truncate(folder / "numbers.onnx", 5 << 30)  # sparse: takes no room
    with pytest.raises(BadFileError, match=r"5,368,709,120 bytes are more than any model has"):
        Model.load(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_model_that_may_not_be_read_is_told_as_such(folder: Path) -> None:
    (folder / "numbers.onnx").chmod(0)
    with pytest.raises(UnavailableError, match="Permission denied"):
        Model.load(folder)


def test_targets_and_sessions_stay_in_their_order(model: Model) -> None:
    assert model.manifest.targets == TARGETS
    assert model.manifest.names == NAMES
    session: Any = model._sessions["numbers"]
    assert session.get_session_options().intra_op_num_threads == 1
    assert session.get_providers() == ["CPUExecutionProvider"]
