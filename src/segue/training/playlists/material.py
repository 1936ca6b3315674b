"""What is learned from playlists and judged on them, without a catalogue: corpora from files.

Playlists of several files become one `segue.snapshot.Corpus`. Two entries are one track when they
share an outside id; an entry without any meets the first track of its name (the normal forms of
`segue.names`). Tables of tracks add attributes, genres and what else they know to tracks with an
id of theirs.

A corpus for a trial holds the tracks of the playlists that are learned from and their memberships,
nothing else. A track that only playlists held out know would be there for no other reason than
that one of them holds it, and whoever recommends what is by the same artist would find it by its
mere existence. Such tracks are **strangers**: as seeds they are described from outside, and as
hidden tracks they are missed, which counts.

The split is fixed by the playlists' own ids: ordered by the SHA-256 of ``scheme:value``, the first
fifth is for testing, the first eighth of the rest for validation, the others for training. Of the
first 4,000 playlists of the Million Playlist Dataset these are 800, 400 and 2,800.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from segue.catalogue.identity import identities, public_id, refusal
from segue.errors import BadTableError
from segue.records import PlaylistRecord, Rejection
from segue.snapshot import Playlists
from segue.training.playlists.overlaps import ALIKE, overlapping
from segue.training.playlists.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from segue.records import TrackRecord
    from segue.snapshot import Corpus
    from segue.types import Progress, Rows

T = TypeVar("T")

TEST = 5
VALIDATION = 8
"""One of so many playlists is for testing; of the others, one of so many for validation."""

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Read:
    """Playlists of some files, each once, and what was dropped on the way, as sentences."""

    playlists: tuple[PlaylistRecord, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """A playlist as rows of a corpus: each track once, in the order in which they first come.

    A number at or above the corpus's length is a track that the corpus does not hold.
    """

    key: str
    title: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Split:
    """Numbers of playlists by what they are for, rising."""

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """A corpus of what is learned from, playlists held out, and strangers by their numbers."""

    corpus: Corpus
    held: tuple[Listed, ...]
    notes: tuple[str, ...] = ()
    strangers: Mapping[int, TrackRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Every track of some playlists as a row, and every playlist as rows.

    `corpus` holds no memberships; `apart` says whose tracks and memberships are known. `records`
    are by row.
    """

    corpus: Corpus
    lists: tuple[Listed, ...]
    records: tuple[TrackRecord, ...]
    notes: tuple[str, ...] = ()

    def apart(self, train: Iterable[int], held: Iterable[int]) -> Material:
        """Learn from the playlists numbered `train`, hold out those numbered `held`.

        Raises
        ------
        BadTableError
            There is no playlist to learn from.
        """
        known = [self.lists[number] for number in train]
        if not known:
            raise BadTableError(
                "there is no playlist to learn from",
                remedy="Give more playlists, or others to learn from with --train",
            )
        rows = np.unique(np.concatenate([one.rows for one in known]))
        asked = [self.lists[number] for number in held]
        apart = np.setdiff1d(np.concatenate([rows[:0], *(one.rows for one in asked)]), rows)
        place = np.full(len(self.corpus), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        place[apart] = len(rows) + np.arange(len(apart))
        corpus = replace(
            narrowed(self.corpus, rows),
            playlists=memberships([replace(one, rows=place[one.rows]) for one in known]),
        )
        strangers = {len(rows) + i: self.records[row] for i, row in enumerate(apart.tolist())}
        listed = tuple(replace(one, rows=place[one.rows]) for one in asked)
        return Material(corpus, listed, self.notes, strangers)


def read(paths: Sequence[Path], *, on_progress: Progress | None = None) -> Read:
    """Every playlist of some files or folders, in order.

    Parameters
    ----------
    paths
        Files or folders as `segue.sources.playlists.read_playlists` takes them.
    on_progress
        Handed on.

    Returns
    -------
    Read
        Playlists with an id and at least one entry that names a track. What came twice, was empty
        or could not be read is told in its notes.
    """
    from segue.sources.playlists import read_playlists

    found: dict[str, PlaylistRecord] = {}
    dropped: Counter[str] = Counter()
    reasons: list[str] = []
    for path in paths:
        for record in read_playlists(path, on_progress=on_progress):
            if isinstance(record, Rejection):
                dropped["rejected"] += 1
                reasons.append(f"{record.place}: {record.reason}")
                continue
            entries = tuple(entry for entry in record.entries if not refusal(entry))
            dropped["nameless"] += len(record.entries) - len(entries)
            key = key_of(record)
            if not entries:
                dropped["empty"] += 1
            elif found.setdefault(key, record) is not record:
                dropped["twice"] += 1
            else:
                found[key] = replace(record, entries=entries)
    return Read(tuple(found.values()), tuple(_told(dropped, reasons)))


def _told(dropped: Counter[str], reasons: Sequence[str]) -> Iterable[str]:
    """What was dropped, as sentences without a full stop."""
    if dropped["rejected"]:
        shown = "; ".join(reasons[:_NAMED])
        more = "; …" if len(reasons) > _NAMED else ""
        yield f"{dropped['rejected']:,} could not be read ({shown}{more})"
    if dropped["nameless"]:
        yield f"{dropped['nameless']:,} entries had neither a title nor an id and were left out"
    if dropped["empty"]:
        yield f"{dropped['empty']:,} playlists were empty and were left out"
    if dropped["twice"]:
        yield f"{dropped['twice']:,} playlists came twice; the first of each counts"


def key_of(record: PlaylistRecord) -> str:
    """What tells a playlist from others: ``scheme:value`` of its id."""
    return f"{record.outside_id.scheme}:{record.outside_id.value}"


def split(keys: Sequence[str]) -> Split:
    """Part playlists, by their keys, into those for training, validation and testing.

    Parameters
    ----------
    keys
        Of `key_of`, each once.

    Returns
    -------
    Split
        Every number from 0 once; whatever the order of the keys, a key is for the same.
    """
    order = sorted(range(len(keys)), key=lambda i: (hashlib.sha256(keys[i].encode()).digest(), i))
    tests = len(keys) // TEST
    validations = (len(keys) - tests) // VALIDATION
    parts = order[:tests], order[tests : tests + validations], order[tests + validations :]
    test, validation, train = (tuple(sorted(part)) for part in parts)
    return Split(train, validation, test)


def gather(
    playlists: Sequence[PlaylistRecord],
    *,
    tables: Sequence[Path] = (),
    notes: Sequence[str] = (),
    on_progress: Progress | None = None,
) -> Gathered:
    """Make a corpus of all tracks of some playlists.

    Parameters
    ----------
    playlists
        Of `read`.
    tables
        Tables of tracks (`segue.sources.tables.read_tracks`) that say more of the tracks by their
        outside ids. They add no tracks.
    notes
        Handed on, before this function's own.
    on_progress
        Handed on.

    Raises
    ------
    BadTableError
        There is no playlist.
    """
    if not playlists:
        raise BadTableError("there is no playlist", remedy="Give files that hold playlists")
    shelf = Shelf()
    # Those with ids first, so that a name finds them wherever it stands.
    for identified in (True, False):
        for record in playlists:
            for entry in record.entries:
                if bool(_outside(entry)) is identified:
                    shelf.add(entry)
    told = [*notes, *(shelf.enrich(table, on_progress=on_progress) for table in tables)]
    corpus, place, tracks = shelf.corpus()
    lists = []
    repeated = 0
    for record in playlists:
        rows = [place[shelf.find(entry)] for entry in record.entries]
        lists.append(_listed(record, rows))
        repeated += len(rows) - len(lists[-1].rows)
    if repeated:
        told.append(f"{repeated:,} entries repeated a track of their playlist and count once")
    return Gathered(corpus, tuple(lists), tracks, tuple(told))


def against(
    corpus: Corpus, playlists: Sequence[PlaylistRecord], *, keys: Collection[str] = ()
) -> Material:
    """Hold out playlists that a catalogue does not know, and learn from those it has.

    It knows those whose id it has, and those of which it has one that is nearly the same
    (`segue.training.playlists.overlaps`).

    Parameters
    ----------
    corpus
        Of the catalogue, with its playlists.
    playlists
        Of `read`. An entry is the catalogue's track with an id of its, else the first one with its
        name, else a track that the corpus does not hold.
    keys
        ``scheme:value`` of the catalogue's playlists (`segue.catalogue.entries.outside_keys`).
    """
    names: dict[tuple[str, tuple[str, ...]], int] = {}
    for row, name in enumerate(zip(corpus.title_keys, corpus.artist_keys, strict=True)):
        names.setdefault(name, row)
    numbers: dict[str, int] = {}
    strangers: dict[int, TrackRecord] = {}

    def row_of(entry: TrackRecord) -> int:
        known = (public_id(each) for each in identities(entry))
        row = next((corpus.row_of[i] for i in known if i in corpus.row_of), None)
        if row is None:
            row = names.get(Shelf.name_of(entry))
        if row is None:
            stranger = str(public_id(identities(entry)[0]))
            row = len(corpus) + numbers.setdefault(stranger, len(numbers))
            strangers.setdefault(row, entry)
        return row

    listed = [_listed(one, [row_of(entry) for entry in one.entries]) for one in playlists]
    named = [one for one in listed if one.key not in keys]
    alike = overlapping(corpus.playlists, [one.rows for one in named])
    held = tuple(one for one, same in zip(named, alike.tolist(), strict=True) if not same)
    asked = {row for one in held for row in one.rows.tolist()}
    strangers = {row: entry for row, entry in strangers.items() if row in asked}
    notes = []
    if len(held) < len(listed):
        notes.append(
            f"{len(listed) - len(held):,} of {len(listed):,} playlists are in the catalogue too, "
            f"which has learned from them, and were left out: {len(listed) - len(named):,} by "
            f"their ids, {int(alike.sum()):,} because they share {100 * ALIKE:.0f} % or more of "
            "their tracks with one of its own"
        )
    if strangers:
        notes.append(
            f"{len(strangers):,} tracks of the playlists are not in the catalogue, so they cannot "
            "be recommended and count as missed"
        )
    return Material(corpus, held, tuple(notes), strangers)


def narrowed(corpus: Corpus, rows: Rows) -> Corpus:
    """Only the tracks of some rows, ascending; without playlists and what was trained."""
    chosen = rows.tolist()
    place = {row: at for at, row in enumerate(chosen)}

    def texts(column: Sequence[T]) -> tuple[T, ...]:
        return tuple(column[row] for row in chosen)

    def marks(column: Mapping[int, str]) -> dict[int, str]:
        return {place[row]: text for row, text in column.items() if row in place}

    ids = texts(corpus.ids)
    return replace(
        corpus,
        ids=ids,
        row_of={track_id: row for row, track_id in enumerate(ids)},
        titles=texts(corpus.titles),
        artists=texts(corpus.artists),
        albums=texts(corpus.albums),
        genres=texts(corpus.genres),
        title_keys=texts(corpus.title_keys),
        artist_keys=texts(corpus.artist_keys),
        labels=marks(corpus.labels),
        lyrics=marks(corpus.lyrics),
        emotions=marks(corpus.emotions),
        languages=marks(corpus.languages),
        album_keys=texts(corpus.album_keys) if corpus.album_keys else (),
        paths={place[row]: files for row, files in corpus.paths.items() if row in place},
        recordings=corpus.recordings[rows] if len(corpus.recordings) else corpus.recordings,
        performances=None,
        year=corpus.year[rows],
        duration=corpus.duration[rows],
        explicit=corpus.explicit[rows],
        popularity=corpus.popularity[rows],
        playable=corpus.playable[rows],
        attributes=corpus.attributes[rows],
        origins=corpus.origins[rows],
        synthetic=corpus.synthetic[rows],
        placed={},
        playlists=Playlists.none(),
        trained={},
    )


def memberships(lists: Sequence[Listed]) -> Playlists:
    """Playlists as a corpus holds them."""
    sizes = [len(one.rows) for one in lists]
    rows = np.concatenate([one.rows for one in lists]) if lists else np.empty(0)
    return Playlists(
        tuple(one.title for one in lists),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        rows.astype(np.int32),
    )


def _listed(record: PlaylistRecord, rows: Sequence[int]) -> Listed:
    distinct = np.array(list(dict.fromkeys(rows)), dtype=np.int64)
    return Listed(key_of(record), record.title, distinct)


def _outside(entry: TrackRecord) -> bool:
    return any(one.value.strip() for one in entry.outside_ids)
