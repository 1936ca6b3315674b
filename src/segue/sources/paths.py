"""Where a playlist says a file is, as the absolute path the catalogue knows files by."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

_WEB = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_HOST = re.compile(r"file://[^/]*/?", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def is_web(entry: str) -> bool:
    """Whether an entry is an address other than ``file://``."""
    return _WEB.match(entry) is not None and entry[:7].casefold() != "file://"


def unquoted(address: str) -> str:
    """The path in an address; bytes that are no UTF-8 as the file system has them."""
    return unquote(address, errors="surrogateescape").replace("\0", "")


def locate(entry: str, *, folder: Path) -> Path:
    """The absolute path an entry means.

    Parameters
    ----------
    entry
        A path (absolute or relative to `folder`, with either kind of slash) or a ``file://``
        address.
    folder
        Where the playlist stands.

    Returns
    -------
    Path
        Absolute, links of its folders followed, whether or not there is such a file.
    """
    if entry[:7].casefold() == "file://":
        entry = unquoted(_HOST.sub("/", entry, count=1))
    elif "\\" in entry and ("/" not in entry or _DRIVE.match(entry)):
        entry = entry.replace("\\", "/")
    path = Path(os.path.normpath(folder.absolute() / entry))
    try:
        return path.parent.resolve() / path.name
    except (OSError, RuntimeError):
        return path
