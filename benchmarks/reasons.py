"""Are reasons faithful: does the space named strongest cost a row most places when it is gone?

For rows of real answers every space of the blend is taken out for all tracks, one at a time, by a
lens that was never told of it, and the row's place among all tracks is counted anew. A row's reason
is faithful where no other space costs it more places than the one that its reason names strongest.

Counted beside, on the same rows, are other definitions of what a space contributes:

- **expected**: weight × (score − mean of random pairs of the catalogue);
- **this seed's mean**: weight × (score − mean of all tracks' scores for this seed);
- **nearest hundred**: weight × (score − mean of the hundred best tracks' scores for this seed);
- **rarity**: −ln of the share of tracks that score higher in this space alone;
- **deviations**: by how many standard deviations the row's score would exceed the mean without it.

The table is asked for single tracks, with attributes, words, artists, albums and facets in blends;
the playlists (slices of the Million Playlist Dataset, with attributes where a table knows the
track) for single tracks and for sets of five that stand in one playlist.

Of the time that an answer takes, the share that counting places takes is told by the processor's
clock, with and without it in turn on the same seeds.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import statistics
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

import hybrid
import report
from segue.recommend.blending import Scanned
from segue.recommend.engine import Engine
from segue.recommend.lenses import Lens, parse_lens
from segue.recommend.seeds import Member, Seed
from segue.records import Track
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from segue.training.playlists import material
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue.recommend.blending import Blend

SEED = 42
SEEDS = 150
SETS = 60
TIMED = 200
TARGET = 0.9

OF_THE_TABLE = (
    "hybrid",
    "attributes=0.6,text=0.4",
    "attributes=0.4,text=0.3,artist=0.2,album=0.1",
    "attributes=0.4,text=0.3,tempo=0.15,popularity=0.15",
    "mood",
)
OF_PLAYLISTS = (
    "together=0.5,text=0.5",
    "together=0.4,artist=0.2,text=0.2,attributes=0.2",
    "together=0.3,titles=0.2,text=0.2,attributes=0.2,tempo=0.1",
)


def main() -> None:
    """Measure and write ``results/reasons.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    slices = report.shared("playlists/mpd")
    features = report.shared("tracks/spotify_features_272k.parquet")
    corpus, _ = hybrid.load(table)
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    rng = np.random.default_rng(SEED)
    seeds = [engine.seed_of(corpus.ids[row]) for row in rng.choice(len(corpus), SEEDS, False)]
    figures: dict[str, Any] = {"target": TARGET, "tracks": len(corpus)}
    figures["table"] = {lens: judge(engine, seeds, lens) for lens in OF_THE_TABLE}
    timed = [engine.seed_of(corpus.ids[row]) for row in rng.choice(len(corpus), TIMED, False)]
    figures["time"] = {lens: cost(engine, timed, lens) for lens in OF_THE_TABLE[:3]}
    del engine, corpus
    read = material.read([slices])
    gathered = material.gather(read.playlists, tables=[features])
    parts = material.split([one.key for one in gathered.lists])
    there = gathered.apart([*parts.train, *parts.validation], parts.test)
    engine = Engine(Snapshot(there.corpus, build_all(there.corpus)))
    tracks = len(there.corpus)
    # As they stand in playlists: favourites are asked for most.
    drawn = rng.choice(np.unique(there.corpus.playlists.rows), SEEDS, replace=False)
    alone = [engine.seed_of(there.corpus.ids[row]) for row in drawn.tolist()]
    known = [one.rows[one.rows < tracks] for one in there.held]
    sets = [together(engine, rows[:5]) for rows in known if len(rows) >= 10][:SETS]
    figures["tracks_of_playlists"] = tracks
    figures["playlists"] = {lens: judge(engine, alone, lens) for lens in OF_PLAYLISTS}
    figures["sets"] = {lens: judge(engine, sets, lens) for lens in OF_PLAYLISTS}
    every = [one for part in ("table", "playlists", "sets") for one in figures[part].values()]
    figures["least_faithful"] = min(one["faithful"] for one in every)
    report.write("reasons", figures, inputs=[table, slices, features], seed=SEED)


def together(engine: Engine, rows: np.ndarray) -> Seed:
    """Some tracks asked about as one."""
    members = tuple(Member(Seed(engine.track_at(row), row)) for row in rows.tolist())
    return Seed(Track(TrackId(""), "five of a playlist", ()), members=members)


