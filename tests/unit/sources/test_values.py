from __future__ import annotations

import pytest

from segue.sources import values


@pytest.mark.parametrize("cell", ["", " ", "nan", "NaN", "null", "None", "N/A", "-", "<NA>"])
@pytest.mark.parametrize(
    "parse",
    [
        values.number, values.fraction, values.tempo, values.loudness, values.key, values.mode,
        values.whole, values.year, values.flag, values.clock, values.seconds, values.own_id,
        values.spotify_id, values.isrc, values.musicbrainz_id, values.track_number,
    ],
)  # fmt: skip
def test_cells_that_say_nothing_are_unknown(parse, cell) -> None:
    assert parse(cell) is None


@pytest.mark.parametrize(
    ("parse", "cell", "expected"),
    [
        (values.fraction, "0.5", 0.5),
        (values.fraction, "1.01e-06", 1.01e-06),
        (values.percent, "83", 0.83),
        (values.percent, "7", 0.07),
        (values.popularity, "0", 0.0),
        (values.milliseconds, "230666", 230.666),
        (values.milliseconds, "0", None),
        (values.seconds, "230.5", 230.5),
        (values.clock, "03:47", 227.0),
        (values.clock, "1:02:33", 3753.0),
        (values.clock, "00:00", None),
        (values.loudness, "-6.85db", -6.85),
        (values.loudness, " -6.85 dB", -6.85),
        (values.loudness, "4.532", 4.532),
        (values.tempo, "0", None),
        (values.tempo, "0.0", None),
        (values.tempo, "105", 105.0),
        (values.whole, "4/4", 4),
        (values.whole, "3.0", 3),
        (values.whole, "0", None),
        (values.track_number, "3/12", 3),
        (values.track_number, "07", 7),
        (values.mode, "1.0", 1),
        (values.mode, "Minor", 0),
        (values.mode, "-1", None),
        (values.flag, "True", True),
        (values.flag, "No", False),
        (values.year, "2013", 2013),
        (values.year, "2013-04-29", 2013),
        (values.year, "29th April 2013", 2013),
        (values.year, "20130429", 2013),
        (values.year, "2013.0", 2013),
        (values.year, "0", None),
        (values.year, "0000-00-00", None),
        (values.spotify_id, "spotify:track:4iV5W9uYEdYUVa79Axb7Rh", "4iV5W9uYEdYUVa79Axb7Rh"),
        (
            values.spotify_id,
            "https://open.spotify.com/intl-de/track/4iV5W9uYEdYUVa79Axb7Rh?si=1",
            "4iV5W9uYEdYUVa79Axb7Rh",
        ),
        (values.spotify_id, "spotify:local:a:b:c:1", None),
        (values.isrc, "gb-aye-68-00462", "GBAYE6800462"),
        (
            values.musicbrainz_id,
            "https://musicbrainz.org/recording/8B882575-08A5-4452-A7A7-CBB8A1531F9E",
            "8b882575-08a5-4452-a7a7-cbb8a1531f9e",
        ),
    ],
)
def test_a_cell_is_read_in_its_unit(parse, cell, expected) -> None:
    assert parse(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("7", (7, None)),
        ("8.0", (8, None)),
        ("-1", None),
        ("D min", (2, 0)),
        ("A# Maj", (10, 1)),
        ("Bb major", (10, 1)),
        ("F#m", (6, 0)),
        ("C♯", (1, None)),
        ("Cb maj", (11, 1)),
    ],
)
def test_keys_are_numbers_or_names(cell, expected) -> None:
    assert values.key(cell) == expected


@pytest.mark.parametrize(
    ("parse", "cell", "reason"),
    [
        (values.fraction, "7", "is not from 0 to 1"),
        (values.fraction, "inf", "is not from 0 to 1"),
        (values.fraction, "loud", "is not a number"),
        (values.fraction, "0,5", "is not a number"),
        (values.number, "1_000", "is not a number"),
        (values.tempo, "-3", "is not from 10 to 1000"),
        # Tempo as one spread of the 900,000 rows has it, scaled to 0..1.
        (values.tempo, "0.4378698225", "is not from 10 to 1000"),
        (values.key, "99", "is not from -1 to 11, and no key such as 'F# min'"),
        (values.key, "1.5", "is not a whole number"),
        (values.mode, "2", "is not 0, 1, minor or major"),
        (values.whole, "4/x", "is not a time signature"),
        (values.clock, "347", "is not minutes:seconds"),
        (values.flag, "maybe", "is neither yes nor no"),
        (values.year, "12", "holds no year"),
        (values.year, "3013", "holds no year"),
        (values.spotify_id, "two words", "is not a Spotify track"),
        (values.isrc, "12345", "is not an ISRC"),
        (values.musicbrainz_id, "12345", "is not a MusicBrainz id"),
        (values.text, "a\0b", "holds a NUL character"),
    ],
)
def test_a_cell_that_is_something_else_says_so(parse, cell, reason) -> None:
    with pytest.raises(ValueError, match=reason.replace("(", r"\(")):
        parse(cell)


@pytest.mark.parametrize(
    ("parse", "cell", "expected"),
    [
        (values.names, "Ada Vale;Bo Finn", ("Ada Vale", "Bo Finn")),
        (values.names, "['Ada Vale', \"Bo's Band\"]", ("Ada Vale", "Bo's Band")),
        (values.names, "'Ada Vale', 'Bo Finn'", ("Ada Vale", "Bo Finn")),
        (values.names, "[Alexandros]", ("[Alexandros]",)),
        (values.names, "Ada Vale, Jr.", ("Ada Vale, Jr.",)),
        (values.names, "Ada Vale feat. Bo Finn", ("Ada Vale", "Bo Finn")),
        (values.names, "[]", None),
        (values.names, "[__import__('os').getcwd()]", ("[__import__('os').getcwd()]",)),
        (values.names, "nan", None),
        (values.names_by_comma, "$ade,Bo Finn", ("$ade", "Bo Finn")),
        (values.names_by_comma, "Tyler, The Maker,Bo", ("Tyler, The Maker", "Bo")),
        (values.genres, "rock; dream pop", ("rock", "dream pop")),
        (values.genres, "R&B / Soul", ("R&B", "Soul")),
        (values.genres, "AC/DC-like", ("AC/DC-like",)),
        (values.words_by_comma, "hip hop,trap, cloud rap", ("hip hop", "trap", "cloud rap")),
    ],
)
def test_lists_are_parted_by_what_cannot_be_part_of_a_name(parse, cell, expected) -> None:
    assert parse(cell) == expected


def test_a_deeply_nested_list_is_just_a_name() -> None:
    nested = "[" * 5_000 + "]" * 5_000
    assert values.names(nested) == (nested,)


def test_values_in_messages_are_short_and_on_one_line() -> None:
    shown = values.shorten("a\n" + "b" * 10_000_000)
    assert len(shown) < 70
    assert "\n" not in shown
