"""How good are the neighbours of codes, beside PCA of the same facts and beside attributes alone?

The Spotify tracks table (114,000 rows, 89,741 tracks). A tenth of the artists is kept away from
training altogether (``unseen``), and a twentieth of the other artists' tracks (``seen``). Each of
some of these tracks asks the whole table for its ten nearest, all tracks by any artist of its own
taken out. Judged are

``genre``   the share of the ten that bear a genre of the track's;
``error``   how far the mean of their eight attributes is from the track's own, the mean absolute
            difference in standard deviations.

Facts are told in three ways: all of them; all but the genre, which asks whether the code knows it
from the rest; the numbers alone. The tracks that are asked are always told in full, as a catalogue
knows them. PCA gets z-scored numbers and one column a genre and an artist, each kind brought to the
same variance, then reduced to 20 (truncated SVD after centring numbers). Intervals are those of the
bootstrap over artists.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.sparse import csr_array, hstack
from scipy.sparse.linalg import svds

import report
from segue.evaluation.pictures.codes import collapse, curves, plane
from segue.evaluation.pictures.style import save
from segue.latent.encoder import named
from segue.latent.facts import Facts
from segue.spaces.attributes import AttributesSpace
from segue.spaces.units import to_units
from segue.training.latent import learn
from segue.training.latent.export import exported
from segue.training.latent.maps import layout
from segue.training.latent.material import Material, of_table
from segue.training.latent.moods import learn as learn_moods
from segue.training.latent.parameters import LatentParameters

if TYPE_CHECKING:
    from segue.latent.moods import Moods
    from segue.records import TrackRecord
    from segue.training.latent.network import Autoencoder
    from segue.types import Floats, Frames, Rows, Vectors

SEED = 42
TOP = 10
ASKED = 1000
UNSEEN, HELD = 0.10, 0.05
PICTURES = report.REPOSITORY / "docs" / "pictures"
TOLD = ("all", "all but the genre", "numbers alone")
GENRES_TIMES = (1, 2, 4)
"""How much of PCA's variance genres have, beside that of the numbers."""

DIAL = (0.05, 0.2, 1.0)
"""Weights of genre in the target."""

MAPPED = 2_000


