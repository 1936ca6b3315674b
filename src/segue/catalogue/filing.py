"""File a batch of audio files that were read: each is known, moved, changed or new.

- A known path with the same bytes was only touched.
- Bytes under a new path, whose old path is gone, have **moved**: the row takes the new path.
- Other bytes under a known path are a **changed** file. Does the catalogue know these bytes, the
  row follows their track (two files swapped names). Else, if the file founded its track, the track
  stays and takes on the names of the new tags. A file that had joined the track of a table or of
  another file keeps it while the title agrees, and meets the catalogue anew when it does not.
- Anything else is **new** and meets the catalogue through the door every record comes through.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from segue.catalogue.database import bump
from segue.catalogue.identity import FILE, PATH
from segue.catalogue.loading import known_identities, rows_where
from segue.catalogue.renaming import rename
from segue.catalogue.schema import files, outside_ids, tracks
from segue.catalogue.settling import settle
from segue.names import title_key
from segue.records import OutsideId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from segue.records import FileRecord, TrackRecord


@dataclass(slots=True)
class Tally:
    """What became of the files of a scan so far."""

    new: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    linked: int = 0
    ambiguous: int = 0


@dataclass(slots=True)
class _Row:
    """What the catalogue knows of one path; `title` and `title_key` are its track's."""

    id: int
    path: str
    content_hash: str
    track: int
    link: int | None
    founded: bool
    missing: bool
    title: str
    title_key: str


def file_away(
    connection: Connection,
    records: Sequence[FileRecord],
    *,
    library: int | None,
    leaving: set[str],
    synthetic: bool,
    tally: Tally,
) -> None:
    """Store a batch of files in the caller's transaction.

    Parameters
    ----------
    library
        Number of the library they lie in; None for none.
    leaving
        Paths no longer there. One whose bytes turn up under another path is taken out.
    tally
        Counts on.
    """
    batch = _load(connection, records, leaving)
    for record in records:
        batch.place(record)
    _touch(connection, batch.touched, library)
    for record, track in batch.renamed:
        rename(connection, track, _track_record(record))
    for record, row in batch.same_title:
        _keep_track(connection, record, row)
    _settle(connection, batch.settled, library, synthetic=synthetic, tally=tally)
    tally.new += batch.new
    tally.changed += batch.changed
    tally.moved += batch.moved
    tally.unchanged += batch.unchanged
    if batch.settled or batch.renamed or batch.returned:
        bump(connection)


@dataclass(slots=True)
class _Batch:
    """Where the records of one batch belong."""

    by_path: dict[str, _Row]
    by_hash: dict[str, list[_Row]]
    known_bytes: set[str]
    leaving: set[str]
    touched: list[tuple[FileRecord, _Row]] = field(default_factory=list)
    renamed: list[tuple[FileRecord, int]] = field(default_factory=list)
    same_title: list[tuple[FileRecord, _Row]] = field(default_factory=list)
    settled: list[tuple[FileRecord, _Row | None]] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    returned: int = 0

    def place(self, record: FileRecord) -> None:
        """Decide what one record is."""
        row = self.by_path.get(str(record.path))
        if row is None:
            self._place_stranger(record)
            return
        self.returned += row.missing
        if row.content_hash == record.content_hash:
            self.unchanged += 1
            self.touched.append((record, row))
            return
        self.changed += 1
        if record.content_hash in self.known_bytes:
            self.settled.append((record, row))
        elif row.founded:
            self.known_bytes.add(record.content_hash)
            self.renamed.append((record, row.track))
            self.touched.append((record, row))
        else:
            if title_key(record.track.title) == row.title_key:
                self.known_bytes.add(record.content_hash)
                self.same_title.append((record, row))
            self.settled.append((record, row))

    def _place_stranger(self, record: FileRecord) -> None:
        """A path the catalogue does not know: the bytes may have moved here."""
        for row in self.by_hash.get(record.content_hash, ()):
            if row.missing or row.path in self.leaving:
                self.leaving.discard(row.path)
                self.returned += row.missing
                self.moved += 1
                row.path, row.missing = str(record.path), False
                self.touched.append((record, row))
                if row.founded and record.track.title != row.title:
                    self.renamed.append((record, row.track))
                return
        self.new += 1
        self.settled.append((record, None))


