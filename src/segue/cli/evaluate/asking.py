"""The questions, one after the other: each takes down what it finds, or why it was not asked."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from segue.cli.evaluate.lineup import RESTATED, lineup
from segue.errors import BadTableError, NotFoundError, UnavailableError
from segue.evaluation.overview import beyond, search
from segue.evaluation.overview.measured import Measured, of_means, resampled
from segue.evaluation.overview.report import Method, Unasked
from segue.evaluation.overview.restated import Restated
from segue.evaluation.overview.through import asked
from segue.recommend.engine import Engine
from segue.recommend.seeds import Seed
from segue.snapshot import Inferring

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from segue.cli.evaluate.lineup import Contestant
    from segue.evaluation.audio import AudioReport, Contender
    from segue.evaluation.overview.ablations import Ablation
    from segue.evaluation.overview.gathering import Gathering
    from segue.jobs.trial import Judged
    from segue.library import Segue
    from segue.snapshot import Snapshot
    from segue.training.playlists.material import Material
    from segue.types import Floats, Progress, Rows


@dataclass(frozen=True, slots=True)
class Samples:
    """How much is asked: the larger, the narrower the intervals, and the longer it takes.

    Attributes
    ----------
    seeds
        Tracks that every method recommends for.
    playlists
        Playlists held out that are continued; None for all.
    tracks
        Tracks with audio that ask each other.
    altered
        Of these, how many are altered and heard again.
    exact
        Seeds whose nearest are computed exactly.
    draws
        Of the intervals.
    """

    seeds: int = 1000
    playlists: int | None = None
    tracks: int = 2000
    altered: int = 60
    exact: int = 50
    draws: int = 1000


QUICK = Samples(seeds=120, playlists=80, tracks=300, altered=10, exact=10)
FULL = Samples()

SCENARIOS = ("half", "5", "1")

_KNOWS_ARTIST = frozenset({"text", "artist", "album", "latent"})
"""Spaces that are told who a track is by, or of which genre it is."""

KNOWN = "it is told the artist or the genre that is asked for"
PLACED = "it places tracks by what their tags say, the artist and the genre that are asked for too"


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """What every question needs.

    Attributes
    ----------
    segue
        The catalogue.
    samples
        How much is asked.
    into
        Takes the figures.
    ablations
        What was configured.
    seed
        Of everything left to chance.
    on_progress
        Called with (done, in all, what).
    who
        Methods that took part in a question, by name.
    """

    segue: Segue
    samples: Samples
    into: Gathering
    ablations: Sequence[Ablation] = ()
    seed: int = 42
    on_progress: Progress | None = None
    who: dict[str, Method] = field(default_factory=dict)

    def lists(self) -> Rows:
        """Beyond accuracy, attributes of neighbours, time, memory and exactness; the seeds."""
        engine = self.segue.engine()
        snapshot = engine.snapshot
        seeds = beyond.seeds_of(snapshot.corpus, self.samples.seeds, seed=self.seed)
        contestants = lineup(engine, ablations=self.ablations, seed=self.seed)
        answers = [
            asked(each.method, each.near, seeds, on_progress=self.on_progress)
            for each in contestants
            if each.near is not None
        ]
        used = {each.method.name: each.used for each in contestants}
        given = beyond.Asked(snapshot, seeds, answers, used)
        beyond.measure(given, self.into, draws=self.samples.draws, seed=self.seed)
        self._search(engine, [each for each in contestants if each.method.role == "space"])
        return seeds

    def _search(self, engine: Engine, spaces: Sequence[Contestant]) -> None:
        rng = np.random.default_rng(self.seed)
        for done, each in enumerate(spaces, start=1):
            name = each.method.name
            rows = np.flatnonzero(engine.snapshot.spaces[name].placed)
            taken = np.sort(rng.permutation(rows)[: self.samples.exact])
            found = search.recall(engine, name, taken)
            draws = resampled([str(row) for row in taken], draws=self.samples.draws, seed=self.seed)
            self.into.add("recall_exact", each.method, of_means(found, draws))
            size = search.megabytes(engine, name)
            constant = np.full(self.samples.draws, size)
            self.into.add("megabytes", each.method, Measured(size, constant, len(rows)))
            if self.on_progress is not None:
                self.on_progress(done, len(spaces), f"computing the nearest in {name} exactly")

    def attributes(self) -> None:
        """How well attributes are told from sound, where a table gives them."""
        from segue.cli.evaluate.telling import tell

        try:
            tell(self.segue, self.into, draws=self.samples.draws, seed=self.seed)
        except (NotFoundError, BadTableError) as problem:
            self._not_asked("attributes", problem.what, problem.remedy)

    def playlists(self) -> Material | None:
        """How well playlists held out are continued; what was held out, None for nothing."""
        from segue.catalogue.entries import ordered_keys
        from segue.training.playlists.held import hold_out

        lacking = [
            name for name in ("gensim", "implicit") if importlib.util.find_spec(name) is None
        ]
        if lacking:
            needs = "Playlists are learned from anew: pip install 'segue[playlists]'"
            self._not_asked("playlists", f"{lacking[0]} is not installed", needs)
            return None
        corpus = self.segue.engine().snapshot.corpus
        try:
            material = hold_out(
                corpus, ordered_keys(self.segue.database), most=self.samples.playlists
            )
        except UnavailableError as problem:
            self._not_asked("playlists", problem.what, problem.remedy)
            return None
        engine = self._learned(material)
        contestants = lineup(engine, ablations=self.ablations, seed=self.seed)
        self._continued(material, contestants)
        for note in material.notes:
            self.into.note(note)
        self.into.sizes["playlists asked about"] = len(material.held)
        return material

    def _learned(self, material: Material) -> Engine:
        """An engine that has learned from the other playlists, by the catalogue's parameters."""
        from segue.recommend.lenses import BALANCED
        from segue.snapshot import Snapshot
        from segue.spaces.registry import build_all
        from segue.training.playlists.held import learned_alike

        before = self.segue.engine().snapshot.corpus
        corpus, notes = learned_alike(
            material.corpus, before, seed=self.seed, on_progress=self.on_progress
        )
        for note in notes:
            self.into.note(note)
        if BALANCED in before.trained:
            self.into.note(
                "`balanced` is judged by the weights that ship: those of the catalogue were learned"
                " from playlists that are asked about here"
            )
        return Engine(Snapshot(corpus, build_all(corpus)))

    def _continued(self, material: Material, contestants: Sequence[Contestant]) -> None:
        from segue.training.playlists.trial import run

        methods = {
            each.method.name: each.goes_on for each in contestants if each.goes_on is not None
        }
        found = run(
            material,
            methods,
            scenarios=SCENARIOS,
            seed=self.seed,
            on_progress=self.on_progress,
        )
        who = {each.method.name: each for each in contestants}
        for scenario, methods_found in found.found.items():
            keys = [str(number) for number in range(found.asked[scenario])]
            draws = resampled(keys, draws=self.samples.draws, seed=self.seed)
            for name, each in methods_found.items():
                if found.unanswered[scenario][name] == len(keys):
                    self.into.note(f"{name} knows none of the playlists' tracks")
                    continue
                for metric in ("r_precision", "ndcg", "clicks"):
                    column = f"{scenario}_{metric}"
                    if metric == "r_precision" or (scenario == "half" and who[name].whole):
                        values = np.array(each.values[metric])
                        self.into.add(column, who[name].method, of_means(values, draws))

    def audio(self) -> AudioReport | None:
        """Whether near means alike in sound, and what stays when a file is altered."""
        from segue.jobs.trial_doors import of_catalogue

        try:
            report = of_catalogue(
                self.segue.database,
                settings=self.segue.settings,
                most=self.samples.tracks,
                again=self.samples.altered,
                more=self._heard_through,
                seed=self.seed,
                on_progress=self.on_progress,
            )
        except (NotFoundError, UnavailableError) as problem:
            for group in ("audio", "robustness"):
                self._not_asked(group, problem.what, problem.remedy)
            return None
        self._take_audio(report)
        return report

    def _heard_through(
        self, snapshot: Snapshot, judged: Judged, taken: Collection[str]
    ) -> Iterator[Contender]:
        """Everybody else on the tracks whose sound is judged: lenses, words, rules."""
        from segue.evaluation.audio import Contender

        engine, rows = Engine(snapshot), judged.rows
        genres = np.array([lesson.genre for lesson in judged.lessons])
        same = (genres[:, np.newaxis] == genres) & (genres != "")
        taking_part = lineup(engine, ablations=self.ablations, seed=self.seed)
        self.who.update({each.method.name: each.method for each in taking_part})
        yield Contender("same-genre", "baseline", same.astype(np.float64), flattered=KNOWN)
        rule = Restated(snapshot.corpus, snapshot.spaces)
        scores = np.array([rule.score(np.array([row]), rows=rows) for row in rows.tolist()])
        if np.isfinite(scores).all():
            yield Contender(RESTATED, "baseline", scores)
        for each in taking_part:
            if each.method.name in taken or not each.scores:
                continue
            told = _scores(each, rows)
            if told is not None:
                found, used = told
                knows = _knows(snapshot, used, rows)
                yield Contender(each.method.name, "fused", found, flattered=knows)

    def _take_audio(self, report: AudioReport) -> None:
        evidence = report.evidence
        if evidence is None:
            return
        artists = list(evidence.artists)
        draws = resampled(artists, draws=self.samples.draws, seed=self.seed)
        self.into.sizes["tracks heard"] = report.tracks
        for standing in report.standings:
            if standing.missing:
                self.into.note(f"{standing.name} was not judged on audio: {standing.missing}")
                continue
            method = self.who.get(standing.name) or _named(standing.name, standing.role)
            found = evidence.found[standing.name]
            for column in ("artist_hit_1", "artist_map", "genre_precision_10"):
                measured = of_means(found.values[column], draws)
                self.into.add(column, method, measured, knows=standing.flattered)
            hubs = _skewness(found.occurrences, artists)
            self.into.add("hubness", method, hubs, knows=standing.flattered)
            for alteration, shares in evidence.kept.get(standing.name, {}).items():
                keys = [artists[row] for row in evidence.heard_again.tolist()]
                kept = resampled(keys, draws=self.samples.draws, seed=self.seed)
                self.into.add(f"kept_{alteration}", method, of_means(shares, kept))
        for note in report.notes:
            if "is flattered" not in note:  # the table marks it
                self.into.note(note)

    def judgements(self) -> None:
        """What listeners said in blind comparisons."""
        from segue.evaluation.overview.listeners import tell_judgements

        tell_judgements(self.segue.judgements(), self.into)

    def _not_asked(self, group: str, why: str, needs: str) -> None:
        self.into.unasked.append(Unasked(group, why, needs))


