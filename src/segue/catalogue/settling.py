"""Where records meet tracks: the one door through which tables, playlists, plays and files come.

`settle` joins a batch of records to the catalogue, in order, each seeing what those before it
did, so that the outcome does not depend on where batches begin and end:

1. a record that shares an **identity** with a track (`identity`) is that track;
2. else one that meets a track by **name** (`linking`) is linked to it, undoably;
3. else it founds a track. When several tracks were equally good, that is noted as ambiguous.

A record that came by a link once, and is undone, has taken its identities along: the next time it
meets its own track by rule 1 and does not link again.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from segue.catalogue.collector import collector_silent
from segue.catalogue.drafts import Changes, Draft, LinkDraft, new_draft
from segue.catalogue.identity import PATH, RECORD, identities, outside_schemes, public_id
from segue.catalogue.linking import Name, choose, confidence, name_of
from segue.catalogue.loading import (
    known_identities,
    load_drafts,
    load_links,
    namesakes,
    rows_where,
)
from segue.catalogue.recordjson import joined
from segue.catalogue.saving import next_id, save
from segue.catalogue.schema import links, tracks
from segue.catalogue.storable import storable
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from segue.records import OutsideId, TrackRecord

Door = Literal["file", "row", "entry", "play"]
Outcome = Literal["imported", "merged", "duplicate"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """What became of one record.

    Attributes
    ----------
    track
        The track's number inside the catalogue (``tracks.id``).
    track_id
        The same track's public id.
    link
        The link everything of this record carries, None when it came by identity or founded.
    outcome
        ``imported`` when it founded the track, ``merged`` when it added something to a known one,
        ``duplicate`` when it said nothing new.
    state
        ``linked`` or ``ambiguous`` when this meeting made a link of that state, else empty.
    """

    track: int
    track_id: TrackId
    link: int | None
    outcome: Outcome
    state: Literal["", "linked", "ambiguous"] = ""


def settle(
    connection: Connection,
    records: Sequence[TrackRecord],
    *,
    door: Door,
    synthetic: bool = False,
    by_name: bool = True,
) -> list[Meeting]:
    """Join records to the catalogue inside the write `connection` is in.

    A file passes its content hash and its path among its `outside_ids`, schemes ``identity.FILE``
    and ``identity.PATH``; then the same bytes meet their track again wherever they lie, and a file
    meets the entry of a playlist that waited for it. From then on the path is the file's.

    Rows that a caller writes for a record (files, playlist entries, plays) carry `Meeting.link` as
    their ``link_id``. The caller bumps the epoch when an outcome is not ``duplicate``.

    Parameters
    ----------
    connection
        Of `Database.write`.
    records
        Some thousand at a time. None may be refused by `identity.refusal`.
    door
        Where they come from, as the list of links says it.
    synthetic
        Whether tracks founded here are marked as made up.
    by_name
        False leaves rule 2 out.

    Returns
    -------
    list of Meeting
        One for each record, in order.
    """
    if not records:
        return []
    with collector_silent():
        arrivals = [_Arrival(one, identities(one)) for one in map(storable, records)]
        batch = _load(connection, arrivals, door=door, by_name=by_name)
        meetings = [batch.meet(arrival) for arrival in arrivals]
        save(connection, batch.changes, synthetic=synthetic)
    return meetings


@dataclass(slots=True, eq=False)
class _Arrival:
    """A record on its way; what it takes time to work out is worked out once it is asked for."""

    record: TrackRecord
    ids: tuple[OutsideId, ...]
    _name: Name | None = None
    _public_id: TrackId | None = None

    @property
    def name(self) -> Name:
        if self._name is None:
            said = self.record
            self._name = name_of(said.title, said.artists, album=said.album, duration=said.duration)
        return self._name

    @property
    def surest_first(self) -> tuple[OutsideId, ...]:
        """The identities, a digest of names last: bytes and places are surer."""
        ids = self.ids
        return (*ids[1:], ids[0]) if ids[0].scheme == RECORD else ids

    @property
    def public_id(self) -> TrackId:
        """The id of the track it would found."""
        if self._public_id is None:
            self._public_id = public_id(self.ids[0])
        return self._public_id


@dataclass(slots=True)
class _Batch:
    """What is known while a batch is joined.

    `known` are identities with their track and link, `taken` public ids in use, `namesakes`
    drafts by title key and artist key.
    """

    door: Door
    by_name: bool
    known: dict[OutsideId, tuple[int, int | None]]
    drafts: dict[int, Draft]
    links: dict[int, LinkDraft]
    taken: set[str]
    next_track: int
    next_link: int
    namesakes: dict[tuple[str, str], list[Draft]] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)

    def meet(self, arrival: _Arrival) -> Meeting:
        """Join one record."""
        if self.door == "file":
            paths = [one for one in arrival.ids if one.scheme == PATH and one in self.known]
            self.changes.arrived += [one.value for one in paths]
        for one in arrival.surest_first:
            if one in self.known:
                return self._meet_known(arrival, *self.known[one])
        candidates, sure = self._candidates(arrival)
        if len(candidates) == 1:
            return self._link(arrival, candidates[0], sure)
        return self._found(arrival, candidates, sure)

    def register(self, draft: Draft) -> None:
        """Let records of the batch find a draft by its name."""
        for key in draft.name.artist_keys:
            same = self.namesakes.setdefault((draft.name.title_key, key), [])
            if draft not in same:
                same.append(draft)

    def _meet_known(self, arrival: _Arrival, number: int, via: int | None) -> Meeting:
        draft = self.drafts[number]
        link = self.links[via] if via is not None else None
        fresh = self._fresh(arrival.ids)
        changed = draft.absorb(arrival.record, self.changes, link)
        if draft.renamed:
            self.register(draft)
        self._give(draft, fresh, link)
        if link is not None:
            whole = joined(link.record, arrival.record)
            if whole != link.record:
                link.record = whole
                if not link.row:
                    self.changes.known_links[link.id] = link
        outcome: Outcome = "merged" if changed or fresh else "duplicate"
        return Meeting(number, TrackId(draft.public_id), via, outcome)

    def _candidates(self, arrival: _Arrival) -> tuple[list[Draft], float]:
        """The tracks this record may be, equally good ones, and how sure the best is."""
        if not (self.by_name and arrival.name.says_enough):
            return [], 0.0
        name = arrival.name
        same = [self.namesakes.get((name.title_key, key), ()) for key in name.artist_keys]
        if not any(same):
            return [], 0.0
        schemes = outside_schemes(arrival.ids)
        drafts = sorted(
            {one for drafts in same for one in drafts if not schemes & one.schemes},
            key=lambda draft: draft.id,
        )
        sure = [confidence(name, draft.name) for draft in drafts]
        chosen = choose(sure)
        return [drafts[i] for i in chosen], sure[chosen[0]] if chosen else 0.0

    def _link(self, arrival: _Arrival, draft: Draft, sure: float) -> Meeting:
        link = self._note(arrival, draft, "linked", sure, [])
        draft.absorb(arrival.record, self.changes, link)
        self._give(draft, arrival.ids, link)
        return Meeting(draft.id, TrackId(draft.public_id), link.id, "merged", "linked")

    def _found(self, arrival: _Arrival, candidates: list[Draft], sure: float) -> Meeting:
        draft = new_draft(self.next_track, self._free_id(arrival))
        self.next_track += 1
        self.drafts[draft.id] = draft
        self.changes.founded.append(draft)
        draft.absorb(arrival.record, self.changes, None)
        draft.named = arrival.name
        self._give(draft, arrival.ids, None)
        self.register(draft)
        if candidates:
            self._note(arrival, draft, "ambiguous", sure, candidates)
        state: Literal["", "ambiguous"] = "ambiguous" if candidates else ""
        return Meeting(draft.id, TrackId(draft.public_id), None, "imported", state)

    def _note(
        self, arrival: _Arrival, draft: Draft, state: str, sure: float, candidates: list[Draft]
    ) -> LinkDraft:
        row = {
            "door": self.door,
            "state": state,
            "track_id": draft.id,
            "confidence": round(sure, 4),
            "candidates": json.dumps([one.public_id for one in candidates]),
            "created": time.time(),
        }
        said = joined(arrival.record, arrival.record)
        link = LinkDraft(self.next_link, said, [], row)
        self.next_link += 1
        self.links[link.id] = link
        self.changes.new_links.append(link)
        return link

    def _give(self, draft: Draft, ids: Sequence[OutsideId], link: LinkDraft | None) -> None:
        if self.door == "file":
            ids = [one for one in ids if one.scheme != PATH]
        draft.add_ids(ids, self.changes, link)
        via = link.id if link is not None else None
        for one in ids:
            self.known[one] = (draft.id, via)

    def _fresh(self, ids: Sequence[OutsideId]) -> list[OutsideId]:
        """Ids no track has yet; where a file lies is not one of them."""
        waits = self.door != "file"
        return [one for one in ids if one not in self.known and (waits or one.scheme != PATH)]

    def _free_id(self, arrival: _Arrival) -> TrackId:
        free, attempt = arrival.public_id, 0
        while free in self.taken:
            attempt += 1
            free = public_id(arrival.ids[0], attempt=attempt)
        self.taken.add(free)
        return free


def _load(connection: Connection, arrivals: list[_Arrival], *, door: Door, by_name: bool) -> _Batch:
    ids = [one for arrival in arrivals for one in arrival.ids]
    known = known_identities(connection, ids, in_place=door != "file")
    strangers = [one for one in arrivals if not any(key in known for key in one.ids)]
    named: set[int] = set()
    wanted: dict[frozenset[str], dict[str, set[str]]] = {}
    if by_name:
        for one in strangers:
            if one.name.says_enough:
                titles = wanted.setdefault(outside_schemes(one.ids), {})
                titles.setdefault(one.name.title_key, set()).update(one.name.artist_keys)
        for schemes, titles in wanted.items():
            named |= namesakes(connection, titles, schemes=schemes)
    drafts = load_drafts(connection, named | {track for track, _ in known.values()})
    wished = {one.public_id for one in strangers}
    taken = {
        row[0]
        for row in rows_where(connection, select(tracks.c.public_id), tracks.c.public_id, wished)
    }
    numbers = {link for _, link in known.values() if link is not None}
    batch = _Batch(
        door=door,
        by_name=by_name,
        known=known,
        drafts=drafts,
        links=load_links(connection, numbers),
        taken=taken,
        next_track=next_id(connection, tracks),
        next_link=next_id(connection, links),
    )
    for number in named:
        batch.register(drafts[number])
    return batch
