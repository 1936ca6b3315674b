"""The page that takes a description: what was understood, what can be changed, what fits."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.serve.describing import parts, replaced, spans
from segue.words.understood import Phrase, Understood

PART = {"HX-Request": "true", "HX-Target": "described"}


def described(client, **asked: str) -> str:
    return html.unescape(client.get("/describe", params=asked, headers=PART).text)


def test_without_a_description_there_are_examples_that_are_understood(client) -> None:
    text = client.get("/describe").text
    found = re.findall(r'class="button quiet" href="(/describe\?words=[^"]+)"', text)
    assert len(found) >= 4
    for address in found:
        assert "said-unknown" not in client.get(html.unescape(address)).text
    assert '<li class="match">' not in text


def test_words_are_shown_as_what_they_are_understood_as_and_answered(client, stocked) -> None:
    text = described(client, words="slow, minor, zzyx")
    said = stocked.understood("slow, minor, zzyx")
    for phrase in said.phrases:
        assert phrase.means in text
    assert text.count('class="said-understood"') == 2
    assert text.count('class="said-unknown"') == 1
    answer = stocked.mix(words=said, n=12)
    for row in answer:
        assert f'href="/tracks/{row.track.id}"' in text
    assert text.count('<li class="match">') == len(answer) > 0


def test_a_phrase_can_be_left_out_and_said_otherwise_by_links(client) -> None:
    text = described(client, words="slow, minor, happy", n="6")
    links = re.findall(r'<a class="said-out" href="([^"]+)" aria-label="Leave out minor"', text)
    assert [parse_qs(urlsplit(each).query) for each in links] == [
        {"words": ["slow, happy"], "n": ["6"]}
    ]
    other = re.search(r'<a href="([^"]+)"><bdi>very slow</bdi>', text)
    assert other is not None
    assert parse_qs(urlsplit(other[1]).query)["words"] == ["very slow, minor, happy"]


def test_sliders_alone_are_a_wish(client, stocked) -> None:
    text = described(client, energy="0.9", tempo="100")
    values = [
        stocked.track(id).attributes.energy
        for id in re.findall(r'<h3><a href="/tracks/([^"]+)"', text)
    ]
    assert len(values) == 12
    everyone = [
        row.attributes.energy
        for row in map(stocked.track, stocked.engine().snapshot.corpus.ids)
        if row.attributes
    ]
    assert sum(values) / len(values) > sum(everyone) / len(everyone)
    whole = client.get("/describe", params={"energy": "0.9"}).text
    assert re.search(r'name="energy" [^>]*value="0.9"', whole)
    assert '<details class="weights" open>' in whole


def test_genre_and_artist_count_beside_words(client, stocked) -> None:
    text = described(client, words="slow", genre="soul", like="Vela Moor")
    found = re.findall(r'<h3><a href="/tracks/([^"]+)"', text)
    assert found
    assert {stocked.track(each).genres for each in found} == {("soul",)}
    assert "no artist 'Nobody Known'" in described(client, like="Nobody Known")


def test_words_that_nobody_understands_are_said(client) -> None:
    text = described(client, words="zzyx qwrt")
    assert "said-unknown" in text
    assert "is understood" in text
    assert '<li class="match">' not in text


def test_the_address_says_no_more_than_is_asked(client) -> None:
    sent = {"words": "slow", "energy": "", "genre": "", "emotion": ""}
    answer = client.get("/describe", params=sent, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/describe?words=slow"
    part = client.get("/describe", params=sent, headers=PART)
    assert part.headers["hx-replace-url"] == "/describe?words=slow"


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "🎹 سريع", "a" * 9_000, '"><b>'])
def test_odd_words_do_nothing(client, words) -> None:
    answer = client.get("/describe", params={"words": words}, headers=PART)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert '"><b>' not in answer.text


def test_before_the_engine_stands_the_page_says_so(empty_client) -> None:
    text = empty_client.get("/describe?words=slow").text
    assert "getting to know the catalogue" in text
    assert 'hx-trigger="every 2s"' in text


PIECES = st.lists(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6).filter(
        lambda one: one.casefold() not in {"and", "but", "or"}
    ),
    min_size=1,
    max_size=6,
)


@given(PIECES, st.sampled_from([", ", " , ", "; ", " "]))
def test_every_piece_is_found_where_it_stands(pieces, between) -> None:
    text = between.join(pieces)
    found = spans(text, pieces)
    assert [text[start:end] for start, end in found] == pieces
    ends = [end for span in found for end in span]
    assert ends == sorted(ends)


@given(PIECES, st.integers(0, 5))
def test_what_is_left_out_leaves_the_others_as_they_are(pieces, place) -> None:
    place %= len(pieces)
    said = Understood(
        text=", ".join(pieces), phrases=tuple(Phrase(one, "quality", "") for one in pieces)
    )
    left = [one for number, one in enumerate(pieces) if number != place]
    assert parts(said)[place].without == ", ".join(left)


@pytest.mark.parametrize(
    ("text", "piece", "new", "made"),
    [
        ("slow, and minor, but happy", "minor", "", "slow, but happy"),
        ("slow and minor", "minor", "", "slow"),
        ("like Vela Moor but calmer", "like Vela Moor", "", "calmer"),
        ("calm", "calm", "", ""),
        ("calm, loud", "calm", "very calm", "very calm, loud"),
    ],
)
def test_a_phrase_goes_with_its_comma(text, piece, new, made) -> None:
    (place,) = spans(text, [piece])
    assert replaced(text, place, new) == made
