"""Previews: short clips of tracks that lie on the web, fetched politely and kept.

One request at a time, and a pause between two to the same host. A server that is busy (429, 5xx)
or breaks off is asked again after a while that doubles, or after the time that it names in
``Retry-After`` (RFC 9110, section 10.2.3). One that asks for too much patience, or gives nothing
several times in a row, is left alone for the rest of the run: a dead host costs a few minutes, not
days.

What was fetched is kept by its address, ``<folder>/previews/<first two digits>/<sha256 of the
address>.audio``, and is not fetched again. It stays until somebody clears it (`clear`).
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue.errors import BadRequestError, UnavailableError
from segue.sources import web
from segue.sources.fetching import NOTES, PART, BusyError, Limits, RefusedError, fetch

if TYPE_CHECKING:
    import os
    from pathlib import Path

FOLDER = "previews"
"""The folder below that of the cache."""

WHOLE = ".audio"
"""Ending of a file that came whole."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How servers are treated.

    Attributes
    ----------
    pause
        Seconds between two requests to one host.
    tries
        How often one file is asked for while the server is busy or breaks off.
    backoff
        Seconds before the second try; each further one waits twice as long.
    patience
        The longest that a server may ask to wait, seconds.
    give_up
        Files in a row that a host may fail to give before it is left alone.
    limits
        What one file may take.
    """

    pause: float = 0.5
    tries: int = 3
    backoff: float = 2.0
    patience: float = 120.0
    give_up: int = 3
    limits: Limits = field(default_factory=Limits)


POLITE = Manners()
"""How servers are treated unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many files are kept (or were removed), and their bytes."""

    files: int = 0
    bytes: int = 0


class Previews:
    """Files of the web, by address.

    Parameters
    ----------
    folder
        Where they are kept; made when the first one comes.
    manners
        How servers are treated.
    """

    def __init__(self, folder: Path, *, manners: Manners = POLITE) -> None:
        self._folder = folder
        self._manners = manners
        self._next: dict[str, float] = {}
        self._failed: dict[str, int] = {}
        self._left: dict[str, str] = {}

    def get(self, entry: str) -> Path | str:
        """Where the file of an address lies, fetched if it is not there yet.

        Returns
        -------
        Path or str
            A sentence where there is none: it is no address that may be fetched, or the server
            has no such file, is busy, silent or left alone, leads astray, or sends no audio.

        Raises
        ------
        UnavailableError
            The folder cannot be written to.
        """
        try:
            url = web.address(entry)
        except BadRequestError as error:
            return error.what
        path = self._path(url)
        if path.exists():
            return path
        host = web.host_of(url)
        if host not in self._left:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                reason = self._fetched(url, path, host)
            except OSError as error:
                raise UnavailableError(
                    f"what was fetched cannot be kept ({error.strerror})",
                    where=str(self._folder),
                    remedy="Make room there, or name another folder: SEGUE_CACHE_FOLDER",
                ) from error
            return reason or path
        return self._left[host]

    def forget(self, entry: str) -> None:
        """Let go of the file of an address, which turned out to be none that can be heard."""
        self._path(web.address(entry)).unlink(missing_ok=True)

    def _fetched(self, url: str, path: Path, host: str) -> str:
        """Fetch a file, in several tries where need be; why it did not come, or empty."""
        reason = ""
        for attempt in range(self._manners.tries):
            self._wait(host)
            try:
                fetch(url, path, limits=self._manners.limits)
            except BusyError as busy:
                reason = busy.reason
                asked = self._manners.backoff * 2**attempt if busy.seconds is None else busy.seconds
                self._next[host] = time.monotonic() + asked
                if asked > self._manners.patience:
                    self._left[host] = f"{host} asks to be left alone for {asked:,.0f} s"
                    return self._left[host]
            except RefusedError as refused:
                return refused.reason
            else:
                self._failed.pop(host, None)
                return ""
            finally:
                soonest = time.monotonic() + self._manners.pause
                self._next[host] = max(self._next.get(host, 0.0), soonest)
        self._failed[host] = self._failed.get(host, 0) + 1
        if self._failed[host] >= self._manners.give_up:
            self._left[host] = f"{host} is left alone: it failed time and again ({reason})"
        return reason

    def _path(self, url: str) -> Path:
        digest = hashlib.sha256(url.encode("ascii")).hexdigest()
        return self._folder / FOLDER / digest[:2] / f"{digest}{WHOLE}"

    def _wait(self, host: str) -> None:
        ahead = self._next.get(host, 0.0) - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)


def kept(folder: Path) -> Kept:
    """What is kept below the cache's folder; unfinished files count by their bytes alone."""
    found = _files(folder)
    whole = sum(path.suffix == WHOLE for path, _ in found)
    return Kept(whole, sum(status.st_size for _, status in found))


def clear(folder: Path) -> Kept:
    """Remove all that is kept below the cache's folder; says what went.

    Raises
    ------
    UnavailableError
        A file may not be removed.
    """
    going = kept(folder)
    try:
        for path, _ in _files(folder):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"a fetched file cannot be removed ({error.strerror})",
            where=str(folder / FOLDER),
            remedy="Give yourself the right to change the folder",
        ) from error
    for below in (*(folder / FOLDER).glob("??"), folder / FOLDER):
        with suppress(OSError):  # not empty
            below.rmdir()
    return going


def _files(folder: Path) -> list[tuple[Path, os.stat_result]]:
    found = []
    for ending in (WHOLE, PART, NOTES):
        for path in (folder / FOLDER).glob(f"??/*{ending}"):
            with suppress(OSError):
                found.append((path, path.stat()))
    return found
