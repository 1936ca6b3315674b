"""A drawn map: where the tracks of a space lie on the plane, and in which regions.

It is kept in a file beside the catalogue and holds no truth: it is drawn from the vectors of a
space, and drawn again when it is missing or `STALE`. To draw is a job; to show what was drawn in
a catalogue that has changed since is `Chart.fitted`, which lays nothing out. A track that points
where it did when it was drawn (`segue.maps.signs`) keeps its place. What has come or changed is
put among its neighbours; nobody moves for it. What has gone leaves a hole.

Where most tracks point elsewhere, the space itself has changed (a network was taught anew), which
says nothing of any one of them: all keep their places until the map is drawn again.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.maps.layout import beside, layout
from segue.maps.regions import regions
from segue.maps.signs import agree, signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.maps.signs import Signs
    from segue.types import Mask, Progress, Rows, Vectors

STALE = 0.1
"""Part of the tracks that may have come, gone or changed before a map is drawn again."""

KEPT = 0.5
"""Part of the tracks that point where they did, below which the space itself has changed."""

SEED = 42

FORMAT = 2

ABANDONED = 86_400.0
"""Seconds after which a file that was never finished is nobody's."""

_KEPT = ".map.npz"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A map of some tracks.

    Attributes
    ----------
    ids
        Whose places they are, ascending.
    signs
        Where they pointed when it was drawn, shape (tracks, bytes).
    places
        In the unit square, shape (tracks, 2), float32.
    region
        The region of every track, shape (tracks,); none is empty, and 0 was the largest when it
        was drawn.
    of
        How many tracks the catalogue had when it was drawn, those that it does not show counted in.
    """

    ids: Sequence[str]
    signs: Signs
    places: Vectors
    region: Rows
    of: int

    @classmethod
    def drawn(
        cls,
        ids: Sequence[str],
        vectors: Vectors,
        *,
        of: int | None = None,
        on_progress: Progress | None = None,
    ) -> Self:
        """Lay tracks out anew.

        Parameters
        ----------
        ids
            Ascending.
        vectors
            Theirs, of length 1, shape (tracks, dims).
        of
            How many tracks the catalogue has; no more than these when None.
        on_progress
            Told how far it has come; whatever it raises stops the work.
        """
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        places = layout(vectors, seed=SEED, on_progress=on_progress)
        return cls(ids, signs(vectors), places, regions(places), len(ids) if of is None else of)

    def __len__(self) -> int:
        """How many tracks it shows."""
        return len(self.ids)

    def fitted(self, ids: Sequence[str], vectors: Vectors) -> tuple[Self, int] | None:
        """The map as it shows the tracks there are now; nothing is laid out.

        Parameters
        ----------
        ids, vectors
            Of all tracks that stand in the space now; ids ascending.

        Returns
        -------
        tuple of Chart and int
            Of exactly these tracks, and how many came, went or changed since it was drawn. None
            where it shows none of them.
        """
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        now = signs(vectors)
        where = self._where(ids)
        known: Mask = where >= 0
        if not known.any():
            return None
        same = known.copy()
        same[known] = agree(self.signs[where[known]], now[known])
        changed = len(ids) + len(self) - int(known.sum()) - int(same.sum())
        stay = same if same.sum() >= KEPT * known.sum() else known
        places = np.empty((len(ids), 2), dtype=np.float32)
        region = np.empty(len(ids), dtype=np.int64)
        places[stay], region[stay] = self.places[where[stay]], self.region[where[stay]]
        if not stay.all():
            put = beside(places[stay], vectors[stay], vectors[~stay], seed=SEED)
            places[~stay] = put
            region[~stay] = _nearest_region(places[stay], region[stay], put)
        # A region that everybody has left is none any more; the others keep their order.
        region = np.unique(region, return_inverse=True)[1].reshape(-1)
        return type(self)(ids, now, places, region, self.of), changed

    def _where(self, ids: Sequence[str]) -> Rows:
        """Which of the tracks drawn each id is, -1 for none."""
        known = {one: place for place, one in enumerate(self.ids)}
        return np.fromiter((known.get(one, -1) for one in ids), dtype=np.int64, count=len(ids))

    def save(self, path: Path) -> None:
        """Write it, in place of the one before; a reader finds the one or the other whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as out:
                np.savez(
                    out,
                    format=np.int64(FORMAT),
                    ids=np.frombuffer(json.dumps(list(self.ids)).encode(), dtype=np.uint8),
                    signs=self.signs,
                    places=self.places,
                    region=self.region.astype(np.int16),
                    of=np.int64(self.of),
                )
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """The one kept in a file; None where there is none that can be read."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                if int(held["format"]) != FORMAT:
                    return None
                ids = json.loads(held["ids"].tobytes())
                region = held["region"].astype(np.int64)
                found = cls(ids, held["signs"], held["places"], region, int(held["of"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            _log.warning("the map in %s cannot be read and is left alone: %s", path, error)
            return None
        shapes = {len(found.signs), len(found.places), len(found.region)}
        return found if shapes == {len(ids)} else None


def path_of(folder: Path, space: str) -> Path:
    """Where the map of a space is kept in the folder beside a catalogue."""
    return folder / f"{space}{_KEPT}"


def kept_in(folder: Path) -> list[Path]:
    """All maps that are kept there, the latest first."""
    found = [(path.stat().st_mtime, path) for path in folder.glob(f"*{_KEPT}")]
    return [path for _, path in sorted(found, reverse=True)]


def stale(changed: int, tracks: int) -> bool:
    """Whether so much has come, gone or changed that a map should be drawn again."""
    return changed > STALE * max(tracks, 1)


def _sweep(path: Path) -> None:
    """Remove what programs that were killed left of this map."""
    for left in path.parent.glob(f"{path.name}.*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink()


def _nearest_region(places: Vectors, region: Rows, put: Vectors) -> Rows:
    from scipy.spatial import KDTree

    found: Rows = region[KDTree(places).query(put)[1]]
    return found
