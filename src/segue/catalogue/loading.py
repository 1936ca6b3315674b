"""From SQL to drafts: the tracks a batch of records may have to do with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, any_, bindparam, func, select, union_all

from segue.catalogue.drafts import COLUMNS, Draft, LinkDraft
from segue.catalogue.identity import PATH
from segue.catalogue.provenance import GIVEN
from segue.catalogue.recordjson import from_json
from segue.catalogue.schema import (
    albums,
    artists,
    attributes,
    files,
    genres,
    links,
    lyrics,
    outside_ids,
    track_artists,
    track_genres,
    track_labels,
    tracks,
)
from segue.records import OutsideId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import ColumnElement, Connection, Executable, Select


def rows_where(
    connection: Connection,
    query: Select[Any],
    column: ColumnElement[Any],
    values: Iterable[Any],
) -> Iterator[Any]:
    """Rows of `query` whose `column` is one of `values`, however many there are.

    The values travel as one parameter, so that the statement stays the same and no limit on
    the number of parameters is met.
    """
    wanted = list(values)
    if not wanted:
        return iter(())
    if connection.dialect.name == "sqlite":
        listed = func.json_each(json.dumps(wanted)).table_valued("value")
        return iter(connection.execute(query.where(column.in_(select(listed.c.value)))))
    listed_here = bindparam(None, wanted, type_=ARRAY(column.type))
    return iter(connection.execute(query.where(column == any_(listed_here))))


class Prepared:
    """Queries for the rows whose column is one of many values, as one statement written once.

    To write a statement, and to find out that it was met before, takes SQLAlchemy longer than it
    takes SQLite to answer about a few tracks.

    Parameters
    ----------
    queries
        Each a query and the column of it that is one of the values; several are joined by UNION
        ALL and give columns of the same types.
    """

    def __init__(self, *queries: tuple[Select[Any], ColumnElement[Any]]) -> None:
        self._queries = queries
        self._written: dict[bool, Executable] = {}

    def rows(self, connection: Connection, values: Iterable[Any]) -> Iterator[Any]:
        """The rows, in no order; of no values none."""
        wanted = list(values)
        if not wanted:
            return iter(())
        lite = connection.dialect.name == "sqlite"
        if lite not in self._written:
            self._written[lite] = self._statement(lite=lite)
        given: dict[str, Any] = {"wanted": json.dumps(wanted) if lite else wanted}
        return iter(connection.execute(self._written[lite], given))

    def _statement(self, *, lite: bool) -> Executable:
        written = []
        for query, column in self._queries:
            if lite:
                listed = func.json_each(bindparam("wanted")).table_valued("value")
                written.append(query.where(column.in_(select(listed.c.value))))
            else:
                listed_here = bindparam("wanted", type_=ARRAY(column.type))
                written.append(query.where(column == any_(listed_here)))
        return written[0] if len(written) == 1 else union_all(*written)


def known_identities(
    connection: Connection, ids: Iterable[OutsideId], *, in_place: bool = True
) -> dict[OutsideId, tuple[int, int | None]]:
    """Track and link of every identity among `ids` that a track has.

    `in_place` lets a path mean the file that lies there. A path of which no file is known means
    the track that waits for one.
    """
    by_scheme: dict[str, set[str]] = {}
    for one in ids:
        by_scheme.setdefault(one.scheme, set()).add(one.value)
    found = {}
    query = select(outside_ids.c.value, outside_ids.c.track_id, outside_ids.c.link_id)
    for scheme, values in by_scheme.items():
        ours = query.where(outside_ids.c.scheme == scheme)
        for value, track, link in rows_where(connection, ours, outside_ids.c.value, values):
            found[OutsideId(scheme, value)] = (track, link)
    if in_place and PATH in by_scheme:
        lying = select(files.c.path, files.c.track_id, files.c.link_id)
        for path, track, link in rows_where(connection, lying, files.c.path, by_scheme[PATH]):
            found[OutsideId(PATH, path)] = (track, link)
    return found


def namesakes(
    connection: Connection, wanted: Mapping[str, set[str]], *, schemes: frozenset[str]
) -> set[int]:
    """Tracks of the title keys in `wanted` by any of the artist keys wanted with it.

    Tracks that have an id of one of `schemes` are left out: they could only contradict.
    """
    query = (
        select(tracks.c.id, tracks.c.title_key, artists.c.key)
        .join_from(tracks, track_artists, track_artists.c.track_id == tracks.c.id)
        .join(artists, artists.c.id == track_artists.c.artist_id)
    )
    if schemes:
        taken = (
            select(outside_ids.c.value)
            .where(outside_ids.c.track_id == tracks.c.id)
            .where(outside_ids.c.scheme.in_(sorted(schemes)))
        )
        query = query.where(~taken.exists())
    return {
        track
        for track, title, artist in rows_where(connection, query, tracks.c.title_key, wanted)
        if artist in wanted[title]
    }


def load_drafts(connection: Connection, numbers: Iterable[int]) -> dict[int, Draft]:
    """The drafts of the tracks with these numbers."""
    wanted = sorted(numbers)
    columns = [tracks.c[name] for name in ("id", "public_id", *COLUMNS)]
    query = select(*columns, albums.c.title.label("album")).join_from(
        tracks, albums, albums.c.id == tracks.c.album_id, isouter=True
    )
    drafts = {}
    for row in rows_where(connection, query, tracks.c.id, wanted):
        number, public, *values, album = row
        held = dict(zip(COLUMNS, values, strict=True))
        drafts[number] = Draft(number, public, held, album=album or "")
    _load_lists(connection, drafts, wanted)
    _load_singles(connection, drafts, wanted)
    return drafts


def load_links(connection: Connection, numbers: Iterable[int]) -> dict[int, LinkDraft]:
    """The links with these numbers."""
    query = select(links.c.id, links.c.record, links.c.filled)
    return {
        number: LinkDraft(number, from_json(record), json.loads(filled), {})
        for number, record, filled in rows_where(connection, query, links.c.id, numbers)
    }


def _load_lists(connection: Connection, drafts: dict[int, Draft], wanted: list[int]) -> None:
    named = select(track_genres.c.track_id, genres.c.name).join_from(track_genres, genres)
    for number, genre in rows_where(connection, named, track_genres.c.track_id, wanted):
        drafts[number].genres.add(genre)
    labelled = select(track_labels.c.track_id, track_labels.c.kind, track_labels.c.value)
    for number, kind, value in rows_where(connection, labelled, track_labels.c.track_id, wanted):
        drafts[number].labels.add((kind, value))
    identified = select(outside_ids.c.track_id, outside_ids.c.scheme)
    for number, scheme in rows_where(connection, identified, outside_ids.c.track_id, wanted):
        drafts[number].schemes.add(scheme)


def _load_singles(connection: Connection, drafts: dict[int, Draft], wanted: list[int]) -> None:
    given = select(attributes.c.track_id).where(attributes.c.provenance == GIVEN)
    for (number,) in rows_where(connection, given, attributes.c.track_id, wanted):
        drafts[number].attributes = True
    sung = select(lyrics.c.track_id)
    for (number,) in rows_where(connection, sung, lyrics.c.track_id, wanted):
        drafts[number].lyrics = True
