"""A catalogue of 1.2 million tracks: the real table of 114,000 rows, and invented ones beside it.

An invented track borrows a real row's genre, explicit flag, key, mode and time signature, and its
numbers, each moved a little. Its title is words of real titles, drawn as often as they come there;
its artist is invented from words of real names and has eight tracks on average, on three albums;
two in a hundred have a guest. So words are as rare and as common as in the real table, and
attributes lie as they do there.

What an embedder would have heard is drawn too: a mixture of 2,000 clusters of 24 dimensions within
128, with noise in all of them; the two windows of a track lie around it. Everything follows from
one seed.
"""

from __future__ import annotations

import csv
import gzip
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, insert, select

from segue import Segue
from segue.catalogue.database import Database, bump
from segue.catalogue.schema import albums, standing, tracks, vectors
from segue.names import artist_key, title_key

if TYPE_CHECKING:
    from collections.abc import Iterator

TRACKS = 1_200_000
SEED = 42
DIMS, CLUSTERS, INTRINSIC = 128, 2_000, 24
WINDOWS, DRAWN = 2, 997
SPREAD, NOISE, APART = 0.45, 0.02, 0.05
PER_ARTIST = 8
GUESTS = 0.02
ALBUMS = 3
LETTERS = np.array(list("0123456789abcdefghijklmnopqrstuvwxyz"))
NUMBERS = (
    "danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness",
    "valence", "loudness", "tempo", "duration_ms",
)  # fmt: skip
MOVED = (0.05, 0.05, 0.02, 0.05, 0.0, 0.05, 0.05, 0.5, 2.0, 10_000.0)
BOUNDED, ATTRIBUTES, DURATION = slice(0, 7), 9, 9
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


