"""A record's way into JSON and back, and two records as one."""

from __future__ import annotations

import json
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from segue.catalogue.recordjson import from_json, joined, to_json
from segue.records import Attributes, OutsideId, TrackRecord

words = st.text(max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
attributes = st.builds(
    Attributes, energy=numbers | st.none(), key=st.integers(0, 11) | st.none(), tempo=numbers
)
FIELDS = {
    "title": words,
    "artists": st.lists(words, max_size=3).map(tuple),
    "album": words,
    "album_artist": words,
    "genres": st.lists(words, max_size=3).map(tuple),
    "outside_ids": st.lists(st.builds(OutsideId, words, words), max_size=3).map(tuple),
    "duration": numbers | st.none(),
    "year": st.integers(0, 9999) | st.none(),
    "explicit": st.booleans() | st.none(),
    "popularity": numbers | st.none(),
    "track_number": st.integers(0, 99) | st.none(),
    "language": words,
    "lyrics": words,
    "labels": st.lists(st.tuples(words, words), max_size=3).map(tuple),
    "attributes": attributes | st.none(),
    "place": words,
}
records = st.builds(TrackRecord, **FIELDS)


@given(records)
def test_everything_a_record_says_survives(record: TrackRecord) -> None:
    assert from_json(to_json(record)) == record


def test_every_field_of_a_record_is_tried_above() -> None:
    assert set(FIELDS) == {one.name for one in fields(TrackRecord)}


def test_only_what_is_said_is_written() -> None:
    text = to_json(TrackRecord("Harbour", ("Ada",), explicit=False))
    assert json.loads(text) == {
        "artists": ["Ada"],
        "explicit": False,
        "outside_ids": [],
        "title": "Harbour",
    }
    assert "é" in to_json(TrackRecord("é"))


@given(records, records)
def test_joining_keeps_what_the_first_says_and_fills_its_blanks(
    first: TrackRecord, second: TrackRecord
) -> None:
    both = joined(first, second)
    assert joined(both, second) == joined(both, first) == both
    for name in ("genres", "labels", "outside_ids"):
        assert set(getattr(both, name)) == {*getattr(first, name), *getattr(second, name)}
    blank = TrackRecord()
    for name in ("title", "album", "duration", "explicit", "attributes", "lyrics"):
        said = getattr(first, name)
        kept = said if said != getattr(blank, name) else getattr(second, name)
        assert getattr(both, name) == kept
