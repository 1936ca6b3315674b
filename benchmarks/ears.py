"""How well networks hear, on Emotify: artist-disjoint folds, three seeds, baselines beside.

Every network is taught on the training part of a fold and judged on the test part, by clips of
artists it never heard. ``hear`` decodes and describes the clips, and altered versions of some;
``teach`` trains every network of every fold and seed, and keeps what it makes of the test part
(run it twice at once with --part 0/2 and 1/2 to use two cores); ``judge`` writes
``benchmarks/results/ears.json`` and pictures. Everything lies in --work, and what is there is not
done again.

    python benchmarks/ears.py hear  --work FOLDER
    python benchmarks/ears.py teach --work FOLDER [--part 0/2] [--methods NAME ...]
    python benchmarks/ears.py speed --work FOLDER
    python benchmarks/ears.py verdict --work FOLDER
    python benchmarks/ears.py judge --work FOLDER

``verdict`` judges what ships (``benchmarks/shipped_ears.py``) on all clips together, none of which
it has heard, as a library's own networks are judged, and writes that into its manifest.

Three folds, because of ten neighbours by other artists there must be ten: a perfect space reaches a
genre P@10 of .995 in galleries of a hundred clips, and of .68 in galleries of sixty.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
import itertools
import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import report
from altered import heard, heard_altered
from segue.audio.altering import ALTERATIONS
from segue.descriptors.extract import COLUMNS, PIPELINES
from segue.embedding.material import Material
from segue.embedding.windows import BANDS, COUNT
from segue.evaluation import baselines, seeds
from segue.evaluation.pictures import ears as pictures
from segue.evaluation.retrieval import Gallery, cosines, units
from segue.evaluation.splits import folds as parted
from segue.spaces.descriptors import standardised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from torch import nn

    from segue.embedding.embedder import Embedder
    from segue.evaluation.retrieval import Retrieval
    from segue.evaluation.splits import Folds
    from segue.training.ears.plan import Plan
    from segue.types import Floats, Rows

FOLDS = 3
SPLIT_SEED = 42
SEEDS = (1, 2, 3)
ALTERED = 60
STEPS = 450

PICTURES = report.REPOSITORY / "docs" / "pictures"


class Pack:
    """The clips, as ``hear`` left them."""

    def __init__(self, work: Path) -> None:
        kept = np.load(work / "heard.npz")
        self.paths: list[str] = kept["paths"].tolist()
        self.artists: list[str] = kept["artists"].tolist()
        self.genres: list[str] = kept["genres"].tolist()
        self.raw: Floats = kept["raw"]
        self.spectrograms = np.split(kept["frames"], np.cumsum(kept["lengths"])[:-1])
        self.rows: Rows = kept["altered_rows"]
        self.altered_raw = {name: kept[f"raw_{name}"] for name in ALTERATIONS}
        self.altered = {
            name: np.split(kept[f"frames_{name}"], np.cumsum(kept[f"lengths_{name}"])[:-1])
            for name in ALTERATIONS
        }
        classes = np.unique(self.genres, return_inverse=True)[1].astype(np.float64)
        self.folds = parted(
            len(self.paths), count=FOLDS, seed=SPLIT_SEED, artists=self.artists, classes=classes
        )

    def material(self, rows: Rows) -> Material:
        """Some clips, to learn from."""
        whole = Material(
            ids=tuple(self.paths),
            artists=tuple(self.artists),
            genres=tuple(self.genres),
            spectrograms=self.spectrograms,
            source="Emotify",
            digest="",
            labels=tuple(self.paths),
            synthetic=False,
        )
        return whole.at(rows)


def hear(work: Path) -> None:
    """Decode and describe every clip, and `ALTERED` of them altered."""
    pack = report.shared("audio")
    with (pack / "labels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["path"].startswith("emotify/")]
    paths = [pack / row["path"] for row in rows]
    raw, drawn = zip(*(heard(path) for path in paths), strict=True)
    kept: dict[str, Any] = {
        "paths": [row["path"] for row in rows],
        "artists": [row["artist"] for row in rows],
        "genres": [row["genre"] for row in rows],
        "raw": np.array(raw),
        "frames": np.concatenate(drawn),
        "lengths": [len(each) for each in drawn],
    }
    some = np.sort(np.random.default_rng(SPLIT_SEED).permutation(len(rows))[:ALTERED])
    kept["altered_rows"] = some
    for name in ALTERATIONS:
        raw, drawn = zip(*(heard_altered(paths[row], name) for row in some), strict=True)
        kept[f"raw_{name}"] = np.array(raw)
        kept[f"frames_{name}"] = np.concatenate(drawn)
        kept[f"lengths_{name}"] = [len(each) for each in drawn]
        print(name, "heard", flush=True)
    work.mkdir(parents=True, exist_ok=True)
    np.savez(work / "heard.npz", **kept)


# -- teaching ---------------------------------------------------------------------------------


def methods() -> dict[str, tuple[str, Plan]]:
    """Every network: which space, and how it is taught; transfer comes after what it starts from.

    Nobody is held back within a fold: how long to learn was settled beforehand.
    """
    from segue.embedding.shelf import SHIPPED
    from segue.training.ears.plan import Plan

    plan = Plan(steps=STEPS, validation=0.0, every=100)
    shipped = SHIPPED / "sound"
    return {
        "sound": ("sound", plan),
        "contrastive": ("sound", replace(plan, loss="contrastive")),
        "genre_specified": ("genre", replace(plan, steps=700, optimizer="sgd", mixed=0.0)),
        "genre": ("genre", replace(plan, steps=700, start=shipped)),
        "from_shipped": ("sound", replace(plan, start=shipped)),
        "from_genre": ("sound", replace(plan, start=Path("genre_specified"))),
        "multi_similarity": ("sound", replace(plan, loss="multi-similarity")),
        "nt_xent": ("sound", replace(plan, loss="nt-xent")),
        "by_track": ("sound", replace(plan, positives="track", loss="nt-xent")),
    }


def teach(work: Path, part: str, only: list[str]) -> None:
    """Train what is not there yet of this part of all runs, or of those of some methods."""
    pack = Pack(work)
    which, parts = map(int, part.split("/"))
    runs = list(itertools.product(only or methods(), SEEDS, range(FOLDS)))
    # Whoever starts from a genre network finds it in the same part.
    mine = [run for run in runs if (run[1] * FOLDS + run[2]) % parts == which]
    for method, seed, fold in mine:
        path = work / f"{method}-{seed}-{fold}.npz"
        if not path.exists():
            began = time.monotonic()
            _one(pack, work, path, method=method, seed=seed, fold=fold)
            print(f"{path.stem} {time.monotonic() - began:.0f} s", flush=True)


def _one(pack: Pack, work: Path, path: Path, *, method: str, seed: int, fold: int) -> None:
    """Teach one network, and keep what it makes of the test part and of altered clips in it."""
    import torch

    from segue.training.ears.learn import fitted
    from segue.training.ears.lessons import genre_lesson, sound_lesson

    space, plan = methods()[method]
    plan = replace(plan, seed=seed)
    start = None
    if method == "from_genre":
        plan = replace(plan, start=None)
        start = torch.load(work / f"genre_specified-{seed}-{fold}.pt", weights_only=True)
    train, test = pack.folds[fold]
    lesson = (genre_lesson if space == "genre" else sound_lesson)(pack.material(train), plan)
    _, network = fitted(replace(lesson, trunk=start))
    if method == "genre_specified":
        trunk = {
            name.removeprefix("trunk."): value
            for name, value in network.state_dict().items()
            if name.startswith("trunk.")
        }
        torch.save(trunk, work / f"{method}-{seed}-{fold}.pt")
    kept = {"windows": _embedded(network, [pack.spectrograms[row] for row in test], space)}
    mine = np.flatnonzero(np.isin(pack.rows, test))
    for name in ALTERATIONS:
        drawn = [pack.altered[name][place] for place in mine]
        kept[f"windows_{name}"] = _embedded(network, drawn, space)
    if space == "genre":
        kept["logits"] = _embedded(
            network, [pack.spectrograms[row] for row in test], space, which=1
        )
        kept["labels"] = np.array(lesson.genres)
    np.savez(path, **kept)


def _embedded(network: nn.Module, drawn: Sequence[Any], space: str, which: int = 0) -> Floats:
    """Windows of clips, shape (clips, windows, width); each of length 1 unless they are logits."""
    import torch

    from segue.training.ears.batches import Clips
    from segue.training.ears.tasks import embedded

    if not drawn:
        return np.zeros((0, COUNT, 1), dtype=np.float32)
    clips = Clips(drawn, torch.device("cpu"))
    made = embedded(network, clips, np.arange(len(drawn)), which=which)
    if which or space == "sound":
        return made
    return made / np.linalg.norm(made, axis=2, keepdims=True)


# -- speed ------------------------------------------------------------------------------------


def speed(work: Path) -> None:
    """Windows a second and core, by processor time.

    The best of all goes so far: other programs on a machine only ever make it slower.
    """
    import torch

    from segue.descriptors.frames import Sound
    from segue.embedding.embedder import Embedder
    from segue.embedding.shelf import SHIPPED
    from segue.training.ears.learn import trainer
    from segue.training.ears.lessons import sound_lesson

    pack = Pack(work)
    torch.set_num_threads(1)
    plan = methods()["sound"][1]
    loop = trainer(sound_lesson(pack.material(pack.folds[0][0]), plan))
    for _ in range(5):
        loop.batch()
    training = 64 / _best(loop.batch, 40)
    told: dict[str, Any] = {"training_windows": training}
    rng = np.random.default_rng(0)
    audio = (0.1 * rng.normal(size=22_050 * 30)).astype(np.float32)
    for space in ("sound", "genre"):
        embedder = Embedder.load(SHIPPED / space)
        windows = rng.uniform(-1, 1, (COUNT, BANDS, BANDS)).astype(np.float32)
        seconds = _best(lambda e=embedder, w=windows: e.embed_windows(w), 200)
        told[f"{space}_windows"] = COUNT / seconds
        sound = Sound(audio, rate=22_050)
        _ = sound.decibels128
        told[f"{space}_clip_ms"] = 1000 * _best(lambda e=embedder, s=sound: e.embed(s), 100)
    path = work / "speed.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    for name, value in before.items():
        if name in told:
            told[name] = (min if name.endswith("_ms") else max)(value, told[name])
    told["inference_windows"] = min(told["sound_windows"], told["genre_windows"])
    told["clip_ms"] = max(told["sound_clip_ms"], told["genre_clip_ms"])
    path.write_text(json.dumps({name: round(value, 2) for name, value in told.items()}))
    print(told)


def _best(work: Callable[[], object], times: int) -> float:
    """Seconds of processor time of the quickest of several goes."""
    seconds = []
    for _ in range(times):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds)


def verdict(work: Path) -> None:
    """Judge the networks that ship, and write into their manifests what came of it."""
    from segue.embedding.embedder import Embedder
    from segue.embedding.manifest import GRAPH
    from segue.embedding.shelf import SHIPPED
    from segue.jobs.verdict import averages, decided
    from segue.models.folder import FILE, written
    from segue.training import replacing

    pack = Pack(work)
    whole = pack.material(np.arange(len(pack.paths)))
    described = baselines.descriptors(pack.raw)
    for space in ("sound", "genre"):
        folder = SHIPPED / space
        embedder = Embedder.load(folder)
        said = decided(space, cosines(averages(embedder, whole)), described, whole)
        metrics = {**embedder.manifest.metrics, **said.to_json(), "judged_on": "Emotify, all clips"}
        manifest = replace(embedder.manifest, metrics=metrics)
        content = {FILE: written(manifest.to_json()), GRAPH: (folder / GRAPH).read_bytes()}
        replacing.place(folder, content, attempt=Embedder.load)
        print(space, said.to_json()["decision"])


# -- judging ----------------------------------------------------------------------------------


class Found:
    """Scores of every method, each a list with one entry a seed."""

    def __init__(self, pack: Pack, work: Path) -> None:
        self.pack, self.work = pack, work
        self.gallery = Gallery(pack.artists, pack.genres, folds=pack.folds)
        self.own = np.full((len(pack.paths),) * 2, 0.0)
        self.described = baselines.descriptors(pack.raw, folds=pack.folds)

    def vectors(self, method: str, seed: int, name: str = "windows") -> list[Floats]:
        """What a network made of the test part of every fold."""
        kept = (self.work / f"{method}-{seed}-{fold}.npz" for fold in range(FOLDS))
        return [np.load(path)[name] for path in kept]

    def there(self, method: str) -> bool:
        """Whether every run of a method was trained."""
        runs = itertools.product(SEEDS, range(FOLDS))
        return all((self.work / f"{method}-{seed}-{fold}.npz").exists() for seed, fold in runs)

    def across(self, parts: Sequence[Floats], score: Callable[[Floats], Floats]) -> Floats:
        """Scores within each test part, 0 across."""
        scores = self.own.copy()
        for (_, test), part in zip(self.pack.folds, parts, strict=True):
            scores[np.ix_(test, test)] = score(part)
        return scores

    def judged(self, scores: Iterator[Floats] | Sequence[Floats]) -> list[Retrieval]:
        """What every seed found."""
        return [self.gallery.judge(each) for each in scores]


def of_means(windows: Floats) -> Floats:
    """Cosines of the tracks' mean windows, as the space has it."""
    return cosines(windows.mean(axis=1))


