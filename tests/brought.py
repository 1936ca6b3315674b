"""Embedders as somebody might bring them: small graphs that give back what they hear."""

from __future__ import annotations

from hashlib import sha256
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from segue.embedding.manifest import GRAPH, Manifest
from segue.models.folder import FILE, written

if TYPE_CHECKING:
    from pathlib import Path

OPSET = 17


def graph(
    shape: tuple[int, ...],
    *,
    batch: int | str | None = "n",
    taken: int = TensorProto.FLOAT,
    output: str = "embedding",
    stated: list[Any] | None = None,
    genres: int = 0,
) -> onnx.ModelProto:
    """Windows (n, *shape) → their numbers in a row, and as many genres, all alike probable.

    Parameters
    ----------
    batch
        The length of the first axis that the input states.
    taken
        The type of the input.
    output, stated
        What the row is called, and the shape that is stated for it.
    genres
        How many; 0 for no second output.
    """
    nodes = [
        helper.make_node("Cast", ["heard"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["cast"], [output], axis=1),
    ]
    width = prod(shape)
    outputs = {output: [batch, width] if stated is None else stated}
    constants: dict[str, np.ndarray] = {}
    if genres:
        nodes += [
            helper.make_node("MatMul", [output, "none"], ["zeros"]),
            helper.make_node("Softmax", ["zeros"], ["probabilities"], axis=1),
        ]
        constants["none"] = np.zeros((width, genres), dtype=np.float32)
        outputs["probabilities"] = [batch, genres]
    return model(nodes, {"heard": (taken, [batch, *shape])}, outputs, constants)


def model(
    nodes: list[onnx.NodeProto],
    inputs: dict[str, tuple[int, list[Any]]],
    outputs: dict[str, list[Any]],
    constants: dict[str, np.ndarray] | None = None,
    *,
    given: int = TensorProto.FLOAT,
) -> onnx.ModelProto:
    """A model of nodes."""
    made = helper.make_graph(
        nodes,
        "brought",
        [helper.make_tensor_value_info(name, *each) for name, each in inputs.items()],
        [helper.make_tensor_value_info(name, given, each) for name, each in outputs.items()],
        [numpy_helper.from_array(array, name) for name, array in (constants or {}).items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def manifest(front: dict[str, Any], width: int, **changes: Any) -> Manifest:
    """A manifest that says no more than it must."""
    stated = {"space": "brought", "name": "mine", "unit": False, "windows": 3}
    return Manifest(front=front, width=width, **stated | changes)


def bring(folder: Path, made: onnx.ModelProto, stated: Manifest, **changes: Any) -> Path:
    """Lay a graph and its manifest into `folder`; `changes` are made to the manifest's JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    content = made.SerializeToString()
    (folder / GRAPH).write_bytes(content)
    document = stated.to_json() | {"files": {GRAPH: sha256(content).hexdigest()}} | changes
    (folder / FILE).write_bytes(written(document))
    return folder
