"""Selection for one snapshot: what is moved, grouped, capped and told apart, by the dials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.recommend.selection.caps import Caps
from segue.recommend.selection.choosing import choose
from segue.recommend.selection.diversity import Unlike
from segue.recommend.selection.favour import Favours
from segue.recommend.selection.moving import moves
from segue.recommend.selection.recordings import Recordings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segue.recommend.blending import Blend
    from segue.recommend.selection.choosing import Choice
    from segue.records import Dials
    from segue.snapshot import Corpus
    from segue.types import Floats, Mask, Rows, TrackId

_DECIMALS = 9
"""Digits to which values are settled, as scores are: what is equal then is a tie."""


class Selection:
    """Chooses rows of one snapshot."""

    def __init__(self, corpus: Corpus) -> None:
        self.recordings = Recordings(corpus)
        self._corpus = corpus
        self._favours = Favours()

    def depth(self, n: int, dials: Dials) -> int:
        """How many of the best tracks are candidates at first for an answer of `n` rows."""
        return 8 * n + 64 if _moving(dials) or dials.diversity else 4 * n + 32

    def choose(
        self,
        rows: Rows,
        scores: Floats,
        *,
        n: int,
        blend: Blend,
        dials: Dials,
        seed: TrackId | str,
        allowed: Mask | None = None,
        taken: Iterable[int] = (),
    ) -> tuple[list[Choice], dict[int, Mapping[str, float]]]:
        """At most `n` of `rows`, in order, and what moved each of them.

        Parameters
        ----------
        rows, scores
            Candidates, the best first, and their exact scores.
        n
            How many at most.
        blend
            That made the scores.
        dials
            How rows are chosen.
        seed
            What is asked about; chance goes by it.
        allowed
            Rows that may stand behind another as its version; all when None.
        taken
            Rows that may not be chosen.

        Returns
        -------
        choices
            See `segue.recommend.selection.choosing.choose`.
        changes
            By place of a choice: what was added to its score, by name, never 0.
        """
        moved: Mapping[str, Floats] = {}
        if _moving(dials):
            moved = moves(
                rows,
                dials=dials,
                favour=self._favours.of(blend),
                corpus=self._corpus,
                recordings=self.recordings,
                seed=seed,
            )
        values = np.round(sum(moved.values(), start=scores), _DECIMALS) if moved else scores
        unlike = Unlike(blend, rows, dial=dials.diversity) if dials.diversity else None
        choices = choose(
            rows.tolist(),
            n=n,
            caps=Caps.of(self._corpus, dials),
            recordings=self.recordings if dials.group else None,
            allowed=allowed,
            taken=taken,
            values=None if unlike is None and not moved else values,
            unlike=unlike,
        )
        changes: dict[int, Mapping[str, float]] = {}
        for choice in choices:
            said = {name: float(amounts[choice.place]) for name, amounts in moved.items()}
            said["diversity"] = choice.unlike
            changes[choice.place] = {name: amount for name, amount in said.items() if amount}
        return choices, changes


def _moving(dials: Dials) -> bool:
    return bool(dials.hubs or dials.recent or dials.variation)
