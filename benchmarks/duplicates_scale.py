"""What comparing the fingerprints of 50,000 files of two minutes costs.

Fingerprints are made from pieces of real ones, some bits turned throughout each, so that they
change as music does and share numbers by chance at least as often as real clips (both rates are
told); 2,500 of the files are copies. All goes through a catalogue, as after analysis; then a
hundred files more come in::

    python benchmarks/duplicates_scale.py
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import copies
import report
from segue.audio.fingerprint import fingerprint
from segue.catalogue import compared, recordings
from segue.catalogue.database import open_database
from segue.jobs.comparing import compare
from segue.records import Recording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.audio.fingerprint import Fingerprint
    from segue.catalogue.database import Database

FILES, COPIED, LATER = 50_000, 2_500, 100
LENGTH = 948
"""Numbers of two minutes."""

TURNED = 0.12
"""Share of the 32 bits that are turned in a piece."""

PIECES = (32, 200)
"""Numbers in a piece."""


def made_up(prints: Sequence[Fingerprint], rng: np.random.Generator) -> Fingerprint:
    """Two minutes of pieces of real fingerprints, each with some bits turned throughout."""
    parts, length = [], 0
    while length < LENGTH:
        source = prints[rng.integers(len(prints))]
        count = int(rng.integers(*PIECES))
        first = int(rng.integers(0, max(1, len(source) - count)))
        mask = np.packbits(rng.random(32) < TURNED).view(">u4")[0].astype(np.uint32)
        parts.append(source[first : first + count] ^ mask)
        length += len(parts[-1])
    return np.concatenate(parts)[:LENGTH]


def worn(numbers: Fingerprint, rng: np.random.Generator) -> Fingerprint:
    """A copy that begins up to 10 s later, with 4 bits in 100 turned."""
    cut = numbers[int(rng.integers(0, 80)) :]
    noise = np.packbits(rng.random((len(cut), 32)) < 0.04, axis=1).view(">u4").ravel()
    return cut ^ noise.astype(np.uint32)


def shared(prints: Sequence[Fingerprint]) -> float:
    """Numbers that a pair of files has in common by chance, as a share of pairs of numbers."""
    keys = np.unique(
        np.concatenate(
            [
                each.astype(np.uint64) << np.uint64(32) | np.uint64(n)
                for n, each in enumerate(prints)
            ]
        )
    )
    _, counts = np.unique(keys >> np.uint64(32), return_counts=True)
    return float((counts * (counts - 1) // 2).sum() / (len(keys) ** 2 / 2))


def scale(prints: Sequence[Fingerprint], folder: Path) -> dict[str, Any]:
    """A catalogue of many files compared for the first time, and again when some more come."""
    rng = np.random.default_rng(copies.SEED)
    songs = [made_up(prints, rng) for _ in range(FILES - COPIED)]
    pairs = rng.permutation(len(songs))[:COPIED].tolist()
    every = [*songs, *(worn(songs[row], rng) for row in pairs)]
    later = [worn(songs[row], rng) for row in rng.permutation(len(songs))[:LATER].tolist()]
    chance = shared(songs[:1000])
    with open_database(folder / "scale.db") as db:
        fill(db, every, first=0)
        del songs, every
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began, cpu = time.perf_counter(), time.process_time()
        done = compare(db)
        took, busy = time.perf_counter() - began, time.process_time() - cpu
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with db.read() as connection:
            met = {(p.first, p.second) for p in compared.pairs(connection)}
        wanted = {(named(row), named(FILES - COPIED + n)) for n, row in enumerate(pairs)}
        fill(db, later, first=FILES)
        cpu = time.process_time()
        more = compare(db)
        again = time.process_time() - cpu
    return {
        "files": FILES,
        "numbers a file": LENGTH,
        "processor seconds": round(busy, 1),
        "seconds": round(took, 1),
        "peak megabytes beyond what was held": round((most - before) / 1024),
        "peak megabytes": round(most / 1024),
        "copies found": [len(wanted & met), COPIED],
        "false pairs": len(met - wanted),
        "compared": done.compared,
        "chance of a shared number": chance,
        "chance among real clips": shared(prints),
        "files that come later": LATER,
        "of them found": more.matches,
        "their processor seconds": round(again, 1),
    }


def named(number: int) -> str:
    return f"{number:08d}"


def fill(db: Database, prints: Sequence[Fingerprint], *, first: int) -> None:
    """Recordings with these fingerprints, as the second pass of analysis leaves them."""
    with db.write() as connection:
        for number, each in enumerate(prints, start=first):
            heard = Recording(200.0, -10.0, 5.0, -1.0, b"", 1.0, each.astype("<u4").tobytes())
            name = named(number)
            recordings.put(connection, content_hash=name, version="1", recording=heard)


def main() -> None:
    pack = report.shared("audio")
    heard = (copies.sound(pack / row["path"]) for row in copies.clips())
    prints = [fingerprint(audio, rate=rate) for audio, rate in heard]
    with tempfile.TemporaryDirectory(prefix="segue-scale-") as folder:
        figures = scale(prints, Path(folder))
    inputs = [report.shared("audio/labels.csv")]
    report.write("duplicates_scale", figures, inputs=inputs, seed=copies.SEED)


if __name__ == "__main__":
    main()
