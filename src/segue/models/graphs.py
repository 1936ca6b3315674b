"""A graph of a model: how it is opened, and how it is run.

ONNX Runtime computes it on one thread of the CPU. It is given bytes, so no path can lead anywhere,
and a graph that keeps numbers in other files is refused before it is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import BadFileError
from segue.models.soundness import WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CHUNK = 128
"""Rows computed at once; of stacks of attributes some 20 MB between features and answer."""

_OUTSIDE = b"location"
"""What any tensor that is kept in another file must say. Names in our graphs never do."""


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
        raise BadFileError(
            "the graph points to other files (it holds the word 'location')",
            where=where,
            remedy="Save it with its weights in the graph itself, and no such word among its names",
        )
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


def run(
    session: Any,  # noqa: ANN401 (an InferenceSession)
    rows: NDArray[np.float32],
    *,
    names: Sequence[str] | None = None,
    chunk: int | None = None,
) -> dict[str, NDArray[Any]]:
    """Outputs by name, a chunk of rows at a time; no rows give no rows.

    Parameters
    ----------
    session
        Of a graph with one input, whose first axis counts rows, as do those of its outputs.
    rows
        Shape (n, …).
    names
        Of the outputs that are wanted; all by default.
    chunk
        Rows at once; `CHUNK` by default.
    """
    (taken,) = (each.name for each in session.get_inputs())
    size = CHUNK if chunk is None else chunk
    outputs = [each for each in session.get_outputs() if names is None or each.name in names]
    wanted = [each.name for each in outputs]
    if len(rows) == 0:
        return {each.name: _none(each) for each in outputs}
    chunks = [
        session.run(wanted, {taken: rows[first : first + size]})
        for first in range(0, len(rows), size)
    ]
    if len(chunks) == 1:
        return dict(zip(wanted, chunks[0], strict=True))
    return {name: np.concatenate(parts) for name, *parts in zip(wanted, *chunks, strict=True)}


def _none(output: Any) -> NDArray[Any]:  # noqa: ANN401 (a NodeArg)
    """No rows of an output; its other axes must have a length."""
    kind = np.float64 if output.type == "tensor(double)" else np.float32
    return np.empty((0, *output.shape[1:]), dtype=kind)
