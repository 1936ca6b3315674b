"""Targets of a table: the eleven by their names, any other column by what it holds."""

from __future__ import annotations

import numpy as np
import pytest

from segue.attributes import choosing
from segue.attributes.targets import MUSICAL
from segue.errors import BadRequestError, BadTableError
from segue.sources.example_tables import Columns, read_examples


@pytest.fixture
def choose(tmp_path):
    """A function that reads a table for targets and chooses them."""

    def call(text: str, *names: str, **columns: object) -> choosing.Chosen:
        asked = choosing.parted(names)
        path = tmp_path / "my.csv"
        path.write_text(text, encoding="utf-8")
        wanted = Columns(attributes=asked.attributes, texts=asked.columns, features=(), **columns)
        table = read_examples(path, columns=wanted)
        return choosing.choose(table, names, without=wanted.without)

    return call


def test_asked_for_nothing_it_takes_those_of_the_eleven_that_are_there(choose) -> None:
    chosen = choose("id,energy,tempo,mode\n1,0.5,120,1\n2,0.25,90,0\n")
    assert chosen.targets.name == MUSICAL.name
    assert [group.name for group in chosen.targets.groups] == ["energy-mood", "key-mode", "tempo"]
    assert [target.name for target in chosen.targets.targets] == ["energy", "mode", "tempo_bin"]
    assert chosen.targets.targets[0] == MUSICAL.targets[0]
    np.testing.assert_array_equal(chosen.values["tempo"], [120, 90])
    (note,) = chosen.notes
    assert note == (
        "The table has no column for valence, danceability, loudness, acousticness,"
        " instrumentalness, liveness, speechiness, key."
    )


def test_what_was_left_out_is_not_said_to_be_missing(choose) -> None:
    chosen = choose("id,energy,mode\n1,0.5,1\n2,0.25,0\n", without=("mode",))
    assert [target.name for target in chosen.targets.targets] == ["energy"]
    assert "mode" not in chosen.notes[0]


def test_the_eleven_can_be_asked_for_by_name(choose) -> None:
    chosen = choose("id,energy,tempo,mode\n1,0.5,120,1\n", "tempo_bin", "mode")
    assert [target.name for target in chosen.targets.targets] == ["mode", "tempo_bin"]
    assert chosen.notes == ()


def test_other_columns_are_numbers_or_classes_by_what_they_hold(choose) -> None:
    text = "id,Calm Ness,fun,mood\n1,0.5,7,sad\n2,0.25,-3,happy\n3,,2, sad \n4,0.1,,\n"
    chosen = choose(text, "Calm Ness", "fun", "mood")
    assert chosen.targets.name == "own"
    assert [group.name for group in chosen.targets.groups] == ["numbers", "classes"]
    calm, fun, mood = chosen.targets.targets
    assert (calm.name, calm.column, calm.kind) == ("calm_ness", "Calm Ness", "number")
    assert (calm.low, calm.high, calm.scale) == (0.0, 1.0, "plain")
    assert (fun.low, fun.high) == (-np.inf, np.inf)
    assert (mood.kind, mood.labels) == ("class", ("happy", "sad"))
    np.testing.assert_array_equal(chosen.values["mood"], [1, 0, 1, np.nan])
    np.testing.assert_array_equal(chosen.values["fun"], [7, -3, 2, np.nan])
    assert chosen.labels == {"mood": ("happy", "sad")}


def test_shares_that_pile_up_at_their_ends_are_learned_by_rank(choose) -> None:
    text = "id,x\n" + "".join(f"{n},{0 if n < 4 else n / 20}\n" for n in range(12))
    assert choose(text, "x").targets.targets[0].scale == "rank"


def test_the_eleven_and_others_stand_side_by_side(choose) -> None:
    chosen = choose("id,energy,power\n1,0.5,0.1\n2,0.2,0.3\n", "power", "energy")
    assert [group.name for group in chosen.targets.groups] == ["energy-mood", "numbers"]


def test_a_cell_of_text_among_numbers_is_refused_by_name(choose) -> None:
    with pytest.raises(BadTableError, match="'fun' holds 'oops' among 3 numbers"):
        choose("id,fun\n1,1\n2,2\n3,3\n4,oops\n", "fun")


def test_a_column_of_names_is_no_class(choose) -> None:
    text = "id,mood\n" + "".join(f"{n},mood {n}\n" for n in range(51))
    with pytest.raises(BadTableError, match="51 different texts, too many for a class"):
        choose(text, "mood")


def test_targets_the_table_has_no_column_for_are_refused(choose) -> None:
    with pytest.raises(BadTableError, match=r"no column says tempo.*--map tempo="):
        choose("id,energy\n1,0.5\n", "tempo_bin")
    with pytest.raises(BadTableError, match="no column 'joy'"):
        choose("id,energy\n1,0.5\n", "joy")
    with pytest.raises(BadTableError, match="no column holds anything to be learned"):
        choose("id,x\n1,0.5\n")
    with pytest.raises(BadRequestError, match="'energy' is asked for twice"):
        choose("id,energy\n1,0.5\n", "energy", "energy")


def test_columns_that_would_be_called_the_same_are_refused(choose) -> None:
    with pytest.raises(BadTableError, match="'a b' and 'A-B' would both be called 'a_b'"):
        choose("id,a b,A-B\n1,1,2\n2,2,3\n", "a b", "A-B")


def test_for_a_known_model_classes_keep_their_codes(choose, tmp_path) -> None:
    learned = choose("id,mood,fun\n1,calm,1\n2,happy,2\n3,sad,3\n", "mood", "fun").targets
    path = tmp_path / "other.csv"
    path.write_text("id,mood,x\n1,sad,1\n2,furious,2\n3,,3\n", encoding="utf-8")
    table = read_examples(path, columns=Columns(perhaps=("mood", "fun"), features=()))
    known = choosing.known(learned, table)
    assert known.targets == learned
    np.testing.assert_array_equal(known.values["mood"], [2, np.nan, np.nan])
    assert "fun" not in known.values
    assert known.notes == (
        "1 rows hold in 'mood' what is no value of the target; they are not judged there.",
    )


def test_for_a_known_model_numbers_beyond_its_ends_count_as_unknown_and_are_told(
    choose, tmp_path
) -> None:
    learned = choose("id,fun,joy\n1,0.1,0\n2,0.2,1\n3,0.9,0.5\n", "fun", "joy").targets
    path = tmp_path / "other.csv"
    path.write_text("id,fun,joy\n1,70,0.5\n2,-1,1\n3,1,1.01\n4,1.5,\n", encoding="utf-8")
    table = read_examples(path, columns=Columns(perhaps=("fun", "joy"), features=()))
    assert choosing.known(learned, table).notes == (
        "3 values of fun are outside 0 to 1 and count as unknown.",
        "1 value of joy is outside 0 to 1 and counts as unknown.",
    )
