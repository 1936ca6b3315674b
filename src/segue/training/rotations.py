"""Key and mode by rotation: one question, asked twelve times.

A song in D is a song in C, two semitones up. So a model need not learn twelve keys: it learns
**"is the tonic here, and is the mode minor or major?"** and is asked that with the pitch features
turned so that each pitch class in turn stands first. One clip becomes twelve examples, and what is
learned of one key holds for all.

Features that belong to pitch classes come in twelves, known by their names
(`segue.training.invariants.blocks`). All others say nothing of the key and are left out. In front
of every member the turned means are also correlated with the profiles of major and minor keys
(`segue.training.profiles`).

Each member gives three probabilities for each turn r: no tonic, a minor tonic, a major tonic. Level
1 adds up their logarithms with weights that are the same for every turn, and one softmax over the
24 keys of a track makes probabilities of them (`segue.training.choice`):

    P(r, m) ∝ exp(Σ_j w[j, m] · log p_j(r) + b[m]).

The key is the sum over modes, the mode the sum over keys.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.training.choice import choose
from segue.training.fitted import FAINT, MODES, TURNS, FittedKey, FittedMember
from segue.training.invariants import blocks
from segue.training.members import CLASSES
from segue.training.profiles import Profiles
from segue.training.stacking import built

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optuna import Trial

    from segue.attributes.targets import Group
    from segue.training.members import Member
    from segue.training.stacking import Problem
    from segue.types import Floats, Rows, Vectors

KINDS = 3
"""What may be at a turn: no tonic, a minor tonic, a major tonic."""

ALONE = np.array([[-1.0, -1.0], [1.0, 0.0], [0.0, 1.0]])
"""Weights that take one member at its word: log p(tonic here) − log p(no tonic here)."""

_LEVELS = ("_mean", "_median", "_q75")


def turns_of(names: Sequence[str]) -> Rows:
    """Which columns stand side by side at each turn, shape (12, turned features).

    At turn r the feature of pitch class r stands first in its block. Block follows block.
    """
    listed = list(blocks(names).values())
    return np.array(
        [np.concatenate([np.roll(columns, -turn) for columns in listed]) for turn in range(TURNS)]
    )


def levels(names: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Where, in a turned track, stand the blocks that say how much of each pitch class there is.

    Those are what a key profile speaks of.
    """
    return tuple(
        tuple(range(place * TURNS, (place + 1) * TURNS))
        for place, stem in enumerate(blocks(names))
        if stem.endswith(_LEVELS) and not stem.startswith("d_") and "delta" not in stem
    )


def turned(features: Vectors, turns: Rows) -> Vectors:
    """Every track at every turn, shape (12 n, turned): the turns of a track follow each other."""
    return features[:, turns].reshape(-1, turns.shape[1])


def kinds(keys: Floats, modes: Floats) -> Floats:
    """What is at each turn of each track, shape (12 n,): 0, or 1 + mode where the tonic is."""
    out = np.zeros((len(keys), TURNS))
    out[np.arange(len(keys)), keys.astype(np.int64)] = 1 + modes
    return out.ravel()


def even(keys: Floats, modes: Floats) -> Floats:
    """Codes of the 24 keys to be spread evenly over folds; NaN for one that has a single song.

    What is learned of one key holds for all, so that no key has to be on every side.
    """
    codes = MODES * keys + modes
    _, where, counts = np.unique(codes, return_inverse=True, return_counts=True)
    return np.where(counts[where] > 1, codes, np.nan)


def stack_keys(
    problem: Problem,
    group: Group,
    params: Mapping[str, Mapping[str, Any]],
    *,
    names: Sequence[str],
    folds: int,
    seed: int,
) -> FittedKey:
    """A whole stack for key and mode together.

    Parameters
    ----------
    problem
        The training rows; `truth` has the key and the mode.
    names
        Of the features.
    params, folds, seed
        As `segue.training.stacking.stack_numbers`.
    """
    turns = turns_of(names)
    chosen = [(member, params[member.name]) for member in MEMBERS]
    keys, modes = problem.truth.T
    parts = problem.folds(count=folds, seed=seed, classes=even(keys, modes))
    said = keys_out_of_fold(problem, chosen, parts, names=names, turns=turns, seed=seed)
    weights, intercept = weigh_keys(said, keys, modes)
    wanted = kinds(keys, modes)
    spread = turned(problem.features, turns)
    final = tuple(
        FittedMember(
            member.name, fit_to_turns(member, given, spread, wanted, names=names, seed=seed)
        )
        for member, given in chosen
    )
    return FittedKey(group, final, turns, weights, intercept)


