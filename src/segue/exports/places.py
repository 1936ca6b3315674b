r"""How a playlist says where a file is.

**Absolute** plays from wherever the playlist lies, on this machine. **Relative** to the playlist
travels with the music. A **prefix** that is put in the place of another makes the path that a
player, a server or a phone sees: ``/srv/music`` here may be ``M:\Music`` there. Where the new
prefix is written with backslashes, so is the rest.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SAFE = "/:!$&'()*+,;=@~"
"""What stands in the path of an address as it is, beside letters, digits and ``-._``."""


@dataclass(frozen=True, slots=True)
class Places:
    """How files are named in a playlist.

    Attributes
    ----------
    relative_to
        The folder of the playlist, absolute and with links followed, where paths are relative.
    prefixes
        (what, by what) pairs of which the first that fits is used; before anything else.
    """

    relative_to: Path | None = None
    prefixes: tuple[tuple[str, str], ...] = ()

    def named(self, path: Path) -> str:
        """A file's path as the playlist has it."""
        for old, new in self.prefixes:
            rest = _below(path, old)
            if rest is not None:
                return _joined(new, rest)
        if self.relative_to is None:
            return str(path)
        try:
            return os.path.relpath(path, self.relative_to)
        except ValueError:  # another drive
            return str(path)


def prefixes(pairs: Iterable[str]) -> tuple[tuple[str, str], ...]:
    r"""Pairs of prefixes from texts such as ``/srv/music=M:\Music``.

    Raises
    ------
    BadRequestError
        One is no such pair.
    """
    found = []
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not (old.strip() and equals and new.strip()):
            raise BadRequestError(
                f"{pair!r} puts no prefix in the place of another",
                remedy="Write OLD=NEW, such as /srv/music=/Volumes/music",
            )
        found.append((os.path.abspath(os.path.expanduser(old.strip())), new.strip()))
    return tuple(found)


def address(place: str) -> str:
    """A path as an address: ``file://`` where it is absolute, else relative to the playlist."""
    plain = place.replace("\\", "/") if is_windows(place) else place
    quoted = quote(os.fsencode(plain), safe=SAFE)
    if plain.startswith("/"):
        return f"file://{quoted}"
    if is_windows(place):
        return f"file:///{quoted.lstrip('/')}"
    # A name before a colon would pass for a scheme.
    return f"./{quoted}" if ":" in quoted.partition("/")[0] else quoted


def is_windows(place: str) -> bool:
    """Whether a path is written as Windows does: with a drive, or of another machine."""
    return place[1:3] == ":\\" or place[1:3] == ":/" or place.startswith("\\\\")


def _below(path: Path, old: str) -> tuple[str, ...] | None:
    """The parts of a path below a folder; None where it is not below."""
    try:
        return path.relative_to(old).parts
    except ValueError:
        return None


def _joined(prefix: str, parts: tuple[str, ...]) -> str:
    slash = "\\" if "\\" in prefix else "/"
    return slash.join((prefix.rstrip("/\\"), *parts)) if parts else prefix
