"""The engine: from a seed to an answer, in order.

1. the **lens** says which spaces count and how much;
2. the seed is **placed** in each of them; where it stands in none, the answer says what would help;
3. **filters** take out what may not be recommended, before anything is chosen;
4. every track left is **ranked** by the blended score;
5. the best are **settled** exactly, versions grouped, artists capped: the choice;
6. **reasons** are computed from the same numbers.

An engine belongs to one snapshot and never changes; it may be used from several threads.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.descriptors.hearing import Hearing
from segue.errors import BadRequestError, NotFoundError
from segue.recommend.answering import Desk, Question, tracks
from segue.recommend.artists import ByArtist
from segue.recommend.balanced import Balanced
from segue.recommend.blending import Blends, Scanned
from segue.recommend.filters import Sieve
from segue.recommend.gaps import higher
from segue.recommend.gathering import shifted, stand_together
from segue.recommend.lenses import BALANCED, default_lens, parse_lens, why_default
from segue.recommend.reasoning import Reasoner
from segue.recommend.seeds import Seed, stand, track_at
from segue.recommend.selection import checked
from segue.records import Answer, Dials, Filters
from segue.spaces.weighable import Weighable
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.recommend.blending import Blend
    from segue.recommend.lenses import Lens
    from segue.recommend.seeds import Standing
    from segue.recommend.selection import Recordings
    from segue.records import Reasons, Track
    from segue.snapshot import Snapshot
    from segue.types import Floats, Mask, Rows

MOST = 500
"""Most recommendations in one answer."""

_SCORES_AT_ONCE = 1_000_000


class Engine:
    """Answers questions about one snapshot.

    Parameters
    ----------
    snapshot
        Its facets are added where it has none.
    hearing
        How the files of its tracks were heard: where passages lie goes by it.
    measured
        What an engine of the same snapshot has measured, which need not be measured again.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        hearing: Hearing = Hearing(),  # noqa: B008 (frozen)
        measured: Mapping[str, Any] | None = None,
    ) -> None:
        if not snapshot.facets:
            snapshot = replace(snapshot, facets=Weighable(snapshot.corpus, snapshot.spaces))
        self.snapshot = snapshot
        self.by_artist = ByArtist(snapshot.corpus)
        self._sieve = Sieve(snapshot.corpus)
        self._blends = Blends(snapshot, measured)
        self._reasoner = Reasoner(snapshot, hearing)
        self._desk = Desk(snapshot, self._reasoner)
        self._balanced = Balanced.of(snapshot.corpus)

    @property
    def epoch(self) -> int:
        """The catalogue's epoch that answers are made from."""
        return self.snapshot.epoch

    def measured(self) -> Mapping[str, Any]:
        """What has been measured of the snapshot so far, for `measured` of another engine."""
        return self._blends.measured()

    def track_at(self, row: int) -> Track:
        """The track of a row, as the snapshot knows it."""
        return track_at(self.snapshot.corpus, row)

    def seed_named(self, name: str) -> Seed | None:
        """The seed with the track id `name`; None when no track has it."""
        row = self.snapshot.corpus.row_of.get(TrackId(name))
        return None if row is None else Seed(self.track_at(row), row)

    def seed_of(self, track_id: TrackId) -> Seed:
        """The seed with this track id; NotFoundError when no track has it."""
        seed = self.seed_named(track_id)
        if seed is None:
            raise NotFoundError(
                f"no track has the id {track_id!r}", remedy="Look for it with `segue search WORDS`"
            )
        return seed

    def similar(
        self,
        seed: Seed,
        *,
        n: int = 10,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        dials: Dials = Dials(),  # noqa: B008 (frozen)
    ) -> Answer:
        """Tracks like `seed`, best first, with reasons.

        Parameters
        ----------
        seed
            From `seed_of`, from outside (`segue.recommend.seeds.seed_from`), or a set of such
            seeds. It is never recommended itself, nor are members of a set that are not offered.
        n
            How many at most, 1 to 500.
        lens
            A lens or weights (`segue.recommend.lenses`); by where the seed stands when None.
        filters
            What the answer may hold.
        dials
            How the rows are chosen from what is near.

        Returns
        -------
        Answer
            A row's `score` is the sum over the lens's spaces of weight × score: for ``hybrid``
            0.6 × cosine of attributes + 0.4 × cosine of words, in [-1, 1]; for weights of one's
            own the mean calibrated score, 1 for a random pair. The weight of a space that the
            seed does not stand in goes to the others. Equal scores stand by track id.

        Raises
        ------
        BadRequestError
            The lens, a filter, a dial or `n` makes no sense, or the seed stands in no space of the
            lens.
        NotFoundError
            The seed is no longer in the catalogue.
        """
        return self.similar_many([seed], n=n, lens=lens, filters=filters, dials=dials)[0]

    def similar_many(
        self,
        seeds: Sequence[Seed],
        *,
        n: int = 10,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        dials: Dials = Dials(),  # noqa: B008 (frozen)
    ) -> list[Answer]:
        """`similar` for each of `seeds`, in order; they are scored together."""
        _check(n, most=MOST)
        allowed = self._sieve.mask(filters)
        lost = "" if allowed is None or allowed.any() else self._sieve.lost(filters)
        notes = (*self._sieve.idle(filters), *self._gone(dials))
        question = Question(n, checked(dials), allowed, lost, notes)
        standings = [self.stand(seed) for seed in seeds]
        alike: dict[tuple[object, ...], tuple[Lens, str, Blend, list[int]]] = {}
        for number, standing in enumerate(standings):
            chosen, origin = self._lens(lens, standing)
            blend = self.blend(chosen, standing)
            key = (chosen.name, chosen.key, origin, id(blend))
            alike.setdefault(key, (chosen, origin, blend, []))[-1].append(number)
        answers: dict[int, Answer] = {}
        at_once = max(1, _SCORES_AT_ONCE // max(1, len(self.snapshot.corpus)))
        for chosen, origin, blend, numbers in alike.values():
            for start in range(0, len(numbers), at_once):
                block = numbers[start : start + at_once]
                made = self._desk.answer(
                    [standings[i] for i in block], chosen, blend, question, origin=origin
                )
                answers.update(zip(block, made, strict=True))
        return [answers[number] for number in range(len(seeds))]

    def ranked(
        self,
        seed: Seed,
        *,
        n: int = MOST,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
    ) -> tuple[Rows, Floats]:
        """The order before anything is selected: versions stay apart, artists are not capped.

        Parameters
        ----------
        seed, lens, filters
            See `similar`.
        n
            How many at most, 1 or more.

        Returns
        -------
        rows
            The best first, equal scores by row; those of the seed itself are left out.
        scores
            Of these, exact; shape (rows,).
        """
        _check(n)
        standing = self.stand(seed)
        chosen, _ = self._lens(lens, standing)
        blend = self.blend(chosen, standing)
        point = tuple(standing.points[name] for name in blend.names)
        allowed = self._sieve.mask(filters)
        (ranking,) = blend.rank([point], allowed=allowed, without=[standing.without])
        settled = blend.settle(point, ranking.best(n), k=n)
        return settled.rows, settled.totals

    def reasons(self, seed: Seed, rows: Sequence[int], *, lens: Lens) -> list[Reasons]:
        """Why each of `rows` is like a seed, whether or not an answer would hold it.

        Parameters
        ----------
        seed
            As of `similar`; it must stand in a space of the lens.
        rows
            Rows of the snapshot, each once.
        lens
            From `chosen`. Its spaces in which the seed does not stand count for nothing.

        Returns
        -------
        list of Reasons
            One a row, in order; of no rows none.
        """
        standing = self.stand(seed)
        blend = self.blend(lens, standing)
        point = tuple(standing.points[name] for name in blend.names)
        asked = np.array(rows, dtype=np.int64)
        (ranking,) = blend.rank([point], allowed=None, without=[standing.without])
        if isinstance(ranking, Scanned):
            scores = ranking.scores
        else:
            scores = blend.scan([point])[0]
            if standing.without is not None:
                scores[standing.without] = -np.inf
        ranks = 1 + higher(scores, scores[asked])
        without = ranking.without(asked)
        settled = blend.settle(point, asked, k=len(asked))
        place = {row: number for number, row in enumerate(settled.rows.tolist())}
        return self._reasoner.explain(
            standing,
            blend,
            settled,
            places=[place[row] for row in rows],
            ranks=ranks.tolist(),
            without=without.tolist(),
        )

    def _gone(self, dials: Dials) -> tuple[str, ...]:
        """A sentence on what was offered lately and is not in the catalogue."""
        gone = sum(each not in self.snapshot.corpus.row_of for each in dials.recent)
        said = f"{tracks(gone)} offered lately {'is' if gone == 1 else 'are'} not in the catalogue"
        return (said,) if gone else ()

    def stand(self, seed: Seed) -> Standing:
        """Where a seed or a set of seeds stands."""
        if not seed.members:
            return stand(seed, self.snapshot)
        if seed.shifts is not None:
            return shifted(seed, self.stand(seed.shifts), self.snapshot)
        return stand_together(seed, self.snapshot)

    def stands(self, seed: Seed, *, lens: str | Mapping[str, float] | None = None) -> bool:
        """Whether a seed stands in any space of a lens, so that it is answered by it."""
        standing = self.stand(seed)
        return bool(standing.among(self._asked(lens, standing)[0].weights))

    def chosen(self, lens: str | Mapping[str, float] | None, standing: Standing) -> Lens:
        """The lens asked for; BadRequestError where nobody at `standing` stands in it."""
        return self._lens(lens, standing)[0]

    def over(self, lens: Lens, names: tuple[str, ...]) -> Blend:
        """A lens over those of its spaces that are named, read for single tracks."""
        return self._blends.of(lens, names)

    def allowed(self, filters: Filters) -> Mask | None:
        """Rows that pass the filters, shape (tracks,); None where there is no condition."""
        return self._sieve.mask(filters)

    def told(self, filters: Filters) -> tuple[str, ...]:
        """What the filters ask for, in words that follow "is"; as `allowed` where they cannot."""
        return self._sieve.told(filters)

    def lost(self, filters: Filters) -> str:
        """Which filters leave nothing, as a sentence; empty where something passes all."""
        return self._sieve.lost(filters)

    @property
    def recordings(self) -> Recordings:
        """Which rows are versions of one recording."""
        return self._desk.recordings

    def blend(self, lens: Lens, standing: Standing) -> Blend:
        """A lens over those of its spaces that a seed stands in, read for as many seeds."""
        # A set of one is that one.
        size = standing.size if len(standing.parts) > 1 else None
        return self._blends.of(lens, standing.among(lens.weights), size=size)

    def _lens(self, lens: str | Mapping[str, float] | None, standing: Standing) -> tuple[Lens, str]:
        """The lens asked for, which the seed must stand in; and where its weights come from."""
        found, origin = self._asked(lens, standing)
        if not standing.among(found.weights):
            raise _nowhere(standing, found)
        return found, origin

    def _asked(
        self, lens: str | Mapping[str, float] | None, standing: Standing
    ) -> tuple[Lens, str]:
        """The lens by name or weights; by what is learned and where the seed stands when None."""
        balanced = isinstance(lens, str) and lens.strip() == BALANCED
        a_set = standing.seed.shifts is None and (bool(standing.parts) or standing.size == 0)
        if balanced or (lens is None and (self._balanced.learned or a_set)):
            found = self._balanced.lens(standing)
            if found is not None:
                several = "; no lens is named, and several tracks are gone on from by it"
                return found if balanced or not a_set else (found[0], found[1] + several)
        if lens is None or balanced:
            by_place = default_lens(
                standing.points, guessed=standing.guessed, learned=standing.learned
            )
            return by_place, "" if balanced else why_default(by_place)
        return parse_lens(lens, spaces=tuple(self.snapshot.spaces)), ""


def _nowhere(standing: Standing, lens: Lens) -> BadRequestError:
    """What would help a seed that stands in no space of a lens."""
    what = f"{standing.seed.track.name} stands in no space of the lens {lens.name!r}"
    described = standing.seed.description
    if described is not None and described.wished:
        remedy = "Wish for an attribute, or for a genre, an artist or words of the catalogue"
        return BadRequestError(what, remedy=remedy)
    if standing.size == 0 and any(member.weight > 0 for member in standing.seed.members):
        remedy = "Likes and dislikes of the same tracks cancel out: like another, or dislike fewer"
        return BadRequestError(what, remedy=remedy)
    if standing.size == 0 and standing.seed.members:
        remedy = "All that is known is what to stay away from: like a track, or name one as well"
        return BadRequestError(what, remedy=remedy)
    if standing.size == 0:
        remedy = "No playlist is called like that, as far as this lens sees: name a track as well"
        return BadRequestError(what, remedy=remedy)
    needs = list(dict.fromkeys(standing.lacking(lens.weights).values()))
    return BadRequestError(what, remedy=f"It needs {', or '.join(needs) or 'another lens'}")


def _check(value: int, *, most: int | None = None) -> None:
    """BadRequestError unless `value` is a whole number from 1 to `most`."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= (most or value):
        return
    limit = f"from 1 to {most}" if most else "of 1 or more"
    raise BadRequestError(f"{value!r} rows are asked for", remedy=f"Give a whole number {limit}")
