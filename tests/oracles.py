"""Models whose answers are known: small graphs on the descriptors, written as training writes them.

Every number is its place among the eight, in tenths, raised a little by how loud the excerpt is;
key, mode and the bin of the tempo are the same for every track, as sure as asked for.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from segue.attributes.graphs import INPUT, class_output
from segue.attributes.manifest import Manifest
from segue.attributes.soundness import file_of
from segue.attributes.targets import MUSICAL, TargetSet
from segue.descriptors.extract import NAMES, VERSION
from segue.models import folder as folders

if TYPE_CHECKING:
    from pathlib import Path

    from segue.attributes.targets import Group

HALF = 0.15
"""Half of every interval."""

PER_DECIBEL = 0.001
"""By how much a number rises with the level."""

KEY, MODE = 9, 0

OPSET = 17


def write_model(
    folder: Path,
    *,
    name: str = "oracle",
    inputs: str = f"descriptors {VERSION}, 30 s, decoding 1",
    targets: TargetSet = MUSICAL,
    names: tuple[str, ...] = NAMES,
    tempo_bin: int = 2,
    sure: float = 0.9,
    offset: float = 0.0,
) -> Path:
    """A model folder that `segue.attributes.model.Model` loads.

    Parameters
    ----------
    tempo_bin, sure
        Which bin of the tempo is the most probable, and how probable key, mode and it are.
    offset
        Added to every number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = {"key": KEY, "mode": MODE, "tempo_bin": tempo_bin}
    files = {}
    for group in targets.groups:
        if group.kind == "number":
            graph = _numbers(group, names, offset)
        else:
            graph = _classes(group, names, chosen, sure)
        content = graph.SerializeToString()
        (folder / file_of(group.name)).write_bytes(content)
        files[file_of(group.name)] = sha256(content).hexdigest()
    manifest = Manifest(
        name=name,
        version="0.1.0",
        created="2026-11-28T12:00:00Z",
        inputs=inputs,
        names=names,
        targets=targets,
        files=files,
        coverage=0.9,
        data={"rows": 1, "source": "made up", "digest": "0" * 64, "artists": None},
    )
    (folder / folders.FILE).write_bytes(folders.written(manifest.to_json()))
    return folder


def expected(column: str, level: float, *, offset: float = 0.0) -> float:
    """What the model says of a number."""
    places = [target.column for target in MUSICAL.targets if target.kind == "number"]
    value = 0.1 * (1 + places.index(column)) + PER_DECIBEL * level + offset
    target = next(each for each in MUSICAL.targets if each.column == column)
    return float(np.clip(value, target.low, target.high))


def _numbers(group: Group, names: tuple[str, ...], offset: float) -> onnx.ModelProto:
    places = [target.name for target in MUSICAL.targets if target.kind == "number"]
    weights = np.zeros((len(names), len(group.targets)))
    if "level" in names:
        weights[names.index("level")] = PER_DECIBEL
    tenths = [1 + places.index(each.name) if each.name in places else 5 for each in group.targets]
    constants = {
        "weights": weights,
        "base": 0.1 * np.array(tenths) + offset,
        "half": np.array(HALF),
    }
    nodes = [
        helper.make_node("Cast", [INPUT], ["wide"], to=TensorProto.DOUBLE),
        helper.make_node("MatMul", ["wide", "weights"], ["raised"]),
        helper.make_node("Add", ["raised", "base"], ["value"]),
        helper.make_node("Sub", ["value", "half"], ["low"]),
        helper.make_node("Add", ["value", "half"], ["high"]),
    ]
    outputs = dict.fromkeys(("value", "low", "high"), len(group.targets))
    return _model(nodes, constants, outputs, len(names))


def _classes(
    group: Group, names: tuple[str, ...], chosen: dict[str, int], sure: float
) -> onnx.ModelProto:
    nodes = [helper.make_node("Cast", [INPUT], ["wide"], to=TensorProto.DOUBLE)]
    constants: dict[str, np.ndarray] = {}
    outputs = {}
    for place, target in enumerate(group.targets):
        count = len(target.labels)
        shares = np.full(count, (1 - sure) / (count - 1))
        shares[chosen.get(target.name, 0) % count] = sure
        constants |= {f"none_{place}": np.zeros((len(names), count)), f"shares_{place}": shares}
        nodes += [
            helper.make_node("MatMul", ["wide", f"none_{place}"], [f"zero_{place}"]),
            helper.make_node("Add", [f"zero_{place}", f"shares_{place}"], [class_output(place)]),
        ]
        outputs[class_output(place)] = count
    return _model(nodes, constants, outputs, len(names))


def _model(
    nodes: list[onnx.NodeProto],
    constants: dict[str, np.ndarray],
    outputs: dict[str, int],
    width: int,
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "oracle",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [None, width])],
        [
            helper.make_tensor_value_info(name, TensorProto.DOUBLE, [None, count])
            for name, count in outputs.items()
        ],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
