"""Files of one recording as groups, from pairs that match.

Matching does not carry over: a first cut of a piece matches the whole, the whole matches a last
cut, and the two cuts have nothing in common; over a chain of small changes the ends may be two
different recordings. So a group is a **star**: one file in its middle that every other was held
against and matches. The middle is the file with most matches left, of these the longest. What
matches a group only through others stays out of it, and may make a group of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def stars(pairs: Iterable[tuple[str, str]], lengths: Mapping[str, float]) -> list[tuple[str, ...]]:
    """Groups of files that match a file in their middle.

    Parameters
    ----------
    pairs
        Files that match, in any order.
    lengths
        Seconds of every file that is in a pair.

    Returns
    -------
    list of tuple
        Each of at least two files, its middle first, the others by name; no file is in two. The
        same whatever the order of the pairs.
    """
    beside: dict[str, set[str]] = {}
    for first, second in pairs:
        if first != second:
            beside.setdefault(first, set()).add(second)
            beside.setdefault(second, set()).add(first)
    found = []
    left = set(beside)
    for part in _parts(beside):
        while (middle := _middle(part & left, beside, left, lengths)) is not None:
            others = beside[middle] & left
            found.append((middle, *sorted(others)))
            left -= {middle, *others}
    return sorted(found)


def _middle(
    part: set[str], beside: Mapping[str, set[str]], left: set[str], lengths: Mapping[str, float]
) -> str | None:
    """The file with most matches among those left; None where none matches another."""
    best = min(part, key=lambda name: (-len(beside[name] & left), -lengths[name], name), default="")
    return best if best and beside[best] & left else None


def _parts(beside: Mapping[str, set[str]]) -> list[set[str]]:
    """Files that hang together, over however many others."""
    parts = []
    seen: set[str] = set()
    for name in beside:
        if name in seen:
            continue
        part, waiting = {name}, [name]
        while waiting:
            fresh = beside[waiting.pop()] - part
            part |= fresh
            waiting += fresh
        seen |= part
        parts.append(part)
    return parts
