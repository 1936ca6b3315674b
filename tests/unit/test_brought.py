"""A network that somebody brings becomes a space: from its folder to answers, for files unknown."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest
from onnx import TensorProto, helper

from brought import bring, manifest, model
from segue import Segue
from segue.records import UNSELECTED

if TYPE_CHECKING:
    from pathlib import Path

RATE = 22_050
FRONT = {
    **{"kind": "mel", "rate": 16_000, "fft": 512, "window": 400, "hop": 160, "centred": False},
    **{"bands": 40, "low": 60, "high": 7_600, "scale": "htk", "magnitude": True},
    **{"level": "log", "offset": 0.01, "frames": 50, "layout": "cbt"},
}
PITCHES = (220.0, 233.0, 466.0, 932.0, 1_865.0)


def write_tone(path: Path, pitch: float) -> Path:
    at = np.arange(RATE * 3) / RATE
    tone = np.sin(2 * np.pi * pitch * at) * (1 + np.sin(2 * np.pi * 2 * at)) / 2
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((16_000 * tone).astype("<i2").tobytes())
    return path


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with a network that gives the mean level of every band, from silence on."""
    nodes = [
        helper.make_node("ReduceMean", ["heard"], ["levels"], axes=[1, 3], keepdims=0),
        helper.make_node("Sub", ["levels", "silence"], ["vectors"]),
    ]
    made = model(
        nodes,
        {"heard": (TensorProto.FLOAT, [1, 1, 40, 50])},
        {"vectors": [1, 40]},
        {"silence": np.log(np.array([0.01], dtype=np.float32))},
    )
    stated = manifest(FRONT, 40, space="bands", output="vectors", unit=True, windows=4)
    return bring(tmp_path / "library.models" / "bands", made, stated).parent


def test_a_brought_network_answers(tmp_path: Path, models: Path) -> None:
    for pitch in PITCHES:
        write_tone(tmp_path / "music" / f"{pitch:.0f}.wav", pitch)
    outside = write_tone(tmp_path / "elsewhere.wav", 235.0)
    with Segue.open(tmp_path / "library.db") as segue:
        segue.scan(tmp_path / "music")
        assert segue.analyse(quick=True, jobs=1).embeddings["bands"].analysed == len(PITCHES)
        low, high = (segue.search(f"{pitch:.0f}")[0].id for pitch in (220, 1_865))
        answer = segue.similar(low, lens="bands", n=4, dials=UNSELECTED)
        assert [row.track.title for row in answer.recommendations] == ["233", "466", "932", "1865"]
        assert (
            segue.similar(high, lens="bands", n=1, dials=UNSELECTED).recommendations[0].track.title
            == "932"
        )
        nearest = segue.similar(str(outside), lens="bands", n=2, dials=UNSELECTED).recommendations
        assert {row.track.title for row in nearest} == {"220", "233"}
        assert "bands" in nearest[0].reasons.sentence
