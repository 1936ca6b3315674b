"""One record meets the catalogue: the three rules of `settling`, applied within a batch.

A `Batch` knows what was loaded for it and what its own records have done so far, so that each
record sees those before it.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from segue.catalogue.drafts import Changes, Draft, LinkDraft, new_draft
from segue.catalogue.identity import PATH, RECORD, outside_schemes, public_id
from segue.catalogue.linking import Name, choose, confidence, name_of
from segue.catalogue.recordjson import joined
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@dataclass(slots=True, eq=False)
class Arrival:
    """A record on its way; what it takes time to work out is worked out once it is asked for."""

    record: TrackRecord
    ids: tuple[OutsideId, ...]
    _name: Name | None = None
    _public_id: TrackId | None = None

    @property
    def name(self) -> Name:
        """What the rule of linking compares."""
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
class Batch:
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

    def meet(self, arrival: Arrival) -> Meeting:
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

    def _meet_known(self, arrival: Arrival, number: int, via: int | None) -> Meeting:
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

    def _candidates(self, arrival: Arrival) -> tuple[list[Draft], float]:
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

    def _link(self, arrival: Arrival, draft: Draft, sure: float) -> Meeting:
        link = self._note(arrival, draft, "linked", sure, [])
        draft.absorb(arrival.record, self.changes, link)
        self._give(draft, arrival.ids, link)
        return Meeting(draft.id, TrackId(draft.public_id), link.id, "merged", "linked")

    def _found(self, arrival: Arrival, candidates: list[Draft], sure: float) -> Meeting:
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
        self, arrival: Arrival, draft: Draft, state: str, sure: float, candidates: list[Draft]
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

    def _free_id(self, arrival: Arrival) -> TrackId:
        free, attempt = arrival.public_id, 0
        while free in self.taken:
            attempt += 1
            free = public_id(arrival.ids[0], attempt=attempt)
        self.taken.add(free)
        return free
