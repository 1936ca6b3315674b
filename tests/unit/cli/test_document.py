from __future__ import annotations

import json
from pathlib import Path

import pytest

from segue.cli.document import plain
from segue.records import (
    Answer,
    Attributes,
    Comparison,
    Contribution,
    OutsideId,
    Passage,
    Reasons,
    Recommendation,
    Track,
)
from segue.serve import schemas
from segue.types import TrackId

SEED = Track(
    id=TrackId("trk_seed"),
    title="Slow Harbour",
    artists=("Vela Moor", "Ida Lund"),
    genres=("ambient",),
    year=2021,
    duration=187.4,
    attributes=Attributes(energy=0.4, key=9, mode=0),
    provenance="given",
    outside_ids=(OutsideId("isrc", "QZES71982312"),),
    labels=(("emotion", "calm"),),
)
OTHER = Track(id=TrackId("trk_other"), title="Tide", artists=(), synthetic=True)
ANSWER = Answer(
    seed=SEED,
    lens="hybrid",
    weights={"attributes": 0.6, "text": 0.4},
    epoch=12,
    recommendations=(
        Recommendation(
            rank=1,
            track=OTHER,
            score=0.913,
            reasons=Reasons(
                contributions=(Contribution("attributes", 0.6, 0.94, 0.03, 1, 9, estimated=True),),
                agree=(Comparison("key", "A minor", "A minor", 1.0, agreement="in A minor"),),
                differs=None,
                sentence="Both in A minor.",
                passages=(Passage("sound", SEED.id, 81.4, 12.0, 3.0, 0.97),),
                near="Vela Moor – Slow Harbour",
            ),
            versions=(TrackId("trk_again"),),
            changes={"hubs": -0.012},
        ),
    ),
    candidates={"attributes": 2},
    absent={"descriptors": "a file of it in a scanned music folder"},
    seconds=0.0011,
)


def test_an_answer_has_the_same_shape_as_in_the_api() -> None:
    assert plain(ANSWER) == schemas.Answer.of(ANSWER).model_dump(mode="json")


def test_a_track_has_the_same_shape_as_in_the_api() -> None:
    assert plain(SEED) == schemas.Track.of(SEED).model_dump(mode="json")


def test_what_is_not_finite_is_null_and_everything_else_survives_json() -> None:
    value = {
        "nan": float("nan"),
        "infinite": float("inf"),
        "path": Path("/music/ä.mp3"),
        "many": (1, 2.5, True, None, "x"),
    }
    document = plain(value)
    assert document["nan"] is None
    assert document["infinite"] is None
    assert document["path"] == "/music/ä.mp3"
    assert document["many"] == [1, 2.5, True, None, "x"]
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_an_object_that_is_no_record_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        plain({"it": object()})
