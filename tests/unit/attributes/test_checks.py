"""What cannot be learned is refused before anything is trained, naming the culprit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.attributes.checks import (
    check_features,
    check_inner_sides,
    check_sides,
    check_targets,
    check_training,
    fewest,
    gaps,
    known_rows,
    unlearnable,
)
from segue.attributes.examples import COLUMNS, Examples
from segue.attributes.targets import MUSICAL, Group, Target, TargetSet
from segue.errors import BadRequestError, BadTableError
from segue.evaluation.splits import folds

POWER = Target("power", "number", "power", low=0.0, high=1.0)
MOOD = Target("mood", "class", "mood", labels=("calm", "happy", "sad"))
BOTH = TargetSet("own", (Group("numbers", (POWER,)), Group("classes", (MOOD,))))


def examples(rows: int = 12, **changed: object) -> Examples:
    """Tracks that can be learned from."""
    rng = np.random.default_rng(1)
    made = Examples(
        ids=tuple(f"t{row}" for row in range(rows)),
        names=("a", "b", "c"),
        features=rng.normal(size=(rows, 3)).astype(np.float32),
        values={"power": rng.random(rows), "mood": np.arange(rows) % 3.0},
        artists=tuple(f"artist {row % 6}" for row in range(rows)),
        inputs=COLUMNS,
        source="my.csv",
        digest="",
        labels={},
    )
    return replace(made, **changed)


def changed(column: str, values: object) -> Examples:
    sound = examples()
    return replace(sound, values={**sound.values, column: np.asarray(values, dtype=float)})


def test_sound_examples_pass() -> None:
    check_training(examples(), BOTH, folds=5)


@pytest.mark.parametrize(("value", "said"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
def test_features_that_are_no_numbers(value: float, said: str) -> None:
    broken = examples()
    broken.features[4, 1] = value
    with pytest.raises(BadTableError, match=f"the feature 'b' of t4 is {said}, which is no number"):
        check_training(broken, BOTH, folds=5)
    broken.features[7, 0] = np.nan
    with pytest.raises(BadTableError, match=r"no number \(2 rows have such features\)"):
        check_features(broken)


def test_a_constant_column_of_a_table_is_refused_and_a_constant_descriptor_is_not() -> None:
    constant = examples()
    constant.features[:, 1] = 3
    with pytest.raises(BadTableError, match=r"the column 'b' holds the same.*--without 'b'"):
        check_training(constant, BOTH, folds=5)
    constant.features[:, 2] = 0
    with pytest.raises(BadTableError, match="the columns 'b', 'c' hold the same"):
        check_training(constant, BOTH, folds=5)
    check_training(replace(constant, inputs="descriptors 2, 30 s"), BOTH, folds=5)


def test_a_constant_target() -> None:
    with pytest.raises(BadTableError, match=r"the target 'power' is 0.5 in every row.*--target"):
        check_training(changed("power", [0.5] * 11 + [np.nan]), BOTH, folds=5)
    with pytest.raises(BadTableError, match="the target 'mood' is 'happy' in every row"):
        check_training(changed("mood", [1] * 12), BOTH, folds=5)


def test_a_target_of_which_nothing_is_known() -> None:
    with pytest.raises(BadTableError, match="nothing is known of the target 'mood'"):
        check_training(changed("mood", [np.nan] * 12), BOTH, folds=5)
    missing = replace(examples(), values={"mood": examples().values["mood"]})
    with pytest.raises(BadTableError, match="nothing is known of the target 'power'"):
        check_training(missing, BOTH, folds=5)


def test_a_class_with_one_member_or_none() -> None:
    with pytest.raises(BadTableError, match="'mood' needs 3 members or more: 'sad' has one"):
        check_training(changed("mood", [0, 1] * 5 + [0, 2]), BOTH, folds=5)
    with pytest.raises(BadTableError, match="'calm' has none"):
        check_training(changed("mood", [1, 2] * 6), BOTH, folds=5)
    with pytest.raises(BadTableError, match="needs 4 members or more: 'sad' has 3"):
        check_training(changed("mood", [0, 1, 0, 1] * 2 + [0, 2, 2, 2]), BOTH, folds=2)


@given(members=st.integers(1, 30), count=st.integers(2, 10), seed=st.integers(0, 99))
def test_enough_members_are_left_whichever_fold_is_kept_back(
    members: int, count: int, seed: int
) -> None:
    codes = np.concatenate([np.zeros(40), np.ones(members)])
    if members < fewest(count):
        return
    for train, _ in folds(len(codes), count=count, seed=seed, classes=codes):
        assert codes[train].sum() >= 2
        folds(len(train), count=count, seed=seed, classes=codes[train])


def test_a_key_that_is_learned_with_the_mode_may_be_rare() -> None:
    together = next(group for group in MUSICAL.groups if group.name == "key-mode")
    key, mode = together.targets
    played = examples(values={"key": np.arange(12) % 7.0, "mode": np.arange(12) // 6 % 2.0})
    check_training(played, TargetSet("own", (together,)), folds=3)
    apart = TargetSet("own", (Group("key", (key,)), Group("mode", (mode,))))
    with pytest.raises(BadTableError, match="every class of 'key' needs 3 members or more"):
        check_training(played, apart, folds=3)


def test_a_class_of_one_artist() -> None:
    sound = examples()
    artists = tuple("Ada" if row % 3 == 2 and row > 2 else f"artist {row % 6}" for row in range(12))
    with pytest.raises(BadTableError, match="3 of 4 members of the class 'sad' of 'mood' are by"):
        check_training(replace(sound, artists=artists), BOTH, folds=3)
    blank = tuple("" if artist == "Ada" else artist for artist in artists)
    check_training(replace(sound, artists=blank), BOTH, folds=3)


def test_folds_that_leave_too_little_of_a_class_are_refused() -> None:
    rows = np.arange(12)
    even = [(rows[rows % 4 != each], rows[rows % 4 == each]) for each in range(4)]
    for group in BOTH.groups:
        check_sides(examples(), group, even)
    sad = rows % 3 == 2
    kept = [(rows[~sad], rows[sad]), (rows[sad], rows[~sad])]
    with pytest.raises(BadTableError, match="fold 1 of 2 is kept back, 'sad' of 'mood' has none"):
        check_sides(examples(), BOTH.groups[1], kept)


def test_fewer_rows_than_folds() -> None:
    few = changed("power", [0.1, 0.2, 0.3, 0.4] + [np.nan] * 8)
    with pytest.raises(
        BadTableError, match=r"power: known of 4 rows, which are fewer than 5 folds"
    ):
        check_training(few, BOTH, folds=5)
    check_training(few, BOTH, folds=4)
    with pytest.raises(BadRequestError, match="1 folds leave nothing"):
        check_training(few, BOTH, folds=1)


def test_fewer_artists_than_folds() -> None:
    numbers = TargetSet("own", BOTH.groups[:1])
    three = replace(examples(), artists=tuple(f"artist {row % 3}" for row in range(12)))
    with pytest.raises(BadTableError, match=r"by 3 artists, which are fewer than 5 folds"):
        check_training(three, numbers, folds=5)
    check_training(replace(three, artists=None), numbers, folds=5)
    unknown = replace(three, artists=("", "", *three.artists[2:]))
    check_training(unknown, numbers, folds=5)


def test_rows_without_a_target_are_left_out_for_its_group_alone() -> None:
    partly = changed("power", [np.nan, 7.0, *np.linspace(0, 1, 10)])
    np.testing.assert_array_equal(known_rows(partly, BOTH.groups[0]), np.arange(2, 12))
    assert len(known_rows(partly, BOTH.groups[1])) == 12
    assert gaps(partly, BOTH) == ("power: known of 10 of 12 rows.",)


def test_what_can_be_learned_is_told_by_target() -> None:
    assert unlearnable(examples(), POWER, folds=5) == ""
    tempo = MUSICAL.targets[-1]
    known = examples(values={"tempo": np.array([70, 75, 90, 95, 110, 115] * 2, dtype=float)})
    assert "'120–140 BPM' has none" in unlearnable(known, tempo, folds=5)


def test_a_training_side_needs_rows_and_artists_for_as_many_folds_again() -> None:
    power, rows = BOTH.groups[0], np.arange(12)
    few = [(rows[:2], rows[2:4]), (rows[2:4], rows[:2]), (rows[:4], rows[:0])]
    with pytest.raises(
        BadTableError,
        match=r"my.csv: power: when fold 1 of 3 is kept back, 2 rows remain, too few .* 3 in turn"
        r"\. Add tracks, or ask for fewer with --folds",
    ):
        check_sides(examples(artists=None), power, few)
    pairs = examples(artists=tuple(f"artist {row // 4}" for row in rows))
    whole = [(rows[rows // 4 != each], rows[rows // 4 == each]) for each in range(3)]
    with pytest.raises(BadTableError, match=r"2 artists remain.*tracks by other artists"):
        check_sides(pairs, power, whole)
    alone = replace(pairs, artists=("Ada",) * 12)
    with pytest.raises(BadTableError, match="1 artist remains, too few"):
        check_sides(alone, power, whole)
    unknown = replace(pairs, artists=("",) * 12)
    check_sides(unknown, power, whole)


def test_a_number_that_is_the_same_on_a_training_side() -> None:
    nearly = changed("power", [0.25, 0.75, *[0.5] * 10])
    rows, power = np.arange(12), BOTH.groups[0]
    sides = [(rows[1:], rows[:1]), (rows[2:], rows[:2])]
    with pytest.raises(
        BadTableError, match=r"fold 2 of 2 is kept back, the target 'power' is 0.5 in every row"
    ):
        check_sides(nearly, power, sides)
    check_sides(nearly, power, [sides[0], sides[0]])
    with pytest.raises(
        BadTableError,
        match=r"fold 3 of 2 is kept back, and part 2 of the rest, the target 'power' is 0.5",
    ):
        check_inner_sides(nearly, power, sides, fold=3)


def test_a_class_may_be_absent_from_an_inner_side_but_two_must_be_there() -> None:
    rows, mood = np.arange(12), BOTH.groups[1]
    two, one = rows[rows % 3 != 2], rows[rows % 3 == 0]
    check_inner_sides(examples(), mood, [(two, one)] * 2, fold=1)
    with pytest.raises(
        BadTableError,
        match=r"fold 1 of 2 is kept back, and part 2 of the rest, the target 'mood' is 'calm' in"
        r" every row that remains.*--folds",
    ):
        check_inner_sides(examples(), mood, [(two, one), (one, two)], fold=1)


def test_a_turned_key_may_be_the_same_on_a_side_and_its_mode_may_not() -> None:
    together = next(group for group in MUSICAL.groups if group.name == "key-mode")
    rows = np.arange(12)
    played = examples(values={"key": np.zeros(12), "mode": rows % 2.0})
    check_inner_sides(played, together, [(rows, rows[:0])] * 2, fold=1)
    major = rows[rows % 2 == 1]
    with pytest.raises(BadTableError, match="the target 'mode' is 'major' in every row"):
        check_inner_sides(played, together, [(major, rows)] * 2, fold=1)


def test_targets_that_no_model_could_hold() -> None:
    check_targets(BOTH, where="my.csv")
    twins = TargetSet("own", (Group("one", (POWER,)), Group("one", (MOOD,))))
    with pytest.raises(BadTableError, match=r"my.csv: no model .* two groups of one name\. Give"):
        check_targets(twins, where="my.csv")
    long = TargetSet("own", (Group("歌" * 30, (MOOD,)),))
    with pytest.raises(BadTableError, match=r"after which no file can be named.*short name"):
        check_targets(long, where="my.csv")
