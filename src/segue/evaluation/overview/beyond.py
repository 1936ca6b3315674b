"""The columns that lists of ten answer: beyond accuracy, attributes of neighbours, time, patterns.

Every method is asked about the same seeds. A quarter of them are tracks with audio where a quarter
of the catalogue is not; else every track is as likely as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation import numbers
from segue.evaluation.overview import lists as of_lists
from segue.evaluation.overview.gathering import FEWEST
from segue.evaluation.overview.measured import of_all, of_means, of_weights, resampled
from segue.evaluation.overview.report import Pattern, Unasked
from segue.records import CONTINUOUS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from segue.evaluation.intervals import Resampling
    from segue.evaluation.overview.gathering import Gathering
    from segue.evaluation.overview.lists import Lists
    from segue.evaluation.overview.through import Answered
    from segue.snapshot import Corpus, Snapshot, Space
    from segue.types import Floats, Rows

APART = ("attributes", "descriptors", "text")
"""Spaces in which diversity is measured: the first that places at least `PLACED` of the tracks."""

PLACED = 0.5

AUDIO_PART = 0.25
"""The share of seeds that are tracks with audio, at least."""

KNOWS_ATTRIBUTES = "it is told the seed's attributes"


def seeds_of(corpus: Corpus, count: int, *, seed: int) -> Rows:
    """Rows of tracks to ask about, rising; all where there are no more than `count`."""
    rng = np.random.default_rng(seed)
    if len(corpus) <= count:
        return np.arange(len(corpus))
    heard = np.flatnonzero(corpus.playable)
    wanted = int(AUDIO_PART * count)
    first = np.empty(0, dtype=np.int64)
    if 0 < len(heard) < AUDIO_PART * len(corpus):
        first = rng.permutation(heard)[:wanted]
    others = np.setdiff1d(np.arange(len(corpus)), first)
    return np.sort(np.concatenate([first, rng.permutation(others)[: count - len(first)]]))


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What was asked, and what everybody answered.

    Attributes
    ----------
    snapshot
        What was asked.
    seeds
        The seeds of the answers.
    answers
        One a method.
    used
        By method: the spaces its answers came through.
    """

    snapshot: Snapshot
    seeds: Rows
    answers: Collection[Answered]
    used: Mapping[str, Collection[str]]


def measure(asked: Asked, into: Gathering, *, draws: int, seed: int) -> None:
    """Take down every column that answers fill.

    Parameters
    ----------
    asked
        The answers.
    into
        Takes the figures.
    draws, seed
        Of the intervals.
    """
    snapshot, seeds = asked.snapshot, asked.seeds
    corpus = snapshot.corpus
    into.sizes["seeds"] = len(seeds)
    keys = [next(iter(corpus.artist_keys[row]), "") for row in seeds.tolist()]
    resampling = resampled(keys, draws=draws, seed=seed)
    _each(asked, into, resampling)
    for each in asked.answers:
        _whole(into, each, resampling.groups, tracks=len(corpus))
    _neighbours(asked, into, resampling)
    for each in asked.answers:
        name = each.method.name
        if each.method.role == "lens":
            into.patterns += patterns(snapshot, seeds, each.lists, name, sorted(asked.used[name]))


def _each(asked: Asked, into: Gathering, resampling: Resampling) -> None:
    """Figures of each list by itself."""
    snapshot, seeds = asked.snapshot, asked.seeds
    corpus = snapshot.corpus
    apart = _apart(snapshot)
    if apart is None:
        _unasked(into, "diversity within lists", "attributes, descriptors or words of most tracks")
    else:
        into.note(f"Diversity is the mean distance in the space {apart.name}")
    shares, popularity = of_lists.shares_of(corpus), of_lists.popularity_of(corpus)
    if not len(shares):
        _unasked(into, "novelty", "playlists: `segue import playlists FILE`")
    if not len(popularity):
        _unasked(into, "popularity bias", "playlists, or a table with popularity")
    for each in asked.answers:
        found = each.lists
        told = {"answered": found.answered.astype(np.float64), "milliseconds": each.milliseconds}
        told["repetition"] = of_lists.repetition(found, corpus.artist_keys)
        if apart is not None:
            told["diversity"] = of_lists.diversity(found, apart)
        if len(shares):
            told["novelty"] = of_lists.novelty(found, shares)
        if len(popularity):
            told["popularity_bias"] = of_lists.popularity_bias(found, seeds, popularity)
        for column, values in told.items():
            into.add(column, each.method, of_means(values, resampling))


