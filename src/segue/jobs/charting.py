"""The work ``map``: a space is laid out on a plane, in a process of its own.

It is the command ``segue map``. One is due when the catalogue has been quiet for a while, has
tracks and no map, or a tenth more or fewer tracks than when its latest map was drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.assemble import derived
from segue.catalogue import tracks
from segue.catalogue.database import epoch
from segue.jobs.commanded import commanded
from segue.jobs.runner import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segue.catalogue.database import Database
    from segue.jobs.runner import Work
    from segue.settings import Settings

MAP = "map"
"""Name of the kind."""

FEWEST = 3
"""Tracks for which a map is drawn unasked."""


def charting(db: Database, *, settings: Settings) -> Kind:
    """What the work ``map`` is; its payload names the ``space``, "" for the usual one.

    Parameters
    ----------
    db
        Whose map is drawn when it is due.
    settings
        Of the process that draws; its ``database`` is `db`.
    """

    def handler(work: Work) -> str:
        space = str(work.payload.get("space", ""))
        verb = ["map", *([space] if space else [])]
        said = commanded(verb, settings, work, failed="no map was drawn")
        # Regions come first; the last sentence says how many tracks there are.
        return said[said.rfind("The map of") :]

    return Kind(handler, alone=True, due=Redrawing(db, settings=settings))


class Redrawing:
    """Whether the map should be drawn, each time it is called; asked for once as things stand."""

    def __init__(self, db: Database, *, settings: Settings) -> None:
        self._db, self._settings = db, settings
        self._seen = self._settled = -1
        self._asked: int | None = None

    def __call__(self) -> Iterator[Mapping[str, Any]]:
        """One payload where a map is due."""
        folder = derived(self._db, self._settings)
        now = epoch(self._db)
        if folder is None or now == self._settled:
            return
        if now != self._seen:
            # It changes at this moment; when it has not until the next look, it is quiet.
            self._seen = now
            return
        self._settled = now
        count = tracks.count(self._db)
        if count < FEWEST:
            return
        from segue.maps.chart import Chart, kept_in, stale

        drawn = (Chart.load(path) for path in kept_in(folder))
        before = next((chart.of for chart in drawn if chart is not None), self._asked)
        if before is None or (stale(abs(count - before), before) and self._asked != count):
            self._asked = count
            yield {"space": ""}
