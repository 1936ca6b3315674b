"""The autoencoder: an encoder from facts to a code, and what is told from the code.

    facts → [numbers | is unknown | artist 100 | genre 50 | emotion 25] → 128 → 64 → code 20
    code → 64 → 128 → numbers, artist;   code → genre;   code → emotion

Between layers stand ReLU and dropout. A number is z-scored and clipped to [-`CLIP`, `CLIP`]; an
unknown one is 0, its mean, and the indicator beside it says so. Words are looked up in embeddings;
entry 0 is the unknown word, which is taught by hiding words (`segue.training.latent.targets`). Of
several artists or genres the mean is taken. A code has length √width: direction is all that the
space looks at, and so direction is all that the network may use.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from segue.latent.manifest import ARTISTS, GENRES

if TYPE_CHECKING:
    from torch import Tensor

    from segue.training.latent.material import Material
    from segue.training.latent.parameters import LatentParameters

CLIP = 4.0
"""Deviations beyond which a number counts no more."""


class Words(nn.Module):
    """Embeddings of words; the mean over the places of a track."""

    def __init__(self, count: int, width: int) -> None:
        super().__init__()
        self.table = nn.Embedding(count + 1, width, sparse=True)
        nn.init.normal_(self.table.weight, std=0.3)

    def forward(self, places: Tensor) -> Tensor:
        """Shape (tracks, width), from places of shape (tracks, slots); below 0 is empty."""
        there = (places >= 0).to(self.table.weight.dtype).unsqueeze(2)
        found = self.table(places.clamp(min=0)) * there
        mean: Tensor = found.sum(dim=1) / there.sum(dim=1)
        return mean


class Encoder(nn.Module):
    """From numbers and places of words to codes."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, material: Material, parameters: LatentParameters) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(material.mean, dtype=torch.float32))
        self.register_buffer("deviation", torch.tensor(material.deviation, dtype=torch.float32))
        self.artists = Words(len(material.artists), parameters.artist)
        self.genres = Words(len(material.genres), parameters.genre)
        self.emotions = Words(len(material.emotions), parameters.emotion)
        embedded = parameters.artist + parameters.genre + parameters.emotion
        width = 2 * len(material.numbers) + embedded
        self.layers = dense((width, *parameters.layers), parameters.dropout)
        last = parameters.layers[-1] if parameters.layers else width
        self.code = nn.Linear(last, parameters.width)
        self.length = parameters.width**0.5

    def scaled(self, values: Tensor) -> Tensor:
        """z-scores, clipped; NaN stays."""
        return ((values - self.mean) / self.deviation).clamp(-CLIP, CLIP)

    def forward(self, scaled: Tensor, words: Tensor) -> Tensor:
        """Codes, shape (tracks, width), from z-scores with NaN and places (tracks, 6)."""
        return self.from_facts(torch.cat([self.numbers(scaled), self.embedded(words)], dim=1))

    def from_facts(self, facts: Tensor) -> Tensor:
        """Codes from the first layer's input."""
        code: Tensor = functional.normalize(self.code(self.layers(facts)), dim=1) * self.length
        return code

    def numbers(self, scaled: Tensor) -> Tensor:
        """Numbers with 0 for the unknown, and beside them which those are."""
        unknown = torch.isnan(scaled)
        return torch.cat([torch.where(unknown, 0.0, scaled), unknown.to(scaled.dtype)], dim=1)

    def embedded(self, words: Tensor) -> Tensor:
        """Artist, genre and emotion, shape (tracks, 175)."""
        parts = kinds_of(words)
        tables = (self.artists, self.genres, self.emotions)
        return torch.cat([table(part) for table, part in zip(tables, parts, strict=True)], dim=1)


class Decoder(nn.Module):
    """What is told from a code.

    Artists are told by the inner product with a table of their own, that of the encoder has no part
    in the target: see `segue.training.latent.targets`.
    """

    def __init__(self, material: Material, parameters: LatentParameters) -> None:
        super().__init__()
        self.layers = dense((parameters.width, *reversed(parameters.layers)), parameters.dropout)
        last = parameters.layers[0] if parameters.layers else parameters.width
        # Of what there is none of, there is one that no target asks for: no layer may be empty.
        self.numbers = nn.Linear(last, max(len(material.numbers), 1))
        self.artist = nn.Linear(last, parameters.artist)
        self.artists = nn.Embedding(len(material.artists) + 1, parameters.artist, sparse=True)
        nn.init.normal_(self.artists.weight, std=0.1)
        self.genre = nn.Linear(parameters.width, max(len(material.genres), 1))
        self.emotion = nn.Linear(parameters.width, max(len(material.emotions), 1))

    def forward(self, code: Tensor) -> tuple[Tensor, Tensor]:
        """Numbers, shape (tracks, numbers), and what is asked of the artists, (tracks, 100)."""
        found = self.layers(code)
        return self.numbers(found), self.artist(found)


class Autoencoder(nn.Module):
    """Both halves."""

    def __init__(self, material: Material, parameters: LatentParameters) -> None:
        super().__init__()
        self.encoder = Encoder(material, parameters)
        self.decoder = Decoder(material, parameters)

    def sparse(self) -> list[Tensor]:
        """Tables of which a step moves few rows."""
        encoder, decoder = self.encoder, self.decoder
        tables = (encoder.artists.table, encoder.genres.table, encoder.emotions.table)
        return [each.weight for each in (*tables, decoder.artists)]

    def others(self) -> list[Tensor]:
        """All other parameters."""
        apart = {id(each) for each in self.sparse()}
        return [each for each in self.parameters() if id(each) not in apart]


class Served(nn.Module):
    """The encoder as the graph is: one array in, codes out."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, tracks: Tensor) -> Tensor:
        """Codes, from what `segue.latent.encoder.Encoder.inputs` gives."""
        count = self.encoder.mean.shape[0]
        scaled = self.encoder.scaled(tracks[:, :count])
        code: Tensor = self.encoder(scaled, tracks[:, count:].to(torch.int64))
        return code


def kinds_of(words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Places of artists, genres and emotion, from places of all, shape (tracks, 6)."""
    genres = ARTISTS + GENRES
    return words[:, :ARTISTS], words[:, ARTISTS:genres], words[:, genres:]


def dense(widths: tuple[int, ...], dropout: float) -> nn.Sequential:
    """Layers with ReLU and dropout."""
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*layers)