def keys_out_of_fold(
    problem: Problem,
    members: Sequence[tuple[Member, Mapping[str, Any]]],
    parts: Sequence[tuple[Rows, Rows]],
    *,
    names: Sequence[str],
    turns: Rows,
    seed: int,
) -> Floats:
    """Log-probabilities of what is at each turn of unseen tracks: shape (n, 12, members × 3)."""
    keys, modes = problem.truth.T
    said = np.empty((len(problem), TURNS, len(members) * KINDS))
    for train, test in parts:
        spread = turned(problem.features[train], turns)
        asked = turned(problem.features[test], turns)
        wanted = kinds(keys[train], modes[train])
        for place, (member, params) in enumerate(members):
            estimator = fit_to_turns(member, params, spread, wanted, names=names, seed=seed)
            columns = slice(place * KINDS, (place + 1) * KINDS)
            said[test, :, columns] = said_of_turns(estimator, asked)
    return said


def fit_to_turns(
    member: Member,
    params: Mapping[str, Any],
    spread: Vectors,
    wanted: Floats,
    *,
    names: Sequence[str],
    seed: int,
) -> Any:  # noqa: ANN401
    """One member fitted to turned tracks, with the profiles in front of it."""
    view = (Profiles(levels(names)),)
    return built(member, params, view, spread, seed=seed).fit(spread, wanted)


def said_of_turns(estimator: Any, asked: Vectors) -> Floats:  # noqa: ANN401
    """Log-probabilities of a member, shape (n, 12, 3); of a kind it has not met, the least."""
    chances = np.zeros((len(asked), KINDS))
    chances[:, np.asarray(estimator.classes_, dtype=np.int64)] = estimator.predict_proba(asked)
    logs: Floats = np.log(np.clip(chances, FAINT, 1.0)).reshape(-1, TURNS, KINDS)
    return logs


def weigh_keys(said: Floats, keys: Floats, modes: Floats) -> tuple[Floats, Floats]:
    """Level 1: weights, shape (said, 2), and intercepts, shape (2,), minor first.

    Each mode has weights of its own, and all twelve turns have the same.
    """
    count, _, width = said.shape
    options = np.zeros((count, TURNS, MODES, width + 1, MODES))
    for mode in range(MODES):
        options[:, :, mode, :width, mode] = said
        options[:, :, mode, width, mode] = 1
    true = (MODES * keys + modes).astype(np.int64)
    best = choose(options.reshape(count, TURNS * MODES, -1), true).reshape(width + 1, MODES)
    return best[:width], best[width]


def keys_of(said: Floats, weights: Floats, intercept: Floats) -> tuple[Floats, Floats]:
    """Probabilities of the twelve keys, shape (n, 12), and of the two modes, shape (n, 2)."""
    from scipy.special import softmax

    scores = said @ weights + intercept
    chances = softmax(scores.reshape(len(scores), -1), axis=1).reshape(scores.shape)
    return chances.sum(axis=2), chances.sum(axis=1)


def _suggest_trees(trial: Trial) -> dict[str, Any]:
    return {
        "n_estimators": _TREES,
        "max_samples": _SHARE,
        "kind": "random",
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 2, 20, log=True),
        "max_features": trial.suggest_float("max_features", 0.04, 0.3, log=True),
    }


_TREES, _SHARE = 60, 0.3
_FOREST, _BOOSTED, _, _LOGISTIC = CLASSES

MEMBERS: tuple[Member, ...] = (
    replace(
        _FOREST,
        start={
            "n_estimators": _TREES,
            "max_samples": _SHARE,
            "kind": "random",
            "min_samples_leaf": 4,
            "max_features": 0.1,
        },
        suggest=_suggest_trees,
    ),
    _BOOSTED,
    _LOGISTIC,
)
"""Who is asked at every turn: fewer trees, each from three tenths of twelve times as many
examples. A machine of support vectors would have to be compared with all of them, twelve times
over."""