def of_votes(windows: Floats, *, asked: int = 10) -> Floats:
    """Share of the votes: every window's ten nearest windows of other tracks, by track."""
    count, each, width = windows.shape
    unit = units(windows.reshape(-1, width))
    scores = np.zeros((count, count))
    for track in range(count):
        near = unit[track * each : (track + 1) * each] @ unit.T
        near[:, track * each : (track + 1) * each] = -np.inf
        best = np.argpartition(-near, asked, axis=1)[:, :asked] // each
        scores[track] = np.bincount(best.ravel(), minlength=count) / (each * asked)
    return scores


NETWORKS = {
    "sound": "sound (one proxy an artist)",
    "contrastive": "sound, contrastive as specified",
    "nt_xent": "sound, NT-Xent",
    "multi_similarity": "sound, multi-similarity",
    "by_track": "sound, NT-Xent by track, no artists known",
    "from_genre": "sound, started from the genre trunk",
    "from_shipped": "sound, started from the shipped one",
    "genre_specified": "genre, from scratch by SGD as specified",
    "genre": "genre (mean of windows)",
}


def judge(work: Path) -> None:
    """Write the figures and the pictures."""
    pack = Pack(work)
    found = Found(pack, work)
    scores = _all_scores(pack, found)
    runs = {name: found.judged(each) for name, (_, _, each) in scores.items()}
    told: dict[str, Any] = {
        name: {"label": label, "role": role, **seeds.method(found.gallery, runs[name])}
        for name, (label, role, _) in scores.items()
    }
    figures: dict[str, Any] = {
        "source": "Emotify, 30 s each",
        "tracks": len(pack.paths),
        "artists": len(set(pack.artists)),
        "folds": FOLDS,
        "seeds": list(SEEDS),
        "methods": told | _missing(pack),
        "most": found.gallery.most(),
        "paired": {
            f"{first}_{second}": {
                "first": first,
                "second": second,
                **seeds.pair(found.gallery, runs[first], runs[second]),
            }
            for first, second in PAIRS
        },
        "genre": _genres(pack, found),
        "robustness": _robustness(pack, found),
        "whole": _whole(pack),
        "notes": [
            f"{label} was left out of this run"
            for name, label in NETWORKS.items()
            if not found.there(name)
        ],
        **_said(work),
    }
    shown = {name: units(_shown(found, name)) for name in ("sound", "genre")}
    rows = pack.folds[0][1]
    figures["pictures"] = pictures.draw(
        figures,
        PICTURES,
        spaces=shown,
        genres=[pack.genres[row] for row in rows],
        artists=[pack.artists[row] for row in rows],
    )
    labels = report.shared("audio")
    report.write(
        "ears", figures, inputs=[labels / "labels.csv", labels / "emotify"], seed=SPLIT_SEED
    )


