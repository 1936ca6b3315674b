"""Whatever is written is understood or refused, and what is understood can be written again."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import BadRequestError
from segue.recommend.artists import ByArtist
from segue.records import Between, Filters
from segue.spaces.weighable import KINDS
from segue.types import TrackId
from segue.words import MOST, understand
from segue.words.lexicon import Lexicon
from segue.words.tokens import cleaned
from segue.words.understood import ARTIST, TRACK, Named, Target, Understood
from segue.words.vocabulary import FLAGS, MODES, comparatives, qualities
from segue.words.written import as_words, document, understood_from
from worlds import make_corpus, planted_records

RECORDS = [
    replace(
        record,
        title=f"Song {row}" if row % 3 else f"The “Quoted” Song {row}",
        artists=(f"Band {row % 9}", *(("Simon & Ada",) if row % 5 == 0 else ())),
        year=1970 + row % 40,
        duration=100.0 + row,
        popularity=float(row % 100),
        explicit=row % 2 == 0,
        labels=(("emotion", ("joy", "anger")[row % 2]), ("tag", "rainy")),
    )
    for row, record in enumerate(planted_records(80))
]
CORPUS = make_corpus(RECORDS)
LEXICON = Lexicon(CORPUS, ByArtist(CORPUS), facets=tuple(KINDS))

WORDS = sorted(
    {word for word, _ in (*qualities(), *comparatives())}
    | set(MODES)
    | set(FLAGS)
    | set(LEXICON.genres.values())
)
NAMES = ("Band 3", "Simon & Ada", "Song 4", "Band 2 – Song 2", '"Band 1"', "Nobody at All")
AMOUNTS = (
    "100-120 bpm", "around 3 minutes", "1970s", "late 80s", "energy 0.2", "under 4 min", "8A",
    "in F♯ minor", "compatible with C major", "since 1990", "loudness -12 to -6", "130+ bpm",
)  # fmt: skip
OTHERS = ("rainy", "mood joy", "about rivers", "zyzzyva", "10 songs", "genre sad")
BEFORE = ("", "not ", "no ", "very ", "a bit ", "quite ", "more ", "less ", "only ", "preferably ")
LEADS = ("", "like ", "unlike ", "not like ", "by ", "not by ", "calmer than ")


@st.composite
def descriptions(draw: st.DrawFn) -> str:
    """Text as people may write it: parts of the grammar in any order."""
    part = st.one_of(
        st.builds("{}{}".format, st.sampled_from(BEFORE), st.sampled_from(WORDS)),
        st.builds("{}{}".format, st.sampled_from(LEADS), st.sampled_from(NAMES)),
        st.builds("{}{}".format, st.sampled_from(BEFORE), st.sampled_from(AMOUNTS)),
        st.sampled_from(OTHERS),
    )
    parts = draw(st.lists(part, min_size=1, max_size=8))
    joins = draw(
        st.lists(st.sampled_from((", ", " ", " and ", " but ", " or ")), min_size=8, max_size=8)
    )
    return "".join(one + join for one, join in zip(parts, joins, strict=False))


@given(st.text(max_size=300))
def test_any_text_is_understood_or_refused_in_a_sentence(text: str) -> None:
    try:
        found = understand(text, LEXICON)
    except BadRequestError:
        assert not "".join(text.split()) or not cleaned(text) or len(text.split()) > MOST
        return
    assert isinstance(found, Understood)
    assert found.phrases or found.empty
    for phrase in found.phrases:
        assert phrase.text
        assert phrase.means


@given(descriptions())
def test_what_is_understood_is_sound(text: str) -> None:
    found = understand(text, LEXICON)
    numbers = [target.number for target in found.targets]
    assert len(numbers) == len(set(numbers))
    for target in found.targets:
        ends = [one for one in (target.least, target.value, target.most) if one is not None]
        assert ends == sorted(ends)
        assert all(map(math.isfinite, ends))
    if found.lens is not None:
        assert sum(found.lens.values()) == pytest.approx(1, abs=1e-4)
        assert not found.like
    said = iter(phrase.text for phrase in found.phrases)
    assert all(one in text for one in said)


@given(descriptions())
def test_json_brings_the_same_back(text: str) -> None:
    found = understand(text, LEXICON)
    sent = json.loads(json.dumps(document(found), allow_nan=False))
    again = understood_from(sent)
    assert again == found
    assert again.phrases == found.phrases
    assert again.text == found.text


@given(descriptions())
def test_words_bring_the_same_back(text: str) -> None:
    found = understand(text, LEXICON)
    words = as_words(found)
    if found.empty:
        assert words == ""
        return
    again = understand(words, LEXICON)
    assert not again.unknown, words
    assert again == found, words


@given(descriptions())
def test_case_and_spaces_say_nothing(text: str) -> None:
    found = understand(text, LEXICON)
    spaced = understand(f"  {text}  ".replace(" ", "  "), LEXICON)
    assert spaced == found


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"colour": "blue"}, "there is no field 'colour'"),
        ({"filters": {"genre": ["x"]}}, "there is no field 'genre'"),
        ({"like": "Band 1"}, "'Band 1' is not a list"),
        ({"like": [{"kind": "band", "name": "Band 1"}]}, "'band' 'Band 1' is no seed"),
        ({"like": [{"kind": "artist"}]}, "name is missing"),
        ({"like": [{"kind": "artist", "name": ""}]}, "is no seed"),
        ({"targets": [{"number": "colour", "value": 1}]}, "there is no number 'colour'"),
        ({"targets": [{"number": "energy", "value": 2}]}, "energy is 2"),
        ({"targets": [{"number": "energy", "value": math.nan}]}, "is not a finite number"),
        ({"targets": [{"number": "energy", "value": "much"}]}, "'much' is not a number"),
        ({"targets": [{"number": "energy", "value": 0.2, "least": 0.5, "most": 0.1}]}, "no energy"),
        ({"targets": [{"number": "energy", "value": 0.2}] * 2}, "energy has two targets"),
        ({"filters": {"explicit": "no"}}, "'no' is not true or false"),
        ({"filters": {"year_from": 1990.5}}, "is not a whole number"),
        ({"lens": ["energy"]}, "is not an object"),
        ([], "is not an object"),
    ],
)
def test_what_is_sent_back_is_checked(changed: object, said: str) -> None:
    with pytest.raises(BadRequestError, match=said):
        understood_from(changed)  # type: ignore[arg-type]


def test_everything_can_be_sent_back() -> None:
    whole = Understood(
        like=(Named(ARTIST, "Band 1"), Named(TRACK, "", id="t00003")),
        unlike=(Named(ARTIST, "Band 2"),),
        targets=(Target("energy", 0.2), Target("tempo", 100.0, 90.0, 110.0, firm=True)),
        emotion="joy",
        tags=("rainy",),
        filters=Filters(
            genres=("rock",),
            key=3,
            between=(Between("valence", 0.1),),
            folders=("/music",),
            exclude_tracks=frozenset({TrackId("t00001"), TrackId("t00002")}),
        ),
        lens={"energy": 1.0},
    )
    assert understood_from(json.loads(json.dumps(document(whole)))) == whole
