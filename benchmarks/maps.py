"""How much of a space a map keeps, beside principal components and scikit-learn's t-SNE.

Trustworthiness (Venna & Kaski, *Neighborhood preservation in nonlinear projection methods*, ICANN
2001) is 1 where all of a track's neighbours on the plane are neighbours in the space. Purity is
the share of a track's ten nearest on the plane that have its first genre. Both are measured on a
sample of the Spotify tracks table. Time is of all of it: to draw it, and to show it
again after the catalogue has changed, which is what a page waits for::

    python benchmarks/maps.py [the table, or a catalogue that it was imported into]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import report
from segue.catalogue import corpus
from segue.library import Segue
from segue.maps.chart import Chart
from segue.maps.layout import layout
from segue.maps.shown import TrackMap, ids_of
from segue.settings import Settings
from segue.spaces.attributes import AttributesSpace

if TYPE_CHECKING:
    from segue.snapshot import Corpus
    from segue.types import Rows, Vectors

TABLE = "tracks/spotify_tracks_114k.csv.gz"
SAMPLE = 3_000
CHANGES = (0, 1, 1_000, 8_000)
NEAR = 10
SEED = 42


def main(table: Path) -> None:
    tracks = _catalogue(table)
    space = AttributesSpace.build(tracks)
    rows = np.flatnonzero(space.placed)
    vectors = space.directions(rows)
    result: dict[str, object] = {"tracks": len(rows)}
    chosen = np.sort(np.random.default_rng(SEED).choice(len(rows), SAMPLE, replace=False))
    some = vectors[chosen]
    genres = np.array([(tracks.genres[row] or ("",))[0] for row in rows[chosen].tolist()])
    result["sample"] = SAMPLE
    result["in_the_space"] = {"purity": _purity(some, genres)}
    for name, draw in (("segue", _segue), ("components", _components), ("sklearn", _sklearn)):
        began = time.process_time()
        places = draw(some)
        spent = {"cpu_seconds": round(time.process_time() - began, 1)}
        result[name] = spent | _judged(some, places, genres)
        print(name, result[name], flush=True)
    result["whole"], chart = _whole(tracks, rows, vectors)
    result["shown"] = {str(count): _shown(chart, tracks, space, count) for count in CHANGES}
    report.write("maps", result, inputs=[table], seed=SEED)


def _catalogue(table: Path) -> Corpus:
    if table.suffix == ".db":
        with Segue.open(table, settings=Settings(_env_file=None), create=False) as segue:
            return corpus.load(segue.database)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None)
        with Segue.open(Path(folder) / "segue.db", settings=settings) as segue:
            segue.import_tracks(table)
            return corpus.load(segue.database)


def _whole(tracks: Corpus, rows: Rows, vectors: Vectors) -> tuple[dict[str, float], Chart]:
    """Drawing all of them, with regions and all."""
    began, wall = time.process_time(), time.perf_counter()
    chart = Chart.drawn(ids_of(tracks, rows), vectors)
    told = {
        "cpu_seconds": round(time.process_time() - began, 1),
        "wall_seconds": round(time.perf_counter() - wall, 1),
        "regions": int(chart.region.max()) + 1,
    }
    return told, chart


def _shown(chart: Chart, tracks: Corpus, space: AttributesSpace, count: int) -> dict[str, float]:
    """Showing a map that was drawn without `count` of the tracks."""
    there = np.ones(len(chart), dtype=np.bool_)
    there[np.random.default_rng(SEED).permutation(len(chart))[:count]] = False
    ids = [one for one, kept in zip(chart.ids, there, strict=True) if kept]
    before = Chart(
        ids, chart.signs[there], chart.places[there], chart.region[there], chart.of - count
    )
    began = time.process_time()
    shown = TrackMap.of(before, space, tracks)
    spent = time.process_time() - began
    return {"cpu_seconds": round(spent, 2), "changed": 0 if shown is None else shown.changed}


def _segue(vectors: Vectors) -> Vectors:
    return layout(vectors, seed=SEED)


def _components(vectors: Vectors) -> Vectors:
    from sklearn.decomposition import PCA

    return PCA(2, random_state=SEED).fit_transform(vectors)


def _sklearn(vectors: Vectors) -> Vectors:
    from sklearn.manifold import TSNE

    return TSNE(init="pca", random_state=SEED, n_jobs=1).fit_transform(vectors)


def _judged(vectors: Vectors, places: Vectors, genres: np.ndarray) -> dict[str, float]:
    from sklearn.manifold import trustworthiness

    kept = trustworthiness(vectors, places, n_neighbors=NEAR)
    return {"trustworthiness": round(float(kept), 4), "purity": _purity(places, genres)}


def _purity(points: Vectors, genres: np.ndarray) -> float:
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=NEAR + 1).fit(points).kneighbors(points)[1][:, 1:]
    return round(float((genres[found] == genres[:, np.newaxis]).mean()), 4)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else report.shared(TABLE))
