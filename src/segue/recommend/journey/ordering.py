"""A set put in order for listening: neighbours that mix, and energy along an arc.

What it costs to have two tracks side by side is a sum over three things, each divided by what it is
on average over all pairs of the set, so that an order by chance costs 1 of each:

    tempo     octaves apart, half and double taken for the same
    key       steps on the Camelot wheel
    likeness  the jump from one to the other, as the lens has it

and what it costs to have a track at a place is how far its `energy` is from the arc's there
(`segue.recommend.journey.arcs`), divided likewise. What is unknown costs the average: it neither
helps nor hinders. Two tracks by one artist side by side cost as much again as all else together.
The order is searched by `segue.recommend.journey.tours`.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadRequestError
from segue.names import artist_keys
from segue.recommend.journey.arcs import targets, wished
from segue.recommend.journey.ground import Ground
from segue.recommend.journey.moves import Music
from segue.recommend.journey.telling import told
from segue.recommend.journey.tours import SEED, best_order
from segue.recommend.seeds import Member, Seed
from segue.records import Journey, Smoothness, Track
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.recommend.engine import Engine
    from segue.recommend.journey.ground import Stop
    from segue.types import Floats, Rows

MOST = 500
"""Most tracks that are put in order at once."""

USUAL: Mapping[str, float] = {"tempo": 1.0, "key": 1.0, "likeness": 1.0, "energy": 3.0}
"""What counts how much: three things between neighbours, and one that goes by the arc."""

_SAME_ARTIST = 1.0


def ordered(
    engine: Engine,
    seeds: Sequence[Seed],
    *,
    arc: str | Sequence[float] = "",
    weights: Mapping[str, float] | None = None,
    lens: str | Mapping[str, float] | None = None,
    seed: int = SEED,
) -> Journey:
    """Put tracks in order for listening.

    Parameters
    ----------
    engine
        Of the catalogue.
    seeds
        1 to 500 tracks; one that comes again counts once.
    arc
        How energy goes; empty where it does not matter.
    weights
        What counts how much, by name: those of `USUAL` for what is not named.
    lens
        What likeness means; the one that suits the set when None.
    seed
        Settles chance.

    Returns
    -------
    Journey
        All the tracks, each once. `before` tells of the order that was given.

    Raises
    ------
    BadRequestError
        There are no tracks or too many; a weight, the arc or the lens makes no sense.
    NotFoundError
        A track is no longer in the catalogue.
    """
    began = time.perf_counter()
    counted = _weights(weights)
    tracks = _once(seeds)
    notes = []
    if len(tracks) < len(seeds):
        twice = len(seeds) - len(tracks)
        once = "1 track came twice and stands once"
        notes.append(once if twice == 1 else f"{twice:,} tracks came twice and stand once")
    if len(tracks) == 1:
        notes.append("One track alone is in order as it is: name others")
    ground, stops = _stand(engine, tracks, lens)
    music = Music.of([stop.track for stop in stops])
    wanted = targets(arc, music.energy)
    if wanted is None and wished(arc):
        notes.append("An arc needs the energy of two tracks or more; it was left out")
    jumps = ground.jumps(ground.between(stops, stops))
    pairs = neighbour_costs(stops, music, jumps, counted)
    places = None if wanted is None else place_costs(music.energy, wanted, counted["energy"])
    order = best_order(pairs, places, seed=seed)
    notes += _unknown(music, counted)
    steps = told(ground, [stops[place] for place in order])
    return Journey(
        kind="order",
        lens=ground.lens.name,
        weights=dict(zip(ground.blend.names, ground.blend.weights, strict=True)),
        epoch=engine.epoch,
        steps=steps,
        largest=max((step.jump for step in steps if step.jump is not None), default=None),
        smoothness=smoothness(order, music, jumps, wanted),
        before=smoothness(np.arange(len(stops)), music, jumps, wanted),
        notes=tuple(notes),
        seconds=time.perf_counter() - began,
    )


def neighbour_costs(
    stops: Sequence[Stop], music: Music, jumps: Floats, weights: Mapping[str, float]
) -> Floats:
    """What it costs to have two tracks side by side; shape (tracks, tracks).

    A whole order by chance costs about the sum of the weights, whatever the number of tracks.
    """
    n = len(stops)
    parts = {
        "tempo": np.abs(music.tempo_changes()),
        "key": music.key_changes(),
        "likeness": jumps,
    }
    costs = sum((weights[name] * _by_chance(part) for name, part in parts.items()), np.zeros(()))
    artists = [frozenset(artist_keys(stop.track.artists)) for stop in stops]
    same = np.array([[bool(one & other) for other in artists] for one in artists])
    penalty = _SAME_ARTIST * max(sum(weights[name] for name in parts), 1.0)
    found: Floats = (costs + penalty * same) / max(n - 1, 1)
    return found


def place_costs(energy: Floats, wanted: Floats, weight: float) -> Floats:
    """What it costs to have a track at a place; shape (tracks, places)."""
    apart = np.abs(energy[:, np.newaxis] - wanted[np.newaxis, :])
    mean = float(np.nanmean(apart))
    if not mean:
        return np.zeros(apart.shape)
    found: Floats = weight * np.where(np.isnan(apart), 1.0, apart / mean) / len(energy)
    return found


def smoothness(order: Rows, music: Music, jumps: Floats, wanted: Floats | None) -> Smoothness:
    """How smoothly an order runs.

    Parameters
    ----------
    order
        Tracks in order.
    music, jumps
        Of the tracks.
    wanted
        The energy each place should have; None without an arc.
    """
    pairs = order[:-1], order[1:]
    off = None if wanted is None else np.abs(music.energy[order] - wanted)
    return Smoothness(
        tempo=_mean(np.abs(music.tempo_changes()[pairs])),
        key=_mean(music.key_changes()[pairs]),
        jump=_mean(jumps[pairs]),
        arc=None if off is None else _mean(off),
    )


def _by_chance(part: Floats) -> Floats:
    """Costs of pairs over their mean; 1 where unknown, 0 where all are the same."""
    others = ~np.eye(len(part), dtype=np.bool_) & np.isfinite(part)
    mean = float(part[others].mean()) if others.any() else 0.0
    if not mean:
        return np.zeros(part.shape)
    return np.where(np.isfinite(part), part / mean, 1.0)


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def _once(seeds: Sequence[Seed]) -> list[Seed]:
    """Every track once, where it first comes."""
    if not seeds:
        raise BadRequestError("no tracks are named", remedy="Name those to put in order")
    found: dict[object, Seed] = {}
    for seed in seeds:
        found.setdefault(seed.track.id or id(seed), seed)
    tracks = list(found.values())
    if len(tracks) > MOST:
        raise BadRequestError(
            f"{len(tracks):,} tracks are named", remedy=f"Put at most {MOST:,} in order at once"
        )
    return tracks


def _stand(
    engine: Engine, seeds: Sequence[Seed], lens: str | Mapping[str, float] | None
) -> tuple[Ground, list[Stop]]:
    """The ground over the spaces of the lens in which any of the tracks stands."""
    one = len(seeds) == 1
    name = Track(TrackId(""), f"{len(seeds):,} tracks", ())
    together = seeds[0] if one else Seed(name, members=tuple(Member(seed) for seed in seeds))
    standing = engine.stand(together)
    chosen = engine.chosen(lens, standing)
    ground = Ground(engine, chosen, standing.among(chosen.weights))
    return ground, [ground.stop(engine.stand(seed)) for seed in seeds]


def _weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    found = {**USUAL, **(weights or {})}
    for name, weight in found.items():
        if name not in USUAL:
            raise BadRequestError(f"nothing is called {name!r}", remedy=f"Weigh {', '.join(USUAL)}")
        number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not (number and math.isfinite(weight) and weight >= 0):
            raise BadRequestError(
                f"the weight of {name} is {weight!r}", remedy="Give a number of 0 or more"
            )
    if not any(found.values()):
        raise BadRequestError(
            "the weights of an order cannot all be 0",
            remedy=f"Give one of {', '.join(USUAL)} a weight above 0",
        )
    return found


def _unknown(music: Music, weights: Mapping[str, float]) -> list[str]:
    """Of how many tracks nobody knows what counts."""
    missing = {
        "tempo": np.isnan(music.octaves),
        "key": np.isnan(np.diagonal(music.key_changes())),
    }
    return [
        f"The {name} of {int(gone.sum()):,} tracks is unknown"
        for name, gone in missing.items()
        if gone.any() and weights[name]
    ]
