"""Export: a taught encoder becomes a graph, which needs no PyTorch.

`parity` measures on tracks that were learned from, some of their facts hidden, how far the graph
is from the network; beyond `NEAR` nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

import segue
from segue.errors import InternalError
from segue.latent.encoder import ENCODER, SPACE, Encoder
from segue.latent.manifest import GRAPH, Manifest
from segue.models.folder import FILE, plain, written
from segue.training import replacing
from segue.training.latent.graph import graph_of
from segue.training.latent.network import Served
from segue.training.playlists.fitted import Fitted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from segue.latent.moods import Moods
    from segue.snapshot import Corpus
    from segue.training.latent.learn import Lesson
    from segue.training.latent.material import Material
    from segue.training.latent.parameters import LatentParameters
    from segue.types import Frames

NEAR = 1e-5
"""How far a graph may be from its network."""

COMPARED = 512
"""Tracks that parity is measured on."""


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """An encoder that is ready to be written or kept.

    Attributes
    ----------
    manifest, graph
        What its folder holds.
    heads
        Weights and biases of what is read from a code, by name.
    encoder
        The two, opened.
    """

    manifest: Manifest
    graph: bytes
    heads: Mapping[str, NDArray[Any]]
    encoder: Encoder

    @property
    def version(self) -> str:
        """Tells it from any other: the beginning of the sha256 of its manifest."""
        return sha256(written(self.manifest.to_json())).hexdigest()[:16]

    def write(self, folder: Path) -> None:
        """Write its folder, in one step.

        Raises
        ------
        UnavailableError
            It cannot be written, or something else stands there.
        """
        content = {FILE: written(self.manifest.to_json()), GRAPH: self.graph}
        replacing.place(folder, content, attempt=Encoder.load)

    def fitted(self, corpus: Corpus) -> Fitted:
        """The codes of all tracks of a corpus it knows anything of, and the encoder beside them."""
        from segue.latent.facts import Facts

        facts = Facts.of_corpus(corpus)
        rows = np.flatnonzero(self.encoder.known(facts))
        codes = self.encoder.encode(facts.take(rows))
        graph = np.frombuffer(self.graph, dtype=np.uint8)
        said = self.manifest
        state = {
            **said.to_json(),
            "origin": plain({**said.data, "created": said.created, "metrics": said.metrics}),
        }
        return Fitted(SPACE, self.version, rows, codes, state, {**self.heads, ENCODER: graph})


def exported(
    lesson: Lesson,
    material: Material,
    parameters: LatentParameters,
    *,
    name: str,
    source: str,
    moods: Moods | None = None,
    seed: int = 42,
) -> Exported:
    """The graph of a taught encoder with its manifest.

    Parameters
    ----------
    source
        What the tracks are from, for the manifest.
    moods
        The classifier that named emotions before, so that it does so from now on.

    Raises
    ------
    InternalError
        The graph computes something else.
    """
    served = Served(lesson.network.encoder).eval()
    inputs = _inputs(material, seed=seed)
    graph = graph_of(lesson.network.encoder)
    manifest = Manifest(
        name=name,
        version=segue.__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        width=parameters.width,
        numbers=material.numbers,
        artists=material.artists,
        genres=material.genres,
        emotions=material.emotions,
        moods={} if moods is None else moods.to_json(),
        files={GRAPH: sha256(graph).hexdigest()},
        data={
            "tracks": len(material.training),
            "validation": len(material.validation),
            "source": source,
            "predicted_emotions": int(material.guessed.sum()),
        },
        parameters={**parameters.to_json(), "seed": seed},
        metrics={
            "best": lesson.best,
            "seconds": round(lesson.seconds, 1),
            "cpu_seconds": round(lesson.cpu_seconds, 1),
            **({"validation": lesson.history[lesson.best - 1]["parts"]} if lesson.best else {}),
        },
        history=lesson.history,
    )
    encoder = Encoder.of(manifest, graph)
    said = parity(served, encoder, inputs)
    if not said["largest"] <= NEAR:  # nor where it is no number
        raise InternalError(
            f"the exported graph is {said['largest']:.1e} from the network, and may be {NEAR:.0e}"
        )
    manifest = replace(manifest, parity=said)
    return Exported(manifest, graph, _heads(lesson, material), Encoder.of(manifest, graph))


def parity(served: Served, encoder: Encoder, inputs: Frames) -> dict[str, Any]:
    """How far a graph is from its network: `tracks` compared, and the `largest` difference."""
    with torch.no_grad():
        expected = served(torch.from_numpy(inputs)).numpy()
    apart = np.abs(encoder.run(inputs) - expected).max()
    return {"tracks": len(inputs), "largest": float(apart)}


def _inputs(material: Material, *, seed: int) -> Frames:
    """Some tracks as the graph takes them, a fifth of their numbers hidden."""
    generator = np.random.default_rng(seed)
    count = min(COMPARED, len(material.training))
    rows = generator.choice(material.training, count, replace=False)
    values = material.values[rows].copy()
    values[generator.random(values.shape) < 0.2] = np.nan
    return np.concatenate([values, material.words[rows]], axis=1, dtype=np.float32)


def _heads(lesson: Lesson, material: Material) -> dict[str, NDArray[Any]]:
    """Weights and biases of the heads that were taught."""
    decoder = lesson.network.decoder
    found = {}
    for kind, head in (("genres", decoder.genre), ("emotions", decoder.emotion)):
        if len(getattr(material, kind)) > 1:
            found[f"{kind}_weights"] = head.weight.detach().numpy().copy()
            found[f"{kind}_bias"] = head.bias.detach().numpy().copy()
    return found
