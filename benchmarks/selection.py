"""What selection does to answers, on real tracks and real playlists.

- **Hubs**: with every track of the real table of 114,000 rows as the seed of a ``hybrid`` answer of
  ten, what share of all rows the most recommended 1 % of tracks take, how many tracks are ever
  recommended, how often an artist comes in one answer, and the genre precision among rows by other
  artists; for the order of the scores, with grouping and caps, and with hubs stepping back.
- **Diversity against accuracy**: playlists of the Million Playlist Dataset that were held out, each
  asked by half of its tracks through ``balanced``: R-precision and recall of 50, and how unlike the
  first ten rows are, as the dial goes from 0 to 1; beside it other dials. Likeness is the lens's
  own score of two rows; diversity is 1 less the share of it that the likest way has.
- **Time**: choosing from 500 candidates on one thread, by the processor's clock.
- **Lenses**: the same by the default dials for single features, names of playlists, shared
  playlists and ``balanced``, over the table and the playlists together.

``--stages hubs,front,time,lenses`` does some of it and takes the rest from the last result;
``--every K`` asks only every K-th track of the table.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import json
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

import report
from hybrid import load
from segue.evaluation.pictures.diversity import front as drawn
from segue.evaluation.pictures.style import save
from segue.recommend.engine import Engine
from segue.recommend.selection import Selection
from segue.recommend.selection.alike import likenesses
from segue.records import UNSELECTED, Dials
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from segue.training.playlists import material
from segue.training.playlists.methods import Ranked
from segue.training.playlists.preparing import learn
from segue.training.playlists.questions import questions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.recommend.blending import Blend
    from segue.snapshot import Corpus
    from segue.training.playlists.questions import Question

SEED = 42
TOP = 10
STAGES = ("hubs", "front", "time", "lenses")
LENSES = ("hybrid", "mood", "titles", "together", "balanced")
WAYS: dict[str, Dials] = {
    "scores": UNSELECTED,
    "grouped and capped": Dials(hubs=0.0),
    "default": Dials(),
    "hubs 1": Dials(hubs=1.0),
}
DIVERSITY = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
ASKED = 60
LOOKED_AT = 1024
TARGET_SHARE, TARGET_ARTIST, TARGET_MS = 0.03, 2, 1.0


def main() -> None:
    """Measure, write ``results/selection.json`` and draw the front."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--every", type=int, default=1)
    given = parser.parse_args()
    stages = given.stages.split(",")
    figures: dict[str, Any] = {}
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    slices = report.shared("playlists/mpd")
    if "hubs" in stages or "time" in stages:
        corpus, _ = load(table)
        engine = Engine(Snapshot(corpus, build_all(corpus)))
        if "time" in stages:
            figures["time"] = timed(engine)
        if "hubs" in stages:
            figures["hubs"] = hubs(engine, every=given.every)
    if "front" in stages:
        figures["front"] = front(slices, table)
    if "lenses" in stages:
        figures["lenses"] = by_lens(slices, table)
    path = report.RESULTS / "selection.json"
    if path.exists():
        figures = {**json.loads(path.read_text(encoding="utf-8"))["figures"], **figures}
    figures["targets"] = {"share": TARGET_SHARE, "artist": TARGET_ARTIST, "ms": TARGET_MS}
    report.write("selection", figures, inputs=[table, slices], seed=SEED)
    if "front" in figures:
        picture = report.REPOSITORY / "docs" / "pictures" / "selection-front.png"
        save(drawn(figures["front"]["by_dial"]), picture)


def hubs(engine: Engine, *, every: int) -> dict[str, Any]:
    """Every way's answers to every track of the table."""
    corpus = engine.snapshot.corpus
    selection = Selection(corpus)
    seeds = range(0, len(corpus), every)
    counts = {name: np.zeros(len(corpus), dtype=np.int64) for name in WAYS}
    alike: dict[str, list[float]] = {name: [] for name in WAYS}
    artist = dict.fromkeys(WAYS, 0)
    for done, row in enumerate(seeds, start=1):
        found = answers(engine, selection, row)
        for name, rows in found.items():
            counts[name][rows] += 1
            artist[name] = max(artist[name], most_by_one(corpus, rows))
            share = of_the_genre(corpus, row, rows)
            if share is not None:
                alike[name].append(share)
        if done % 1000 == 0:
            print(f"{time.strftime('%H:%M:%S')} {done}/{len(seeds)}", file=sys.stderr, flush=True)
    return {
        "tracks": len(corpus),
        "seeds": len(seeds),
        "by_way": {
            name: {
                "share_of_the_top_percent": round(top_share(counts[name]), 4),
                "recommended": round(float((counts[name] > 0).mean()), 4),
                "most_often": int(counts[name].max()),
                "most_by_one_artist": artist[name],
                "genre_precision": round(float(np.mean(alike[name])), 4),
            }
            for name in WAYS
        },
    }


