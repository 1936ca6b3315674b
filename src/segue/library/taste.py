"""What a listener's plays and opinions say, as members of a set of seeds.

A track that was played n times in all has the weight √n, times the mean over its plays of
2^(-age / 30 days); ages count from the listener's newest play, so that an old export is read as it
was on its last day. Plays without a time are as new as the newest. Plays of an artist whose tracks
nobody names are shared out among that artist's tracks, the most popular first. The heaviest weight
is brought to 1.

A like adds 1, a dislike and a skip push away; a track that is disliked is never offered.

Only the heaviest tracks are members. All the others that were played are left out of answers just
the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from segue.recommend.seeds import Member

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.catalogue.feedback import Opinion
    from segue.catalogue.listening import Tally
    from segue.recommend.engine import Engine
    from segue.types import TrackId

HALF_LIFE = 30 * 86_400.0
"""Seconds in which a play comes to count half."""

LIKE, DISLIKE, SKIP = 1.0, -1.0, -0.25
"""What opinions add to the weight of a track; the most that plays give is 1."""

OF_ARTIST = 20
"""Most tracks of an artist that share plays of whom only the artist is known."""

MOST = 2_000
"""Most tracks of a history that count, the heaviest."""

SHARE = 0.25
"""What all of a listener's taste weighs beside the seeds that are asked about."""

BESIDE = 50
"""Most tracks of a history that count beside seeds, the heaviest."""


def played(heard: Sequence[Tally], engine: Engine) -> dict[TrackId, float]:
    """Weights by track, the heaviest first; the largest is 1."""
    corpus = engine.snapshot.corpus
    weights: dict[TrackId, float] = defaultdict(float)
    for each in heard:
        weight = each.times**-0.5 * each.faded
        if each.track_id is not None:
            weights[each.track_id] += weight if each.track_id in corpus.row_of else 0.0
        elif each.artist is not None:
            rows = engine.by_artist.popular(each.artist, most=OF_ARTIST)
            for row in rows:
                weights[corpus.ids[row]] += weight / len(rows)
    order = sorted((track for track in weights if weights[track] > 0), key=lambda t: -weights[t])
    most = weights[order[0]] if order else 1.0
    return {track: weights[track] / most for track in order[:MOST]}


def history(
    heard: Sequence[Tally], opinions: Sequence[Opinion], engine: Engine
) -> tuple[tuple[Member, ...], frozenset[TrackId]]:
    """A listener's plays and opinions as a set, and all tracks that are not offered again.

    Those are what was played, however long ago, and what is liked or disliked. Tracks that share
    the plays of an artist were not played themselves, and are offered.
    """
    said = {opinion.track_id: opinion.kind for opinion in opinions}
    known = {each.track_id for each in heard if each.track_id is not None}
    known |= {track for track, kind in said.items() if kind != "skip"}
    members = []
    for track, weight in _judged(played(heard, engine), said).items():
        seed = engine.seed_named(track)
        if seed is not None:
            members.append(Member(seed, weight, offered=track not in known))
    return tuple(members), frozenset(known)


def beside(
    seeds: Sequence[Member],
    heard: Sequence[Tally],
    opinions: Sequence[Opinion],
    engine: Engine,
) -> tuple[Member, ...]:
    """Seeds that are asked about, with a listener's taste beside them.

    Together the tracks of the history weigh `SHARE` of what the seeds weigh. All of it is offered
    but what is disliked. What is asked about is not pushed away.
    """
    asked = {member.seed.track.id for member in seeds}
    total = sum(member.weight for member in seeds)
    said = {opinion.track_id: opinion.kind for opinion in opinions}
    judged = _judged(played(heard, engine), said)
    judged = {track: weight for track, weight in judged.items() if track not in asked}
    near = sorted((w for w in judged.values() if w > 0), reverse=True)[:BESIDE]
    scale = SHARE * total / sum(near) if near else 0.0
    members = list(seeds)
    kept = 0
    for track, weight in sorted(judged.items(), key=lambda pair: -pair[1]):
        seed = engine.seed_named(track)
        if seed is None or (weight > 0 and kept == len(near)):
            continue
        kept += weight > 0
        # A dislike weighs as much beside seeds as a like would; a history only moves the answer.
        scaled = weight * scale if weight > 0 else weight * SHARE * total
        members.append(Member(seed, scaled, offered=said.get(track) != "dislike"))
    return tuple(members)


def _judged(weights: Mapping[TrackId, float], said: Mapping[TrackId, str]) -> dict[TrackId, float]:
    """Weights with what opinions add; a track that is disliked keeps nothing of its plays."""
    found = dict(weights)
    for track, kind in said.items():
        before = 0.0 if kind == "dislike" else found.get(track, 0.0)
        found[track] = before + {"like": LIKE, "dislike": DISLIKE, "skip": SKIP}[kind]
    return {track: weight for track, weight in found.items() if weight}
