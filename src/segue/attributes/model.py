"""A trained model, used: features in, attributes with intervals and probabilities out.

Whatever was stacked in training stands in one graph for each group of targets
(`segue.attributes.graphs`), and its sha256 in the manifest. ONNX Runtime is all it takes to
predict. What a graph gives is held to what a target may be, whoever wrote the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from segue.attributes.graphs import NUMBER_OUTPUTS, class_output, compare
from segue.attributes.manifest import Manifest
from segue.attributes.soundness import file_of
from segue.errors import BadRequestError, InternalError
from segue.models import folder as folders
from segue.models.graphs import opened, run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from segue.attributes.targets import Group
    from segue.types import Floats, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a model says of n tracks, by the names of its targets.

    Attributes
    ----------
    numbers
        Shape (n,), within what the target may be.
    low, high
        The ends of the interval, shape (n,): low ≤ number ≤ high.
    classes
        Probabilities of the classes in the order of the target's labels, shape (n, k).
    """

    numbers: Mapping[str, Floats]
    low: Mapping[str, Floats]
    high: Mapping[str, Floats]
    classes: Mapping[str, Floats]

    def __len__(self) -> int:
        """How many tracks."""
        return len(next(iter({**self.numbers, **self.classes}.values())))


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A model that is ready to predict.

    Attributes
    ----------
    manifest
        What it says of itself.
    """

    manifest: Manifest
    _sessions: Mapping[str, Any]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model in `folder`.

        Raises
        ------
        NotFoundError
            There is none.
        BadFileError
            Something in it is damaged, missing or not what the manifest says.
        UnavailableError
            It is written in another format, or may not be read.
        """
        manifest = folders.read(folder, Manifest.from_json)
        return cls.of(manifest, folders.graphs(folder, manifest.files), where=f"{folder}/")

    @classmethod
    def of(cls, manifest: Manifest, graphs: Mapping[str, bytes], *, where: str = "") -> Self:
        """A model of graphs by the names of their files; `where` stands before these in errors.

        Raises
        ------
        BadFileError
            A graph cannot be opened, or takes or gives something else than the manifest says.
        """
        sessions = {}
        for group in manifest.targets.groups:
            name = file_of(group.name)
            session = opened(graphs[name], where=where + name)
            compare(session, group, len(manifest.names), where + name)
            sessions[group.name] = session
        return cls(manifest, sessions)

    @property
    def provenance(self) -> str:
        """How what it predicts is marked in the catalogue."""
        return self.manifest.provenance

    def predict(self, features: Vectors) -> Predictions:
        """Predict all targets.

        Parameters
        ----------
        features
            Raw, shape (n, d), in the order of `manifest.names`; n may be 0.

        Raises
        ------
        BadRequestError
            They are not as many as the model takes, or one of them is no finite number.
        """
        checked = self._checked(features)
        numbers: dict[str, Floats] = {}
        low: dict[str, Floats] = {}
        high: dict[str, Floats] = {}
        classes: dict[str, Floats] = {}
        for group in self.manifest.targets.groups:
            said = self._said(group, checked)
            for place, target in enumerate(group.targets):
                if group.kind == "class":
                    classes[target.name] = said[class_output(place)]
                    continue
                ends = (said[name][:, place] for name in NUMBER_OUTPUTS)
                value, below, above = (np.clip(end, target.low, target.high) for end in ends)
                numbers[target.name] = value
                low[target.name] = np.minimum(below, value)
                high[target.name] = np.maximum(above, value)
        return Predictions(numbers, low, high, classes)

    def _said(self, group: Group, features: Vectors) -> dict[str, Floats]:
        said = run(self._sessions[group.name], features)
        if not all(np.isfinite(each).all() for each in said.values()):
            raise InternalError(
                f"the model {self.manifest.name!r} gives no number for a track in the group "
                f"{group.name!r}"
            )
        return said

    def _checked(self, features: Vectors) -> Vectors:
        names = self.manifest.names
        if features.ndim != 2 or features.shape[1] != len(names):
            raise BadRequestError(
                f"the model {self.manifest.name!r} takes {len(names)} features a track, "
                f"not an array of shape {features.shape}"
            )
        checked = np.ascontiguousarray(features, dtype=np.float32)
        odd = np.argwhere(~np.isfinite(checked))
        if len(odd):
            row, column = odd[0].tolist()
            raise BadRequestError(
                f"{names[column]!r} is {checked[row, column]}, which is no number to predict from",
                where=f"row {row + 1}",
                remedy="Leave the track out, or give the number",
            )
        return checked
