"""What a region of a map is called: names that are commoner there than everywhere.

A name (a genre, an artist) that stands on n of the N tracks of a region and on the share q of all
tracks is worth n ln(n / (N q)): how much the region tells of it (its part of the Kullback-Leibler
divergence). The `NAMES` worth most make the name, if they stand on a share of `SHARE` of the region
together and each more often than elsewhere. A region where no genre does is called by its artists,
and one of which nothing can be said by its number.
"""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.types import Rows

NAMES = 2
"""Names in the name of a region."""

SHARE = 0.05
"""Part of a region that the names of its name have at least, together."""

Names = tuple[str, ...]


def called(of: Rows, genres: Sequence[Names], artists: Sequence[Names]) -> list[str]:
    """The name of every region.

    Parameters
    ----------
    of
        The region of every track.
    genres, artists
        Of every track.
    """
    by_genre, by_artist = _telling(of, genres), _telling(of, artists)
    names: list[str] = []
    for region, (first, then) in enumerate(zip(by_genre, by_artist, strict=True)):
        name = " · ".join(first or then) or f"Region {region + 1}"
        names.append(name if name not in names else f"{name} ({region + 1})")
    return names


def _telling(of: Rows, said: Sequence[Names]) -> list[Names]:
    """For every region the names that tell most of it; () where none does."""
    regions = int(of.max(initial=-1)) + 1
    inside: list[Counter[str]] = [Counter() for _ in range(regions)]
    sizes = [0] * regions
    for region, names in zip(of.tolist(), said, strict=True):
        sizes[region] += 1
        inside[region].update(set(names))
    every: Counter[str] = Counter()
    for counts in inside:
        every.update(counts)
    total = max(sum(sizes), 1)
    found: list[Names] = []
    for counts, size in zip(inside, sizes, strict=True):
        # One region is everything: then what is common is what can be said.
        worth = {
            name: n * (log(n * total / (size * every[name])) if regions > 1 else 1.0)
            for name, n in counts.items()
        }
        best = sorted((name for name in worth if worth[name] > 0), key=lambda n: (-worth[n], n))
        chosen = tuple(best[:NAMES])
        enough = sum(counts[name] for name in chosen) >= SHARE * size
        found.append(chosen if enough else ())
    return found
