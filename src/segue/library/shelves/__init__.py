"""The catalogue to look through: what stands beside what, how many there are of everything.

Search answers the question who has a name; a **shelf** answers what there is. `Shelves` is made of
one corpus and never changes: groups of tracks by artist, album and genre, orders to list them in,
and the words of all names. `listed` takes what somebody looks for (`Look`) and gives a page of it
with what could narrow it down further, each choice with its number of tracks.

Everything is numbers in memory, so that a page of a hundred thousand tracks takes milliseconds
however far back it lies.
"""

from __future__ import annotations

from segue.library.shelves.groups import Group, Groups
from segue.library.shelves.listing import Facet, Found, Look, Option, listed
from segue.library.shelves.shelves import SORTS, Shelves

__all__ = ["SORTS", "Facet", "Found", "Group", "Groups", "Look", "Option", "Shelves", "listed"]
