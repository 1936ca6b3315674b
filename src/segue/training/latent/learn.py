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
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch

from segue.training.latent.network import Autoencoder
from segue.training.latent.targets import Rebuilt, Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from segue.training.latent.material import Material
    from segue.training.latent.parameters import LatentParameters
    from segue.types import Progress

NOT_SHARED = "artist"
"""The part of the loss that the validation has not."""

Watch: TypeAlias = "Callable[[Autoencoder], dict[str, Any]]"
"""Looks at a network after a pass, and says what is to be noted."""


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


def teach(
    material: Material,
    parameters: LatentParameters,
    *,
    seed: int,
    sound: bool = True,
    watch: Watch | None = None,
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
            course = _Course(material, parameters, seed=seed, sound=sound)
            history, best = course.run(watch, on_progress)
    finally:
        torch.set_num_threads(threads)
    return Lesson(
        course.network,
        tuple(history),
        best,
        time.perf_counter() - began,
        time.process_time() - spent,
    )


class _Course:
    """One teaching, from the first pass to the last."""

    def __init__(
        self, material: Material, parameters: LatentParameters, *, seed: int, sound: bool
    ) -> None:
        self._parameters = parameters
        self._seed = seed
        self._rows = torch.from_numpy(material.training)
        self._judged = _judged(material, seed)
        self.network = Autoencoder(material, parameters)
        self._target = (Told if sound else Rebuilt)(material, parameters)
        with torch.no_grad():
            self._scaled = self.network.encoder.scaled(torch.from_numpy(material.values))
        self._words = torch.from_numpy(material.words)
        counted = np.where(material.guessed, parameters.guessed, 1.0).astype(np.float32)
        self._counted = torch.from_numpy(counted)
        self._generator = torch.Generator().manual_seed(seed)
        others = [*self.network.others(), *self._target.parameters()]
        self._optimisers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.Adam(others, lr=parameters.rate),
            torch.optim.SparseAdam(self.network.sparse(), lr=parameters.rate),
        )

    def run(
        self, watch: Watch | None, on_progress: Progress | None
    ) -> tuple[list[dict[str, Any]], int]:
        """The history and the number of the best pass, which the network is left as."""
        network, parameters = self.network, self._parameters
        history: list[dict[str, Any]] = []
        best, lowest = 0, float("inf")
        kept = copy.deepcopy(network.state_dict())
        if watch is not None:
            history.append({"epoch": 0, **watch(network)})
        for epoch in range(1, parameters.epochs + 1):
            self._pass()
            step = {"epoch": epoch, **self._losses()}
            history.append(step if watch is None else step | watch(network))
            if step["validation"] < lowest:
                best, lowest = epoch, step["validation"]
                kept = copy.deepcopy(network.state_dict())
            if on_progress is not None:
                said = f"loss {step['training']:.3f}, kept aside {step['validation']:.3f}"
                on_progress(epoch, parameters.epochs, said)
            if epoch - best >= parameters.patience:
                break
        network.load_state_dict(kept)
        network.eval()
        return history, best

    def _pass(self) -> None:
        """One pass over the tracks that are learned from."""
        self.network.train()
        self._target.train()
        order = self._rows[torch.randperm(len(self._rows), generator=self._generator)]
        batch = self._parameters.batch_of(len(order))
        for first in range(0, len(order), batch):
            parts = self._parts(order[first : first + batch], self._generator)
            loss = torch.stack(list(parts.values())).sum()
            for optimiser in self._optimisers:
                optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            for optimiser in self._optimisers:
                optimiser.step()

    def _losses(self) -> dict[str, Any]:
        """What is noted of a pass."""
        self.network.eval()
        self._target.eval()
        found = []
        with torch.no_grad():
            for rows in self._judged:
                # The same gaps after every pass.
                parts = self._parts(rows, torch.Generator().manual_seed(self._seed))
                found.append({name: float(each) for name, each in parts.items()})
                found[-1].pop(NOT_SHARED, None)
        return {
            "training": sum(found[0].values()),
            "validation": sum(found[1].values()),
            "parts": found[1],
        }

    def _parts(self, rows: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        """Parts of the loss of some tracks."""
        tracks = self._scaled[rows], self._words[rows], self._counted[rows]
        parts: dict[str, Tensor] = self._target(self.network, *tracks, generator=generator)
        return parts


def _judged(material: Material, seed: int) -> tuple[Tensor, Tensor]:
    """Rows of the training that the curve is drawn from, and those kept aside."""
    aside = material.validation if len(material.validation) else material.training
    count = min(len(material.training), max(len(aside), 1))
    some = np.random.default_rng(seed).choice(material.training, count, replace=False)
    return torch.from_numpy(np.sort(some)), torch.from_numpy(aside)
