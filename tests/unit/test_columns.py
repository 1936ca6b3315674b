"""Columns of text are what tuples of the same are."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.columns import Alike, Known, Lists, Pooled, Sorted, Texts

TEXT = st.text(st.characters(), max_size=6)
COLUMN = st.lists(TEXT, max_size=12)


@given(COLUMN)
def test_texts_are_read_like_a_tuple(texts: list[str]) -> None:
    column, plain = Texts(texts), tuple(texts)
    assert column == plain
    assert list(column) == texts
    assert [column[row] for row in range(len(column))] == texts
    assert [column[-1 - row] for row in range(len(column))] == texts[::-1]
    assert column[1:7:2] == plain[1:7:2]
    assert len(column) == len(texts)
    assert column != (*plain, "more")
    assert pickle.loads(pickle.dumps(column)) == plain  # noqa: S301
    with pytest.raises(IndexError, match=f"row {len(texts)} of {len(texts)}"):
        column[len(texts)]


@given(COLUMN, st.integers(0, 2**32 - 1))
def test_columns_are_taken_in_any_order_and_joined(texts: list[str], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(texts))[: max(0, len(texts) - 2)]
    taken = [texts[row] for row in order]
    assert Texts(texts).taken(order) == taken
    assert Pooled(texts).taken(order) == taken
    assert Texts.joined([Texts(texts), Texts([]), Texts(taken)]) == texts + taken


@given(COLUMN)
def test_pooled_values_are_one_object_and_are_read_as_others(texts: list[str]) -> None:
    values = [(text, "x") for text in texts]
    column = Pooled(values)
    assert column == values
    assert list(column) == values
    assert len({id(value) for value in column}) == len(set(values)) == len(column.pool)
    assert column.read_as([value[0] for value in column.pool]) == texts


@given(st.sets(TEXT, max_size=12), TEXT)
def test_a_sorted_column_finds_rows_like_a_dictionary(texts: set[str], asked: str) -> None:
    ascending = sorted(texts)
    found = Sorted(Texts(ascending))
    plain = {text: row for row, text in enumerate(ascending)}
    assert found == plain
    assert found.get(asked, -1) == plain.get(asked, -1)
    assert (asked in found) == (asked in plain)
    assert 7 not in found
    assert None not in found


def test_the_order_of_bytes_is_that_of_code_points() -> None:
    ids = ["\ud800", "\uffff", "\U0001f600", "z", "é", ""]
    assert list(Sorted(Texts(sorted(ids)))) == sorted(ids)
    assert Sorted(Texts(sorted(ids)))["\U0001f600"] == 5


@given(st.dictionaries(st.integers(0, 30), st.text(max_size=4)))
def test_what_is_known_of_some_rows_is_read_like_a_dictionary(known: dict[int, str]) -> None:
    for column in (Known.texts(known, rows=31), Known.pooled(known, rows=31)):
        assert dict(column) == known
        assert column == known
        assert len(column) == len(known)
        for row in (*range(31), -1, 31, "0"):
            assert column.get(row, "none") == known.get(row, "none")
            assert (row in column) == (row in known)
        assert column.get(40) is None
        with pytest.raises(KeyError, match="40"):
            column[40]
        assert pickle.loads(pickle.dumps(column)) == known  # noqa: S301


@given(st.lists(st.lists(st.text(max_size=3), max_size=3)))
def test_several_texts_a_row_are_read_like_tuples(texts: list[list[str]]) -> None:
    column = Lists(texts)
    assert list(column) == [tuple(each) for each in texts]
    assert column[:2] == tuple(map(tuple, texts[:2]))
    assert dict(Known.lists(dict(enumerate(texts)), rows=len(texts))) == {
        row: tuple(each) for row, each in enumerate(texts)
    }


@given(COLUMN, TEXT)
def test_rows_of_a_text_are_found_in_any_column(texts: list[str], other: str) -> None:
    column = Alike(texts)
    assert len(column) == len(texts)
    for text in {*texts, other}:
        found = column.rows(text)
        assert [row for row in found if texts[row] == text] == [
            row for row, each in enumerate(texts) if each == text
        ]
        assert found == sorted(found)
