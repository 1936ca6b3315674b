"""What every space says of the candidates of questions whose answers are known.

For each question the candidates are the best `NEAREST` tracks of every space, without the seeds.
Their scores are those that the engine blends: calibrated, and where a track does not stand in a
space, what is to be expected of it, taken once at even weights. So a lens of any weights is a
weighted sum of columns, and thousands of lenses can be tried without asking a space again. Seeds
that stand in some of the spaces only have no scores in the others; whoever weighs spaces takes the
questions whose seeds stand in all of these (`Evidence.among`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.continuation import MOST, ndcg, r_precision
from segue.index.best import highest
from segue.recommend.lenses import Lens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.recommend.blending import Blend
    from segue.recommend.engine import Engine
    from segue.recommend.seeds import Seed
    from segue.types import Floats, Mask, Progress, Rows, Vectors

NEAREST = 600
"""Candidates that each space brings."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One question: `seed`, the rows that answer it, and rows that may be candidates.

    `hidden` counts the answers, those too that no row holds. `group` is what questions are drawn
    by where their spread is told: an artist, or the playlist itself. `genre` is the seeds' own.
    """

    seed: Seed
    answers: Rows
    hidden: int
    allowed: Mask | None = None
    group: str = ""
    genre: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Candidates of questions in the same spaces.

    Attributes
    ----------
    names
        Of the spaces, in the order of `scores`.
    scores
        By question, shape (candidates, spaces), float32; NaN in spaces where its seeds do not
        stand.
    hits
        By question, which candidates answer it, shape (candidates,).
    hidden
        How many answers each has.
    groups, genres
        See `Asked`.
    """

    names: tuple[str, ...]
    scores: tuple[Vectors, ...]
    hits: tuple[Mask, ...]
    hidden: tuple[int, ...]
    groups: tuple[str, ...]
    genres: tuple[str, ...]

    def __len__(self) -> int:
        """How many questions."""
        return len(self.scores)

    def of(self, numbers: Sequence[int]) -> Evidence:
        """Only some of the questions."""
        return Evidence(
            self.names,
            tuple(self.scores[i] for i in numbers),
            tuple(self.hits[i] for i in numbers),
            tuple(self.hidden[i] for i in numbers),
            tuple(self.groups[i] for i in numbers),
            tuple(self.genres[i] for i in numbers),
        )

    def among(self, names: Sequence[str]) -> Evidence:
        """What some of the spaces say, of the questions whose seeds stand in all of these."""
        columns = [self.names.index(name) for name in names]
        kept = self.of(
            [i for i, scores in enumerate(self.scores) if not np.isnan(scores[:1, columns]).any()]
        )
        return replace(
            kept,
            names=tuple(names),
            scores=tuple(np.ascontiguousarray(scores[:, columns]) for scores in kept.scores),
        )

    def judged(self, weights: Floats) -> Floats:
        """How well a lens answers each question: the mean of R-precision and NDCG@500.

        Parameters
        ----------
        weights
            Of the spaces, at least one above 0, shape (spaces,).

        Returns
        -------
        Floats
            Shape (questions,), in [0, 1].
        """
        return np.array([np.mean(pair) for pair in self._figures(weights)])

    def r_precision(self, weights: Floats) -> Floats:
        """R-precision of each question, shape (questions,)."""
        return np.array([first for first, _ in self._figures(weights)])

    def _figures(self, weights: Floats) -> list[tuple[float, float]]:
        mixed = weights.astype(np.float32)
        found = []
        for scores, hits, hidden in zip(self.scores, self.hits, self.hidden, strict=True):
            total = scores @ mixed
            # Every place that counts for either figure; equal scores by row.
            best = highest(total, k=MOST)[:MOST]
            ranked = hits[best]
            found.append((r_precision(ranked, hidden), ndcg(ranked, hidden)))
        return found


def gather(
    engine: Engine,
    asked: Sequence[Asked],
    names: Sequence[str],
    *,
    on_progress: Progress | None = None,
) -> Evidence:
    """Ask every space in which the seeds of a question stand.

    Parameters
    ----------
    engine
        Whose spaces; what it was built from must not hold the answers.
    asked
        Questions.
    names
        Of spaces, at least one.
    on_progress
        Called with (questions asked, in all, what).
    """
    kept = []
    scores, hits = [], []
    for done, one in enumerate(asked, start=1):
        found = _asked(engine, one, names)
        if found is not None:
            scores.append(found[0])
            hits.append(found[1])
            kept.append(one)
        if on_progress is not None and (done % 10 == 0 or done == len(asked)):
            on_progress(done, len(asked), f"asking {len(names)} spaces")
    return Evidence(
        tuple(names),
        tuple(scores),
        tuple(hits),
        tuple(one.hidden for one in kept),
        tuple(one.group for one in kept),
        tuple(one.genre for one in kept),
    )


def _asked(engine: Engine, one: Asked, names: Sequence[str]) -> tuple[Vectors, Mask] | None:
    """Scores and hits of a question's candidates; None where it has none."""
    standing = engine.stand(one.seed)
    there = standing.among(names)
    if not there:
        return None
    lens = Lens("even", dict.fromkeys(there, 1 / len(there)), calibrated=True)
    blend = engine.blend(lens, standing)
    point = tuple(standing.points[name] for name in blend.names)
    rows = _candidates(blend, point, without=standing.without, allowed=one.allowed)
    if not rows.size:
        return None
    settled = blend.settle(point, rows, k=len(rows))
    order = np.argsort(settled.rows)
    scores = np.full((len(rows), len(names)), np.nan, dtype=np.float32)
    scores[:, [names.index(name) for name in blend.names]] = settled.parts[order]
    return scores, np.isin(settled.rows[order], one.answers)


def _candidates(
    blend: Blend, point: tuple[object, ...], *, without: Rows | int | None, allowed: Mask | None
) -> Rows:
    """The best of every space that may be candidates, ascending."""
    found = [np.empty(0, dtype=np.int64)]
    for space, each in zip(blend.spaces, point, strict=True):
        raw = space.score([each])[0].copy()
        raw[~space.placed] = -np.inf
        if without is not None:
            raw[without] = -np.inf
        if allowed is not None:
            raw[~allowed] = -np.inf
        best = highest(raw, k=NEAREST)[:NEAREST]
        found.append(best[np.isfinite(raw[best])])
    return np.unique(np.concatenate(found))
