"""Tracks in memory while playlists and tables are joined: what one record says fills another."""

from __future__ import annotations

from dataclasses import fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from segue.catalogue.identity import public_id
from segue.names import artist_keys, title_key
from segue.records import CONTINUOUS, OutsideId, Rejection, TrackRecord
from segue.snapshot import GIVEN, Corpus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from segue.types import Floats, Progress

_ATTRIBUTES = (*CONTINUOUS, "tempo", "key", "mode", "time_signature")
_BLANK = ("title", "artists", "album", "album_artist", "duration", "year", "explicit")
_EMOTIONAL = ("emotion", "mood")
_Name = tuple[str, tuple[str, ...]]


class Shelf:
    """Tracks by outside id, else by name, in the order in which they were founded."""

    def __init__(self) -> None:
        self._records: list[TrackRecord] = []
        self._founders: list[OutsideId] = []
        self._by_id: dict[OutsideId, int] = {}
        # Normal forms cost more than all else, so names are kept only once somebody needs them.
        self._by_name: dict[_Name, int] | None = None

    def __len__(self) -> int:
        """How many tracks there are."""
        return len(self._records)

    @staticmethod
    def name_of(record: TrackRecord) -> _Name:
        """Normal forms of title and artists."""
        return title_key(record.title), artist_keys(record.artists)

    def add(self, record: TrackRecord) -> int:
        """The number of a record's track, which is founded where nobody knows it."""
        number = self._known(record)
        if number is None:
            number = self._found(record)
        else:
            self._fill(number, record)
        for one in self._ids(record):
            self._by_id.setdefault(one, number)
        return number

    def find(self, record: TrackRecord) -> int:
        """The number of a track that was added."""
        number = self._known(record)
        if number is None:
            raise KeyError(record)
        return number

    def enrich(self, table: Path, *, on_progress: Progress | None = None) -> str:
        """Add what a table knows of tracks by their outside ids; how many it knew, as a note."""
        from segue.sources.tables import read_tracks

        met: set[int] = set()
        rejected = 0
        for record in read_tracks(table, on_progress=on_progress):
            if isinstance(record, Rejection):
                rejected += 1
                continue
            number = self._with_id(record)
            if number is not None:
                met.add(number)
                self._fill(number, record)
        dropped = f", {rejected:,} of its rows could not be read" if rejected else ""
        return f"{table.name} says more of {len(met):,} of {len(self):,} tracks{dropped}"

    def corpus(self) -> tuple[Corpus, list[int], tuple[TrackRecord, ...]]:
        """All tracks as columns, without memberships; the row of every number; records by row."""
        ids = [public_id(founder) for founder in self._founders]
        order = sorted(range(len(ids)), key=ids.__getitem__)
        row_of_number = [0] * len(order)
        for row, number in enumerate(order):
            row_of_number[number] = row
        records = [self._records[number] for number in order]
        named = tuple(ids[number] for number in order)
        values = _attributes(records)
        corpus = Corpus(
            epoch=1,
            ids=named,
            row_of={track_id: row for row, track_id in enumerate(named)},
            titles=tuple(record.title for record in records),
            artists=_pooled([record.artists for record in records]),
            albums=tuple(record.album for record in records),
            genres=_pooled([record.genres for record in records]),
            title_keys=tuple(title_key(record.title) for record in records),
            artist_keys=_pooled([artist_keys(record.artists) for record in records]),
            labels={
                row: " ".join(value for _, value in record.labels)
                for row, record in enumerate(records)
                if record.labels
            },
            lyrics={row: record.lyrics for row, record in enumerate(records) if record.lyrics},
            year=np.array([record.year or 0 for record in records], dtype=np.int16),
            duration=_floats([record.duration for record in records]),
            explicit=np.array(
                [-1 if record.explicit is None else record.explicit for record in records],
                dtype=np.int8,
            ),
            popularity=_floats([record.popularity for record in records]),
            playable=np.zeros(len(records), dtype=np.bool_),
            attributes=values.astype(np.float32),
            origins=np.where(np.isnan(values), -1, 0).astype(np.int8),
            provenances=(GIVEN,),
            synthetic=np.zeros(len(records), dtype=np.bool_),
            placed={},
            emotions=_emotions(records),
        )
        return corpus, row_of_number, tuple(records)

    def _known(self, record: TrackRecord) -> int | None:
        found = self._with_id(record)
        if found is not None or self._ids(record):
            return found
        if self._by_name is None:
            self._by_name = {}
            for number, each in enumerate(self._records):
                self._by_name.setdefault(self.name_of(each), number)
        return self._by_name.get(self.name_of(record))

    def _with_id(self, record: TrackRecord) -> int | None:
        return next((self._by_id[one] for one in self._ids(record) if one in self._by_id), None)

    @staticmethod
    def _ids(record: TrackRecord) -> Sequence[OutsideId]:
        return [one for one in record.outside_ids if one.value.strip()]

    def _found(self, record: TrackRecord) -> int:
        number = len(self._records)
        founder = next(iter(self._ids(record)), None)
        if founder is None:
            title, artists = self.name_of(record)
            founder = OutsideId("name", "\x1f".join((title, *artists)))
        if self._by_name is not None:
            self._by_name.setdefault(self.name_of(record), number)
        self._founders.append(founder)
        self._records.append(record)
        return number

    def _fill(self, number: int, record: TrackRecord) -> None:
        """Fill what is blank; add genres and labels; keep the higher popularity."""
        ours = self._records[number]
        if _says(record) == _says(ours):
            return
        new: dict[str, object] = {
            name: getattr(record, name)
            for name in _BLANK
            if getattr(ours, name) in ("", (), None) and getattr(record, name) not in ("", (), None)
        }
        for name in ("genres", "labels"):
            both = tuple(dict.fromkeys((*getattr(ours, name), *getattr(record, name))))
            if both != getattr(ours, name):
                new[name] = both
        if record.popularity is not None and record.popularity > (ours.popularity or -1):
            new["popularity"] = record.popularity
        if record.attributes is not None:
            mine = ours.attributes or type(record.attributes)()
            blanks = {
                spec.name: getattr(record.attributes, spec.name)
                for spec in fields(mine)
                if getattr(mine, spec.name) is None
            }
            new["attributes"] = replace(mine, **blanks)
        if new:
            self._records[number] = replace(ours, **new)  # type: ignore[arg-type]


_says = attrgetter(*_BLANK, "genres", "labels", "popularity", "attributes")
"""What one record may tell of another's track."""


def _attributes(records: Sequence[TrackRecord]) -> Floats:
    values = np.full((len(records), len(_ATTRIBUTES)), np.nan)
    for row, record in enumerate(records):
        if record.attributes is not None:
            known = record.attributes.known()
            values[row] = [known.get(name, np.nan) for name in _ATTRIBUTES]
    return values


def _emotions(records: Sequence[TrackRecord]) -> dict[int, str]:
    """The emotion, else the mood, that labels name."""
    found = {}
    for row, record in enumerate(records):
        said = dict(reversed(record.labels))
        word = next((said[kind] for kind in _EMOTIONAL if kind in said), "")
        if word:
            found[row] = word
    return found


def _pooled(values: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """The same tuples, equal ones as one object."""
    pool: dict[tuple[str, ...], tuple[str, ...]] = {}
    return tuple(pool.setdefault(each, each) for each in values)


def _floats(column: Sequence[float | None]) -> NDArray[np.float32]:
    return np.array(column, dtype=np.float64).astype(np.float32)
