"""Export: fitted stacks become a folder that predicts without what trained it.

`graph_of` makes the ONNX graph of one group, `served` a model of such graphs in memory, `write` the
folder of one. What a graph computes is defined by `predict` of `segue.training.fitted`; `parity`
measures on real rows how far it is from that.

The folder appears whole or not at all (`segue.training.replacing`).
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.attributes import soundness
from segue.attributes.graphs import class_output
from segue.attributes.model import Model
from segue.errors import InternalError
from segue.models import folder as folders
from segue.models.graphs import opened, run
from segue.training import assembly
from segue.training.fitted import FittedKey, FittedNumbers
from segue.training.graph import Graph
from segue.training.replacing import check_place, place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from onnx import ModelProto

    from segue.attributes.manifest import Manifest
    from segue.training.fitted import Fitted
    from segue.types import Floats, Vectors

NEAR = 1e-4
"""How far apart two predictions may be that count as the same."""

SAME = 0.99
"""Share of rows on which a graph must say the same. In a hundredth a tree may take another turn:
its thresholds are compared in float32 there."""


def graph_of(*fitted: Fitted, width: int) -> ModelProto:
    """The graph of one group.

    Parameters
    ----------
    fitted
        All of the group: one stack of numbers, one of key and mode, or one for each class.
    width
        How many features there are.

    Raises
    ------
    InternalError
        A member has no conversion that would compute the same.
    """
    graph = Graph("features", width)
    outputs: dict[str, tuple[str, int]] = {}
    for each in fitted:
        if isinstance(each, FittedNumbers):
            outputs |= assembly.numbers(graph, each)
        elif isinstance(each, FittedKey):
            outputs |= assembly.keys(graph, each)
        else:
            outputs |= assembly.classes(graph, each)
    return graph.finished(dict(sorted(outputs.items())))


def parity(*fitted: Fitted, graph: ModelProto, features: Vectors) -> dict[str, Any]:
    """How far a group's graph is from what was trained.

    Parameters
    ----------
    fitted, graph
        As `graph_of` takes and gives them.
    features
        Rows to compare on, at least one.

    Returns
    -------
    dict
        `rows`, the `largest` difference of any output, and the share of rows of which every
        output is `within` `NEAR`.
    """
    said = run(opened(graph.SerializeToString()), features)
    apart = np.concatenate([_apart(each, said, features) for each in fitted], axis=1)
    return {
        "rows": len(features),
        "largest": float(apart.max()),
        "within": float((apart.max(axis=1) <= NEAR).mean()),
    }


def _apart(fitted: Fitted, said: Mapping[str, Floats], features: Vectors) -> Floats:
    """Differences of every output, shape (n, outputs)."""
    names = [target.name for target in fitted.group.targets]
    columns = []
    for name, wanted in fitted.predict(features).items():
        output = name if isinstance(fitted, FittedNumbers) else class_output(names.index(name))
        columns.append(np.abs(said[output] - wanted))
    return np.concatenate(columns, axis=1)


def served(fitted: Sequence[Fitted], manifest: Manifest) -> Model:
    """The model as ONNX Runtime will serve it, in memory; `files` of the manifest are not needed.

    Raises
    ------
    InternalError
        Groups are missing or foreign, or as `graph_of`.
    """
    graphs = _graphs(fitted, manifest)
    return Model.of(manifest, {name: graph.SerializeToString() for name, graph in graphs.items()})


def write(
    folder: Path, fitted: Sequence[Fitted], manifest: Manifest, *, features: Vectors
) -> Manifest:
    """Write the folder of a model.

    Parameters
    ----------
    folder
        Where; a model that stands there is replaced.
    fitted
        The stacks of all groups.
    manifest
        What is to be said of them; `files` and `parity` are filled in.
    features
        Rows on which parity is measured.

    Returns
    -------
    Manifest
        As written.

    Raises
    ------
    InternalError
        As `served`; or a graph says something else than what was trained, on more than one row
        and on more than `SAME` allows. Nothing is written then.
    BadFileError
        The manifest could not be read again: a name that is none, targets that are none.
    UnavailableError
        Something else than a model stands there, or it cannot be written.
    """
    check_place(folder)
    soundness.check_stated(manifest)
    graphs = _graphs(fitted, manifest)
    content = {name: graph.SerializeToString() for name, graph in graphs.items()}
    measured = {
        group.name: parity(
            *(each for each in fitted if each.group == group),
            graph=graphs[soundness.file_of(group.name)],
            features=features,
        )
        for group in manifest.targets.groups
    }
    _check_same(measured)
    files = {name: sha256(each).hexdigest() for name, each in content.items()}
    whole = replace(manifest, files=files, parity=measured)
    content[folders.FILE] = folders.written(whole.to_json())
    place(folder, content, attempt=Model.load)
    return whole


def _check_same(measured: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse graphs that say something else than what was trained; one row alone says little."""
    for name, each in measured.items():
        rows = each["rows"]
        apart = round((1 - each["within"]) * rows)
        if apart > max(1, (1 - SAME) * rows):
            raise InternalError(
                f"the graph of {name} says something else than what was trained on {apart:,} of"
                f" {rows:,} rows, by up to {each['largest']:.2g}; the model is not written",
                remedy="Report it with this message; training with another --seed may do meanwhile",
            )


def _graphs(fitted: Sequence[Fitted], manifest: Manifest) -> dict[str, ModelProto]:
    """Graphs by the names of their files."""
    groups = manifest.targets.groups
    foreign = [each.group.name for each in fitted if each.group not in groups]
    missing = [each.name for each in groups if all(one.group != each for one in fitted)]
    if foreign or missing:
        raise InternalError(f"stacks that no one asked for: {foreign}; that are missing: {missing}")
    width = len(manifest.names)
    return {
        soundness.file_of(group.name): graph_of(
            *(each for each in fitted if each.group == group), width=width
        )
        for group in groups
    }
