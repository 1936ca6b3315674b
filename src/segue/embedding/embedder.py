"""An embedder: sound in, vectors out.

The front end that the manifest declares makes windows of a sound, and one graph makes a vector of
each. The graph takes one array, float32, whose first axis counts windows and whose others are as
the front end says, and gives

- under the name that the manifest says, shape (windows, width): the vectors;
- where the manifest names genres, ``probabilities``, shape (windows, genres).

Whether it does is found out when it is opened (`segue.embedding.fitting`). ONNX Runtime computes it
on one thread, `BATCH` windows at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from segue.embedding import fitting
from segue.embedding.fronts import reach
from segue.embedding.manifest import GRAPH, Manifest, check_stated
from segue.errors import BadFileError, BadRequestError, BusyError, NotFoundError, UnavailableError
from segue.models import folder as folders
from segue.models.graphs import opened, run

if TYPE_CHECKING:
    from pathlib import Path

    from segue.descriptors.frames import Sound
    from segue.embedding.fronts import Front
    from segue.types import Frames, Vectors

BATCH = 10
"""Windows computed at once: those of a track. More are no faster, and need more memory."""

PROBABILITIES = "probabilities"
"""What a graph calls the shares of genres."""

_VERSION = 16


@dataclass(frozen=True, slots=True, eq=False)
class Embedder:
    """An embedder that is ready to hear.

    Attributes
    ----------
    manifest
        What it says of itself.
    version
        Tells it from any other: the first 16 hexadecimal digits of the sha256 of its manifest,
        which names the sha256 of its graph.
    front
        How windows are made.
    """

    manifest: Manifest
    version: str
    front: Front
    _session: Any
    _batch: int

    @classmethod
    def load(cls, folder: Path, *, space: str = "") -> Embedder:
        """The embedder in `folder`, opened once a process.

        Parameters
        ----------
        space
            What its space must be called, where that is known.

        Raises
        ------
        NotFoundError
            There is none.
        BadFileError
            Something in it is damaged, missing or not what the manifest says.
        UnavailableError
            It is written in another format, or may not be read.
        BusyError
            It is being replaced at this moment.
        """
        folder = folder.expanduser().absolute()
        embedder = _opened(folder, folders.digest(folder))
        if space and embedder.space != space:
            raise BadFileError(
                f"the manifest calls the space {embedder.space!r}, and the folder is of {space!r}",
                where=str(folder),
                remedy="Give both the same name",
            )
        return embedder

    @classmethod
    def of(cls, manifest: Manifest, graph: bytes, *, version: str = "", where: str = "") -> Self:
        """An embedder in memory; `files` of the manifest are not needed.

        Parameters
        ----------
        graph
            In ONNX.
        version
            Where it is not that of the manifest as it would be written.
        where
            Stands before errors.

        Raises
        ------
        BadFileError
            The graph cannot be opened, or takes or gives something else than the manifest says.
        """
        check_stated(manifest)
        front = manifest.hears()
        session = opened(graph, where=where)
        batch = 1 if fitting.takes_one(session, front.shape, where) else BATCH
        wanted = {manifest.output: manifest.width}
        if manifest.labels:
            wanted[PROBABILITIES] = len(manifest.labels)
        fitting.check_outputs(session, wanted, where)
        fitting.attempt(session, (min(batch, 2), *front.shape), wanted, where)
        own = sha256(folders.written(manifest.to_json())).hexdigest()[:_VERSION]
        return cls(manifest, version or own, front, session, batch)

    @property
    def space(self) -> str:
        """The space its vectors make."""
        return self.manifest.space

    @property
    def unheard(self) -> str:
        """A sentence on what it listens to and is not given; empty where there is nothing."""
        if self.front.ceiling <= reach():
            return ""
        return (
            f"It listens up to {self.front.ceiling:,.0f} Hz, and sound is analysed up to "
            f"{reach():,.0f} Hz"
        )

    def embed(self, sound: Sound) -> Vectors:
        """Vectors of a sound, shape (windows, width), float32.

        Raises
        ------
        BadRequestError
            The sound has not the rate that the network was taught with.
        UnavailableError
            The network gives something that is no number.
        """
        return self.embed_windows(self.front.windows(sound, self.manifest.windows))

    def embed_windows(self, windows: Frames) -> Vectors:
        """Vectors of windows, shape (n, width), float32; n may be 0.

        Parameters
        ----------
        windows
            Shape (n, …) as the front end makes them; of Segue's own (n, 128 frames, 128 bands).

        Raises
        ------
        BadRequestError
            They have another shape.
        UnavailableError
            The network gives something that is no number.
        """
        vectors = self._given(windows, self.manifest.output, self.manifest.width)
        if self.manifest.unit:
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
        return vectors

    def name_genres(self, windows: Frames) -> Vectors:
        """Shares of genres, shape (n, genres), in the order of the manifest's labels.

        Parameters
        ----------
        windows
            As `embed_windows` takes them.

        Raises
        ------
        NotFoundError
            It names none.
        BadRequestError, UnavailableError
            As `embed_windows`.
        """
        labels = self.manifest.labels
        if not labels:
            raise NotFoundError(
                f"the embedder {self.manifest.name!r} names no genres",
                remedy="Ask one that does: `segue train genre`",
            )
        return self._given(windows, PROBABILITIES, len(labels))

    def _given(self, windows: Frames, output: str, width: int) -> Vectors:
        """One output of the graph, shape (n, width)."""
        if windows.shape[1:] != self.front.shape:
            raise BadRequestError(
                f"the embedder {self.manifest.name!r} hears windows of shape {self.front.shape}, "
                f"not {windows.shape[1:]}"
            )
        if len(windows) == 0:
            return np.empty((0, width), dtype=np.float32)
        checked = np.ascontiguousarray(windows, dtype=np.float32)
        try:
            found = run(self._session, checked, names=(output,), chunk=self._batch)[output]
        except Exception as problem:  # each fault has a class of its own
            raise self._faulty(
                f"cannot compute a window ({' '.join(str(problem).split())})"
            ) from None
        if not np.isfinite(found).all():
            raise self._faulty("gives no number for a window")
        return np.asarray(found, dtype=np.float32)

    def _faulty(self, why: str) -> UnavailableError:
        return UnavailableError(
            f"the embedder {self.manifest.name!r} {why}",
            remedy="Take it out of the folder of models, or mend its network",
        )


@lru_cache(maxsize=16)
def _opened(folder: Path, digest: str) -> Embedder:
    """Of the same manifest, the same embedder: opening takes a while."""
    manifest = folders.read(folder, Manifest.from_json)
    graph = folders.graphs(folder, manifest.files)[GRAPH]
    if folders.digest(folder) != digest:
        raise BusyError(
            "the model is being replaced at this moment", where=str(folder), remedy="Try again"
        )
    return Embedder.of(manifest, graph, version=digest[:_VERSION], where=str(folder / GRAPH))
