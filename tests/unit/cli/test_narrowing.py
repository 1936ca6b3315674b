"""Options that narrow an answer become filters and dials."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segue.cli.narrowing import EVERYTHING, Narrowed, between
from segue.errors import BadRequestError, NotFoundError
from segue.library import Segue
from segue.records import Between, Dials, Filters

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def segue(tmp_path: Path) -> Iterator[Segue]:
    with Segue.open(tmp_path / "segue.db") as opened:
        yield opened


def test_nothing_said_is_no_condition_and_the_usual_dials(segue: Segue) -> None:
    assert EVERYTHING.filters(segue) == Filters()
    usual = Dials(per_artist=3, diversity=0.2)
    assert EVERYTHING.dials(usual) == usual


def test_options_are_conditions(segue: Segue) -> None:
    narrowed = Narrowed(
        only_artist=["Ann"],
        tempo_from=80.0,
        exact_tempo=True,
        in_key="8A",
        compatible=True,
        language=["en"],
        folder=["rock"],
        where=["energy=0.2..0.6", "popularity=50.."],
    )
    assert narrowed.filters(segue) == Filters(
        artists=("Ann",),
        tempo_from=80.0,
        octaves=False,
        key=9,
        mode=0,
        compatible_keys=True,
        languages=("en",),
        folders=(str(Path("rock").absolute()),),
        between=(Between("energy", 0.2, 0.6), Between("popularity", 50.0)),
    )


def test_options_are_dials() -> None:
    narrowed = Narrowed(
        per_artist=1, per_album=2, group=False, hubs=0.0, diversity=0.5, variation=1.0, draw=7,
        recent=["b", "a"],
    )  # fmt: skip
    assert narrowed.dials(Dials()) == Dials(
        per_artist=1, per_album=2, group=False, hubs=0.0, diversity=0.5, variation=1.0, draw=7,
        recent=("b", "a"),
    )  # fmt: skip


def test_a_listener_nobody_knows_is_said(segue: Segue) -> None:
    with pytest.raises(NotFoundError, match="nobody"):
        Narrowed(unheard_by="nobody").filters(segue)


@pytest.mark.parametrize("text", ["energy", "energy=", "energy=..", "=1..2", "energy=a..b", ""])
def test_what_is_no_range_is_said(text: str) -> None:
    with pytest.raises(BadRequestError, match="is no range"):
        between(text)


def test_an_open_end_is_open() -> None:
    assert between("time signature=..3") == Between("time_signature", None, 3.0)
