"""Bayesian search for the parameters of members.

One study a member and group. Each trial asks one set of parameters, fold by fold: R² (mean over the
group's targets) or the weighted F1 of classes; a trial whose first folds fall behind the median of
those before it is given up. The next set comes from a tree-structured Parzen estimator (Bergstra et
al., *Algorithms for hyper-parameter optimization*, 2011), by Optuna.

The first trial is where the member starts, so a search never ends below it. Trials draw from
generators of their own, seeded by the study's name and their number, so a search that was stopped
and taken up again asks what it would have asked. Given a number of trials the outcome is the same
every time; given a time, faster machines get further. Studies are kept in SQLite, and a name holds
all that a study depends on: a search of other data never meets them.
"""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import optuna

    from segue.training.members import Member

STARTUP = 6
"""Trials drawn at random before the estimator knows enough."""

WAIT = 60.0
"""Seconds a process waits for another that writes to the studies."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How far to search: at most so many trials a study, and so many seconds for all of a group.

    `trials` 0 is no search: members keep the parameters they start with.
    """

    trials: int = 30
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: the best parameters, their score, and after how many trials."""

    params: Mapping[str, Any]
    score: float | None
    trials: int
    pruned: int


def storage_of(path: Path | None) -> optuna.storages.BaseStorage:
    """Where studies are kept: an SQLite file, made when there is none, or memory."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if path is None:
        return optuna.storages.InMemoryStorage()
    path.parent.mkdir(parents=True, exist_ok=True)
    return optuna.storages.RDBStorage(
        f"sqlite:///{path}", engine_kwargs={"connect_args": {"timeout": WAIT}}
    )


def search(
    name: str,
    member: Member,
    score: Callable[[Mapping[str, Any]], Iterator[float]],
    *,
    storage: optuna.storages.BaseStorage,
    effort: Effort,
) -> Found:
    """Search the parameters of one member.

    Parameters
    ----------
    name
        Of the study: everything it depends on.
    score
        From parameters to one score a fold, the more the better.
    storage
        From `storage_of`. Trials that stand there already count.
    effort
        When to stop; at least one trial is finished unless `trials` is 0.
    """
    import optuna

    if effort.trials == 0:
        return Found(dict(member.start), None, 0, 0)
    began = time.monotonic()
    study = optuna.create_study(
        study_name=name,
        storage=storage,
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=0),
    )
    _mend(study)
    if not study.trials:
        study.enqueue_trial(dict(member.start))
    while _finished(study) < effort.trials:
        late = effort.seconds is not None and time.monotonic() - began >= effort.seconds
        if late and _finished(study) > 0:
            break
        _ask(study, member, score, seed=_seed(name, len(study.trials)))
    return _found(study)


def _ask(
    study: optuna.Study,
    member: Member,
    score: Callable[[Mapping[str, Any]], Iterator[float]],
    *,
    seed: int,
) -> None:
    """One trial, given up where its folds fall behind."""
    import optuna

    study.sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=STARTUP)
    trial = study.ask()
    params = member.suggest(trial)
    scores: list[float] = []
    for fold, value in enumerate(score(params)):
        scores.append(value)
        trial.report(sum(scores) / len(scores), fold)
        if trial.should_prune():
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            return
    trial.set_user_attr("params", params)
    study.tell(trial, sum(scores) / len(scores))


def _mend(study: optuna.Study) -> None:
    """Trials that a stopped search left running are taken for failed."""
    from optuna.trial import TrialState

    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)


def _finished(study: optuna.Study) -> int:
    from optuna.trial import TrialState

    states = (TrialState.COMPLETE, TrialState.PRUNED)
    return len(study.get_trials(deepcopy=False, states=states))


def _found(study: optuna.Study) -> Found:
    from optuna.trial import TrialState

    pruned = len(study.get_trials(deepcopy=False, states=(TrialState.PRUNED,)))
    best = study.best_trial
    return Found(dict(best.user_attrs["params"]), study.best_value, _finished(study), pruned)


def _seed(name: str, number: int) -> int:
    """Of one trial's generator."""
    digest = hashlib.sha256(f"{name} {number}".encode()).digest()
    return int.from_bytes(digest[:4], "little")
