"""The ``hybrid`` lens on the real table of 114,000 rows: is it fast, and is it exact?

The table is imported into a fresh catalogue, loaded and built like any other. Then, in one run on
one thread and on the same rows:

- the **naive** way: ``TfidfVectorizer`` over the tokens, ``StandardScaler`` and one-hot columns
  for the attributes, two calls of ``cosine_similarity`` a query, 0.6 and 0.4, a full sort;
- **scan**: ranking every track and settling the exact top 10;
- **answer**: `Engine.similar` with versions, caps and a reason on every row.

Times are given by the clock and by the processor: on a machine that is busy with other things only
the second tells about the program.

Equality is judged on 500 random seeds with caps and grouping off: the same ten ids in the same
order, equal scores standing by id, scores within 1e-6.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import gc
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import diags_array
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity, linear_kernel
from sklearn.preprocessing import OneHotEncoder, StandardScaler, normalize

import report
from segue import Segue
from segue.catalogue import corpus as catalogue_corpus
from segue.recommend.engine import Engine
from segue.recommend.seeds import stand
from segue.records import UNSELECTED
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from segue.spaces.text import FieldWeights
from segue.spaces.tokens import texts_of_row, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.snapshot import Corpus

SEED = 42
COMPARED = 500
TIMED = 500
NAIVELY_TIMED = 50
TOP = 10
TARGET_MS, TARGET_RATIO = 2.0, 20


def main() -> None:
    """Measure and write ``results/hybrid.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    corpus, seconds = load(table)
    began = time.perf_counter()
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    seconds["build_spaces"] = time.perf_counter() - began
    rows = np.random.default_rng(SEED).choice(len(corpus), max(COMPARED, TIMED), replace=False)
    seeds = {row: engine.seed_of(corpus.ids[row]) for row in rows.tolist()}
    began = time.perf_counter()
    engine.similar(seeds[int(rows[0])])
    seconds["first_answer"] = time.perf_counter() - began

    naive = Naive(corpus)
    equal, difference = compare(engine, naive, seeds)
    gc.collect()
    scan = timed(scanner(engine), rows[:TIMED])
    answer = timed(lambda row: engine.similar(seeds[row]), rows[:TIMED])
    plain = timed(naive.best, rows[:NAIVELY_TIMED])
    prepared = timed(naive.best_prepared, rows[:NAIVELY_TIMED])
    report.write(
        "hybrid",
        {
            "tracks": len(corpus),
            "queries_compared": COMPARED,
            "queries_equal": equal,
            "largest_score_difference": difference,
            "scan_ms": scan,
            "answer_ms": answer,
            "naive_ms": plain,
            "naive_prepared_ms": prepared,
            "target_scan_ms": TARGET_MS,
            "target_naive_to_scan": TARGET_RATIO,
            "naive_to_scan": ratio(plain, scan),
            "naive_to_answer": ratio(plain, answer),
            "naive_prepared_to_scan": ratio(prepared, scan),
            "seconds": {name: round(value, 2) for name, value in seconds.items()},
        },
        inputs=[table],
        seed=SEED,
    )


def load(table: Path) -> tuple[Corpus, dict[str, float]]:
    """The table, imported and loaded, and how long both took."""
    seconds = {}
    with tempfile.TemporaryDirectory() as folder, Segue.open(Path(folder) / "segue.db") as segue:
        began = time.perf_counter()
        segue.import_tracks(table)
        seconds["import"] = time.perf_counter() - began
        began = time.perf_counter()
        corpus = catalogue_corpus.load(segue.database)
        seconds["load"] = time.perf_counter() - began
    return corpus, seconds


