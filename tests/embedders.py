"""Small real embedders: a folder with a manifest and an ONNX graph that is quick to compute."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

FRAMES = BANDS = 128

FIGURE = {"value": 0.31, "low": 0.27, "high": 0.35, "queries": 41}

JUDGED: dict[str, Any] = {
    "held_out": {
        "tracks": 41,
        "artists": 9,
        "figures": {
            "descriptors": {"artist_precision_10": {**FIGURE, "value": 0.25}},
            "sound": {"artist_precision_10": {"value": 0.22}},
            "sound + descriptors": {"artist_precision_10": FIGURE},
        },
    },
    "decision": {
        "at_work": True,
        "invented": False,
        "metric": "artist_precision_10",
        "method": "sound + descriptors",
        "baseline": "descriptors",
        "ours": 0.31,
        "theirs": 0.25,
    },
}
HISTORY = [
    {"step": step, "loss": 2.0 / step, "validation": 0.1 + step / 1000} for step in (100, 200, 400)
]
"""What a manifest says of a network that was judged, and of how it learned."""


def graph(
    *, width: int = 8, seed: int = 0, genres: int = 0, shape: tuple[int, ...] = (FRAMES, BANDS)
) -> bytes:
    """Windows (n, *shape) → ``embedding`` (n, width): a fixed random map of each band's mean.

    With `genres`, ``probabilities`` (n, genres) too.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(seed)
    weights = random.normal(size=(shape[-1], width)).astype(np.float32)
    nodes = [
        helper.make_node("ReduceMean", ["windows", "frames"], ["means"], keepdims=0),
        helper.make_node("MatMul", ["means", "weights"], ["mapped"]),
        helper.make_node("Tanh", ["mapped"], ["embedding"]),
    ]
    axes = np.arange(1, len(shape), dtype=np.int64)
    constants = {"frames": axes, "weights": weights}
    outputs = {"embedding": width}
    if genres:
        nodes += [
            helper.make_node("MatMul", ["embedding", "heads"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        ]
        constants["heads"] = random.normal(size=(width, genres)).astype(np.float32)
        outputs["probabilities"] = genres
    made = helper.make_graph(
        nodes,
        "embedder",
        [helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["n", *shape])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", count])
            for name, count in outputs.items()
        ],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def write_embedder(
    folder: Path, *, space: str = "sound", width: int = 8, seed: int = 0, **said: Any
) -> Path:
    """An embedder of `space` in a folder of models; `said` goes into its manifest. Its folder."""
    labels = said.get("labels", ())
    content = graph(width=width, seed=seed, genres=len(labels))
    document = {
        "format": 1,
        "space": space,
        "name": f"{space}-test",
        "version": "0",
        "created": "2026-01-01T00:00:00+00:00",
        "front": {"kind": "segue-mel"},
        "output": "embedding",
        "width": width,
        "unit": space == "sound",
        "windows": 10,
        "labels": list(labels),
        "synthetic": False,
        "files": {"embedder.onnx": sha256(content).hexdigest()},
        "data": {"tracks": 40, "artists": 8, "source": "a planted world"},
        "parameters": {"seed": seed},
        "metrics": {},
        "parity": {},
        "history": [],
        "notes": [],
        **said,
    }
    own = folder / space
    own.mkdir(parents=True, exist_ok=True)
    (own / "embedder.onnx").write_bytes(content)
    (own / "manifest.json").write_text(json.dumps(document, indent=2), encoding="utf-8")
    return own