def answers(engine: Engine, selection: Selection, row: int) -> dict[str, list[int]]:
    """The ten rows of every way for one seed, from the same candidates."""
    corpus = engine.snapshot.corpus
    seed = engine.seed_of(corpus.ids[row])
    standing = engine.stand(seed)
    blend = engine.blend(engine.chosen("hybrid", standing), standing)
    deepest = max(selection.depth(TOP, dials) for dials in WAYS.values())
    rows, scores = engine.ranked(seed, n=deepest, lens="hybrid")
    taken = selection.recordings.versions(selection.recordings.of(row))
    return {
        name: chosen(selection, rows, scores, blend, dials, row=row, taken=taken)
        for name, dials in WAYS.items()
    }


def chosen(
    selection: Selection,
    rows: np.ndarray,
    scores: np.ndarray,
    blend: Blend,
    dials: Dials,
    *,
    row: int,
    taken: list[int],
) -> list[int]:
    """The rows of one way."""
    choices, _ = selection.choose(
        rows,
        scores,
        n=TOP,
        blend=blend,
        dials=dials,
        seed=str(row),
        taken=taken if dials.group else (),
    )
    return [choice.row for choice in choices]


def top_share(counts: np.ndarray) -> float:
    """The share of all rows that the most recommended 1 % of tracks take."""
    most = np.sort(counts)[::-1][: len(counts) // 100]
    return float(most.sum() / counts.sum())


def most_by_one(corpus: Corpus, rows: list[int]) -> int:
    """How often the artist that comes most often comes."""
    names = [name for row in rows for name in corpus.artist_keys[row]]
    return max((names.count(name) for name in names), default=0)


def of_the_genre(corpus: Corpus, seed: int, rows: list[int]) -> float | None:
    """Of the rows by other artists, the share with a genre of the seed; None of no rows."""
    mine, genres = set(corpus.artist_keys[seed]), set(corpus.genres[seed])
    others = [row for row in rows if not mine & set(corpus.artist_keys[row])]
    if not others or not genres:
        return None
    return sum(bool(genres & set(corpus.genres[row])) for row in others) / len(others)


def front(slices: Path, table: Path) -> dict[str, Any]:
    """Held-out playlists at every place of the dial, and beside it with other dials."""
    read = material.read([slices])
    gathered = material.gather(read.playlists, tables=[table])
    parts = material.split([one.key for one in gathered.lists])
    there = gathered.apart([*parts.train, *parts.validation], parts.test)
    corpus = learn(there.corpus, content=False, seed=SEED)
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    asked = questions(there, "half", seed=SEED)[:ASKED]
    by_dial = [Dials(diversity=dial) for dial in DIVERSITY]
    beside = {
        "hubs 0": Dials(hubs=0.0),
        "hubs 1": Dials(hubs=1.0),
        "variation 0.3": Dials(variation=0.3),
        "variation 1": Dials(variation=1.0),
    }
    found = continued(engine, asked, [*by_dial, *beside.values()])
    front = [
        {"diversity": dial, **each}
        for dial, each in zip(DIVERSITY, found[: len(DIVERSITY)], strict=True)
    ]
    rest = dict(zip(beside, found[len(DIVERSITY) :], strict=True))
    return {"playlists": len(asked), "by_dial": front, "beside": rest}


def continued(engine: Engine, asked: Sequence[Question], ways: list[Dials]) -> list[dict[str, Any]]:
    """Of each way: R-precision and recall of 50 by ``balanced``, and how unlike ten rows are.

    No artist is capped, as nobody caps the artists of a playlist.
    """
    ranked = Ranked(engine)
    selection = Selection(engine.snapshot.corpus)
    sums = np.zeros((len(ways), 3))
    count = 0
    for done, question in enumerate(asked, start=1):
        seed = ranked.seed(question)
        if seed is None or not engine.stands(seed, lens="balanced"):
            continue
        count += 1
        standing = engine.stand(seed)
        blend = engine.blend(engine.chosen("balanced", standing), standing)
        rows, scores = engine.ranked(seed, n=LOOKED_AT, lens="balanced")
        recordings = selection.recordings
        seeds = question.seeds.tolist()
        taken = [each for row in seeds for each in recordings.versions(recordings.of(row))]
        hidden = set(question.hidden.tolist())
        for place, dials in enumerate(ways):
            way = replace(dials, per_artist=None)
            n = max(50, len(hidden))
            found, _ = selection.choose(
                rows, scores, n=n, blend=blend, dials=way, seed=question.key, taken=taken
            )
            best = [choice.row for choice in found]
            near = likenesses(blend, np.array(best[:TOP], dtype=np.int64))
            sums[place] += (
                len(hidden & set(best[: len(hidden)])) / len(hidden),
                len(hidden & set(best[:50])) / len(hidden),
                float(near[~np.eye(len(near), dtype=np.bool_)].mean()),
            )
        if done % 10 == 0:
            print(f"{time.strftime('%H:%M:%S')} {done}/{len(asked)}", file=sys.stderr, flush=True)
    means = sums / max(count, 1)
    alone = float(means[:, 2].max())
    return [
        {
            "r_precision": round(precision, 4),
            "recall_50": round(recall, 4),
            "likeness": round(alike, 4),
            "intra_list_diversity": round(1.0 - alike / alone, 4) if alone else 0.0,
        }
        for precision, recall, alike in means.tolist()
    ]


def timed(engine: Engine) -> dict[str, Any]:
    """Milliseconds to choose ten of 500 candidates, by the dials."""
    corpus = engine.snapshot.corpus
    selection = Selection(corpus)
    rows_asked = np.random.default_rng(SEED).choice(len(corpus), 200, replace=False)
    ways = {**WAYS, "diversity 0.3": Dials(diversity=0.3), "everything": EVERYTHING}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for row in rows_asked.tolist():
        seed = engine.seed_of(corpus.ids[row])
        standing = engine.stand(seed)
        blend = engine.blend(engine.chosen("hybrid", standing), standing)
        rows, scores = engine.ranked(seed, n=500, lens="hybrid")
        for name, dials in ways.items():
            began = time.thread_time()
            chosen(selection, rows, scores, blend, dials, row=row, taken=[])
            taken[name].append(time.thread_time() - began)
    return {
        name: {
            "median_ms": round(1000 * float(np.median(each)), 3),
            "p95_ms": round(1000 * float(np.percentile(each, 95)), 3),
        }
        for name, each in taken.items()
    }


def by_lens(slices: Path, table: Path) -> dict[str, Any]:
    """Milliseconds to choose ten of 500 candidates by the default dials, lens by lens."""
    gathered = material.gather(material.read([slices]).playlists, tables=[table])
    last = len(gathered.lists) - 1
    corpus = gathered.apart(range(last), [last]).corpus
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    selection = Selection(corpus)
    spaces = engine.snapshot.spaces
    there = np.flatnonzero(spaces["together"].placed & spaces["attributes"].placed)
    asked = np.random.default_rng(SEED).choice(there, 60, replace=False).tolist()
    found: dict[str, Any] = {"tracks": len(corpus), "playlists": len(corpus.playlists)}
    for lens in LENSES:
        taken = []
        for row in asked:
            seed = engine.seed_of(corpus.ids[row])
            standing = engine.stand(seed)
            blend = engine.blend(engine.chosen(lens, standing), standing)
            rows, scores = engine.ranked(seed, n=500, lens=lens)
            began = time.thread_time()
            chosen(selection, rows, scores, blend, Dials(), row=row, taken=[])
            taken.append(time.thread_time() - began)
        found[lens] = {
            "median_ms": round(1000 * float(np.median(taken[1:])), 3),
            "p95_ms": round(1000 * float(np.percentile(taken[1:], 95)), 3),
        }
    return found


EVERYTHING = replace(Dials(), diversity=0.3, variation=0.3, per_album=1)


if __name__ == "__main__":
    main()
