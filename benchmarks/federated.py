"""Do several libraries that train together find more than each alone, and what does privacy cost?

The Million Playlist Dataset's slices, in the committed split, are five libraries: each playlist of
those learned from belongs to one of them. A tenth of all tracks is hidden entirely
(`segue.training.playlists.cold`), and playlists held out are asked for them from their other
tracks: among all tracks, and among the hidden alone.

``even``     whose a playlist is settles its number's digest
``taste``    libraries of different taste: playlists are parted by what is said of their tracks
``larger``   even, with 6,038 followed playlists beside those of ``even``: 3.2 times as many

Beside the space `federated` with the model trained by one library alone (the mean of the five), by
all in one place, by all together without noise and with ε = 8, 3 and 1 stand chance and the same
space without a model: the cosine of content. Everything was chosen on the validation playlists;
the test playlists are asked here for the first time.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import hashlib
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

import report
from segue.evaluation.continuation import Found, compare, interval_of
from segue.snapshot import Playlists, Trained
from segue.spaces import buckets
from segue.spaces.federated import FederatedModel, FederatedSpace
from segue.training.federated import files, merging, plan, steps
from segue.training.playlists import cold, material
from segue.training.playlists.methods import best

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from segue.snapshot import Corpus
    from segue.types import Floats, Rows

SEED = 42
LIBRARIES = 5
DELTA = plan.DELTA
PROMISES = (8.0, 3.0, 1.0)
METRICS = ("r_precision", "recall_50", "recall_500")
WORLDS = ("even", "taste", "larger")


def main() -> None:
    """Simulate, and write ``results/federated.json``."""
    parser = argparse.ArgumentParser(description="Five libraries train one model.")
    parser.add_argument("--only", choices=WORLDS, help="Measure one world, keep the others.")
    parser.add_argument("--validation", action="store_true", help="Print, asking what chooses.")
    asked = parser.parse_args()
    inputs = [
        report.shared("playlists/mpd"),
        report.shared("playlists/followed_6k"),
        report.shared("tracks/spotify_features_272k.parquet"),
        report.shared("tracks/spotify_tracks_114k.csv.gz"),
    ]
    path = report.RESULTS / "federated.json"
    figures = json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() else {}
    figures |= {"libraries": LIBRARIES, "delta": DELTA, "rounds": plan.ROUNDS}
    for world in (asked.only,) if asked.only else WORLDS:
        figures[world] = measured(world, inputs, validation=asked.validation)
        print(json.dumps(figures[world], indent=1), file=sys.stderr, flush=True)
    if not asked.validation:
        report.write("federated", figures, inputs=inputs, seed=SEED)


def measured(world: str, inputs: Sequence[Path], *, validation: bool) -> dict[str, Any]:
    """One world."""
    slices, more, *tables = inputs
    first = material.read([slices]).playlists
    added = material.read([more]).playlists if world == "larger" else ()
    gathered = material.gather([*first, *added], tables=tables)
    parts = material.split([one.key for one in gathered.lists[: len(first)]])
    extra = range(len(first), len(gathered.lists))
    learned = [*parts.train, *([] if validation else parts.validation), *extra]
    there = gathered.apart(learned, parts.validation if validation else parts.test)
    hidden = cold.hide(there, seed=SEED)
    homes = by_taste(hidden.corpus) if world == "taste" else evenly(hidden.corpus)
    libraries = [of_library(hidden.corpus, homes == home) for home in range(LIBRARIES)]
    return {
        "tracks": len(hidden.corpus),
        "hidden": int(hidden.hidden.sum()),
        "asked": len(hidden.questions),
        "playlists": [len(one.playlists) for one in libraries],
        **judged(hidden, libraries),
    }


def evenly(corpus: Corpus) -> Rows:
    """Whose each playlist is: a number of its digest."""
    digests = (hashlib.sha256(str(p).encode()).digest() for p in range(len(corpus.playlists)))
    return np.array([digest[0] % LIBRARIES for digest in digests])


def by_taste(corpus: Corpus) -> Rows:
    """The same by five means of what is said of playlists."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD

    lists = corpus.playlists
    owner = np.repeat(np.arange(len(lists)), np.diff(lists.starts))
    held = csr_array((np.ones(len(owner)), (owner, lists.rows)), shape=(len(lists), len(corpus)))
    table = buckets.of_rows(corpus, np.arange(len(corpus)))
    said = TruncatedSVD(16, random_state=SEED).fit_transform(held @ table)
    said /= np.maximum(np.linalg.norm(said, axis=1, keepdims=True), 1e-9)
    return np.asarray(KMeans(LIBRARIES, n_init=3, random_state=SEED).fit_predict(said))


def of_library(corpus: Corpus, mine: np.ndarray) -> Corpus:
    """A library that knows all tracks and its own playlists."""
    lists = corpus.playlists
    sizes = np.diff(lists.starts)
    kept = np.repeat(mine, sizes)
    starts = np.concatenate([[0], np.cumsum(sizes[mine])]).astype(np.int64)
    titles = tuple(title for title, own in zip(lists.titles, mine.tolist(), strict=True) if own)
    return replace(corpus, playlists=Playlists(titles, starts, lists.rows[kept]), trained={})


