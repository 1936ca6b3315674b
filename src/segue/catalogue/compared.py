"""Which files hold the same recording: fingerprints held against each other, and their groups.

A file (by its content hash) is **compared** once its fingerprint was held against those of all
other files that are. Pairs that match are kept, so that groups follow from them; files of one group
have one number, ``compared.recording``. Groups never change what a track is: nothing is joined and
nothing deleted by them. When a file is measured anew, what was found from it goes with its
recording, and it waits again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import bindparam, delete, func, or_, select, update

from segue.catalogue.bulk import insert_rows
from segue.catalogue.database import bump
from segue.catalogue.loading import rows_where
from segue.catalogue.schema import compared, files, matches, recordings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from segue.catalogue.database import Database
    from segue.types import Rows

AT_ONCE = 2_000
"""Fingerprints that `others` gives at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Printed:
    """Fingerprints of some files, row by row.

    Attributes
    ----------
    names
        Content hashes, rising.
    prints
        uint32, one array a file; never empty.
    seconds
        How long the files are.
    """

    names: tuple[str, ...]
    prints: tuple[NDArray[np.uint32], ...]
    seconds: tuple[float, ...]

    def __len__(self) -> int:
        """How many files."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files of the same recording, `first` < `second` by content hash.

    `later` says how many seconds the second begins after the first, `seconds` for how long both
    were heard, `likeness` is 1 where no bit differs. `whole` is false where one is a part of the
    other.
    """

    first: str
    second: str
    later: float
    seconds: float
    likeness: float
    whole: bool


def waiting(connection: Connection, *, version: str) -> list[str]:
    """Content hashes of files that were not compared yet by this version, rising."""
    query = (
        select(recordings.c.content_hash)
        .join(compared, compared.c.content_hash == recordings.c.content_hash, isouter=True)
        .where(
            func.length(recordings.c.fingerprint) > 0,
            or_(compared.c.version.is_(None), compared.c.version != version),
        )
    )
    return sorted(connection.execute(query).scalars())


def printed(connection: Connection, names: Sequence[str]) -> Printed:
    """The fingerprints of these files; those that have none are left out."""
    rows = rows_where(connection, _PRINTS, recordings.c.content_hash, names)
    return _printed(sorted(rows, key=lambda row: str(row[0])))


def others(db: Database, *, version: str) -> Iterator[Printed]:
    """All files that were compared by this version, `AT_ONCE` at a time."""
    query = (
        _PRINTS.join(compared, compared.c.content_hash == recordings.c.content_hash)
        .where(compared.c.version == version, compared.c.content_hash > bindparam("after"))
        .order_by(compared.c.content_hash)
        .limit(AT_ONCE)
    )
    after = ""
    while True:
        with db.read() as connection:
            some = _printed(connection.execute(query, {"after": after}).all())
        if not len(some):
            return
        yield some
        after = some.names[-1]


def put(
    connection: Connection, names: Collection[str], pairs: Sequence[Pair], *, version: str
) -> None:
    """Say, in the caller's transaction, that files were compared, and what they match.

    Those whose recording went away meanwhile are left out. What was said of them before is
    replaced, but for the group they are in: see `regroup`.
    """
    wanted = {*names, *(name for pair in pairs for name in (pair.first, pair.second))}
    there = select(recordings.c.content_hash)
    known = {row[0] for row in rows_where(connection, there, recordings.c.content_hash, wanted)}
    fresh = sorted(known.intersection(names))
    if not fresh:
        return
    numbered = select(compared.c.content_hash, compared.c.recording)
    numbers = dict(rows_where(connection, numbered, compared.c.content_hash, fresh))
    for forget in _FORGET:
        connection.execute(forget, [{"name": name} for name in fresh])
    rows = [(name, version, numbers.get(name)) for name in fresh]
    insert_rows(connection, compared, ("content_hash", "version", "recording"), rows)
    columns = ("first", "second", "later", "seconds", "likeness", "whole")
    kept = [pair for pair in pairs if pair.first in known and pair.second in known]
    insert_rows(connection, matches, columns, [tuple(getattr(p, c) for c in columns) for p in kept])


