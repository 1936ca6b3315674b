"""Files that are mapped to memory, and who holds them.

A file may be removed while a program has it mapped. On a local disk that program goes on reading
it; on storage that machines share it does not, and the next page it wants ends it. So who maps a
file, or a folder of files, says so: a small file beside it, its **lease**, is touched every minute
as long as the mapping lives, and goes with it. Who wants to remove what no longer counts looks for
leases first (`remove`).

The lease of a program that was killed counts for a quarter of an hour more. Ages are those of files
to one another (`storage_time`): the clock of a machine may be off.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import tempfile
import threading
import weakref
from contextlib import contextmanager, suppress
from glob import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_log = logging.getLogger(__name__)

TOUCHED = 60.0
"""Seconds after which leases are touched."""

LIFE = 900.0
"""Seconds after which a lease that nobody touches is a dead program's."""

YOUNG = 120.0
"""Seconds for which nothing is removed: who opens it may not have a lease that all can see."""

_SUFFIX = ".held"

_leases: set[Path] = set()
_starting = threading.Lock()
_toucher: threading.Thread | None = None


def storage_time(folder: Path) -> float:
    """The time at which a file would be written in a folder now, as `st_mtime` tells it.

    Raises
    ------
    OSError
        Nothing can be written there.
    """
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".time-") as file:
        file.write(b".")
        file.flush()
        return os.fstat(file.fileno()).st_mtime


def is_lease(path: Path) -> bool:
    """Whether a file says that another is held."""
    return path.suffix == _SUFFIX


def hold(path: Path, *, by: object) -> None:
    """Hold a file or a folder for as long as an object lives, which has it mapped.

    Where no lease can be written nothing is held: who cannot write there removes nothing either.
    """
    lease = _lease(path)
    if lease is not None:
        weakref.finalize(by, _give_back, lease)


@contextmanager
def holding(path: Path) -> Iterator[None]:
    """Hold a file or a folder within the block, for instance while it is being written."""
    lease = _lease(path)
    try:
        yield
    finally:
        if lease is not None:
            _give_back(lease)


def _lease(path: Path) -> Path | None:
    lease = path.with_name(f"{path.name}.{secrets.token_hex(6)}{_SUFFIX}")
    try:
        lease.touch(exist_ok=False)
    except OSError as fault:
        _log.debug("%s is not held: %s", path, fault)
        return None
    _leases.add(lease)
    _touch_from_now_on()
    return lease


def _give_back(lease: Path) -> None:
    # It may be called by the collector at any moment: it waits for nothing.
    _leases.discard(lease)
    with suppress(OSError):
        lease.unlink(missing_ok=True)


def _touch_from_now_on() -> None:
    global _toucher  # noqa: PLW0603 (one thread for all leases of a program)
    with _starting:
        if _toucher is None or not _toucher.is_alive():
            _toucher = threading.Thread(target=_touch, name="segue-leases", daemon=True)
            _toucher.start()


def _touch() -> None:
    pause = threading.Event()
    while not pause.wait(TOUCHED):
        for lease in _leases.copy():
            with suppress(OSError):
                os.utime(lease)


def remove(path: Path, *, now: float, after: float | None = None) -> bool:
    """Remove a file or a folder that no longer counts, where nobody holds it.

    It is moved aside before leases are looked at once more, so that who comes in between either
    has a lease by then or finds nothing.

    Parameters
    ----------
    now
        `storage_time` of its folder.
    after
        Seconds since it, or something in the folder, was last written to; `YOUNG` when None.

    Returns
    -------
    bool
        Whether it is gone.
    """
    last = _last_written(path)
    if last is None or now - last < (YOUNG if after is None else after) or _is_held(path, now):
        return False
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        os.rename(path, aside)
        if _is_held(path, now):
            os.rename(aside, path)
            return False
        if aside.is_dir():
            shutil.rmtree(aside)
        else:
            aside.unlink()
    except OSError as fault:
        _log.info("%s is in the way and cannot be removed now: %s", path, fault)
        return False
    return True


def _is_held(path: Path, now: float) -> bool:
    """Whether somebody holds a path; leases of dead programs are removed."""
    alive = False
    for lease in path.parent.glob(f"{escape(path.name)}.*{_SUFFIX}"):
        with suppress(OSError):
            if now - lease.stat().st_mtime > LIFE:
                lease.unlink(missing_ok=True)
            else:
                alive = True
    return alive


def _last_written(path: Path) -> float | None:
    """When a file, or anything in a folder, was last written to; None where it is gone."""
    try:
        times = [path.stat().st_mtime]
        if path.is_dir():
            times += [each.stat().st_mtime for each in path.iterdir()]
    except OSError:
        return None
    return max(times)