def _scores(each: Contestant, rows: Rows) -> tuple[Floats, set[str]] | None:
    """Exact scores of a lens between some tracks; None where one of them stands nowhere in it."""
    engine = each.engine
    if engine is None or each.lens is None:
        return None
    scores = np.empty((len(rows), len(rows)))
    used: set[str] = set()
    place = {row: at for at, row in enumerate(rows.tolist())}
    for at, row in enumerate(rows.tolist()):
        seed = Seed(engine.track_at(row), row)
        if not engine.stands(seed, lens=each.lens):
            return None
        standing = engine.stand(seed)
        lens = engine.chosen(each.lens, standing)
        blend = engine.blend(lens, standing)
        used.update(blend.names)
        if not np.logical_or.reduce([space.placed[rows] for space in blend.spaces]).all():
            return None
        point = tuple(standing.points[name] for name in blend.names)
        settled = blend.settle(point, rows, k=len(rows))
        scores[at, [place[each_row] for each_row in settled.rows.tolist()]] = settled.totals
    return scores, used


def _knows(snapshot: Snapshot, used: set[str], rows: Rows) -> str:
    """What spaces know of the artists and genres of tracks, as a clause; "" for nothing.

    A space learned from playlists puts a track that is in none where its artist and its genre
    would be.
    """
    if used & _KNOWS_ARTIST:
        return KNOWN
    spaces = [space for name, space in snapshot.spaces.items() if name in used]
    inferring = [space for space in spaces if isinstance(space, Inferring)]
    return PLACED if any(space.inferred[rows].any() for space in inferring) else ""


def _named(name: str, role: str) -> Method:
    """A method that only the audio question knows."""
    words = {
        "bliss": "Euclidean distance of bliss-audio's numbers",
        "bliss, weighted": "the same with its weights",
        "raw MFCC": "cosine of cepstral descriptors",
        "mel statistics": "mean and deviation of mel bands on principal axes",
    }
    if role == "chance":
        return Method(name, "chance", "tracks drawn by lot")
    if role == "baseline":
        return Method(name, "simple", words.get(name, ""))
    return Method(name, "lens" if role == "fused" else "space", words.get(name, ""))


def _skewness(occurrences: Floats, artists: Sequence[str]) -> Measured:
    """Skewness of how often each track is found, with whole artists' tracks left out."""
    from segue.evaluation.hubness import skewness
    from segue.evaluation.overview.measured import of_all
    from segue.evaluation.splits import grouped

    return of_all(
        lambda counted: skewness(occurrences[counted]),
        grouped(artists),
        counted=np.ones(len(occurrences), dtype=np.bool_),
    )
