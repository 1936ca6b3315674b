"""Do the weights of the `text` space's fields agree with what people put together?

4,000 playlists of people name some 3,000 tracks of the real table. For every weighting, each of
these tracks is the seed, and the ten best of the others are judged by how often they stand in the
seed's playlists: the cosine of two tracks' playlists, on average over the ten and over the seeds.
Once all tracks count, once only those by other artists: naming the artist alone is easily good.

The shipped weights were chosen by hand while looking at such figures for half of the seeds. They
are a sensible start, not a fit: learning weights is a lens's business, on more playlists.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

import report
from segue import Segue
from segue.catalogue import corpus as catalogue_corpus
from segue.catalogue.tracks import by_outside_id
from segue.records import PlaylistRecord
from segue.sources.playlists import read_playlists
from segue.spaces.attributes import AttributesSpace
from segue.spaces.text import FieldWeights, TextSpace

if TYPE_CHECKING:
    from segue.snapshot import Corpus, Space
    from segue.types import Mask, Rows, Vectors

TOP = 10
WEIGHTINGS = {
    "shipped": FieldWeights(),
    "all alike": FieldWeights(1, 1, 1, 1, 1, 1, 1),
    "artist, genre and flag only": FieldWeights(album=0, title=0),
    "genre as an artist": FieldWeights(genre=1.0),
    "title as an album": FieldWeights(title=0.4),
    "without explicit": FieldWeights(explicit=0),
}


def main() -> None:
    """Judge every weighting and write ``results/text_weights.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    slices = report.shared("playlists/mpd")
    with tempfile.TemporaryDirectory() as folder, Segue.open(Path(folder) / "segue.db") as segue:
        segue.import_tracks(table)
        corpus = catalogue_corpus.load(segue.database)
        playlists = known_playlists(segue, corpus, slices)
    rows, together = cooccurrence(playlists)
    keys = [set(corpus.artist_keys[row]) for row in rows]
    same_artist = np.array([[bool(one & other) for other in keys] for one in keys])
    attributes = scores(AttributesSpace.build(corpus), rows)
    figures: dict[str, object] = {"playlists": len(playlists), "tracks": len(rows)}
    for name, weights in WEIGHTINGS.items():
        text = scores(TextSpace.build(corpus, weights=weights), rows)
        figures[name] = {
            "text": judged(text, together, same_artist),
            "hybrid": judged(0.6 * attributes + 0.4 * text, together, same_artist),
        }
    figures["attributes alone"] = {"attributes": judged(attributes, together, same_artist)}
    report.write("text_weights", figures, inputs=[table, slices])


def known_playlists(segue: Segue, corpus: Corpus, slices: Path) -> list[list[int]]:
    """Rows of the tracks we know, by playlist, where there are two or more."""
    row_of: dict[str, int | None] = {}
    found: list[list[int]] = []
    for playlist in read_playlists(slices):
        if not isinstance(playlist, PlaylistRecord):
            continue
        rows = set()
        for entry in playlist.entries:
            for outside in entry.outside_ids:
                name = f"{outside.scheme}:{outside.value}"
                if name not in row_of:
                    track_id = by_outside_id(segue.database, name)
                    row_of[name] = None if track_id is None else corpus.row_of[track_id]
                rows.add(row_of[name])
        rows.discard(None)
        if len(rows) > 1:
            found.append(sorted(row for row in rows if row is not None))
    return found


def cooccurrence(playlists: list[list[int]]) -> tuple[Rows, Vectors]:
    """The rows in any playlist, and the cosine of their playlists, 0 with themselves."""
    flat = np.concatenate([np.array(each) for each in playlists])
    rows, place = np.unique(flat, return_inverse=True)
    which = np.repeat(np.arange(len(playlists)), [len(each) for each in playlists])
    membership = csr_array((np.ones(len(flat)), (which, place)))
    shared = (membership.T @ membership).toarray()
    length = np.sqrt(np.diag(shared))
    together = shared / np.outer(length, length)
    np.fill_diagonal(together, 0.0)
    return rows, together


def scores(space: Space, rows: Rows) -> Vectors:
    """Likeness of all `rows` to each other."""
    return space.score([space.point(int(row)) for row in rows], rows=rows)


def judged(likeness: Vectors, together: Vectors, same_artist: Mask) -> dict[str, list[float]]:
    """Mean and standard error over the seeds: with all tracks, and with other artists only."""
    return {
        "all": _mean(likeness, together, np.eye(len(likeness), dtype=bool)),
        "other_artists": _mean(likeness, together, same_artist | np.eye(len(likeness), dtype=bool)),
    }


def _mean(likeness: Vectors, together: Vectors, without: Mask) -> list[float]:
    left = np.where(without, -np.inf, likeness)
    best = np.argsort(-left, axis=1, kind="stable")[:, :TOP]
    found = np.take_along_axis(together, best, axis=1).mean(axis=1)
    return [round(float(found.mean()), 4), round(float(found.std() / np.sqrt(len(found))), 4)]


if __name__ == "__main__":
    main()