PAIRS = (
    ("audio", "raw_mfcc"),
    ("audio", "descriptors"),
    ("audio_from_shipped", "descriptors"),
    ("audio_shipped", "descriptors"),
    ("genre", "descriptors"),
    ("genre", "genre_specified"),
    ("sound", "contrastive"),
    ("from_genre", "sound"),
    ("from_shipped", "sound"),
)


def _all_scores(pack: Pack, found: Found) -> dict[str, tuple[str, str, list[Floats]]]:
    """By method: its label, its role and scores, one for each seed."""
    statistics = [baselines.mel_statistics(each) for each in pack.spectrograms]
    mel = baselines.mel(np.array(statistics), folds=pack.folds)
    scores: dict[str, tuple[str, str, list[Floats]]] = {
        "random": (
            "chance",
            "chance",
            [baselines.random(len(pack.paths), seed=seed) for seed in SEEDS],
        ),
        "raw_mfcc": ("raw MFCC", "baseline", [baselines.mfcc(pack.raw)]),
        "mel": ("mel statistics", "baseline", [mel]),
        **_bliss(pack),
        "descriptors": ("descriptors", "space", [found.described]),
    }
    for name, label in NETWORKS.items():
        if not found.there(name):
            continue
        scores[name] = (
            label,
            "space",
            [found.across(found.vectors(name, seed), of_means) for seed in SEEDS],
        )
    scores["genre_votes"] = (
        "genre_votes (10 windows vote)",
        "space",
        [found.across(found.vectors("genre", seed), of_votes) for seed in SEEDS],
    )
    scores["shipped"] = ("sound as it ships", "space", [_shipped(pack, found)])
    for name, of, label in (
        ("audio", "sound", "audio: sound + descriptors"),
        ("audio_contrastive", "contrastive", "contrastive + descriptors"),
        ("audio_from_shipped", "from_shipped", "started from the shipped one, + descriptors"),
        ("audio_shipped", "shipped", "sound as it ships, + descriptors"),
    ):
        fused = [each + found.described for each in scores[of][2]]
        scores[name] = (label, "fused", fused)
    return scores