class Invented:
    """Rows of invented tracks for the tables of a catalogue, block by block."""

    def __init__(self, table: Path, *, count: int) -> None:
        with gzip.open(table, "rt", encoding="utf-8", newline="") as file:
            self._real = list(csv.DictReader(file))
        self._generator = generator = np.random.default_rng(SEED)
        words = [w for row in self._real for w in row["track_name"].split()]
        self._words = np.array(words, dtype=object)
        self._long = np.array([max(1, len(row["track_name"].split())) for row in self._real])
        given = np.array([[float(row[name] or 0) for name in NUMBERS] for row in self._real])
        self._numbers = given
        parts = np.array([w for row in self._real for w in row["artists"].split()], dtype=object)
        pairs = generator.choice(parts, size=(count // PER_ARTIST, 2))
        self.names = [" ".join(pair).replace(";", "") for pair in pairs]
        self.keys = [artist_key(name) for name in self.names]

    def albums(self, first: int) -> Iterator[tuple[int, str, str]]:
        """Rows of albums, three by each artist, numbered from `first`."""
        for number in range(ALBUMS * len(self.names)):
            title = self.names[(number * 7 + 1) % len(self.names)]
            yield first + number, title, f"{number} | {self.keys[number // ALBUMS]}"

    def block(self, first: int, size: int, *, album: int) -> dict[str, list[tuple[object, ...]]]:
        """Rows by table of tracks numbered from `first`; albums are numbered from `album`."""
        generator = self._generator
        like = generator.integers(len(self._real), size=size)
        by = generator.integers(len(self.names), size=size)
        guest = generator.integers(len(self.names), size=size)
        guest[generator.random(size) >= GUESTS] = -1
        long = self._long[generator.integers(len(self._real), size=size)]
        words = self._words[generator.integers(len(self._words), size=int(long.sum()))]
        ends = np.cumsum(long)
        letters = LETTERS[generator.integers(len(LETTERS), size=(size, 15))]
        on = album + by * ALBUMS + generator.integers(ALBUMS, size=size)
        moved = self._numbers[like] + generator.normal(size=(size, len(NUMBERS))) * MOVED
        moved[:, BOUNDED] = np.clip(moved[:, BOUNDED], 0.0, 1.0)
        seconds = np.maximum(moved[:, DURATION] / 1000, 20.0)
        rows: dict[str, list[tuple[object, ...]]] = {"tracks": [], "attributes": []}
        for each in range(size):
            number, row = first + each, self._real[like[each]]
            title = " ".join(words[ends[each] - long[each] : ends[each]])
            credit, key = self.names[by[each]], self.keys[by[each]]
            if guest[each] >= 0:
                credit = f"{credit}; {self.names[guest[each]]}"
            public, explicit = "i" + "".join(letters[each]), row["explicit"] == "True"
            track = (number, public, title, credit, title_key(title), key, int(on[each]))
            known = (float(seconds[each]), explicit, float(row["popularity"]))
            rows["tracks"].append((*track, *known))
            numbers = moved[each, :ATTRIBUTES].tolist()
            rest = (int(row["key"]), int(row["mode"]), int(row["time_signature"]))
            rows["attributes"].append((number, *numbers, *rest))
        rows["genres"] = [
            (first + each, self._real[row]["track_genre"]) for each, row in enumerate(like)
        ]
        return rows


def invent(db: Database, table: Path, *, count: int) -> None:
    """Add `count` invented tracks to a catalogue that holds the real table."""
    with db.write() as connection:
        songs = Invented(table, count=count)
        album = int(connection.execute(select(func.max(albums.c.id))).scalar_one()) + 1
        track = int(connection.execute(select(func.max(tracks.c.id))).scalar_one()) + 1
        connection.exec_driver_sql(
            "INSERT INTO albums (id, title, key) VALUES (?, ?, ?)", list(songs.albums(album))
        )
        genres = dict(connection.exec_driver_sql("SELECT name, id FROM genres").all())
        for start in range(0, count, AT_ONCE):
            size = min(AT_ONCE, count - start)
            rows = songs.block(track + start, size, album=album)
            connection.exec_driver_sql(_TRACKS, rows["tracks"])
            connection.exec_driver_sql(_ATTRIBUTES, rows["attributes"])
            said = [(number, genres[name]) for number, name in rows["genres"]]
            connection.exec_driver_sql(_GENRES, said)
        bump(connection)


_TRACKS = (
    "INSERT INTO tracks (id, public_id, title, credit, title_key, artist_key, album_id, duration, "
    "explicit, popularity, synthetic, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0)"
)
_ATTRIBUTES = (
    "INSERT INTO attributes (track_id, provenance, danceability, energy, speechiness, "
    "acousticness, instrumentalness, liveness, valence, loudness, tempo, key, mode, "
    "time_signature) VALUES (?, 'given', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_GENRES = "INSERT INTO track_genres (track_id, genre_id) VALUES (?, ?)"


def heard(db: Database) -> int:
    """Give every track of a catalogue windows of the mixture, in the space `sound`."""
    mixture = Mixture()
    with db.read() as connection:
        keys = list(connection.execute(select(tracks.c.id).order_by(tracks.c.id)).scalars())
    place = {"space": "sound", "version": "mixture", "numbers": "float16", "width": DIMS}
    with db.write() as connection:
        row = {"space": "sound", "version": "mixture", "unproven": False, "since": time.time()}
        connection.execute(insert(standing), row)
        generator = np.random.default_rng((SEED, 1))
        drawn = generator.normal(scale=APART, size=(DRAWN, WINDOWS, DIMS)).astype(np.float32)
        for number, units in enumerate(mixture.blocks(len(keys))):
            around = drawn[generator.integers(DRAWN, size=len(units))]
            data = (units[:, np.newaxis] + around).astype("<f2")
            mine = keys[number * AT_ONCE : number * AT_ONCE + len(units)]
            rows = [
                {**place, "track_id": key, "data": each.tobytes()}
                for key, each in zip(mine, data, strict=True)
            ]
            connection.execute(insert(vectors), rows)
        bump(connection)
    return len(keys)


def make(table: Path, database: Path, *, count: int = TRACKS) -> None:
    """Fill a fresh catalogue: the real table, invented tracks up to `count`, and their windows.

    The real table comes in by the front door. Invented tracks are put beside them: an import would
    take them too, but in an hour.
    """
    with Segue.open(database) as segue:
        segue.import_tracks(table)
        invent(segue.database, table, count=count - _held(segue.database))
        heard(segue.database)


def _held(db: Database) -> int:
    with db.read() as connection:
        return len(list(connection.execute(select(tracks.c.id)).scalars()))


if __name__ == "__main__":
    import sys

    make(Path(sys.argv[1]), Path(sys.argv[2]), count=int(sys.argv[3]))
