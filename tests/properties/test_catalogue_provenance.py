"""What is shown of a track out of its rows of attributes, whatever these know."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from segue.catalogue.provenance import joined, ranked
from segue.records import Attributes

NUMBERS = {
    spec.name: st.none() | st.integers(0, 11)
    for spec in fields(Attributes)
    if spec.name in {"key", "mode", "time_signature"}
}
SHARES = {
    spec.name: st.none() | st.floats(0, 1)
    for spec in fields(Attributes)
    if spec.name not in NUMBERS
}
ROWS = st.dictionaries(
    st.sampled_from(["given", "estimated", "predicted:a", "predicted:b", "unheard-of"]),
    st.builds(Attributes, **NUMBERS, **SHARES),
    max_size=4,
)


@given(ROWS)
def test_every_attribute_comes_from_the_best_row_that_knows_it(rows) -> None:
    shown, best, origins = joined(rows)
    values = {} if shown is None else shown.known()
    assert set(origins) == set(values)
    for name, value in values.items():
        source = origins[name]
        assert getattr(rows[source], name) == value
        better = ranked(rows)[ranked(rows).index(source) + 1 :]
        if name not in {"key", "mode"}:
            assert all(getattr(rows[one], name) is None for one in better)
    everything = {name for row in rows.values() for name in row.known()}
    assert everything - values.keys() <= {"key", "mode"}
    assert best == (ranked(origins.values())[-1] if origins else "")


@given(ROWS)
def test_key_and_mode_are_one_statement_of_the_best_row_that_knows_either(rows) -> None:
    _, _, origins = joined(rows)
    sources = {origins[name] for name in ("key", "mode") if name in origins}
    assert len(sources) <= 1
    speaking = [one for one in ranked(rows) if {"key", "mode"} & rows[one].known().keys()]
    assert sources == set(speaking[-1:])


@given(st.builds(Attributes, **NUMBERS, **SHARES))
def test_one_row_is_shown_as_it_is(row) -> None:
    shown, best, origins = joined({"given": row, "estimated": Attributes()})
    if row == Attributes():
        assert (shown, best, origins) == (None, "", {})
    else:
        assert (shown, best) == (row, "given")
        assert set(origins.values()) == {"given"}
