"""All tracks as columns: what `segue.snapshot.Corpus` is made of, read in one go.

Rows stand in the order of public ids, so that equal scores come out in the same order whatever
order the tracks were imported in. Everything is read in one transaction, so it is one moment of
the catalogue. Equal tuples of artists or genres are one object in memory.

Where a track has attributes from several sources, each comes from the best one that knows it: given
before predicted before estimated from the signal (`segue.catalogue.provenance`).

A space's vectors are those of one version: the newest that has come to at least half of the tracks
that any version has. So a space does not empty when files are heard anew by a later version: the
vectors from before stand until the new ones are the greater part of what there is. Of a space that
an embedder made, the version stands that the catalogue says (`segue.catalogue.embeddings`), and of
one that was trained, exactly the version of what training found out (`segue.catalogue.trained`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select

from segue.catalogue.collector import collector_silent
from segue.catalogue.drafts import artists_of
from segue.catalogue.embeddings import standings
from segue.catalogue.entries import memberships
from segue.catalogue.provenance import STATEMENTS, ranked
from segue.catalogue.schema import (
    albums,
    attributes,
    compared,
    files,
    genres,
    lyrics,
    meta,
    track_genres,
    track_labels,
    tracks,
    vectors,
)
from segue.catalogue.trained import known
from segue.catalogue.vectors import newest
from segue.errors import InternalError
from segue.names import artist_keys
from segue.records import CONTINUOUS
from segue.snapshot import Corpus, Placed, Trained

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select

    from segue.catalogue.database import Database
    from segue.types import Frames, Rows

_ATTRIBUTES = (*CONTINUOUS, "tempo", "key", "mode", "time_signature")
_STATEMENTS = tuple([_ATTRIBUTES.index(name) for name in names] for names in STATEMENTS)


def load(db: Database) -> Corpus:
    """Every track of the catalogue, as it stands at this moment.

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
        return _load(connection)


def _load(connection: Connection) -> Corpus:
    epoch = connection.execute(select(meta.c.value).where(meta.c.name == "epoch")).scalar_one()
    (
        keys,
        ids,
        titles,
        credit,
        title_keys,
        on,
        year,
        duration,
        explicit,
        popularity,
        made,
        spoken,
        album_keys,
    ) = _track_columns(connection)
    row_of_key = {key: row for row, key in enumerate(keys)}
    names, name_keys = _credits(credit)
    values, origins, provenances = _attributes(connection, row_of_key)
    labels, emotions = _labels(connection, row_of_key)
    trained = known(connection)
    paths = _paths(connection, row_of_key)
    playable = np.zeros(len(ids), dtype=np.bool_)
    playable[list(paths)] = True
    return Corpus(
        epoch=int(epoch),
        ids=ids,
        row_of={track_id: row for row, track_id in enumerate(ids)},
        titles=titles,
        artists=names,
        albums=tuple("" if title is None else title for title in on),
        genres=_grouped(_rows(connection, _GENRES), row_of_key),
        title_keys=title_keys,
        artist_keys=name_keys,
        labels=labels,
        lyrics={row_of_key[key]: text for key, text in _rows(connection, _LYRICS)},
        year=np.array([value or 0 for value in year], dtype=np.int16),
        duration=_floats(duration),
        explicit=np.array([-1 if flag is None else flag for flag in explicit], dtype=np.int8),
        popularity=_floats(popularity),
        playable=playable,
        attributes=values,
        origins=origins,
        provenances=provenances,
        synthetic=np.array(made, dtype=np.bool_),
        placed=_placed(connection, row_of_key, trained),
        playlists=memberships(connection, keys),
        trained=trained,
        emotions=emotions,
        languages={row: said.lower() for row, said in enumerate(spoken) if said},
        paths=paths,
        album_keys=_pooled("" if key is None else key for key in album_keys),
        recordings=_recordings(connection, row_of_key),
    )


_TRACKS = select(
    tracks.c.id,
    tracks.c.public_id,
    tracks.c.title,
    tracks.c.credit,
    tracks.c.title_key,
    albums.c.title,
    tracks.c.year,
    tracks.c.duration,
    tracks.c.explicit,
    tracks.c.popularity,
    tracks.c.synthetic,
    tracks.c.language,
    albums.c.key,
).join(albums, albums.c.id == tracks.c.album_id, isouter=True)
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


_HEARD = (
    select(files.c.track_id, compared.c.recording, files.c.content_hash)
    .join(compared, compared.c.content_hash == files.c.content_hash, isouter=True)
    .order_by(files.c.id)
)


def _rows(connection: Connection, query: Select[Any]) -> Sequence[Any]:
    return connection.execute(query).all()


