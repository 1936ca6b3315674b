"""The mark of a playlist file that is ours: which playlist it is, and that nobody changed it since.

It is one comment line of the M3U8, ``#SEGUE:NAME DIGEST``, behind the first. The name is a digest
of where the playlist comes from and what it is called there, which may be any text; two sources may
call theirs alike (`mark_name`). The other digest is over all other lines, so a file that another
program or a hand has changed is told from one that is as it was written. Players pass over it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

_MARK = re.compile(r"^#SEGUE:([0-9a-f]{32}) ([0-9a-f]{32})\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mark:
    """Which playlist a file was written from, and whether it is still as it was written."""

    name: str
    unchanged: bool


def mark_name(scheme: str, value: str) -> str:
    """What a playlist is called in marks."""
    return _digest(f"{scheme}\0{value}")


def marked(text: str, *, name: str) -> str:
    """The text of an M3U8 with a mark; `name` is from `mark_name`."""
    first, _, rest = text.partition("\n")
    return f"{first}\n#SEGUE:{name} {_digest(text)}\n{rest}"


def mark_of(text: str) -> Mark | None:
    """The mark of a text; None where it has none."""
    found = _MARK.search(text)
    if found is None:
        return None
    rest = text[: found.start()] + text[found.end() :]
    return Mark(found[1], _digest(rest) == found[2])


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
