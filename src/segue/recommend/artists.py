"""The tracks of each artist of one corpus, the best known first."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.snapshot import Corpus
    from segue.types import Floats, Rows


class ByArtist:
    """Rows by artist key; looked up in what is made at the first need."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def popular(self, key: str, *, most: int) -> list[int]:
        """Rows by an artist: by popularity, unknown last, then by how many playlists hold them."""
        rows = self._rows.get(key, [])
        known, held = self._known, self._held
        return sorted(rows, key=lambda row: (-known[row], -held[row], row))[:most]

    @cached_property
    def _rows(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row, keys in enumerate(self._corpus.artist_keys):
            for key in dict.fromkeys(keys):
                found.setdefault(key, []).append(row)
        return found

    @cached_property
    def _known(self) -> Floats:
        return np.nan_to_num(self._corpus.popularity.astype(np.float64), nan=-1.0)

    @cached_property
    def _held(self) -> Rows:
        return np.bincount(self._corpus.playlists.rows, minlength=len(self._corpus))
