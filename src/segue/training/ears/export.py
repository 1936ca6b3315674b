"""Export: a trained network becomes an embedder's folder, which needs no PyTorch.

The graph takes ``windows``, float32, shape (n, 128, 128), and gives ``embedding``; that of a genre
network ``probabilities`` too. `parity` measures on real windows how far the graph is from the
network; beyond `NEAR` nothing is written.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from segue.embedding.embedder import Embedder
from segue.embedding.manifest import GRAPH
from segue.embedding.windows import BANDS, FRAMES
from segue.errors import InternalError
from segue.models.folder import FILE, written
from segue.training import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from segue.embedding.manifest import Manifest
    from segue.types import Frames

NEAR = 1e-5
"""How far a graph may be from its network."""


class Served(nn.Module):
    """A network as it is served: shares of genres instead of logits."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, windows: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """The outputs of the graph, in their order."""
        given = self.network(windows)
        if isinstance(given, tuple):
            return given[0], torch.softmax(given[1], dim=1)
        embedding: Tensor = given
        return embedding


def graph_of(network: nn.Module, *, outputs: tuple[str, ...]) -> bytes:
    """The graph of a network, as bytes in ONNX.

    Parameters
    ----------
    outputs
        What its outputs are called.
    """
    example = torch.zeros(2, FRAMES, BANDS)
    # The exporter tells of every step it takes, and warns of what this network does not use.
    quiet = logging.getLogger("torch.onnx")
    before = quiet.level
    quiet.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                Served(network).eval(),
                (example,),
                input_names=["windows"],
                output_names=list(outputs),
                dynamic_shapes={"windows": {0: torch.export.Dim("count")}},
                dynamo=True,
                external_data=False,
                verbose=False,
                optimize=False,  # ONNX Runtime does that, and weights keep their names
            )
    finally:
        quiet.setLevel(before)
    if program is None:
        raise InternalError("the exporter gave no graph")
    return _anonymous(program.model_proto)


def _anonymous(model: Any) -> bytes:  # noqa: ANN401 (an onnx.ModelProto)
    """A graph without the exporter's notes, which name files of the machine it was made on."""
    graph = model.graph
    named = (graph.input, graph.output, graph.value_info, graph.initializer, graph.node)
    for part in (model, graph, *(each for parts in named for each in parts)):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    content: bytes = model.SerializeToString()
    return content


def write(
    network: nn.Module, manifest: Manifest, *, folder: Path, windows: Frames
) -> tuple[Manifest, Path]:
    """Write an embedder's folder, in one step.

    Parameters
    ----------
    network
        On the CPU, ready to embed.
    manifest
        Without `files` and `parity`.
    folder
        Where; an embedder that stands there is replaced.
    windows
        Real ones to compare on, shape (n, frames, bands), at least one.

    Raises
    ------
    InternalError
        The graph computes something else.
    UnavailableError
        It cannot be written.
    """
    outputs = ("embedding", "probabilities") if manifest.labels else ("embedding",)
    graph = graph_of(network, outputs=outputs)
    said = parity(network, Embedder.of(manifest, graph), windows)
    if not said["largest"] <= NEAR:  # nor where it is no number
        raise InternalError(
            f"the exported graph is {said['largest']:.1e} from the network, and may be {NEAR:.0e}"
        )
    whole = replace(manifest, files={GRAPH: sha256(graph).hexdigest()}, parity=said)
    content = {FILE: written(whole.to_json()), GRAPH: graph}
    replacing.place(folder, content, attempt=Embedder.load)
    return whole, folder


def parity(network: nn.Module, embedder: Embedder, windows: Frames) -> dict[str, Any]:
    """How far a graph is from its network: `windows` compared, and the `largest` difference."""
    with torch.no_grad():
        given = Served(network).eval()(torch.from_numpy(windows))
    embeddings = (given[0] if isinstance(given, tuple) else given).numpy()
    if embedder.manifest.unit:
        lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
        embeddings = embeddings / np.maximum(lengths, np.finfo(np.float32).tiny)
    apart = [np.abs(embedder.embed_windows(windows) - embeddings).max()]
    if isinstance(given, tuple):
        apart.append(np.abs(embedder.name_genres(windows) - given[1].numpy()).max())
    return {"windows": len(windows), "largest": float(max(apart))}
