"""From exact scores to reasons: what each space did, what agrees, where to listen, who is near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from segue.recommend.nearest import nearest
from segue.recommend.passages import passages
from segue.recommend.reasons import AGREES, DIFFERS, most_different, sentence
from segue.recommend.sets import SetPoint
from segue.records import Contribution, Reasons
from segue.snapshot import Windowed
from segue.spaces.together import TogetherSpace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.descriptors.hearing import Hearing
    from segue.recommend.blending import Blend, Settled
    from segue.recommend.nearest import Neighbour
    from segue.recommend.seeds import Standing
    from segue.records import Comparison, Passage
    from segue.snapshot import Snapshot
    from segue.spaces.memberships import PlaylistPoint

OF_PLAYLISTS = frozenset({"together", "titles", "factors", "playlists"})
"""Spaces that know tracks by the playlists they stand in."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one space says of a row; `whole` where that is of a set and not of its nearest seed."""

    contribution: Contribution
    compared: tuple[Comparison, ...]
    whole: bool

    @property
    def agree(self) -> list[Comparison]:
        """Features that agree."""
        least = DIFFERS if self.whole else AGREES
        return [each for each in self.compared if each.likeness >= least]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row to be explained: its `place` in what is settled, its rank, its places without."""

    place: int
    row: int
    rank: int
    without: Sequence[int]
    near: Neighbour | None


class Reasoner:
    """Says why, for rows of one snapshot.

    Parameters
    ----------
    snapshot
        What is answered from.
    hearing
        How its files were heard.
    """

    def __init__(self, snapshot: Snapshot, hearing: Hearing) -> None:
        self._snapshot = snapshot
        self._hearing = hearing
        self._windowed: dict[str, Windowed | None] = {}

    def explain(
        self,
        standing: Standing,
        blend: Blend,
        settled: Settled,
        *,
        places: Sequence[int],
        ranks: Sequence[int],
        without: Sequence[Sequence[int]],
    ) -> list[Reasons]:
        """Reasons for rows of an answer, in order.

        Parameters
        ----------
        standing, blend
            Where the seed stands, and what was asked.
        settled
            Exact scores.
        places
            Which of its rows.
        ranks, without
            Where each of these stands among all that could be recommended, and where it would
            stand without each space of the blend; from 1.
        """
        rows = settled.rows[list(places)].tolist()
        near = nearest(standing, blend, rows)
        return [
            self._one(standing, blend, settled, _Row(place, row, rank, lost, near.get(row)))
            for place, row, rank, lost in zip(places, rows, ranks, without, strict=True)
        ]

    def _one(self, standing: Standing, blend: Blend, settled: Settled, row: _Row) -> Reasons:
        shared, company = self._company(standing, blend, row)
        found = self._found(standing, blend, settled, row, company)
        differs = most_different([each for said in found for each in said.compared])
        strongest = found[0]
        return Reasons(
            contributions=tuple(each.contribution for each in found),
            agree=tuple(each for said in found for each in said.agree),
            differs=differs,
            sentence=sentence(
                [said.agree for said in found if not said.whole],
                differs,
                nearest=strongest.contribution.space,
                silent=not (strongest.agree or strongest.contribution.estimated),
                near=None if row.near is None else row.near.name,
                whole=[said.agree for said in found if said.whole],
            ),
            passages=self._passages(standing, found, row, blend.names),
            near="" if row.near is None else row.near.name,
            playlists=shared,
        )

    def _found(
        self,
        standing: Standing,
        blend: Blend,
        settled: Settled,
        row: _Row,
        company: tuple[Comparison, ...],
    ) -> list[_Said]:
        """What every space says, the one that contributes most first."""
        parts = settled.parts[row.place].tolist()
        estimated = settled.estimated[row.place].tolist()
        found: list[_Said] = []
        for index, (name, space) in enumerate(zip(blend.names, blend.spaces, strict=True)):
            own = None if row.near is None else row.near.points[index]
            inferred = blend.inferred[index]
            against = standing.points[name] if own is None else own
            contribution = Contribution(
                name,
                blend.weights[index],
                parts[index],
                blend.expected[index],
                row.rank,
                row.without[index],
                estimated[index],
                inferred is not None and bool(inferred[row.row]),
            )
            compared = () if estimated[index] else space.compare(against, row.row)
            if name in OF_PLAYLISTS and compared:
                compared, company = (*company, *compared), ()
            found.append(_Said(contribution, compared, row.near is not None and own is None))
        found.sort(key=lambda each: -each.contribution.value)
        return found

    def _company(
        self, standing: Standing, blend: Blend, row: _Row
    ) -> tuple[int | None, tuple[Comparison, ...]]:
        """How many playlists hold both, and what a space of playlists that counts none says of it.

        Of a set nothing is said beside the number: it is the company of the whole.
        """
        together: object = self._snapshot.spaces.get(TogetherSpace.name)
        if OF_PLAYLISTS.isdisjoint(blend.names) or not isinstance(together, TogetherSpace):
            return None, ()
        point = cast("PlaylistPoint | None", standing.points.get(together.name))
        if point is None:
            return None, ()
        shared = len(together.shared(point, row.row))
        if together.name in blend.names or row.near is not None or not shared:
            return shared, ()
        return shared, together.compare(point, row.row)

    def _passages(
        self, standing: Standing, found: Sequence[_Said], row: _Row, names: Sequence[str]
    ) -> tuple[Passage, ...]:
        """Where to listen, in the space that contributes most of those that hear windows."""
        if row.near is not None:
            seed = row.near.track
        elif len(standing.parts) == 1:
            seed = standing.parts[0].seed.track
        else:
            seed = standing.seed.track
        for said in found:
            name = said.contribution.space
            if row.near is None:
                point: object | None = standing.points[name]
            else:
                point = row.near.points[names.index(name)]
            if seed is None or point is None or isinstance(point, SetPoint):
                continue
            space = self._hears(name)
            if space is None:
                continue
            heard = passages(
                space,
                point,
                row.row,
                seed=seed,
                seconds=float(self._snapshot.corpus.duration[row.row]),
                hearing=self._hearing,
            )
            if heard:
                return heard
        return ()

    def _hears(self, name: str) -> Windowed | None:
        """The space or facet `name` if it has windows; looked up once."""
        if name not in self._windowed:
            space: object = self._snapshot.weighable(name)
            self._windowed[name] = space if isinstance(space, Windowed) else None
        return self._windowed[name]
