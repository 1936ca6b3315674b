"""What a kill leaves of replacing a model's folder, and how it is put right.

A new model is written as ``.NAME-xxxxxxxx.part``, eight hex digits, beside its place, NAME. What
stands there is moved to ``.NAME-xxxxxxxx.old``, the new one to its place, and the old one is taken
away. No file system moves two folders at once, so between the two moves there is no NAME. A kill in
that instant leaves a whole model under a name that nobody looks for: where an ``.old`` lies and its
NAME does not, it goes back.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segue.models.folder import FILE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ASIDE = re.compile(r"\.(?P<name>.+)-[0-9a-f]{8}\.(?P<end>part|old)")


def beside(folder: Path, end: str) -> list[Path]:
    """What lies beside a model's place with its name and this end, ``part`` or ``old``."""
    if not folder.parent.is_dir():
        return []
    return sorted(each for each in folder.parent.iterdir() if _read(each) == (folder.name, end))


def waylaid(inside: Iterable[Path]) -> list[str]:
    """Names of models in a folder that lie there as ``.old`` alone."""
    there = list(inside)
    names = {each.name for each in there}
    aside = {name for name, end in map(_read, there) if end == "old"}
    return sorted(aside - names)


def restore(folder: Path) -> None:
    """Put a model back that was moved out of its place, if nothing has taken it; the newest.

    Raises
    ------
    OSError
        It cannot be moved.
    """
    if folder.exists():
        return
    whole = [each for each in beside(folder, "old") if (each / FILE).is_file()]
    if whole:
        max(whole, key=lambda each: (each / FILE).stat().st_mtime_ns).rename(folder)


def _read(path: Path) -> tuple[str, str]:
    """The name and the end of what lies beside a place; empty where it is no such thing."""
    found = _ASIDE.fullmatch(path.name)
    return (found["name"], found["end"]) if found else ("", "")
