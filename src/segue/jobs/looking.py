"""The work ``scan``: look through a music folder, then analyse all that waits.

First the folder is looked through, then every new file is described, then embedded where embedders
are at work, then read from end to end (`segue.jobs.passes`); tracks can be recommended while that
goes on. Analysis runs in worker processes. What is done is in the catalogue, so a job that begins
again goes on where it was.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue.catalogue.folders import folders
from segue.jobs.analyse import Analysis
from segue.jobs.runner import Kind
from segue.jobs.scan import scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segue.catalogue.database import Database
    from segue.jobs.runner import Work
    from segue.settings import Settings
    from segue.summaries import PassSummary, ScanSummary

_log = logging.getLogger(__name__)

SCAN = "scan"
"""Name of the kind."""


def looking(db: Database, *, settings: Settings) -> Kind:
    """What the work ``scan`` is.

    Its payload names the folder as ``root``; without one, only what waits is analysed.

    Parameters
    ----------
    settings
        What to hear of a file, how much of the machine to take, and after how many hours folders
        are looked through again.
    """

    def handler(work: Work) -> str:
        return _look(db, settings, work)

    return Kind(handler, alone=True, due=Rescans(db, hours=settings.rescan_hours))


class Rescans:
    """Which folders are to be looked through again: those where so many hours have passed.

    A folder that cannot be read just now is asked for again after that time, and not at once.

    Parameters
    ----------
    hours
        0 never asks for any.
    """

    def __init__(self, db: Database, *, hours: float) -> None:
        self._db, self._seconds = db, 3600.0 * hours
        self._asked: dict[Path, float] = {}

    def __call__(self) -> Iterator[Mapping[str, Any]]:
        """What is due now, as payloads."""
        if self._seconds <= 0:
            return
        now = time.time()
        for folder in folders(self._db):
            last = max(folder.scanned or 0.0, self._asked.get(folder.root, 0.0))
            if now - last >= self._seconds:
                self._asked[folder.root] = now
                yield {"root": str(folder.root)}


def _look(db: Database, settings: Settings, work: Work) -> str:
    root = work.payload.get("root")
    told: list[str] = []
    if root is not None:
        work.tell(0, None, f"Looking through {root}")
        seen = scan(db, Path(root), on_progress=_named(work, "Looking at"))
        work.refused += [(each.place, each.reason) for each in seen.rejections]
        told.append(_seen(seen))
    with Analysis(db, settings=settings, stop=work.stop) as analysis:
        work.tell(0, None, "Looking for files that wait")
        described = analysis.describe(on_progress=_named(work, "Listening to"))
        if not work.stop.is_set() and analysis.ears():
            analysis.embed(on_progress=_named(work, "Letting networks hear"))
        if not work.stop.is_set():
            analysis.measure(on_progress=_named(work, "Reading all of"))
        for note in analysis.notes:
            _log.warning("%s", note)
    told.append(_heard(described))
    return " ".join([*told, *analysis.notes])


class _named:  # noqa: N801 (used as a function)
    """Progress of a job, with what is done to a file; a look through a folder can be left there."""

    def __init__(self, work: Work, verb: str) -> None:
        self._work, self._verb = work, verb

    def __call__(self, done: int, total: int | None, name: str) -> None:
        message = f"{self._verb} {name}" if name else ""
        if self._verb == "Looking at":
            self._work.tell(done, total, message)
        else:
            # Analysis stops by itself, with everything that is done written down.
            self._work.note(done, total, message)


def _seen(summary: ScanSummary) -> str:
    """What a look through a folder found, as a sentence."""
    parts = {
        "new": summary.new,
        "changed": summary.changed,
        "moved": summary.moved,
        "unchanged": summary.unchanged,
        "refused": summary.rejected,
        "gone": summary.gone,
    }
    said = ", ".join(f"{number:,} {name}" for name, number in parts.items() if number)
    head = f"{summary.found:,} files" + (f": {said}." if said else ".")
    return " ".join([head, *summary.notes])


def _heard(summary: PassSummary) -> str:
    """How files stand after analysis, as a sentence."""
    said = f"{summary.analysed:,} of {summary.found:,} can be recommended"
    return f"{said}, {summary.failed:,} failed." if summary.failed else f"{said}."
