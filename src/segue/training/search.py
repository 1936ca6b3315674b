"""Bayesian search for the parameters of members.

One study a member and group. Each trial asks one set of parameters, fold by fold: R² (mean over the
group's targets) or the weighted F1 of classes; a trial whose first folds fall behind the median of
those before it is given up. The next set comes from a tree-structured Parzen estimator (Bergstra et
al., *Algorithms for hyper-parameter optimization*, 2011), by Optuna.

The first trial is where the member starts, so a search never ends below it. Trials draw from
generators of their own, seeded by the study's name and how many are done, so a search that was
stopped and taken up again asks what it would have asked. Given a number of trials the outcome is
the same every time; given a time, faster machines get further. Studies are kept in SQLite, and a
name holds all that a study depends on: a search of other data never meets them.
"""

from __future__ import annotations

import hashlib
import logging
import math
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.errors import BadFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import optuna

    from segue.training.members import Member

STARTUP = 6
"""Trials drawn at random before the estimator knows enough."""

WORTH = 10
"""Folds that must fit into the time of a search, if it is to begin."""

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


@contextmanager
def studies(path: Path | None) -> Iterator[optuna.storages.BaseStorage]:
    """Open where studies are kept: an SQLite file, made when there is none, or memory.

    Raises
    ------
    BadFileError
        The file is something else, or damaged.
    """
    import optuna
    import sqlalchemy

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if path is None:
        yield optuna.storages.InMemoryStorage()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # As the address of a file: a "?" in its name begins no query then, and a "{" no template.
    file = path.absolute().as_uri()
    url = sqlalchemy.URL.create("sqlite", database=file, query={"uri": "true"})
    _need_sound(file, path)
    try:
        kept = optuna.storages.RDBStorage(
            url.render_as_string(), engine_kwargs={"connect_args": {"timeout": WAIT}}
        )
    except sqlalchemy.exc.DatabaseError as error:
        if isinstance(error, sqlalchemy.exc.OperationalError):  # busy, or no right to it
            raise
        raise _no_study(path, error.orig) from error
    try:
        yield kept
    finally:
        kept.remove_session()
        kept.engine.dispose()


def _need_sound(file: str, path: Path) -> None:
    """Look at a file before Optuna does, which leaves open what it does not understand."""
    try:
        with closing(sqlite3.connect(file, uri=True, timeout=WAIT)) as connection:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError:
        return  # busy, or no right to it: Optuna meets the same, and says so
    except sqlite3.DatabaseError as error:
        raise _no_study(path, error) from error
    if said != "ok":
        raise _no_study(path, said)


def _no_study(path: Path, why: object) -> BadFileError:
    return BadFileError(
        f"it is no study of searches ({why})",
        where=str(path),
        remedy="Delete it and search anew",
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
        From parameters to one score a fold, the more the better; folds may be left out, the same
        for all parameters.
    storage
        From `studies`. Trials that stand there already count.
    effort
        When to stop. Where the time would not hold two trials there is no search.
    """
    import optuna

    if effort.trials == 0:
        return Found(dict(member.start), None, 0, 0)
    study = optuna.create_study(
        study_name=name,
        storage=storage,
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=0),
    )
    _mend(study)
    if _finished(study) == 0 and not _waiting(study):
        study.enqueue_trial(dict(member.start))
    left = math.inf if effort.seconds is None else effort.seconds
    began = time.monotonic()
    while _finished(study) < effort.trials:
        if time.monotonic() - began + _longest(study) > left:
            break
        alone = _finished(study) == 0
        if not _ask(study, member, score, name=name, most=left / WORTH if alone else math.inf):
            break
    return _found(study, member)


def _ask(
    study: optuna.Study,
    member: Member,
    score: Callable[[Mapping[str, Any]], Iterator[float]],
    *,
    name: str,
    most: float,
) -> bool:
    """One trial, given up where its folds fall behind.

    False where there is nothing to search by: its first fold alone took longer than `most` seconds
    (a trial that is compared with nothing would only cost what the model needs), or no fold has a
    score.
    """
    from optuna.samplers import TPESampler
    from optuna.trial import TrialState

    study.sampler = TPESampler(seed=_seed(name, _finished(study)), n_startup_trials=STARTUP)
    trial = study.ask()
    params = member.suggest(trial)
    scores: list[float] = []
    began = time.monotonic()
    for fold, value in enumerate(score(params)):
        scores.append(value)
        trial.report(sum(scores) / len(scores), fold)
        if time.monotonic() - began > most:
            study.tell(trial, state=TrialState.FAIL)
            return False
        most = math.inf
        if trial.should_prune():
            study.tell(trial, state=TrialState.PRUNED)
            return True
    if not scores:
        study.tell(trial, state=TrialState.FAIL)
        return False
    trial.set_user_attr("params", params)
    study.tell(trial, sum(scores) / len(scores))
    return True


def _mend(study: optuna.Study) -> None:
    """Trials that a stopped search left running are taken for failed."""
    from optuna.trial import TrialState

    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)


def _waiting(study: optuna.Study) -> bool:
    """Whether a trial is laid out that nobody has begun."""
    from optuna.trial import TrialState

    return bool(study.get_trials(deepcopy=False, states=(TrialState.WAITING,)))


def _done(study: optuna.Study) -> list[Any]:
    """Trials that came to an end by themselves: those that were stopped say nothing."""
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


def _finished(study: optuna.Study) -> int:
    return len(_done(study))


def _longest(study: optuna.Study) -> float:
    """Seconds that the longest trial of a study took; 0 where there is none."""
    took = [trial.duration for trial in _done(study)]
    return max((each.total_seconds() for each in took if each is not None), default=0.0)


def _found(study: optuna.Study, member: Member) -> Found:
    from optuna.trial import TrialState

    if not study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        return Found(dict(member.start), None, 0, 0)
    pruned = len(study.get_trials(deepcopy=False, states=(TrialState.PRUNED,)))
    best = study.best_trial
    return Found(dict(best.user_attrs["params"]), study.best_value, _finished(study), pruned)


def _seed(name: str, number: int) -> int:
    """Of one trial's generator."""
    digest = hashlib.sha256(f"{name} {number}".encode()).digest()
    return int.from_bytes(digest[:4], "little")
