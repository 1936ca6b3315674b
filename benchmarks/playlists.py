"""How well playlists are continued: every method on a fixed split of real playlists.

Slices 0–3999 of the Million Playlist Dataset: 2,800 playlists to learn from, 400 to choose
parameters on, and, once all is chosen, 3,200 to learn from and 800 to be judged on. Then the same
with 6,038 followed playlists added to what is learned from, and tracks that stand in no playlist.

``--stages trial,cold`` does some of it and takes everything else, the chosen parameters too, from
the last result. All of it takes hours on a slow core, the search of parameters most of them.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import sys
import time
from dataclasses import asdict, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import report
from segue.evaluation.continuation import METRICS, interval_of
from segue.evaluation.continuation_report import ContinuationReport, differences, told
from segue.recommend.balanced import SHIPPED
from segue.recommend.lenses import BALANCED
from segue.snapshot import Trained
from segue.training.lenses import learn as lenses
from segue.training.playlists import cold, item2vec, material, tuning
from segue.training.playlists.preparing import METHODS, learn, prepare
from segue.training.playlists.trial import Trial, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.records import PlaylistRecord
    from segue.snapshot import Corpus
    from segue.training.playlists.material import Gathered, Material

NAME = "playlists"
SEED = 42
TRIES = {"together": 40, "factors": 16, "playlists": 10}
STAGES = ("weigh", "trial", "followed", "time", "cold")
"""Beside the search of parameters for each space of `TRIES`."""

PARTS = ("train", "validation", "test")
SCENARIOS = ("half", "5", "1", "title")
ADDED = ("together", "factors", "plain", "balanced", "balanced-selected")
"""Methods that are tried again with followed playlists added."""

PLACED = ("factors", "playlists", "artist", "text", "attributes")
"""Spaces that can place a track that stands in no playlist."""


def said(done: int, total: int | None, what: str) -> None:
    """Progress, on stderr."""
    if total is None or done == total or done % 100 == 0:
        print(f"{time.strftime('%H:%M:%S')} {done}/{total} {what}", file=sys.stderr, flush=True)


def choose(gathered: Gathered, parts: material.Split, space: str) -> dict[str, Any]:
    """Parameters of a space by the validation split."""

    def each(done: int, total: int | None, what: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {done}/{total} {what}", file=sys.stderr, flush=True)

    there = gathered.apart(parts.train, parts.validation)
    tuned = tuning.tune(there, space, tries=TRIES[space], seed=SEED, on_progress=each)
    return tuned.to_json()


def chosen(space: str, document: dict[str, Any]) -> Any:  # noqa: ANN401
    """Parameters of a space as its training takes them."""
    return replace(tuning.ORDINARY[space], **document[space]["parameters"])


def taught(corpus: Corpus, document: dict[str, Any]) -> Corpus:
    """`corpus` with what is learned by the chosen parameters."""
    parameters = {space: chosen(space, document) for space in tuning.CHOICES}
    corpus = learn(corpus, **parameters, seed=SEED, on_progress=said)
    if BALANCED not in document:
        return corpus
    weights = Trained("validation", document[BALANCED], {})
    return replace(corpus, trained={**corpus.trained, BALANCED: weights})


def weigh(gathered: Gathered, parts: material.Split, document: dict[str, Any]) -> dict[str, Any]:
    """Weights of the lens by the validation split, without and with what tables know."""
    there = gathered.apart(parts.train, parts.validation)
    corpus = taught(there.corpus, document)
    patterns = lenses.of_people(replace(there, corpus=corpus), on_progress=said)
    sentence = "These weights were learned from playlists of the Million Playlist Dataset"
    return {"origin": {"sentence": sentence}, "patterns": patterns}


def ship(document: dict[str, Any]) -> None:
    """Make the weights those that come with Segue, before what is set by hand for the rest."""
    path = files("segue.recommend") / SHIPPED
    before = json.loads(path.read_text(encoding="utf-8"))
    by_hand = [one for one in before["patterns"] if "origin" not in one]
    learned = [
        {**one, "origin": {"sentence": one["origin"]["sentence"]}} for one in document["patterns"]
    ]
    lines = ",\n".join(f"    {json.dumps(one, ensure_ascii=False)}" for one in [*learned, *by_hand])
    origin = json.dumps(before["origin"], ensure_ascii=False)
    Path(str(path)).write_text(
        f'{{\n  "origin": {origin},\n  "patterns": [\n{lines}\n  ]\n}}\n', encoding="utf-8"
    )


def trial(there: Material, document: dict[str, Any]) -> tuple[dict[str, Any], Trial]:
    """Every method, by chosen parameters; beside them each space by ordinary ones."""
    began = time.perf_counter()
    corpus = taught(there.corpus, document)
    untuned = prepare(learn(there.corpus, content=False, seed=SEED), tuple(tuning.CHOICES))
    prepared = prepare(corpus, METHODS, seed=SEED)
    methods = dict(prepared.methods)
    methods |= {f"{name} (ordinary)": method for name, method in untuned.methods.items()}
    grouped = replace(methods["balanced-selected"], per_artist=None)
    methods["balanced-grouped"] = grouped
    found = run(there, methods, scenarios=SCENARIOS, seed=SEED, on_progress=said)
    counts = np.bincount(corpus.playlists.rows, minlength=len(corpus))
    answer = ContinuationReport(
        source="800 playlists of the test part",
        learned_from="3,200 playlists of the Million Playlist Dataset",
        playlists=len(corpus.playlists),
        entries=len(corpus.playlists.rows),
        tracks=int(np.count_nonzero(counts)),
        counts=counts,
        found=found.found,
        asked=found.asked,
        unanswered=found.unanswered,
        seed=SEED,
        seconds=time.perf_counter() - began,
        notes=(*there.notes, *prepared.notes),
    )
    return answer.to_json(), found


def library(found: Trial) -> dict[str, Any]:
    """Item2vec with chosen parameters beside its library's defaults."""
    half = found.found["half"]
    return differences(half["playlists"], half["item2vec-library"], seed=SEED)


