"""Losses against their definitions, pair by pair, and what every one of them must do."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from segue.training.ears import losses


def _batch(seed: int, labels: int = 3, each: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randn(labels * each, 6, generator=generator, dtype=torch.float64)
    return functional.normalize(rows, dim=1), torch.arange(labels).repeat_interleave(each)


@given(st.integers(0, 10_000))
def test_hard_contrastive_is_its_definition(seed: int) -> None:
    embeddings, labels = _batch(seed)
    likes, others = [], []
    for one in range(len(labels)):
        for two in range(one + 1, len(labels)):
            apart = float((embeddings[one] - embeddings[two]).norm())
            (likes if labels[one] == labels[two] else others).append(apart)
    nearest = sorted(others)[: len(likes)]
    margin = 1.2
    wanted = sum(d * d for d in likes) + sum(max(0.0, margin - d) ** 2 for d in nearest)
    wanted /= len(likes) + len(nearest)
    loss = losses.contrastive(embeddings, labels, hard=True, margin=margin)
    assert float(loss) == pytest.approx(wanted, rel=1e-5)


@given(st.integers(0, 10_000))
def test_nt_xent_is_its_definition(seed: int) -> None:
    embeddings, labels = _batch(seed)
    cosines = (embeddings @ embeddings.T).numpy() / losses.TEMPERATURE
    total = []
    for one in range(len(labels)):
        others = [two for two in range(len(labels)) if two != one]
        whole = np.log(np.exp(cosines[one, others]).sum())
        likes = [two for two in others if labels[two] == labels[one]]
        total.append(np.mean([whole - cosines[one, two] for two in likes]))
    assert float(losses.nt_xent(embeddings, labels)) == pytest.approx(np.mean(total), rel=1e-6)


@given(st.integers(0, 10_000))
def test_multi_similarity_is_its_definition(seed: int) -> None:
    embeddings, labels = _batch(seed)
    cosines = (embeddings @ embeddings.T).numpy()
    total = []
    for one in range(len(labels)):
        others = [two for two in range(len(labels)) if two != one]
        likes = [cosines[one, two] for two in others if labels[two] == labels[one]]
        unlike = [cosines[one, two] for two in others if labels[two] != labels[one]]
        pulled = [s for s in likes if s - losses.EPSILON < max(unlike)]
        pushed = [s for s in unlike if s + losses.EPSILON > min(likes)]
        pull = np.log1p(sum(np.exp(-losses.ALPHA * (s - losses.LAMBDA)) for s in pulled))
        push = np.log1p(sum(np.exp(losses.BETA * (s - losses.LAMBDA)) for s in pushed))
        total.append(pull / losses.ALPHA + push / losses.BETA)
    assert float(losses.multi_similarity(embeddings, labels)) == pytest.approx(
        np.mean(total), rel=1e-6
    )


def _loss(name: str, embeddings: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    if name == "contrastive":
        return losses.contrastive(embeddings, labels, hard=True)
    if name == "nt-xent":
        return losses.nt_xent(embeddings, labels)
    if name == "multi-similarity":
        return losses.multi_similarity(embeddings, labels)
    torch.manual_seed(0)
    proxies = losses.Proxies(int(labels.max()) + 1, embeddings.shape[1]).to(embeddings.dtype)
    return proxies(embeddings, labels)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_following_the_slope_brings_likes_together(name: str) -> None:
    rows, labels = _batch(5, labels=4, each=4)
    rows = rows.clone().requires_grad_()
    optimizer = torch.optim.SGD([rows], lr=1.0)
    spread = []
    for _ in range(120):
        embeddings = functional.normalize(rows, dim=1)
        cosines = (embeddings @ embeddings.T).detach()
        same = labels[:, None] == labels[None, :]
        spread.append(float(cosines[same].mean() - cosines[~same].mean()))
        optimizer.zero_grad()
        _loss(name, embeddings, labels).backward()
        optimizer.step()
    assert spread[-1] > spread[0] + 0.25


@pytest.mark.parametrize("name", ["contrastive", "nt-xent"])
def test_a_batch_of_strangers_teaches_nothing(name: str) -> None:
    embeddings, _ = _batch(1)
    embeddings.requires_grad_()
    loss = _loss(name, embeddings, torch.arange(len(embeddings)))
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert float(embeddings.grad.abs().sum()) == 0.0


def test_two_windows_that_are_the_same_have_a_finite_slope() -> None:
    embeddings = functional.normalize(torch.ones(4, 3), dim=1).requires_grad_()
    losses.contrastive(embeddings, torch.tensor([0, 0, 1, 1])).backward()
    assert torch.isfinite(embeddings.grad).all()


def test_as_many_unlike_pairs_are_drawn_as_there_are_likes() -> None:
    """With random negatives the loss lies between that of the nearest and of the farthest."""
    embeddings, labels = _batch(9, labels=6, each=2)
    torch.manual_seed(1)
    drawn = {round(float(losses.contrastive(embeddings, labels, margin=2.0)), 9) for _ in range(20)}
    assert len(drawn) > 10
    hardest = float(losses.contrastive(embeddings, labels, hard=True, margin=2.0))
    assert max(drawn) <= hardest + 1e-9
