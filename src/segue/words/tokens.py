"""Text as tokens: words in their normal form, numbers, marks, quoted names, each with its place.

A hyphen inside a word parts it ("hip-hop" is "hip", "hop"), and "&" is the word "and", as names are
compared (`segue.names.fold`). What cannot be typed is blank: control characters, lone surrogates.
Pictures (emoji, hearts, notes) that follow each other are one mark.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from segue.names import fold

WORD, NUMBER, DECADE, MARK, DASH, QUOTED = "word", "number", "decade", "mark", "dash", "quoted"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its `kind`, its normal form, and from where to where it stands in the text.

    `glued` says that nothing stands between it and the token before.
    """

    kind: str
    word: str
    start: int
    end: int
    glued: bool = False


_PARTS = re.compile(
    r"""
    (?P<quoted>"[^"]+"|“[^”]+”|„[^“”]+[“”]|«[^»]+»)
    | (?P<decade>\d{2}(?:\d0)?['’]?s\b)
    | (?P<number>(?<![\w.])[-−]\d+(?:\.\d+)?(?:e[-+]?\d+)?|\d+(?::\d\d)?(?:\.\d+)?(?:e[-+]\d+)?)
    | (?P<plus>(?<=\d)\+)
    | (?P<and>[&+])
    | (?P<word>[^\W\d_][^\W\d_\u0300-\u036f]*(?:['’‘`.\u0300-\u036f]+[^\W\d_]+)*)
    | (?P<dash>[-–—−~])
    | (?P<mark>[^\s\w'’‘`])
    """,
    re.VERBOSE,
)


def cleaned(text: str) -> str:
    """The text without what no keyboard types; lines are parted by commas."""
    kept = text.encode("utf-8", "ignore").decode("utf-8")
    lines = ", ".join(line for line in map(str.strip, kept.splitlines()) if line)
    return "".join(" " if unicodedata.category(each) == "Cc" else each for each in lines).strip()


def tokens(text: str) -> list[Token]:
    """The tokens of a cleaned text, in order."""
    found: list[Token] = []
    for match in _PARTS.finditer(text):
        kind = match.lastgroup or MARK
        start, end = match.span()
        glued = bool(found) and found[-1].end == start
        if kind == "and":
            found.append(Token(WORD, "and", start, end, glued))
        elif kind == QUOTED:
            found.append(Token(QUOTED, text[start + 1 : end - 1].strip(), start, end, glued))
        elif kind == NUMBER:
            found.append(Token(NUMBER, match.group().replace("−", "-"), start, end, glued))
        elif kind == DECADE:
            found.append(Token(DECADE, match.group().rstrip("s'’"), start, end, glued))
        elif kind == "plus":
            found.append(Token(MARK, "+", start, end, glued))
        elif kind == DASH and _hyphen(text, start, end):
            continue
        elif kind == WORD:
            found += _words(match.group(), start, end, glued)
        elif kind == MARK and glued and pictured(found[-1]) and _goes_on(match.group()):
            found[-1] = replace(found[-1], word=found[-1].word + match.group(), end=end)
        else:
            found.append(Token(kind, match.group(), start, end, glued))
    return found


_PICTURES = frozenset({"So", "Cn", "Co"})
_JOINED = _PICTURES | {"Sk", "Mn", "Me", "Cf"}
"""Categories of Unicode: symbols with those it does not know yet; tones, variants and joiners."""


def pictured(token: Token) -> bool:
    """Whether a token is a picture: it may mean something, unlike a comma."""
    return token.kind == MARK and unicodedata.category(token.word[0]) in _PICTURES


def _goes_on(mark: str) -> bool:
    return unicodedata.category(mark) in _JOINED


def _words(text: str, start: int, end: int, glued: bool) -> list[Token]:
    """One word, or several where its normal form has gaps."""
    return [Token(WORD, part, start, end, glued) for part in fold(text).split()[:1]] + [
        Token(WORD, part, start, end, True) for part in fold(text).split()[1:]
    ]


def _hyphen(text: str, start: int, end: int) -> bool:
    """Whether a dash joins two words."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return before.isalpha() and after.isalpha()


def key(text: str) -> str:
    """A name as its tokens would be written: what terms are compared by."""
    return fold(" ".join(token.word for token in tokens(text) if token.kind != MARK))
