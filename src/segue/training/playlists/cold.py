"""Tracks that stand in no playlist yet, and whether what else is known of them finds them.

Some tracks are hidden **entirely**: every membership of theirs is taken out of what is learned
from, though they stay in the catalogue with their names, albums and attributes. Of every playlist
held out that holds some of them the other tracks are seeds, and these are what is to be found.

There are two ways to ask. Among **all** tracks a hidden one competes with those that everybody
knows. Among the **hidden** alone (a shelf of new releases) it competes with its like. Recall@500
says how many are found; beside each method stand what chance would find, what popularity finds as
it is known (hidden tracks have none, so that among themselves they stand in any order), and what
it would find if it were known, which it cannot be: the playlists counted before hiding.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.continuation import MOST, Found
from segue.snapshot import Playlists
from segue.training.playlists.methods import Scorer, best
from segue.training.playlists.questions import Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.snapshot import Corpus, Space
    from segue.training.playlists.material import Material
    from segue.types import Floats, Mask, Rows, Vector

SHARE = 0.1
"""Part of the tracks that is hidden."""

SEEDS = 5
"""Tracks that a playlist needs beside the hidden ones."""

ALL, HIDDEN = "all", "hidden"


@dataclass(frozen=True, slots=True, eq=False)
class Cold:
    """A corpus whose tracks `hidden` stand in no playlist, and what is asked.

    `counts` are in how many playlists of training each track stood before.
    """

    corpus: Corpus
    hidden: Mask
    questions: tuple[Question, ...]
    counts: Rows


def hide(material: Material, *, share: float = SHARE, seed: int = 42) -> Cold:
    """Hide some tracks of `material`, chosen by their ids.

    Parameters
    ----------
    material
        Its corpus is learned from, its playlists held out are asked about.
    share
        Part of the tracks to hide, in (0, 1).
    seed
        Settles which.
    """
    corpus = material.corpus
    hidden = np.array([_draw(track_id, seed) < share for track_id in corpus.ids], dtype=np.bool_)
    asked = []
    for one in material.held:
        known = one.rows[one.rows < len(corpus)]
        seeds, wanted = known[~hidden[known]], known[hidden[known]]
        if len(seeds) >= SEEDS and len(wanted):
            asked.append(Question(one.key, seeds, wanted))
    counts = np.bincount(corpus.playlists.rows, minlength=len(corpus))
    without = replace(corpus, playlists=_without(corpus.playlists, hidden), placed={}, trained={})
    return Cold(without, hidden, tuple(asked), counts)


def _draw(track_id: str, seed: int) -> float:
    """A number in [0, 1) of its own for every track."""
    digest = hashlib.sha256(f"{seed}:{track_id}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _without(playlists: Playlists, hidden: Mask) -> Playlists:
    """Playlists less the hidden tracks; those that lose all of theirs stay, empty."""
    kept = ~hidden[playlists.rows]
    which = np.repeat(np.arange(len(playlists)), np.diff(playlists.starts))[kept]
    sizes = np.bincount(which, minlength=len(playlists))
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Playlists(playlists.titles, starts, playlists.rows[kept])


def find(
    cold: Cold, corpus: Corpus, spaces: Mapping[str, Space], names: Sequence[str]
) -> dict[str, dict[str, Found]]:
    """What each method finds of the hidden tracks.

    Parameters
    ----------
    cold
        Of `hide`.
    corpus
        Its corpus with what training found out from it.
    spaces
        Built from that.
    names
        Those to be asked.

    Returns
    -------
    dict
        By `ALL` and `HIDDEN`, then by method: the spaces, ``popularity`` as it is known and
        ``popularity before hiding``.
    """
    scorer = Scorer(corpus, spaces)
    shuffled = np.random.default_rng(0).random(len(corpus))
    known = np.bincount(corpus.playlists.rows, minlength=len(corpus)) + 0.5 * shuffled
    popular = {"popularity": known, "popularity before hiding": cold.counts + 0.5 * shuffled}
    methods = (*names, *popular)
    found = {among: {name: Found() for name in methods} for among in (ALL, HIDDEN)}
    artists = corpus.artist_keys
    for question in cold.questions:
        for name in methods:
            scores = _scores(scorer, name, question, popular)
            for among, by_name in found.items():
                ranking = np.empty(0, dtype=np.int64)
                if scores is not None:
                    there = scores if among == ALL else np.where(cold.hidden, scores, -np.inf)
                    ranking = best(np.array(there, dtype=np.float32), without=question.seeds)
                by_name[name].add(ranking, question.hidden, artists=artists)
    return found


def _scores(
    scorer: Scorer, name: str, question: Question, popular: Mapping[str, Floats]
) -> Vector | Floats | None:
    return popular[name] if name in popular else scorer.score(name, question)


def chance(cold: Cold) -> dict[str, float]:
    """The recall@500 that a random order would have, by what is asked among."""
    candidates = {ALL: len(cold.corpus), HIDDEN: int(cold.hidden.sum())}
    seeds = np.mean([len(question.seeds) for question in cold.questions])
    left = {ALL: candidates[ALL] - float(seeds), HIDDEN: float(candidates[HIDDEN])}
    return {among: min(1.0, MOST / max(count, 1.0)) for among, count in left.items()}