def _whole(pack: Pack) -> dict[str, Any]:
    """What ships, judged in one gallery of all clips, as its manifest has it."""
    from segue.embedding.embedder import Embedder
    from segue.embedding.shelf import SHIPPED

    metrics = Embedder.load(SHIPPED / "sound").manifest.metrics
    return {"tracks": len(pack.paths), **{name: metrics[name] for name in ("held_out", "decision")}}


def _shipped(pack: Pack, found: Found) -> Floats:
    """Scores of the network that ships, which never heard any of these clips."""
    from segue.embedding.embedder import Embedder
    from segue.embedding.shelf import SHIPPED

    return found.across(
        [
            _by(Embedder.load(SHIPPED / "sound"), [pack.spectrograms[row] for row in test])
            for _, test in pack.folds
        ],
        of_means,
    )


def _by(embedder: Embedder, drawn: Sequence[Any]) -> Floats:
    """What an embedder makes of clips, shape (clips, windows, width)."""
    import torch

    from segue.training.ears.batches import Clips

    windows = Clips(drawn, torch.device("cpu")).windows(np.arange(len(drawn)), count=COUNT)
    return embedder.embed_windows(windows.numpy()).reshape(len(drawn), COUNT, -1)


def _bliss(pack: Pack) -> dict[str, tuple[str, str, list[Floats]]]:
    """bliss-audio, where it is installed and the processor knows its instructions."""
    numbers = _bliss_numbers(pack)
    if isinstance(numbers, str):
        return {}
    return {
        "bliss": ("bliss-audio", "baseline", [baselines.bliss(numbers)]),
        "bliss_weighted": (
            "bliss-audio, weighted",
            "baseline",
            [baselines.bliss(numbers, weighted=True)],
        ),
    }


