"""What the two networks learn: windows of tracks with labels in, a loss out, and a judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from segue.embedding.windows import COUNT, FRAMES
from segue.training.ears import losses
from segue.training.ears.networks import SOUND_WIDTH, Encoder, GenreNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

    from segue.training.ears.batches import Clips, Sampler
    from segue.training.ears.plan import Plan
    from segue.training.ears.warping import Augmentation
    from segue.types import Rows, Vectors

AT_ONCE = 64
"""Tracks that are embedded together."""

SMOOTHING = 0.1
"""Of genre labels: a genre is a matter of opinion (Szegedy et al., CVPR 2016)."""


@dataclass(slots=True, eq=False)
class Feed:
    """Windows to learn from, as both tasks draw them."""

    clips: Clips
    labels: Rows
    sampler: Sampler
    augmentation: Augmentation
    draws: np.random.Generator

    def draw(self) -> tuple[Tensor, Tensor]:
        """Windows, shape (n, frames, bands), and the labels of their tracks, shape (n,)."""
        rows = self.sampler.draw()
        length = self.augmentation.length if self.augmentation.warps else FRAMES
        margin = (length - FRAMES) // 2
        last = self.clips.lengths[rows] - FRAMES
        begins = self.draws.integers(0, last + 1) - margin
        crops = self.clips.crops(rows, begins, length=length)
        windows = self.augmentation(crops, self.draws)
        return windows, torch.as_tensor(self.labels[rows], device=windows.device)


class Likeness:
    """An encoder learns which windows belong together."""

    rate = 2e-3

    def __init__(
        self,
        feed: Feed,
        *,
        plan: Plan,
        device: torch.device,
        judge: Callable[[Vectors], float],
        held: Rows,
    ) -> None:
        self.network: nn.Module = Encoder().to(device)
        self.beside: nn.Module | None = None
        if plan.loss == "proxy":
            self.beside = losses.Proxies(int(feed.labels.max()) + 1, SOUND_WIDTH).to(device)
        self._feed, self._plan, self._judge, self._held = feed, plan, judge, held

    def loss(self) -> Tensor:
        """Of a new batch."""
        windows, labels = self._feed.draw()
        embeddings = self.network(windows).float()
        plan = self._plan
        if self.beside is not None:
            loss: Tensor = self.beside(embeddings, labels)
            return loss
        if plan.loss == "contrastive":
            return losses.contrastive(embeddings, labels, hard=plan.hard, margin=plan.margin)
        if plan.loss == "nt-xent":
            return losses.nt_xent(embeddings, labels)
        return losses.multi_similarity(embeddings, labels)

    def judge(self, network: nn.Module) -> float:
        """How well the tracks held back find their artists."""
        return self._judge(embedded(network, self._feed.clips, self._held))


class Naming:
    """A network learns to name genres."""

    rate = 1e-3

    def __init__(
        self,
        feed: Feed,
        *,
        mixed: float,
        genres: int,
        device: torch.device,
        judge: Callable[[Vectors], float],
        held: Rows,
    ) -> None:
        self.network: nn.Module = GenreNetwork(genres).to(device)
        self.beside: nn.Module | None = None
        self._feed, self._judge, self._held = feed, judge, held
        self._mixed = mixed

    def loss(self) -> Tensor:
        """Of a new batch."""
        windows, labels = self._feed.draw()
        if self._mixed == 0:
            logits = self.network(windows)[1].float()
            return functional.cross_entropy(logits, labels, label_smoothing=SMOOTHING)
        share = float(self._feed.draws.beta(self._mixed, self._mixed))
        order = torch.as_tensor(self._feed.draws.permutation(len(labels)), device=labels.device)
        _, logits = self.network(share * windows + (1.0 - share) * windows[order])
        ours, theirs = (
            functional.cross_entropy(logits.float(), of, label_smoothing=SMOOTHING)
            for of in (labels, labels[order])
        )
        return share * ours + (1.0 - share) * theirs

    def judge(self, network: nn.Module) -> float:
        """How well the tracks held back find others of their genre."""
        return self._judge(embedded(network, self._feed.clips, self._held))


def embedded(network: nn.Module, clips: Clips, rows: Rows, *, which: int = 0) -> Vectors:
    """Embeddings of all windows of tracks, shape (tracks, `COUNT`, width), float32.

    Parameters
    ----------
    which
        Of a network that gives several things: 0 is the embedding, 1 the logits of genres.
    """
    network.eval()
    parts = []
    with torch.no_grad():
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            given = network(clips.windows(some, count=COUNT))
            chosen = given[which] if isinstance(given, tuple) else given
            parts.append(chosen.float().cpu().numpy().reshape(len(some), COUNT, -1))
    return np.concatenate(parts)
