"""What a listener's plays and opinions say, as members of a set of seeds.

A track that was played n times in all has the weight √n, times the mean over its plays of
2^(-age / 30 days); ages count from the listener's newest play, so that an old export is read as it
was on its last day. Plays without a time are as new as the newest. Plays of an artist whose tracks
nobody names are shared out among that artist's tracks, the most popular first. The heaviest weight
is brought to 1.

A like adds 1, a dislike and a skip push away; a track that is disliked is never offered.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from segue.recommend.seeds import Member

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.catalogue.feedback import Opinion
    from segue.catalogue.listening import Heard
    from segue.recommend.engine import Engine
    from segue.snapshot import Corpus
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


def played(heard: Sequence[Heard], corpus: Corpus) -> dict[TrackId, float]:
    """Weights by track, the heaviest first; the largest is 1."""
    newest = max((each.at for each in heard if each.at is not None), default=0.0)
    times: dict[tuple[TrackId | None, str | None], float] = defaultdict(float)
    faded: dict[tuple[TrackId | None, str | None], float] = defaultdict(float)
    for each in heard:
        key = (each.track_id, each.artist)
        age = 0.0 if each.at is None else newest - each.at
        times[key] += each.times
        faded[key] += each.times * 2.0 ** (-age / HALF_LIFE)
    weights: dict[TrackId, float] = defaultdict(float)
    by_artist: dict[str, float] = {}
    for (track, artist), number in times.items():
        weight = number**0.5 * faded[track, artist] / number
        if track is not None:
            weights[track] += weight if track in corpus.row_of else 0.0
        elif artist is not None:
            by_artist[artist] = weight
    for artist, rows in _tracks_of(by_artist, corpus).items():
        for row in rows:
            weights[corpus.ids[row]] += by_artist[artist] / len(rows)
    order = sorted((track for track in weights if weights[track] > 0), key=lambda t: -weights[t])
    most = weights[order[0]] if order else 1.0
    return {track: weights[track] / most for track in order[:MOST]}


def _tracks_of(artists: Mapping[str, float], corpus: Corpus) -> dict[str, list[int]]:
    """The most popular tracks of some artists, by their keys; where it is unknown, the first."""
    if not artists:
        return {}
    found: dict[str, list[int]] = defaultdict(list)
    for row, keys in enumerate(corpus.artist_keys):
        for key in keys:
            if key in artists:
                found[key].append(row)
    held = np.bincount(corpus.playlists.rows, minlength=len(corpus))
    known = np.nan_to_num(corpus.popularity, nan=-1.0)
    return {
        key: sorted(rows, key=lambda row: (-known[row], -held[row], row))[:OF_ARTIST]
        for key, rows in found.items()
    }


def history(
    heard: Sequence[Heard], opinions: Sequence[Opinion], engine: Engine
) -> tuple[Member, ...]:
    """A listener's plays and opinions as a set: what was played is not offered again.

    Tracks that share the plays of an artist were not played themselves, and are.
    """
    said = {opinion.track_id: opinion.kind for opinion in opinions}
    known = {each.track_id for each in heard} | said.keys()
    members = []
    for track, weight in _judged(played(heard, engine.snapshot.corpus), said).items():
        seed = engine.seed_named(track)
        if seed is not None:
            offered = track not in known or said.get(track) == "skip"
            members.append(Member(seed, weight, offered=offered))
    return tuple(members)


def beside(
    seeds: Sequence[Member],
    heard: Sequence[Heard],
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
    judged = _judged(played(heard, engine.snapshot.corpus), said)
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
