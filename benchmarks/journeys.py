"""Journeys over the real table of 114,000 rows: how smooth are they, beside simpler ways?

**Orders.** Sets of 30 tracks, of one genre and of all genres, are put in order three times: without
an arc, along a rising one, along a wave. Beside each: the order as drawn, orders by chance, and the
way most players take, from the first track always on to the nearest of those left by the lens.
Told are means over neighbours: octaves of tempo, steps in key, jumps (the share of random pairs
that are more alike), and how far energy is off the arc.

**Paths.** Pairs drawn by chance are joined by ten tracks. Beside: straight interpolation as others
do it, a point moved evenly along the arc between both ends (slerp, in the space of attributes) and
the nearest track to it that is not there yet; and greedy walking, from each track to that one of
its fifty nearest that is nearest to the end.

**Radio.** Radios of three drifts play on; nothing may come again, artists have to wait.

Times are of the processor, for the machine may be busy with other things.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

import hybrid
import report
from segue.recommend.engine import Engine
from segue.recommend.journey.arcs import targets
from segue.recommend.journey.ground import Ground, common_ground
from segue.recommend.journey.moves import Music
from segue.recommend.journey.ordering import ordered, smoothness
from segue.recommend.journey.path import path
from segue.recommend.journey.radio import advanced, begun
from segue.recommend.journey.tours import nearest_neighbours
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.records import Smoothness

SEED = 42
SETS, TRACKS = 8, 30
SHUFFLES = 20
PAIRS, STOPS = 20, 10
RADIOS, PLAYED = 2, 40
LENS = "hybrid"


def main() -> None:
    """Measure and write ``results/journeys.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    corpus, _ = hybrid.load(table)
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    generator = np.random.default_rng(SEED)
    figures = {
        "tracks": len(corpus),
        "lens": LENS,
        "orders": {kind: orders(engine, generator, kind) for kind in ("one_genre", "all_genres")},
        "large_orders_ms": {str(n): large(engine, generator, n) for n in (100, 300)},
        "paths": paths(engine, generator),
        "radio": {str(drift): radios(engine, drift) for drift in (0.0, 0.5, 1.0)},
    }
    report.write("journeys", figures, inputs=[table], seed=SEED)


def orders(engine: Engine, generator: np.random.Generator, kind: str) -> dict[str, Any]:
    """Means over sets of one kind, by arc and by way."""
    found: dict[str, dict[str, list[Smoothness]]] = {}
    seconds = []
    for _ in range(SETS):
        rows = drawn(engine, generator, kind, TRACKS)
        seeds = [engine.seed_of(engine.snapshot.corpus.ids[row]) for row in rows]
        for arc in ("", "rising", "wave"):
            began = time.process_time()
            journey = ordered(engine, seeds, arc=arc, lens=LENS)
            seconds.append(time.process_time() - began)
            ways = found.setdefault(arc or "none", {})
            ways.setdefault("ordered", []).append(journey.smoothness)
            ways.setdefault("given", []).append(journey.before)
            for name, several in beside(engine, seeds, arc, generator).items():
                ways.setdefault(name, []).extend(several)
    return {
        "sets": SETS,
        "tracks_each": TRACKS,
        "arcs": {
            arc: {way: means(several) for way, several in ways.items()}
            for arc, ways in found.items()
        },
        "ms": round(1_000 * float(np.median(seconds)), 1),
    }


def beside(
    engine: Engine, seeds: Sequence[Any], arc: str, generator: np.random.Generator
) -> dict[str, list[Smoothness]]:
    """The same set by chance, and by always going on to the nearest."""
    standings = [engine.stand(seed) for seed in seeds]
    ground = common_ground(engine, engine.chosen(LENS, standings[0]), standings)
    stops = [ground.stop(standing) for standing in standings]
    jumps = ground.jumps(ground.between(stops, stops))
    music = Music.of([seed.track for seed in seeds])
    wanted = targets(arc, music.energy)
    shuffled = [generator.permutation(len(seeds)) for _ in range(SHUFFLES)]
    return {
        "by_chance": [smoothness(order, music, jumps, wanted) for order in shuffled],
        "nearest_next": [smoothness(nearest_neighbours(jumps, 0), music, jumps, wanted)],
    }


def drawn(engine: Engine, generator: np.random.Generator, kind: str, count: int) -> list[int]:
    """Rows by chance, of one genre or of all."""
    corpus = engine.snapshot.corpus
    possible = np.arange(len(corpus))
    if kind == "one_genre":
        genre = corpus.genres[int(generator.choice(possible))][0]
        possible = np.array([row for row in possible if genre in corpus.genres[row]])
    return generator.choice(possible, count, replace=False).tolist()


def large(engine: Engine, generator: np.random.Generator, n: int) -> float:
    """Processor time of a large set along a wave."""
    rows = drawn(engine, generator, "all_genres", n)
    seeds = [engine.seed_of(engine.snapshot.corpus.ids[row]) for row in rows]
    began = time.process_time()
    ordered(engine, seeds, arc="wave", lens=LENS)
    return round(1_000 * (time.process_time() - began), 1)


def means(several: Sequence[Smoothness]) -> dict[str, float]:
    """Each figure's mean."""
    found = {}
    for name in ("tempo", "key", "jump", "arc"):
        values = [getattr(each, name) for each in several if getattr(each, name) is not None]
        if values:
            found[name] = round(float(np.mean(values)), 4)
    return found