def patterns(
    snapshot: Snapshot, seeds: Rows, found: Lists, lens: str, names: Collection[str]
) -> list[Pattern]:
    """Which share of the rows each pattern of presence gets, of seeds that stand in all spaces.

    A lens whose expectation for missing scores is right gives each about the share it has of the
    catalogue. Empty for a lens of one space, and where no seed stands in all of them.
    """
    names = [name for name in names if name in snapshot.spaces]
    placed = np.array([snapshot.spaces[name].placed for name in names])
    if len(placed) < 2:
        return []
    codes = (1 << np.arange(len(placed))) @ placed
    whole = placed[:, seeds].all(axis=0)
    shown = found.rows[whole]
    shown = codes[shown[shown >= 0]]
    tracks = np.bincount(codes[codes > 0], minlength=1 << len(placed)).astype(np.float64)
    slots = np.bincount(shown[shown > 0], minlength=1 << len(placed)).astype(np.float64)
    if not slots.sum():
        return []
    told = []
    for code in np.argsort(-tracks):
        if tracks[code]:
            there = tuple(name for place, name in enumerate(names) if code >> place & 1)
            shares = tracks[code] / tracks.sum(), slots[code] / slots.sum()
            told.append(Pattern(lens, there, *map(float, shares)))
    return told


def _whole(into: Gathering, each: Answered, groups: Rows, *, tracks: int) -> None:
    """Figures of all lists together."""
    for name, statistic, most in (
        ("coverage", of_lists.coverage, 1.0),
        ("concentration", of_lists.concentration, np.inf),
        ("head", of_lists.head, 1.0),
    ):
        measured = of_all(
            lambda counted, statistic=statistic: statistic(  # type: ignore[misc]
                each.lists.counts(tracks, counted)
            ),
            groups,
            counted=each.lists.answered,
            within=(0.0, most),
        )
        into.add(name, each.method, measured)


def _neighbours(asked: Asked, into: Gathering, resampling: Resampling) -> None:
    """How well what is recommended tells the attributes of the seed."""
    corpus, seeds = asked.snapshot.corpus, asked.seeds
    values = corpus.attributes[:, : len(CONTINUOUS)].astype(np.float64)
    values[corpus.estimated[:, : len(CONTINUOUS)]] = np.nan
    true = values[seeds]
    if (~np.isnan(true)).sum(axis=0).max(initial=0) < 2:
        _unasked(
            into,
            "attributes of neighbours",
            "attributes that are given, not estimated: `segue import tracks FILE`",
            group="attributes",
        )
        return
    told = np.array([(~np.isnan(column)).sum() > 1 for column in true.T])
    for each in asked.answers:
        said = _said(each.lists, seeds, values, corpus)
        answered = each.lists.answered & ~np.isnan(true).all(axis=1)
        if answered.sum() < FEWEST:
            continue
        counted = np.where(answered[:, np.newaxis], true, np.nan)[:, told]

        def mean_r2(weights: Floats, counted: Floats = counted, said: Floats = said) -> Floats:
            parts = [
                numbers.r2(counted[:, place], column, weights=weights)
                for place, column in enumerate(said[:, told].T)
            ]
            means: Floats = np.mean(parts, axis=0)
            return means

        found = of_weights(mean_r2, resampling, count=int(answered.sum()))
        knows = KNOWS_ATTRIBUTES if _reads(asked.used[each.method.name]) else ""
        into.add("attributes_r2", each.method, found, knows=knows)


def _said(lists: Lists, seeds: Rows, values: Floats, corpus: Corpus) -> Floats:
    """What the rows by other artists say of each seed: their mean, else that of all tracks."""
    there = ~np.isnan(values)
    usual = np.where(there, values, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    said = np.tile(usual, (len(seeds), 1))
    for place, (seed, rows) in enumerate(zip(seeds.tolist(), lists.rows, strict=True)):
        own = set(corpus.artist_keys[seed])
        others = [
            row for row in rows.tolist() if row >= 0 and not own & set(corpus.artist_keys[row])
        ]
        known = ~np.isnan(values[others])
        sums = np.where(known, values[others], 0.0).sum(axis=0)
        counts = known.sum(axis=0)
        np.divide(sums, counts, out=said[place], where=counts > 0)
    return said


def _reads(spaces: Collection[str]) -> bool:
    """Whether one of the spaces is made of the attributes themselves."""
    return bool({"attributes", "latent", *CONTINUOUS} & set(spaces))


def _apart(snapshot: Snapshot) -> Space | None:
    for name in APART:
        space = snapshot.spaces.get(name)
        if space is not None and len(space.placed) and space.placed.mean() >= PLACED:
            return space
    return None


def _unasked(into: Gathering, what: str, needs: str, *, group: str = "beyond accuracy") -> None:
    into.unasked.append(Unasked(group, what, needs))
