"""What a code is judged by while it is learned.

`Told` is the sound target. From the code must be told

- the numbers: mean squared error of those that are known, whether or not they were shown;
- genre and emotion: cross entropy, divided by the logarithm of how many there are;
- the artist: cross entropy over the artists of some of the batch, from each of which the logarithm
  of its share of the tracks is subtracted (sampled softmax: Bengio & Senécal, *Adaptive importance
  sampling to accelerate training of a neural probabilistic language model*, IEEE TNN 19(4), 2008).

Each part is near 1 for a code that says nothing. While learning, facts are hidden at random
(Vincent et al., *Extracting and composing robust features with denoising autoencoders*, ICML 2008),
and so the entries for unknown words are taught.

`Rebuilt` is the target it replaces: to rebuild the encoder's own input, embeddings and all, by mean
squared error. The embeddings are parameters, so they may move towards whatever is easily rebuilt,
and the easiest of all is a point: error falls because the words fall together. It is kept to show
this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from segue.latent.encoder import EMPTY, UNKNOWN
from segue.latent.manifest import ARTISTS, GENRES
from segue.training.latent.network import dense, kinds_of

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from segue.training.latent.material import Material
    from segue.training.latent.network import Autoencoder
    from segue.training.latent.parameters import LatentParameters


ASKED = 256
"""Tracks of a batch whose artist is asked for: all of them would take most of the time."""


class Told(nn.Module):
    """The sound target; gives the parts of the loss by name, each weighted."""

    frequency: Tensor

    def __init__(self, material: Material, parameters: LatentParameters) -> None:
        super().__init__()
        self._weights = parameters.weights
        self._hide = parameters.hide
        places = torch.from_numpy(material.words[material.training, 0])
        counts = torch.bincount(places.clamp(min=0), minlength=len(material.artists) + 1)
        self.register_buffer("frequency", ((counts + 1.0) / (counts.sum() + 1.0)).log())

    def forward(
        self,
        network: Autoencoder,
        scaled: Tensor,
        words: Tensor,
        counted: Tensor,
        *,
        generator: Generator,
    ) -> dict[str, Tensor]:
        """Parts of the loss of some tracks.

        Parameters
        ----------
        scaled, words
            As the encoder takes them.
        counted
            How much the emotion of each track counts, shape (tracks,).
        generator
            Draws what is hidden.
        """
        code = network.encoder(*hidden(scaled, words, self._hide, generator))
        numbers, asked = network.decoder(code)
        artist, genre, emotion = self._weights[1:]
        parts = {"numbers": self._weights[0] * _error(numbers, scaled)}
        if len(network.decoder.artists.weight) > 2:
            parts["artist"] = artist * self._artist(network, asked, words[:, 0])
        if network.decoder.genre.out_features > 1:
            logits = network.decoder.genre(code)
            parts["genre"] = genre * _surprise(logits, words[:, ARTISTS : ARTISTS + GENRES])
        if network.decoder.emotion.out_features > 1:
            logits = network.decoder.emotion(code)
            parts["emotion"] = emotion * _surprise(logits, words[:, -1:], counted)
        return parts

    def _artist(self, network: Autoencoder, asked: Tensor, places: Tensor) -> Tensor:
        """Cross entropy of the artists that are known, over each other."""
        (known,) = torch.nonzero(places > 0, as_tuple=True)
        known = known[:ASKED]
        if not len(known):
            return asked.sum() * 0.0
        candidates, which = torch.unique(places[known], return_inverse=True)
        logits = asked[known] @ network.decoder.artists(candidates).T - self.frequency[candidates]
        loss: Tensor = functional.cross_entropy(logits, which)
        return loss / torch.log(torch.tensor(float(max(len(candidates), 2))))


class Rebuilt(nn.Module):
    """The target that collapses; see the module."""

    def __init__(self, material: Material, parameters: LatentParameters) -> None:
        super().__init__()
        embedded = parameters.artist + parameters.genre + parameters.emotion
        width = 2 * len(material.numbers) + embedded
        widths = (parameters.width, *reversed(parameters.layers))
        self.layers = dense(widths, parameters.dropout)
        self.rebuilt = nn.Linear(widths[-1], width)

    def forward(
        self,
        network: Autoencoder,
        scaled: Tensor,
        words: Tensor,
        counted: Tensor,  # noqa: ARG002 (as of `Told`)
        *,
        generator: Generator,  # noqa: ARG002
    ) -> dict[str, Tensor]:
        """The error of the rebuilt input."""
        encoder = network.encoder
        facts = torch.cat([encoder.numbers(scaled), encoder.embedded(words)], dim=1)
        given = self.rebuilt(self.layers(encoder.from_facts(facts)))
        return {"rebuilt": functional.mse_loss(given, facts)}


def hidden(
    scaled: Tensor,
    words: Tensor,
    chances: tuple[float, float, float, float, float],
    generator: Generator,
) -> tuple[Tensor, Tensor]:
    """Facts with gaps: numbers become NaN, words unknown, with the chances of `parameters.hide`."""
    every, single, *kinds = chances
    count = len(scaled)
    gone = torch.rand(scaled.shape, generator=generator) < single
    gone |= torch.rand((count, 1), generator=generator) < every
    shown = torch.where(gone, torch.nan, scaled)
    parts = []
    for part, chance in zip(kinds_of(words), kinds, strict=True):
        without = torch.full_like(part, EMPTY)
        without[:, 0] = UNKNOWN
        drawn = torch.rand((count, 1), generator=generator) < chance
        parts.append(torch.where(drawn, without, part))
    return shown, torch.cat(parts, dim=1)


def _error(given: Tensor, scaled: Tensor) -> Tensor:
    """Mean squared error of the numbers that are known."""
    known = ~torch.isnan(scaled)
    apart = given[:, : scaled.shape[1]] - torch.where(known, scaled, 0.0)
    squares = torch.where(known, apart, 0.0).square()
    return squares.sum() / known.sum().clamp(min=1)


def _surprise(logits: Tensor, places: Tensor, counted: Tensor | None = None) -> Tensor:
    """Cross entropy of known words, over its value for a code that says nothing.

    Of several words of a track each counts alike.
    """
    there = (places > 0).to(logits.dtype)
    surprises = -torch.log_softmax(logits, dim=1).gather(1, (places - 1).clamp(min=0))
    by_track = (surprises * there).sum(dim=1) / there.sum(dim=1).clamp(min=1)
    weight = (there.sum(dim=1) > 0).to(logits.dtype)
    if counted is not None:
        weight = weight * counted
    told: Tensor = (by_track * weight).sum() / weight.sum().clamp(min=1e-9)
    return told / torch.log(torch.tensor(float(logits.shape[1])))
