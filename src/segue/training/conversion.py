"""Fitted pipelines as ONNX: each step becomes operations that compute the same.

Steps of ours (`segue.training.fronts`, `segue.training.profiles`) are written out here, operation
by operation as they calculate themselves, and support vector machines in
`segue.training.kernels`. Other steps go through skl2onnx, boosted trees through onnxmltools. What
is known of those converters, from measurements on real rows:

- trees compare float32 numbers. A tree that learned from scaled numbers takes other turns on 5 to
  25 % of rows, because the scaling is rounded otherwise; on raw features or behind steps of ours,
  none does;
- an `XGBRegressor` fitted to several targets at once becomes a wrong graph, so it is refused: it
  needs a `MultiOutputRegressor` around it;
- a class must be called by its code, 0 first, so that probabilities stand in the order of labels.
"""

from __future__ import annotations

import json
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import InternalError
from segue.training import kernels
from segue.training.fronts import Gaussian, Winsor
from segue.training.graph import OPSETS
from segue.training.invariants import Invariants, waves
from segue.training.profiles import TINY, Profiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from onnx import ModelProto

    from segue.training.graph import Graph

    Step = Callable[[Graph, Any, str], str]


def regression(graph: Graph, pipeline: Any, features: str) -> str:  # noqa: ANN401
    """What ``pipeline.predict`` gives, float64, shape (n, targets).

    Parameters
    ----------
    graph
        Is added to.
    pipeline
        Fitted: a pipeline, or a model alone.
    features
        The name of what goes in, float32.

    Raises
    ------
    InternalError
        There is no conversion that would compute the same.
    """
    *fronts, model = _steps(pipeline)
    _refuse_joint_boosting(model)
    seen = through(graph, fronts, features)
    said = kernels.regressions(graph, model, seen)
    return graph.cast(graph.absorb(converted(model), seen), np.float64) if said is None else said


def chances(graph: Graph, pipeline: Any, features: str) -> str:  # noqa: ANN401
    """What ``pipeline.predict_proba`` gives, float64, shape (n, classes); else as `regression`."""
    *fronts, model = _steps(pipeline)
    codes = np.asarray(model.classes_)
    if codes.tolist() != list(range(len(codes))):
        raise InternalError(f"classes called {codes.tolist()} are none that can be exported")
    seen = through(graph, fronts, features)
    said = kernels.calibrated(graph, model, seen)
    if said is None:
        said = graph.cast(graph.absorb(converted(model), seen, output=1), np.float64)
    return said


def converted(step: Any) -> ModelProto:  # noqa: ANN401
    """One fitted step of scikit-learn or XGBoost as a model of its own, input float32."""
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType
    from skl2onnx.common.exceptions import MissingConverter, MissingShapeCalculator

    _know_boosting()
    options = {id(step): {"zipmap": False}} if hasattr(step, "classes_") else None
    kind = FloatTensorType([None, int(step.n_features_in_)])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the converters' own about their dependencies
            model: ModelProto = convert_sklearn(
                step, initial_types=[("x", kind)], options=options, target_opset=OPSETS
            )
    except (MissingShapeCalculator, MissingConverter, RuntimeError, TypeError) as problem:
        raise InternalError(f"{type(step).__name__} cannot be exported ({problem})") from problem
    return model


def _steps(pipeline: Any) -> list[Any]:  # noqa: ANN401
    steps = getattr(pipeline, "steps", None)
    return [pipeline] if steps is None else [step for _, step in steps]


def through(graph: Graph, fronts: list[Any], features: str) -> str:
    """What fitted steps make of the features one after the other, float32."""
    for front in fronts:
        own = _OWN.get(type(front))
        features = (
            graph.absorb(converted(front), features) if own is None else own(graph, front, features)
        )
    return features


@cache
def _know_boosting() -> None:
    """Tell skl2onnx, once, how onnxmltools converts boosted trees."""
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
    from skl2onnx import update_registered_converter
    from skl2onnx.common import shape_calculator as shapes
    from xgboost import XGBClassifier, XGBRegressor

    update_registered_converter(
        XGBRegressor,
        "SegueXGBRegressor",
        shapes.calculate_linear_regressor_output_shapes,
        convert_xgboost,
    )
    update_registered_converter(
        XGBClassifier,
        "SegueXGBClassifier",
        shapes.calculate_linear_classifier_output_shapes,
        convert_xgboost,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
    )


