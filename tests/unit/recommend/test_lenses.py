"""Lenses: what can be asked for, and what is said to what cannot."""

from __future__ import annotations

import math

import pytest

from segue.errors import BadRequestError
from segue.recommend.lenses import LENSES, default_lens, parse_lens

SPACES = ("attributes", "descriptors", "moods", "text")


def test_mood_and_tempo_are_made_of_single_features() -> None:
    mood = parse_lens("mood", spaces=SPACES)
    assert (mood.weights, mood.calibrated) == ({"valence": 0.5, "energy": 0.5}, True)
    assert parse_lens("tempo", spaces=SPACES).weights == {"tempo": 1.0}


def test_single_features_are_weighed_beside_spaces() -> None:
    lens = parse_lens("attributes=2,tempo=1,timbre=1", spaces=SPACES)
    assert lens.weights == {"attributes": 0.5, "tempo": 0.25, "timbre": 0.25}
    assert parse_lens("key", spaces=SPACES).weights == {"key": 1.0}
    with pytest.raises(BadRequestError, match=r"no space 'temppo'\. Perhaps 'tempo' is meant"):
        parse_lens({"temppo": 1}, spaces=SPACES)


def test_a_space_is_meant_where_a_feature_is_called_the_same() -> None:
    assert parse_lens("energy", spaces=("energy",), facets=("energy",)).weights == {"energy": 1}


def test_hybrid_is_six_to_four_on_raw_cosines() -> None:
    lens = parse_lens("hybrid", spaces=SPACES)
    assert lens.weights == {"attributes": 0.6, "text": 0.4}
    assert not lens.calibrated


def test_audio_is_half_and_half_on_raw_cosines() -> None:
    lens = parse_lens("audio", spaces=SPACES)
    assert lens.weights == {"sound": 0.5, "descriptors": 0.5}
    assert not lens.calibrated


def test_a_network_that_knows_real_music_makes_audio_the_default_for_sound() -> None:
    placed = ("descriptors", "sound", "text")
    assert default_lens(placed).name == "descriptors"
    assert default_lens(placed, learned={"genre"}).name == "descriptors"
    assert default_lens(placed, learned={"sound"}).name == "audio"
    assert default_lens(("text",), learned={"sound"}).name == "text"
    assert default_lens((*placed, "attributes"), learned={"sound"}).name == "hybrid"
    both = (*placed, "attributes")
    assert default_lens(both, guessed={"attributes"}, learned={"sound"}).name == "audio"


@pytest.mark.parametrize("name", ["attributes", "text", "descriptors", "moods"])
def test_every_space_is_a_lens(name: str) -> None:
    lens = parse_lens(f" {name} ", spaces=SPACES)
    assert (lens.name, lens.weights, lens.calibrated) == (name, {name: 1.0}, False)


@pytest.mark.parametrize(
    "asked",
    [
        "attributes=0.7,text=0.3",
        " attributes : 7 , text: 3",
        {"attributes": 7, "text": 3},
        {"attributes": 0.7, "text": 0.3, "moods": 0},
    ],
)
def test_weights_are_brought_to_sum_one_and_calibrated(asked: str | dict[str, float]) -> None:
    lens = parse_lens(asked, spaces=SPACES)
    assert lens.weights == pytest.approx({"attributes": 0.7, "text": 0.3})
    assert lens.calibrated


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("hybird", "no lens 'hybird'. Perhaps 'hybrid' is meant"),
        ("Txt", "no lens 'Txt'. Perhaps 'text' is meant"),
        (
            "qqqqq",
            "no lens 'qqqqq'. Choose one of attributes, audio, balanced, descriptors, hybrid",
        ),
        ("", "no lens ''"),
        ({"nothing": 1}, "no space 'nothing'. Choose one of"),
        ({"atributes": 1}, "no space 'atributes'. Perhaps 'attributes' is meant"),
        ({"hybrid": 1}, "no space 'hybrid'"),
        ("text=much", "'text=much' is no weight"),
        ("text=", "'text=' is no weight"),
        ("text=1,,", "'' is no weight"),
        ("text=1,text=2", "'text' is weighed twice"),
        ({"text": -0.5}, "weight -0.5 of the space 'text' makes no sense"),
        ({"text": math.nan}, "weight nan of the space 'text'"),
        ({"text": math.inf}, "weight inf of the space 'text'"),
        ({"text": 0.0, "moods": 0}, "cannot all be 0"),
        ({}, "cannot all be 0"),
        ({"text": 1e308, "moods": 1e308}, "too large"),
    ],
)
def test_what_makes_no_sense_is_said(asked: str | dict[str, float], said: str) -> None:
    with pytest.raises(BadRequestError) as raised:
        parse_lens(asked, spaces=SPACES)
    assert said in str(raised.value)
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("placed", "lens"),
    [
        (["text", "attributes", "descriptors"], "hybrid"),
        (["attributes"], "hybrid"),
        (["text", "descriptors"], "descriptors"),
        (["text", "moods"], "text"),
        (["moods"], "moods"),
        ([], "hybrid"),
    ],
)
def test_the_default_is_chosen_by_where_the_seed_stands(placed: list[str], lens: str) -> None:
    assert default_lens(placed).name == lens


@pytest.mark.parametrize(
    ("placed", "lens"),
    [
        (["text", "attributes", "descriptors"], "descriptors"),
        (["text", "attributes"], "text"),
        (["attributes"], "attributes"),
    ],
)
def test_attributes_that_are_estimates_do_not_change_the_default(
    placed: list[str], lens: str
) -> None:
    assert default_lens(placed, guessed={"attributes"}).name == lens


def test_lenses_that_score_alike_share_a_key_and_others_do_not() -> None:
    one = parse_lens("attributes=7,text=3", spaces=SPACES)
    other = parse_lens({"text": 0.3, "attributes": 0.7}, spaces=SPACES)
    assert one.key == other.key
    assert hash(one.key) == hash(other.key)
    hybrid = parse_lens({"attributes": 0.6, "text": 0.4}, spaces=SPACES)
    assert hybrid.key != LENSES["hybrid"].key


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (5, "5 is no lens"),
        ({"text": "a"}, "the weight 'a' of the space 'text' is no number"),
        ({3: 1.0}, "no space '3'"),
    ],
)
def test_what_is_of_another_kind_is_said(asked: object, said: str) -> None:
    with pytest.raises(BadRequestError, match=said) as raised:
        parse_lens(asked, spaces=SPACES)  # type: ignore[arg-type]
    assert "?." not in str(raised.value)
