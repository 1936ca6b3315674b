"""Transfer: a network starts from what another has learned.

From an embedder that Segue taught, whatever has the same name and shape is taken over: of a genre
network the trunk, of an encoder everything. Weights are read from the graph's initializers, which
carry the names of the network they were exported from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from segue.embedding.embedder import Embedder
from segue.embedding.manifest import GRAPH
from segue.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from onnx import TensorProto
    from torch import nn

_PREFIX = "network."
_TRUNK = "trunk."


def take_over(network: nn.Module, folder: Path) -> int:
    """Copy an embedder's weights into a network; says how many arrays were taken.

    Raises
    ------
    NotFoundError, BadFileError, UnavailableError
        There is no embedder, or it has nothing that fits.
    """
    from onnx import numpy_helper

    arrays = _arrays(folder)
    state = network.state_dict()
    taken = 0
    for name, value in state.items():
        if name in arrays:
            array = numpy_helper.to_array(arrays[name])
            if array.shape == tuple(value.shape):
                state[name] = torch.from_numpy(array.copy())
                taken += 1
    if not any(name.startswith(_TRUNK) and name in arrays for name in state):
        raise _trunkless(folder)
    network.load_state_dict(state)
    return taken


def check(folder: Path) -> None:
    """Refuse an embedder that no network could start from, before there is one.

    Raises
    ------
    NotFoundError, BadFileError, UnavailableError
        There is no embedder, or it has no trunk.
    """
    if not any(name.startswith(_TRUNK) for name in _arrays(folder)):
        raise _trunkless(folder)


def _arrays(folder: Path) -> dict[str, TensorProto]:
    """An embedder's weights by their names in the network."""
    import onnx

    Embedder.load(folder)  # checks the manifest and the graph's sha256
    graph = onnx.load_model_from_string((folder / GRAPH).read_bytes()).graph
    return {each.name.removeprefix(_PREFIX): each for each in graph.initializer}


def _trunkless(folder: Path) -> UnavailableError:
    return UnavailableError(
        "the embedder has no trunk to start from",
        where=str(folder),
        remedy="Name one that `segue train sound` or `segue train genre` wrote",
    )


def digest(folder: Path) -> str:
    """What tells an embedder from another: its version."""
    return Embedder.load(folder).version
