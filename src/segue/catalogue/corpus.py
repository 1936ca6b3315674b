"""All tracks as columns: what `segue.snapshot.Corpus` is made of, read in one go.

Rows stand in the order of public ids, so that equal scores come out in the same order whatever
order the tracks were imported in. Everything is read in one transaction, so it is one moment of
the catalogue. Text is held as `segue.columns` does.

Where a track has attributes from several sources, each comes from the best one that knows it: given
before predicted before estimated from the signal (`segue.catalogue.provenance`).
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from segue.catalogue.compared import recordings_by_row
from segue.catalogue.drafts import artists_of
from segue.catalogue.entries import memberships
from segue.catalogue.placed import placed
from segue.catalogue.provenance import STATEMENTS, ranked
from segue.catalogue.schema import (
    attributes,
    files,
    genres,
    lyrics,
    meta,
    track_genres,
    track_labels,
)
from segue.catalogue.streaming import streamed
from segue.catalogue.told import Told
from segue.catalogue.trained import known
from segue.collector import collector_silent
from segue.columns import Alike, Known, Pooled, Sorted
from segue.names import artist_keys, performance_key
from segue.records import CONTINUOUS
from segue.snapshot import Corpus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select

    from segue.catalogue.database import Database
    from segue.types import Frames

_ATTRIBUTES = (*CONTINUOUS, "tempo", "key", "mode", "time_signature")
_STATEMENTS = tuple([_ATTRIBUTES.index(name) for name in names] for names in STATEMENTS)


def load(db: Database, *, folder: Path | None = None) -> Corpus:
    """Every track of the catalogue, as it stands at this moment.

    Parameters
    ----------
    folder
        For files that follow from the catalogue; `beside` it when None.

    Returns
    -------
    Corpus
        Rows in the order of ids; without any row for an empty catalogue.

    Raises
    ------
    InternalError
        Stored vectors of one space and version differ in length.
    """
    with collector_silent(), db.read() as connection:
        return _load(connection, folder or beside(db))


def beside(db: Database) -> Path | None:
    """The folder for files that follow from a catalogue: ``NAME.derived`` beside ``NAME.db``.

    None where the catalogue is no file, or must not be written to. It may not be there yet.
    """
    if db.path is None or db.read_only:
        return None
    return db.path.with_suffix(".derived")


def _load(connection: Connection, folder: Path | None) -> Corpus:
    epoch = connection.execute(select(meta.c.value).where(meta.c.name == "epoch")).scalar_one()
    told = Told.of(connection)
    row_of_key = {key: row for row, key in enumerate(told.keys.tolist())}
    names = [artists_of(each) for each in told.credits.pool]
    values, origins, provenances = _attributes(connection, row_of_key)
    tracks = len(told.keys)
    labels, emotions = _labels(connection, row_of_key)
    sung = {row_of_key[key]: text for key, text in _rows(connection, _LYRICS)}
    languages = {row: said.lower() for row, said in enumerate(told.languages) if said}
    trained = known(connection)
    paths = _paths(connection, row_of_key)
    playable = np.zeros(len(row_of_key), dtype=np.bool_)
    playable[list(paths)] = True
    return Corpus(
        epoch=int(epoch),
        ids=told.ids,
        row_of=Sorted(told.ids),
        titles=told.titles,
        artists=told.credits.read_as(names),
        albums=told.albums,
        genres=_grouped(_rows(connection, _GENRES), row_of_key),
        title_keys=told.title_keys,
        artist_keys=told.credits.read_as(artist_keys(each) for each in names),
        labels=Known.texts(labels, rows=tracks),
        lyrics=Known.texts(sung, rows=tracks),
        year=told.year,
        duration=told.duration,
        explicit=told.explicit,
        popularity=told.popularity,
        playable=playable,
        attributes=values,
        origins=origins,
        provenances=provenances,
        synthetic=told.synthetic,
        placed=placed(connection, row_of_key, trained, folder=folder),
        playlists=memberships(connection, told.keys.tolist()),
        trained=trained,
        emotions=Known.pooled(emotions, rows=tracks),
        languages=Known.pooled(languages, rows=tracks),
        paths=Known.lists(paths, rows=tracks),
        album_keys=told.album_keys,
        recordings=recordings_by_row(connection, row_of_key),
        performances=Alike(map(performance_key, told.title_keys)),
        beside=folder,
    )


_GENRES = (
    select(track_genres.c.track_id, genres.c.name)
    .join(genres, genres.c.id == track_genres.c.genre_id)
    .order_by(track_genres.c.track_id, genres.c.name)
)
_LABELS = select(track_labels.c.track_id, track_labels.c.kind, track_labels.c.value).order_by(
    track_labels.c.track_id, track_labels.c.kind, track_labels.c.value
)
_FEELINGS = ("emotion", "mood")
_LYRICS = select(lyrics.c.track_id, lyrics.c.text)
_PATHS = (
    select(files.c.track_id, files.c.path)
    .where(files.c.missing_since.is_(None))
    .order_by(files.c.track_id, files.c.id)
)


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """The rows of a query, read a few thousand at a time."""
    for part in streamed(connection, query):
        yield from part


def _grouped(
    pairs: Iterable[tuple[int, str]], row_of_key: Mapping[int, int]
) -> Pooled[tuple[str, ...]]:
    """One tuple of values a row from (track key, value) pairs that stand by key."""
    pool: dict[tuple[str, ...], int] = {(): 0}
    numbers = np.zeros(len(row_of_key), dtype=np.int32)
    for key, same in groupby(pairs, key=itemgetter(0)):
        values = tuple(value for _, value in same)
        numbers[row_of_key[key]] = pool.setdefault(values, len(pool))
    return Pooled.of(numbers, pool)


def _labels(
    connection: Connection, row_of_key: Mapping[int, int]
) -> tuple[dict[int, str], dict[int, str]]:
    """All labels of a row as one text, and the emotion among them, else the mood.

    Of several emotions the first by the alphabet; in lower case, with single spaces.
    """
    labels: dict[int, list[str]] = {}
    feelings: dict[str, dict[int, str]] = {kind: {} for kind in _FEELINGS}
    for key, kind, value in _rows(connection, _LABELS):
        row = row_of_key[key]
        labels.setdefault(row, []).append(value)
        if kind in feelings and value.strip():
            feelings[kind].setdefault(row, " ".join(value.lower().split()))
    emotions = {
        row: feeling for kind in reversed(_FEELINGS) for row, feeling in feelings[kind].items()
    }
    return {row: " ".join(values) for row, values in labels.items()}, emotions


def _paths(connection: Connection, row_of_key: Mapping[int, int]) -> dict[int, tuple[str, ...]]:
    """The files that hold each row, in the order in which they were found."""
    paths: dict[int, tuple[str, ...]] = {}
    for key, path in _rows(connection, _PATHS):
        row = row_of_key[key]
        paths[row] = (*paths.get(row, ()), path)
    return paths


def _attributes(
    connection: Connection, row_of_key: Mapping[int, int]
) -> tuple[Frames, NDArray[np.int8], tuple[str, ...]]:
    """Attributes and which provenance each has, shape (tracks, 12), and all provenances."""
    values = np.full((len(row_of_key), len(_ATTRIBUTES)), np.nan, dtype=np.float32)
    origins = np.full(values.shape, -1, dtype=np.int8)
    known = _rows(connection, select(attributes.c.provenance).distinct())
    # From the least trusted to the best, so that a better one overwrites.
    provenances = tuple(ranked(name for (name,) in known))
    for place, source in enumerate(provenances):
        query = select(attributes.c.track_id, *(attributes.c[name] for name in _ATTRIBUTES)).where(
            attributes.c.provenance == source
        )
        for part in streamed(connection, query):
            keys, *given = zip(*part, strict=True)
            at = np.array([row_of_key[key] for key in keys])
            said = np.column_stack([_floats(column) for column in given])
            for columns in _STATEMENTS:
                rows = np.flatnonzero(np.isfinite(said[:, columns]).any(axis=1))
                for column in columns:
                    values[at[rows], column] = said[rows, column]
                    origins[at[rows], column] = place
    origins[np.isnan(values)] = -1
    return values, origins, provenances


def _floats(column: Sequence[float | None]) -> NDArray[np.float32]:
    """A column as float32, NaN where nothing is known."""
    return np.array(column, dtype=np.float64).astype(np.float32)
