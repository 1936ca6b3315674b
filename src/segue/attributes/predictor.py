"""A model at work for a catalogue: from stored descriptors to the attributes that are shown.

A model predicts more than Segue shows, or less; shown are those of its targets that are attributes
of Segue. Numbers are taken as they are, key and mode from the most probable class. The tempo is
predicted as a bin, and the signal has several candidates for it, octaves apart: the candidate whose
bin is the most probable counts where that bin is `SURE`, else the signal's own where the signal is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.attributes.estimates import DECIMALS
from segue.attributes.model import Model
from segue.descriptors import tempo
from segue.descriptors.extract import COLUMNS, NAMES
from segue.errors import UnavailableError
from segue.models.folder import digest as digest_of
from segue.records import CONTINUOUS, KEYS, Attributes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from segue.attributes.model import Predictions
    from segue.attributes.targets import Target
    from segue.types import Floats, Vector, Vectors

SURE = 0.5
"""Probability of a bin from which it decides between candidates of the tempo."""

CANDIDATES = ("tempo", "tempo_slower", "tempo_faster")
"""The signal's tempi, its own first: of two in one bin it is the one that counts."""

_MODES = 2


@dataclass(frozen=True, slots=True)
class Interval:
    """Between what a predicted attribute lies, for a share `coverage` of tracks."""

    low: float
    high: float
    coverage: float

    @property
    def half(self) -> float:
        """Half its width: what is written behind ±."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """A model that predicts from today's descriptors.

    Attributes
    ----------
    model
        The model.
    digest
        sha256 of its manifest, which tells it from another of the same name.
    shown
        Targets that are attributes of Segue, by the attribute.
    """

    model: Model
    digest: str
    shown: Mapping[str, Target]

    @classmethod
    def open(cls, folder: Path, *, inputs: str) -> Self:
        """The model in a folder, loaded once a process.

        Parameters
        ----------
        folder
            What `segue train attributes` wrote.
        inputs
            What descriptors are today, as manifests say it: "descriptors 2, 30 s, decoding 1".

        Raises
        ------
        NotFoundError, BadFileError, UnavailableError
            There is none, it is damaged, it does not fit these descriptors or was trained on files
            heard otherwise, or none of its targets is an attribute of Segue.
        """
        folder = folder.expanduser().absolute()
        return cls(*_opened(folder, digest_of(folder), inputs))

    @property
    def provenance(self) -> str:
        """How what it predicts is marked."""
        return self.model.provenance

    def predict(self, vectors: Vectors) -> dict[str, Floats]:
        """Attributes of tracks by name, shape (tracks,), NaN where nothing is said.

        Parameters
        ----------
        vectors
            Shape (tracks, descriptors), raw.
        """
        said = self._said(vectors)
        found: dict[str, Floats] = {}
        for name, target in self.shown.items():
            if target.kind == "number":
                found[name] = np.round(said.numbers[target.name], DECIMALS[name])
            elif name == "tempo":
                found[name] = _tempi(vectors, said.classes[target.name], target.edges)
            else:
                found[name] = said.classes[target.name].argmax(axis=1).astype(np.float64)
        return found

    def _said(self, vectors: Vectors) -> Predictions:
        """What the model says; it may know one pipeline of the descriptors alone."""
        return self.model.predict(vectors[:, [COLUMNS[name] for name in self.model.manifest.names]])

    def of(self, vector: Vector) -> Attributes:
        """Attributes of one track."""
        found = {
            name: float(values[0]) for name, values in self.predict(vector[np.newaxis]).items()
        }
        known = {
            name: int(value) if name in {"key", "mode"} else value
            for name, value in found.items()
            if value == value  # noqa: PLR0124 (NaN)
        }
        return Attributes(**known)  # type: ignore[arg-type]

    def intervals(self, vector: Vector) -> dict[str, Interval]:
        """Between what the numbers of one track lie, by name of the attribute."""
        said = self._said(vector[np.newaxis])
        share = self.model.manifest.coverage
        return {
            name: Interval(*_ends(said, target), share)
            for name, target in self.shown.items()
            if target.kind == "number"
        }


@lru_cache(maxsize=1)
def _opened(folder: Path, digest: str, inputs: str) -> tuple[Model, str, dict[str, Target]]:
    """Of the same manifest, the same model: opening takes a while."""
    model = Model.load(folder)
    wanted = set(model.manifest.names)
    model.manifest.expect(names=[name for name in NAMES if name in wanted], inputs=inputs)
    _check_heard_alike(model, folder, inputs)
    targets = model.manifest.targets.targets
    shown = {name: target for target in targets if (name := _attribute(target))}
    if not shown:
        listed = ", ".join(target.name for target in targets[:5])
        raise UnavailableError(
            f"the model {model.manifest.name!r} predicts {listed}, none of Segue's attributes",
            where=str(folder),
            remedy="Name a model of energy, valence and the like: `segue train attributes`",
        )
    return model, digest, shown


def _check_heard_alike(model: Model, folder: Path, inputs: str) -> None:
    """Refuse descriptors of other excerpts: they bear the same names, and other numbers."""
    trained = model.manifest.inputs
    if trained != inputs:
        raise UnavailableError(
            f"the model {model.manifest.name!r} was trained on {trained}, and files are now heard"
            f" as {inputs}",
            where=str(folder),
            remedy="Set SEGUE_EXCERPT_SECONDS and SEGUE_EXCERPTS as they were, or train it again:"
            " `segue train attributes`",
        )


def _attribute(target: Target) -> str:
    """The attribute that a target is; empty where it is none, or another of the same name."""
    column = target.column
    if target.kind == "number":
        return column if column in CONTINUOUS else ""
    fits = {"key": len(KEYS), "mode": _MODES}
    if column in fits:
        return column if len(target.labels) == fits[column] else ""
    return column if column == "tempo" and target.edges else ""


def _tempi(vectors: Vectors, shares: Floats, edges: tuple[float, ...]) -> Floats:
    """Beats a minute, shape (tracks,); NaN where neither the model nor the signal is sure."""
    candidates = vectors[:, [COLUMNS[name] for name in CANDIDATES]].astype(np.float64)
    bins = np.searchsorted(edges, candidates, side="right")
    probable = np.take_along_axis(shares, bins, axis=1)
    best = probable.argmax(axis=1)
    every = np.arange(len(vectors))
    own = np.where(vectors[:, COLUMNS["tempo_confidence"]] >= tempo.SURE, candidates[:, 0], np.nan)
    return np.where(probable[every, best] >= SURE, candidates[every, best], own)


def _ends(said: Predictions, target: Target) -> tuple[float, float]:
    return float(said.low[target.name][0]), float(said.high[target.name][0])
