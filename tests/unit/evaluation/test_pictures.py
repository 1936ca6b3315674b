"""Pictures are there, 1,000 pixels wide, small, and show what the report holds."""

from __future__ import annotations

import struct
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from contest import TARGETS, contenders, report, tracks
from segue.attributes.model import Predictions
from segue.attributes.targets import Group, Target, TargetSet
from segue.errors import UnavailableError
from segue.evaluation.attributes import compare, truth
from segue.evaluation.contenders import Contender
from segue.evaluation.findings import Importance
from segue.evaluation.pictures import comparison, draw, families, numbers
from segue.evaluation.pictures.style import grid_of, save

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

LISTENED = tuple(
    Importance("columns", target, family, "r2", value, 0.01, 3)
    for target in ("bright", "loud")
    for family, value in (("pitch", 0.02), ("timbre", 0.3))
)


def words(figure: Figure) -> str:
    """Everything that is written on a figure."""
    from matplotlib.text import Text

    return "\n".join(each.get_text() for each in figure.findobj(Text))


def test_all_pictures_of_a_report_are_drawn(tmp_path: Path) -> None:
    loaded = "matplotlib.pyplot" in sys.modules
    whole = replace(report(), importances=LISTENED)
    names = draw(
        whole, tmp_path, truth=truth(TARGETS, tracks()), predicted=contenders()[0].predicted
    )
    expected = "heatmap bars-numbers bars-classes predicted residuals confusion importance"
    assert names == tuple(f"attributes-{name}.png" for name in expected.split())
    for name in names:
        content = (tmp_path / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert struct.unpack(">I", content[16:20]) == (1000,)
        assert len(content) < 200_000
    assert ("matplotlib.pyplot" in sys.modules) == loaded


def test_a_heatmap_shows_every_contender_and_target() -> None:
    told = words(comparison.heatmap(report()))
    assert all(each.model in told for each in report().standings)
    assert all(target.name in told for target in TARGETS.targets)
    score = report().score(report().main, "loud", "r2")
    assert f"{score.value:.3f}" in told


def test_several_pipelines_are_told_apart_by_name() -> None:
    two = replace(
        report(),
        standings=(*report().standings, replace(report().main, pipeline="mfcc")),
        scores=(*report().scores, *(replace(each, pipeline="mfcc") for each in report().scores)),
    )
    told = words(comparison.bars(two, "number"))
    assert "stack, mfcc" in told
    assert "sharp, columns" in told


def test_one_class_alone_is_a_picture_too(tmp_path: Path) -> None:
    mood = TargetSet(
        "moods", (Group("mood", (Target("mood", "class", "mood", labels=("a", "b")),)),)
    )
    codes = np.arange(150) % 2 + 0.0
    chances = np.column_stack([1 - 0.8 * codes, 0.8 * codes])
    examples = replace(tracks(), values={"mood": codes})
    model = Contender("moods-1", "columns", "model", Predictions({}, {}, {}, {"mood": chances}))
    found = compare(examples, [model], targets=mood, name="moods", draws=5)
    assert draw(found, tmp_path, stem="moods") == (
        "moods-heatmap.png",
        "moods-bars-classes.png",
        "moods-confusion.png",
    )


def test_many_tracks_are_drawn_as_a_density() -> None:
    many = {name: np.tile(each, 4) for name, each in truth(TARGETS, tracks()).items()}
    stack = contenders()[0].predicted
    told = Predictions(
        *({name: np.tile(each, 4) for name, each in part.items()}
          for part in (stack.numbers, stack.low, stack.high)),
        {},
    )  # fmt: skip
    few = numbers.against(report(), truth(TARGETS, tracks()), stack)
    dense = numbers.against(report(), many, told)
    assert [len(axes.collections) for axes in few.axes[:2]] == [1, 1]
    assert [len(axes.images) for axes in dense.axes[:2]] == [1, 1]
    # The diagonal and both ends of the interval.
    assert [len(axes.lines) for axes in dense.axes[:2]] == [3, 3]


def test_families_stand_with_what_matters_most_on_top() -> None:
    drawn = families.importances(replace(report(), importances=LISTENED))
    assert [label.get_text() for label in drawn.axes[0].get_yticklabels()] == ["timbre", "pitch"]


@pytest.mark.parametrize(
    ("count", "grid"),
    [(1, (1, 3)), (2, (1, 3)), (3, (1, 3)), (4, (1, 4)), (5, (2, 3)), (8, (2, 4)), (9, (3, 3))],
)
def test_panels_are_laid_out_with_few_gaps(count: int, grid: tuple[int, int]) -> None:
    assert grid_of(count) == grid


def test_a_picture_that_cannot_be_made_or_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = comparison.heatmap(report())
    with pytest.raises(UnavailableError, match="could not be written: No such file"):
        save(figure, tmp_path / "absent" / "a.png")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UnavailableError, match="pictures need matplotlib"):
        comparison.heatmap(report())
