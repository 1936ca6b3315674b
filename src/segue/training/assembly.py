"""Whole stacks as operations: level 0, the way back from the scales, level 1 and the intervals.

    numbers   value = clip(level0 · W + b); two boosted models of level 0 for each interval
    classes   softmax(level0 · W + b)
    key       features at twelve turns → members → one softmax over 12 × 2 → two sums

Members compute in the precision they were trained in; everything after them is float64, as
`predict` of `segue.training.fitted` has it, so that nothing is lost on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.attributes.graphs import NUMBER_OUTPUTS, class_output
from segue.training.conversion import chances, passed, regression
from segue.training.fitted import FAINT, MODES, TURNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.attributes.scales import Scale
    from segue.training.fitted import FittedClasses, FittedKey, FittedMember, FittedNumbers
    from segue.training.graph import Graph
    from segue.types import Floats


def numbers(graph: Graph, fitted: FittedNumbers) -> dict[str, tuple[str, int]]:
    """Add the stack of a group of numbers; gives its outputs, each with its width."""
    said = [regression(graph, each.estimator, graph.input) for each in fitted.members]
    level0 = _unscaled(graph, said, fitted.scales)
    value = _within(graph, _weighed(graph, level0, fitted.weights, fitted.intercept), fitted.ends)
    widen = graph.constant(fitted.band.widen)
    seen = graph.cast(level0, np.float32)
    ends = []
    for models, outwards, beyond in (
        (fitted.band.low, "Sub", "Min"),
        (fitted.band.high, "Add", "Max"),
    ):
        columns = [regression(graph, model, seen) for model in models]
        end = graph.add(outwards, graph.add("Concat", *columns, axis=1), widen)
        ends.append(_within(graph, graph.add(beyond, end, value), fitted.ends))
    width = len(fitted.scales)
    return {name: (end, width) for name, end in zip(NUMBER_OUTPUTS, [value, *ends], strict=True)}


def classes(graph: Graph, fitted: FittedClasses) -> dict[str, tuple[str, int]]:
    """Add the stack of one class; gives its output with its width."""
    level0 = _log_chances(graph, fitted.members, graph.input)
    scores = _weighed(graph, level0, fitted.weights, fitted.intercept)
    name = class_output(fitted.group.targets.index(fitted.target))
    return {name: (graph.add("Softmax", scores, axis=1), len(fitted.intercept))}


def keys(graph: Graph, fitted: FittedKey) -> dict[str, tuple[str, int]]:
    """Add the stack of key and mode; gives both outputs with their widths."""
    turned = graph.add("Gather", graph.input, graph.constant(fitted.turns), axis=1)
    rows = graph.add("Reshape", turned, graph.constant([-1, fitted.turns.shape[1]]))
    level0 = _log_chances(graph, fitted.members, rows)
    scores = _weighed(graph, level0, fitted.weights, fitted.intercept)
    flat = graph.add("Reshape", scores, graph.constant([-1, TURNS * MODES]))
    joint = graph.add(
        "Reshape", graph.add("Softmax", flat, axis=1), graph.constant([-1, TURNS, MODES])
    )
    key, mode = (
        graph.add("ReduceSum", joint, graph.constant([axis]), keepdims=0) for axis in (2, 1)
    )
    return {class_output(0): (key, TURNS), class_output(1): (mode, MODES)}


def inverse(graph: Graph, scaled: str, scale: Scale) -> str:
    """`Scale.inverse`, float64, shape (n, m)."""
    if scale.name == "rank":
        return _interpolated(graph, scaled, scale.quantiles, scale.values)
    numbers = _affine(graph, scaled, scale.deviation, scale.mean)
    if scale.name == "logit":
        from segue.attributes.scales import MARGIN

        bent = graph.add("Tanh", _affine(graph, numbers, 0.5, 0.0))
        share = _affine(graph, _affine(graph, bent, 0.5, 0.5 - MARGIN), 1 / (1 - 2 * MARGIN), 0.0)
        numbers = _affine(graph, share, scale.high - scale.low, scale.low)
    return _within(graph, numbers, (np.array(scale.low), np.array(scale.high)))


def _unscaled(graph: Graph, said: Sequence[str], scales: Sequence[Scale]) -> str:
    """Level 0 from what each member says on the scales: member by member, target by target."""
    width, count = len(scales), len(said)
    together = graph.add("Concat", *said, axis=1)
    back = []
    for place, scale in enumerate(scales):
        columns = graph.constant(range(place, width * count, width))
        back.append(inverse(graph, graph.add("Gather", together, columns, axis=1), scale))
    # They stand target by target now, and level 0 is read member by member.
    order = [place * count + member for member in range(count) for place in range(width)]
    return graph.add("Gather", graph.add("Concat", *back, axis=1), graph.constant(order), axis=1)


def _log_chances(graph: Graph, members: Sequence[FittedMember], rows: str) -> str:
    """Log-probabilities of the members side by side, none below `FAINT`."""
    said = [chances(graph, each.estimator, rows) for each in members]
    together = graph.add("Concat", *said, axis=1)
    least, most = (graph.constant(np.array(end)) for end in (FAINT, 1.0))
    return graph.add("Log", graph.add("Clip", together, least, most))


def _weighed(graph: Graph, level0: str, weights: Floats, intercept: Floats) -> str:
    product = graph.add("MatMul", level0, graph.constant(weights))
    return graph.add("Add", product, graph.constant(intercept))


def _within(graph: Graph, numbers: str, ends: tuple[Floats, Floats]) -> str:
    above = graph.add("Max", numbers, graph.constant(ends[0]))
    return graph.add("Min", above, graph.constant(ends[1]))


def _affine(graph: Graph, numbers: str, factor: float, shift: float) -> str:
    product = graph.add("Mul", numbers, graph.constant(np.array(factor)))
    return graph.add("Add", product, graph.constant(np.array(shift)))


def _interpolated(graph: Graph, scaled: str, places: Floats, goals: Floats) -> str:
    """`numpy.interp`: straight lines between knots, the ends beyond them."""
    inside = _within(graph, scaled, (places[0], places[-1]))
    line = passed(graph, inside, places[1:-1])
    begin, base, slope = (
        graph.add("Gather", graph.constant(table), line)
        for table in (places[:-1], goals[:-1], np.diff(goals) / np.diff(places))
    )
    return graph.add("Add", graph.add("Mul", graph.add("Sub", inside, begin), slope), base)