def _refuse_joint_boosting(model: Any) -> None:  # noqa: ANN401
    from xgboost import XGBRegressor

    if not isinstance(model, XGBRegressor):
        return
    config = json.loads(model.get_booster().save_config())
    if int(config["learner"]["learner_model_param"]["num_target"]) > 1:
        raise InternalError(
            "boosted trees of several targets at once cannot be exported",
            remedy="Put a MultiOutputRegressor around them",
        )


def _winsor(graph: Graph, front: Winsor, features: str) -> str:
    apart = graph.add("Sub", features, graph.constant(front.mean_))
    scores = graph.add("Mul", apart, graph.constant(front.factor_))
    limit = np.array(front.limit, dtype=np.float32)
    return graph.add("Clip", scores, graph.constant(-limit), graph.constant(limit))


def _gaussian(graph: Graph, front: Gaussian, features: str) -> str:
    pieces = front.pieces_
    above = graph.add("Max", features, graph.constant(pieces.low))
    inside = graph.add("Min", above, graph.constant(pieces.high))
    columns, lines = pieces.begin.shape
    first = np.arange(columns, dtype=np.int64) * lines
    where = graph.add("Add", passed(graph, inside, pieces.inner), graph.constant(first))
    begin, width, base, rise = (
        graph.add("Gather", graph.constant(table.ravel()), where)
        for table in (pieces.begin, pieces.width, pieces.base, pieces.rise)
    )
    share = graph.add("Div", graph.add("Sub", inside, begin), width)
    return graph.add("Add", base, graph.add("Mul", share, rise))


def passed(graph: Graph, value: str, knots: Any) -> str:  # noqa: ANN401
    """How many of its knots each number has reached, int64.

    Parameters
    ----------
    value
        Shape (n, d), of the knots' kind.
    knots
        Shape (d, count) or (count,).
    """
    wide = graph.add("Unsqueeze", value, graph.constant([2]))
    reached = graph.cast(graph.add("GreaterOrEqual", wide, graph.constant(knots)), np.float32)
    count = graph.add("ReduceSum", reached, graph.constant([2]), keepdims=0)
    return graph.cast(count, np.int64)


def _profiles(graph: Graph, front: Profiles, features: str) -> str:
    """In float64 until the very end, as there: so that trees behind it see the same float32."""
    wide = graph.cast(features, np.float64)
    profiles = graph.constant(np.asarray(front.shapes_, dtype=np.float64))
    along, turns = graph.constant([1]), graph.constant([0, 12, -1])
    parts = [features]
    for block in front.blocks:
        levels = graph.add("Gather", wide, graph.constant(block), axis=1)
        apart = graph.add("Sub", levels, graph.add("ReduceMean", levels, along, keepdims=1))
        square = graph.add("ReduceSum", graph.add("Mul", apart, apart), along, keepdims=1)
        length = graph.add("Add", graph.add("Sqrt", square), graph.constant(np.array(TINY)))
        fits = graph.add("MatMul", graph.add("Div", apart, length), profiles)
        by_turn = graph.add("Reshape", fits, turns)
        here = graph.add("Gather", by_turn, graph.constant(np.array(0)), axis=1)
        best = graph.add("ReduceMax", by_turn, along, keepdims=0)
        margin = graph.add("Sub", here, best)
        parts += [graph.cast(here, np.float32), graph.cast(margin, np.float32)]
    return graph.add("Concat", *parts, axis=1)


def _invariants(graph: Graph, front: Invariants, features: str) -> str:
    """In float64 until the very end, as there."""
    wide = graph.cast(features, np.float64)
    cosines, sines = (graph.constant(wave) for wave in waves())
    along = graph.constant([1])
    parts = [graph.add("Gather", features, graph.constant(front.others_), axis=1)]
    for block in front.blocks:
        levels = graph.add("Gather", wide, graph.constant(block), axis=1)
        mean = graph.add("ReduceMean", levels, along, keepdims=1)
        apart = graph.add("Sub", levels, mean)
        square = graph.add("Mul", apart, apart)
        spread = graph.add("Sqrt", graph.add("ReduceMean", square, along, keepdims=1))
        across, down = (graph.add("MatMul", apart, wave) for wave in (cosines, sines))
        both = graph.add("Add", graph.add("Mul", across, across), graph.add("Mul", down, down))
        largest = graph.add("ReduceMax", levels, along, keepdims=1)
        columns = (mean, spread, largest, graph.add("Sqrt", both))
        parts += [graph.cast(column, np.float32) for column in columns]
    return graph.add("Concat", *parts, axis=1)


_OWN: dict[type, Step] = {
    Winsor: _winsor,
    Gaussian: _gaussian,
    Profiles: _profiles,
    Invariants: _invariants,
}
