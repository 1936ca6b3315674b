"""What the content tower is told of every track: words, and numbers.

Words are tokens (`segue.spaces.tokens`) of the fields `FIELDS`, and the release: an album's whole
name with its first artist, since what stands on one album stands in the same playlists. Each of a
field's n words counts 1 / √n. A word is known where enough of the tracks in playlists have it:
others would stay as chance left them.
Numbers are attributes, the year, descriptors and the mean mel embedding, z-scored over the tracks
in playlists and clipped; 0 where unknown, and one more number a group says whether any of it is
known.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.names import fold
from segue.spaces.content import CLIP, numbers_of_rows
from segue.spaces.tokens import texts_of_row, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segue.snapshot import Corpus
    from segue.types import Floats, Rows, Vectors

HEARD = "sound"
"""The space whose windows are the mel embedding."""

FIELDS = frozenset({"artist", "genre", "album", "title", "labels"})

LEAST = {"title": 5, "album": 3}
"""How many tracks in playlists must have a word, by field."""

_LEAST = 2


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Lists of numbers one behind the other: those of `i` are ``flat[starts[i] : starts[i + 1]]``.

    `weights` says how much each counts.
    """

    starts: Rows
    flat: Rows
    weights: Vectors

    def take(self, which: Rows) -> tuple[Rows, Rows, Vectors]:
        """(offsets, numbers, weights) of some lists, as an embedding bag takes them."""
        counts = self.starts[which + 1] - self.starts[which]
        offsets = np.cumsum(counts) - counts
        at = np.arange(counts.sum()) + np.repeat(self.starts[which] - offsets, counts)
        return offsets, self.flat[at], self.weights[at]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Words and numbers of all tracks.

    Attributes
    ----------
    words
        By row: places in the vocabulary.
    fields
        The field of every word of the vocabulary, for whole fields can be left out.
    numbers
        Shape (tracks, numbers), float32; one column of zeros where none are known.
    """

    words: Ragged
    fields: tuple[str, ...]
    numbers: Vectors

    @classmethod
    def of(cls, corpus: Corpus, *, learned: Rows) -> Self:
        """Of a corpus whose rows `learned` stand in playlists."""
        said = [words_of(corpus, row) for row in range(len(corpus))]
        counts = Counter(word for row in learned.tolist() for word in said[row])
        kept = sorted(word for word, n in counts.items() if n >= LEAST.get(field_of(word), _LEAST))
        return cls(
            ragged(said, {word: place for place, word in enumerate(kept)}),
            tuple(map(field_of, kept)),
            _numbers(corpus, learned),
        )


def words_of(corpus: Corpus, row: int) -> list[str]:
    """Tokens of a track, each once, its release last."""
    said = tokens(texts_of_row(corpus, row))
    found = dict.fromkeys(word for word in said if field_of(word) in FIELDS)
    album = fold(corpus.albums[row])
    if album:
        by = corpus.artist_keys[row][:1]
        found[f"release:{by[0] if by else ''}/{album}"] = None
    return list(found)


def field_of(word: str) -> str:
    """The field of a token."""
    return word.partition(":")[0]


def title_words(title: str) -> list[str]:
    """Words of a playlist's title, each once."""
    return list(dict.fromkeys(fold(title).split()))


def ragged(said: Iterable[Sequence[str]], vocabulary: Mapping[str, int]) -> Ragged:
    """Known words as places; each of a field's n counts 1 / √n."""
    flat: list[int] = []
    weights: list[float] = []
    starts = [0]
    for words in said:
        known = [word for word in words if word in vocabulary]
        by_field = Counter(map(field_of, known))
        flat += [vocabulary[word] for word in known]
        weights += [by_field[field_of(word)] ** -0.5 for word in known]
        starts.append(len(flat))
    return Ragged(
        np.array(starts, dtype=np.int64),
        np.array(flat, dtype=np.int64),
        np.array(weights, dtype=np.float32),
    )


def _numbers(corpus: Corpus, learned: Rows) -> Vectors:
    groups = numbers_of_rows(corpus, np.arange(len(corpus)))
    heard = _heard(corpus)
    if heard is not None:
        groups[HEARD] = heard
    columns: list[Floats] = []
    for raw in groups.values():
        known = np.isfinite(raw)
        if not known[learned].any():
            continue
        columns += [_scaled(raw, learned), known.any(axis=1).astype(np.float64).reshape(-1, 1)]
    if not columns:
        return np.zeros((len(corpus), 1), dtype=np.float32)
    return np.hstack(columns).astype(np.float32)


def _scaled(raw: Floats, learned: Rows) -> Floats:
    """z-scores over what is known of `learned`; 0 where unknown."""
    known = np.isfinite(raw)
    ours, there = raw[learned], known[learned]
    counts = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, ours, 0.0).sum(axis=0) / counts
    spread = np.sqrt(np.where(there, np.square(ours - mean), 0.0).sum(axis=0) / counts)
    varies = spread > 1e-9 * (1.0 + np.abs(mean))
    inverse = np.divide(1.0, spread, out=np.zeros_like(spread), where=varies)
    scaled: Floats = np.where(known, np.clip((raw - mean) * inverse, -CLIP, CLIP), 0.0)
    return scaled


def _heard(corpus: Corpus) -> Floats | None:
    """Mean of the windows of the mel embedding, NaN where nothing was heard."""
    placed = corpus.placed.get(HEARD)
    if placed is None or placed.width is None or len(placed.rows) == 0:
        return None
    windows = placed.vectors.reshape(len(placed.rows), -1, placed.width).astype(np.float64)
    found: Floats = np.full((len(corpus), placed.width), np.nan)
    found[placed.rows] = windows.mean(axis=1)
    return found
