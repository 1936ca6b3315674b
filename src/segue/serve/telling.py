"""Work in the background, in words: the same on pages and in what is sent to them later."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from segue.jobs.charting import MAP
from segue.serve.addresses import link
from segue.serve.words import count

if TYPE_CHECKING:
    from segue.catalogue.jobs import Job
    from segue.jobs.runner import Standing

KINDS = {
    "scan": "Looking through music",
    "upload": "Listening to a file",
    "waveform": "Reading a file for its waveform",
    "teach": "Teaching Segue your library",
    MAP: "Drawing the map",
}
"""What people call each kind of work."""

STATES = {
    "queued": "waiting",
    "running": "at work",
    "done": "done",
    "failed": "failed",
    "cancelled": "cancelled",
    "interrupted": "interrupted",
}
"""What people call each state."""


PACELESS = frozenset({"upload", "waveform"})
"""Kinds of one file each, which have no pace."""


@dataclass(frozen=True, slots=True)
class Told:
    """A job as a page shows it.

    Attributes
    ----------
    title
        What is done, and to what.
    said
        Its state as people say it.
    pace
        How far it is, how fast, how long it will take; empty where nothing can be said.
    message
        What it is at, what came of it, or why it failed.
    address
        Where what came of it can be seen; empty: nowhere.
    open
        Whether it is not over.
    again
        Whether the same can be asked for once more.
    when
        When it ended, or began, as people say it.
    """

    id: int
    kind: str
    state: str
    title: str
    said: str
    done: int
    total: int | None
    rate: float
    eta: float | None
    pace: str
    message: str
    address: str
    open: bool
    again: bool
    when: str
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def event(self) -> dict[str, Any]:
        """What is sent to a page while it changes."""
        values = asdict(self)
        del values["refused"]
        return values


def told(standing: Standing) -> Told:
    """A job in words."""
    job, pace = standing.job, standing.pace
    title = KINDS.get(job.kind, job.kind)
    place = job.payload.get("root")
    return Told(
        id=job.id,
        kind=job.kind,
        state=job.state,
        title=f"{title}: {place}" if place else title,
        said=STATES[job.state],
        done=job.done,
        total=job.total,
        rate=round(pace.rate, 3),
        eta=None if pace.eta is None else round(pace.eta, 1),
        pace=_pace(standing),
        message=job.message,
        address=_address(job),
        open=job.open,
        again=job.state in {"failed", "cancelled"} and job.kind in KINDS,
        when=ago(job.finished or job.started or job.created),
        refused=job.refused,
    )


def ago(since: float | None, *, now: float | None = None) -> str:
    """A time since 1970 as people say it: "just now", "5 minutes ago", a day.

    >>> ago(1_000.0, now=1_000.0 + 7_300.0)
    '2 hours ago'
    """
    if since is None:
        return "never"
    seconds = max(0.0, (time.time() if now is None else now) - since)
    if seconds < 45:
        return "just now"
    for name, size, most in (("minute", 60, 60), ("hour", 3600, 24), ("day", 86_400, 14)):
        number = max(1, round(seconds / size))
        if number < most:
            return f"{number} {name}{'' if number == 1 else 's'} ago"
    day = time.localtime(since)
    return f"{day.tm_mday} {time.strftime('%B %Y', day)}"


def bytes_of(size: int) -> str:
    """A size as people say it.

    >>> bytes_of(4_200_000), bytes_of(950)
    ('4.2 MB', '1 kB')
    """
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{max(1, round(size / 1e3))} kB"


def days(number: float) -> str:
    """A number of days, or of hours where it is less than two.

    >>> days(7.0), days(0.25)
    ('7 days', '6 hours')
    """
    return f"{number:g} days" if number >= 2 else f"{number * 24:g} hours"


def left(seconds: float) -> str:
    """How long something will take, as people say it.

    >>> left(130)
    'about 2 minutes left'
    """
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {minutes} minute{'' if minutes == 1 else 's'} left"
    return f"about {round(seconds / 3600)} hours left"


def _address(job: Job) -> str:
    """Where what came of it can be seen; empty: nowhere."""
    if job.kind == MAP:
        # Maps are drawn unasked as well, by whom no address is known; what is drawn says it.
        return link("map", space=job.payload.get("space"))
    return link(*job.address.split("/")) if job.address else ""


def _pace(standing: Standing) -> str:
    job, pace = standing.job, standing.pace
    if not (job.done or job.total) or job.kind in PACELESS:
        return ""
    parts = [count(job.done) if job.total is None else f"{count(job.done)} of {count(job.total)}"]
    if job.state == "running" and pace.rate:
        parts.append(f"{pace.rate:,.1f} a second")
    if job.state == "running" and pace.eta:
        parts.append(left(pace.eta))
    return ", ".join(parts)
