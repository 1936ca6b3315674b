"""What was counted, summed up for people: routes with how long they take, processes, jobs, pools.

Times come from classes that were counted, so a quantile is the upper end of the class it lies in:
"at most 25 ms", which is what is known.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prometheus_client.metrics_core import Metric
    from prometheus_client.samples import Sample

_MOST_ROUTES = 30
_NOT_YET = ("/ready", "503")


@dataclass(frozen=True, slots=True)
class Route:
    """One route: how often it was asked, how many answers were faults of ours (5xx).

    That a server is not ready yet is the true answer of ``/ready``, whatever its status: no fault.

    `half` and `most` are seconds within which half and 99 of 100 answers began; None where it took
    longer than the longest class.
    """

    name: str
    asked: int
    broken: int
    half: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Process:
    """One process that answers: its number, the epoch of its answers, its bytes of memory."""

    name: str
    epoch: int | None
    memory: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it. `numbers` are those that stand alone, by name."""

    routes: tuple[Route, ...]
    processes: tuple[Process, ...]
    jobs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """Requests that were answered."""
        return sum(route.asked for route in self.routes)

    @property
    def broken(self) -> int:
        """Answers that were faults of ours."""
        return sum(route.broken for route in self.routes)


def figures(metrics: Iterable[Metric]) -> Figures:
    """Sum up what `segue.serve.watching.meters.Meters.collect` gives."""
    by_name: dict[str, list[Sample]] = defaultdict(list)
    for metric in metrics:
        for sample in metric.samples:
            by_name[sample.name].append(sample)
    return Figures(
        routes=tuple(_routes(by_name)),
        processes=tuple(_processes(by_name)),
        jobs={
            (each.labels["kind"], each.labels["state"]): int(each.value)
            for each in by_name["segue_jobs"]
        },
        numbers={
            name: sum(each.value for each in samples)
            for name, samples in by_name.items()
            if all(not {*each.labels} - {"pid"} for each in samples)
        }
        | {
            f"segue_cache_{each.labels['found']}": each.value
            for each in by_name["segue_cache_lookups_total"]
        },
    )


def _routes(by_name: Mapping[str, list[Sample]]) -> list[Route]:
    """Every route, those asked most first."""
    asked: dict[str, int] = defaultdict(int)
    broken: dict[str, int] = defaultdict(int)
    for each in by_name["segue_requests_total"]:
        route = each.labels["route"]
        asked[route] += int(each.value)
        status = each.labels["status"]
        if status.startswith("5") and (route, status) != _NOT_YET:
            broken[route] += int(each.value)
    classes: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for each in by_name["segue_request_seconds_bucket"]:
        classes[each.labels["route"]].append((float(each.labels["le"]), each.value))
    made = [
        Route(name, number, broken[name], within(classes[name], 0.5), within(classes[name], 0.99))
        for name, number in asked.items()
    ]
    return sorted(made, key=lambda route: (-route.asked, route.name))[:_MOST_ROUTES]


def within(classes: Iterable[tuple[float, float]], share: float) -> float | None:
    """Seconds within which a share of what was counted lies: the upper end of a class.

    Parameters
    ----------
    classes
        Upper ends, the last of them infinite, each with how many lie at or below it.
    share
        From 0 to 1.

    Returns
    -------
    float or None
        None where it lies above the longest class, or nothing was counted.

    Examples
    --------
    >>> within([(0.1, 8), (1.0, 10), (float("inf"), 10)], 0.5)
    0.1
    """
    ordered = sorted(classes)
    total = ordered[-1][1] if ordered else 0
    found = next((end for end, number in ordered if total and number >= share * total), None)
    return None if found == float("inf") else found


def _processes(by_name: Mapping[str, list[Sample]]) -> list[Process]:
    """Every process that answers; one without a name where there is but one."""
    epochs = {each.labels.get("pid", ""): int(each.value) for each in by_name["segue_engine_epoch"]}
    held = {each.labels.get("pid", ""): each.value for each in by_name["segue_memory_bytes"]}
    return [Process(name, epochs.get(name), held.get(name)) for name in sorted({*epochs, *held})]