def _track_columns(connection: Connection) -> list[tuple[Any, ...]]:
    """The columns of `_TRACKS`, rows in the order of public ids.

    Sorted here, because a server sorts text by its locale and Python by code points.
    """
    rows = sorted(_rows(connection, _TRACKS), key=lambda row: row[1])
    return list(zip(*rows, strict=True)) if rows else [()] * len(_TRACKS.selected_columns)


def _pooled(texts: Iterable[str]) -> tuple[str, ...]:
    """The same texts, equal ones as one object."""
    pool: dict[str, str] = {}
    return tuple(pool.setdefault(each, each) for each in texts)


def _grouped(
    pairs: Sequence[tuple[int, Any]], row_of_key: Mapping[int, int]
) -> tuple[tuple[Any, ...], ...]:
    """One tuple of values a row from (track key, value) pairs; equal tuples are one object."""
    values: list[tuple[Any, ...]] = [()] * len(row_of_key)
    for key, value in pairs:
        row = row_of_key[key]
        values[row] = (*values[row], value)
    pool: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    return tuple(pool.setdefault(each, each) for each in values)


def _credits(
    shown: Sequence[str],
) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
    """Artists a row as shown, and the normal forms of the real ones among them."""
    names = {each: artists_of(each) for each in set(shown)}
    keys = {each: artist_keys(names[each]) for each in names}
    return tuple(names[each] for each in shown), tuple(keys[each] for each in shown)


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


def _recordings(connection: Connection, row_of_key: Mapping[int, int]) -> Rows:
    """Which recording each row's files hold, -1 where no other row holds it.

    The first of a row's files that shares one decides. Files of the same bytes hold the same.
    """
    rows = [
        (row_of_key[key], content if number is None else number)
        for key, number, content in _rows(connection, _HEARD)
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
        keys, *given = zip(*_rows(connection, query), strict=True)
        at = np.array([row_of_key[key] for key in keys])
        said = np.column_stack([_floats(column) for column in given])
        for columns in _STATEMENTS:
            rows = np.flatnonzero(np.isfinite(said[:, columns]).any(axis=1))
            for column in columns:
                values[at[rows], column] = said[rows, column]
                origins[at[rows], column] = place
    origins[np.isnan(values)] = -1
    return values, origins, provenances


def _placed(
    connection: Connection, row_of_key: Mapping[int, int], trained: Mapping[str, Trained]
) -> dict[str, Placed]:
    """The vectors of every space that has any, of the version that stands."""
    counted = select(vectors.c.space, vectors.c.version, func.count()).group_by(
        vectors.c.space, vectors.c.version
    )
    versions: dict[str, dict[str, int]] = {}
    for space, version, count in _rows(connection, counted):
        versions.setdefault(space, {})[version] = count
    said = standings(connection)
    placed = {}
    for space, counts in sorted(versions.items()):
        mark = said.get(space)
        if space in trained:
            version = trained[space].version
            if version not in counts:
                continue
        else:
            version = mark.version if mark and mark.version in counts else _standing(counts)
        placed[space] = _vectors_of(
            connection, space, version, row_of_key, unproven=mark is not None and mark.unproven
        )
    return placed


def _standing(counts: Mapping[str, int]) -> str:
    """The newest version with at least half as many vectors as the one that has most."""
    enough = max(counts.values()) / 2
    return newest(version for version, count in counts.items() if count >= enough)


def _vectors_of(
    connection: Connection,
    space: str,
    version: str,
    row_of_key: Mapping[int, int],
    *,
    unproven: bool,
) -> Placed:
    query = select(vectors.c.track_id, vectors.c.data, vectors.c.numbers, vectors.c.width).where(
        vectors.c.space == space, vectors.c.version == version
    )
    rows = _rows(connection, query)
    found = sorted((row_of_key[key], data) for key, data, _, _ in rows)
    shapes = {(len(data), numbers, width) for _, data, numbers, width in rows}
    if len(shapes) != 1:
        raise InternalError(
            f"vectors of the space {space!r}, version {version!r}, differ in length: "
            f"{sorted(length for length, _, _ in shapes)} bytes",
            remedy="Report this; to go on, delete them and analyse again",
        )
    _, numbers, width = shapes.pop()
    flat = np.frombuffer(b"".join(data for _, data in found), dtype=_DTYPES[numbers])
    return Placed(
        rows=np.array([row for row, _ in found], dtype=np.int64),
        vectors=flat.reshape(len(found), -1).astype(numbers, copy=False),
        version=version,
        width=width,
        unproven=unproven,
    )


_DTYPES = {"float32": "<f4", "float16": "<f2"}


def _floats(column: Sequence[float | None]) -> NDArray[np.float32]:
    """A column as float32, NaN where nothing is known."""
    return np.array(column, dtype=np.float64).astype(np.float32)
