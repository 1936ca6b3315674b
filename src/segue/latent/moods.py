"""Which emotion a track probably has, where nobody says.

A linear classifier over the eight continuous attributes, z-scored, and 0 where one is unknown:

    P(emotion | z) = softmax(W z + b)

It is learned from tracks whose emotion is known (`segue.training.latent.moods`), and its word is a
guess: an encoder takes it where a table says nothing, and whoever shows it says that it is one. A
track of which fewer than `NEEDED` attributes are known gets none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from segue.latent.numbers import ATTRIBUTES
from segue.models.soundness import bad

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.types import Floats, Frames

NEEDED = 4
"""Attributes that must be known."""

_ARRAYS = ("mean", "deviation", "weights", "bias")


@dataclass(frozen=True, slots=True, eq=False)
class Moods:
    """The classifier.

    Attributes
    ----------
    labels
        Emotions, in their normal form.
    mean, deviation
        Of the attributes, shape (8,).
    weights, bias
        Shape (emotions, 8) and (emotions,).
    said
        What it was learned from and how often it is right, as JSON.
    """

    labels: tuple[str, ...]
    mean: Floats
    deviation: Floats
    weights: Floats
    bias: Floats
    said: Mapping[str, Any]

    def shares(self, attributes: Frames) -> Floats:
        """Probabilities, shape (tracks, emotions)."""
        scaled = (attributes.astype(np.float64) - self.mean) / self.deviation
        scaled[~np.isfinite(scaled)] = 0.0
        logits = scaled @ self.weights.T + self.bias
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: Floats = raised / raised.sum(axis=1, keepdims=True)
        return shares

    def name(self, attributes: Frames) -> list[str]:
        """The likeliest emotion of every track; empty where too little is known."""
        if len(attributes) == 0:
            return []
        best = self.shares(attributes).argmax(axis=1)
        enough = np.isfinite(attributes).sum(axis=1) >= NEEDED
        return [
            self.labels[place] if there else ""
            for place, there in zip(best.tolist(), enough.tolist(), strict=True)
        ]

    def to_json(self) -> dict[str, Any]:
        """As a manifest holds it."""
        arrays = {name: getattr(self, name).tolist() for name in _ARRAYS}
        return {"labels": list(self.labels), **arrays, "said": dict(self.said)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """From what was read.

        Raises
        ------
        BadFileError
            It is not as it should be.
        """
        try:
            labels = tuple(str(each) for each in document["labels"])
            arrays = {name: np.array(document[name], dtype=np.float64) for name in _ARRAYS}
            said = dict(document.get("said", {}))
        except (KeyError, TypeError, ValueError):
            raise bad("holds no classifier of moods where it should") from None
        shapes = {
            "mean": (ATTRIBUTES,),
            "deviation": (ATTRIBUTES,),
            "weights": (len(labels), ATTRIBUTES),
            "bias": (len(labels),),
        }
        fits = all(arrays[name].shape == shape for name, shape in shapes.items())
        if not labels or not fits or not all(np.isfinite(each).all() for each in arrays.values()):
            raise bad("holds a classifier of moods whose numbers do not fit its labels")
        return cls(labels, **arrays, said=said)