def judge(engine: Engine, seeds: Iterable[Seed], asked: str) -> dict[str, Any]:
    """How often each definition names a space whose loss costs most places."""
    lens = parse_lens(asked, spaces=tuple(engine.snapshot.spaces))
    right: Counter[str] = Counter()
    named: Counter[str] = Counter()
    rows = 0
    for seed in seeds:
        if not engine.stands(seed, lens=asked):
            continue
        answer = engine.similar(seed, lens=asked)
        standing = engine.stand(seed)
        blend = engine.blend(lens, standing)
        if len(blend.names) < 2 or not len(answer):
            continue
        place = np.array([engine.snapshot.corpus.row_of[row.track.id] for row in answer])
        without = ablated(engine, seed, lens, blend, place)
        contributions = others(engine, seed, blend, place)
        contributions["faithful"] = np.array(
            [[values(row)[name] for name in blend.names] for row in answer]
        )
        most = without.max(axis=1)
        for name, found in contributions.items():
            strongest = found.argmax(axis=1)
            right[name] += int((without[np.arange(len(place)), strongest] == most).sum())
        named.update(row.reasons.contributions[0].space for row in answer)
        rows += len(place)
    shares = {name: round(right[name] / rows, 4) for name in sorted(right)}
    return {"rows": rows, **shares, "named_strongest": dict(named.most_common())}


def values(row: Any) -> dict[str, float]:  # noqa: ANN401 (a row of an answer)
    """Contributions of a row by space."""
    return {part.space: part.value for part in row.reasons.contributions}


def ablated(engine: Engine, seed: Seed, lens: Lens, blend: Blend, rows: np.ndarray) -> np.ndarray:
    """Places of `rows` by lenses that were never told of one space each; (rows, spaces)."""
    standing = engine.stand(seed)
    found = []
    for gone in blend.names:
        left = {name: lens.weights[name] for name in blend.names if name != gone}
        alone = engine.blend(Lens("left", left, calibrated=lens.calibrated), standing)
        scores = alone.scan([tuple(standing.points[name] for name in alone.names)])[0]
        if standing.without is not None:
            scores[standing.without] = -np.inf
        found.append([1 + np.count_nonzero(scores > scores[row]) for row in rows.tolist()])
    return np.array(found).T


def others(engine: Engine, seed: Seed, blend: Blend, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Contributions by the other definitions, each of shape (rows, spaces)."""
    standing = engine.stand(seed)
    point = tuple(standing.points[name] for name in blend.names)
    everyone = np.arange(len(engine.snapshot.corpus))
    possible = np.logical_or.reduce([space.placed for space in blend.spaces])
    if standing.without is not None:
        possible[standing.without] = False
    raw = np.stack(
        [space.score([each])[0] for space, each in zip(blend.spaces, point, strict=True)], axis=1
    ).astype(np.float64)
    parts = blend.read(raw, everyone)[0] * np.array(blend.weights)
    total = np.where(possible, parts.sum(axis=1), -np.inf)
    best = np.argsort(-total, kind="stable")[:100]
    mine, among = parts[rows], parts[possible]
    rest = total[possible, np.newaxis] - among
    spread = np.maximum(rest.std(axis=0), 1e-12)
    return {
        "expected": mine - np.array(blend.weights) * np.array(blend.expected),
        "this_seeds_mean": mine - among.mean(axis=0),
        "nearest_hundred": mine - parts[best].mean(axis=0),
        "rarity": -np.log(
            [[(among[:, a] > x).mean() + 1e-9 for a, x in enumerate(row)] for row in mine]
        ),
        "deviations": -(total[rows, np.newaxis] - mine - rest.mean(axis=0)) / spread,
    }


def cost(engine: Engine, seeds: Sequence[Seed], asked: str) -> dict[str, float]:
    """Median processor time of an answer, with and without counting places, in ms."""
    counting = Scanned.without

    def uncounted(self: Scanned, rows: np.ndarray) -> np.ndarray:
        return np.ones((len(rows), len(self.parts)), dtype=np.int64)

    taken: dict[str, list[float]] = {"with": [], "without": []}
    for seed in seeds[:5]:
        engine.similar(seed, lens=asked)
    for seed in seeds:
        for how, count in (("with", counting), ("without", uncounted)):
            Scanned.without = count  # type: ignore[method-assign]
            began = time.thread_time()
            engine.similar(seed, lens=asked)
            taken[how].append(1000 * (time.thread_time() - began))
    Scanned.without = counting  # type: ignore[method-assign]
    medians = {how: round(statistics.median(times), 3) for how, times in taken.items()}
    ratio = statistics.median(taken["with"]) / statistics.median(taken["without"])
    return {**medians, "ratio": round(ratio, 3)}


if __name__ == "__main__":
    main()
