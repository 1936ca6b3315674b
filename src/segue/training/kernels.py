"""Machines of support vectors as ONNX: one matrix of support vectors for all targets of a group.

A support vector regression says f(x) = Σ_s a_s · exp(−γ |x − s|²) + b. Those of several targets are
fitted to the same tracks, so their vectors are mostly the same: the distances of x to all of them
are taken once, |x − s|² = |x|² + |s|² − 2 x·s, and every target weighs them for itself.

In float64, as libsvm does it: a sum of two thousand terms of either sign as large as C loses four
digits in float32, which the converter's own operation takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from segue.training.graph import Graph
    from segue.types import Floats


def machines(model: Any) -> list[Any]:  # noqa: ANN401
    """The support vector regressions in a fitted model, one a target, or none.

    Only such as share one radial kernel.
    """
    from sklearn.svm import SVR

    each = getattr(model, "estimators_", [model])
    alike = all(isinstance(one, SVR) and one.kernel == "rbf" for one in each)
    return list(each) if alike and len({one._gamma for one in each}) == 1 else []


def support(graph: Graph, fitted: list[Any], features: str) -> str:
    """What these regressions predict, float64, shape (n, targets)."""
    vectors, weights = _shared(fitted)
    seen = graph.cast(features, np.float64)
    # What a front gives is float32, so its vectors keep their value in half the room.
    narrow = vectors.astype(np.float32)
    exact = np.array_equal(narrow, vectors)
    across = graph.constant(np.ascontiguousarray((narrow if exact else vectors).T))
    along = graph.constant([1])
    products = graph.add("MatMul", seen, graph.cast(across, np.float64) if exact else across)
    own = graph.add("ReduceSum", graph.add("Mul", seen, seen), along, keepdims=1)
    lengths = graph.add("Add", own, graph.constant(np.square(vectors).sum(axis=1)))
    twice = graph.add("Mul", products, graph.constant(np.array(2.0)))
    apart = graph.add("Sub", lengths, twice)
    likeness = graph.add(
        "Exp", graph.add("Mul", apart, graph.constant(np.array(-float(fitted[0]._gamma))))
    )
    said = graph.add("MatMul", likeness, graph.constant(weights))
    return graph.add(
        "Add", said, graph.constant(np.concatenate([one.intercept_ for one in fitted]))
    )


def _shared(fitted: list[Any]) -> tuple[Floats, Floats]:
    """Support vectors of all, each once, and their weights, shape (vectors, targets)."""
    places = np.unique(np.concatenate([one.support_ for one in fitted]))
    vectors = np.empty((len(places), fitted[0].shape_fit_[1]))
    weights = np.zeros((len(places), len(fitted)))
    for target, one in enumerate(fitted):
        at = np.searchsorted(places, one.support_)
        vectors[at] = one.support_vectors_
        weights[at, target] = one.dual_coef_[0]
    return vectors, weights
