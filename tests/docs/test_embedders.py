"""The manifests that docs/embedders.md shows are read, and a network beside them hears."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from brought import bring, model
from segue.descriptors.frames import Sound
from segue.embedding.embedder import Embedder
from segue.embedding.fronts import KINDS, Mel, Samples, front_of
from segue.embedding.manifest import GRAPH, Manifest

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "embedders.md").read_text(encoding="utf-8")
SHOWN = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, flags=re.DOTALL)]
TOLD = {
    word
    for line in TEXT.splitlines()
    if line.startswith("| `")
    for word in re.findall(r"`(\w+)`", line.split("|")[1])
}


@pytest.fixture(scope="module")
def sound() -> Sound:
    rng = np.random.default_rng(1)
    return Sound((0.1 * rng.standard_normal(22_050 * 8)).astype(np.float32), rate=22_050)


@pytest.mark.parametrize("document", SHOWN, ids=[each["space"] for each in SHOWN])
def test_a_shown_manifest_makes_an_embedder(
    document: dict[str, Any], tmp_path: Path, sound: Sound
) -> None:
    document["files"] = {GRAPH: "0" * 64}
    stated = Manifest.from_json(document)
    shape, output = front_of(stated.front).shape, stated.output
    nodes = [
        helper.make_node("Flatten", ["windows"], ["flat"], axis=1),
        helper.make_node("ReduceMean", ["flat"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("MatMul", ["mean", "ones"], [output]),
    ]
    made = model(
        nodes,
        {"windows": (TensorProto.FLOAT, ["n", *shape])},
        {output: ["n", stated.width]},
        {"ones": np.ones((1, stated.width), dtype=np.float32)},
    )
    place = bring(tmp_path / stated.space, made, stated)
    vectors = Embedder.load(place, space=stated.space).embed(sound)
    assert vectors.shape == (stated.windows, stated.width)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)


def test_every_kind_of_front_end_is_shown() -> None:
    assert {each["front"]["kind"] for each in SHOWN} == set(KINDS)


@pytest.mark.parametrize("front", [Mel, Samples])
def test_every_field_of_a_front_end_is_told(front: type) -> None:
    assert set(front.__dataclass_fields__) - TOLD == set()