def pairs(connection: Connection, *, whole: bool | None = None) -> list[Pair]:
    """Every pair that matches, in order; only copies, or only parts, where asked for."""
    query = select(matches)
    if whole is not None:
        query = query.where(matches.c.whole == whole)
    rows = connection.execute(query).all()
    return sorted((Pair(*row) for row in rows), key=lambda pair: (pair.first, pair.second))


def lengths(connection: Connection, names: Collection[str]) -> dict[str, float]:
    """Seconds of files that were measured, by content hash."""
    query = select(recordings.c.content_hash, recordings.c.duration)
    return dict(rows_where(connection, query, recordings.c.content_hash, names))


def recordings_by_row(connection: Connection, row_of_key: Mapping[int, int]) -> Rows:
    """Which recording each row's files hold; -1 where no other row holds it.

    The first of a row's files that shares one decides. Files of the same bytes hold the same, heard
    or not.

    Parameters
    ----------
    row_of_key
        The row of every track, by its number in the catalogue.

    Returns
    -------
    Rows
        Numbers from 0 on, shape (rows,); empty where no two rows share a recording.
    """
    rows = [
        (row_of_key[key], content if number is None else number)
        for key, number, content in connection.execute(_HELD)
    ]
    holders: dict[int | str, set[int]] = {}
    for row, recording in rows:
        holders.setdefault(recording, set()).add(row)
    shared = [recording for recording, held in holders.items() if len(held) > 1]
    if not shared:
        return np.empty(0, dtype=np.int64)
    numbers = {recording: number for number, recording in enumerate(shared)}
    found = np.full(len(row_of_key), -1, dtype=np.int64)
    for row, recording in rows:
        if recording in numbers and found[row] < 0:
            found[row] = numbers[recording]
    return found


def regroup(connection: Connection, groups: Sequence[Collection[str]]) -> int:
    """Let exactly these groups stand, in the caller's transaction; how many files moved by it.

    A group keeps the number that most of its files have. Where none moves, nothing is written and
    the epoch stays.

    Parameters
    ----------
    groups
        Content hashes of files that were compared; none in two groups.
    """
    query = select(compared.c.content_hash, compared.c.recording)
    numbered: Iterable[Any] = connection.execute(query.where(compared.c.recording.is_not(None)))
    stand: dict[str, int] = dict(iter(numbered))
    wanted = _numbered(groups, stand)
    moved = {
        name: wanted.get(name) for name in stand | wanted if stand.get(name) != wanted.get(name)
    }
    if moved:
        connection.execute(_MOVE, [{"name": n, "number": number} for n, number in moved.items()])
        bump(connection)
    return len(moved)


def _numbered(groups: Sequence[Collection[str]], stand: Mapping[str, int]) -> dict[str, int]:
    """A number for every file of a group; the larger groups choose first."""
    taken: set[int] = set()
    following = max(stand.values(), default=0) + 1
    numbers = {}
    for group in sorted(groups, key=lambda group: (-len(group), min(group))):
        held = Counter(stand[name] for name in group if name in stand)
        free = [number for number in held if number not in taken]
        number = max(free, key=lambda number: (held[number], -number), default=following)
        following += number == following
        taken.add(number)
        numbers.update(dict.fromkeys(group, number))
    return numbers


_HELD = (
    select(files.c.track_id, compared.c.recording, files.c.content_hash)
    .join(compared, compared.c.content_hash == files.c.content_hash, isouter=True)
    .order_by(files.c.id)
)
_PRINTS = select(recordings.c.content_hash, recordings.c.fingerprint, recordings.c.duration).where(
    func.length(recordings.c.fingerprint) > 0
)
_FORGET = (
    delete(matches).where(matches.c.first == bindparam("name")),
    delete(matches).where(matches.c.second == bindparam("name")),
    delete(compared).where(compared.c.content_hash == bindparam("name")),
)
_MOVE = (
    update(compared)
    .where(compared.c.content_hash == bindparam("name"))
    .values(recording=bindparam("number"))
)


def _printed(rows: Sequence[Any]) -> Printed:
    return Printed(
        names=tuple(name for name, _, _ in rows),
        prints=tuple(np.frombuffer(data, dtype="<u4") for _, data, _ in rows),
        seconds=tuple(seconds for _, _, seconds in rows),
    )
