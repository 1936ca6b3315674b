"""The page of a track: what is known of it, what is like it, and what the form says."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from segue.errors import BadRequestError
from segue.recommend.lenses import parse_lens
from segue.serve.weighing import asked_of, sliders, weights_said

PART = {"HX-Request": "true", "HX-Target": "similar"}


def first_row(text: str) -> str:
    return re.search(r'<h3><a href="/tracks/([^"]+)"', text).group(1)


def test_track_page_shows_player_attributes_and_reasons(client, played) -> None:
    text = client.get(f"/tracks/{played}").text
    assert f'src="/tracks/{played}/audio"' in text
    assert f'data-play="{played}"' in text
    assert 'role="img"' in text
    assert "Tone 0" in text
    answer = client.get(f"/api/v1/tracks/{played}/similar?n=6").json()
    assert text.count('<li class="match">') == answer["count"] > 0
    for row in answer["recommendations"]:
        sentence = row["reasons"]["sentence"]
        assert sentence
        assert sentence.replace("&", "&amp;").replace("'", "&#39;") in text


def test_track_page_says_how_loud_the_recording_is(client, stocked, played, tabled) -> None:
    recording = stocked.recording(played)
    loudness = f"{recording.loudness:.1f}".replace("-", "−")
    assert -40 < recording.loudness < 0
    assert f"Loudness {loudness} LUFS" in client.get(f"/tracks/{played}").text
    assert stocked.recording(tabled) is None
    assert not re.search(r"Loudness \S+ LUFS", client.get(f"/tracks/{tabled}").text)


def test_track_page_without_a_file_says_how_to_get_one(client, tabled) -> None:
    text = client.get(f"/tracks/{tabled}").text
    assert f"/tracks/{tabled}/audio" not in text
    assert "segue scan FOLDER" in text
    assert "BPM" in text
    assert "given by the table or file" in text


def test_track_page_answers_the_form(client, tabled) -> None:
    asked = {"lens": "attributes", "n": "6", "genre": "soul", "explicit": "false"}
    asked["per_artist"] = "500"
    text = client.get(f"/tracks/{tabled}", params=asked).text
    assert text.count('<li class="match">') == 6
    assert re.search(r'value="attributes" checked', text)
    assert '<details class="filters" open>' in text
    for other in re.findall(r'<h3><a href="/tracks/([^"]+)"', text):
        track = client.get(f"/api/v1/tracks/{other}").json()
        assert track["genres"] == ["soul"]
        assert track["explicit"] is False


def test_track_page_keeps_standing_when_the_question_makes_no_sense(client, tabled) -> None:
    answer = client.get(f"/tracks/{tabled}", params={"lens": "nonsense"})
    assert answer.status_code == 200
    assert "nonsense" in answer.text
    assert "failure" in answer.text
    assert "Attributes" in answer.text


def test_track_page_says_when_no_track_passes_the_filters(client, tabled) -> None:
    text = client.get(f"/tracks/{tabled}", params={"year_from": 9000}).text
    assert '<li class="match">' not in text
    assert "No track passes" in text


def test_neighbours_alone_for_htmx(client, tabled) -> None:
    headers = {"HX-Request": "true", "HX-Target": "similar"}
    text = client.get(f"/tracks/{tabled}", headers=headers).text
    assert "<html" not in text
    assert '<ol class="matches"' in text


def test_the_page_shows_six_unless_more_are_asked_for(client, tabled) -> None:
    assert client.get(f"/tracks/{tabled}").text.count('<li class="match">') == 6
    text = client.get(f"/tracks/{tabled}?n=9&per_artist=500").text
    assert text.count('<li class="match">') == 9


def test_a_form_without_scripts_is_answered_with_the_address_that_says_the_same(
    client, tabled
) -> None:
    sent = f"/tracks/{tabled}?lens=text&n=12&genre=&year_from=&weigh.text=100&weighed=text:100"
    answer = client.get(sent, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/tracks/{tabled}?lens=text&n=12"
    assert client.get(answer.headers["location"], follow_redirects=False).status_code == 200


def test_a_slider_that_was_moved_counts_before_the_lens(client, tabled) -> None:
    sent = "lens=hybrid&weigh.attributes=0&weigh.text=40&weighed=attributes:60,text:40"
    answer = client.get(f"/tracks/{tabled}?{sent}", follow_redirects=False)
    assert answer.headers["location"] == f"/tracks/{tabled}?weights=text%3A40"
    text = client.get(answer.headers["location"]).text
    alone = client.get(f"/tracks/{tabled}?lens=text").text
    assert first_row(text) == first_row(alone)
    assert re.search(r'name="weigh.text" [^>]*value="40"', text)
    assert re.search(r'name="weigh.attributes" [^>]*value="0"', text)
    part = client.get(f"/tracks/{tabled}?{sent}", headers=PART)
    assert part.headers["hx-replace-url"] == f"/tracks/{tabled}?weights=text%3A40"
    assert 'hx-swap-oob="innerHTML:#weights"' not in part.text, "a slider under the hand stays"


def test_the_sliders_follow_a_lens_that_is_chosen_by_name(client, tabled) -> None:
    text = client.get(f"/tracks/{tabled}?lens=hybrid", headers=PART).text
    assert 'hx-swap-oob="innerHTML:#weights"' in text
    assert re.search(r'name="weigh.attributes" [^>]*value="60"', text)
    assert re.search(r'name="weigh.text" [^>]*value="40"', text)
    assert re.search(r'name="weigh.energy" [^>]*value="0"', text), "single features have one too"


@pytest.mark.parametrize("said", ["weigh.text=-1", "weigh.text=x", "weigh.text=101"])
def test_a_weight_that_is_none_is_said_on_the_page(client, tabled, said) -> None:
    for headers in (PART, {}):
        answer = client.get(
            f"/tracks/{tabled}?{said}&weighed=text:1", headers=headers, follow_redirects=False
        )
        assert answer.status_code == 200
        assert "is no weight of text" in answer.text
        assert "Give a number from 0 to 100" in answer.text


def test_weights_that_are_all_nothing_are_refused_kindly(client, tabled) -> None:
    sent = "weigh.attributes=0&weigh.text=0&weighed=attributes:60,text:40"
    text = client.get(f"/tracks/{tabled}?{sent}", headers=PART).text
    assert "cannot all be 0" in text


def test_rows_lead_to_mixes_and_say_what_moved_them(client, tabled) -> None:
    text = html.unescape(client.get(f"/tracks/{tabled}?diversity=0.6").text)
    other = first_row(text)
    assert f'href="/mix?track={tabled}&track={other}"' in text
    assert f'href="/mix?track={tabled}&less={other}"' in text
    assert f'href="/path?from={tabled}"' in text
    assert f'href="/radio?from={tabled}"' in text
    assert "What moved it" in text
    assert "like the rows above" in text


def test_ways_of_comparing_that_know_nothing_say_what_would_fill_them(client, tabled) -> None:
    text = client.get(f"/tracks/{tabled}").text
    assert re.search(r"\d+ other ways to compare know nothing of it", text)
    assert "segue import playlists" in text


def test_what_sliders_say_is_what_the_engine_asks(stocked, tabled) -> None:
    seed = stocked.engine().seed_named(tabled)
    answer = stocked.similar(seed, n=3, lens="hybrid")
    made = sliders(stocked, seed, answer, asked="hybrid")
    assert made.written == "attributes:60,text:40"
    assert parse_lens(made.written, spaces=tuple(stocked.engine().snapshot.spaces)).weights == {
        "attributes": 0.6,
        "text": 0.4,
    }
    kept = sliders(stocked, seed, answer, asked="attributes:7,text:3")
    assert kept.written == "attributes:7,text:3", "numbers of a form stand where they stood"
    shares = sliders(stocked, seed, answer, asked="attributes:0.6,text:0.4")
    assert shares.written == made.written


NUMBERS = st.dictionaries(
    st.sampled_from(["text", "attributes", "energy", "sound"]), st.integers(0, 100), min_size=1
)


@given(NUMBERS, NUMBERS)
def test_sliders_count_when_they_differ_from_what_stood_there(before, now) -> None:
    def sent(numbers, weighed):
        fields = [(f"weigh.{name}", str(value)) for name, value in numbers.items()]
        return QueryParams([*fields, ("weighed", weighed), ("lens", "hybrid"), ("year_to", " ")])

    written = weights_said(sent(before, ""))
    assert weights_said(sent(before, written)) is None
    said = weights_said(sent(now, written))
    counted = {name: value for name, value in now.items() if value}
    if said is None:
        assert {k: v for k, v in before.items() if v} == counted
    elif counted:
        read = dict(part.split(":") for part in said.split(","))
        assert {name: int(value) for name, value in read.items()} == counted
    kept = asked_of(sent(now, written), said)
    assert kept == ({"lens": ["hybrid"]} if said is None else {"weights": [said]})


@given(st.text(max_size=8).filter(lambda one: not one.strip().isdigit()))
def test_what_is_no_number_is_no_weight(value) -> None:
    try:
        fits = 0 <= float(value or 0) <= 100
    except ValueError:
        fits = False
    query = QueryParams([("weigh.text", value), ("weighed", "text:1")])
    if fits:
        weights_said(query)
    else:
        with pytest.raises(BadRequestError, match="is no weight of text"):
            weights_said(query)
