"""A key inside a text: "in A minor", "the key of F♯", "8A".

H is what German calls B; it has no sign.
"""

from __future__ import annotations

import re

from segue.errors import BadRequestError
from segue.recommend.keys import Key, key_named

_KEY = re.compile(
    r"(?P<lead>(?:in\s+)?(?:the\s+)?(?:key\s+(?:of\s+)?)?)[\"“]?"
    r"(?:(?P<letter>[A-Ga-g]|[Hh](?![#♯♭]))(?P<sign>[#♯♭]|b(?=m?\b|\s)|[\s-]?(?:sharp|flat)\b)?"
    r"(?:\s*(?P<mode>minor|major|min|maj)\b|(?P<m>m)\b)?"
    r"|(?P<wheel>(?:1[0-2]|[1-9])[ABab]))"
    r"(?![\w#♯♭])[\"”]?"
)
_SHORT = {"min": "minor", "maj": "major"}
_SIGNS = {"sharp": "♯", "flat": "♭", "b": "♭", "#": "♯"}


def key_at(text: str, place: int) -> tuple[Key | None, int]:
    """The key that is written at a place of a text, and where it ends; None where none is."""
    match = _KEY.match(text, place)
    if match is None or not _is_key(match, text):
        return None, place
    sign = (match["sign"] or "").strip(" -")
    letter = (match["letter"] or "").upper().replace("H", "B")
    mode = "minor" if match["m"] else match["mode"] or ""
    written = match["wheel"] or (f"{letter}{_SIGNS.get(sign, sign)} {_SHORT.get(mode, mode)}")
    try:
        return key_named(written), match.end()
    except BadRequestError:
        return None, place


def _is_key(match: re.Match[str], text: str) -> bool:
    """Whether letters mean a key: "a minor song" is one in minor, "in a minor" in A minor."""
    if match["wheel"]:
        return True
    lead, upper = match["lead"].strip(), match["letter"].isupper()
    if match["mode"]:
        behind = text[match.end() :].split()[:1]
        if match["letter"] == "a" and not match["sign"] and behind:
            return not behind[0][:1].isalnum() or behind[0] in {"and", "but", "or"}
        return True
    if match["m"]:
        return upper and bool(lead or match["sign"])
    return bool(lead) and upper
