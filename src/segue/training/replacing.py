"""A model's folder, written whole or not at all.

It is written beside its place, opened for a try, and then moved there. Where a model stood before,
that one stays until then. What a kill has left of an earlier time is put right first.
"""

from __future__ import annotations

import os
import secrets
import shutil
from typing import TYPE_CHECKING

from segue.errors import UnavailableError
from segue.models.folder import FILE
from segue.models.leftovers import beside, restore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def check_place(folder: Path) -> None:
    """Refuse a place where something else than a model stands.

    Raises
    ------
    UnavailableError
        It does.
    """
    taken = folder.exists() and not (folder / FILE).is_file()
    if taken and not (folder.is_dir() and not any(folder.iterdir())):
        raise UnavailableError(
            "something else than a model stands there, and would be lost",
            where=str(folder),
            remedy="Name a folder that is new, empty or a model",
        )


def place(folder: Path, content: Mapping[str, bytes], *, attempt: Callable[[Path], object]) -> None:
    """Put a model's files there in one step; what is left half-done is taken away.

    Parameters
    ----------
    folder
        Where; a model that stands there is replaced, with all that is in its folder.
    content
        Bytes by the names of files.
    attempt
        Opens the folder before it is moved to its place; what it raises leaves all as it was.

    Raises
    ------
    UnavailableError
        Something else than a model stands there, or it cannot be written.
    """
    check_place(folder)
    try:
        _place(folder, content, attempt)
    except OSError as error:
        raise UnavailableError(
            f"the model cannot be written ({error.strerror})",
            where=str(folder),
            remedy="Make room, give yourself the right to write there, or name another folder",
        ) from error


def _place(folder: Path, content: Mapping[str, bytes], attempt: Callable[[Path], object]) -> None:
    mark = secrets.token_hex(4)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _tidy(folder)
    part, old = (folder.with_name(f".{folder.name}-{mark}.{end}") for end in ("part", "old"))
    try:
        part.mkdir()
        for name, each in content.items():
            with (part / name).open("wb") as stream:
                stream.write(each)
                stream.flush()
                os.fsync(stream.fileno())
        attempt(part)
        _swap(part, folder, old)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def _tidy(folder: Path) -> None:
    """Put back what a kill has left without its place, and take away what it left half-done."""
    restore(folder)
    for end in ("part", "old") if folder.exists() else ("part",):
        for left in beside(folder, end):
            shutil.rmtree(left, ignore_errors=True)


def _swap(part: Path, folder: Path, old: Path) -> None:
    """Move `part` to `folder`, and what stood there to `old`; on failure, back.

    Whoever looks for models between the two moves takes what stood there for lost and puts it back
    (`segue.models.leftovers`); then it is moved away once more.
    """
    for more in (True, True, False):
        if folder.exists():
            folder.rename(old)
        try:
            part.rename(folder)
        except BaseException as problem:
            if more and isinstance(problem, OSError) and folder.exists() and not old.exists():
                continue
            if old.exists() and not folder.exists():
                old.rename(folder)
            raise
        return
