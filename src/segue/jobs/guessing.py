"""Attributes from the signal, brought up to date: estimates of all tracks, and a model's.

A file that was just described has estimates at once, by what the catalogue went by before. When a
pass is through, or a table came in, everything is **settled** again:

1. estimates: scores of all vectors, matched to the given values of the same tracks where there are
   enough; in one transaction, so that all are by one measure and the catalogue remembers which;
2. predictions: with the setting ``attributes_model``, of every track that has none yet, a few
   hundred a transaction; without it, there are none. Those of another model go first.

Only rows that change are written. Killed in between, the next settling goes on from there. Read
what the catalogue goes by with `estimator`: a file from outside is estimated by the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from segue.attributes.estimates import Estimator, loudness_of, scores
from segue.catalogue import estimates, guesses, predictions
from segue.descriptors.extract import VERSION
from segue.descriptors.hearing import Hearing
from segue.errors import BusyError, SegueError
from segue.records import CONTINUOUS

if TYPE_CHECKING:
    import threading

    from segue.attributes.predictor import Predictor
    from segue.catalogue.database import Database
    from segue.catalogue.guesses import Transaction
    from segue.settings import Settings
    from segue.types import Floats, Progress, Rows

SPACE = "descriptors"
"""The space whose vectors attributes are guessed from."""

AT_ONCE = 256
"""Predictions of one transaction."""

PREDICTING = "predicting attributes"
"""What progress says meanwhile."""


class _Here(TypedDict):
    space: str
    version: str


HERE: _Here = {"space": SPACE, "version": VERSION}
"""Which vectors: those of today's descriptors."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling did.

    Attributes
    ----------
    estimated
        Estimates that changed.
    predicted
        Predictions that were added.
    withdrawn
        Predictions of another model that were taken away.
    notes
        What could not be done, as sentences.
    """

    estimated: int = 0
    predicted: int = 0
    withdrawn: int = 0
    notes: tuple[str, ...] = ()


def settle(
    db: Database,
    *,
    settings: Settings,
    predict: bool = True,
    on_progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Settled:
    """Bring estimates and predictions up to date; what stands in the way is told, not raised.

    Parameters
    ----------
    settings
        Which model, if any.
    predict
        False leaves predictions as they are: nothing that they depend on changed.
    on_progress
        Called with (predictions made, predictions to make, what), where there are any to make.
    stop
        Once set, no further predictions are made; those there are stay.
    """
    if db.read_only:
        return Settled()
    estimated = withdrawn = predicted = 0
    notes = []
    try:
        estimated = settle_estimates(db)
    except SegueError as problem:
        notes.append(_behind("Estimated", problem))
    try:
        if predict:
            predictor = predictor_of(settings)
            withdrawn = _turn_to(db, predictor)
            if predictor is not None:
                predicted = _predict(db, predictor, on_progress=on_progress, stop=stop)
    except BusyError as busy:
        notes.append(_behind("Predicted", busy))
    except SegueError as problem:
        notes.append(f"Attributes are not predicted: {problem}")
    return Settled(estimated, predicted, withdrawn, tuple(notes))


def _behind(which: str, problem: SegueError) -> str:
    """What is to be said where attributes stay as they were."""
    if isinstance(problem, BusyError):
        return f"{which} attributes are not up to date ({problem.what}); run `segue analyse`."
    return f"{which} attributes are not up to date: {problem}"


def settle_estimates(db: Database) -> int:
    """Estimate every track that has descriptors anew; how many estimates changed.

    Raises
    ------
    BusyError
        Another program is writing to the catalogue.
    """
    with db.read() as connection:
        if next(guesses.described(connection, **HERE, most=1), None) is None:
            return 0
    with db.write() as connection:
        numbers, scored, levels = _scored(connection)
        loudness = np.full(len(numbers), np.nan)
        _place(loudness, numbers, *estimates.measured(connection, **HERE))
        values = np.full((len(numbers), len(CONTINUOUS)), np.nan)
        _place(values, numbers, *estimates.given(connection, **HERE))
        given = {name: values[:, place] for place, name in enumerate(CONTINUOUS)}
        estimator = Estimator.fitted(scored, given)
        text = estimator.to_text()
        if guesses.kept(connection, "estimates") != text:
            guesses.keep(connection, "estimates", text)
        loud = np.where(np.isfinite(loudness), loudness, levels)
        return estimates.put(connection, numbers, estimator.values(scored, loud), **HERE)


def estimator(connection: Transaction) -> Estimator:
    """What the catalogue's estimates are measured by, as it was settled last."""
    return Estimator.from_text(guesses.kept(connection, "estimates"))


def estimator_of(db: Database) -> Estimator:
    """The same, of an open catalogue."""
    with db.read() as connection:
        return estimator(connection)


def predictor_of(settings: Settings) -> Predictor | None:
    """The model that the setting names; None where it names none.

    Raises
    ------
    NotFoundError, BadFileError, UnavailableError
        It cannot be used; says why.
    """
    if settings.attributes_model is None:
        return None
    from segue.attributes.predictor import Predictor

    inputs = f"{SPACE} {VERSION}, {Hearing.of(settings).parameters}"
    return Predictor.open(settings.attributes_model, inputs=inputs)


def _scored(connection: Transaction) -> tuple[Rows, dict[str, Floats], Floats]:
    """Tracks with descriptors, their scores, and how loud their excerpts are."""
    numbers, levels = [], []
    parts: dict[str, list[Floats]] = {}
    for some in guesses.described(connection, **HERE):
        numbers.append(some.numbers)
        levels.append(loudness_of(some.vectors, np.full(len(some), np.nan)))
        for name, column in scores(some.vectors).items():
            parts.setdefault(name, []).append(column)
    scored = {name: np.concatenate(columns) for name, columns in parts.items()}
    return np.concatenate(numbers), scored, np.concatenate(levels)


def _place(table: Floats, numbers: Rows, tracks: Rows, values: Floats) -> None:
    """Put values of some tracks into the rows of a table that stands for `numbers`."""
    table[np.searchsorted(numbers, tracks)] = values


def _turn_to(db: Database, predictor: Predictor | None) -> int:
    """Take away what another model predicted; how many rows."""
    provenance, digest = ("", "") if predictor is None else (predictor.provenance, predictor.digest)
    with db.read() as connection:
        if predictions.current(connection, provenance=provenance, digest=digest):
            return 0
    with db.write() as connection:
        return predictions.turn_to(connection, provenance=provenance, digest=digest)


def _predict(
    db: Database,
    predictor: Predictor,
    *,
    on_progress: Progress | None,
    stop: threading.Event | None,
) -> int:
    """Predict every track that has no prediction; how many that were."""
    lacking = predictions.lacking(db, provenance=predictor.provenance, **HERE)
    done = 0
    while done < lacking and not (stop is not None and stop.is_set()):
        if on_progress is not None:
            on_progress(done, lacking, PREDICTING)
        with db.read() as connection:
            without = predictor.provenance
            found = guesses.described(connection, **HERE, without=without, most=AT_ONCE)
            some = next(found, None)
        if some is None:
            break
        values = predictor.predict(some.vectors)
        with db.write() as connection:
            stored = predictions.put(
                connection,
                some,
                values,
                provenance=predictor.provenance,
                digest=predictor.digest,
                **HERE,
            )
        if not stored:  # another program turned to another model, or analyses these anew
            break
        done += stored
    if on_progress is not None and lacking:
        on_progress(done, lacking, PREDICTING)
    return done
