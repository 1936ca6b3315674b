"""A data set comes from its publisher: in pieces where need be, checked, whole or not at all.

What broke off goes on where it was, now or when the same is asked for again. At its place a file
stands only once its digest is the known one; a file with another is kept beside it under the
ending ``.unverified`` until somebody says that it is wanted all the same.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue.errors import BadFileError, NotFoundError, UnavailableError
from segue.sources import web
from segue.sources.fetching import PART, BusyError, Limits, RefusedError, fetch

if TYPE_CHECKING:
    from pathlib import Path

    from segue.sources.fetched_sets import DataSet
    from segue.types import Progress

UNVERIFIED = ".unverified"
"""Ending of a file that came whole and is not the known one."""

_SLICE = re.compile(r"(?:.*/)?mpd\.slice\.\d+-\d+\.json")
_CHUNK = 1 << 20
_WEEK = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How a server is treated that is busy or breaks off.

    Attributes
    ----------
    tries
        How often in a row it may give nothing new.
    backoff
        Seconds before it is asked again; twice as long each time.
    longest
        The longest that it may ask to wait, seconds.
    silence
        Seconds without a byte after which it counts as silent.
    """

    tries: int = 6
    backoff: float = 2.0
    longest: float = 300.0
    silence: float = 60.0


PATIENT = Patience()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came.

    Attributes
    ----------
    path
        Where it lies.
    bytes
        How large it is.
    digest
        Which one it is known by, or its sha256 where it is known by none.
    known
        Whether its digest is the known one; None where there is none to be compared with.
    there
        Whether it was there already.
    """

    path: Path
    bytes: int
    digest: tuple[str, str]
    known: bool | None
    there: bool = field(default=False)


def place_of(data_set: DataSet, folder: Path) -> Path:
    """Where the file of a data set belongs."""
    return folder / data_set.file


def fetched(
    data_set: DataSet,
    folder: Path,
    *,
    address: str = "",
    any_version: bool = False,
    patience: Patience = PATIENT,
    on_progress: Progress | None = None,
) -> Fetched:
    """Fetch a data set into a folder, or look at the file that is there already.

    Parameters
    ----------
    data_set
        One of `segue.sources.fetched_sets.DATA_SETS`.
    folder
        Made where it is not there.
    address
        A mirror that holds the same file; the publisher's own where empty.
    any_version
        Whether a file is taken that is not the known one.
    patience
        How the server is treated.
    on_progress
        Told of bytes.

    Raises
    ------
    NotFoundError
        It has to be put there by hand and is not there.
    BadFileError
        What came, or lies there, is not the known file.
    UnavailableError
        The server does not give it, or there is no room.
    BadRequestError
        `address` is none.
    """
    path = place_of(data_set, folder)
    if path.exists():
        return _checked(data_set, path, path, any_version=any_version, on_progress=on_progress)
    source = address or data_set.address
    if not source:
        raise NotFoundError(
            f"{data_set.title} is given by its publisher only to people who sign in",
            where=str(path),
            remedy=f"Fetch {data_set.file} from {data_set.publisher} and put it there",
        )
    url = web.address(source)
    came = path.with_name(path.name + UNVERIFIED)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not came.exists():
            _check_room(data_set, folder, came)
            _fetch(url, came, data_set, patience, on_progress)
        return _checked(data_set, came, path, any_version=any_version, on_progress=on_progress)
    except OSError as error:
        raise UnavailableError(
            f"what comes cannot be kept ({error.strerror or error})",
            where=str(folder),
            remedy="Make room there, or name another folder with --into",
        ) from error


def _fetch(
    url: str, came: Path, data_set: DataSet, patience: Patience, on_progress: Progress | None
) -> None:
    """Ask until all of it is there, or nothing new comes any more."""
    part = came.with_suffix(PART)
    limits = Limits(
        silence=patience.silence,
        longest=_WEEK,
        # A new version may be larger; what never ends is not one.
        most_bytes=2 * data_set.size if data_set.size else 100_000_000_000,
    )

    def told(done: int, total: int | None) -> None:
        if on_progress is not None:
            on_progress(done, total, f"bytes of {data_set.file}")

    failed = 0
    while True:
        before = _size(part)
        try:
            fetch(url, came, limits=limits, sounding=False, told=told)
        except BusyError as busy:
            failed = 0 if _size(part) > before else failed + 1
            wait = patience.backoff * 2**failed if busy.seconds is None else busy.seconds
            if failed >= patience.tries or wait > patience.longest:
                raise _left(url, busy.reason) from busy
            time.sleep(min(wait, patience.longest))
        except RefusedError as refused:
            raise _left(url, refused.reason) from refused
        else:
            return


def _left(url: str, reason: str) -> UnavailableError:
    return UnavailableError(
        f"it does not come: {reason}",
        where=url,
        remedy="Try again later, which goes on where this stopped; or name a mirror with --from",
    )


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _check_room(data_set: DataSet, folder: Path, came: Path) -> None:
    missing = data_set.size - _size(came.with_suffix(PART))
    free = shutil.disk_usage(folder).free
    if free < missing:
        raise UnavailableError(
            f"{data_set.title} takes {missing / 1e6:,.0f} MB more, and {free / 1e6:,.0f} MB are"
            " free",
            where=str(folder),
            remedy="Make room there, or name another folder with --into",
        )


def _checked(
    data_set: DataSet,
    came: Path,
    path: Path,
    *,
    any_version: bool,
    on_progress: Progress | None,
) -> Fetched:
    """Give the file its name if it is the known one, or is wanted all the same."""
    there = came == path
    kind, wanted = data_set.digest
    found = _digest(came, kind or "sha256", data_set, on_progress)
    known = found == wanted if wanted else None
    if known is False and not any_version:
        raise BadFileError(
            f"this is not the file that Segue knows as {data_set.title}: its {kind} is {found},"
            f" and {wanted} is meant",
            where=str(came),
            remedy="Delete it and fetch it again; if its publisher changed it, and you trust that,"
            " take it with --any-version",
        )
    if data_set.name == "mpd":
        _check_playlists(came)
    size = came.stat().st_size
    if not there:
        came.replace(path)
    return Fetched(path, size, (kind or "sha256", found), known, there)


def _digest(path: Path, kind: str, data_set: DataSet, on_progress: Progress | None) -> str:
    # Publishers chose md5 and sha1 against accidents, before these were broken.
    digest = hashlib.new(kind, usedforsecurity=False)
    done, total = 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if on_progress is not None:
                on_progress(done, total, f"bytes of {data_set.file} checked")
    return digest.hexdigest()


def _check_playlists(path: Path) -> None:
    """BadFileError for a file that does not hold slices of playlists, as no digest is published."""
    try:
        with zipfile.ZipFile(path) as archive:
            slices = [name for name in archive.namelist() if _SLICE.fullmatch(name)]
    except zipfile.BadZipFile as error:
        raise BadFileError(
            f"this is no ZIP archive ({error})", where=str(path), remedy="Fetch it again"
        ) from error
    if not slices:
        raise BadFileError(
            "this archive holds no slices of the Million Playlist Dataset"
            " (mpd.slice.0-999.json and so on)",
            where=str(path),
            remedy="Put the file of its publisher there",
        )