@cache
def _bliss_numbers(pack: Pack) -> Floats | str:
    """Its 23 numbers of every clip, or why there are none; asked in a process that may die."""
    if find_spec("bliss_audio") is None:
        return "not installed here"
    code = (
        "import sys, json, bliss_audio;"
        "print(json.dumps([list(bliss_audio.Song(p).analysis) for p in sys.stdin.read().split()]))"
    )
    folder = report.shared("audio")
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="\n".join(str(folder / path) for path in pack.paths),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode < 0:
        return f"does not run on this processor: {signal.Signals(-done.returncode).name}"
    return np.array(json.loads(done.stdout)) if done.returncode == 0 else done.stderr[-200:]


def _missing(pack: Pack) -> dict[str, Any]:
    numbers = _bliss_numbers(pack)
    if not isinstance(numbers, str):
        return {}
    return {"bliss": {"label": "bliss-audio", "role": "baseline", "missing": numbers}}


def _genres(pack: Pack, found: Found) -> dict[str, Any]:
    """How often genres are named rightly: by the network, by descriptors, by both."""
    truth = np.array(pack.genres)
    described = _named_by_descriptors(pack, pack.folds)
    five = parted(
        len(pack.paths),
        count=5,
        seed=SPLIT_SEED,
        artists=pack.artists,
        classes=np.unique(pack.genres, return_inverse=True)[1].astype(np.float64),
    )
    by_seed = [_named_by_network(pack, found, seed) for seed in SEEDS]
    names = np.unique(truth)
    models = {
        "cnn": ("the network", by_seed),
        "logistic": ("logistic regression on descriptors", [described]),
        "both": ("both, the mean of log shares", [each + described for each in by_seed]),
        "logistic_five": (
            "logistic regression on descriptors, taught on four of five folds",
            [_named_by_descriptors(pack, five)],
        ),
    }
    accuracy = {}
    for name, (label, logs) in models.items():
        right = [float((names[each.argmax(axis=1)] == truth).mean()) for each in logs]
        accuracy[name] = {"label": label, **seeds.summary(right)}
    counts = np.zeros((len(names), len(names)), dtype=int)
    for logs in by_seed:
        np.add.at(counts, (np.searchsorted(names, truth), logs.argmax(axis=1)), 1)
    return {
        "accuracy": accuracy,
        "confusion": {"labels": names.tolist(), "counts": counts.tolist()},
    }


