"""What every space says of the candidates of questions whose answers are known.

A question is put to every space once (`put`): its candidates are the best `NEAREST` tracks of each
space, without the seeds, with their raw scores in all. For a pattern of spaces (`Heard.among`)
these are read as the engine reads them: calibrated, and where a track stands in some of the
pattern's spaces only, what is to be expected of it by those, taken at even weights; no other space
has a say. So a lens of any weights over the pattern is a weighted sum of columns, and thousands of
lenses can be tried without asking a space again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.continuation import MOST, ndcg, r_precision
from segue.index.best import highest
from segue.recommend.balanced import genre_of
from segue.recommend.lenses import Lens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.recommend.blending import Blend
    from segue.recommend.engine import Engine
    from segue.recommend.seeds import Seed, Standing
    from segue.types import Floats, Mask, Progress, Rows, Vectors

NEAREST = 600
"""Candidates that each space brings."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One question: `seed`, the rows that answer it, and rows that may be candidates.

    `hidden` counts the answers, those too that no row holds. `group` is what questions are drawn
    by where their spread is told: an artist, or the playlist itself. `genre` is what is asked for,
    where that is a genre.
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
        By question, shape (candidates, spaces), float32.
    hits
        By question, which candidates answer it, shape (candidates,).
    hidden
        How many answers each has.
    groups
        See `Asked`.
    genres
        That of the seeds of each, as the lens sees it (`segue.recommend.balanced.genre_of`).
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


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """What was said to one question.

    `rows` are its candidates, ascending, and `raw` their scores by space, shape (rows, spaces), NaN
    in a space where the seeds do not stand.
    """

    asked: Asked
    standing: Standing
    rows: Rows
    raw: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """All that the spaces `names` said to some questions."""

    engine: Engine
    names: tuple[str, ...]
    answered: tuple[Answered, ...]

    def among(self, pattern: Sequence[str]) -> Evidence:
        """What some of the spaces say, of the questions whose seeds stand in all of these."""
        lens = Lens("even", dict.fromkeys(pattern, 1 / len(pattern)), calibrated=True)
        spaces = self.engine.snapshot.spaces
        there = np.logical_or.reduce([spaces[name].placed for name in pattern])
        columns = [self.names.index(name) for name in pattern]
        kept, scores, hits, genres = [], [], [], []
        for one in self.answered:
            known = there[one.rows]
            if not known.any() or one.standing.among(pattern) != tuple(pattern):
                continue
            rows = one.rows[known]
            blend = self.engine.blend(lens, one.standing)
            parts, _ = blend.read(one.raw[np.ix_(known, columns)], rows)
            scores.append(parts.astype(np.float32))
            hits.append(np.isin(rows, one.asked.answers))
            kept.append(one.asked)
            genres.append(genre_of(one.standing))
        return Evidence(
            tuple(pattern),
            tuple(scores),
            tuple(hits),
            tuple(one.hidden for one in kept),
            tuple(one.group for one in kept),
            tuple(genres),
        )


def put(
    engine: Engine,
    asked: Sequence[Asked],
    names: Sequence[str],
    *,
    on_progress: Progress | None = None,
) -> Heard:
    """Put questions to spaces.

    Parameters
    ----------
    engine
        Whose spaces; what it was built from must not hold the answers.
    asked
        Questions.
    names
        Of spaces, at least one. Questions whose seeds stand in none of them are left out.
    on_progress
        Called with (questions asked, in all, what).
    """
    answered = []
    for done, one in enumerate(asked, start=1):
        found = _answered(engine, one, tuple(names))
        if found is not None:
            answered.append(found)
        if on_progress is not None and (done % 10 == 0 or done == len(asked)):
            on_progress(done, len(asked), f"asking {len(names)} spaces")
    return Heard(engine, tuple(names), tuple(answered))


def _answered(engine: Engine, one: Asked, names: tuple[str, ...]) -> Answered | None:
    """What spaces say to one question; None where none can say anything."""
    standing = engine.stand(one.seed)
    there = standing.among(names)
    if not there:
        return None
    blend = engine.blend(Lens("even", dict.fromkeys(there, 1.0), calibrated=True), standing)
    point = tuple(standing.points[name] for name in blend.names)
    rows = _candidates(blend, point, without=standing.without, allowed=one.allowed)
    if not rows.size:
        return None
    raw = np.full((len(rows), len(names)), np.nan)
    for name, space, each in zip(blend.names, blend.spaces, point, strict=True):
        raw[:, names.index(name)] = space.score_exactly(each, rows=rows)
    return Answered(one, standing, rows, raw)


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
