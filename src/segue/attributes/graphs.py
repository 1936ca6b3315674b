"""One graph of a model: how it is opened, what it takes and gives, how it is run.

A graph takes ``features``, float32, shape (n, d), raw and in the manifest's order, and gives
float64:

- of a group of numbers ``value``, ``low`` and ``high``, shape (n, targets);
- of a group of classes ``class_0``, ``class_1``, …, in the order of the group's targets:
  probabilities, shape (n, classes).

ONNX Runtime computes it on one thread of the CPU. It is given bytes, so no path can lead anywhere,
and a graph that keeps numbers in other files is refused before it is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.attributes.soundness import WHOLE
from segue.errors import BadFileError

if TYPE_CHECKING:
    from segue.attributes.targets import Group
    from segue.types import Floats, Vectors

INPUT = "features"

CHUNK = 128
"""Rows computed at once; some 20 MB of what lies between features and answer."""

_OUTSIDE = b"location"
"""What any tensor that is kept in another file must say. Names in our graphs never do."""

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


def opened(content: bytes, *, where: str = "") -> Any:  # noqa: ANN401 (an InferenceSession)
    """A session of ONNX Runtime, on one thread of the CPU.

    Raises
    ------
    BadFileError
        `content` is no graph, one that this ONNX Runtime does not know, or keeps numbers in other
        files.
    """
    import onnxruntime

    if _OUTSIDE in content:
        raise BadFileError("the graph points to other files", where=where, remedy=WHOLE)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised
    options.add_session_config_entry("session.load_model_format", "ONNX")
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as problem:  # each fault has a class of its own, and only Exception in common
        raise BadFileError(
            f"ONNX Runtime {onnxruntime.__version__} cannot open the graph ({problem})",
            where=where,
            remedy=WHOLE,
        ) from None


def run(session: Any, features: Vectors) -> dict[str, Floats]:  # noqa: ANN401
    """All outputs by name for float32 rows, a chunk at a time; no rows give no rows."""
    names = [each.name for each in session.get_outputs()]
    begins = range(0, len(features), CHUNK)
    chunks = [session.run(names, {INPUT: features[i : i + CHUNK]}) for i in begins]
    if not chunks:
        return {each.name: np.empty((0, each.shape[1])) for each in session.get_outputs()}
    return {name: np.concatenate(parts) for name, *parts in zip(names, *chunks, strict=True)}


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