def _named_by_network(pack: Pack, found: Found, seed: int) -> Floats:
    """Log shares of genres, shape (clips, genres): the mean share of ten windows."""
    logs = np.zeros((len(pack.genres), len(set(pack.genres))))
    for (_, test), logits in zip(pack.folds, found.vectors("genre", seed, "logits"), strict=True):
        shares = np.exp(logits - logits.max(axis=2, keepdims=True))
        shares /= shares.sum(axis=2, keepdims=True)
        logs[test] = np.log(shares.mean(axis=1) + 1e-9)
    return logs


def _named_by_descriptors(pack: Pack, folds: Folds) -> Floats:
    """The same by a logistic regression; how strong to shrink is chosen within each fold."""
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.model_selection import GroupKFold

    logs = np.zeros((len(pack.genres), len(set(pack.genres))))
    genres, artists = np.array(pack.genres), np.array(pack.artists)
    for train, test in folds:
        inner = list(GroupKFold(4).split(train, groups=artists[train]))
        model = LogisticRegressionCV(
            Cs=[1e-4, 1e-3, 1e-2, 1e-1],
            cv=inner,
            max_iter=2000,
            l1_ratios=[0.0],
            use_legacy_attributes=False,
        )
        raw = pack.raw
        model.fit(standardised(raw[train]), genres[train])
        logs[test] = model.predict_log_proba(standardised(raw[test], among=raw[train]))
    return logs


