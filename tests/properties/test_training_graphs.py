"""What a graph computes is what was fitted, to the bit, for any numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.pipeline import make_pipeline

from segue.attributes import scales
from segue.models.graphs import opened, run
from segue.training import assembly
from segue.training.conversion import regression, through
from segue.training.fronts import Gaussian, Winsor
from segue.training.graph import Graph

CELL = st.floats(-(2.0**99), 2.0**99, width=32, allow_subnormal=False) | st.sampled_from(
    [0.0, 1.0, 1.5]
)
TABLE = st.tuples(st.integers(1, 40), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=CELL)
)
FRONTS = st.builds(Winsor, limit=st.floats(0.5, 6)) | st.builds(Gaussian, knots=st.integers(2, 40))


def computed(front: object, features: np.ndarray) -> np.ndarray:
    """What the graph of a front gives."""
    graph = Graph("features", features.shape[1])
    seen = graph.cast(through(graph, [front], "features"), np.float64)
    model = graph.finished({"value": (seen, features.shape[1])})
    return run(opened(model.SerializeToString()), features)["value"]


@given(learned=TABLE, front=FRONTS, data=st.data())
def test_a_front_in_onnx_is_the_front_to_the_bit(learned, front, data) -> None:
    asked = data.draw(arrays(np.float32, (7, learned.shape[1]), elements=CELL))
    front.fit(learned)
    for features in (learned, asked):
        np.testing.assert_array_equal(computed(front, features), front.transform(features))


@given(learned=TABLE, front=FRONTS)
def test_a_front_keeps_the_order_of_tracks(learned, front) -> None:
    seen = front.fit_transform(learned)
    assert np.isfinite(seen).all()
    for before, after in zip(learned.T, seen.T, strict=True):
        assert (np.diff(after[np.argsort(before)]) >= -1e-6).all()


@settings(max_examples=10)
@given(front=FRONTS, seed=st.integers(0, 99))
def test_even_trees_behind_a_front_take_the_same_turns(front, seed) -> None:
    random = np.random.default_rng(seed)
    learned, asked = random.standard_t(2, size=(2, 60, 3)).astype(np.float32)
    trees = make_pipeline(front, ExtraTreesRegressor(5, random_state=seed))
    trees.fit(learned, random.normal(size=60))
    graph = Graph("features", 3)
    model = graph.finished({"value": (regression(graph, trees, "features"), 1)})
    said = run(opened(model.SerializeToString()), asked)["value"][:, 0]
    np.testing.assert_allclose(said, trees.predict(asked), atol=1e-6)


@given(
    count=st.integers(2, 700),
    digits=st.integers(1, 6),
    seed=st.integers(0, 999),
    name=st.sampled_from(scales.NAMES),
    asked=arrays(np.float64, (9, 2), elements=st.floats(-6, 6)),
)
def test_the_way_back_from_a_scale_is_the_same_in_onnx(count, digits, seed, name, asked) -> None:
    numbers = np.random.default_rng(seed).beta(0.5, 1.5, size=count).round(digits)
    assume(len(np.unique(numbers)) > 1)
    scale = scales.fit(name, numbers, low=0.0, high=1.0)
    graph = Graph("features", 2)
    back = assembly.inverse(graph, graph.cast("features", np.float64), scale)
    narrow = asked.astype(np.float32)
    said = run(opened(graph.finished({"value": (back, 2)}).SerializeToString()), narrow)["value"]
    wanted = scale.inverse(narrow.astype(np.float64))
    np.testing.assert_allclose(said, wanted, rtol=0, atol=1e-12)
    assert ((said >= 0) & (said <= 1)).all()
