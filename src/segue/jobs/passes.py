"""The passes of analysis: what each asks of a file, and what is stored of the answer.

The **first** describes an excerpt, which is quick and makes a track recommendable; embedders at
work (`segue.jobs.embedders`) hear it on the way. The **second** reads whole files, for what the
player shows and what tells recordings apart: loudness, waveform, fingerprint. Between them, files
that an embedder has not heard yet are **embedded**: when it came after they were described. Each is
a stage of the ledger of its own, and so is each embedder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from segue.audio import recording
from segue.catalogue import descriptions, embeddings, files, ledger, recordings
from segue.catalogue.ledger import Stage
from segue.descriptors.cache import Cache
from segue.descriptors.extract import VERSION
from segue.descriptors.hearing import Hearing
from segue.errors import InaudibleError, NotFoundError, UnavailableError
from segue.jobs.ears import Listening
from segue.jobs.guessing import SPACE, estimator
from segue.jobs.worker import (
    Described,
    Embedded,
    Measured,
    describe_sound,
    embed_sound,
    measure_scanned,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.catalogue.database import Database
    from segue.catalogue.files import WaitingFile
    from segue.catalogue.guesses import Transaction
    from segue.errors import SegueError
    from segue.jobs.ears import Ear
    from segue.settings import Settings


class Answer(Protocol):
    """What a worker found out about a file, and how long that took."""

    @property
    def warning(self) -> str:
        """A sentence when not all of the file could be used, else empty."""
        ...

    @property
    def seconds(self) -> float:
        """Of work."""
        ...


Write = Callable[["Transaction", str, Any, "SegueError | None"], None]
"""Puts into the catalogue what a worker found out about a content hash, or why it found nothing.

All in the caller's transaction, with every line of the ledger that belongs to it.
"""


@dataclass(frozen=True, slots=True)
class Pass:
    """One question, from the ledger to the worker and back.

    Attributes
    ----------
    stages
        What the ledger calls it; files wait for it that wait for any of these.
    verb
        What is being done to a file, for progress.
    seconds
        What a file takes one process, before any has been measured.
    work
        The function that a worker runs.
    arguments
        What it needs to know of a file.
    write
        Writes the answer down.
    """

    stages: tuple[Stage, ...]
    verb: str
    seconds: float
    work: Callable[..., Answer]
    arguments: Callable[[WaitingFile], tuple[Any, ...]]
    write: Write

    @property
    def stage(self) -> Stage:
        """The first of its stages, which says how it stands."""
        return self.stages[0]

    def waiting(self, db: Database) -> list[WaitingFile]:
        """The files that wait for it, in the order of their hashes."""
        by_hash = {
            file.content_hash: file for stage in self.stages for file in files.waiting(db, stage)
        }
        return [by_hash[content_hash] for content_hash in sorted(by_hash)]


def first(settings: Settings, ears: Sequence[Ear] = ()) -> Pass:
    """Describe an excerpt, and embed it.

    Parameters
    ----------
    ears
        The embedders at work.
    """
    listening = Listening(Hearing.of(settings), Cache.of(settings), tuple(ears))
    stage = Stage(SPACE, VERSION, listening.hearing.parameters)
    note_embedded = _embedded_by(listening)

    def write(
        connection: Transaction,
        content_hash: str,
        answer: Described | None,
        error: SegueError | None,
    ) -> None:
        if answer is not None:
            _describe(connection, content_hash, answer)
        else:
            descriptions.remove(connection, content_hash=content_hash, space=SPACE, version=VERSION)
        _note(connection, stage, content_hash, answer, error)
        embedded = answer.embedded if answer is not None else None
        note_embedded(connection, content_hash, embedded, error)

    return Pass(
        stages=(stage,),
        verb="listening to",
        seconds=0.1,
        work=describe_sound,
        arguments=lambda file: (*_named(file), listening),
        write=write,
    )


def embedding(settings: Settings, ears: Sequence[Ear]) -> Pass:
    """Embed an excerpt that was described before the embedder came; needs at least one ear."""
    listening = Listening(Hearing.of(settings), Cache.of(settings), tuple(ears))
    return Pass(
        stages=tuple(ear.stage(listening.hearing) for ear in ears),
        verb="embedding",
        seconds=0.08,
        work=embed_sound,
        arguments=lambda file: (*_named(file), listening),
        write=_embedded_by(listening),
    )


def second(settings: Settings) -> Pass:
    """Read the whole file."""
    hours = settings.longest_hours
    stage = Stage("recording", recording.VERSION, f"{hours:g} hours", lasting=True)

    def write(
        connection: Transaction,
        content_hash: str,
        answer: Measured | None,
        error: SegueError | None,
    ) -> None:
        if answer is not None:
            recordings.put(
                connection,
                content_hash=content_hash,
                version=recording.VERSION,
                recording=answer.recording,
            )
        else:
            recordings.remove(connection, content_hash=content_hash)
        _note(connection, stage, content_hash, answer, error)

    return Pass(
        stages=(stage,),
        verb="measuring",
        seconds=0.5,
        work=measure_scanned,
        arguments=lambda file: (str(file.path), (file.size, file.modified), hours),
        write=write,
    )


def reason(error: SegueError | None) -> str:
    """Why, without the path, which stands beside it wherever this is shown."""
    if error is None:
        return ""
    if isinstance(error, NotFoundError | UnavailableError):
        return f"{error.what}; it stays queued. {error.remedy}."
    return f"{error.what}. {error.remedy}." if error.remedy else f"{error.what}."


def _named(file: WaitingFile) -> tuple[Any, ...]:
    """What a worker knows a file by."""
    return (str(file.path), (file.size, file.modified), file.content_hash)


def _describe(connection: Transaction, content_hash: str, described: Described) -> None:
    """Store a vector and what the signal says of music, by what the catalogue goes by so far."""
    descriptions.put(
        connection,
        content_hash=content_hash,
        space=SPACE,
        version=VERSION,
        vector=described.vector.astype(np.dtype("<f4")).tobytes(),
        estimated=estimator(connection).completed(described.estimates, described.vector),
    )


def _embedded_by(listening: Listening) -> Write:
    """Writes down what every ear heard, each with its line.

    An ear that cannot listen at all leaves the file queued.
    """

    def write(
        connection: Transaction,
        content_hash: str,
        answer: Embedded | None,
        error: SegueError | None,
    ) -> None:
        for ear in listening.ears:
            problem, windows = error, None
            if answer is not None:
                windows = answer.listened.windows.get(ear.space)
                problem = answer.listened.deaf.get(ear.space)
            if windows is not None:
                embeddings.put(connection, ear.mark, content_hash=content_hash, windows=windows)
            elif isinstance(problem, NotFoundError | UnavailableError):
                continue
            else:
                embeddings.remove(connection, ear.mark, content_hash=content_hash)
            found = answer if windows is not None else None
            _note(connection, ear.stage(listening.hearing), content_hash, found, problem)

    return write


def _note(
    connection: Transaction,
    stage: Stage,
    content_hash: str,
    answer: Answer | None,
    error: SegueError | None,
) -> None:
    """The line of the ledger for one stage."""
    ledger.record(
        connection,
        stage,
        content_hash=content_hash,
        state=_state(error),
        reason=answer.warning if answer is not None else reason(error),
        seconds=answer.seconds if answer is not None else None,
    )


def _state(error: SegueError | None) -> ledger.State:
    if error is None:
        return "analysed"
    return "skipped" if isinstance(error, InaudibleError) else "failed"