def _load(connection: Connection, records: Sequence[FileRecord], leaving: set[str]) -> _Batch:
    hashes = {record.content_hash for record in records}
    query = select(
        files.c.id,
        files.c.path,
        files.c.content_hash,
        files.c.track_id,
        files.c.link_id,
        files.c.founded,
        files.c.missing_since.is_not(None),
        tracks.c.title,
        tracks.c.title_key,
    ).join(tracks, tracks.c.id == files.c.track_id)
    rows = {
        number: _Row(number, *rest)
        for column, values in (
            (files.c.path, [str(record.path) for record in records]),
            (files.c.content_hash, hashes),
        )
        for number, *rest in rows_where(connection, query, column, values)
    }
    by_hash: dict[str, list[_Row]] = {}
    for _, row in sorted(rows.items()):
        by_hash.setdefault(row.content_hash, []).append(row)
    known = known_identities(connection, [OutsideId(FILE, value) for value in hashes])
    return _Batch(
        by_path={row.path: row for row in rows.values()},
        by_hash=by_hash,
        known_bytes={one.value for one in known},
        leaving=leaving,
    )


def _columns(record: FileRecord) -> dict[str, Any]:
    return {
        "path": str(record.path),
        "content_hash": record.content_hash,
        "size": record.size,
        "modified": record.modified,
        "format": record.format,
        "duration": record.duration,
        "art": record.art,
        "missing_since": None,
    }


def _track_record(record: FileRecord, *, lies: bool = False) -> TrackRecord:
    """What the file says of its track, its bytes, and where it `lies`, among the identities."""
    said = record.track
    place = (OutsideId(PATH, str(record.path)),) if lies else ()
    return replace(
        said,
        duration=said.duration if said.duration is not None else record.duration,
        outside_ids=(*said.outside_ids, OutsideId(FILE, record.content_hash), *place),
    )


def _touch(
    connection: Connection, touched: list[tuple[FileRecord, _Row]], library: int | None
) -> None:
    """Bring rows of known files up to date."""
    rows = [
        {"number": row.id, **({"library_id": library} if library else {}), **_columns(record)}
        for record, row in touched
    ]
    _update(connection, rows)


def _update(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "number"}
        changing = update(files).where(files.c.id == bindparam("number"))
        connection.execute(changing.values(columns), rows)


def _keep_track(connection: Connection, record: FileRecord, row: _Row) -> None:
    """Make new bytes an identity of the track their file has joined, under the same link."""
    connection.execute(
        insert(outside_ids).values(
            scheme=FILE, value=record.content_hash, track_id=row.track, link_id=row.link
        )
    )


def _settle(
    connection: Connection,
    arriving: list[tuple[FileRecord, _Row | None]],
    library: int | None,
    *,
    synthetic: bool,
    tally: Tally,
) -> None:
    """Join files to the catalogue and store where they lie."""
    records = [_track_record(record, lies=True) for record, _ in arriving]
    met = settle(connection, records, door="file", synthetic=synthetic)
    made, changed = [], []
    for (record, row), meeting in zip(arriving, met, strict=True):
        tally.linked += meeting.state == "linked"
        tally.ambiguous += meeting.state == "ambiguous"
        columns = {
            **_columns(record),
            "track_id": meeting.track,
            "link_id": meeting.link,
            "founded": meeting.outcome == "imported",
        }
        if row is None:
            made.append({"library_id": library, **columns})
        else:
            changed.append({"number": row.id, **columns})
    if made:
        connection.execute(insert(files), made)
    _update(connection, changed)
