"""What training on playlists hands on: vectors of tracks, parameters, arrays; one record a space.

A `Fitted` becomes part of a corpus (`Fitted.into`), for judging without a catalogue, or of a
catalogue (`Fitted.store`), which builds its spaces with it from then on. Its version is a digest of
the parameters and of the playlists it was learned from: the same question has the same version.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.snapshot import Placed, Trained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from segue.catalogue.database import Database
    from segue.snapshot import Corpus
    from segue.types import Rows, Vectors

_DIGITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What was learned for one space.

    Attributes
    ----------
    name
        Of the space.
    version
        See the module.
    rows, vectors
        Whose vectors, and the vectors, shape (n,) and (n, dims) float32; `vectors` is None of a
        space that stands on parameters alone.
    state
        Plain JSON: ``parameters``, and under ``origin`` what was learned from.
    arrays
        Numbers beside.
    """

    name: str
    version: str
    rows: Rows
    vectors: Vectors | None
    state: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]

    def into(self, corpus: Corpus) -> Corpus:
        """`corpus` as it will be once this is stored."""
        trained = {**corpus.trained, self.name: Trained(self.version, self.state, self.arrays)}
        placed = {name: held for name, held in corpus.placed.items() if name != self.name}
        if self.vectors is not None:
            placed[self.name] = Placed(self.rows, self.vectors, self.version)
        return replace(corpus, placed=placed, trained=trained)

    def store(self, db: Database, corpus: Corpus) -> None:
        """Put it into the catalogue that `corpus` was loaded from, in place of what was there."""
        from segue.catalogue.trained import put

        vectors = None
        if self.vectors is not None:
            vectors = ([corpus.ids[row] for row in self.rows.tolist()], self.vectors)
        put(
            db,
            self.name,
            version=self.version,
            state=self.state,
            arrays=self.arrays,
            vectors=vectors,
        )


def version_of(corpus: Corpus, parameters: Any, *, seed: int) -> str:  # noqa: ANN401 (a dataclass)
    """A digest of the parameters (a dataclass), the seed and the playlists with their tracks."""
    said = json.dumps([type(parameters).__name__, asdict(parameters), seed], sort_keys=True)
    digest = hashlib.sha256(said.encode())
    digest.update(np.ascontiguousarray(corpus.playlists.starts, dtype="<i8").tobytes())
    digest.update(np.ascontiguousarray(corpus.playlists.rows, dtype="<i4").tobytes())
    digest.update("\n".join(corpus.ids).encode())
    return digest.hexdigest()[:_DIGITS]
