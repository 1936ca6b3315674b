"""The snapshot and the indexes of a catalogue, and where files lie that follow from it."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from segue.catalogue import corpus
from segue.descriptors.cache import Cache
from segue.index.served import Servable
from segue.snapshot import Indexed, Snapshot
from segue.spaces.registry import build_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.index.served import VectorTables
    from segue.settings import Settings

_log = logging.getLogger(__name__)


def take_snapshot(db: Database, *, folder: Path | None = None) -> Snapshot:
    """Everything a query needs of the catalogue as it stands now; see `corpus.load`."""
    tracks = corpus.load(db, folder=folder)
    return Snapshot(corpus=tracks, spaces=build_all(tracks))


def derived(db: Database, settings: Settings) -> Path | None:
    """The folder for files that follow from a catalogue; None where none may be written.

    One of its own for every catalogue: beside it, or by its `Database.digest` in the folder that is
    set, so that all who reach one database have the same.
    """
    if db.read_only or (db.path is not None and settings.derived_folder is None):
        return corpus.beside(db)
    home = settings.derived_folder or Cache.of(settings).folder / "derived"
    return home.expanduser().absolute() / db.digest


def serve_from(
    tables: VectorTables, snapshot: Snapshot, *, going_on: Callable[[int], bool]
) -> None:
    """Leave the search of all spaces that can to a server's tables, brought to their vectors."""
    tables = tables.at(snapshot.corpus.epoch)
    for space in snapshot.spaces.values():
        if isinstance(space, Servable):
            space.serve_from(tables, going_on=going_on)


def make_indexes(snapshot: Snapshot, *, going_on: Callable[[int], bool]) -> list[str]:
    """Make the indexes that the spaces of a snapshot want and have not; the names of these spaces.

    With fewer than a quarter of a million tracks there are none to make; with a million it takes
    minutes, and the snapshot answers meanwhile.

    Parameters
    ----------
    going_on
        Asked now and then with how many vectors are done; False gives the work up.
    """
    made = []
    for name, space in snapshot.spaces.items():
        began = time.perf_counter()
        if isinstance(space, Indexed) and space.make_index(going_on=going_on):
            _log.info("index of %s made in %.0f s", name, time.perf_counter() - began)
            made.append(name)
    return made
