"""Selection for one snapshot: what is moved, grouped, capped and told apart, by the dials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.recommend.selection.alike import likenesses
from segue.recommend.selection.caps import Caps
from segue.recommend.selection.choosing import choose
from segue.recommend.selection.diversity import Unlike
from segue.recommend.selection.moving import moves, offered
from segue.recommend.selection.recordings import Recordings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segue.recommend.blending import Blend
    from segue.recommend.selection.choosing import Choice
    from segue.records import Dials
    from segue.snapshot import Corpus
    from segue.types import Floats, Mask, Rows, TrackId

POOL = 64
"""How many candidates tell who is a hub, and how far scores spread.

The same for every number of rows, so that the first ten rows are those of an answer of ten.
"""

LARGEST = 512
"""Of how many it is looked at most how unlike they are: twice as many as rows, at least `POOL`."""

_DECIMALS = 9
"""Digits to which values are settled, as scores are: what is equal then is a tie."""


class Selection:
    """Chooses rows of one snapshot."""

    def __init__(self, corpus: Corpus) -> None:
        self.recordings = Recordings(corpus)
        self._corpus = corpus

    def depth(self, n: int, dials: Dials) -> int:
        """How many of the best tracks are candidates at first for an answer of `n` rows."""
        moved = dials.hubs or dials.diversity or dials.recent or dials.variation
        return max(POOL, 4 * n + 32) if moved else 4 * n + 32

    def lately(self, rows: Rows, dials: Dials) -> int:
        """How many of `rows` were offered lately, and so step back."""
        if not dials.recent:
            return 0
        since = offered(dials.recent, self._corpus, self.recordings)
        return sum(row in since for row in rows.tolist())

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
        likeness = None
        pool = min(max(POOL, 2 * n), LARGEST) if dials.diversity else POOL
        if dials.hubs or dials.diversity:
            likeness = likenesses(blend, rows[:pool])
        moved = moves(
            rows,
            dials=dials,
            likeness=likeness[:POOL, :POOL] if likeness is not None and dials.hubs else None,
            spread=float(scores[:POOL].std()) if len(scores) else 0.0,
            corpus=self._corpus,
            recordings=self.recordings,
            seed=seed,
        )
        values = np.round(sum(moved.values(), start=scores), _DECIMALS) if moved else scores
        unlike = None
        if likeness is not None and dials.diversity:
            expected = float(np.dot(blend.weights, blend.expected))
            unlike = Unlike(likeness, count=len(rows), expected=expected, dial=dials.diversity)
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
