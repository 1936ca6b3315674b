"""What is to be known of a track: targets, their groups, and sets of them, as data.

A **target** is a number (energy) or a class (key). Targets that lean on one another stand in a
**group** and are learned together. `MUSICAL` are the eleven of this field, in the groups in which
they correlate; a table with other targets makes a set of its own (`segue.attributes.choosing`), and
everything that trains, compares and predicts works on any set.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from segue.errors import BadFileError
from segue.records import KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.types import Floats

Kind = Literal["number", "class"]

TEMPO_BINS: tuple[float, ...] = (80.0, 100.0, 120.0, 140.0, 170.0)
"""Where one bin of the tempo ends and the next begins, beats a minute."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to be predicted.

    Attributes
    ----------
    name
        The word for it in reports and manifests.
    kind
        "number" or "class".
    column
        The column it is read from; a field of `segue.records.Attributes` for the musical ones.
    scale
        Of a number: the name of the scale it is learned on (`segue.attributes.scales`).
    low, high
        Of a number: the ends of what it may be.
    labels
        Of a class: names in the order of their codes, 0 first.
    edges
        Of a class that is cut from a number: where one bin ends and the next begins.
    """

    name: str
    kind: Kind
    column: str
    scale: str = "plain"
    low: float = -math.inf
    high: float = math.inf
    labels: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()

    def read(self, values: Floats) -> Floats:
        """Values of its column as what is learned: the number itself, or the code of the class.

        Parameters
        ----------
        values
            Shape (tracks,), NaN where unknown.

        Returns
        -------
        Floats
            Shape (tracks,); NaN where unknown, where a code is none of the classes, and where
            a number to be cut is not above 0.
        """
        if self.kind == "number":
            return np.where((values >= self.low) & (values <= self.high), values, np.nan)
        if self.edges:
            codes = np.searchsorted(self.edges, values, side="right").astype(np.float64)
            return np.where(values > 0, codes, np.nan)
        whole = (values >= 0) & (values < len(self.labels)) & (values == np.floor(values))
        return np.where(whole, values, np.nan)


@dataclass(frozen=True, slots=True)
class Group:
    """Targets of one kind that are learned together."""

    name: str
    targets: tuple[Target, ...]

    @property
    def kind(self) -> Kind:
        """The kind of all of them."""
        return self.targets[0].kind


@dataclass(frozen=True, slots=True)
class TargetSet:
    """All targets of one model, by group."""

    name: str
    groups: tuple[Group, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        """All of them, in order."""
        return tuple(target for group in self.groups for target in group.targets)

    def to_json(self) -> dict[str, Any]:
        """As a manifest holds it; infinite ends are null."""
        return {
            "name": self.name,
            "groups": [
                {"name": group.name, "targets": [_written(target) for target in group.targets]}
                for group in self.groups
            ],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> TargetSet:
        """The set a manifest holds; BadFileError where it is none."""
        try:
            groups = tuple(
                Group(str(group["name"]), tuple(_target(each) for each in group["targets"]))
                for group in document["groups"]
            )
            return cls(str(document["name"]), groups)
        except (KeyError, TypeError, ValueError) as problem:
            raise BadFileError(
                f"the targets of the manifest cannot be read ({problem!r})",
                remedy="Train the model again: `segue train attributes`",
            ) from None


def _written(target: Target) -> dict[str, Any]:
    document = asdict(target)
    for end in ("low", "high"):
        document[end] = document[end] if math.isfinite(document[end]) else None
    return document


def _target(document: Mapping[str, Any]) -> Target:
    rest: dict[str, Any] = dict(document)
    for name, open_end in (("low", -math.inf), ("high", math.inf)):
        rest[name] = open_end if rest.get(name) is None else float(rest[name])
    for name in ("labels", "edges"):
        rest[name] = tuple(rest.get(name, ()))
    return Target(**rest)


def _share(name: str, scale: str = "rank") -> Target:
    return Target(name, "number", name, scale=scale, low=0.0, high=1.0)


def _classes(name: str, column: str, labels: Sequence[str], edges: Sequence[float] = ()) -> Target:
    return Target(name, "class", column, labels=tuple(labels), edges=tuple(edges))


def _bins(edges: Sequence[float]) -> list[str]:
    ends = [0.0, *edges, math.inf]
    return [
        f"{low:g}–{high:g} BPM" if math.isfinite(high) else f"{low:g} BPM and more"
        for low, high in pairwise(ends)
    ]


MUSICAL = TargetSet(
    "musical",
    (
        Group("energy-mood", (_share("energy"), _share("valence"), _share("danceability"))),
        Group(
            "production",
            (
                Target("loudness", "number", "loudness", low=-120.0, high=40.0),
                _share("acousticness"),
                _share("instrumentalness"),
                _share("liveness", "logit"),
            ),
        ),
        Group("structure", (_share("speechiness", "logit"),)),
        Group(
            "key-mode",
            (_classes("key", "key", KEYS), _classes("mode", "mode", ("minor", "major"))),
        ),
        Group("tempo", (_classes("tempo_bin", "tempo", _bins(TEMPO_BINS), TEMPO_BINS),)),
    ),
)
"""The eleven attributes: eight numbers and three classes."""
