"""The only wiring: from an open catalogue to an engine that answers, in plain functions.

    building   the snapshot and the indexes of a catalogue, and where files lie that follow from it
    making     an engine of the catalogue as it stands, from a kept snapshot or a built one
    live       the engine of the newest epoch, swapped in whole

`Maker` makes an engine of the catalogue as it stands: it opens the snapshot that is kept in a file
(`segue.snapshots`), or builds one where none counts. `Live` holds the engine of the newest epoch. A
new one is made beside the old and swapped in whole, so that a query sees one epoch from beginning
to end.
"""

from __future__ import annotations

from segue.assemble.building import derived, make_indexes, take_snapshot
from segue.assemble.live import Live
from segue.assemble.making import Maker

__all__ = ["Live", "Maker", "derived", "make_indexes", "take_snapshot"]
