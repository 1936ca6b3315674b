"""Facts are the same from a record and from a catalogue's columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.latent.encoder import EMPTY, UNKNOWN, slots
from segue.latent.facts import Facts
from segue.latent.numbers import NUMBERS, OCCASIONS
from segue.records import Attributes, TrackRecord
from worlds import make_corpus, planted_records


def test_a_corpus_says_what_its_records_say() -> None:
    records = planted_records(30, seed=2, masked=0.3)
    records[4] = replace(records[4], labels=(("emotion", "Joy"),))
    told, read = Facts.of_records(records), Facts.of_corpus(make_corpus(records))
    np.testing.assert_allclose(read.values, told.values, rtol=1e-6)
    assert read.artists == told.artists
    assert read.genres == told.genres


def test_there_are_17_numbers_beside_the_occasions() -> None:
    assert len(NUMBERS) - len(OCCASIONS) == 17


@given(st.integers(0, 11), st.integers(0, 11))
def test_keys_lie_on_the_circle_of_fifths(one: int, other: int) -> None:
    records = [TrackRecord(attributes=Attributes(key=key)) for key in (one, other)]
    first = NUMBERS.index("key across")
    places = Facts.of_records(records).values[:, first : first + 2].astype(float)
    steps = min((7 * (one - other)) % 12, (7 * (other - one)) % 12)
    expected = 2 * np.sin(np.pi * steps / 12)
    assert np.linalg.norm(places[0] - places[1]) == pytest.approx(expected, abs=1e-6)


def test_occasions_are_known_where_the_table_tells_of_them() -> None:
    records = [
        TrackRecord(labels=(("emotion", "joy"), ("good for", "party"))),
        TrackRecord(labels=(("emotion", "joy"),)),
        TrackRecord(title="From another table"),
    ]
    occasions = Facts.of_records(records).values[:, -len(OCCASIONS) :]
    assert occasions[0].sum() == 1
    assert occasions[1].sum() == 0
    assert np.isnan(occasions[2]).all()


def test_slots_hold_the_first_known_words() -> None:
    found = slots([("b", "x", "a", "c"), (), ("x",)], {"a": 1, "b": 2, "c": 3}, 2)
    assert found.tolist() == [[2, 1], [UNKNOWN, EMPTY], [UNKNOWN, EMPTY]]
