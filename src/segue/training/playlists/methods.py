"""What continues a playlist: spaces alone, blends of them, and what anybody could do.

========================  ======================================================================
``popularity``            how many playlists of training hold a track
``artist-popularity``     the share of the seeds that are by its artists, times its popularity
``item2vec-library``      gensim's Word2Vec with every default (CBOW, window 5), mean cosine
a space's name            that space's own score of the set
``plain``                 1 `together` (0.7, 0.3, 0.5) + 1 `factors` (128, α 10) + 0.2 `artist`,
                          each divided by its highest among the candidates of the question
``balanced``              the lens, every candidate in its order
``balanced-selected``     the same after the last step: versions grouped, artists capped
========================  ======================================================================

500 candidates count, without the seeds. A method that knows none of the seeds answers with
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from segue.evaluation.continuation import MOST
from segue.index.best import highest
from segue.names import artist_keys
from segue.recommend.seeds import Member, Seed, seed_from
from segue.recommend.selection import Caps, choose
from segue.recommend.sets import SetSpace, set_space
from segue.records import Track, TrackRecord
from segue.snapshot import Description
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.recommend.engine import Engine
    from segue.recommend.selection import Recordings
    from segue.snapshot import Corpus, Gathering, Space
    from segue.training.playlists.questions import Question
    from segue.types import Rows, Vector

_LOOKED_AT = 4 * MOST
"""How far down a ranking the last step looks."""


class Method(Protocol):
    """What continues a playlist."""

    def __call__(self, question: Question) -> Rows:
        """The best 500 rows without the seeds, best first; fewer, or none, where it knows less."""
        ...


def best(scores: Vector, *, without: Rows, k: int = MOST) -> Rows:
    """The `k` rows of the highest scores above -inf, equal ones by row; `scores` is changed."""
    scores[without] = -np.inf
    return highest(scores, k=k)[:k] if len(scores) else np.empty(0, dtype=np.int64)


class Scorer:
    """Scores of spaces for questions; those of the last question are kept.

    Parameters
    ----------
    corpus
        What was learned from.
    spaces
        Built from it, by name.
    """

    def __init__(self, corpus: Corpus, spaces: Mapping[str, Space]) -> None:
        self.corpus = corpus
        self.spaces = spaces
        self._last: Question | None = None
        self._kept: dict[str, Vector | None] = {}

    def score(self, name: str, question: Question) -> Vector | None:
        """A space's scores of every row, -inf where not placed; None where it knows no seed.

        Shape (tracks,), not to be changed.
        """
        if question is not self._last:
            self._last, self._kept = question, {}
        if name not in self._kept:
            self._kept[name] = self._score(self.spaces[name], question)
        return self._kept[name]

    def _score(self, space: Space, question: Question) -> Vector | None:
        point = stand(space, question)
        if point is None:
            return None
        scores = np.array(set_space(space).score([point])[0], dtype=np.float32)
        scores[~space.placed] = -np.inf
        return scores


def stand(space: Space, question: Question) -> object | None:
    """Where the seeds, each as heavy as the others, or the title stand in a space."""
    if question.title:
        return space.place(Description(TrackRecord(), {}, title=question.title))
    rows: list[int | None] = [int(row) for row in question.seeds if space.placed[row]]
    points = [space.point(row) for row in rows if row is not None]
    for record in question.strangers:
        points.append(space.place(Description(record, {})))
        rows.append(None)
    pairs = [each for each in zip(rows, points, strict=True) if each[1] is not None]
    if not pairs:
        return None
    there = [point for _, point in pairs]
    if len(there) == 1:
        return there[0]
    weights = np.full(len(there), 1 / len(there))
    gathering = set_space(space)
    if isinstance(gathering, SetSpace):
        return gathering.gather(there, weights=weights, rows=[row for row, _ in pairs])
    return cast("Gathering", gathering).gather(there, weights=weights)


@dataclass(frozen=True, slots=True, eq=False)
class OfSpace:
    """A space alone."""

    scorer: Scorer
    name: str

    def __call__(self, question: Question) -> Rows:
        """See `Method`."""
        scores = self.scorer.score(self.name, question)
        return _nothing() if scores is None else best(scores.copy(), without=question.seeds)


@dataclass(frozen=True, slots=True, eq=False)
class OfBlend:
    """Several spaces, each divided by its highest score among the candidates, then weighed."""

    scorer: Scorer
    weights: Mapping[str, float]

    def __call__(self, question: Question) -> Rows:
        """See `Method`. Where a track stands nowhere in a space it has 0 there."""
        total: Vector = np.zeros(len(self.scorer.corpus), dtype=np.float32)
        there = np.zeros(len(total), dtype=np.bool_)
        for name, weight in self.weights.items():
            scores = self.scorer.score(name, question)
            if scores is None:
                continue
            scores = scores.copy()
            scores[question.seeds] = -np.inf
            known = np.isfinite(scores)
            top = scores.max(initial=-np.inf)
            if np.isfinite(top) and top > 0:
                total[known] += np.float32(weight) * scores[known] / top
                there |= known
        total[~there] = -np.inf
        return best(total, without=question.seeds)


class Popular:
    """The same tracks for everybody: those that stand in most playlists."""

    def __init__(self, corpus: Corpus) -> None:
        self.counts = np.bincount(corpus.playlists.rows, minlength=len(corpus)).astype(np.float32)

    def __call__(self, question: Question) -> Rows:
        """See `Method`."""
        return best(np.where(self.counts > 0, self.counts, -np.inf), without=question.seeds)


class PopularByArtist:
    """The seeds' artists, by how many of the seeds are theirs times how popular a track is.

    What is by none of them follows by its popularity.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._counts = Popular(corpus).counts
        self._keys = corpus.artist_keys
        self._tracks: dict[str, list[int]] = {}
        for row in np.flatnonzero(self._counts).tolist():
            for artist in corpus.artist_keys[row]:
                self._tracks.setdefault(artist, []).append(row)

    def __call__(self, question: Question) -> Rows:
        """See `Method`."""
        share = np.zeros_like(self._counts)
        by = [self._keys[row] for row in question.seeds.tolist()]
        by += [artist_keys(record.artists) for record in question.strangers]
        for artists in by:
            for artist in artists:
                share[self._tracks.get(artist, [])] += np.float32(1 / len(by))
        scores = self._counts * (share + np.float32(1e-6))
        return best(np.where(self._counts > 0, scores, -np.inf), without=question.seeds)


