"""Teaching an autoencoder, with early stopping on artists that are kept aside.

After every pass the loss is computed without dropout on the validation and on as many of the
tracks that were learned from, so that the two curves tell of the same thing; of the parts of the
target only those are summed that both have (an artist that is kept aside cannot be told). The
network of the best pass is kept. One thread, everything drawn from one seed: the same tracks and
the same seed give the same network on the same machine.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from segue.training.latent.network import Autoencoder
from segue.training.latent.targets import Rebuilt, Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from segue.training.latent.material import Material
    from segue.training.latent.parameters import LatentParameters
    from segue.types import Progress, Rows

NOT_SHARED = "artist"
"""The part of the loss that the validation has not."""

_FIRST_AID = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What came of teaching.

    Attributes
    ----------
    network
        As it was after the best pass.
    history
        A pass each: `epoch`, `training`, `validation`, and `parts` of the validation.
    best
        The number of the best pass, from 1.
    seconds, cpu_seconds
        What it took, by the clock and on the processor.
    """

    network: Autoencoder
    history: tuple[dict[str, Any], ...]
    best: int
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class _Tensors:
    """Tracks as the target takes them."""

    scaled: Tensor
    words: Tensor
    counted: Tensor

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.scaled[rows], self.words[rows], self.counted[rows]


def teach(
    material: Material,
    parameters: LatentParameters,
    *,
    seed: int,
    sound: bool = True,
    watch: Callable[[Autoencoder], dict[str, Any]] | None = None,
    on_progress: Progress | None = None,
) -> Lesson:
    """Teach an autoencoder.

    Parameters
    ----------
    sound
        Whether the target is `Told`; else it is `Rebuilt`.
    watch
        Is given the network after every pass, and before the first; what it gives is noted.
    on_progress
        Called after every pass with (passes, most passes, the losses).
    """
    began, spent = time.perf_counter(), time.process_time()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = Autoencoder(material, parameters)
            target = (Told if sound else Rebuilt)(material, parameters)
            kept, history, best = _learn(
                network, target, material, parameters, seed, watch, on_progress
            )
    finally:
        torch.set_num_threads(threads)
    network.load_state_dict(kept)
    network.eval()
    return Lesson(
        network,
        tuple(history),
        best,
        time.perf_counter() - began,
        time.process_time() - spent,
    )


def _learn(
    network: Autoencoder,
    target: Told | Rebuilt,
    material: Material,
    parameters: LatentParameters,
    seed: int,
    watch: Callable[[Autoencoder], dict[str, Any]] | None,
    on_progress: Progress | None,
) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    """The best state, the history and the number of the best pass."""
    tensors = _tensors(network, material, parameters)
    generator = torch.Generator().manual_seed(seed)
    others = [*network.others(), *target.parameters()]
    optimisers = (
        torch.optim.Adam(others, lr=parameters.rate, eps=_FIRST_AID),
        torch.optim.SparseAdam(network.sparse(), lr=parameters.rate, eps=_FIRST_AID),
    )
    judged = _judged(material, seed)
    history: list[dict[str, Any]] = []
    best, lowest = 0, float("inf")
    kept = copy.deepcopy(network.state_dict())
    if watch is not None:
        history.append({"epoch": 0, **watch(network)})
    for epoch in range(1, parameters.epochs + 1):
        _pass(network, target, tensors, material.training, parameters, optimisers, generator)
        step = _step(epoch, network, target, tensors, judged, seed)
        history.append(step if watch is None else step | watch(network))
        if step["validation"] < lowest:
            best, lowest = epoch, step["validation"]
            kept = copy.deepcopy(network.state_dict())
        if on_progress is not None:
            said = f"loss {step['training']:.3f}, kept aside {step['validation']:.3f}"
            on_progress(epoch, parameters.epochs, said)
        if epoch - best >= parameters.patience:
            break
    return kept, history, best


def _tensors(network: Autoencoder, material: Material, parameters: LatentParameters) -> _Tensors:
    with torch.no_grad():
        scaled = network.encoder.scaled(torch.from_numpy(material.values))
    counted = np.where(material.guessed, parameters.guessed, 1.0).astype(np.float32)
    return _Tensors(scaled, torch.from_numpy(material.words), torch.from_numpy(counted))


def _judged(material: Material, seed: int) -> tuple[Tensor, Tensor]:
    """Rows of the training that the curve is drawn from, and those kept aside."""
    aside = material.validation if len(material.validation) else material.training
    count = min(len(material.training), max(len(aside), 1))
    some = np.random.default_rng(seed).choice(material.training, count, replace=False)
    return torch.from_numpy(np.sort(some)), torch.from_numpy(aside)


def _pass(
    network: Autoencoder,
    target: Told | Rebuilt,
    tensors: _Tensors,
    rows: Rows,
    parameters: LatentParameters,
    optimisers: tuple[torch.optim.Optimizer, ...],
    generator: torch.Generator,
) -> None:
    """One pass over the tracks that are learned from."""
    network.train()
    target.train()
    order = torch.from_numpy(rows)[torch.randperm(len(rows), generator=generator)]
    for batch in order.split(parameters.batch):
        parts = target(network, *tensors.take(batch), generator=generator)
        loss = torch.stack(list(parts.values())).sum()
        for optimiser in optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        for optimiser in optimisers:
            optimiser.step()


def _step(
    epoch: int,
    network: Autoencoder,
    target: Told | Rebuilt,
    tensors: _Tensors,
    judged: tuple[Tensor, Tensor],
    seed: int,
) -> dict[str, Any]:
    """What is noted of a pass."""
    network.eval()
    target.eval()
    found = []
    with torch.no_grad():
        for rows in judged:
            generator = torch.Generator().manual_seed(seed)  # the same gaps after every pass
            parts = target(network, *tensors.take(rows), generator=generator)
            found.append({name: float(part) for name, part in parts.items() if name != NOT_SHARED})
    return {
        "epoch": epoch,
        "training": sum(found[0].values()),
        "validation": sum(found[1].values()),
        "parts": found[1],
    }
