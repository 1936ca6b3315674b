"""How a catalogue stands: what it holds, and how far each pass of analysis has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue.catalogue import counts, guesses, ledger, predictions
from segue.catalogue.database import epoch
from segue.descriptors.hearing import Hearing
from segue.errors import SegueError
from segue.jobs.embedders import looked_up
from segue.jobs.guessing import HERE, estimator_of, predictor_of
from segue.jobs.known_embedders import EmbedderStatus, statuses
from segue.jobs.learned import LearnedStatus, learned
from segue.jobs.passes import first, second
from segue.snapshot import Inferring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.catalogue.counts import Counts
    from segue.catalogue.database import Database
    from segue.catalogue.ledger import Cause, LedgerCounts, LedgerEntry, Stage
    from segue.settings import Settings
    from segue.snapshot import Space


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """How the model of the setting ``attributes_model`` stands.

    `name` is empty and `problem` a sentence with its remedy where it cannot be used. Of the
    `described` tracks with today's descriptors it has predicted `predicted`.
    """

    folder: str
    name: str
    problem: str
    predicted: int
    described: int


@dataclass(frozen=True, slots=True)
class Status:
    """What a catalogue holds and what can be asked of it.

    `ledger` is how the first pass of analysis stands, which makes tracks recommendable, and
    `recordings` how the second does, which reads whole files. `spaces` says how many tracks each
    space places; it is empty until an engine is built. `attributes` counts tracks that have
    attributes of each provenance, `measured` says by how many tracks' given values each estimated
    attribute is measured (those that are not there go by ordinary music). `model` is None where
    the setting names none. `embedders` are those at work, and what keeps others from it. `learned`
    is what training found out about spaces and lenses, `inferred` how many tracks stand in a space
    by their content alone.
    """

    url: str
    epoch: int
    counts: Counts
    ledger: LedgerCounts
    recordings: LedgerCounts
    spaces: Mapping[str, int]
    attributes: Mapping[str, int] = field(default_factory=dict)
    measured: Mapping[str, int] = field(default_factory=dict)
    model: ModelStatus | None = None
    embedders: tuple[EmbedderStatus, ...] = ()
    learned: tuple[LearnedStatus, ...] = ()
    inferred: Mapping[str, int] = field(default_factory=dict)


def status(db: Database, *, settings: Settings, spaces: Mapping[str, Space]) -> Status:
    """How it stands at this moment; `spaces` are the engine's, none before there is one."""
    return Status(
        url=db.url,
        epoch=epoch(db),
        counts=counts.counts(db),
        ledger=ledger.counts(db, first(settings).stage),
        recordings=ledger.counts(db, second(settings).stage),
        spaces={name: int(space.placed.sum()) for name, space in spaces.items()},
        attributes=guesses.counts(db),
        measured=estimator_of(db).own,
        model=model(db, settings=settings),
        embedders=statuses(db, settings=settings),
        learned=tuple(learned(db)),
        inferred={
            name: number
            for name, space in spaces.items()
            if isinstance(space, Inferring) and (number := int(space.inferred.sum()))
        },
    )


def model(db: Database, *, settings: Settings) -> ModelStatus | None:
    """How the model stands that predicts attributes; None where none is set."""
    if settings.attributes_model is None:
        return None
    name, problem, predicted = "", "", 0
    described = guesses.count(db, **HERE)
    try:
        predictor = predictor_of(settings)
    except SegueError as error:
        problem = str(error)
    else:
        if predictor is not None:
            name = predictor.model.manifest.name
            lacking = predictions.lacking(db, provenance=predictor.provenance, **HERE)
            predicted = described - lacking
    return ModelStatus(str(settings.attributes_model), name, problem, predicted, described)


def causes(db: Database, *, settings: Settings) -> list[Cause]:
    """Why files failed or were skipped, in every pass, each reason once a pass."""
    return [cause for stage in _stages(db, settings) for cause in ledger.causes(db, stage)]


def failures(db: Database, *, settings: Settings, limit: int | None = None) -> list[LedgerEntry]:
    """Files that one pass or another could not read, in the order of their paths, each once."""
    entries = [
        entry
        for stage in _stages(db, settings)
        for entry in ledger.failures(db, stage, limit=limit)
    ]
    once = {entry.content_hash: entry for entry in reversed(entries)}
    return sorted(once.values(), key=lambda entry: entry.path)[:limit]


def retry(
    db: Database,
    *,
    settings: Settings,
    words: str | None = None,
    content_hash: str | None = None,
) -> int:
    """Queue files that failed once more, in all passes (`segue.catalogue.ledger.retry`).

    How many files that are; one that failed in several counts once.
    """
    stages = _stages(db, settings)
    queued = (ledger.retry(db, stage, words=words, content_hash=content_hash) for stage in stages)
    return len(set().union(*queued))


def _stages(db: Database, settings: Settings) -> list[Stage]:
    """What is asked of every file: both passes, and each embedder at work."""
    hearing = Hearing.of(settings)
    ears = looked_up(db, settings).ears
    described, measured = first(settings).stage, second(settings).stage
    return [described, *(ear.stage(hearing) for ear in ears), measured]
