"""How a set of seeds is scored where a space knows single seeds alone: rivals of the best part.

`segue.recommend.sets` takes the mean over the best part of the seeds, and of more than eight seeds
lets a few speak for all. Beside it stand what others do: one point in the middle of all seeds, the
mean and the maximum of the scores, and reciprocal rank fusion (Cormack, Clarke and Buettcher,
SIGIR 2009): the sum of 1 / (60 + rank) over the seeds.

Real playlists with attributes are asked for the rest of their tracks, from 2, 5, 12 and half of
them, in the space `attributes`, which learns nothing from playlists. Then sets of several kinds are
asked for: tracks of three or four playlists drawn at random, as one.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import report
from segue import Segue
from segue.evaluation.continuation import Found, compare, interval_of
from segue.recommend.sets import SetSpace, best_part, set_space
from segue.spaces.attributes import AttributesSpace
from segue.training.playlists.questions import LEAST

if TYPE_CHECKING:
    from segue.snapshot import Corpus
    from segue.types import Rows, Vector, Vectors

SEED = 42
TABLE = "playlists/editorial_471_playlists_32k.csv.gz"
SCENARIOS = {
    "2": (1, 2),
    "5": (1, 5),
    "12": (1, 12),
    "half": (1, None),
    "3 of 3": (3, 3),
    "2 of 4": (4, 2),
}
"""From how many playlists, and how many tracks of each; half of them where none is said."""
RRF = 60
REST = 50
"""Most hidden tracks of a playlist, so that none of several outweighs the others."""
SHIPPED = "best part, speakers"
SHOWN = ("r_precision", "ndcg", "recall_500")


def main() -> None:
    """Measure and write ``results/sets.json``."""
    table = report.shared(TABLE)
    with tempfile.TemporaryDirectory() as folder, Segue.open(Path(folder) / "segue.db") as segue:
        segue.import_tracks(table)
        segue.import_playlists(table)
        corpus = segue.engine().snapshot.corpus
    space = AttributesSpace.build(corpus)
    methods = rivals(space)
    figures: dict[str, Any] = {}
    for scenario in SCENARIOS:
        found, seconds = asked(corpus, space, methods, scenario)
        figures[scenario] = {
            "playlists": len(found[SHIPPED]),
            "methods": {
                name: {
                    "processor_ms": round(1000 * seconds[name] / len(one), 2),
                    **{metric: told(interval_of(one, metric)) for metric in SHOWN},
                    **{
                        f"{metric}_below_shipped": told(compare(found[SHIPPED], one, metric))
                        for metric in SHOWN
                        if name != SHIPPED
                    },
                }
                for name, one in found.items()
            },
        }
    report.write(
        "sets",
        {"tracks": int(space.placed.sum()), "rank_constant": RRF, "scenarios": figures},
        inputs=[table],
        seed=SEED,
    )


def asked(
    corpus: Corpus, space: AttributesSpace, methods: dict[str, Any], scenario: str
) -> tuple[dict[str, Found], dict[str, float]]:
    """What every method finds for every playlist, and the seconds of processor time it takes."""
    found = {name: Found() for name in methods}
    seconds = dict.fromkeys(methods, 0.0)
    kinds, each = SCENARIOS[scenario]
    lists = corpus.playlists
    generator = np.random.default_rng(SEED)
    known = []
    for place in range(len(lists)):
        rows = lists.rows[lists.starts[place] : lists.starts[place + 1]].astype(np.int64)
        rows = generator.permutation(rows[space.placed[rows]])
        if len(rows) >= max(LEAST, 2 * (each or 0)):
            known.append(rows)
    for place, rows in enumerate(known):
        others = generator.choice(len(known), kinds, replace=False)
        chosen = [rows, *(known[other] for other in others if other != place)][:kinds]
        counts = [len(one) // 2 if each is None else each for one in chosen]
        seeds = np.unique(np.concatenate([o[:n] for o, n in zip(chosen, counts, strict=True)]))
        rest = np.concatenate([o[n : n + REST] for o, n in zip(chosen, counts, strict=True)])
        hidden = np.setdiff1d(rest, seeds)
        for name, method in methods.items():
            began = time.process_time()
            scores = method(seeds)
            seconds[name] += time.process_time() - began
            scores = np.where(space.placed, scores, -np.inf)
            scores[seeds] = -np.inf
            best = np.argpartition(-scores, 500)[:500]
            ranking = best[np.lexsort((best, -scores[best]))]
            found[name].add(ranking, hidden, artists=corpus.artist_keys)
    return found, seconds


def rivals(space: AttributesSpace) -> dict[str, Any]:
    """Every way to score a set, by name: rows of seeds in, a score a track out."""
    gathering = set_space(space)
    assert isinstance(gathering, SetSpace)

    def each(rows: Rows) -> Vectors:
        return space.score([space.point(row) for row in rows.tolist()])

    def shipped(rows: Rows) -> Vector:
        points = [space.point(row) for row in rows.tolist()]
        weights = np.full(len(rows), 1 / len(rows))
        gathered = gathering.gather(points, weights=weights, rows=rows.tolist())
        return gathering.score([gathered])[0]

    def middle(rows: Rows) -> Vector:
        total = np.sum([space.point(row).unit for row in rows.tolist()], axis=0)
        one = space.point(int(rows[0]))
        unit = total / np.sqrt(total @ total)
        return space.score([type(one)(one.values, unit, one.estimated)])[0]

    def fused(rows: Rows) -> Vector:
        total = np.zeros(len(space.placed), dtype=np.float32)
        for scores in each(rows):
            order = np.argsort(-scores, kind="stable")
            ranks = np.empty(len(order), dtype=np.float32)
            ranks[order] = np.arange(1, len(order) + 1)
            total += 1 / (RRF + ranks)
        return total

    def part(rows: Rows) -> Vector:
        weights = np.full(len(rows), 1 / len(rows), dtype=np.float32)
        return best_part(each(rows), weights)

    def three(rows: Rows) -> Vector:
        scores = each(rows)
        return np.sort(scores, axis=0)[-3:].mean(axis=0)

    return {
        SHIPPED: shipped,
        "best part, all seeds": part,
        "best three": three,
        "one point in the middle": middle,
        "mean of scores": lambda rows: each(rows).mean(axis=0),
        "maximum of scores": lambda rows: each(rows).max(axis=0),
        "reciprocal ranks": fused,
    }


def told(one: Any) -> list[float]:  # noqa: ANN401
    """A figure and the ends of its interval."""
    return [round(float(value), 4) for value in (one.value, one.low, one.high)]


if __name__ == "__main__":
    main()
