"""Which index for how many vectors.

=========  ======================  =============================================================
exact      up to 32 MB of numbers  single precision: they fit into a processor's cache
half       up to 250,000           half precision: a scan reads half as much
graph      up to 2 million         a walk on a graph reads a thousandth of them
lists      beyond                  clusters in a file: memory holds only what a search reads
=========  ======================  =============================================================

Where the setting ``index`` says so, the search is left to the server that the catalogue is on:
``pgvector`` (`segue.index.served`).

Vectors that are not of length 1 are always compared exactly in single precision: the nearest by
inner product are neighbours on a graph only where lengths are equal.
"""

from __future__ import annotations

TIERS = ("exact", "half", "graph", "lists", "pgvector")

SINGLE_BYTES = 32 * 2**20
HALF_COUNT = 250_000
GRAPH_COUNT = 2_000_000


def tier_for(count: int, dims: int) -> str:
    """The tier for so many unit vectors of so many numbers; one of `TIERS`."""
    if count * dims * 4 <= SINGLE_BYTES:
        return "exact"
    if count <= HALF_COUNT:
        return "half"
    return "graph" if count <= GRAPH_COUNT else "lists"
