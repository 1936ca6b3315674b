"""The page about networks that hear: every goal, figure and method measured stands there."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ears_measured import ARTISTS, GENRES, measured
from segue.evaluation.ears_goals import goals
from segue.evaluation.ears_page import page
from segue.evaluation.pictures import ears
from segue.evaluation.report import figure

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def figures() -> dict:
    """As read from a file."""
    return json.loads(json.dumps(measured(), allow_nan=False))


def verdicts(figures: dict) -> dict[str, tuple[str, str]]:
    return {about: (reached, verdict) for about, _, reached, verdict in goals(figures)}


def test_every_goal_is_told_with_what_was_reached(figures: dict) -> None:
    told = verdicts(figures)
    assert len(told) == 9
    ratio = figures["paired"]["audio_raw_mfcc"]["artist_precision_10"]["ratio"]
    fused = told["`sound` and `descriptors` fused: artist P@10 beside raw MFCC"]
    assert fused[0].startswith(f"{figure(ratio['value'])}× ({figure(ratio['low'])} to ")
    assert fused[1] == "reached"
    assert told["genres named rightly, the best model"] == (
        "0.690, logistic on descriptors",
        "reached",
    )
    assert told["training, windows a second and core"] == ("1,350", "reached")
    assert told["hearing, windows a second and core"] == ("5,900", "**missed**")
    assert told["what hearing adds to a clip of 30 s"] == ("2.3 ms", "reached")
    assert told["neighbours kept, every space and alteration"] == (
        "0.780 at worst: sound, begun one second later",
        "**missed**",
    )
    assert told["PyTorch and ONNX Runtime differ by"] == ("8.0e-07", "reached")


def test_what_was_not_measured_is_neither_reached_nor_missed(figures: dict) -> None:
    bare = {"methods": {"random": figures["methods"]["random"]}}
    assert set(verdicts(bare).values()) == {("not measured", "")}
    text = page(bare)
    assert text.count("not measured") == 9
    assert "## Side by side" not in text


def test_a_fused_space_that_is_behind_has_missed(figures: dict) -> None:
    behind = copy.deepcopy(figures)
    pair = behind["paired"]["audio_descriptors"]["artist_precision_10"]["difference"]
    pair.update(value=-0.02, low=-0.05, high=0.01)
    told = verdicts(behind)["the same beside `descriptors` alone"]
    assert told == ("−0.020 above (−0.050 to 0.010), the interval holds 0", "**missed**")


def test_every_method_stands_on_the_page_with_its_figures(figures: dict) -> None:
    text = page(figures, made="<!-- made -->")
    assert text.startswith("# How well networks hear\n\n<!-- made -->\n")
    assert "100 tracks by 20 artists of a toy in 5 folds that never share an artist" in text
    assert "A perfect space would reach a genre P@10 of 1.000." in text
    for each in figures["methods"].values():
        assert f"{each['label']}" in text
        told = each.get("artist_precision_10")
        if told is not None:
            assert figure(told["mean"]) in text
    assert "| bliss-audio | (does not run on this machine) |" in text
    sound = figures["methods"]["sound"]["artist_map"]
    assert f"{figure(sound['mean'])} ± {figure(sound['spread'])} (" in text
    assert "![Every method's neighbours with their intervals](pictures/ears-methods.png)" in text
    assert "- Tracks of other music may tell another story." in text


def test_tables_are_whole(figures: dict) -> None:
    for block in page(figures).split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_all_pictures_of_a_measurement_are_drawn(figures: dict, tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).normal(size=(100, 4))
    names = ears.draw(figures, tmp_path, spaces={"sound": vectors}, genres=GENRES, artists=ARTISTS)
    expected = "methods map-sound curves confusion"
    assert names == tuple(f"ears-{name}.png" for name in expected.split())
    for name in names:
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
