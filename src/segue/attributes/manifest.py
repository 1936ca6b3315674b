"""The manifest of a model: what its graphs predict, from what, and how well.

A model is a folder (`segue.models.folder`) that holds ``manifest.json`` and, for every group of
targets, one graph in ONNX, ``<group>.onnx``. Nothing else is needed to predict, and nothing in it
is code. The manifest says which features the graphs take, in which order, and the sha256 of every
graph; a model of which anything differs is refused with the reason, since a wrong prediction looks
just like a right one.

It is written as JSON, one object with the fields of `Manifest`. Infinite ends of targets, and
metrics that are undefined, are null.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from segue.attributes import soundness
from segue.attributes.targets import TargetSet
from segue.errors import UnavailableError
from segue.models.folder import plain
from segue.models.soundness import check_format

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMAT = 1
"""Raised when the manifest or the graphs change their meaning."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Manifest:
    """What is written beside the graphs of one model.

    Attributes
    ----------
    format
        Which rules folder and graphs keep (`FORMAT`).
    name
        Of the model: letters, digits, ".", "_" and "-". What it predicts is marked with it.
    version
        Of Segue, that trained it.
    created
        When, ISO 8601, UTC.
    inputs
        What the features are: "descriptors 2, 30 s, decoding 1", or "columns" of a table.
    names
        Of the features, in their order.
    targets
        What is predicted, by group.
    files
        sha256 by the name of the graph's file.
    coverage
        The share of tracks whose true numbers shall lie within the intervals.
    data
        What it was trained on: `rows`, `source`, `digest` (sha256) and `artists` (how many, null
        where unknown).
    parameters
        By group and member, as the search found them.
    metrics
        How well it predicts, computed through these graphs.
    parity
        How far the graphs are from what was trained (`segue.training.export.parity`), by group.
    notes
        What else is worth knowing, as sentences.
    """

    format: int = FORMAT
    name: str
    version: str
    created: str
    inputs: str
    names: tuple[str, ...]
    targets: TargetSet
    files: Mapping[str, str] = field(default_factory=dict)
    coverage: float
    data: Mapping[str, Any]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    parity: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def provenance(self) -> str:
        """How what it predicts is marked in the catalogue."""
        return f"predicted:{self.name}"

    def expect(self, *, names: Sequence[str], inputs: str) -> None:
        """Refuse features that are not those the model was trained on.

        Parameters
        ----------
        names
            Of the features at hand, in their order.
        inputs
            What they are. Up to the first comma it must be what the model's are: of descriptors
            that holds their version.

        Raises
        ------
        UnavailableError
            They differ; says how.
        """
        kind, wanted = (text.split(",")[0].strip() for text in (inputs, self.inputs))
        if kind != wanted:
            raise self._misfit(f"it predicts from {wanted}, not from {kind}")
        lacking = [name for name in self.names if name not in set(names)]
        foreign = [name for name in names if name not in set(self.names)]
        if lacking:
            raise self._misfit(f"{_some(lacking)} cannot be found among the features")
        if foreign:
            raise self._misfit(f"it does not know {_some(foreign)} among the features")
        if len(names) != len(self.names):
            raise self._misfit(f"it takes {len(self.names)} features, not {len(names)}")
        for place, (own, other) in enumerate(zip(self.names, names, strict=True), start=1):
            if own != other:
                raise self._misfit(f"feature {place} is {own!r} there and {other!r} here")

    def _misfit(self, why: str) -> UnavailableError:
        return UnavailableError(
            f"the model {self.name!r} does not fit these features: {why}",
            remedy="Train one on them: `segue train attributes`",
        )

    def to_json(self) -> dict[str, Any]:
        """As it is written."""
        document = {each.name: getattr(self, each.name) for each in fields(self)}
        written: dict[str, Any] = plain(document | {"targets": self.targets.to_json()})
        return written

    @classmethod
    def from_json(cls, document: Any) -> Manifest:  # noqa: ANN401 (that is what is found out)
        """From what was read.

        Raises
        ------
        UnavailableError
            It is written in another format.
        BadFileError
            A field is missing, or holds what it must not.
        """
        check_format(document, FORMAT)
        soundness.check_kinds(document)
        known = {each.name: document[each.name] for each in fields(cls)}
        targets = TargetSet.from_json(known["targets"])
        texts = {name: tuple(known[name]) for name in ("names", "notes")}
        manifest = cls(**known | texts | {"targets": targets})
        soundness.check(manifest)
        return manifest


def _some(names: Sequence[str]) -> str:
    """The first few names, and how many more."""
    shown = ", ".join(repr(name) for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
