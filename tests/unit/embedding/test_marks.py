"""Marks tell whether an artist was in a network's training, and no names."""

from __future__ import annotations

import json

from segue.embedding.marks import FIELD, known, marks


def test_artists_are_known_again_by_their_marks() -> None:
    data = json.loads(json.dumps({FIELD: marks(["anna", "bert", "anna", ""])}))
    assert len(data[FIELD]) == 2
    assert known(data, ["anna", "anna", "carl", ""]) == 1
    assert known(data, ["carl"]) == 0
    assert "anna" not in json.dumps(data)


def test_without_marks_nobody_knows() -> None:
    assert known({}, ["anna"]) is None
    assert known({FIELD: "anna"}, ["anna"]) is None
