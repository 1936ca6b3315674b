"""A map as it shows a catalogue: its tracks, and its regions with their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.maps.called import called
from segue.maps.chart import stale
from segue.maps.regions import middles

if TYPE_CHECKING:
    from segue.maps.chart import Chart
    from segue.maps.directions import Directed
    from segue.snapshot import Corpus
    from segue.types import Rows, TrackId, Vectors

NEAREST = 12
"""Tracks that a region is shown by."""


@dataclass(frozen=True, slots=True)
class Region:
    """A crowd on a map.

    Attributes
    ----------
    name
        What is commoner in it than elsewhere: genres, else artists, else its number.
    count
        Tracks in it.
    x, y
        Its middle, 0 to 1, y upwards.
    nearest
        The tracks nearest to its middle, as places in `TrackMap.rows`.
    """

    name: str
    count: int
    x: float
    y: float
    nearest: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TrackMap:
    """The tracks of one space on a plane.

    Attributes
    ----------
    space
        Its name.
    corpus
        The catalogue that it shows.
    rows
        Rows of the tracks it shows, ascending, shape (tracks,).
    places
        Where they are, shape (tracks, 2), 0 to 1, y upwards.
    region
        Which of `regions` each belongs to, shape (tracks,).
    regions
        The largest first, as they were when it was drawn; none is empty.
    changed
        How many tracks came, went or changed since it was drawn.
    """

    space: str
    corpus: Corpus
    rows: Rows
    places: Vectors
    region: Rows
    regions: tuple[Region, ...]
    changed: int

    @classmethod
    def of(cls, chart: Chart, space: Directed, corpus: Corpus) -> Self | None:
        """A chart as it shows a corpus, of which `space` is a space; None where it shows nobody."""
        rows = np.flatnonzero(space.placed)
        found = chart.fitted(ids_of(corpus, rows), space.directions(rows))
        if found is None:
            return None
        fitted, changed = found
        genres = [corpus.genres[row] for row in rows.tolist()]
        artists = [corpus.artists[row] for row in rows.tolist()]
        names = called(fitted.region, genres, artists)
        regions = _regions(fitted, names)
        return cls(space.name, corpus, rows, fitted.places, fitted.region, regions, changed)

    @property
    def stale(self) -> bool:
        """Whether so much has changed that it should be drawn again."""
        return stale(self.changed, len(self.rows))

    def ids(self, places: Rows) -> list[TrackId]:
        """Whose places these are."""
        return ids_of(self.corpus, self.rows[places])


def ids_of(corpus: Corpus, rows: Rows) -> list[TrackId]:
    """Ids of rows."""
    return [corpus.ids[row] for row in rows.tolist()]


def _regions(chart: Chart, names: list[str]) -> tuple[Region, ...]:
    centres = middles(chart.places, chart.region)
    found = []
    for number, (name, centre) in enumerate(zip(names, centres, strict=True)):
        members = np.flatnonzero(chart.region == number)
        apart = np.square(chart.places[members] - centre).sum(axis=1)
        nearest = members[np.argsort(apart, kind="stable")[:NEAREST]]
        x, y = centre.tolist()
        found.append(Region(name, len(members), x, y, tuple(nearest.tolist())))
    return tuple(found)
