"""What is said of tracks in words, as a table of numbers that several spaces read.

Every token of a track (`segue.spaces.tokens`) stands once in its row, with the release beside them:
an album's whole name with its artist, since what stands on one album stands in the same playlists.
Of a field with n tokens each counts 1 / √n. Reading names is slow and the same for every space of a
catalogue, so each track is read once, when it is first asked for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from segue.spaces.tokens import texts_of_row, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segue.snapshot import Corpus
    from segue.spaces.tokens import Texts
    from segue.types import Rows


class Said:
    """The tokens of a catalogue's tracks, numbered as they come.

    Attributes
    ----------
    number
        Of every token met so far.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.number: dict[str, int] = {}
        self._places = np.full(len(corpus), -1, dtype=np.int64)
        self._numbers = np.empty(0, dtype=np.int32)
        self._values = np.empty(0, dtype=np.float32)
        self._ends = np.zeros(1, dtype=np.int64)

    def of(self, rows: Rows) -> csr_array:
        """What each token counts, shape (rows, tokens met so far), float32."""
        new = rows[self._places[rows] < 0]
        if len(new):
            self._read(new)
        parts = (self._values, self._numbers, self._ends)
        return csr_array(parts, shape=(len(self._ends) - 1, len(self.number)))[self._places[rows]]

    def _read(self, rows: Rows) -> None:
        numbers: list[int] = []
        values: list[float] = []
        counts = []
        for row in rows.tolist():
            before = len(numbers)
            for token, value in tokens_of(texts_of_row(self._corpus, row)):
                numbers.append(self.number.setdefault(token, len(self.number)))
                values.append(value)
            counts.append(len(numbers) - before)
        self._places[rows] = len(self._ends) - 1 + np.arange(len(rows))
        self._numbers = np.concatenate([self._numbers, np.array(numbers, dtype=np.int32)])
        self._values = np.concatenate([self._values, np.array(values, dtype=np.float32)])
        self._ends = np.concatenate([self._ends, self._ends[-1] + np.cumsum(counts)])


@lru_cache(maxsize=1)
def said(corpus: Corpus) -> Said:
    """That of a catalogue, read once for all spaces of a corpus."""
    return Said(corpus)


def tokens_of(texts: Texts) -> Iterator[tuple[str, float]]:
    """Tokens of a track, each once, and what each counts.

    Parameters
    ----------
    texts
        Of `segue.spaces.tokens.texts_of_row` or `texts_of_record`.
    """
    for found in _by_field(texts).values():
        value = len(found) ** -0.5 if found else 0.0
        for token in found:
            yield token, value


def _by_field(texts: Texts) -> Mapping[str, list[str]]:
    artists, genres, albums, _, labels, _, _ = texts
    parts_of = (("artist", artists), ("genre", genres), ("album", albums), ("labels", labels))
    found = {
        field: list(dict.fromkeys(token for text in parts for token in words(field, text)))
        for field, parts in parts_of
    }
    by = found["artist"][0] if found["artist"] else ""
    found["release"] = [
        f"release:{by}/{' '.join(words('album', album))}" for album in albums if album
    ]
    return found
