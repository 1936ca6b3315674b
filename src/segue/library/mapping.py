"""Maps: a space of the catalogue on a plane, drawn, kept in a file and shown.

A map is drawn once and kept among what follows from the catalogue (`segue.maps.chart`,
`segue.assemble.derived`); drawing 90,000 tracks takes a minute or
two, so pages ask for it as a job and never wait for it. What is shown follows the catalogue: new
tracks are put among their neighbours. That is done once for every state of the catalogue, by the
first who asks; others are shown the one before meanwhile.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from segue.assemble import derived
from segue.catalogue import corpus as loading
from segue.errors import NotFoundError, UnavailableError
from segue.library.opened import Opened
from segue.maps.chart import Chart, path_of
from segue.maps.directions import Directed
from segue.maps.shown import TrackMap, ids_of
from segue.spaces.registry import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.settings import Settings
    from segue.snapshot import Corpus, Space
    from segue.types import Progress

PREFERRED = ("sound", "latent", "descriptors", "playlists", "attributes")
"""Which space is shown when nobody says, the first of those in which most tracks stand."""

_MOST = 0.8
"""Part of the best-placed space's tracks that a preferred one needs."""


class Maps(Opened):
    """The part of `segue.library.Segue` that draws and shows maps."""

    def __init__(self, database: Database, *, settings: Settings) -> None:
        super().__init__(database, settings=settings)
        self._shown: dict[str, tuple[int, float, TrackMap | None]] = {}
        self._fitting = threading.Lock()

    def map_spaces(self) -> dict[str, int]:
        """Spaces that can be drawn, and how many tracks stand in each; the default first."""
        return _spaces(self.engine().snapshot.spaces)

    @property
    def can_keep_maps(self) -> bool:
        """Whether there is a folder for maps; there is none where nothing may be written."""
        return derived(self.database, self.settings) is not None

    def track_map(self, space: str) -> TrackMap | None:
        """The map of a space as it shows the catalogue; None where none was drawn.

        Nothing is laid out for it. Where somebody else is just having it follow the catalogue, it
        is the one from before.

        Raises
        ------
        NotFoundError
            There is no such space, or it cannot be drawn.
        """
        snapshot = self.engine().snapshot
        chosen = _chosen(snapshot.spaces, space)
        path = self._path(space)
        if path is None or not path.exists():
            return None
        drawn = path.stat().st_mtime
        now = (snapshot.epoch, drawn)
        before = self._shown.get(space)
        if before is not None and before[:2] == now:
            return before[2]
        if not self._fitting.acquire(blocking=before is None):
            return None if before is None else before[2]
        try:
            known = self._shown.get(space)
            if known is not None and known[:2] == now:
                return known[2]
            chart = Chart.load(path)
            shown = None if chart is None else TrackMap.of(chart, chosen, snapshot.corpus)
            # Maps of older states would keep their whole catalogue in memory.
            held = {name: one for name, one in self._shown.items() if one[0] == snapshot.epoch}
            self._shown = {**held, space: (*now, shown)}
            return shown
        finally:
            self._fitting.release()

    def draw_map(self, space: str = "", *, on_progress: Progress | None = None) -> TrackMap:
        """Draw a map anew and keep it in place of the one before.

        Parameters
        ----------
        space
            By name; the one that is shown when nobody says, when empty.
        on_progress
            Told how far it has come; whatever it raises stops the work, and the old map stays.

        Raises
        ------
        NotFoundError
            There is no such space, it cannot be drawn, or no track stands in it.
        UnavailableError
            There is no folder to keep it in: the catalogue can only be read.
        """
        folder = derived(self.database, self.settings)
        corpus = loading.load(self.database, folder=folder)
        spaces = {name: kind.build(corpus) for name, kind in self._wanted(corpus, space).items()}
        name = space or next(iter(_spaces(spaces)), "")
        chosen = _chosen(spaces, name)
        rows = np.flatnonzero(chosen.placed)
        if not len(rows):
            raise NotFoundError(
                f"no track stands in the space {name!r}", remedy=f"It needs {chosen.needs}"
            )
        path = self._path(name)
        if path is None:
            raise UnavailableError(
                "this catalogue can only be read, so there is no folder for a map",
                where=self.database.where,
                remedy="Give yourself the right to write to it",
            )
        ids = ids_of(corpus, rows)
        chart = Chart.drawn(ids, chosen.directions(rows), of=len(corpus), on_progress=on_progress)
        chart.save(path)
        shown = TrackMap.of(chart, chosen, corpus)
        if shown is None:
            raise ValueError("a map that was just drawn shows nobody")
        return shown

    def _wanted(self, corpus: Corpus, space: str) -> Mapping[str, type[Space]]:
        """The kinds of spaces that have to be built: the one that is asked for, or all."""
        every = kinds(corpus)
        if not space:
            return {name: every[name] for name in PREFERRED if name in every}
        return {name: kind for name, kind in every.items() if name == space}

    def _path(self, space: str) -> Path | None:
        folder = derived(self.database, self.settings)
        return None if folder is None else path_of(folder, space)


def _spaces(spaces: Mapping[str, Space]) -> dict[str, int]:
    """Spaces with directions in which tracks stand; the default first."""
    counts = {
        name: int(space.placed.sum())
        for name, space in spaces.items()
        if isinstance(space, Directed) and space.placed.any()
    }
    most = max(counts.values(), default=0)
    default = next((n for n in PREFERRED if counts.get(n, 0) >= _MOST * most), None)
    return dict(sorted(counts.items(), key=lambda each: (each[0] != default, each[0])))


def _chosen(spaces: Mapping[str, Space], name: str) -> Directed:
    """A space by name, if it can be drawn."""
    found: object = spaces.get(name)
    if isinstance(found, Directed):
        return found
    possible = ", ".join(_spaces(spaces)) or "import or analyse tracks first"
    if found is None:
        raise NotFoundError(f"there is no space {name!r} to draw", remedy=f"Known: {possible}")
    raise NotFoundError(
        f"the space {name!r} counts and has no directions, so it cannot be drawn",
        remedy=f"Draw one of: {possible}",
    )
