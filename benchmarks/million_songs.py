"""A catalogue of 1.2 million tracks: the real table of 114,000 rows, and invented ones beside it.

An invented track borrows a real row's genre, explicit flag, key, mode and time signature, and its
numbers, each moved a little. Its title is words of real titles, drawn as often as they come there;
its artist is invented from words of real names and has eight tracks on average, two in a hundred
have a guest. So words are as rare and as common as in the real table, and attributes lie as they
do there.

What an embedder would have heard is drawn too: a mixture of 2,000 clusters of 24 dimensions within
128, with noise in all of them; the ten windows of a track lie around it. Everything follows from
one seed.
"""

from __future__ import annotations

import csv
import gzip
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import insert, select

from segue import Segue
from segue.catalogue.database import Database, bump
from segue.catalogue.schema import standing, tracks, vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

TRACKS = 1_200_000
SEED = 42
DIMS, CLUSTERS, INTRINSIC = 128, 2_000, 24
WINDOWS = 10
SPREAD, NOISE, APART = 0.45, 0.02, 0.05
PER_ARTIST = 8
GUESTS = 0.02
SURPLUS = 1.002
LETTERS = np.array(list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
MOVED = {
    "danceability": 0.05,
    "energy": 0.05,
    "speechiness": 0.02,
    "acousticness": 0.05,
    "liveness": 0.05,
    "valence": 0.05,
}
AT_ONCE = 20_000


class Mixture:
    """Unit vectors of the mixture, block by block and always the same."""

    def __init__(self, *, seed: int = SEED) -> None:
        generator = np.random.default_rng(seed)
        self._seed = seed
        self._centres = generator.normal(size=(CLUSTERS, DIMS)).astype(np.float32)
        self._centres /= np.linalg.norm(self._centres, axis=1, keepdims=True)
        basis = generator.normal(size=(CLUSTERS // 50, INTRINSIC, DIMS)).astype(np.float32)
        self._bases = basis / np.linalg.norm(basis, axis=2, keepdims=True)

    def block(self, number: int, count: int = AT_ONCE) -> np.ndarray:
        """Unit vectors of a block, shape (count, DIMS), float32."""
        generator = np.random.default_rng((self._seed, number))
        cluster = generator.integers(CLUSTERS, size=count)
        inner = generator.normal(size=(count, INTRINSIC)).astype(np.float32)
        found = self._centres[cluster]
        for each in range(len(self._bases)):
            here = cluster % len(self._bases) == each
            found[here] += inner[here] @ self._bases[each] * (SPREAD / INTRINSIC**0.5)
        found += generator.normal(size=found.shape).astype(np.float32) * NOISE
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def blocks(self, count: int) -> Iterator[np.ndarray]:
        """Blocks of `count` vectors in all."""
        for first in range(0, count, AT_ONCE):
            yield self.block(first // AT_ONCE, min(AT_ONCE, count - first))


def invented(table: Path, out: Path, *, count: int) -> None:
    """Write `count` invented rows in the columns of the real table."""
    with gzip.open(table, "rt", encoding="utf-8", newline="") as file:
        real = list(csv.DictReader(file))
    generator = np.random.default_rng(SEED)
    title_words = np.array([w for row in real for w in row["track_name"].split()], dtype=object)
    name_words = np.array([w for row in real for w in row["artists"].split()], dtype=object)
    lengths = np.array([max(1, len(row["track_name"].split())) for row in real])
    names = [
        " ".join(words).replace(";", "")
        for words in generator.choice(name_words, size=(count // PER_ARTIST, 2))
    ]
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(real[0]))
        writer.writeheader()
        for first in range(0, count, AT_ONCE):
            block = min(AT_ONCE, count - first)
            like = generator.integers(len(real), size=block)
            artist = generator.integers(len(names), size=block)
            guest = generator.integers(len(names), size=block)
            guest[generator.random(block) >= GUESTS] = -1
            long = lengths[generator.integers(len(real), size=block)]
            words = title_words[generator.integers(len(title_words), size=int(long.sum()))]
            ends = np.cumsum(long)
            ids = LETTERS[generator.integers(len(LETTERS), size=(block, 22))]
            moved = {name: generator.normal(scale=much, size=block) for name, much in MOVED.items()}
            tempo, loud = generator.normal(scale=(2.0, 0.5), size=(block, 2)).T
            seconds = generator.integers(-20_000, 20_000, size=block)
            album = generator.integers(3, size=block)
            for each in range(block):
                row = dict(real[like[each]])
                row[""] = str(first + each)
                row["track_id"] = "".join(ids[each])
                by = names[artist[each]]
                row["artists"] = by if guest[each] < 0 else f"{by};{names[guest[each]]}"
                row["album_name"] = f"{names[(artist[each] * 7 + album[each]) % len(names)]}"
                row["track_name"] = " ".join(words[ends[each] - long[each] : ends[each]])
                for name in MOVED:
                    value = float(row[name] or 0.5) + moved[name][each]
                    row[name] = f"{min(1.0, max(0.0, value)):.4f}"
                row["tempo"] = f"{max(0.0, float(row['tempo'] or 120.0) + tempo[each]):.3f}"
                row["loudness"] = f"{float(row['loudness'] or -8.0) + loud[each]:.3f}"
                row["duration_ms"] = str(max(20_000, int(row["duration_ms"]) + seconds[each]))
                writer.writerow(row)


def heard(db: Database) -> int:
    """Give every track of a catalogue windows of the mixture, in the space `sound`."""
    mixture = Mixture()
    with db.read() as connection:
        keys = list(connection.execute(select(tracks.c.id).order_by(tracks.c.id)).scalars())
    place = {"space": "sound", "version": "mixture", "numbers": "float16", "width": DIMS}
    with db.write() as connection:
        row = {"space": "sound", "version": "mixture", "unproven": False, "since": time.time()}
        connection.execute(insert(standing), row)
        for number, units in enumerate(mixture.blocks(len(keys))):
            generator = np.random.default_rng((SEED, 1, number))
            around = generator.normal(scale=APART, size=(len(units), WINDOWS, DIMS))
            data = (units[:, np.newaxis] + around.astype(np.float32)).astype("<f2")
            mine = keys[number * AT_ONCE : number * AT_ONCE + len(units)]
            rows = [
                {**place, "track_id": key, "data": each.tobytes()}
                for key, each in zip(mine, data, strict=True)
            ]
            connection.execute(insert(vectors), rows)
        bump(connection)
    return len(keys)


def make(table: Path, database: Path, *, count: int = TRACKS) -> None:
    """Fill a fresh catalogue: the real table, invented rows up to `count`, and their windows."""
    rows = database.with_suffix(".csv")
    with Segue.open(database) as segue:
        segue.import_tracks(table)
        # A few are the same songs by chance and become one track.
        invented(table, rows, count=round((count - _held(segue.database)) * SURPLUS))
        segue.import_tracks(rows)
        heard(segue.database)
    rows.unlink(missing_ok=True)


def _held(db: Database) -> int:
    with db.read() as connection:
        return len(list(connection.execute(select(tracks.c.id)).scalars()))


if __name__ == "__main__":
    import sys

    make(Path(sys.argv[1]), Path(sys.argv[2]), count=int(sys.argv[3]))