class Ranked:
    """The engine's ranking of everything, before its last step; that of the last question is kept.

    Parameters
    ----------
    engine
        Of a snapshot of what was learned from.
    lens
        Its name, or weights.
    """

    def __init__(self, engine: Engine, lens: str | Mapping[str, float] = "balanced") -> None:
        self.engine = engine
        self.lens = lens
        self._last: Question | None = None
        self._rows = _nothing()

    def rows(self, question: Question) -> Rows:
        """The best 2,000; none where the seeds stand nowhere."""
        if question is not self._last:
            self._last, self._rows = question, self._ranked(question)
        return self._rows

    def _ranked(self, question: Question) -> Rows:
        seed = self.seed(question)
        if seed is None:
            return _nothing()
        if not self.engine.stands(seed, lens=self.lens):
            return _nothing()
        return self.engine.ranked(seed, n=_LOOKED_AT, lens=self.lens)[0]

    def seed(self, question: Question) -> Seed | None:
        """What the engine is asked about; None where there is nothing to ask by."""
        track = Track(TrackId(""), question.title or "a playlist", ())
        if question.title:
            return Seed(track, None, Description(TrackRecord(), {}, title=question.title))
        known = [self.engine.track_at(row) for row in question.seeds.tolist()]
        members = [
            Member(Seed(each, self.engine.snapshot.corpus.row_of[each.id])) for each in known
        ]
        members += [Member(seed_from(Description(record, {}))) for record in question.strangers]
        return Seed(track, members=tuple(members)) if members else None


@dataclass(frozen=True, slots=True, eq=False)
class OfLens:
    """What the engine ranks, as it is or after its last step.

    `recordings` are for that step, None to leave it out; `per_artist` is what it allows an artist.
    """

    ranked: Ranked
    recordings: Recordings | None = None
    per_artist: int | None = None

    def __call__(self, question: Question) -> Rows:
        """See `Method`."""
        rows = self.ranked.rows(question)
        alike = self.recordings
        if alike is None:
            return rows[:MOST]
        taken = [each for row in question.seeds.tolist() for each in alike.versions(alike.of(row))]
        chosen = choose(
            rows.tolist(),
            n=MOST,
            caps=Caps(self.ranked.engine.snapshot.corpus.artist_keys, per_artist=self.per_artist),
            recordings=alike,
            taken=taken,
        )
        return np.array([each.row for each in chosen], dtype=np.int64)


def _nothing() -> Rows:
    return np.empty(0, dtype=np.int64)
