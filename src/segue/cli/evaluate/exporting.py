"""Vectors and splits as Parquet, for whoever measures further.

``vectors/NAME.parquet``  one row a track that stands in the space: its public id, the vector
                          (float32; of embedders the mean of its windows), and the version
``splits/playlists.parquet``  each playlist asked about: its key, title, and for every scenario the
                          public ids that are seeds and those that are hidden
``splits/seeds.parquet``  the tracks that every method recommended for
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from segue.library import Segue
    from segue.snapshot import Corpus, Placed
    from segue.training.playlists.material import Material
    from segue.types import Rows, Vectors


def write_parquet(
    segue: Segue, folder: Path, *, seeds: Rows | None, material: Material | None
) -> tuple[str, ...]:
    """Write what there is, below an existing folder; names of the files.

    Raises
    ------
    UnavailableError
        A file cannot be written.
    """
    corpus = segue.engine().snapshot.corpus
    written = []
    for name, placed in corpus.placed.items():
        columns = {
            "track": [corpus.ids[row] for row in placed.rows.tolist()],
            "vector": list(_whole(placed)),
            "version": [placed.version] * len(placed.rows),
        }
        written.append(_write(folder, f"vectors/{name}.parquet", columns))
    if seeds is not None:
        ids = [corpus.ids[row] for row in seeds.tolist()]
        written.append(_write(folder, "splits/seeds.parquet", {"track": ids}))
    if material is not None:
        written.append(_write(folder, "splits/playlists.parquet", _splits(material)))
    return tuple(written)


def _whole(placed: Placed) -> Vectors:
    """One vector a track."""
    vectors = placed.vectors.astype(np.float32)
    if placed.width is None:
        return vectors
    means: Vectors = vectors.reshape(len(vectors), -1, placed.width).mean(axis=1)
    return means


def _splits(material: Material) -> dict[str, list[Any]]:
    from segue.cli.evaluate.asking import SCENARIOS
    from segue.training.playlists.questions import questions

    titles = {one.key: one.title for one in material.held}
    found: dict[str, list[Any]] = {"playlist": [], "title": [], "scenario": []}
    found |= {"seeds": [], "hidden": [], "hidden_unknown": []}
    corpus = material.corpus
    for scenario in SCENARIOS:
        for one in questions(material, scenario):
            found["playlist"].append(one.key)
            found["title"].append(titles[one.key])
            found["scenario"].append(scenario)
            found["seeds"].append(_ids(corpus, one.seeds))
            found["hidden"].append(_ids(corpus, one.hidden[one.hidden < len(corpus)]))
            found["hidden_unknown"].append(int((one.hidden >= len(corpus)).sum()))
    return found


def _ids(corpus: Corpus, rows: Rows) -> list[str]:
    return [corpus.ids[row] for row in rows.tolist()]


def _write(folder: Path, name: str, columns: dict[str, list[Any]]) -> str:
    import pyarrow as pa
    from pyarrow import parquet

    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(pa.table(columns), path)
    except OSError as error:
        raise UnavailableError(
            f"the export could not be written: {error.strerror}",
            where=str(path),
            remedy="Name another folder with --out",
        ) from error
    return name