def timed(there: Material, document: dict[str, Any]) -> dict[str, Any]:
    """How long item2vec takes, by chosen parameters and by ordinary ones."""
    answer: dict[str, Any] = {"playlists": len(there.corpus.playlists)}
    for name, parameters in (
        ("chosen", chosen("playlists", document)),
        ("ordinary", tuning.ORDINARY["playlists"]),
    ):
        wall, cpu = time.perf_counter(), time.process_time()
        item2vec.fit(there.corpus, parameters, seed=SEED)
        answer[name] = {
            "seconds": round(time.perf_counter() - wall, 1),
            "processor_seconds": round(time.process_time() - cpu, 1),
            "parameters": asdict(parameters),
        }
    return answer


def again(there: Material, document: dict[str, Any]) -> Trial:
    """What the methods of `ADDED` find without anything added."""
    prepared = prepare(taught(there.corpus, document), ADDED, seed=SEED)
    return run(there, prepared.methods, scenarios=SCENARIOS, seed=SEED, on_progress=said)


def followed(
    before: Trial,
    document: dict[str, Any],
    records: Sequence[PlaylistRecord],
    more: Sequence[PlaylistRecord],
) -> dict[str, Any]:
    """The same playlists continued, with followed playlists added to what is learned from."""
    gathered = material.gather([*records, *more])
    parts = material.split([one.key for one in gathered.lists[: len(records)]])
    added = range(len(records), len(gathered.lists))
    there = gathered.apart([*parts.train, *parts.validation, *added], parts.test)
    prepared = prepare(taught(there.corpus, document), ADDED, seed=SEED)
    found = run(there, prepared.methods, scenarios=SCENARIOS, seed=SEED, on_progress=said)
    answer: dict[str, Any] = {
        "playlists": len(there.corpus.playlists),
        "tracks": len(there.corpus),
        "scenarios": {},
    }
    for scenario, methods in found.found.items():
        answer["scenarios"][scenario] = {
            name: {
                "metrics": {m: told(interval_of(each, m, seed=SEED)) for m in METRICS},
                "change": differences(each, before.found[scenario][name], seed=SEED),
            }
            for name, each in methods.items()
        }
    return answer


def unlisted(there: Material, document: dict[str, Any]) -> dict[str, Any]:
    """Tracks hidden entirely from what is learned from, by space."""
    from segue.spaces.registry import build_all

    hidden = cold.hide(there, seed=SEED)
    corpus = taught(hidden.corpus, document)
    spaces = build_all(corpus)
    names = [name for name in PLACED if spaces[name].placed.any()]
    found = cold.find(hidden, corpus, spaces, names)
    by_chance = cold.chance(hidden)
    rows = np.flatnonzero(hidden.hidden)
    return {
        "hidden_tracks": len(rows),
        "tracks": len(corpus),
        "playlists": len(hidden.questions),
        "placed": {name: float(spaces[name].placed[rows].mean()) for name in names},
        "recall_500": {
            among: {
                "chance": round(by_chance[among], 5),
                **{n: told(interval_of(f, "recall_500", seed=SEED)) for n, f in methods.items()},
            }
            for among, methods in found.items()
        },
    }


def measure(stages: list[str], inputs: list[Path]) -> None:
    """Do the stages in order; what each finds is written down beside what was found before."""
    lists, more, *tables = inputs
    read = material.read([lists], on_progress=said)
    gathered = material.gather(read.playlists, tables=tables, notes=read.notes)
    parts = material.split([one.key for one in gathered.lists])
    there = gathered.apart([*parts.train, *parts.validation], parts.test)
    found = None
    for stage in stages:
        document = {**last().get("chosen", {}), **last().get("weights", {})}
        new: dict[str, Any] = {"split": {n: len(getattr(parts, n)) for n in PARTS}}
        if stage in TRIES:
            tuned = choose(gathered, parts, stage)
            new["chosen"] = {**last().get("chosen", {}), stage: tuned}
        elif stage == "weigh":
            new["weights"] = {BALANCED: weigh(gathered, parts, document)}
            ship(new["weights"][BALANCED])
        elif stage == "trial":
            new["trial"], found = trial(there, document)
            new["item2vec_against_library"] = library(found)
        elif stage == "followed":
            others = material.read([more], on_progress=said).playlists
            before = found or again(there, document)
            new["followed"] = followed(before, document, read.playlists, others)
        elif stage == "time":
            new["item2vec_training"] = timed(there, document)
        elif stage == "cold":
            new["cold"] = unlisted(there, document)
        report.write(NAME, {**last(), **new}, inputs=inputs, seed=SEED)


def last() -> dict[str, Any]:
    """What was found before."""
    path = report.RESULTS / f"{NAME}.json"
    if not path.exists():
        return {}
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return figures


def main() -> None:
    """Measure, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stages", default=",".join((*TRIES, *STAGES)))
    stages = parser.parse_args().stages.split(",")
    if unknown := set(stages) - {*TRIES, *STAGES}:
        parser.error(f"no stage {unknown.pop()}; there are {', '.join((*TRIES, *STAGES))}")
    inputs = [
        report.shared("playlists/mpd"),
        report.shared("playlists/followed_6k"),
        report.shared("tracks/spotify_features_272k.parquet"),
        report.shared("tracks/spotify_tracks_114k.csv.gz"),
    ]
    measure(stages, inputs)


if __name__ == "__main__":
    main()