class Naive:
    """The straightforward computation, by scikit-learn in float64."""

    def __init__(self, corpus: Corpus) -> None:
        values = corpus.attributes.astype(np.float64)
        scaled = np.nan_to_num(StandardScaler().fit_transform(values[:, :8]))
        tempo = np.digitize(values[:, 8], [80, 100, 120, 140, 170]).astype(float)
        tempo[~(values[:, 8] > 0)] = np.nan
        one_hot = [
            OneHotEncoder(categories=[list(range(size))], handle_unknown="ignore")
            .fit_transform(np.nan_to_num(column, nan=-1)[:, np.newaxis])
            .toarray()
            for column, size in ((values[:, 9], 12), (values[:, 10], 2), (tempo, 6))
        ]
        self.numbers = np.hstack([scaled, *one_hot])
        tfidf = TfidfVectorizer(analyzer=lambda each: each, sublinear_tf=True, norm=None)
        self.words = tfidf.fit_transform(
            tokens(texts_of_row(corpus, row)) for row in range(len(corpus))
        )
        fields = (name.partition(":")[0] for name in tfidf.get_feature_names_out())
        weights = FieldWeights()
        self.words = (self.words @ diags_array([getattr(weights, f) for f in fields])).tocsr()
        self.unit_numbers, self.unit_words = normalize(self.numbers), normalize(self.words)

    def best(self, row: int) -> list[tuple[int, float]]:
        """The ten best rows and their scores."""
        scores = 0.6 * cosine_similarity(self.numbers[[row]], self.numbers)[0]
        scores += 0.4 * cosine_similarity(self.words[[row]], self.words)[0]
        return _ten(scores, row)

    def best_prepared(self, row: int) -> list[tuple[int, float]]:
        """The same with vectors brought to length 1 beforehand."""
        scores = 0.6 * linear_kernel(self.unit_numbers[[row]], self.unit_numbers)[0]
        scores += 0.4 * linear_kernel(self.unit_words[[row]], self.unit_words)[0]
        return _ten(scores, row)


def _ten(scores: np.ndarray, row: int) -> list[tuple[int, float]]:
    # Sums in another order differ in the last digits; equal to nine decimals is equal.
    settled = np.round(scores, 9)
    settled[row] = -np.inf
    order = np.argsort(-settled, kind="stable")[:TOP]
    return [(int(each), float(settled[each])) for each in order]


def compare(engine: Engine, naive: Naive, seeds: dict) -> tuple[int, float]:
    """How many answers are the naive ones, and the largest difference of a score."""
    equal, largest = 0, 0.0
    row_of = engine.snapshot.corpus.row_of
    for row in list(seeds)[:COMPARED]:
        answer = engine.similar(seeds[row], lens="hybrid", n=TOP, dials=UNSELECTED)
        expected = naive.best(row)
        difference = max(abs(a.score - s) for a, (_, s) in zip(answer, expected, strict=True))
        largest = max(largest, difference)
        same = [row_of[each.track.id] for each in answer] == [each for each, _ in expected]
        equal += same and difference <= 1e-6
    return equal, largest


def scanner(engine: Engine) -> Callable[[int], object]:
    """From a row to its settled top 10: placing, scoring every track, choosing, rescoring."""
    from segue.recommend.blending import Blends
    from segue.recommend.lenses import LENSES

    names = ("attributes", "text")
    blend = Blends(engine.snapshot).of(LENSES["hybrid"], names)
    seeds = {}

    def scan(row: int) -> object:
        seed = seeds.setdefault(row, engine.seed_of(engine.snapshot.corpus.ids[row]))
        standing = stand(seed, engine.snapshot)
        point = tuple(standing.points[name] for name in names)
        (ranking,) = blend.rank([point], allowed=None, without=[row])
        return blend.settle(point, ranking.best(TOP), k=TOP)

    return scan


def timed(query: Callable[[int], object], rows: np.ndarray) -> dict[str, float]:
    """Milliseconds a query over `rows`, after a short warm-up."""
    for row in rows[:5].tolist():
        query(row)
    taken = []
    for row in rows.tolist():
        clock, processor = time.perf_counter(), time.thread_time()
        query(row)
        taken.append((time.perf_counter() - clock, time.thread_time() - processor))
    (median, median_processor), (p95, p95_processor) = np.percentile(taken, [50, 95], axis=0)
    return {
        "median": round(median * 1000, 3),
        "p95": round(p95 * 1000, 3),
        "median_processor": round(median_processor * 1000, 3),
        "p95_processor": round(p95_processor * 1000, 3),
        "queries": len(rows),
    }


def ratio(slow: dict[str, float], fast: dict[str, float]) -> dict[str, float]:
    """How many times as long, by the medians."""
    return {
        name: round(slow[key] / fast[key], 1)
        for name, key in (("clock", "median"), ("processor", "median_processor"))
    }


if __name__ == "__main__":
    main()
