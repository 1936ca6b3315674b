"""The grammar, piece by piece, against a hundred tracks whose numbers are their rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segue.errors import BadRequestError
from segue.recommend.artists import ByArtist
from segue.records import Filters
from segue.words import understand
from segue.words.amounts import amount
from segue.words.lexicon import Lexicon
from segue.words.tokens import tokens
from segue.words.understood import UNKNOWN, UNUSED, Named, Target
from wordings import lexicon_of, planted
from worlds import make_corpus


def target(lexicon: Lexicon, text: str, number: str) -> Target:
    found = {one.number: one for one in understand(text, lexicon).targets}
    return found[number]


def test_words_are_measured_by_the_quantiles_of_the_catalogue(hundred: Lexicon) -> None:
    fast = target(hundred, "fast", "tempo")
    assert (fast.least, fast.most) == (pytest.approx(60 + 74, abs=1), None)
    assert target(hundred, "very fast", "tempo").least == pytest.approx(60 + 89, abs=1)
    assert target(hundred, "slow", "tempo").most == pytest.approx(60 + 25, abs=1)
    middle = target(hundred, "mid-tempo", "tempo")
    assert (middle.least, middle.most) == (pytest.approx(93, abs=1), pytest.approx(126, abs=1))
    bit = target(hundred, "a bit fast", "tempo")
    assert bit.least is not None
    assert bit.most is not None
    assert fast.least is not None
    assert bit.least < fast.least


def test_what_is_so_or_not_goes_by_fixed_limits(hundred: Lexicon) -> None:
    assert target(hundred, "instrumental", "instrumentalness").least == 0.5
    assert target(hundred, "with vocals", "instrumentalness").most == 0.1
    assert target(hundred, "no vocals", "instrumentalness").least == 0.5
    assert target(hundred, "not instrumental", "instrumentalness").most == 0.5


@pytest.mark.parametrize(
    ("text", "end", "bound"),
    [
        ("not calm", "least", 0.25),
        ("not very calm", "least", 0.25),
        ("not energetic", "most", 0.74),
        ("high energy", "least", 0.74),
        ("low energy", "most", 0.25),
    ],
)
def test_not_is_all_the_rest(hundred: Lexicon, text: str, end: str, bound: float) -> None:
    assert getattr(target(hundred, text, "energy"), end) == pytest.approx(bound, abs=0.011)


def test_comparisons_are_measured_by_what_is_named(hundred: Lexicon) -> None:
    found = understand("like The Middle Band but calmer", hundred)
    assert found.like == (Named("artist", "The Middle Band"),)
    (calmer,) = found.targets
    assert calmer.most is not None
    assert calmer.most < 0.41
    assert calmer.value <= calmer.most
    much, bit = (target(hundred, f"like The Middle Band, {degree} calmer", "energy")
                 for degree in ("much", "a bit"))  # fmt: skip
    assert much.most is not None
    assert bit.most is not None
    assert much.most < calmer.most < bit.most < 0.41
    assert bit.least is not None
    by_row = understand("calmer", hundred, beside=[80]).targets[0]
    assert by_row.most is not None
    assert 0.25 < by_row.most < 0.80
    assert found.lens is None


def test_a_comparison_with_nothing_is_the_plain_word_and_says_so(hundred: Lexicon) -> None:
    (phrase,) = understand("calmer", hundred).phrases
    assert "nothing is named to compare with" in phrase.means
    assert target(hundred, "calmer", "energy") == target(hundred, "calm", "energy")


def test_nothing_is_beyond_the_last(hundred: Lexicon) -> None:
    top = understand("more energetic", hundred, beside=[99]).targets[0]
    assert top.least == pytest.approx(0.99)


def test_what_contradicts_is_left_out_and_said(hundred: Lexicon) -> None:
    found = understand("fast slow", hundred)
    assert [phrase.kind for phrase in found.phrases] == ["quality", UNUSED]
    assert "“fast” is said before" in found.phrases[1].means
    assert found.targets == understand("fast", hundred).targets
    assert understand("minor, in C major", hundred).phrases[1].kind == UNUSED
    assert understand("jazz, not jazz", hundred).phrases[1].kind == UNUSED
    assert understand("explicit but clean", hundred).phrases[1].kind == UNUSED


def test_ranges_of_one_number_meet(hundred: Lexicon) -> None:
    found = target(hundred, "fast, 100-140 bpm", "tempo")
    assert (found.least, found.most, found.firm) == (pytest.approx(134, abs=1), 140.0, True)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("jazz", Filters(genres=("jazz",))),
        ("jazz or death metal", Filters(genres=("jazz", "death-metal"))),
        ("metal but not death metal", Filters(genres=("metal",), exclude_genres=("death-metal",))),
        ("r&b", Filters(genres=("r-n-b",))),
        ("RnB", Filters(genres=("r-n-b",))),
        ("hiphop", Filters(genres=("hip-hop",))),
        ("party", Filters(genres=("party",))),
        ("by The Middle Band", Filters(artists=("The Middle Band",))),
        ("no Calm Harbour", Filters(exclude_artists=("Calm Harbour",))),
        ("in A minor", Filters(key=9, mode=0)),
        ("8A", Filters(key=9, mode=0)),
        ("F# major", Filters(key=6, mode=1)),
        ("H minor", Filters(key=11, mode=0)),
        ("in the key of H", Filters(key=11)),
        ("a minor song", Filters(mode=0)),
        ("in a minor key", Filters(mode=0)),
        ("compatible with 8B", Filters(key=0, mode=1, compatible_keys=True)),
        ("1970s", Filters(year_from=1970, year_to=1979)),
        ("from the 60s and 70s", Filters(year_from=1960, year_to=1979)),
        ("since 1990", Filters(year_from=1990)),
        ("not before 1990", Filters(year_from=1990)),
        ("under 3 minutes", Filters(seconds_to=180.0)),
        ("playable", Filters(playable=True)),
        ("no swearing", Filters(explicit=False)),
    ],
)
def test_conditions(hundred: Lexicon, text: str, filters: Filters) -> None:
    found = understand(text, hundred)
    assert found.filters == filters
    assert found.targets == ()


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("Calm Harbour", "Calm Harbour"),
        ("like Tyler, the Maker, fast", "Tyler, the Maker"),
        ("ac/de", "ÀC/DÉ"),
        ("acde", "ÀC/DÉ"),
        ("like bob marlow", "Bob Marlow & The Winds"),
        ('like "Slow Jazz"', "Slow Jazz"),
        ("purple rain falls", "Artist 99 – Purple Rain Falls - Remastered 2011"),
        ("like Artist 99 – Purple Rain Falls", "Artist 99 – Purple Rain Falls - Remastered 2011"),
        ("Purple Rain Falls by Artist 99", "Artist 99 – Purple Rain Falls - Remastered 2011"),
        ("like t00012", "Artist 12 – Song 12"),
    ],
)
def test_names_are_found(hundred: Lexicon, text: str, like: str) -> None:
    if text.endswith("t00012"):
        text = 'like "t00012"'
    assert [one.name for one in understand(text, hundred).like] == [like]


def test_a_name_made_of_terms_is_not_meant_unless_said(hundred: Lexicon) -> None:
    assert understand("slow jazz", hundred).like == ()
    assert understand("slow jazz", hundred).filters.genres == ("jazz",)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("🎵🎶", ["🎵🎶"]),
        ("calm 🎸 jazz 👩🏽‍🎤", ["🎸", "👩🏽‍🎤"]),
        ("♥ jazz", ["♥"]),
        ("not 😀, jazz", ["not 😀"]),
        *((lone, [lone]) for lone in ("not", "no", "more", "less", "very", "only", "like", "by",
                                      "unlike", "preferably", "a bit", "than")),
        ("jazz, very", ["very"]),
        ("not, jazz", ["not"]),
        ("more and more", ["more", "more"]),
        ("not the music", ["not the music"]),
        ("jazz, by", ["by"]),
        ("-1 bpm", ["-1 bpm"]),
        ("H# minor", ["H"]),
    ],
)  # fmt: skip
def test_what_stands_alone_or_is_a_picture_is_said_to_be_unknown(
    hundred: Lexicon, text: str, unknown: list[str]
) -> None:
    assert [one.text for one in understand(text, hundred).unknown] == unknown


@pytest.mark.parametrize(
    "text",
    ["quite a nice jazz song", "jazz, please!", "some jazz too", "not calm or loud", "just jazz",
     "neither calm nor loud", "a very good song of jazz", "calm (jazz)", "B♭ major",
     "I want more jazz", "not very calm", "like The Middle Band: jazz"],
)  # fmt: skip
def test_small_words_with_something_to_hold_for_are_not_complained_of(
    hundred: Lexicon, text: str
) -> None:
    assert understand(text, hundred).unknown == ()


def test_what_songs_are_about_is_no_artist() -> None:
    love = lexicon_of([planted(row, "Love" if row % 9 == 1 else "") for row in range(20)])
    for text in ("love songs", "sad love songs", "Love song"):
        found = understand(text, love)
        assert (found.like, found.tags) == ((), ("love",)), text
    for text in ("like Love", "songs like Love", "Love"):
        assert understand(text, love).like == (Named("artist", "Love"),), text
    assert understand("love songs by Love", love).filters.artists == ("Love",)


def test_other_readings_are_offered(hundred: Lexicon) -> None:
    (sad,) = understand("sad", hundred).phrases
    assert sad.near == ('genre "sad"',)
    assert understand('genre "sad"', hundred).filters.genres == ("sad",)


def test_labels_emotions_and_topics(hundred: Lexicon) -> None:
    assert understand("rainy", hundred).tags == ("rainy",)
    assert understand("mood joy", hundred).emotion == "joy"
    assert understand("about rivers", hundred).tags == ("rivers",)
    assert understand("about rivers", hundred).lens == {"text": 1.0}


def test_languages_are_those_of_the_catalogue() -> None:
    corpus = replace(make_corpus([planted(row) for row in range(9)]), languages={3: "fra", 4: "en"})
    lexicon = Lexicon(corpus, ByArtist(corpus))
    assert understand("slow, in French", lexicon).filters.languages == ("fra",)
    assert understand("in Polish", lexicon).filters.languages == ()


def test_the_lens_is_of_just_what_is_said(hundred: Lexicon) -> None:
    found = understand("slow, minor, acoustic", hundred).lens
    assert found is not None
    assert set(found) == {"tempo", "mode", "acousticness"}


@pytest.mark.parametrize(
    ("text", "near"),
    [("acoustc", "acoustic"), ("melancolic", "melancholic"), ("like Calm Harbor", "Calm Harbour")],
)
def test_what_is_unknown_is_said_with_what_is_near(hundred: Lexicon, text: str, near: str) -> None:
    (phrase,) = understand(text, hundred).unknown
    assert near in phrase.near


def test_words_in_a_row_that_nobody_knows_are_looked_up_one_by_one(hundred: Lexicon) -> None:
    (phrase,) = understand("acoustc melancolic", hundred).unknown
    assert {"acoustic", "melancholic"} <= set(phrase.near)


def test_only_and_preferably_say_how_much_is_insisted_on(hundred: Lexicon) -> None:
    assert not target(hundred, "calm", "energy").firm
    assert target(hundred, "only calm", "energy").firm
    assert target(hundred, "120 bpm", "tempo").firm
    assert not target(hundred, "preferably 120 bpm", "tempo").firm


def test_what_no_track_has_is_left_out_and_said(hundred: Lexicon) -> None:
    bare = lexicon_of([planted(row, year=None, popularity=None) for row in range(5)])
    found = understand("1970s, popular, calm", bare)
    assert [one.kind for one in found.phrases] == [UNUSED, UNUSED, "quality"]
    assert "the year of no track is known" in found.phrases[0].means
    assert found.filters == Filters()


def test_every_part_of_a_text_is_told_what_it_was_taken_for(hundred: Lexicon) -> None:
    text = "slow, like The Middle Band, 1970s, not metal, asdf"
    found = understand(text, hundred)
    assert [one.text for one in found.phrases] == [
        "slow", "like The Middle Band", "1970s", "not metal", "asdf",
    ]  # fmt: skip
    assert all(one.means for one in found.phrases)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x01", "\ud800"])
def test_nothing_is_no_description(hundred: Lexicon, text: str) -> None:
    with pytest.raises(BadRequestError, match="nothing is said"):
        understand(text, hundred)


def test_ten_thousand_words_are_too_many(hundred: Lexicon) -> None:
    with pytest.raises(BadRequestError, match="10,000 words in 49,999 characters"):
        understand(" ".join(["slow"] * 10_000), hundred)


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE tracks; --", '" OR 1=1', "<script>alert(1)</script>", "{{7*7}}",
        "夏の夜", "музыка", "موسيقى هادئة", "🎵🎶", "%s %d %n", "a" * 900, "-" * 500, '"' * 99,
    ],
)  # fmt: skip
def test_whatever_is_written_is_only_words(hundred: Lexicon, text: str) -> None:
    found = understand(text, hundred)
    assert {phrase.kind for phrase in found.phrases} <= {UNKNOWN}
    assert found.empty


@pytest.mark.parametrize(
    ("text", "number", "least", "most"),
    [
        ("100-120 bpm", "tempo", 100, 120),
        ("between 100 and 120 bpm", "tempo", 100, 120),
        ("120+ bpm", "tempo", 120, None),
        ("140 bpm or faster", "tempo", 140, None),
        ("140 bpm or slower", "tempo", None, 140),
        ("at most 90 bpm", "tempo", None, 90),
        ("around 3 minutes", "seconds", 153, 207),
        ("three to five minutes", "seconds", 180, 300),
        ("3 min 30 s", "seconds", 178.5, 241.5),
        ("3m30s", "seconds", 178.5, 241.5),
        ("3:30", "seconds", 178.5, 241.5),
        ("late eighties", "year", 1987, 1989),
        ("'90s", "year", 1990, 1999),
        ("2010's", "year", 2010, 2019),
        ("before the 80s", "year", None, 1979),
        ("after 1999", "year", 2000, None),
        ("1994-97", "year", 1994, 1997),
        ("from 1995", "year", 1995, 1995),
        ("from 1995 on", "year", 1995, None),
        ("energy 0.1 to 0.3", "energy", 0.1, 0.3),
        ("loudness -12 to -6", "loudness", -12, -6),
        ("loudness at least -12 db", "loudness", -12, None),
        ("popularity over 60", "popularity", 60, None),
    ],
)
def test_amounts(text: str, number: str, least: float | None, most: float | None) -> None:
    parts = tokens(text)
    found = amount(parts, 0)
    assert found is not None
    assert (found.number, found.least, found.most) == (number, least, most)
    assert found.taken == len(parts)


@pytest.mark.parametrize(
    "text",
    ["120", "two", "energy 80", "1e400 bpm", "-5", "from 120", "3000", "-1 bpm", "-120 bpm",
     "tempo -5", "over -1 bpm", "-3 minutes"],
)  # fmt: skip
def test_no_amounts(text: str) -> None:
    assert amount(tokens(text), 0) is None
