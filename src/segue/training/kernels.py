"""Machines of support vectors as ONNX: one matrix of support vectors for all that a member says.

A support vector machine says f(x) = Σ_s a_s · exp(−γ |x − s|²) + b. The regressions of several
targets are fitted to the same tracks, so their vectors are mostly the same, and a machine of k
classes is k (k − 1) / 2 sums over one set. So the distances of x to all vectors are taken once,
|x − s|² = |x|² + |s|² − 2 x·s, and each sum weighs them for itself.

libsvm computes in float64, and so does this where it counts: a sum of two thousand terms of either
sign, as large as C each, loses four digits in float32, in which the converter's own operation takes
it. Only the products x·s, of numbers that fronts gave as float32, are float32 here: they are all
the work, and ten times slower in float64 (1.1 ms against 0.1 ms for 1,764 vectors of 339 numbers).

Probabilities are Platt's (*Probabilistic outputs for support vector machines*, 1999), one class
against the others, as scikit-learn's ``CalibratedClassifierCV`` has them.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from segue.training.graph import Graph
    from segue.types import Floats


def regressions(graph: Graph, model: Any, features: str) -> str | None:  # noqa: ANN401
    """What support vector regressions of one radial kernel predict, float64, shape (n, targets).

    None where `model` is something else.
    """
    from sklearn.svm import SVR

    each = list(getattr(model, "estimators_", [model]))
    alike = all(isinstance(one, SVR) and one.kernel == "rbf" for one in each)
    if not alike or len({one._gamma for one in each}) > 1:
        return None
    places = np.unique(np.concatenate([one.support_ for one in each]))
    vectors = np.empty((len(places), each[0].shape_fit_[1]))
    weights = np.zeros((len(places), len(each)))
    for target, one in enumerate(each):
        at = np.searchsorted(places, one.support_)
        vectors[at] = one.support_vectors_
        weights[at, target] = one.dual_coef_[0]
    intercepts = np.concatenate([one.intercept_ for one in each])
    gamma = float(each[0]._gamma)
    return _sums(graph, features, vectors, gamma=gamma, weights=weights, intercepts=intercepts)


def calibrated(graph: Graph, model: Any, features: str) -> str | None:  # noqa: ANN401
    """Probabilities of a calibrated support vector machine, float64, shape (n, classes).

    None where `model` is something else, or calibrated otherwise.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.svm import SVC

    if not isinstance(model, CalibratedClassifierCV) or len(model.calibrated_classifiers_) > 1:
        return None
    (whole,) = model.calibrated_classifiers_
    machine = whole.estimator
    ordinary = isinstance(machine, SVC) and machine.kernel == "rbf"
    if not ordinary or machine.decision_function_shape != "ovr" or whole.method != "sigmoid":
        return None
    slopes = graph.constant(np.array([one.a_ for one in whole.calibrators]))
    shifts = graph.constant(np.array([one.b_ for one in whole.calibrators]))
    said = _decisions(graph, machine, features)
    one = graph.constant(np.array(1.0))
    power = graph.add("Exp", graph.add("Add", graph.add("Mul", said, slopes), shifts))
    chances = graph.add("Div", one, graph.add("Add", one, power))
    if len(machine.classes_) == 2:
        return graph.add("Concat", graph.add("Sub", one, chances), chances, axis=1)
    total = graph.add("ReduceSum", chances, graph.constant([1]), keepdims=1)
    return graph.add("Div", chances, total)


def _decisions(graph: Graph, machine: Any, features: str) -> str:  # noqa: ANN401
    """``decision_function``: shape (n, 1) for two classes, else (n, classes).

    Of more than two: how many duels with other classes a class wins, and a third of one at most for
    how clearly, which is r / (3 (|r| + 1)) of the sum r of what the duels say.
    """
    count = len(machine.classes_)
    vectors = machine.support_vectors_
    rest = {"gamma": float(machine._gamma), "intercepts": machine.intercept_}
    if count == 2:
        return _sums(graph, features, vectors, weights=machine.dual_coef_.T, **rest)
    pairs = list(combinations(range(count), 2))
    belongs = np.repeat(np.arange(count), machine.n_support_)
    weights = np.zeros((len(vectors), len(pairs)))
    sides = np.zeros((len(pairs), count))
    for place, (one, other) in enumerate(pairs):
        weights[belongs == one, place] = machine.dual_coef_[other - 1, belongs == one]
        weights[belongs == other, place] = machine.dual_coef_[one, belongs == other]
        sides[place, [one, other]] = 1.0, -1.0
    duels = _sums(graph, features, vectors, weights=weights, **rest)
    clearly = graph.add("MatMul", duels, graph.constant(sides))
    around = graph.add("Add", graph.add("Abs", clearly), graph.constant(np.array(1.0)))
    share = graph.add("Div", clearly, graph.add("Mul", around, graph.constant(np.array(3.0))))
    # A duel that is not won by the first, the other has won.
    lost = graph.cast(graph.add("Less", duels, graph.constant(np.array(0.0))), np.float64)
    won = graph.add("MatMul", lost, graph.constant(-sides))
    firsts = graph.constant((sides > 0).sum(axis=0).astype(np.float64))
    return graph.add("Add", graph.add("Add", won, firsts), share)


def _sums(
    graph: Graph,
    features: str,
    vectors: Floats,
    *,
    gamma: float,
    weights: Floats,
    intercepts: Floats,
) -> str:
    """Weighted sums of likenesses to the vectors, float64, shape (n, sums)."""
    across = graph.constant(vectors.T.astype(np.float32))
    products = graph.cast(graph.add("MatMul", features, across), np.float64)
    seen = graph.cast(features, np.float64)
    own = graph.add("ReduceSum", graph.add("Mul", seen, seen), graph.constant([1]), keepdims=1)
    lengths = graph.add("Add", own, graph.constant(np.square(vectors).sum(axis=1)))
    twice = graph.add("Mul", products, graph.constant(np.array(2.0)))
    steep = graph.constant(np.array(-gamma))
    likeness = graph.add("Exp", graph.add("Mul", graph.add("Sub", lengths, twice), steep))
    return graph.add(
        "Add", graph.add("MatMul", likeness, graph.constant(weights)), graph.constant(intercepts)
    )
