"""Words for the numbers of one file: relative to music of many kinds."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from segue.descriptors.extract import COLUMNS, GROUPS
from segue.descriptors.ordinary import quartiles, word

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
_spec = importlib.util.spec_from_file_location("ordinary_make", GOLDEN / "ordinary_make.py")
_make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_make)
SHOWN = {name: group for name, group in GROUPS.items() if group.shown}


def test_every_shown_column_has_its_quartiles_and_no_other() -> None:
    assert set(quartiles()) == {group.shown for group in SHOWN.values()}
    assert all(low < high for low, high in quartiles().values())


@pytest.mark.parametrize("name", SHOWN)
def test_the_outer_quarters_have_a_word(name: str) -> None:
    group = SHOWN[name]
    low, high = quartiles()[group.shown]
    assert word(group, low) == group.low
    assert word(group, (low + high) / 2) == ""
    assert word(group, high) == group.high


def test_what_no_number_says_has_no_word() -> None:
    assert word(GROUPS["timbre"], 1e9) == ""


@pytest.mark.realdata
def test_on_clips_that_were_not_counted_the_words_are_neither_rare_nor_common(
    shared_data: Path,
) -> None:
    paths = _make.clips(shared_data / "audio", split="test")[::2]
    vectors = _make.described(paths)
    for name, group in SHOWN.items():
        values = vectors[:, COLUMNS[group.shown]]
        said = [word(group, float(value)) for value in values]
        for end in (group.low, group.high):
            assert 0.05 <= np.mean([each == end for each in said]) <= 0.5, (name, end)
