"""The two passes of analysis: what each asks of a file, and what is stored of the answer.

The **first** describes an excerpt, which is quick and makes a track recommendable. The **second**
reads whole files, for what the player shows and what tells recordings apart: loudness, waveform,
fingerprint. Each is a stage of the ledger of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from segue.audio import recording
from segue.catalogue import descriptions, recordings
from segue.catalogue.ledger import Stage
from segue.descriptors.cache import Cache
from segue.descriptors.extract import VERSION
from segue.descriptors.hearing import Hearing
from segue.jobs.guessing import SPACE, estimator
from segue.jobs.worker import Described, describe_sound, measure_scanned

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.catalogue.files import WaitingFile
    from segue.catalogue.guesses import Transaction
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


@dataclass(frozen=True, slots=True)
class Pass:
    """One question, from the ledger to the worker and back.

    Attributes
    ----------
    stage
        What the ledger calls it.
    verb
        What is being done to a file, for progress.
    seconds
        What a file takes one process, before any has been measured.
    work
        The function that a worker runs.
    arguments
        What it needs to know of a file.
    store
        Puts the answer for a content hash into the catalogue, in the caller's transaction.
    remove
        Takes an earlier answer away.
    """

    stage: Stage
    verb: str
    seconds: float
    work: Callable[..., Answer]
    arguments: Callable[[WaitingFile], tuple[Any, ...]]
    store: Callable[[Any, str, Any], None]
    remove: Callable[..., None]


def first(settings: Settings) -> Pass:
    """Describe an excerpt."""
    hearing, cache = Hearing.of(settings), Cache.of(settings)
    return Pass(
        stage=Stage(SPACE, VERSION, hearing.parameters),
        verb="listening to",
        seconds=0.1,
        work=describe_sound,
        arguments=lambda file: (
            str(file.path),
            (file.size, file.modified),
            file.content_hash,
            hearing,
            cache,
        ),
        store=_describe,
        remove=partial(descriptions.remove, space=SPACE, version=VERSION),
    )


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


def second(settings: Settings) -> Pass:
    """Read the whole file."""
    hours = settings.longest_hours
    return Pass(
        stage=Stage("recording", recording.VERSION, f"{hours:g} hours", lasting=True),
        verb="measuring",
        seconds=0.5,
        work=measure_scanned,
        arguments=lambda file: (str(file.path), (file.size, file.modified), hours),
        store=lambda connection, content_hash, measured: recordings.put(
            connection,
            content_hash=content_hash,
            version=recording.VERSION,
            recording=measured.recording,
        ),
        remove=recordings.remove,
    )
