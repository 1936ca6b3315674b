"""Graphs: opened on one thread, never from other files; run a chunk at a time."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from brought import graph, model
from segue.errors import BadFileError
from segue.models.graphs import opened, run

ROWS = np.random.default_rng(1).random((7, 3), dtype=np.float32)


def test_a_session_uses_one_thread() -> None:
    options = opened(graph((3,)).SerializeToString()).get_session_options()
    assert options.intra_op_num_threads == options.inter_op_num_threads == 1


@pytest.mark.parametrize("content", [b"", b"no graph", b"\x08\x09" * 40])
def test_what_is_no_graph_is_refused(content: bytes) -> None:
    with pytest.raises(BadFileError, match=r"there: ONNX Runtime .* cannot open the graph"):
        opened(content, where="there")


def test_a_graph_of_a_time_to_come_is_refused() -> None:
    made = graph((3,))
    made.opset_import[0].version = 9_999
    with pytest.raises(BadFileError, match="cannot open the graph"):
        opened(made.SerializeToString())


def test_a_graph_that_points_to_other_files_is_refused() -> None:
    made = graph((3,), genres=2)
    (kept,) = made.graph.initializer
    onnx.external_data_helper.set_external_data(kept, location="../weights.bin")
    with pytest.raises(BadFileError, match=r"points to other files \(it holds the word 'location'"):
        opened(made.SerializeToString())


@given(st.integers(0, 7), st.integers(1, 9))
def test_rows_are_the_same_in_any_chunks(count: int, chunk: int) -> None:
    session = opened(graph((3,)).SerializeToString())
    found = run(session, ROWS[:count], chunk=chunk)
    np.testing.assert_array_equal(found["embedding"], ROWS[:count])


def test_only_what_is_asked_for_is_given() -> None:
    session = opened(graph((3,), genres=2).SerializeToString())
    assert set(run(session, ROWS)) == {"embedding", "probabilities"}
    assert set(run(session, ROWS, names=("probabilities",))) == {"probabilities"}
    assert run(session, ROWS[:0], names=("probabilities",))["probabilities"].shape == (0, 2)


def test_no_rows_have_the_type_of_rows() -> None:
    nodes = [helper.make_node("Cast", ["a"], ["b"], to=TensorProto.DOUBLE)]
    taken = {"a": (TensorProto.FLOAT, ["n", 3])}
    session = opened(
        model(nodes, taken, {"b": ["n", 3]}, given=TensorProto.DOUBLE).SerializeToString()
    )
    assert run(session, ROWS[:0])["b"].dtype == run(session, ROWS)["b"].dtype == np.float64
