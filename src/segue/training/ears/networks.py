"""The two networks: an encoder of likeness, and a namer of genres.

Both hear a window (`segue.embedding.windows`) as 128 channels, one a band, that change over 128
frames, and share the shape of their **trunk**: three one-dimensional convolutions (64, 128, 256
channels, 3 frames wide), each with batch normalisation, ReLU and a maximum over time: over four
frames first, which makes everything half again as fast, then over pairs.
So a trunk that learned to name genres can be where an encoder starts.

- `Encoder` (Siamese: every window of a comparison goes through the same weights) takes mean and
  maximum over time, a dense layer of 256, and gives 128 numbers of length 1.
- `GenreNetwork` takes the maximum over time and two dense layers of 256 with dropout 0.5; the
  second of them is the embedding, and a last layer gives the genres' logits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from segue.embedding.windows import BANDS

if TYPE_CHECKING:
    from torch import Tensor

CHANNELS = (64, 128, 256)
"""Of the trunk's convolutions."""

POOLS = (4, 2, 2)
"""Frames over which each of them takes the maximum."""

SOUND_WIDTH, GENRE_WIDTH = 128, 256
"""Numbers of the two embeddings."""

HIDDEN = 256
DROPOUT = 0.5


class Trunk(nn.Module):
    """Windows, shape (n, frames, bands), to features over time, shape (n, 256, frames / 16)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after, pool in zip((BANDS, *CHANNELS[:-1]), CHANNELS, POOLS, strict=True):
            layers += [
                nn.Conv2d(before, after, (1, 3), padding=(0, 1), bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
                nn.MaxPool2d((1, pool)),
            ]
        self.layers = nn.Sequential(*layers)
        self.layers.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, windows: Tensor) -> Tensor:
        """See the class."""
        # As images one pixel high, bands innermost as they lie: half again as fast on a CPU.
        features: Tensor = self.layers(windows[:, None].permute(0, 3, 1, 2))
        return features[:, :, 0]


class Encoder(nn.Module):
    """Windows to 128 numbers of length 1."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = Trunk()
        self.head = nn.Sequential(
            nn.Linear(2 * CHANNELS[-1], HIDDEN, bias=False),
            nn.BatchNorm1d(HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, SOUND_WIDTH),
        )

    def forward(self, windows: Tensor) -> Tensor:
        """Embeddings, shape (n, 128)."""
        features = self.trunk(windows)
        pooled = torch.cat([features.mean(dim=2), features.amax(dim=2)], dim=1)
        return functional.normalize(self.head(pooled), dim=1)


class GenreNetwork(nn.Module):
    """Windows to 256 numbers and the logits of genres.

    Parameters
    ----------
    genres
        How many, at least 2.
    """

    def __init__(self, genres: int) -> None:
        super().__init__()
        self.trunk = Trunk()
        self.first = nn.Linear(CHANNELS[-1], GENRE_WIDTH)
        self.second = nn.Linear(GENRE_WIDTH, GENRE_WIDTH)
        self.dropout = nn.Dropout(DROPOUT)
        self.last = nn.Linear(GENRE_WIDTH, genres)

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings, shape (n, 256), and logits, shape (n, genres)."""
        pooled = self.trunk(windows).amax(dim=2)
        hidden = self.dropout(functional.relu(self.first(pooled)))
        embedding = functional.relu(self.second(hidden))
        return embedding, self.last(self.dropout(embedding))
