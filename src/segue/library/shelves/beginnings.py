"""Who holds words: names by the beginnings of their words.

An inverted index: all different words in order, and for each who has it. Words that begin with the
same letters stand side by side, so that a beginning is one stretch of the index.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from segue.types import Mask

_LAST = "\U0010ffff"
_ARTICLE = "the"


class Beginnings:
    """Texts by their words.

    Parameters
    ----------
    texts
        Normal forms (`segue.names.fold`): words with single spaces between. Their places are what
        is found.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        numbers: dict[str, int] = {}
        words, owners, count = array("i"), array("i"), 0
        for owner, text in enumerate(texts):
            for word in set(text.split()):
                words.append(numbers.setdefault(word, len(numbers)))
                owners.append(owner)
            count = owner + 1
        self._count = count
        self._words = sorted(numbers)
        place = np.empty(len(numbers), dtype=np.int32)
        place[[numbers[word] for word in self._words]] = np.arange(len(numbers), dtype=np.int32)
        ranked = place[np.array(words, dtype=np.int64)] if len(words) else place[:0]
        order = np.argsort(ranked, kind="stable")
        self._owners: NDArray[np.int32] = np.array(owners, dtype=np.int32)[order]
        self._starts = np.searchsorted(ranked[order], np.arange(len(numbers) + 1))

    def __len__(self) -> int:
        """How many texts there are."""
        return self._count

    def holding(self, words: Sequence[str]) -> Mask:
        """Which texts hold every word, the last one as the beginning of a word, shape (texts,).

        "the" does not count beside other words: normal forms of artists have lost theirs. Without
        words every text does.
        """
        *whole, last = [word for word in words if word != _ARTICLE] or words or [""]
        if not last:
            return np.ones(self._count, dtype=np.bool_)
        held = self._stretch(last, last + _LAST)
        for word in whole:
            held &= self._stretch(word, word + "\0")
        return held

    def _stretch(self, first: str, end: str) -> Mask:
        """Which texts have a word from `first` on, before `end`."""
        low = bisect_left(self._words, first)
        high = bisect_left(self._words, end, lo=low)
        held = np.zeros(self._count, dtype=np.bool_)
        held[self._owners[self._starts[low] : self._starts[high]]] = True
        return held
