"""How much of a space a map keeps, beside principal components and scikit-learn's t-SNE.

Trustworthiness (Venna & Kaski, *Neighborhood preservation in nonlinear projection methods*, ICANN
2001) is 1 where all of a track's neighbours on the plane are neighbours in the space. Purity is the
share of a track's ten nearest on the plane that have its first genre. Both are measured on a sample
of the Spotify tracks table; time and memory on all of it::

    python benchmarks/maps.py [the table, or a catalogue that it was imported into]
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segue.catalogue import corpus
from segue.library import Segue
from segue.maps.chart import Chart
from segue.maps.layout import layout
from segue.maps.shown import ids_of
from segue.settings import Settings
from segue.spaces.attributes import AttributesSpace

if TYPE_CHECKING:
    from segue.snapshot import Corpus
    from segue.types import Rows, Vectors

TABLE = Path("../shared/data/tracks/spotify_tracks_114k.csv.gz")
RESULT = Path(__file__).parent / "results" / "maps.json"
SAMPLE = 3_000
NEAR = 10
SEED = 42


def main(table: Path) -> None:
    tracks = _catalogue(table)
    space = AttributesSpace.build(tracks)
    rows = np.flatnonzero(space.placed)
    vectors = space.directions(rows)
    result: dict[str, object] = {"table": TABLE.name, "tracks": len(rows)}
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
    result["whole"] = _whole(tracks, rows, vectors)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


def _catalogue(table: Path) -> Corpus:
    if table.suffix == ".db":
        with Segue.open(table, settings=Settings(_env_file=None), create=False) as segue:
            return corpus.load(segue.database)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None)
        with Segue.open(Path(folder) / "segue.db", settings=settings) as segue:
            segue.import_tracks(table)
            return corpus.load(segue.database)


def _whole(tracks: Corpus, rows: Rows, vectors: Vectors) -> dict[str, float]:
    """Drawing all of them, with regions and all."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    began, wall = time.process_time(), time.perf_counter()
    chart = Chart.drawn(ids_of(tracks, rows), vectors)
    return {
        "cpu_seconds": round(time.process_time() - began, 1),
        "wall_seconds": round(time.perf_counter() - wall, 1),
        "megabytes_more": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3 - before),
        "regions": int(chart.region.max()) + 1,
    }


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
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE)
