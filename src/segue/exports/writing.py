"""A file that is written whole or not at all.

What is written goes to an unfinished file beside it and takes its name in one step, so that nobody
ever reads half of it. A file that is there already stays, unless it may be overwritten.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from segue.errors import BadRequestError, NotFoundError, UnavailableError


def write_whole(path: Path, text: str, *, force: bool = False) -> Path:
    """Write a text file.

    Parameters
    ----------
    path
        Where; a link is followed.
    text
        In UTF-8; characters that it lacks (of names that are no UTF-8) become question marks.
    force
        Whether a file that is there is overwritten.

    Returns
    -------
    Path
        Where it is now, absolute.

    Raises
    ------
    BadRequestError
        It is there already and may not be overwritten, or is a folder.
    NotFoundError
        The folder is not there.
    UnavailableError
        The folder may not be written to, or is full.
    """
    path = Path(os.path.realpath(path.expanduser()))
    if path.is_dir():
        raise BadRequestError(f"{path} is a folder", remedy="Name a file in it")
    if not path.parent.is_dir():
        raise NotFoundError(f"there is no folder {path.parent}", remedy="Make it first")
    if path.exists() and not force:
        raise _there(path)
    unfinished = None
    try:
        name = str(path.parent / f".segue-{token_hex(8)}.part")
        # Not a secret temporary file: others may read it as they may read any new file.
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        unfinished = name
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8", "replace"))
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileNotFoundError):
            os.chmod(unfinished, path.stat().st_mode & 0o777)
        _take_name(unfinished, path, force=force)
    except OSError as error:
        raise UnavailableError(
            f"it cannot be written: {error.strerror}", where=str(path), remedy="Name another place"
        ) from error
    finally:
        if unfinished is not None:
            with suppress(FileNotFoundError):
                os.unlink(unfinished)
    return path


def _take_name(unfinished: str, path: Path, *, force: bool) -> None:
    """Give the finished file its name; a file that came there meanwhile stays without `force`."""
    if force:
        os.replace(unfinished, path)
        return
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise _there(path) from None
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}:
            raise
        # A file system without hard links: between the look and the step nothing can be promised.
        if path.exists():
            raise _there(path) from None
        os.replace(unfinished, path)


def _there(path: Path) -> BadRequestError:
    return BadRequestError(
        f"{path} is there already", remedy="Name another file, or overwrite it with --force"
    )
