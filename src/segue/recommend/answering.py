"""From ranked tracks to answers: settle the best exactly, choose, say why."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.recommend.seeds import track_at
from segue.recommend.selection import Selection
from segue.records import Answer, Recommendation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.recommend.blending import Blend, Points, Ranking, Settled
    from segue.recommend.lenses import Lens
    from segue.recommend.reasoning import Reasoner
    from segue.recommend.seeds import Standing
    from segue.recommend.selection import Choice, Recordings
    from segue.records import Dials, Reasons
    from segue.snapshot import Snapshot
    from segue.types import Mask


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every seed; see `segue.recommend.engine.Engine.similar`.

    `allowed` marks the rows that pass the filters, None for all; `lost` says which filters leave
    nothing, where they do; `notes` are sentences on what is asked.
    """

    n: int
    dials: Dials
    allowed: Mask | None
    lost: str = ""
    notes: tuple[str, ...] = ()


class Desk:
    """Where answers about one snapshot are made."""

    def __init__(self, snapshot: Snapshot, reasoner: Reasoner) -> None:
        self._snapshot = snapshot
        self._reasoner = reasoner
        self._selection = Selection(snapshot.corpus)

    @property
    def recordings(self) -> Recordings:
        """Which rows are versions of one recording."""
        return self._selection.recordings

    def answer(
        self,
        standings: Sequence[Standing],
        lens: Lens,
        blend: Blend,
        question: Question,
        *,
        origin: str = "",
    ) -> list[Answer]:
        """Answers for seeds that stand in the same spaces of one lens: those of `blend`."""
        began = time.perf_counter()
        points = [tuple(standing.points[name] for name in blend.names) for standing in standings]
        rows = [standing.without for standing in standings]
        rankings = blend.rank(points, allowed=question.allowed, without=rows)
        candidates = blend.count(question.allowed)
        scoring = (time.perf_counter() - began) / len(standings)
        answers = []
        for standing, point, ranking in zip(standings, points, rankings, strict=True):
            began = time.perf_counter()
            settled, choices, changes = self._choose(blend, point, ranking, standing, question)
            chosen = np.array([choice.row for choice in choices], dtype=np.int64)
            reasons = self._reasoner.explain(
                standing,
                blend,
                settled,
                places=[choice.place for choice in choices],
                ranks=_ranks(settled, [choice.place for choice in choices]),
                without=ranking.without(chosen).tolist(),
            )
            recommendations = tuple(
                self._recommendation(
                    rank,
                    choice,
                    float(settled.totals[choice.place]),
                    why,
                    changes[choice.place],
                )
                for rank, (choice, why) in enumerate(zip(choices, reasons, strict=True), start=1)
            )
            answers.append(
                Answer(
                    seed=standing.seed.track,
                    lens=lens.name,
                    weights=dict(lens.weights),
                    epoch=self._snapshot.epoch,
                    recommendations=recommendations,
                    candidates=candidates,
                    absent={**standing.absent, **standing.lacking(lens.weights)},
                    seconds=scoring + time.perf_counter() - began,
                    seeds=tuple(p.seed.track.id for p in standing.parts if p.weight > 0),
                    origin=origin,
                    notes=(
                        *question.notes,
                        *_speaking(standing),
                        *_missing(question, settled, len(choices), lens),
                    ),
                )
            )
        return answers

    def _choose(
        self,
        blend: Blend,
        point: Points,
        ranking: Ranking,
        standing: Standing,
        question: Question,
    ) -> tuple[Settled, list[Choice], Mapping[int, Mapping[str, float]]]:
        """Settle and choose, looking further down the ranking until enough is found."""
        dials = question.dials
        taken = self._taken(standing) if dials.group else ()
        k = least = self._selection.depth(question.n, dials)
        while True:
            rows = ranking.best(k)
            settled = blend.settle(point, rows, k=k)
            # As many more as step back, or nothing could take the places of what was offered.
            deeper = least + self._selection.lately(settled.rows, dials)
            if k < deeper and len(rows) >= k:
                k = deeper
                continue
            choices, changes = self._selection.choose(
                settled.rows,
                settled.totals,
                n=question.n,
                blend=blend,
                dials=dials,
                seed=standing.seed.track.id or standing.seed.track.title,
                allowed=question.allowed,
                taken=taken,
            )
            if len(choices) == question.n or len(rows) < k:
                return settled, choices, changes
            k *= 4

    def _taken(self, standing: Standing) -> list[int]:
        """Rows that hold the recording of a track that is not recommended."""
        recordings = self._selection.recordings
        known = [recordings.of_seed(one) for one in standing.seed.hidden]
        held = (self._snapshot.corpus.row_of.get(one) for one in standing.seed.known)
        known += [recordings.of(row) for row in held if row is not None]
        return list({row: None for one in known for row in recordings.versions(one)})

    def _recommendation(
        self,
        rank: int,
        choice: Choice,
        score: float,
        reasons: Reasons,
        changes: Mapping[str, float],
    ) -> Recommendation:
        corpus = self._snapshot.corpus
        return Recommendation(
            rank=rank,
            track=track_at(corpus, choice.row),
            score=score,
            reasons=reasons,
            versions=tuple(corpus.ids[row] for row in choice.versions),
            changes=changes,
        )


def _ranks(settled: Settled, places: Sequence[int]) -> list[int]:
    """Where rows stand among all tracks, from 1; those of one score share the first place of it.

    Places without a space are counted the same way (`segue.recommend.gaps`).
    """
    falling = -settled.totals
    return [1 + int(np.searchsorted(falling, falling[place])) for place in places]


def _speaking(standing: Standing) -> tuple[str, ...]:
    """How many of a large set an answer is computed from."""
    near = sum(1 for part in standing.parts if part.weight > 0)
    if not standing.parts or near >= standing.size:
        return ()
    return (f"{near:,} of the {standing.size:,} tracks speak for all of them",)


def _missing(question: Question, settled: Settled, found: int, lens: Lens) -> tuple[str, ...]:
    """Why there are fewer rows than asked for; `settled` are then all that could be rows."""
    if found == question.n:
        return ()
    if question.lost:
        return (question.lost,)
    count = len(settled.rows)
    if not count:
        there = "that pass the filters and stand" if question.allowed is not None else "that stand"
        return (f"There are no other tracks {there} in a space of the lens {lens.name!r}",)
    passes, stands = ("passes", "stands") if count == 1 else ("pass", "stand")
    there = f"{passes} the filters and {stands}" if question.allowed is not None else stands
    known = f"{tracks(count)} that {there} in a space of the lens {lens.name!r}"
    dials = question.dials
    caps = {"an artist": dials.per_artist, "an album": dials.per_album}
    limits = [f"{whose} may have {most:,}" for whose, most in caps.items() if most is not None]
    limits += ["versions of one recording share one"] if dials.group else []
    why = f"; of the rows {', '.join(limits)}" if limits and found < count else ""
    are = "is" if count == 1 else "are"
    return (f"Only {found:,} of {question.n:,} rows: there {are} {known}{why}",)


def tracks(count: int) -> str:
    """A number of tracks in words."""
    return "1 track" if count == 1 else f"{count:,} tracks"
