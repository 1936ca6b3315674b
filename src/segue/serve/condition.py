"""What works in a server and what does not, in sentences: the health of Segue for people.

Each part of it either works, works in part, waits for something or is not there, and each of the
last three says what would help. Nothing here is a guess: the same rows that answers are made from
are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segue.catalogue import jobs
from segue.errors import SegueError
from segue.jobs import teaching
from segue.serve import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue.catalogue.jobs import Job
    from segue.jobs.runner import Runner
    from segue.jobs.standing import Status
    from segue.library import Segue

State = Literal["works", "partly", "waits", "absent"]

STATES: dict[State, str] = {
    "works": "works",
    "partly": "works in part",
    "waits": "not yet",
    "absent": "not here",
}
"""Every state, and what it is called on the page."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: what it is, how it stands, a sentence, and what would help (or nothing)."""

    name: str
    state: State
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense of likeness: its space, how many of all tracks it places, what would place more."""

    space: str
    placed: int
    total: int
    needs: str


def senses(segue: Segue) -> list[Sense]:
    """Every space of the engine, those that place most first; none while it is being built."""
    if not segue.ready:
        return []
    snapshot = segue.engine().snapshot
    total = len(snapshot.corpus.ids)
    found = [
        Sense(name, int(space.placed.sum()), total, _sentence(space.needs))
        for name, space in snapshot.spaces.items()
    ]
    return sorted(found, key=lambda sense: (-sense.placed, sense.space))


def condition(segue: Segue, runner: Runner) -> list[Part]:
    """Every part of a server, from the catalogue to what listens in the background."""
    try:
        status = segue.status()
    except SegueError as error:
        return [Part("Catalogue", "absent", f"{error.what}.", f"{error.remedy}.")]
    return [
        _catalogue(status),
        *_analysis(status),
        _comparing(segue),
        *_networks(status),
        _background(segue, runner),
        _teaching(),
    ]


def _catalogue(status: Status) -> Part:
    counts = status.counts
    if not counts.tracks:
        return Part(
            "Catalogue", "waits", "It is empty.", "`segue serve ~/Music` fills it with a folder."
        )
    said = f"{words.count(counts.tracks)} tracks, {words.count(counts.playable)} with a file."
    if counts.missing:
        return Part(
            "Catalogue",
            "partly",
            f"{said} {words.count(counts.missing)} files are gone from where they were.",
            "Bring the folder back and scan it again: `segue scan FOLDER`.",
        )
    return Part("Catalogue", "works", said)


def _analysis(status: Status) -> Iterator[Part]:
    ledger = status.ledger
    if not ledger.found:
        return
    said = f"{words.count(ledger.analysed)} of {words.count(ledger.found)} files are described."
    if ledger.skipped:
        said += f" {words.count(ledger.skipped)} hold no music that can be described."
    if ledger.failed:
        failed = f"{words.count(ledger.failed)} could not be read."
        remedy = "The page of files and jobs says why, and tries them again."
        yield Part("Analysis", "partly", f"{said} {failed}", remedy)
    elif ledger.queued:
        yield Part("Analysis", "waits", f"{said} The others wait.", "`segue analyse` goes on.")
    else:
        yield Part("Analysis", "works", said)


def _comparing(segue: Segue) -> Part:
    if segue.ready:
        return Part("Recommendations", "works", "The catalogue is compared; answers are made.")
    return Part(
        "Recommendations",
        "waits",
        "Segue is getting to know the catalogue.",
        "It takes a moment after the start and after large changes.",
    )


def _networks(status: Status) -> Iterator[Part]:
    """Networks that cannot be used; those that can show in the spaces they make."""
    for one in status.embedders:
        if one.problem:
            yield Part(f"Network for {words.space(one.space)}", "absent", _sentence(one.problem))
    if status.model is not None and status.model.problem:
        said = f"The model that is set cannot be used: {status.model.problem}."
        yield Part("Predicted attributes", "absent", said, "Attributes are estimated instead.")


def _background(segue: Segue, runner: Runner) -> Part:
    if runner.running and not runner.takes:
        return _elsewhere(jobs.open_ones(segue.database))
    if runner.running:
        return Part("Work beside the server", "works", "Scans, uploads and teaching are taken on.")
    return Part(
        "Work beside the server",
        "absent",
        "Nothing works in the background: scans and uploads wait.",
        "Start the server again.",
    )


def _elsewhere(open_ones: Sequence[Job]) -> Part:
    """How work stands that is left to workers, as far as the table of jobs tells."""
    waiting = sum(job.state == "queued" for job in open_ones)
    held = len(open_ones) - waiting
    if waiting and not held:
        return Part(
            "Work beside the server",
            "waits",
            f"It is left to workers; {words.count(waiting)} jobs wait, and none is at work.",
            "Start a worker that reaches the files: `segue worker`.",
        )
    return Part(
        "Work beside the server",
        "works",
        f"It is left to workers; {words.count(held)} jobs are at work,"
        f" {words.count(waiting)} wait.",
    )


def _teaching() -> Part:
    lacking = teaching.missing()
    if not lacking:
        return Part("Teaching", "works", "Networks and models can be trained here.")
    return Part(
        "Teaching",
        "absent",
        f"{', '.join(lacking)} not installed; what was trained elsewhere works.",
        f"`{teaching.COMMAND}` adds what is missing.",
    )


def _sentence(text: str) -> str:
    text = text.rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
