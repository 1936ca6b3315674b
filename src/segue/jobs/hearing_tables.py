"""Hear the audio that a table names: files and addresses, in worker processes, each once.

Paths are relative to the table's folder. What lies on the web is fetched first, politely
(`segue.sources.previews`), while the workers describe what has come. Everything heard is kept in
the cache by content, and everything fetched by its address, so that this may be stopped at any
moment, and goes on where it was when it is run again. Where nothing is cached at all
(``SEGUE_CACHE_MEGABYTES=0``), what was fetched is gone in the end.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from segue.descriptors.cache import Cache
from segue.descriptors.hearing import Hearing
from segue.errors import BadFileError, InaudibleError
from segue.jobs.worker import describe_example
from segue.jobs.workers import workers_for
from segue.sources.paths import is_web, locate
from segue.sources.previews import POLITE, Previews

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue.jobs.workers import Outcome
    from segue.settings import Settings
    from segue.sources.previews import Manners
    from segue.types import Progress, Vector

_SHOWN = 120


@dataclass(frozen=True, slots=True, eq=False)
class HeardFile:
    """One file: the hash of its bytes, and its descriptors."""

    content_hash: str
    vector: Vector


@dataclass(slots=True, eq=False)
class HeardTable:
    """What was heard, by row of the table.

    `files` has the rows whose audio was heard, `reasons` why that of the others was not.
    """

    files: dict[int, HeardFile] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)


def hear_all(
    entries: Sequence[str],
    *,
    folder: Path,
    settings: Settings,
    manners: Manners = POLITE,
    on_progress: Progress | None = None,
) -> HeardTable:
    """Hear the audio of every row.

    Parameters
    ----------
    entries
        What the rows say of where it is: a path, or an address that begins with http(s)://.
    folder
        What paths are relative to.
    settings
        How to hear, who does it, where the cache is. Where a row names an address on the web, only
        this machine does: what is fetched lies in its cache.
    manners
        How servers are treated.
    on_progress
        Called with (files done, rows in all, what is done).

    Raises
    ------
    UnavailableError
        What is fetched cannot be kept.
    InternalError
        Workers cannot be started.
    """
    here = any(map(is_web, entries))
    with (
        _keeping(settings) as kept,
        workers_for(settings, files=len(entries), here=here) as workers,
    ):
        run = _Run(entries, folder, Previews(kept, manners=manners), settings, on_progress)
        for outcome in workers.run(describe_example, run.tasks()):
            run.take(outcome)
    return run.heard


@contextmanager
def _keeping(settings: Settings) -> Iterator[Path]:
    """The folder of what is fetched: the cache's, or one for this run."""
    cache = Cache.of(settings)
    if cache.on:
        yield cache.folder
        return
    with tempfile.TemporaryDirectory(prefix="segue-previews-") as folder:
        yield Path(folder)


class _Run:
    """One run: gives out files as they are there, and takes in what was heard."""

    def __init__(
        self,
        entries: Sequence[str],
        folder: Path,
        previews: Previews,
        settings: Settings,
        on_progress: Progress | None,
    ) -> None:
        self.heard = HeardTable()
        self._entries, self._folder, self._previews = entries, folder, previews
        self._hearing, self._cache = Hearing.of(settings), Cache.of(settings)
        self._on_progress = on_progress
        self._rows: dict[str, list[int]] = {}
        self._outcomes: dict[str, Outcome[tuple[str, Vector]]] = {}
        self._addresses: dict[str, str] = {}

    def tasks(self) -> Iterator[tuple[str, tuple[str, Hearing, Cache]]]:
        """Every file once, fetched where it is on the web."""
        for row, entry in enumerate(map(str.strip, self._entries)):
            place = self._place(entry)
            if isinstance(place, str):
                self.heard.reasons[row] = place
                continue
            key = str(place)
            if key in self._outcomes:  # heard already: another row named it too
                self._rows[key].append(row)
                self._settle(key)
            elif key in self._rows:
                self._rows[key].append(row)
            else:
                self._rows[key] = [row]
                yield key, (key, self._hearing, self._cache)

    def take(self, outcome: Outcome[tuple[str, Vector]]) -> None:
        """What became of a file."""
        self._outcomes[outcome.key] = outcome
        self._settle(outcome.key)
        self._tell(f"listening to {Path(outcome.key).name}")

    def _place(self, entry: str) -> Path | str:
        """Where a row's audio lies, or why it lies nowhere."""
        if not entry:
            return "no audio is named"
        if not is_web(entry):
            return locate(entry, folder=self._folder)
        self._tell(f"fetching {entry[:_SHOWN]}")
        found = self._previews.get(entry)
        if isinstance(found, str):
            return f"{entry[:_SHOWN]}: {found}"
        self._addresses[str(found)] = entry
        return found

    def _settle(self, key: str) -> None:
        """Write what became of a file down for every row that names it."""
        outcome = self._outcomes[key]
        error = outcome.error
        address = self._addresses.get(key, "")
        if address and isinstance(error, BadFileError) and not isinstance(error, InaudibleError):
            # Perhaps the server sends something better another time.
            self._previews.forget(address)
        for row in self._rows.pop(key, ()):
            if outcome.value is not None:
                self.heard.files[row] = HeardFile(*outcome.value)
            elif error is not None:
                shown = address or self._entries[row].strip()
                self.heard.reasons[row] = f"{shown[:_SHOWN]}: {error.what}"
        self._rows[key] = []

    def _tell(self, what: str) -> None:
        if self._on_progress is not None:
            done = len(self.heard.files) + len(self.heard.reasons)
            self._on_progress(done, len(self._entries), what)
