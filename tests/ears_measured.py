"""A small measurement of networks that hear, of the shape that the page about them reads."""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.evaluation import seeds
from segue.evaluation.retrieval import Gallery, cosines

ARTISTS = [f"artist {row // 5}" for row in range(100)]
GENRES = [("rock", "pop", "jazz", "folk")[row // 5 % 4] for row in range(100)]


def measured() -> dict[str, Any]:
    """Figures made by the same functions as the real ones: three seeds of each network."""
    rng = np.random.default_rng(9)
    centres = rng.normal(size=(20, 6))[np.arange(100) // 5]
    gallery = Gallery(ARTISTS, GENRES, draws=100)

    def runs(noise: float, count: int = 1) -> list:
        vectors = (centres + noise * rng.normal(size=(100, 6)) for _ in range(count))
        return [gallery.judge(cosines(each)) for each in vectors]

    found = {
        "random": ("random", "chance", [gallery.judge(rng.uniform(size=(100, 100)))]),
        "raw_mfcc": ("raw MFCC", "baseline", runs(2.0)),
        "descriptors": ("descriptors", "space", runs(1.2)),
        "sound": ("sound", "space", runs(1.1, 3)),
        "genre": ("genre", "space", runs(1.4, 3)),
        "audio": ("sound + descriptors", "fused", runs(0.8, 3)),
    }
    methods: dict[str, Any] = {
        name: {"label": label, "role": role, **seeds.method(gallery, each)}
        for name, (label, role, each) in found.items()
    }
    methods["bliss"] = {
        "label": "bliss-audio",
        "role": "baseline",
        "missing": "does not run on this machine",
    }
    pairs = (("audio", "raw_mfcc"), ("audio", "descriptors"))
    return {
        "source": "a toy",
        "tracks": 100,
        "artists": 20,
        "folds": 5,
        "seeds": [1, 2, 3],
        "methods": methods,
        "most": gallery.most(),
        "paired": {
            f"{first}_{second}": {
                "first": first,
                "second": second,
                **seeds.pair(gallery, found[first][2], found[second][2]),
            }
            for first, second in pairs
        },
        "genre": {
            "accuracy": {
                "cnn": {"label": "network", **seeds.summary([0.61, 0.63, 0.65])},
                "logistic": {"label": "logistic on descriptors", **seeds.summary([0.69])},
            },
            "confusion": {"labels": ["rock", "pop"], "counts": [[40, 10], [5, 45]]},
        },
        "speed": {"training_windows": 1350.0, "inference_windows": 5900.0, "clip_ms": 2.34},
        "robustness": {
            "descriptors": {"mp3_64": 0.91, "louder": 1.0, "cropped": 0.88},
            "sound": {"mp3_64": 0.95, "louder": 1.0, "cropped": 0.78},
            "raw_mfcc": {"mp3_64": 0.9, "louder": 0.3, "cropped": 0.9},
        },
        "parity": {"sound": 3e-7, "genre": 8e-7},
        "curves": {"sound": [{"step": 10, "loss": 1.0, "validation": 0.2}]},
        "pictures": ["ears-methods.png"],
        "notes": ["Tracks of other music may tell another story"],
    }
