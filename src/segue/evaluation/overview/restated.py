"""A rival's rule, said again: 0.55 of an embedding and 0.45 of attributes.

The music server soundspan ranks tracks by a fixed sum over an audio embedding and seven attributes:
0.55 embedding + 0.12 energy + 0.10 valence + 0.08 tempo + 0.06 danceability + 0.04 acousticness +
0.03 instrumentalness + 0.02 key. The weights are its own. Its embedding (CLAP) is not to be had
here, so the catalogue's own stands in its place: the first of `EMBEDDINGS` that stands anywhere.
Likeness of an attribute in [0, 1] is 1 - |a - b|; of tempi the distance on the octave circle, and
of keys on the circle of fifths, both brought to [0, 1]. What either side lacks leaves the sum, and
the other weights are brought to sum 1; of a set of seeds it is the mean.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from segue.records import CONTINUOUS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.snapshot import Corpus, Space
    from segue.types import Floats, Mask, Rows

EMBEDDINGS = ("sound", "genre", "descriptors")

EMBEDDING = 0.55
WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "energy": 0.12,
        "valence": 0.10,
        "tempo": 0.08,
        "danceability": 0.06,
        "acousticness": 0.04,
        "instrumentalness": 0.03,
        "key": 0.02,
    }
)

_COLUMNS = (*CONTINUOUS, "tempo", "key")


class Restated:
    """The rule over one corpus.

    Parameters
    ----------
    corpus
        Whose tracks.
    spaces
        By name; one of `EMBEDDINGS` among them where anything was heard.
    """

    def __init__(self, corpus: Corpus, spaces: Mapping[str, Space]) -> None:
        names = (name for name in EMBEDDINGS if name in spaces and spaces[name].placed.any())
        self.embedding = next(names, "")
        self._space = spaces[self.embedding] if self.embedding else None
        places = [_COLUMNS.index(name) for name in WEIGHTS]
        values = corpus.attributes[:, places].astype(np.float64)
        tempo, key = (list(WEIGHTS).index(name) for name in ("tempo", "key"))
        values[:, tempo] = np.where(values[:, tempo] > 0, values[:, tempo], np.nan)
        # Octaves of a tempo, and fifths of a key: whole turns are the same place.
        values[:, tempo] = np.log2(values[:, tempo])
        values[:, key] = (7 * values[:, key]) % 12 / 12
        self._values = values
        self._known: Mask = np.any(~np.isnan(values), axis=1)
        self._circular = np.array([name in {"tempo", "key"} for name in WEIGHTS])
        self._weights = np.array(list(WEIGHTS.values()))

    def score(self, seeds: Rows, *, rows: Rows | None = None) -> Floats:
        """Mean likeness to the seeds of every row (or of `rows`), shape (rows,).

        In [-0.55, 1]; -inf where a track shares nothing known with any of them.
        """
        chosen = np.arange(len(self._values)) if rows is None else rows
        total, heavy = np.zeros(len(chosen)), np.zeros(len(chosen))
        heard = np.zeros(len(chosen), dtype=np.bool_)
        if self._space is not None:
            heard = self._space.placed[chosen]
        # Of the others nothing is known that could be compared.
        places = np.flatnonzero(self._known[chosen] | heard)
        for seed in seeds.tolist():
            summed, weighed = self._likeness(seed, chosen[places])
            known = weighed > 0
            total[places[known]] += summed[known] / weighed[known]
            heavy[places[known]] += 1
        mean: Floats = np.divide(total, heavy, out=np.full(len(chosen), -np.inf), where=heavy > 0)
        return mean

    def _likeness(self, seed: int, rows: Rows) -> tuple[Floats, Floats]:
        """The weighted sum of what both sides know, and the weight of it."""
        apart = np.abs(self._values[rows] - self._values[seed])
        turned = apart[:, self._circular] % 1.0
        apart[:, self._circular] = 2 * np.minimum(turned, 1.0 - turned)
        known = ~np.isnan(apart)
        summed = np.where(known, 1 - apart, 0.0) @ self._weights
        weighed = known @ self._weights
        point = None if self._space is None else self._space.point(seed)
        if self._space is not None and point is not None:
            there = self._space.placed[rows]
            summed[there] += EMBEDDING * self._space.score([point], rows=rows)[0][there]
            weighed = weighed + EMBEDDING * there
        return summed, weighed
