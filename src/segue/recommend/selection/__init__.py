"""The final list: which of the tracks that are near become rows, and in which order.

recordings   versions of one recording share a row: by their names, or because files sound the same
caps         how many rows one artist, or one album, may have a part in
alike        how alike the candidates are to one another
hubs         who among them is near to everything
moving       who steps back or forward, and how far: hubs, what was offered lately, chance
diversity    rows that are unlike each other
choosing     from candidates to rows, from the best on
selecting    all of these for one snapshot, by the dials

Every route to an answer ends here. A row keeps its blended score; what moved it is told beside it,
by name, in units of the score: rows stand in the order of score + changes. Grouping never merges or
deletes anything, and with `segue.records.UNSELECTED` the order of the scores stays.
"""

from __future__ import annotations

from segue.recommend.selection.caps import Caps
from segue.recommend.selection.choosing import Choice, choose
from segue.recommend.selection.dials import checked
from segue.recommend.selection.recordings import Recording, Recordings
from segue.recommend.selection.selecting import Selection

__all__ = ["Caps", "Choice", "Recording", "Recordings", "Selection", "checked", "choose"]
