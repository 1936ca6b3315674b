"""The loop: batches in, a network that was best on artists it never saw out.

The rate of learning rises over the first tenth and falls along a cosine to 0 (Smith and Topin,
*Super-Convergence*, 2019), by steps or by time, whichever comes to its end first. What is judged
and kept is the exponential moving average of the weights (Polyak and Juditsky, 1992), which is
calmer than the weights themselves. Every so many steps the average is judged on validation tracks
by how well they find each other, not by loss, and the best is kept; without validation it is the
last.

On a GPU products are taken in bfloat16, which needs no scaling of the loss; weights stay float32.
"""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch.optim.swa_utils import AveragedModel

from segue.errors import InternalError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from torch import Tensor, nn

    from segue.training.ears.plan import Plan
    from segue.types import Progress

RISING = 0.1
"""Share of a training in which the rate of learning rises."""

MEMORY = 0.99
"""How much of the averaged weights stays at each step, at most: less at first, when what they were
is chance."""

SGD_RATE = 3e-3
"""Highest rate of learning of stochastic gradient descent."""

DECAY = {"adamw": 1e-2, "sgd": 1e-5}


class Task(Protocol):
    """What is learned: one batch's loss, and how good a network is."""

    network: nn.Module
    """What is trained; what the loss needs beside it (proxies) is part of `beside`."""

    beside: nn.Module | None
    rate: float
    """The highest rate of learning of AdamW that is best for it."""

    def loss(self) -> Tensor:
        """Of a new batch."""
        ...

    def judge(self, network: nn.Module) -> float:
        """How well validation tracks find each other by `network`, more is better."""
        ...


@dataclass(slots=True)
class Run:
    """A training as it stands; what a checkpoint keeps.

    Attributes
    ----------
    step
        Batches done.
    seconds
        They took, in all sittings.
    best, best_step
        The best judgement so far and after how many batches; -inf and 0 before the first.
    history
        One entry a look: step, mean loss since the last, judgement (None without validation).
    """

    step: int = 0
    seconds: float = 0.0
    best: float = -math.inf
    best_step: int = 0
    stale: int = 0
    history: list[dict[str, float | None]] = field(default_factory=list)
    weights: Mapping[str, Tensor] | None = None


def device_of(name: str) -> torch.device:
    """The device a plan names.

    Raises
    ------
    UnavailableError
        There is no such device here, or this PyTorch cannot use it.
    """
    there = torch.cuda.is_available()
    if name == "auto":
        return torch.device("cuda" if there else "cpu")
    if name == "cuda" and not there:
        raise UnavailableError(
            f"PyTorch {torch.__version__} finds no GPU that it can use",
            where="--device",
            remedy="Leave it to --device auto, or install a PyTorch made for your GPU",
        )
    return torch.device(name)


