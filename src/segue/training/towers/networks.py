"""The two towers, and the loss they share.

Content tower: h = Σ w e(word) + A x for words with embeddings e and numbers x; the track's vector
is (h + B relu(C norm(h))) brought to length 1, and a number b = d · h says how sought it is in
general. Playlist tower: D m + Σ w e'(title word), brought to length 1, with m the mean of the
seeds' vectors and D the unit matrix at the start. A playlist p and a track t get the logit ::

    s(p, t) = ⟨u_p, v_t⟩ / τ + b_t

Loss: the negative log of the softmax of s(p, t) − ln Q(t) over all tracks t of the batch that are
not p's own, and the one that is to be found (Q: how likely a track is to be in a batch). Without
the correction, what is sought by many would be pushed away for being in every batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

START = 0.1
"""τ at the start; it is learned, and stays between `COLDEST` and 1."""

COLDEST = 0.03


class ContentTower(nn.Module):
    """Words and numbers to vectors of length 1, and how sought each is.

    Parameters
    ----------
    words, numbers
        How many there are.
    dims
        Of the vectors.
    dropout
        Share of the hidden numbers that is left out while learning.
    """

    def __init__(self, *, words: int, numbers: int, dims: int, dropout: float) -> None:
        super().__init__()
        self.words = nn.EmbeddingBag(max(1, words), dims, mode="sum", sparse=True)
        nn.init.normal_(self.words.weight, std=dims**-0.5)
        self.numbers = nn.Linear(numbers, dims)
        self.norm = nn.LayerNorm(dims)
        self.inner = nn.Linear(dims, 2 * dims)
        self.outer = nn.Linear(2 * dims, dims)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)
        self.dropout = nn.Dropout(dropout)
        self.sought = nn.Linear(dims, 1)
        nn.init.zeros_(self.sought.weight)

    def forward(
        self, offsets: Tensor, words: Tensor, weights: Tensor, numbers: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Vectors, shape (n, dims), and how sought, shape (n,)."""
        hidden = self.words(words, offsets, per_sample_weights=weights) + self.numbers(numbers)
        deep = self.outer(self.dropout(functional.relu(self.inner(self.norm(hidden)))))
        return functional.normalize(hidden + deep, dim=1), self.sought(hidden)[:, 0]


class PlaylistTower(nn.Module):
    """The mean of the seeds' vectors and the words of the title to a vector of length 1."""

    def __init__(self, *, words: int, dims: int) -> None:
        super().__init__()
        self.words = nn.EmbeddingBag(max(1, words), dims, mode="sum", sparse=True)
        nn.init.normal_(self.words.weight, std=0.1 * dims**-0.5)
        self.seeds = nn.Linear(dims, dims, bias=False)
        nn.init.eye_(self.seeds.weight)

    def forward(self, means: Tensor, offsets: Tensor, words: Tensor, weights: Tensor) -> Tensor:
        """Shape (playlists, dims); zeros where there are neither seeds nor known words."""
        title = self.words(words, offsets, per_sample_weights=weights)
        return functional.normalize(self.seeds(means) + title, dim=1)


class TwoTowers(nn.Module):
    """Both, and the temperature."""

    def __init__(self, content: ContentTower, playlist: PlaylistTower) -> None:
        super().__init__()
        self.content, self.playlist = content, playlist
        self.log_temperature = nn.Parameter(torch.tensor(START).log())

    @property
    def temperature(self) -> Tensor:
        """τ."""
        return self.log_temperature.exp().clamp(COLDEST, 1.0)

    def loss(
        self,
        playlists: Tensor,
        tracks: tuple[Tensor, Tensor],
        *,
        chances: Tensor,
        entries: tuple[Tensor, Tensor],
        wanted: Tensor,
    ) -> Tensor:
        """Of a batch, each piece counting alike.

        Parameters
        ----------
        playlists
            Vectors, shape (pieces, dims).
        tracks
            Vectors, shape (n, dims), and how sought, shape (n,), of the batch's tracks.
        chances
            Logarithms of Q, shape (n,).
        entries, wanted
            Piece and track of every entry, and which are to be found.
        """
        vectors, sought = tracks
        logits = playlists @ vectors.T / self.temperature + (sought - chances)
        found = logits[entries]
        own = torch.zeros_like(logits, dtype=torch.bool).index_put_(
            entries, wanted.new_tensor(True)
        )
        others = logits.masked_fill(own, -torch.inf).logsumexp(dim=1)
        pieces = entries[0][wanted]
        lost = torch.logaddexp(others[pieces], found[wanted]) - found[wanted]
        shares = 1.0 / torch.bincount(pieces, minlength=len(playlists)).clamp(min=1)
        return (lost * shares[pieces]).sum() / len(playlists)
