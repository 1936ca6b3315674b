"""Lyrics as plain text, from tags and from ``.lrc`` files beside the music."""

from __future__ import annotations

import codecs
import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger("segue.sources.lyrics")

LONGEST = 100_000
"""Characters of lyrics that are kept."""

_LARGEST_FILE = 1 << 20
_TIMES = re.compile(r"[\[<]\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?[\]>]")
_ABOUT = re.compile(r"\s*\[(?:ar|ti|al|au|by|re|ve|la|id|length|offset|tool|#)\s*:.*\]\s*", re.I)


def plain_lyrics(text: str) -> str:
    """Lyrics without timestamps and without the lines that only say whose they are.

    Returns
    -------
    str
        Lines as sung, at most `LONGEST` characters; empty for a blank text.
    """
    lines = [line for line in text.replace("\0", "").splitlines() if not _ABOUT.fullmatch(line)]
    return "\n".join(_TIMES.sub("", line).strip() for line in lines).strip()[:LONGEST]


def lyrics_beside(path: Path) -> str:
    """Lyrics from the ``.lrc`` file of the same name; empty where there is none.

    A link is not followed: it could lead out of the library.
    """
    beside = path.with_suffix(".lrc")
    try:
        if beside.is_symlink() or not beside.is_file():
            return ""
        with beside.open("rb") as stream:
            data = stream.read(_LARGEST_FILE)
    except OSError as problem:
        logger.warning("%s: the lyrics cannot be read (%s)", beside, problem.strerror)
        return ""
    return plain_lyrics(_decoded(data))


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
