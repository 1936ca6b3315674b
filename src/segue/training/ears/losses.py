"""Losses that teach likeness: what belongs together shall be near, everything else far.

All of them see one batch of embeddings of length 1, P labels × K windows, and compare every pair.
With s the cosine of two embeddings and d = √(2 - 2 s) their distance:

``contrastive``
    d² of pairs with the same label, max(0, margin - d)² of others, as many of these as of the
    former, drawn at random or the nearest (Hadsell, Chopra, LeCun, CVPR 2006). As specified.
``nt-xent``
    Cross entropy of each window's likes among all others at temperature 0.1 (Chen et al., *A Simple
    Framework for Contrastive Learning*, ICML 2020; with labels Khosla et al., NeurIPS 2020).
``multi-similarity``
    Soft weighing of hard pairs on both sides (Wang et al., CVPR 2019):
    1/α log(1 + Σ₊ e^{-α(s-λ)}) + 1/β log(1 + Σ₋ e^{β(s-λ)}) over pairs that are hard to tell.
``proxy``
    One learned point a label; cross entropy of the cosines to them (Movshovitz-Attias et al., ICCV
    2017, as normalised softmax by Zhai and Wu, BMVC 2019).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

LossName = Literal["contrastive", "nt-xent", "multi-similarity", "proxy"]

LOSSES: tuple[LossName, ...] = ("contrastive", "nt-xent", "multi-similarity", "proxy")

MARGIN = 1.0
"""Distance from which two unlike windows are left alone; of at most 2."""

TEMPERATURE = 0.1
ALPHA, BETA, LAMBDA, EPSILON = 2.0, 50.0, 0.5, 0.1
SCALE = 16.0


def contrastive(
    embeddings: Tensor, labels: Tensor, *, hard: bool = False, margin: float = MARGIN
) -> Tensor:
    """The contrastive loss, a scalar; 0 where no two windows have the same label.

    Parameters
    ----------
    embeddings
        Shape (n, width), rows of length 1.
    labels
        Shape (n,).
    hard
        Take the nearest unlike pairs instead of random ones.
    margin
        See the module.
    """
    rows, columns = torch.triu_indices(len(labels), len(labels), offset=1, device=labels.device)
    # The square root has no slope at 0, where two windows are the same.
    distances = (2.0 - 2.0 * (embeddings @ embeddings.T)[rows, columns]).clamp_min(1e-6).sqrt()
    same = labels[rows] == labels[columns]
    likes, others = distances[same], distances[~same]
    count = min(len(likes), len(others))
    if count == 0:
        return embeddings.sum() * 0.0
    if hard:
        unlike = others.topk(count, largest=False).values
    else:
        unlike = others[torch.randperm(len(others), device=others.device)[:count]]
    apart = functional.relu(margin - unlike).square().sum()
    return (likes.square().sum() + apart) / (len(likes) + count)


def nt_xent(embeddings: Tensor, labels: Tensor, *, temperature: float = TEMPERATURE) -> Tensor:
    """Normalised temperature-scaled cross entropy; parameters and empty case as `contrastive`."""
    same, other = _pairs(labels)
    logits = embeddings @ embeddings.T / temperature
    logits = logits.masked_fill(~(same | other), -torch.inf)
    logs = functional.log_softmax(logits, dim=1).masked_fill(~same, 0.0)
    count = same.sum(dim=1)
    asking = count > 0
    if not asking.any():
        return embeddings.sum() * 0.0
    return -(logs.sum(dim=1)[asking] / count[asking]).mean()


def multi_similarity(embeddings: Tensor, labels: Tensor) -> Tensor:
    """The multi-similarity loss; parameters and empty case as `contrastive`."""
    same, other = _pairs(labels)
    cosines = embeddings @ embeddings.T
    farthest = cosines.masked_fill(~same, torch.inf).amin(dim=1, keepdim=True)
    nearest = cosines.masked_fill(~other, -torch.inf).amax(dim=1, keepdim=True)
    likes = same & (cosines - EPSILON < nearest)
    unlike = other & (cosines + EPSILON > farthest)
    pulling = _soft(-ALPHA * (cosines - LAMBDA), likes) / ALPHA
    pushing = _soft(BETA * (cosines - LAMBDA), unlike) / BETA
    return (pulling + pushing).mean()


def _soft(terms: Tensor, chosen: Tensor) -> Tensor:
    """log(1 + Σ e^term) over the chosen of each row, 0 where none is."""
    zero = torch.zeros(len(terms), 1, device=terms.device, dtype=terms.dtype)
    masked = terms.masked_fill(~chosen, -torch.inf)
    return torch.logsumexp(torch.cat([zero, masked], dim=1), dim=1)


def _pairs(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Which pairs have the same label, without a window and itself, and which have not."""
    equal = labels[:, None] == labels[None, :]
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    return equal & ~itself, ~equal


class Proxies(nn.Module):
    """One learned point a label.

    Parameters
    ----------
    labels
        How many there are.
    width
        Of the embeddings.
    """

    def __init__(self, labels: int, width: int) -> None:
        super().__init__()
        self.points = nn.Parameter(torch.randn(labels, width) / width**0.5)

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        """The loss, a scalar."""
        logits = SCALE * embeddings @ functional.normalize(self.points, dim=1).T
        return functional.cross_entropy(logits, labels)
