"""The parameters of `together`, as training hands them on; the space itself needs no training."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from segue.spaces.memberships import Weighting
from segue.training.playlists.fitted import Fitted

if TYPE_CHECKING:
    from segue.snapshot import Corpus
    from segue.types import Progress

NAME = "together"

_ORDINARY = Weighting()

_DIGITS = 12


def fit(
    corpus: Corpus,
    parameters: Weighting = _ORDINARY,
    *,
    seed: int = 42,
    on_progress: Progress | None = None,  # noqa: ARG001 (every training takes it)
) -> Fitted:
    """What `corpus` is scored by, with `parameters`: nothing is computed."""
    said = json.dumps([asdict(parameters), seed], sort_keys=True)
    return Fitted(
        name=NAME,
        version=hashlib.sha256(said.encode()).hexdigest()[:_DIGITS],
        rows=np.empty(0, dtype=np.int64),
        vectors=None,
        state={
            **asdict(parameters),
            "origin": {
                "playlists": len(corpus.playlists),
                "entries": len(corpus.playlists.rows),
            },
        },
        arrays={},
    )
