"""A graph under construction: constants, operations, whole converted models, in one namespace.

ONNX wants every result to have a name of its own and every operation to be listed after what it
needs. `Graph` gives the names and keeps the order. The same operation on the same inputs is done
once, whoever asks for it: so members that share a front share its work. What nobody asks for in the
end (the labels that converted classifiers also give) is left out.

Reference: *Open Neural Network Exchange*, operator sets ``ai.onnx`` 21 and ``ai.onnx.ml`` 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, checker, compose, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from onnx import ModelProto, NodeProto

OPSETS = {"": 21, "ai.onnx.ml": 3}
"""Operator sets that graphs are written in; ONNX Runtime knows them since 1.20."""

_IR_VERSION = 10

_KINDS = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.float64): TensorProto.DOUBLE}


class Graph:
    """Grows from one input, float32, shape (n, `width`).

    Parameters
    ----------
    name
        Of the input.
    width
        How many numbers a row has.
    """

    def __init__(self, name: str, width: int) -> None:
        self.input = name
        self._width = width
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._known: dict[Any, str] = {}
        self._count = 0

    def constant(self, value: NDArray[Any] | np.generic | Sequence[int]) -> str:
        """Numbers that never change: of an array's own kind, or int64; gives their name."""
        array = np.asarray(value, order="C")
        key = (array.dtype, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = self._fresh()
            self._constants.append(numpy_helper.from_array(array, self._known[key]))
        return self._known[key]

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401
        """One operation of ``ai.onnx``; gives the name of its result."""
        key = (operation, inputs, repr(sorted(attributes.items())))
        if key not in self._known:
            self._known[key] = self._fresh()
            node = helper.make_node(operation, list(inputs), [self._known[key]], **attributes)
            self._nodes.append(node)
        return self._known[key]

    def cast(self, value: str, kind: type[np.generic]) -> str:
        """The same numbers as float32, float64 or int64."""
        return self.add("Cast", value, to=helper.np_dtype_to_tensor_dtype(np.dtype(kind)))

    def absorb(self, model: ModelProto, value: str, *, output: int = 0) -> str:
        """A whole model of one input, fed with `value`; gives the name of one of its outputs."""
        prefix = f"{self._fresh()}_"
        part = compose.add_prefix_graph(model.graph, prefix)
        self._nodes.append(helper.make_node("Identity", [value], [part.input[0].name]))
        self._nodes.extend(part.node)
        self._constants.extend(part.initializer)
        return str(part.output[output].name)

    def finished(self, outputs: Mapping[str, tuple[str, int]]) -> ModelProto:
        """The model.

        Parameters
        ----------
        outputs
            By the name it shall have: the name of a float64 result, and how many numbers of it a
            row has.
        """
        ends = [
            helper.make_node("Identity", [result], [name]) for name, (result, _) in outputs.items()
        ]
        nodes, constants = self._needed([*self._nodes, *ends], outputs)
        graph = helper.make_graph(
            nodes,
            "segue",
            [_described(self.input, np.float32, self._width)],
            [_described(name, np.float64, width) for name, (_, width) in outputs.items()],
            constants,
        )
        opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
        model = helper.make_model(
            graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="segue"
        )
        checker.check_model(model)
        return model

    def _fresh(self) -> str:
        self._count += 1
        return f"r{self._count}"

    def _needed(
        self, nodes: list[NodeProto], outputs: Mapping[str, tuple[str, int]]
    ) -> tuple[list[NodeProto], list[TensorProto]]:
        """Operations and constants that lead to the outputs, in their order."""
        wanted = set(outputs)
        kept = []
        for node in reversed(nodes):
            if wanted.intersection(node.output):
                wanted.update(node.input)
                kept.append(node)
        return kept[::-1], [each for each in self._constants if each.name in wanted]


def _described(name: str, kind: type[np.generic], width: int) -> Any:  # noqa: ANN401
    return helper.make_tensor_value_info(name, _KINDS[np.dtype(kind)], ["n", width])
