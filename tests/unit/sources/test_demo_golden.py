"""The composer sounds as it did: golden numbers beside their generator."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def test_the_demo_world_has_not_changed_unnoticed() -> None:
    """Names exactly; sound within what versions of numpy may differ by."""
    made = runpy.run_path(str(GOLDEN / "demo_make.py"))["measure"]()
    golden = json.loads((GOLDEN / "demo.json").read_text(encoding="utf-8"))
    assert made["names"] == golden["names"]
    assert set(made["tracks"]) == set(golden["tracks"])
    for name, expected in golden["tracks"].items():
        found = made["tracks"][name]
        assert np.allclose(found["seconds"], expected["seconds"], atol=0.05), name
        assert found["centroid"] == pytest.approx(expected["centroid"], rel=0.01), name
