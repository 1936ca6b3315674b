"""One graph of a model of attributes: what it takes and gives.

A graph takes ``features``, float32, shape (n, d), raw and in the manifest's order, and gives
float64:

- of a group of numbers ``value``, ``low`` and ``high``, shape (n, targets);
- of a group of classes ``class_0``, ``class_1``, …, in the order of the group's targets:
  probabilities, shape (n, classes).

How any graph is opened and run is `segue.models.graphs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.errors import BadFileError
from segue.models.soundness import WHOLE

if TYPE_CHECKING:
    from segue.attributes.targets import Group

INPUT = "features"

NUMBER_OUTPUTS = ("value", "low", "high")
"""What the graph of a group of numbers gives."""


def class_output(place: int) -> str:
    """What the graph of a group of classes calls the probabilities of its target number `place`.

    Not by the target's name, since that may hold what no name in ONNX may.
    """
    return f"class_{place}"


def outputs_of(group: Group) -> dict[str, int]:
    """What the group's graph gives, and how many numbers a row of it has."""
    if group.kind == "number":
        return dict.fromkeys(NUMBER_OUTPUTS, len(group.targets))
    return {class_output(place): len(each.labels) for place, each in enumerate(group.targets)}


def compare(session: Any, group: Group, width: int, where: str) -> None:  # noqa: ANN401
    """Refuse a graph that does not take `width` features, or does not give the group's targets.

    Raises
    ------
    BadFileError
        Says which.
    """
    inputs = {each.name: (each.type, each.shape[1:]) for each in session.get_inputs()}
    if inputs != {INPUT: ("tensor(float)", [width])}:
        raise BadFileError(
            f"the graph does not take the {width} features that the manifest names",
            where=where,
            remedy=WHOLE,
        )
    given = {each.name: (each.type, each.shape[1:]) for each in session.get_outputs()}
    wanted = outputs_of(group)
    if given != {name: ("tensor(double)", [count]) for name, count in wanted.items()}:
        raise BadFileError(
            f"the graph does not give what the manifest names in the group {group.name!r}",
            where=where,
            remedy=WHOLE,
        )
