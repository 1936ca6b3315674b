"""Names of files that every file system takes.

A title may hold what a file system does not: a slash, a colon, a line break, the name of a device.
What is not allowed on any of ext4, APFS, NTFS, exFAT and FAT32 becomes a blank; what nobody sees (a
control character, a mark that turns the direction of writing) is left out, so that a name looks
like what it is. Letters of every script and emoji stay.

Reference: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 180
"""Most bytes of a name in UTF-8 without its ending; file systems take 255 with it."""

NAMELESS = "Playlist"
"""What a file is called whose title leaves nothing."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_JOINERS = "\u200c\u200d"
"""What joins emoji and parts letters of some scripts: format characters that say something."""


def file_name(title: str, *, ending: str = "", copy: int = 1) -> str:
    """A name for the file of something with a title.

    Parameters
    ----------
    title
        Any text.
    ending
        What the name ends in, without the dot; none where empty.
    copy
        From 2 on, a number that tells it from others: "Title (2)".

    >>> file_name("AC/DC: live?", ending="m3u8")
    'AC DC live.m3u8'
    """
    seen = "".join(map(_seen, unicodedata.normalize("NFC", title)))
    plain = " ".join(_FORBIDDEN.sub(" ", seen).split()).strip(". ")
    name = _cut(plain, LONGEST).rstrip(". ") or NAMELESS
    if _DEVICES.fullmatch(name.partition(".")[0].rstrip()):
        name = f"{name} {NAMELESS.lower()}" if "." not in name else f"{NAMELESS} {name}"
    if copy > 1:
        name = f"{name} ({copy})"
    return f"{name}.{ending}" if ending else name


def _seen(character: str) -> str:
    """The character where people see it, a blank for one that parts words, else nothing."""
    kind = unicodedata.category(character)
    if kind in {"Zs", "Zl", "Zp"} or character in "\t\n\r\v\f":
        return " "
    if kind in {"Cc", "Cs", "Cn"} or (kind == "Cf" and character not in _JOINERS):
        return ""
    return character


def _cut(text: str, most: int) -> str:
    """The beginning of a text, no longer than so many bytes, no letter cut from its marks."""
    if len(text.encode()) <= most:
        return text
    kept = text.encode()[:most].decode("utf-8", "ignore")
    following = text[len(kept)]
    while kept and (unicodedata.combining(following) or following in _JOINERS):
        kept, following = kept[:-1], kept[-1]
    return kept.rstrip(_JOINERS)
