"""What came of continuing playlists with several methods: figures, intervals, differences."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.evaluation.continuation import METRICS, compare, interval_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.evaluation.continuation import Found
    from segue.evaluation.intervals import Interval
    from segue.types import Rows

SHOWN: Mapping[str, str] = MappingProxyType(
    {
        "r_precision_artist": "+artist",
        "ndcg": "NDCG",
        "ndcg_found": "found",
        "clicks": "clicks",
        "recall_500": "rec@500",
    }
)
"""Metrics of the table behind R-precision, with their heads; JSON has all."""

COMPARED = ("r_precision", "ndcg", "clicks", "recall_500")
"""Metrics whose differences are told."""

BASE = "plain"
"""The method that others are measured by, where it was tried."""


@dataclass(frozen=True, slots=True, eq=False)
class ContinuationReport:
    """How well each method continued the playlists, by scenario.

    Attributes
    ----------
    source
        What was asked, as a person would say it; `learned_from` likewise.
    playlists, entries, tracks
        How many of training.
    counts
        In how many of these each row stands, shape (tracks,).
    found
        By scenario and method.
    asked
        How many playlists, by scenario.
    unanswered
        How many a method had no answer to, by scenario and method.
    seed
        Of what was left to chance.
    seconds
        How long it took.
    notes
        What a reader has to know, as sentences without a full stop.
    """

    source: str
    learned_from: str
    playlists: int
    entries: int
    tracks: int
    counts: Rows
    found: Mapping[str, Mapping[str, Found]]
    asked: Mapping[str, int]
    unanswered: Mapping[str, Mapping[str, int]]
    seed: int
    seconds: float
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON: every metric with its interval, differences from `BASE`."""
        return {
            "source": self.source,
            "learned_from": {
                "what": self.learned_from,
                "playlists": self.playlists,
                "entries": self.entries,
                "tracks": self.tracks,
            },
            "candidates": 500,
            "seed": self.seed,
            "scenarios": {name: self._scenario(name) for name in self.found},
            "notes": list(self.notes),
            "seconds": round(self.seconds, 1),
        }

    def _scenario(self, scenario: str) -> dict[str, Any]:
        methods = self.found[scenario]
        document: dict[str, Any] = {
            "playlists": self.asked[scenario],
            "methods": {name: self._method(scenario, name) for name in methods},
        }
        if BASE in methods:
            document[f"against_{BASE}"] = {
                name: differences(found, methods[BASE], seed=self.seed)
                for name, found in methods.items()
                if name != BASE
            }
        return document

    def _method(self, scenario: str, name: str) -> dict[str, Any]:
        found = self.found[scenario][name]
        return {
            "metrics": {
                metric: told(interval_of(found, metric, seed=self.seed)) for metric in METRICS
            },
            "liking": found.liking(self.counts),
            "unanswered": self.unanswered[scenario][name],
        }

    def table(self, scenario: str) -> list[list[str]]:
        """A head and a row a method; R-precision with its interval."""
        rows = [["method", "R-prec", "95 %", *SHOWN.values(), "distinct", "plays"]]
        for name, found in self.found[scenario].items():
            liking = found.liking(self.counts)
            first = interval_of(found, "r_precision", seed=self.seed)
            rows.append(
                [
                    name,
                    f"{first.value:.4f}",
                    f"{first.low:.3f}–{first.high:.3f}",
                    *(_shown(found, metric) for metric in SHOWN),
                    f"{liking['distinct']:,.0f}",
                    f"{liking['popularity']:,.0f}",
                ]
            )
        return rows


def _shown(found: Found, metric: str) -> str:
    return f"{found.mean(metric):.{2 if metric == 'clicks' else 4}f}"


def told(interval: Interval) -> dict[str, float | None]:
    """An interval as JSON; None for what is not defined."""
    ends = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {name: None if np.isnan(end) else round(end, 6) for name, end in ends.items()}


def differences(first: Found, second: Found, *, seed: int = 42) -> dict[str, Any]:
    """By how much `first` is above `second` on the same playlists, by metric of `COMPARED`.

    Each with the interval of the difference, and ``ratio``, None where `second` has 0.
    """
    found = {}
    for metric in COMPARED:
        below = second.mean(metric)
        found[metric] = {
            **told(compare(first, second, metric, seed=seed)),
            "ratio": round(first.mean(metric) / below, 4) if below else None,
        }
    return found


def scenarios_in_words(names: Sequence[str]) -> dict[str, str]:
    """Scenarios as headings."""
    words = {"half": "Half of the tracks are seeds", "1": "One track is the seed"}
    words["title"] = "The title is the seed"
    return {name: words.get(name, f"{name} tracks are seeds") for name in names}
