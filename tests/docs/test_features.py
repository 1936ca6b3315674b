"""The page of descriptors names every column, once."""

from __future__ import annotations

import importlib.util
import itertools
import re
from pathlib import Path

import pytest

from segue.descriptors.extract import FAMILIES, GROUPS, NAMES, PIPELINES
from segue.descriptors.summary import STATISTICS

DOCS = Path(__file__).resolve().parents[2] / "docs"
_spec = importlib.util.spec_from_file_location("docs_features", DOCS / "features.py")
features = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(features)
PAGE = (DOCS / "descriptors.md").read_text(encoding="utf-8")


def expanded(name: str) -> list[str]:
    """Every column a compressed name stands for."""
    parts = re.split(r"\{(.*?)\}", name)
    choices = [[part] if place % 2 == 0 else _listed(part) for place, part in enumerate(parts)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def _listed(braces: str) -> list[str]:
    if braces == "stat":
        return list(STATISTICS)
    first, dots, last = braces.partition("..")
    if dots:
        return [str(number) for number in range(int(first), int(last) + 1)]
    return braces.split(",")


def test_every_column_stands_on_the_page_once() -> None:
    rows = re.findall(r"^\| [a-z ]+ \| \d+ \| (`.*?`) \|", PAGE, flags=re.MULTILINE)
    assert len(rows) == len(GROUPS)
    named = [
        name for row in rows for each in re.findall(r"`(.*?)`", row) for name in expanded(each)
    ]
    assert len(named) == len(NAMES)
    assert set(named) == set(NAMES)


def test_the_totals_are_those_of_the_pipelines() -> None:
    counts = re.findall(r"\*\*(\d+)", PAGE.partition("## ")[0])
    assert [int(count) for count in counts] == [len(NAMES), *map(len, PIPELINES.values())]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_has_its_definitions_and_source(family) -> None:
    assert family.source in PAGE
    section = PAGE.partition(f"\n## {family.name}\n")[2].partition("\n## ")[0]
    assert len(section.partition("| group |")[0].split()) > 20


@pytest.mark.parametrize(
    ("columns", "written"),
    [
        (["level", "level_range"], ["level", "level_range"]),
        ([f"rms_{each}" for each in STATISTICS], ["rms_{stat}"]),
        (["onset_rate", "onset_std"], ["onset_rate", "onset_std"]),
        (["a_b", "a_b_q25", "a_b_q75"], ["a_b", "a_b_{q25,q75}"]),
        (["c_7_mean", "c_9_mean"], ["c_{7,9}_mean"]),
        (["a_x_mean", "a_y_mean", "a_x_std", "a_y_std"], ["a_x_{mean,std}", "a_y_{mean,std}"]),
        ([f"a_{each}" for each in "vwxyz"], ["a_{v,w,x,y,z}"]),
        ([f"a_{each}" for each in range(3, 12)], ["a_{3..11}"]),
    ],
)
def test_names_are_written_together_where_that_is_shorter(
    columns: list[str], written: list[str]
) -> None:
    assert features.compressed(columns) == written
    assert sorted(name for each in written for name in expanded(each)) == sorted(columns)


def test_the_picture_is_there_and_small() -> None:
    assert "(pictures/hearing.png)" in PAGE
    picture = (DOCS / "pictures" / "hearing.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) <= 200_000
