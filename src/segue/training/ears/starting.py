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

    from torch import nn

_PREFIX = "network."


def take_over(network: nn.Module, folder: Path) -> int:
    """Copy an embedder's weights into a network; says how many arrays were taken.

    Raises
    ------
    NotFoundError, BadFileError, UnavailableError
        There is no embedder, or it has nothing that fits.
    """
    import onnx
    from onnx import numpy_helper

    Embedder.load(folder)  # checks the manifest and the graph's sha256
    graph = onnx.load_model_from_string((folder / GRAPH).read_bytes()).graph
    arrays = {each.name.removeprefix(_PREFIX): each for each in graph.initializer}
    state = network.state_dict()
    taken = 0
    for name, value in state.items():
        if name in arrays:
            array = numpy_helper.to_array(arrays[name])
            if array.shape == tuple(value.shape):
                state[name] = torch.from_numpy(array.copy())
                taken += 1
    if not any(name.startswith("trunk.") and name in arrays for name in state):
        raise UnavailableError(
            "the embedder has no trunk to start from",
            where=str(folder),
            remedy="Name one that `segue train sound` or `segue train genre` wrote",
        )
    network.load_state_dict(state)
    return taken


def digest(folder: Path) -> str:
    """What tells an embedder from another: its version."""
    return Embedder.load(folder).version
