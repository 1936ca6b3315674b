"""Tracks in memory while a batch of records is joined to them.

A **draft** is a track as it will stand after the batch: loaded from SQL, or founded by a record
of the batch. A record is **absorbed** by a draft: what is blank is filled, genres, labels and ids
are added, nothing said before is overwritten. What changed is noted in `Changes`, written at the
end of the batch. Whatever came by a link carries its number.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from segue.catalogue.linking import Name, name_of
from segue.names import artist_key, artist_keys, fold, is_collective, title_key
from segue.records import Attributes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.records import OutsideId, TrackRecord

CREDIT_JOINT = " ; "
"""Stands between the artists of a credit as it is stored."""

SCALARS = ("track_number", "duration", "year", "explicit", "popularity", "language")
"""Columns of a track that a record fills while they are blank."""

ATTRIBUTES = tuple(one.name for one in fields(Attributes))
"""Columns of ``attributes`` that hold a value."""

GIVEN = "given"
"""Provenance of attributes that a source brought."""


@dataclass(slots=True, eq=False)
class LinkDraft:
    """A row of ``links``; `row` is its columns."""

    id: int
    record: TrackRecord
    filled: list[str]
    row: dict[str, Any]


@dataclass(slots=True)
class Changes:
    """Rows to write at the end of a batch, as dictionaries by column."""

    founded: list[Draft] = field(default_factory=list)
    filled: dict[int, tuple[Draft, set[str]]] = field(default_factory=dict)
    new_links: list[LinkDraft] = field(default_factory=list)
    known_links: dict[int, LinkDraft] = field(default_factory=dict)
    outside_ids: list[dict[str, Any]] = field(default_factory=list)
    genres: list[dict[str, Any]] = field(default_factory=list)
    labels: list[dict[str, Any]] = field(default_factory=list)
    lyrics: list[dict[str, Any]] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Draft:
    """One track of the batch.

    `columns` are its scalar columns and ``title``, ``credit``; `schemes` those of its ids from
    outside.
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
    _name: Name | None = None

    @property
    def artists(self) -> tuple[str, ...]:
        """The artists as shown."""
        return artists_of(self.columns["credit"])

    @property
    def name(self) -> Name:
        """What the rule of linking compares; worked out once."""
        if self._name is None:
            columns = self.columns
            self._name = name_of(
                columns["title"], self.artists, album=self.album, duration=columns["duration"]
            )
        return self._name

    def absorb(self, record: TrackRecord, changes: Changes, link: LinkDraft | None) -> bool:
        """Take up what `record` says and is not known yet; whether there was anything.

        Identities are not looked at here; see `add_ids`.
        """
        filled = self._fill(record)
        if filled:
            self._name = None
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
            changes.outside_ids.append(
                {"scheme": one.scheme, "value": one.value, "track_id": self.id, "link_id": number}
            )
            self.schemes.add(one.scheme)

    def _fill(self, record: TrackRecord) -> list[str]:
        """Fill blank columns; the names of those that were."""
        columns = self.columns
        filled = [
            name
            for name in SCALARS
            if columns[name] is None and getattr(record, name) not in (None, "")
        ]
        for name in filled:
            columns[name] = getattr(record, name)
        if not self.album and record.album.strip():
            self.album, self.album_key = record.album.strip(), album_key(record)
            filled.append("album_id")
        if not columns["title"] and record.title.strip():
            columns["title"] = record.title.strip()
            filled.append("title")
        if not columns["credit"]:
            columns["credit"] = credit(record.artists)
            if columns["credit"]:
                filled.append("credit")
        return filled

    def _add_lists(self, record: TrackRecord, changes: Changes, link: int | None) -> bool:
        added = False
        for genre in record.genres:
            name = " ".join(genre.lower().split())
            if name and name not in self.genres:
                self.genres.add(name)
                changes.genres.append({"track_id": self.id, "name": name, "link_id": link})
                added = True
        for label in record.labels:
            if label not in self.labels:
                self.labels.add(label)
                kind, value = label
                changes.labels.append(
                    {"track_id": self.id, "kind": kind, "value": value, "link_id": link}
                )
                added = True
        return added

    def _add_singles(self, record: TrackRecord, changes: Changes, link: int | None) -> bool:
        added = False
        if record.lyrics.strip() and not self.lyrics:
            self.lyrics = added = True
            changes.lyrics.append({"track_id": self.id, "text": record.lyrics, "link_id": link})
        if record.attributes is not None and not self.attributes:
            values = {name: getattr(record.attributes, name) for name in ATTRIBUTES}
            if any(value is not None for value in values.values()):
                self.attributes = added = True
                changes.attributes.append(
                    {"track_id": self.id, "provenance": GIVEN, "link_id": link, **values}
                )
        return added


def blank_draft(number: int, public_id: str) -> Draft:
    """A track that nothing is known of yet."""
    columns = dict.fromkeys(SCALARS)
    return Draft(number, public_id, {"title": "", "credit": "", **columns})


def keys_of(columns: dict[str, Any]) -> dict[str, str]:
    """The key columns that follow from title and credit."""
    keys = artist_keys(artists_of(columns["credit"]))
    return {"title_key": title_key(columns["title"]), "artist_key": keys[0] if keys else ""}


def credit(artists: tuple[str, ...]) -> str:
    """Artists as one column: names without surplus blanks, each once."""
    names = (" ".join(name.replace(CREDIT_JOINT, ", ").split()) for name in artists)
    return CREDIT_JOINT.join(dict.fromkeys(name for name in names if name))


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
