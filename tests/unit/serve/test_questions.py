"""One list of parameters for query, form and body: everything that can be asked, and no more."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

import pytest
from fastapi import FastAPI, Query
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.testclient import TestClient

from segue.errors import BadRequestError
from segue.records import Between, Dials, Filters
from segue.serve.api import bodies
from segue.serve.questions import OfFile, OfTrack, Question

ASKED = {
    "genre": ["soul; ambient", "soul"],
    "exclude_genre": ["rock"],
    "artist": ["Vela Moor"],
    "exclude_artist": ["Earth, Wind & Fire"],
    "exclude_track": ["trk_1"],
    "year_from": 1985,
    "year_to": 2005,
    "seconds_from": 30.5,
    "seconds_to": 400,
    "tempo_from": 90,
    "tempo_to": 120,
    "octaves": False,
    "key": "A minor",
    "compatible_keys": True,
    "explicit": False,
    "playable": True,
    "language": ["en", "deu"],
    "folder": ["/music/a;b"],
    "between": ["energy:0.2:0.6", "valence::0.5"],
}
FILTERS = Filters(
    genres=("soul", "ambient"),
    exclude_genres=("rock",),
    artists=("Vela Moor",),
    exclude_artists=("Earth, Wind & Fire",),
    exclude_tracks=frozenset({"trk_1"}),
    year_from=1985,
    year_to=2005,
    seconds_from=30.5,
    seconds_to=400.0,
    tempo_from=90.0,
    tempo_to=120.0,
    octaves=False,
    key=9,
    mode=0,
    compatible_keys=True,
    explicit=False,
    playable=True,
    languages=("en", "deu"),
    folders=("/music/a;b",),
    between=(Between("energy", 0.2, 0.6), Between("valence", None, 0.5)),
)
DIALLED = {
    "per_artist": 3,
    "per_album": 4,
    "group": False,
    "hubs": 0.75,
    "diversity": 0.25,
    "variation": 1,
    "draw": 7,
    "recent": ["trk_2", "trk_3"],
}
DIALS = Dials(3, 4, False, 0.75, 0.25, 1.0, 7, ("trk_2", "trk_3"))
MODELS = [Question, OfTrack, OfFile, bodies.Continue, bodies.Wish]


def written(value: object) -> object:
    """A value as a query holds it."""
    return str(value).lower() if isinstance(value, bool) else value


@pytest.mark.parametrize("model", MODELS)
def test_everything_that_records_hold_can_be_asked(model) -> None:
    for record, whole in ((Filters, FILTERS), (Dials, DIALS)):
        usual = record()
        for spec in fields(record):
            assert getattr(whole, spec.name) != getattr(usual, spec.name), spec.name
    asked = model.model_validate(ASKED | DIALLED)
    assert asked.filters == FILTERS
    assert asked.dials(Dials()) == DIALS
    assert asked.filtered
    assert asked.dialled


def test_a_query_says_the_same_as_a_body() -> None:
    app, found = FastAPI(), []

    @app.get("/")
    def read(asked: Annotated[Question, Query()]) -> None:
        found.append(asked)

    query = {name: written(value) for name, value in (ASKED | DIALLED).items()}
    answer = TestClient(app).get("/", params=query | {"key": ["A minor"], "mode": ""})
    assert answer.status_code == 200, answer.text
    assert found[0].filters == FILTERS
    assert found[0].dials(Dials()) == DIALS


@pytest.mark.parametrize("model", MODELS)
def test_blank_fields_of_a_form_mean_no_condition(model) -> None:
    names = [spec.alias or name for name, spec in Question.model_fields.items()]
    if model is OfFile:
        names.remove("n")
    lists = {name for name, value in (ASKED | DIALLED).items() if isinstance(value, list)}
    asked = model.model_validate({name: ["", "  "] if name in lists else " " for name in names})
    assert asked.filters == Filters()
    assert asked.dials(DIALS) == DIALS
    assert asked.chosen is None
    assert not asked.filtered


def test_what_can_be_played_is_in_sight_and_no_hidden_filter() -> None:
    assert not Question.model_validate({"playable": "true"}).filtered
    assert Question.model_validate({"playable": "true", "key": "8A"}).filtered


@pytest.mark.parametrize(
    ("key", "mode", "meant"),
    [
        ("8A", None, (9, 0)),
        ("f#", None, (6, None)),
        ("0", None, (0, None)),
        (11, "1", (11, 1)),
        ("A minor", "0", (9, 0)),
        ("", "0", (None, 0)),
    ],
)
def test_a_key_is_said_by_name_by_place_or_by_number(key, mode, meant) -> None:
    filters = Question.model_validate({"key": key, "mode": mode}).filters
    assert (filters.key, filters.mode) == meant


def test_ranges_of_attributes_are_objects_in_a_body() -> None:
    told = {"between": [{"attribute": "energy", "least": 0.2}, "loudness:-12:"]}
    assert bodies.Continue.model_validate(told).filters.between == (
        Between("energy", 0.2, None),
        Between("loudness", -12.0, None),
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"between": ["energy"]}, "such as energy:0.2:0.6"),
        ({"between": ["energy:a:1"]}, "valid number"),
        ({"between": ["energy:nan:1"]}, "finite"),
        ({"key": "12"}, "0 to 11"),
        ({"key": [1]}, "0 to 11"),
        ({"key": True}, "0 to 11"),
        ({"hubs": "1.5"}, "less than or equal to 1"),
        ({"diversity": "nan"}, "finite number"),
        ({"n": 10**6}, "less than or equal to 500"),
        ({"n": 0}, "greater than or equal to 1"),
        ({"draw": -1}, "greater than or equal to 0"),
        ({"genre": ["x" * 301]}, "at most 300"),
        ({"genre": ";".join(f"g{n}" for n in range(101))}, "at most 100"),
        ({"tempo_from": 5}, "greater than or equal to 20"),
        ({"genre": [["x"]]}, "valid string"),
    ],
)
def test_what_does_not_fit_is_said(asked, told) -> None:
    with pytest.raises(ValidationError, match=told):
        Question.model_validate(asked)


@pytest.mark.parametrize(
    ("model", "asked", "told"),
    [
        (Question, {"key": "Z"}, "there is no key 'Z'"),
        (Question, {"key": "A minor", "mode": 1}, "that is minor, and the other mode"),
        (Question, {"lens": "hybrid", "weights": "text:1"}, "both lens and weights"),
        (Question, {"weights": "text"}, "holds no weights"),
        (bodies.Wish, {"yearfrom": 1}, "Perhaps 'year_from' is meant"),
        (bodies.Wish, {"attributes": {"enrgy": 1}}, "Perhaps 'energy' is meant"),
        (bodies.Given, {"zzz": 1}, "There are kind"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_may_be_meant(model, asked, told) -> None:
    with pytest.raises(BadRequestError, match=told):
        model.model_validate(asked)


def test_a_lens_of_ones_own_is_text_or_in_a_body_an_object() -> None:
    weights = {"attributes": 0.7, "text": 0.3}
    assert Question.model_validate({"weights": "text:1"}).chosen == "text:1"
    assert bodies.Continue.model_validate({"weights": weights}).chosen == weights
    assert bodies.Continue.model_validate({"lens": weights}).chosen == weights


@given(st.dictionaries(st.sampled_from(sorted(ASKED | DIALLED)), st.text(max_size=30)))
def test_any_text_is_read_or_refused_in_words(given) -> None:
    try:
        asked = Question.model_validate(given)
    except (ValidationError, BadRequestError):
        return
    assert isinstance(asked.filters, Filters)
    assert 0 <= asked.dials(Dials()).diversity <= 1
