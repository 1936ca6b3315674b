"""The space `playlists`: near means kept beside the same tracks in people's playlists.

Every track has a vector, learned with playlists as sentences and tracks as words
(`segue.training.playlists.item2vec`). A seed stands at the direction of its vector, a set of seeds
at the mean of these directions, weighted. The score of a track is

    (cosine + p ln c) / (1 + p ln c_max)

where c is the number of playlists the track stands in, c_max that of the track in most, and p the
`prior`, found with the vectors. Without it, rare tracks, whose vectors are mostly chance, come
first: on the Million Playlist Dataset it finds more than twice as much. Dividing by the most that
is possible keeps scores in [-1, 1] and changes no order. For the prior's sake a popular track may
be nearer to a track than this is to itself, and likeness is not mutual.

A track that stands in no playlist, or in too few, has the vector that its content gives it
(`segue.spaces.content`). In how many playlists one would stand that nobody has listed yet is not
known: it is taken for an ordinary one, in as many as the middle one of those learned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.spaces.company import Company
from segue.spaces.units import Units, to_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.records import Comparison
    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Mask, Rows, Vectors

PRIOR = 0.1
"""What is taken where the parameters of a training are not known."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaylistsPoint:
    """The weighted mean of the directions of some seeds.

    Attributes
    ----------
    mean, unit
        The mean, shape (dims,), and its direction.
    said
        How much company the seeds keep, in words.
    inferred
        Whether content alone put them there.
    """

    mean: Floats
    unit: Floats
    said: str
    inferred: bool


class PlaylistsSpace:
    """Cosine of item2vec vectors with a prior on popularity; see the module."""

    name = "playlists"
    needs = (
        "a playlist: import one that holds it with `segue import playlists`, then run "
        "`segue train playlists`"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._company = Company(corpus, self.name)
        prior = float(self._company.parameters.get("prior", PRIOR))
        bonus = prior * np.log(self._company.popularity())
        self._most = 1.0 + float(bonus.max(initial=0.0))
        self._bonus: Floats = np.zeros(len(corpus))
        self._bonus[self._company.rows] = bonus
        # The prior is one more number of a track, which every point multiplies by one.
        units = to_units(self._company.vectors.astype(np.float64))
        numbers = np.column_stack([units, bonus]) / self._most
        self._units = Units(numbers, self._company.rows, tracks=len(corpus))
        self.placed: Mask = self._units.placed
        self.inferred: Mask = self._company.inferred

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Take the vectors that training found for `corpus`, and place all others by content."""
        return cls(corpus)

    def point(self, row: int) -> PlaylistsPoint | None:
        """Where the track of `row` stands; None when it has no place."""
        standing = self._company.at(row)
        return None if standing is None else _alone(standing, self._company.told(row))

    def place(self, description: Description) -> PlaylistsPoint | None:
        """Where the content of `description` stands, or the vector it brings; else None."""
        standing = self._company.outside(description)
        return None if standing is None else _alone(standing, "from outside")

    def gather(self, points: Sequence[PlaylistsPoint], *, weights: Floats) -> PlaylistsPoint | None:
        """The weighted mean; None where the points take each other away."""
        mean = weights @ np.array([point.mean for point in points])
        unit = to_units(mean[np.newaxis])[0]
        near = [point for point, weight in zip(points, weights.tolist(), strict=True) if weight > 0]
        if not near or not unit.any():
            return None
        said = near[0].said if len(near) == 1 else f"{len(near)} tracks"
        return PlaylistsPoint(mean, unit, said, all(point.inferred for point in near))

    def score(self, points: Sequence[PlaylistsPoint], *, rows: Rows | None = None) -> Vectors:
        """As the module says, shape (points, rows); 0 for rows not placed."""
        asked = np.array([self._asked(point) for point in points], dtype=np.float32)
        numbers = self._units.dims
        return self._units.score(asked.reshape(len(points), numbers), rows=rows)

    def score_exactly(self, point: PlaylistsPoint, *, rows: Rows) -> Floats:
        """The same in float64, from the vectors themselves."""
        scores = np.zeros(len(rows))
        there = np.flatnonzero(self.placed[rows])
        found = rows[there]
        vectors = self._company.vectors[self._units.places[found]].astype(np.float64)
        cosines = np.vecdot(to_units(vectors), point.unit)
        scores[there] = (cosines + self._bonus[found]) / self._most
        return scores

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        found = np.zeros((len(rows), len(rows)))
        there = np.flatnonzero(self.placed[rows])
        held = rows[there]
        vectors = self._company.vectors[self._units.places[held]].astype(np.float64)
        units = to_units(vectors)
        # A vector of zeros points nowhere, and is alike to nobody.
        found[np.ix_(there, there)] = (units @ units.T + self._bonus[held]) / self._most
        return found

    def nearest(
        self, point: PlaylistsPoint, *, k: int, allowed: Mask | None, margin: float
    ) -> Rows:
        """Rows of the `k` best allowed tracks and of all within `margin` of the k-th."""
        asked = self._asked(point).astype(np.float32)
        return self._units.nearest(
            asked,
            k=k,
            allowed=allowed,
            margin=margin,
            exactly=lambda rows: self.score_exactly(point, rows=rows),
        )

    def _asked(self, point: PlaylistsPoint) -> Floats:
        return np.append(point.unit, 1.0)

    def directions(self, rows: Rows) -> Vectors:
        """See `segue.maps.directions.Directed`."""
        held = self._company.vectors[self._units.places[rows]].astype(np.float64)
        directions: Vectors = to_units(held).astype(np.float32)
        return directions

    def compare(self, point: PlaylistsPoint, row: int) -> tuple[Comparison, ...]:
        """The company that both keep in playlists."""
        return self._company.compare(point.unit, row, seed=point.said)

    def infers(self, point: PlaylistsPoint) -> bool:
        """Whether its content alone put a point where it stands."""
        return point.inferred


def _alone(standing: tuple[Floats, bool], said: str) -> PlaylistsPoint:
    vector, inferred = standing
    unit = to_units(vector[np.newaxis])[0]
    return PlaylistsPoint(unit, unit, said, inferred)