class Loop:
    """One training.

    Parameters
    ----------
    task
        What is learned.
    plan
        How.
    steps
        Batches in which the rate of learning falls to 0.
    draws
        The generator of everything the task draws, whose state is kept.
    """

    def __init__(self, task: Task, *, plan: Plan, steps: int, draws: np.random.Generator) -> None:
        self.task, self.plan, self.draws = task, plan, draws
        self.device = device_of(plan.device)
        kind = plan.optimizer
        self.rate = plan.rate or (task.rate if kind == "adamw" else SGD_RATE)
        parts = [task.network] + ([task.beside] if task.beside is not None else [])
        self.parameters = [each for part in parts for each in part.parameters()]
        self.steps = steps
        self.optimizer = _optimizer(self.parameters, kind, self.rate)
        self.averaged = AveragedModel(task.network, avg_fn=_average, use_buffers=True)
        self.run = Run()

    def go(
        self,
        *,
        judging: bool = True,
        until: int | None = None,
        on_progress: Progress | None = None,
        kept: Callable[[], None] = lambda: None,
    ) -> Run:
        """Train to the end, or until nothing gets better.

        Parameters
        ----------
        judging
            Whether there is somebody to judge on.
        until
            Batches after which it ends; the rate of learning falls as if it did not.
        on_progress
            Called with (batches done, most batches, what is known of them).
        kept
            Called after every look; writes a checkpoint.
        """
        run = self.run
        most = min(self.steps, until or self.steps)
        began = time.monotonic() - run.seconds
        losses: list[Tensor] = []
        while run.step < most and self.part() < 1.0 and run.stale < self.plan.patience:
            losses.append(self.batch())
            run.step += 1
            run.seconds = time.monotonic() - began
            if run.step % self.plan.every == 0 or run.step >= most or self.part() >= 1.0:
                self._look(losses, judging=judging)
                losses = []
                kept()
            if on_progress is not None and run.step % 10 == 0:
                on_progress(run.step, most, self._told())
        if run.weights is None:
            self._keep()
        return run

    def part(self) -> float:
        """How much of the training is over, from 0 to 1."""
        by_time = 0.0
        if self.plan.minutes is not None:
            by_time = self.run.seconds / (60.0 * self.plan.minutes)
        return max(self.run.step / self.steps, by_time)

    def batch(self) -> Tensor:
        """One step; its loss, which is not waited for."""
        rate = self.rate * schedule(self.part())
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.task.network.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            loss = self.task.loss()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.averaged.update_parameters(self.task.network)
        return loss.detach()

    def _look(self, losses: list[Tensor], *, judging: bool) -> None:
        run = self.run
        mean = float(torch.stack(losses).float().mean())
        if not math.isfinite(mean):
            raise InternalError(f"training went astray: the loss is {mean} at batch {run.step}")
        judged = self._judged() if judging else None
        run.history.append({"step": run.step, "loss": mean, "validation": judged})
        if judged is None or judged > run.best:
            run.best = -math.inf if judged is None else judged
            run.best_step, run.stale = run.step, 0
            self._keep()
        else:
            run.stale += 1

    def _judged(self) -> float:
        network = self.averaged.module
        network.eval()
        with torch.no_grad():
            return self.task.judge(network)

    def _keep(self) -> None:
        state = self.averaged.module.state_dict()
        self.run.weights = {name: value.detach().cpu().clone() for name, value in state.items()}

    def _told(self) -> str:
        looks = self.run.history
        if not looks or looks[-1]["validation"] is None:
            return "learning"
        return f"learning; {looks[-1]['validation']:.3f} on artists held back"

    def best(self) -> nn.Module:
        """The network with the weights that were kept, on the CPU, ready to embed."""
        network = copy.deepcopy(self.task.network).cpu()
        network.load_state_dict(dict(self.run.weights or {}))
        return network.eval()

    def state(self) -> dict[str, Any]:
        """Everything needed to go on as if nothing had happened."""
        return {
            "network": self.task.network.state_dict(),
            "beside": None if self.task.beside is None else self.task.beside.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "draws": self.draws.bit_generator.state,
            "chance": torch.get_rng_state(),
            "run": {name: getattr(self.run, name) for name in Run.__dataclass_fields__},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        self.task.network.load_state_dict(state["network"])
        if self.task.beside is not None:
            self.task.beside.load_state_dict(state["beside"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.draws.bit_generator.state = state["draws"]
        torch.set_rng_state(state["chance"])
        self.run = Run(**state["run"])


def schedule(part: float) -> float:
    """Share of the highest rate of learning when `part` of a training is over."""
    if part < RISING:
        return 0.05 + 0.95 * part / RISING
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, (part - RISING) / (1.0 - RISING))))


def _average(averaged: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
    """The average after `count` earlier ones; what is counted, not weighed, is taken over."""
    if not averaged.is_floating_point():
        return current
    stays = min(MEMORY, (1.0 + float(count)) / (10.0 + float(count)))
    return averaged.lerp(current, 1.0 - stays)


def _optimizer(parameters: list[nn.Parameter], kind: str, rate: float) -> torch.optim.Optimizer:
    decay = DECAY[kind]
    if kind == "sgd":
        return torch.optim.SGD(parameters, rate, momentum=0.9, nesterov=True, weight_decay=decay)
    return torch.optim.AdamW(parameters, rate, weight_decay=decay)