def main() -> None:
    """Teach, judge, and write ``results/latent.json``."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=2)
    options.add_argument("--collapse-tracks", type=int, default=20_000)
    options.add_argument("--epochs", type=int, default=12, help="passes for each of the dial")
    chosen = options.parse_args()
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    records = of_table(table)
    judge = Judge(records)
    figures: dict[str, Any] = {
        "tracks": len(records),
        "judged": {group: len(rows) for group, rows in judge.asked.items()},
        "methods": {},
        "teaching": [],
    }
    for seed in range(SEED, SEED + chosen.seeds):
        judge.judge_codes(figures, seed)
    judge.judge_others(figures)
    figures["dial"] = {str(weight): judge.turned(weight, chosen.epochs) for weight in DIAL}
    figures["collapse"] = judge.collapse(chosen.collapse_tracks)
    labelled = report.shared("tracks/moods_936.csv")
    moods = learn_moods(Facts.of_records(of_table(labelled)), seed=SEED)
    assert moods is not None
    figures["moods"] = {"labels": len(moods.labels), **moods.said}
    figures["map"] = judge.draw(moods)
    title = "Loss on tracks that were learned from, and on artists kept aside"
    save(curves(figures["teaching"][0]["history"], title=title), PICTURES / "latent-curves.png")
    runs = {"told": "words told", "rebuilt": "embeddings rebuilt"}
    histories = {said: figures["collapse"][name]["history"] for name, said in runs.items()}
    title = "Embeddings that are to be rebuilt fall together (shares of the beginning)"
    save(collapse(histories, title=title), PICTURES / "latent-collapse.png")
    report.write("latent", figures, inputs=[table, labelled], seed=SEED)


class Judge:
    """The table, who is asked, and how their neighbours are judged."""

    def __init__(self, records: list[TrackRecord]) -> None:
        self.facts = Facts.of_records(records)
        self.values = _attributes(records)
        self.artists = self.facts.artists
        self.first = [each[0] if each else f"\0{row}" for row, each in enumerate(self.artists)]
        generator = np.random.default_rng(SEED)
        names = sorted({name for each in self.artists for name in each})
        unseen = set(np.array(names)[generator.random(len(names)) < UNSEEN].tolist())
        away = np.array([any(name in unseen for name in each) for each in self.artists])
        held = ~away & (generator.random(len(away)) < HELD)
        self.learned = np.flatnonzero(~away & ~held)
        self.asked = {
            group: np.sort(generator.choice(np.flatnonzero(there), ASKED, replace=False))
            for group, there in (("seen", held), ("unseen", away))
        }
        attributes = self.facts.attributes.astype(np.float64)
        deviations = np.nanstd(attributes, axis=0)
        self.scaled = np.nan_to_num((attributes - np.nanmean(attributes, axis=0)) / deviations)
        self.genres = _one_hot(self.facts.genres)
        self.bears = self.genres.toarray() > 0
        self.by = _one_hot(self.artists)

    def judged(self, units: Vectors, queries: Vectors, rows: Rows) -> dict[str, Any]:
        """Figures of the ten nearest of `rows`, which stand at `queries`."""
        genre, error = np.zeros(len(rows)), np.zeros(len(rows))
        for first in range(0, len(rows), 100):
            some = slice(first, first + 100)
            scores = queries[some] @ units.T
            scores[(self.by[rows[some]] @ self.by.T).nonzero()] = -np.inf
            scores[np.arange(len(scores)), rows[some]] = -np.inf
            nearest = np.argpartition(-scores, TOP, axis=1)[:, :TOP]
            for place, (row, found) in enumerate(zip(rows[some].tolist(), nearest, strict=True)):
                shared = self.bears[found] & self.bears[row]
                genre[first + place] = shared.any(axis=1).mean()
                off = self.scaled[found].mean(axis=0) - self.scaled[row]
                error[first + place] = np.abs(off).mean()
        artists = [self.first[row] for row in rows.tolist()]
        return {"genre": _interval(genre, artists), "error": _interval(error, artists)}

    def judge_codes(self, figures: dict[str, Any], seed: int) -> None:
        """Teach on what may be learned from, and judge."""
        parameters = LatentParameters()
        material = Material.of(self.facts.take(self.learned), parameters, seed=seed)
        lesson = learn.teach(material, parameters, seed=seed)
        made = exported(lesson, material, parameters, name="latent", source="a table")
        figures["teaching"].append(
            {
                "seed": seed,
                "tracks": len(material.training),
                "artists": len(material.artists),
                "genres": len(material.genres),
                "numbers": list(material.numbers),
                "epochs": len(lesson.history),
                "best": lesson.best,
                "seconds": round(lesson.seconds, 1),
                "cpu_seconds": round(lesson.cpu_seconds, 1),
                "parity": made.manifest.parity,
                "history": list(lesson.history),
            }
        )
        encoder = self.encoder = made.encoder
        units = to_units(encoder.encode(self.facts)).astype(np.float32)
        for group, rows in self.asked.items():
            for told in TOLD:
                queries = to_units(encoder.encode(_told(self.facts.take(rows), told)))
                found = self.judged(units, queries.astype(np.float32), rows)
                figures["methods"].setdefault(f"codes|{told}|{group}", []).append(found)

    def turned(self, weight: float, epochs: int) -> dict[str, Any]:
        """Codes of a target in which genre has this weight, all facts told."""
        usual = LatentParameters()
        weights = (usual.weights[0], usual.weights[1], weight, usual.weights[3])
        parameters = LatentParameters(weights=weights, epochs=epochs)
        material = Material.of(self.facts.take(self.learned), parameters, seed=SEED)
        lesson = learn.teach(material, parameters, seed=SEED)
        made = exported(lesson, material, parameters, name="latent", source="a table")
        units = to_units(made.encoder.encode(self.facts)).astype(np.float32)
        rows = self.asked["unseen"]
        return self.judged(units, units[rows], rows)

    def draw(self, moods: Moods) -> dict[str, Any]:
        """The map of codes, and how many tracks are on it."""
        generator = np.random.default_rng(SEED)
        rows = np.sort(generator.choice(len(self.facts), MAPPED, replace=False))
        facts, _ = named(self.facts.take(rows), moods)
        units = to_units(self.encoder.encode(facts).astype(np.float64))
        places = layout(np.clip(1.0 - units @ units.T, 0.0, None), seed=SEED)
        names = {
            "genre": [(each or ("",))[0] for each in facts.genres],
            "artist": [(each or ("",))[0] for each in facts.artists],
            "predicted emotion": list(facts.emotions),
        }
        title = f"Codes of {len(rows):,} tracks as a map"
        save(plane(places, names=names, title=title), PICTURES / "latent-map.png")
        return {"tracks": len(rows)}

    def judge_others(self, figures: dict[str, Any]) -> None:
        """PCA of the same facts, attributes, and chance."""
        space = AttributesSpace(self.values, np.zeros(self.values.shape, dtype=bool))
        attributes = space._units(self.values.astype(np.float64)).astype(np.float32)
        spaces = {(told, times): self._pca(told, times) for told in TOLD for times in GENRES_TIMES}
        random = to_units(np.random.default_rng(SEED).normal(size=(len(self.values), 20)))
        for group, rows in self.asked.items():
            for (told, times), (units, queries) in spaces.items():
                name = "PCA" if times == 1 else f"PCA, genres × {times}"
                found = self.judged(units, queries[rows], rows)
                figures["methods"][f"{name}|{told}|{group}"] = [found]
            for name, units in (("attributes", attributes), ("chance", random)):
                found = self.judged(units.astype(np.float32), units[rows].astype(np.float32), rows)
                figures["methods"][f"{name}|numbers alone|{group}"] = [found]

    def _pca(self, told: str, times: int) -> tuple[Vectors, Vectors]:
        """Unit vectors of all tracks told in full, and told like that."""
        values = self.facts.values[:, np.isfinite(self.facts.values).any(axis=0)]
        learned = values[self.learned].astype(np.float64)
        deviation = np.maximum(np.nanstd(learned, axis=0), 1e-9)
        scaled = np.nan_to_num((values - np.nanmean(learned, axis=0)) / deviation).clip(-4, 4)
        kinds = [
            csr_array(scaled / np.sqrt(scaled.shape[1])),
            self.genres * np.sqrt(times * len(self.learned) / self.genres[self.learned].sum()),
            self.by * np.sqrt(len(self.learned) / self.by[self.learned].sum()),
        ]
        whole = csr_array(hstack(kinds))
        _, strengths, axes = svds(whole[self.learned], k=20, random_state=SEED)
        axes = axes[np.argsort(-strengths)]
        kept = {"all": (1, 1, 1), "all but the genre": (1, 0, 1), "numbers alone": (1, 0, 0)}[told]
        shown = csr_array(hstack([kind * on for kind, on in zip(kinds, kept, strict=True)]))
        full, partly = whole @ axes.T, shown @ axes.T
        return to_units(full).astype(np.float32), to_units(partly).astype(np.float32)

    def collapse(self, count: int) -> dict[str, Any]:
        """Both targets on the same tracks: how far apart words stay, and who is near."""
        some = np.random.default_rng(SEED).choice(self.learned, count, replace=False)
        facts = self.facts.take(np.sort(some))
        found = {}
        for name, sound in (("told", True), ("rebuilt", False)):
            parameters = LatentParameters(patience=99, epochs=25)
            material = Material.of(facts, parameters, seed=SEED)
            lesson = learn.teach(material, parameters, seed=SEED, sound=sound, watch=_spread)
            made = exported(lesson, material, parameters, name="latent", source="a table")
            units = to_units(made.encoder.encode(self.facts)).astype(np.float32)
            rows = self.asked["seen"]
            found[name] = {
                "history": list(lesson.history),
                "neighbours": self.judged(units, units[rows], rows),
            }
        return {"tracks": count, **found}


def _spread(network: Autoencoder) -> dict[str, Any]:
    """How far words of each kind are from their middle: the root of the mean square."""
    encoder = network.encoder
    tables = {"artists": encoder.artists, "genres": encoder.genres}
    with torch.no_grad():
        weights = {name: table.table.weight for name, table in tables.items()}
        return {
            "spread": {
                name: float((each - each.mean(dim=0)).square().sum(dim=1).mean().sqrt())
                for name, each in weights.items()
            }
        }


def _told(facts: Facts, told: str) -> Facts:
    """Facts with what is not told taken out."""
    nothing = tuple(() for _ in range(len(facts)))
    if told == "all":
        return facts
    without = replace(facts, genres=nothing)
    return without if told == "all but the genre" else replace(without, artists=nothing)


def _attributes(records: list[TrackRecord]) -> Frames:
    from dataclasses import fields

    from segue.records import Attributes

    names = [spec.name for spec in fields(Attributes)]
    rows = [[getattr(record.attributes, name, None) for name in names] for record in records]
    return np.array(
        [[np.nan if value is None else value for value in row] for row in rows], dtype=np.float32
    )


def _one_hot(words: tuple[tuple[str, ...], ...]) -> csr_array:
    """Shape (tracks, words), 1 where a track bears a word."""
    places: dict[str, int] = {}
    flat = [places.setdefault(word, len(places)) for said in words for word in said]
    ends = np.cumsum([0, *(len(said) for said in words)])
    return csr_array((np.ones(len(flat)), flat, ends), shape=(len(words), len(places)))


def _interval(values: Floats, artists: list[str], draws: int = 1000) -> dict[str, float]:
    """The mean, and the middle 95 % of means over artists drawn with replacement."""
    names = {name: place for place, name in enumerate(dict.fromkeys(artists))}
    group = np.array([names[name] for name in artists])
    sums = np.bincount(group, weights=values)
    counts = np.bincount(group).astype(float)
    generator = np.random.default_rng(SEED)
    drawn = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    means = (drawn @ sums) / (drawn @ counts)
    low, high = np.quantile(means, (0.025, 0.975))
    return {"value": float(values.mean()), "low": float(low), "high": float(high)}


if __name__ == "__main__":
    main()
