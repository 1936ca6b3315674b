"""What decides how an autoencoder comes out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

STEPS = 40
"""Steps that a pass has at least, where a batch then still has `SMALLEST` tracks."""

SMALLEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentParameters:
    """All that can be set.

    Attributes
    ----------
    width
        Numbers of a code.
    layers
        Widths of the layers between the facts and the code; the decoder has them in reverse.
    artist, genre, emotion
        Widths of the embeddings of words.
    dropout
        Share of units that are left out at a time while learning.
    hide
        Chance that each kind of fact of a track is hidden while learning, so that the encoder
        learns to do without: all numbers, any one number, artist, genre, emotion.
    weights
        How much each part of the target counts: numbers, artist, genre, emotion. Words count less:
        in 20 numbers, what is told better of them is told worse of the sound (docs/latent.md).
    guessed
        How much the emotion of a track counts that a classifier named.
    least
        Tracks that a word needs to be known; the others are the unknown one.
    rate
        Of learning.
    batch
        Most tracks at once. Of a small catalogue it is a part of the tracks in `STEPS`, so that a
        pass is as many steps.
    epochs
        Most passes over the tracks.
    patience
        Passes without a better validation after which it ends.
    validation
        Share of the artists that are kept aside for that.
    """

    width: int = 20
    layers: tuple[int, ...] = (128, 64)
    artist: int = 100
    genre: int = 50
    emotion: int = 25
    dropout: float = 0.1
    hide: tuple[float, float, float, float, float] = (0.1, 0.1, 0.5, 0.3, 0.3)
    weights: tuple[float, float, float, float] = (1.0, 0.1, 0.1, 0.2)
    guessed: float = 0.3
    least: int = 2
    rate: float = 2e-3
    batch: int = 1024
    epochs: int = 40
    patience: int = 4
    validation: float = 0.05

    def batch_of(self, tracks: int) -> int:
        """Tracks at once, of so many."""
        return min(self.batch, max(SMALLEST, tracks // STEPS))

    def to_json(self) -> dict[str, Any]:
        """As a manifest holds it."""
        return asdict(self)
