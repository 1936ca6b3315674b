"""Tracks in memory while a batch of records is joined to them.

A **draft** is a track as it will stand after the batch: loaded from SQL, or founded by a record
of the batch. A record is **absorbed** by a draft: what is blank is filled, genres, labels and ids
are added, nothing said before is overwritten. What changed is noted in `Changes`, written at the
end of the batch. Whatever came by a link carries its number.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from segue.catalogue.linking import Name, name_of
from segue.catalogue.provenance import GIVEN
from segue.names import artist_key, artist_keys, fold, is_collective
from segue.records import Attributes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.records import OutsideId, TrackRecord

CREDIT_JOINT = " ; "
"""Stands between the artists of a credit as it is stored."""

SCALARS = ("track_number", "duration", "year", "explicit", "popularity", "language")
"""Columns of a track that a record fills while they are blank."""

COLUMNS = ("title", "credit", *SCALARS)
"""Columns of a track that a draft holds as they are."""

_NAMELESS = {"title": "", "credit": ""}

ATTRIBUTES = tuple(one.name for one in fields(Attributes))
"""Columns of ``attributes`` that hold a value."""

_attribute_values = attrgetter(*ATTRIBUTES)
_scalar_values = attrgetter(*SCALARS)


@dataclass(slots=True, eq=False)
class LinkDraft:
    """A row of ``links``; `row` is its columns."""

    id: int
    record: TrackRecord
    filled: list[str]
    row: dict[str, Any]


@dataclass(slots=True)
class Changes:
    """What to write at the end of a batch.

    Rows are tuples: ids (scheme, value, track, link), genres (track, name, link), labels (track,
    kind, value, link), lyrics (track, text, link), attributes (track, provenance, link, then the
    values of `ATTRIBUTES`). `arrived` are paths that tracks waited for.
    """

    founded: list[Draft] = field(default_factory=list)
    filled: dict[int, tuple[Draft, set[str]]] = field(default_factory=dict)
    new_links: list[LinkDraft] = field(default_factory=list)
    known_links: dict[int, LinkDraft] = field(default_factory=dict)
    outside_ids: list[tuple[str, str, int, int | None]] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    genres: list[tuple[int, str, int | None]] = field(default_factory=list)
    labels: list[tuple[int, str, str, int | None]] = field(default_factory=list)
    lyrics: list[tuple[int, str, int | None]] = field(default_factory=list)
    attributes: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Draft:
    """One track of the batch.

    `columns` are its scalar columns and ``title``, ``credit``; `schemes` those of its ids from
    outside. `new` says that this batch founded it, `renamed` that this batch gave it a title or
    artists.
    """

    id: int
    public_id: str
    columns: dict[str, Any]
    album: str = ""
    album_key: str = ""
    schemes: set[str] = field(default_factory=set)
    genres: set[str] = field(default_factory=set)
    labels: set[tuple[str, str]] = field(default_factory=set)
    lyrics: bool = False
    attributes: bool = False
    new: bool = False
    renamed: bool = False
    named: Name | None = None

    @property
    def artists(self) -> tuple[str, ...]:
        """The artists as shown."""
        return artists_of(self.columns["credit"])

    @property
    def keys(self) -> tuple[str, str]:
        """The columns ``title_key`` and ``artist_key``."""
        name = self.name
        return name.title_key, name.artist_keys[0] if name.artist_keys else ""

    @property
    def name(self) -> Name:
        """What the rule of linking compares; worked out once."""
        if self.named is None:
            columns = self.columns
            self.named = name_of(
                columns["title"], self.artists, album=self.album, duration=columns["duration"]
            )
        return self.named

    def absorb(self, record: TrackRecord, changes: Changes, link: LinkDraft | None) -> bool:
        """Take up what `record` says and is not known yet; whether there was anything.

        Identities are not looked at here; see `add_ids`.
        """
        filled = self._fill(record)
        if filled:
            self.named = None
            if not self.new:
                changes.filled.setdefault(self.id, (self, set()))[1].update(filled)
            if link is not None:
                link.filled.extend(filled)
        number = link.id if link is not None else None
        added = self._add_lists(record, changes, number)
        return self._add_singles(record, changes, number) or added or bool(filled)

    def add_ids(self, ids: Iterable[OutsideId], changes: Changes, link: LinkDraft | None) -> None:
        """Give the track identities that no track has."""
        number = link.id if link is not None else None
        for one in ids:
            changes.outside_ids.append((one.scheme, one.value, self.id, number))
            self.schemes.add(one.scheme)

    def _fill(self, record: TrackRecord) -> list[str]:
        """Fill blank columns; the names of those that were."""
        columns = self.columns
        filled = []
        for name, value in zip(SCALARS, _scalar_values(record), strict=True):
            if value is not None and value != "" and columns[name] is None:
                columns[name] = value
                filled.append(name)
        if not self.album and record.album.strip():
            self.album, self.album_key = record.album.strip(), album_key(record)
            filled.append("album_id")
        if not columns["title"] and record.title.strip():
            columns["title"] = record.title.strip()
            filled.append("title")
            self.renamed = True
        if not columns["credit"] and (shown := credit(record.artists)):
            columns["credit"] = shown
            filled.append("credit")
            self.renamed = True
        return filled

    def _add_lists(self, record: TrackRecord, changes: Changes, link: int | None) -> bool:
        added = False
        for genre in record.genres:
            name = " ".join(genre.lower().split())
            if name and name not in self.genres:
                self.genres.add(name)
                changes.genres.append((self.id, name, link))
                added = True
        for label in record.labels:
            if label not in self.labels:
                self.labels.add(label)
                changes.labels.append((self.id, *label, link))
                added = True
        return added

    def _add_singles(self, record: TrackRecord, changes: Changes, link: int | None) -> bool:
        added = False
        if record.lyrics.strip() and not self.lyrics:
            self.lyrics = added = True
            changes.lyrics.append((self.id, record.lyrics, link))
        if record.attributes is not None and not self.attributes:
            values = _attribute_values(record.attributes)
            if any(value is not None for value in values):
                self.attributes = added = True
                changes.attributes.append((self.id, GIVEN, link, *values))
        return added


def new_draft(number: int, public_id: str) -> Draft:
    """A track that nothing is known of yet."""
    return Draft(number, public_id, dict.fromkeys(COLUMNS) | _NAMELESS, new=True)


def credit(artists: tuple[str, ...]) -> str:
    """Artists as one column: names without surplus blanks, each once."""
    names = [" ".join(name.replace(CREDIT_JOINT, ", ").split()) for name in artists]
    return CREDIT_JOINT.join(dict.fromkeys(filter(None, names)))


def artists_of(shown: str) -> tuple[str, ...]:
    """The artists that `credit` joined."""
    return tuple(shown.split(CREDIT_JOINT)) if shown else ()


def album_key(record: TrackRecord) -> str:
    """What makes an album the same album: its folded title and whose it is.

    Without an album artist it is the first real artist's; a collective's albums are nobody's.
    """
    owner = record.album_artist
    if owner.strip():
        whose = "" if is_collective(owner) else artist_key(owner)
    else:
        whose = next(iter(artist_keys(record.artists)), "")
    return f"{fold(record.album)} | {whose}"