def judged(hidden: cold.Cold, libraries: Sequence[Corpus]) -> dict[str, Any]:
    """Every way of training, asked the same."""
    corpus = hidden.corpus
    open_plan = planned(None)
    began, busy = time.monotonic(), time.process_time()
    models: dict[str, FederatedModel] = {"federated": trained(libraries, open_plan)}
    spent = {
        "seconds": round(time.monotonic() - began, 1),
        "core_seconds": round(time.process_time() - busy, 1),
    }
    models["central"] = central(corpus, open_plan)
    for promise in PROMISES:
        models[f"epsilon_{promise:g}"] = trained(libraries, planned(promise))
    found = {name: asked(hidden, scores(corpus, model)) for name, model in models.items()}
    alone = [asked(hidden, scores(corpus, central(one, open_plan))) for one in libraries]
    found["alone"] = {among: mean([each[among] for each in alone]) for among in alone[0]}
    nothing = replace_weights(models["federated"])
    found["content"] = asked(hidden, scores(corpus, nothing))
    shuffled = np.random.default_rng(SEED).random(len(corpus))
    found["chance"] = asked(hidden, lambda _: shuffled)
    return {
        "training": spent,
        "directions": {name: model.weights.shape[1] for name, model in models.items()},
        "found": {
            among: {
                name: {metric: told(each[among], metric) for metric in METRICS}
                for name, each in found.items()
            }
            for among in (cold.ALL, cold.HIDDEN)
        },
        "above_alone": above(found, "alone"),
        "above_content": above(found, "content"),
    }


def planned(epsilon: float | None) -> plan.Plan:
    """A federation as `segue federate begin` plans it; the same one every time."""
    noisy = epsilon is not None
    return plan.Plan(
        federation=f"{SEED:016x}",
        rounds=plan.ROUNDS,
        dims=plan.NOISY_DIMS if noisy else plan.OPEN_DIMS,
        artists=plan.NOISY_ARTISTS if noisy else plan.OPEN_ARTISTS,
        releases=plan.NOISY_RELEASES if noisy else plan.OPEN_RELEASES,
        epsilon=epsilon,
        delta=DELTA if noisy else None,
    )


def trained(libraries: Sequence[Corpus], agreed: plan.Plan) -> FederatedModel:
    """Every round, through files as people would send them."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder) / "round-0.npz"
        files.write_round(at, plan.begun(agreed))
        for number in range(agreed.rounds):
            where = files.read_round(at)
            answers = []
            for place, library in enumerate(libraries):
                values = steps.moved(library, where.held, seed=SEED + 100 * number + place)
                made = plan.Update(
                    agreed.federation,
                    number,
                    where.digest,
                    f"{place:016x}",
                    agreed.noise(number),
                    values,
                )
                path = Path(folder) / f"update-{number}-{place}.npz"
                files.write_update(path, made, plan=agreed)
                answers.append(files.read_update(path))
            at = Path(folder) / f"round-{number + 1}.npz"
            files.write_round(at, merging.merged(where, answers))
        return merging.model(files.read_round(at).held)


def central(corpus: Corpus, agreed: plan.Plan) -> FederatedModel:
    """The same of all playlists in one place."""
    here = plan.begun(agreed)
    held = steps.profiles(corpus, agreed)
    for _ in range(agreed.rounds):
        here = merging.turned(here, steps.summed(held, here), noise=0.0, peers=1)
    return merging.model(here)


def replace_weights(model: FederatedModel) -> FederatedModel:
    """A model that learned nothing."""
    return replace(model, weights=model.weights[:, :0], strength=0.0)


def scores(corpus: Corpus, model: FederatedModel) -> Callable[[Rows], Floats]:
    """What the space says of all tracks, asked by a set of seeds."""
    state = {
        "features": buckets.VERSION,
        "artists": model.artists,
        "releases": model.releases,
        "strength": model.strength,
    }
    kept = Trained("", state, {"weights": model.weights, "scales": model.scales})
    space = FederatedSpace.build(replace(corpus, trained={"federated": kept}))

    def score(seeds: Rows) -> Floats:
        points = [point for row in seeds.tolist() if (point := space.point(row)) is not None]
        gathered = space.gather(points, weights=np.full(len(points), 1.0 / max(len(points), 1)))
        if gathered is None:
            return np.zeros(len(corpus))
        return np.where(space.placed, space.score([gathered])[0], -1.0).astype(np.float64)

    return score


def asked(hidden: cold.Cold, score: Callable[[Rows], Floats]) -> dict[str, Found]:
    """What is found of the hidden tracks, among all and among themselves."""
    found = {cold.ALL: Found(), cold.HIDDEN: Found()}
    for question in hidden.questions:
        given = score(question.seeds)
        for among, each in found.items():
            there = given if among == cold.ALL else np.where(hidden.hidden, given, -np.inf)
            ranking = best(np.array(there, dtype=np.float32), without=question.seeds)
            each.add(ranking, question.hidden, artists=hidden.corpus.artist_keys)
    return found


def mean(several: Sequence[Found]) -> Found:
    """Question by question the mean of what several found."""
    values = {m: np.mean([each.values[m] for each in several], axis=0).tolist() for m in METRICS}
    return Found(values, several[0].tops)


def told(found: Found, metric: str) -> list[float]:
    """A metric with its 95 % interval over playlists."""
    return ends(interval_of(found, metric, seed=SEED))


def above(found: Mapping[str, Mapping[str, Found]], base: str) -> dict[str, Any]:
    """How far each way is above another, on the same playlists."""
    return {
        among: {
            name: {m: ends(compare(each[among], found[base][among], m, seed=SEED)) for m in METRICS}
            for name, each in found.items()
            if name != base
        }
        for among in (cold.ALL, cold.HIDDEN)
    }


def ends(interval: Any) -> list[float]:  # noqa: ANN401 (an Interval)
    """Value, low and high."""
    return [round(float(each), 4) for each in (interval.value, interval.low, interval.high)]


if __name__ == "__main__":
    main()
