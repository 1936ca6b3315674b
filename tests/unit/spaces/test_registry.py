"""Spaces are found by entry point, and what is wrong with one is said by its name."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from segue.errors import UnavailableError
from segue.spaces import registry
from segue.spaces.attributes import AttributesSpace
from worlds import make_corpus, planted_records

if TYPE_CHECKING:
    from pathlib import Path


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, registry.GROUP)


class HalfASpace:
    name = "half"
    needs = "the other half"


class Renamed(AttributesSpace):
    name = "someone else"


def test_the_spaces_of_the_core_are_announced() -> None:
    found = registry.discover()
    assert found["attributes"] is AttributesSpace
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("point", "why"),
    [
        (entry("moods", "no_such_package.moods:Mood"), "cannot be loaded: ModuleNotFoundError"),
        (entry("moods", "segue.spaces.text:NoSuchSpace"), "cannot be loaded: AttributeError"),
        (entry("half", f"{__name__}:HalfASpace"), "has no build, point"),
        (entry("moods", "segue.spaces.text:TextSpace"), "calls itself 'text'"),
    ],
)
def test_a_broken_one_is_named_with_its_entry_point(point: EntryPoint, why: str) -> None:
    with pytest.raises(UnavailableError, match=why) as raised:
        registry.load([point])
    assert point.name in str(raised.value)
    assert point.value in str(raised.value)


def test_two_that_share_a_name_are_refused() -> None:
    points = [
        entry("attributes", "segue.spaces.attributes:AttributesSpace"),
        entry("attributes", "segue.spaces.text:TextSpace"),
    ]
    with pytest.raises(UnavailableError, match="'text'"):
        registry.load(points)


def install(folder: Path, code: str) -> None:
    """A package of somebody else's that announces one space, as pip would leave it."""
    (folder / "their_spaces.py").write_text(code, encoding="utf-8")
    described = folder / "their_spaces-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Name: their-spaces\nVersion: 1.0\n", encoding="utf-8")
    (described / "entry_points.txt").write_text(
        "[segue.spaces]\nloud = their_spaces:Loud\n", encoding="utf-8"
    )


CODE = """
from segue.spaces.attributes import AttributesSpace

class Loud(AttributesSpace):
    name = "loud"
"""


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "their_spaces", raising=False)
    return tmp_path


def test_a_space_of_somebody_elses_plugs_in(elsewhere: Path) -> None:
    install(elsewhere, CODE)
    built = registry.build_all(make_corpus(planted_records(20)))
    assert built["loud"].placed.all()
    assert {"attributes", "text", "descriptors", "loud"} <= built.keys()


def test_one_that_cannot_be_built_is_named(elsewhere: Path) -> None:
    broken = "    @classmethod\n    def build(cls, corpus):\n        return 1 / 0\n"
    install(elsewhere, CODE + broken)
    with pytest.raises(
        UnavailableError, match=r"'loud' \(their_spaces:Loud\) cannot be built"
    ) as raised:
        registry.build_all(make_corpus(planted_records(20)))
    assert "from 20 tracks: ZeroDivisionError" in str(raised.value)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
