"""What the table of tracks tells, as columns in the order of public ids.

Read a few thousand rows at a time, so that a million tracks are never a million Python rows.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from segue.catalogue.schema import albums, tracks
from segue.catalogue.streaming import streamed
from segue.columns import Pooled, Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from segue.types import Rows, TrackId


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Columns of the tracks; `keys` are their numbers in the catalogue.

    Texts are empty where nothing is known, `year` is 0, `explicit` -1, the others NaN.
    """

    keys: Rows
    ids: Texts[TrackId]
    titles: Texts[str]
    credits: Pooled[str]
    title_keys: Texts[str]
    albums: Texts[str]
    album_keys: Pooled[str]
    languages: Pooled[str]
    year: NDArray[np.int16]
    duration: NDArray[np.float32]
    explicit: NDArray[np.int8]
    popularity: NDArray[np.float32]
    synthetic: NDArray[np.bool_]

    @classmethod
    def of(cls, connection: Connection) -> Told:
        """Everything that stands in the table at this moment."""
        parts = [_part(rows) for rows in streamed(connection, _QUERY)]
        whole = {spec.name: [part[spec.name] for part in parts] for spec in fields(cls)}
        columns: dict[str, Any] = {}
        for name, held in whole.items():
            if name in _POOLED:
                columns[name] = Pooled(text for part in held for text in part)
            elif name in _TEXTS:
                columns[name] = Texts.joined(held)
            else:
                columns[name] = np.concatenate([np.empty(0, dtype=_KINDS[name]), *held])
        # Sorted here, because a server sorts text by its locale and Python by code points.
        ids = list(columns["ids"])
        order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
        for name, column in columns.items():
            taken = isinstance(column, np.ndarray)
            columns[name] = column[order] if taken else column.taken(order)
        return cls(**columns)


_TEXTS = ("ids", "titles", "title_keys", "albums")
_POOLED = ("credits", "album_keys", "languages")
_KINDS: dict[str, type[np.generic]] = {
    "keys": np.int64,
    "year": np.int16,
    "duration": np.float32,
    "explicit": np.int8,
    "popularity": np.float32,
    "synthetic": np.bool_,
}
_UNKNOWN = {"year": 0, "explicit": -1}

_QUERY = select(
    tracks.c.id.label("keys"),
    tracks.c.public_id.label("ids"),
    tracks.c.title.label("titles"),
    tracks.c.credit.label("credits"),
    tracks.c.title_key.label("title_keys"),
    albums.c.title.label("albums"),
    albums.c.key.label("album_keys"),
    tracks.c.language.label("languages"),
    tracks.c.year.label("year"),
    tracks.c.duration.label("duration"),
    tracks.c.explicit.label("explicit"),
    tracks.c.popularity.label("popularity"),
    tracks.c.synthetic.label("synthetic"),
).join(albums, albums.c.id == tracks.c.album_id, isouter=True)


def _part(rows: Sequence[Any]) -> dict[str, Any]:
    """Columns of some rows by name."""
    found: dict[str, Any] = {}
    for name, column in zip(_QUERY.selected_columns.keys(), zip(*rows, strict=True), strict=True):
        if name in _KINDS:
            unknown = _UNKNOWN.get(name, np.nan)
            given = [unknown if each is None else each for each in column]
            found[name] = np.array(given, dtype=np.float64).astype(_KINDS[name])
            if name == "keys":
                found[name] = np.array(column, dtype=np.int64)
        else:
            plain = ("" if each is None else each for each in column)
            found[name] = Texts(plain)
    return found
