"""The encoder as a graph in ONNX, operation by operation.

It is written by hand (`segue.training.graph`), which takes a moment where an exporter that follows
PyTorch takes many seconds; `segue.training.latent.export` measures that both compute the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from segue.latent.encoder import EMPTY
from segue.latent.manifest import ARTISTS, GENRES
from segue.training.graph import Graph
from segue.training.latent.network import CLIP

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from segue.training.latent.network import Encoder, Words

_SMALLEST = 1e-12


def graph_of(encoder: Encoder) -> bytes:
    """The graph of an encoder: ``tracks`` in, ``code`` out (`segue.latent.manifest`)."""
    count = len(encoder.mean)
    graph = Graph("tracks", count + ARTISTS + GENRES + 1)
    parts = _numbers(graph, encoder, count) if count else []
    first = count
    for words, slots in (
        (encoder.artists, ARTISTS),
        (encoder.genres, GENRES),
        (encoder.emotions, 1),
    ):
        parts.append(_words(graph, words, _columns(graph, first, first + slots)))
        first += slots
    found = graph.add("Concat", *parts, axis=1)
    for layer in encoder.layers:
        if isinstance(layer, nn.Linear):
            found = graph.add("Relu", _linear(graph, layer, found))
    code = _linear(graph, encoder.code, found)
    length = graph.add("ReduceL2", code, graph.constant([1]), keepdims=1)
    length = graph.add("Max", length, graph.constant(np.float32(_SMALLEST)))
    unit = graph.add("Div", code, length)
    code = graph.add("Mul", unit, graph.constant(np.float32(encoder.length)))
    finished = graph.finished({"code": (graph.cast(code, np.float64), encoder.code.out_features)})
    content: bytes = finished.SerializeToString()
    return content


def _numbers(graph: Graph, encoder: Encoder, count: int) -> list[str]:
    """z-scores, 0 for the unknown, and which those are."""
    values = _columns(graph, 0, count)
    unknown = graph.add("IsNaN", values)
    centred = graph.add("Sub", values, graph.constant(_array(encoder.mean)))
    scaled = graph.add("Div", centred, graph.constant(_array(encoder.deviation)))
    ends = (graph.constant(np.float32(end)) for end in (-CLIP, CLIP))
    clipped = graph.add("Clip", scaled, *ends)
    known = graph.add("Where", unknown, graph.constant(np.float32(0)), clipped)
    return [known, graph.cast(unknown, np.float32)]


def _words(graph: Graph, words: Words, places: str) -> str:
    """The mean of embeddings over the places that are not empty."""
    there = graph.cast(graph.add("Greater", places, graph.constant(np.float32(EMPTY))), np.float32)
    there = graph.add("Unsqueeze", there, graph.constant([2]))
    whole = graph.cast(graph.add("Max", places, graph.constant(np.float32(0))), np.int64)
    found = graph.add("Gather", graph.constant(_array(words.table.weight)), whole, axis=0)
    slots = graph.constant([1])
    total = graph.add("ReduceSum", graph.add("Mul", found, there), slots, keepdims=0)
    return graph.add("Div", total, graph.add("ReduceSum", there, slots, keepdims=0))


def _linear(graph: Graph, layer: nn.Linear, value: str) -> str:
    weights = graph.constant(_array(layer.weight).T)
    return graph.add("Add", graph.add("MatMul", value, weights), graph.constant(_array(layer.bias)))


def _columns(graph: Graph, first: int, end: int) -> str:
    ends = (graph.constant([place]) for place in (first, end, 1))
    return graph.add("Slice", graph.input, *ends)


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.detach().numpy().astype(np.float32)