def _robustness(pack: Pack, found: Found) -> dict[str, dict[str, float]]:
    """Share of ten neighbours that clips keep when they are altered, in the galleries they are in.

    Of networks that of the first seed.
    """
    mfcc = [COLUMNS[name] for name in PIPELINES["mfcc"]]
    told: dict[str, dict[str, list[float]]] = {}
    for fold, (train, test) in enumerate(pack.folds):
        mine = np.flatnonzero(np.isin(pack.rows, test))
        queries = np.searchsorted(test, pack.rows[mine])

        def scored(before: Floats, after: Mapping[str, Floats]) -> tuple[Floats, dict[str, Floats]]:
            unit = units(before)
            return unit @ unit.T, {name: units(each) @ unit.T for name, each in after.items()}

        raw = pack.raw
        spaces = {
            "raw_mfcc": scored(
                raw[test][:, mfcc],
                {name: each[mine][:, mfcc] for name, each in pack.altered_raw.items()},
            ),
            "descriptors": scored(
                standardised(raw[test], among=raw[train]),
                {
                    name: standardised(each[mine], among=raw[train])
                    for name, each in pack.altered_raw.items()
                },
            ),
        }
        for method in ("sound", "contrastive", "genre", "from_shipped"):
            kept = np.load(found.work / f"{method}-{SEEDS[0]}-{fold}.npz")
            spaces[method] = scored(
                kept["windows"].mean(axis=1),
                {name: kept[f"windows_{name}"].mean(axis=1) for name in ALTERATIONS},
            )
        spaces["audio"] = _added(spaces["sound"], spaces["descriptors"])
        for method, (before, after) in spaces.items():
            shares = seeds.robustness(before, after, queries=queries)
            for name, share in shares.items():
                told.setdefault(method, {}).setdefault(name, []).append(share * len(mine))
    return {
        method: {name: round(sum(each) / len(pack.rows), 4) for name, each in kept.items()}
        for method, kept in told.items()
    }


def _added(
    one: tuple[Floats, dict[str, Floats]], two: tuple[Floats, dict[str, Floats]]
) -> tuple[Floats, dict[str, Floats]]:
    return one[0] + two[0], {name: each + two[1][name] for name, each in one[1].items()}


def _shown(found: Found, method: str) -> Floats:
    """Mean vectors of the first test part, by the network of the first seed."""
    means: Floats = found.vectors(method, SEEDS[0])[0].mean(axis=1)
    return means


def _said(work: Path) -> dict[str, Any]:
    """Speed, parity and curves."""
    from segue.embedding.embedder import Embedder
    from segue.embedding.shelf import SHIPPED

    shipped = {space: Embedder.load(SHIPPED / space).manifest for space in ("sound", "genre")}
    return {
        "speed": json.loads((work / "speed.json").read_text()),
        "parity": {space: each.parity["largest"] for space, each in shipped.items()},
        "curves": {
            f"{space} as it ships": list(map(dict, each.history)) for space, each in shipped.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=["hear", "teach", "speed", "verdict", "judge"])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--methods", nargs="*", default=[])
    asked = parser.parse_args()
    if asked.step == "teach":
        teach(asked.work, asked.part, asked.methods)
    else:
        steps = {"hear": hear, "speed": speed, "verdict": verdict, "judge": judge}
        steps[asked.step](asked.work)


if __name__ == "__main__":
    main()
