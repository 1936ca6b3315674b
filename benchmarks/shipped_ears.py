"""The networks that ship with Segue, taught with invented music alone.

``draw`` renders tracks of many demo worlds, none of which is the one that `segue demo` makes, and
keeps their spectrograms: every artist has a style, a hand and instruments of its own, so there is
something to tell apart, and nobody's rights are touched. ``teach`` trains `sound` and `genre` on
them and writes them to ``src/segue/embedding/shipped``. Whether they help on real music is measured
by ``benchmarks/ears.py``, which writes its verdict into their manifests.

    python benchmarks/shipped_ears.py draw --work FOLDER [--tracks 2400]
    python benchmarks/shipped_ears.py teach --work FOLDER
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import hashlib
import json
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from segue.embedding.material import Material
from segue.embedding.windows import BANDS

FIRST_WORLD = 101
"""Its seed; `segue demo` makes world 42."""

ARTISTS, EACH = 120, 5
"""Of each world, and tracks of each artist."""

RATE = 22_050


def draw_world(seed: int, work: Path) -> int:
    """Draw the tracks of one world, unless that was done; how many there are."""
    import soxr

    from segue.descriptors.frames import Sound
    from segue.descriptors.mel import decibels
    from segue.embedding.windows import quantised
    from segue.sources.demo.rendering import render
    from segue.sources.demo.world import world

    listed = work / f"{seed}.json"
    if listed.exists():
        return len(json.loads(listed.read_text()))
    by_artist: dict[str, list[Any]] = {}
    for truth in world(seed).truth.values():
        if truth.record.artists:
            by_artist.setdefault(truth.record.artists[0], []).append(truth)
    rng = np.random.default_rng(seed)
    names = sorted(name for name, tracks in by_artist.items() if len(tracks) >= EACH)
    rows = []
    with (work / f"{seed}.u8").open("wb") as file:
        for name in rng.permutation(names)[:ARTISTS].tolist():
            for place in rng.permutation(len(by_artist[name]))[:EACH].tolist():
                truth = by_artist[name][place]
                samples, rate = render(truth)
                mono = soxr.resample(samples.mean(axis=0), rate, RATE).astype(np.float32)
                drawn = quantised(decibels(Sound(mono, rate=RATE).mel128))
                file.write(drawn.tobytes())
                rows.append([f"{seed}:{truth.id}", f"{seed}:{name}", truth.style, len(drawn)])
    listed.write_text(json.dumps(rows))
    return len(rows)


def material(work: Path) -> Material:
    """Everything that was drawn."""
    rows: list[list[Any]] = []
    spectrograms = []
    for listed in sorted(work.glob("*.json")):
        of_world = json.loads(listed.read_text())
        frames = np.fromfile(listed.with_suffix(".u8"), dtype=np.uint8).reshape(-1, BANDS)
        ends = np.cumsum([length for *_, length in of_world])
        spectrograms += np.split(frames, ends[:-1])
        rows += of_world
    digest = hashlib.sha256(json.dumps(rows).encode())
    for each in spectrograms:
        digest.update(each.tobytes())
    ids, artists, genres, _ = zip(*rows, strict=True)
    return Material(
        ids=ids,
        artists=artists,
        genres=genres,
        spectrograms=spectrograms,
        source=f"{len(list(work.glob('*.json')))} invented worlds",
        digest=digest.hexdigest(),
        labels=ids,
        synthetic=True,
    )


def teach(work: Path, spaces: list[str]) -> None:
    """Train the networks and put them where they ship from."""
    from segue.embedding.shelf import SHIPPED
    from segue.training.ears.learn import train_genre, train_sound
    from segue.training.ears.plan import Plan

    whole = material(work)
    print(f"{len(whole)} tracks by {len(set(whole.artists))} artists")
    plan = Plan(validation=0.1, refit=False, every=200)
    plans = {
        "sound": replace(plan, batch=(64, 4), steps=2000),
        "genre": replace(plan, steps=2000, start=SHIPPED / "sound"),
    }
    for space in spaces:
        train = train_sound if space == "sound" else train_genre
        learned = train(
            whole,
            out=SHIPPED / space,
            plan=plans[space],
            on_progress=lambda done, total, what: (
                print(f"{done}/{total} {what}", flush=True) if done % 100 == 0 else None
            ),
        )
        print(space, learned.manifest.metrics, f"{learned.seconds:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=["draw", "teach"])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--tracks", type=int, default=2400)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--spaces", nargs="+", default=["sound", "genre"])
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    if asked.step == "teach":
        teach(asked.work, asked.spaces)
        return
    worlds = range(FIRST_WORLD, FIRST_WORLD + -(-asked.tracks // (ARTISTS * EACH)))
    with get_context("spawn").Pool(asked.processes) as pool:
        for count in pool.starmap(draw_world, [(seed, asked.work) for seed in worlds], 1):
            print(f"{count} tracks drawn", flush=True)


if __name__ == "__main__":
    main()
