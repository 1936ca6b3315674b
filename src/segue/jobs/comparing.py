"""Which files hold the same recording, brought up to date: new fingerprints against all others.

New files are indexed, `AT_ONCE` at a time, and held against each other and against all that were
compared before, which are read past them; so a few new files cost one reading of the fingerprints,
and memory does not grow with the catalogue. What was found is written portion by portion: killed in
between, the next run goes on from there. Then groups are made anew from all pairs; answers change,
and the epoch grows, only where a group did.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from segue.audio.alike import VERSION, laid
from segue.audio.meeting import Index
from segue.audio.stars import stars
from segue.catalogue import compared
from segue.catalogue.compared import Pair
from segue.errors import BusyError

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from segue.audio.alike import Match
    from segue.catalogue.compared import Printed
    from segue.catalogue.database import Database
    from segue.types import Progress

AT_ONCE = 25_000
"""New fingerprints that are indexed at a time, about half a gigabyte."""

VERB = "comparing recordings"
"""What progress says meanwhile."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing did.

    Attributes
    ----------
    compared
        Files that had not been compared.
    matches
        Pairs that were found.
    moved
        Files that came into a group, left one or changed it.
    notes
        What could not be done, as sentences.
    """

    compared: int = 0
    matches: int = 0
    moved: int = 0
    notes: tuple[str, ...] = ()


def compare(
    db: Database, *, on_progress: Progress | None = None, stop: threading.Event | None = None
) -> Compared:
    """Compare every fingerprint that was not compared; what stands in the way is told, not raised.

    Parameters
    ----------
    on_progress
        Called with (files compared, files to compare, what), where there are any.
    stop
        Once set, no further portion is begun; what was found stays.
    """
    if db.read_only:
        return Compared()
    done = found = moved = 0
    try:
        with db.read() as connection:
            names = compared.waiting(connection, version=VERSION)
        for begin in range(0, len(names), AT_ONCE):
            if stop is not None and stop.is_set():
                break
            if on_progress is not None:
                on_progress(done, len(names), VERB)
            found += _portion(db, names[begin : begin + AT_ONCE])
            done = min(len(names), begin + AT_ONCE)
        moved = _regroup(db)
    except BusyError as busy:
        note = f"Copies of recordings are not all found ({busy.what}); run `segue analyse`."
        return Compared(done, found, moved, (note,))
    if on_progress is not None and names:
        on_progress(done, len(names), VERB)
    return Compared(done, found, moved)


def _portion(db: Database, names: list[str]) -> int:
    """Compare some new files with each other and all others; how many pairs match."""
    with db.read() as connection:
        fresh = compared.printed(connection, names)
    alike = list(_meeting(db, fresh))
    with db.write() as connection:
        compared.put(connection, fresh.names, alike, version=VERSION)
    return len(alike)


def _meeting(db: Database, fresh: Printed) -> Iterator[Pair]:
    """Pairs of new files, and of new files and others.

    Files with the very same fingerprint (another tag on the same sound) are looked for once.
    """
    by_print: dict[bytes, list[int]] = {}
    for row, numbers in enumerate(fresh.prints):
        by_print.setdefault(numbers.tobytes(), []).append(row)
    twins = list(by_print.values())
    index = Index([fresh.prints[rows[0]] for rows in twins])
    for first, *further in twins:
        if further and (match := laid(fresh.prints[first], fresh.prints[first], shift=0)).same:
            yield from (_pair(fresh, first, fresh, row, match) for row in further)
    for meeting in index.among():
        for a, b in product(twins[meeting.indexed], twins[meeting.asking]):
            if _told(fresh.seconds[a], fresh.seconds[b], meeting.match):
                yield _pair(fresh, a, fresh, b, meeting.match)
    for known in compared.others(db, version=VERSION):
        yield from _beside(index, twins, fresh, known)


def _beside(index: Index, twins: list[list[int]], fresh: Printed, known: Printed) -> Iterator[Pair]:
    """Pairs of a new file and one that was compared before."""
    for meeting in index.asked(known.prints):
        other = meeting.asking
        for row in twins[meeting.indexed]:
            if _told(fresh.seconds[row], known.seconds[other], meeting.match):
                yield _pair(fresh, row, known, other, meeting.match)


def _told(first: float, second: float, match: Match) -> bool:
    """Whether one file is a copy or a part of the other; seconds that both have are neither."""
    return match.whole(first, second) or match.part(first, second)


def _pair(a: Printed, row: int, b: Printed, other: int, match: Match) -> Pair:
    """What the catalogue keeps of a match; the lower content hash comes first."""
    if a.names[row] > b.names[other]:
        return _pair(b, other, a, row, match.turned())
    return Pair(
        first=a.names[row],
        second=b.names[other],
        later=round(match.later, 3),
        seconds=round(match.seconds, 3),
        likeness=round(match.likeness, 4),
        whole=match.whole(a.seconds[row], b.seconds[other]),
    )


def _regroup(db: Database) -> int:
    """Make groups of all copies; how many files moved."""
    with db.write() as connection:
        alike = compared.pairs(connection, whole=True)
        names = {name for pair in alike for name in (pair.first, pair.second)}
        seconds = compared.lengths(connection, names)
        groups = stars(((pair.first, pair.second) for pair in alike), seconds)
        return compared.regroup(connection, groups)