def paths(engine: Engine, generator: np.random.Generator) -> dict[str, Any]:
    """Largest and mean jumps of paths between the same pairs, by lens and by way."""
    corpus = engine.snapshot.corpus
    pairs = [generator.choice(len(corpus), 2, replace=False).tolist() for _ in range(PAIRS)]
    found: dict[str, Any] = {"pairs": PAIRS, "stops": STOPS}
    for lens in ("hybrid", "attributes"):
        ways: dict[str, list[list[float]]] = {}
        seconds = []
        for one, other in pairs:
            ends = [engine.seed_of(corpus.ids[row]) for row in (one, other)]
            began = time.process_time()
            journey = path(engine, *ends, n=STOPS, lens=lens)
            seconds.append(time.process_time() - began)
            ways.setdefault("path", []).append([step.jump for step in journey[1:]])
            standings = [engine.stand(each) for each in ends]
            ground = common_ground(engine, engine.chosen(lens, standings[0]), standings)
            ways.setdefault("greedy", []).append(along(ground, greedy(ground, one, other)))
            ways.setdefault("direct", []).append(along(ground, [one, other]))
            if lens == "attributes":
                rows = straight(engine, one, other)
                ways.setdefault("straight", []).append(along(ground, rows))
        found[lens] = {
            way: {
                "largest_median": round(float(np.median([max(j) for j in jumps])), 6),
                "largest_worst": round(float(max(max(j) for j in jumps)), 6),
                "mean": round(float(np.mean([np.mean(j) for j in jumps])), 6),
            }
            for way, jumps in ways.items()
        }
        found[lens]["ms"] = round(1_000 * float(np.median(seconds)), 1)
    return found


def along(ground: Ground, rows: Sequence[int]) -> list[float]:
    """Jumps from each row to the next."""
    stops = [ground.stop_at(row) for row in rows]
    return [ground.jump(one, other) for one, other in pairwise(stops)]


def greedy(ground: Ground, one: int, other: int, *, near: int = 50) -> list[int]:
    """From each track on to that one of its nearest that is nearest to the end."""
    to_end = ground.scores(ground.stop_at(other))
    rows = [one]
    while len(rows) < STOPS - 1:
        scores = ground.scores(ground.stop_at(rows[-1])).copy()
        scores[[*rows, other]] = -np.inf
        nearest = np.argpartition(scores, -near)[-near:]
        rows.append(int(nearest[np.argmax(to_end[nearest])]))
    return [*rows, other]


def straight(engine: Engine, one: int, other: int) -> list[int]:
    """The nearest tracks to points evenly along the great circle between both ends."""
    vectors = unit_vectors(engine)
    begin, end = vectors[one], vectors[other]
    angle = float(np.arccos(np.clip(begin @ end, -1, 1)))
    rows = [one, other]
    for place in range(1, STOPS - 1):
        share = place / (STOPS - 1)
        point = (np.sin((1 - share) * angle) * begin + np.sin(share * angle) * end) / np.sin(angle)
        scores = vectors @ point
        scores[rows] = -np.inf
        rows.insert(-1, int(np.argmax(scores)))
    return rows


_VECTORS: dict[int, np.ndarray] = {}


def unit_vectors(engine: Engine) -> np.ndarray:
    """Where tracks stand in the space of attributes, of length 1."""
    if not _VECTORS:
        space = engine.snapshot.spaces["attributes"]
        rows = range(len(engine.snapshot.corpus))
        _VECTORS[0] = np.array([space.point(row).unit for row in rows])
    return _VECTORS[0]


def radios(engine: Engine, drift: float) -> dict[str, Any]:
    """How radios of one drift go: repeats, how long artists wait, how far they come."""
    corpus = engine.snapshot.corpus
    generator = np.random.default_rng(SEED)
    repeats, waits, jumps, seconds, ends = 0, [], [], [], []
    for row in generator.choice(len(corpus), RADIOS, replace=False).tolist():
        seed = engine.seed_of(corpus.ids[row])
        state = begun(engine, seed, lens=LENS, drift=drift)
        began = time.process_time()
        journey, _ = advanced(engine, state, n=PLAYED)
        seconds.append((time.process_time() - began) / PLAYED)
        ids = [step.track.id for step in journey]
        repeats += len(ids) - len(set(ids))
        last: dict[str, int] = {}
        for place, step in enumerate(journey):
            for artist in step.track.artists:
                if artist in last:
                    waits.append(place - last[artist] - 1)
                last[artist] = place
        jumps += [step.jump for step in journey if step.jump is not None]
        lens = engine.chosen(LENS, engine.stand(seed))
        ground = Ground(engine, lens, tuple(lens.weights))
        start = ground.stop_at(row)
        ends += [ground.jump(start, ground.stop_at(corpus.row_of[each])) for each in ids[-10:]]
    return {
        "radios": RADIOS,
        "played_each": PLAYED,
        "repeats": repeats,
        "shortest_wait_of_an_artist": min(waits, default=None),
        "jump_median": round(float(np.median(jumps)), 5),
        "from_the_seed_at_the_end": round(float(np.median(ends)), 5),
        "ms_a_track": round(1_000 * float(np.mean(seconds)), 1),
    }


if __name__ == "__main__":
    main()
