"""A description as it is changed on a page: one phrase taken out, or said otherwise.

What is understood is a list of phrases, each a piece of the text. A page offers a link for each
change, which is the same page with other words, so that every state has an address of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.words import vocabulary
from segue.words.tokens import key
from segue.words.understood import UNKNOWN, UNUSED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.words.understood import Understood

DEGREES = ("very", "a bit")
"""What can be put before a quality that stands alone."""

_SEPARATED = re.compile(r"\s*([,;])(?:\s*(?:and|but|or)?\s*[,;])*\s*", re.IGNORECASE)
_LOOSE = re.compile(r"^(?:[\s,;]|(?:and|but|or)\b)+|(?:[\s,;]|\b(?:and|but|or))+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One phrase of a description, and the texts that changes of it lead to.

    Attributes
    ----------
    text, means
        As it was written, and what it is understood as.
    state
        ``understood``, ``unused`` or ``unknown``.
    without
        The whole description without it.
    changes
        What else could stand there, with the whole description that has it there.
    """

    text: str
    means: str
    state: str
    without: str
    changes: tuple[tuple[str, str], ...]


def parts(said: Understood) -> list[Part]:
    """The phrases of a description in order, each with what it can be changed to."""
    places = spans(said.text, [phrase.text for phrase in said.phrases])
    plain = {key(phrase) for phrase, _ in vocabulary.qualities()}
    made = []
    for phrase, place in zip(said.phrases, places, strict=True):
        others = list(phrase.near)
        if key(phrase.text) in plain:
            others = [*(f"{degree} {phrase.text}" for degree in DEGREES), *others]
        state = phrase.kind if phrase.kind in {UNKNOWN, UNUSED} else "understood"
        changes = tuple((other, replaced(said.text, place, other)) for other in others)
        without = replaced(said.text, place, "")
        made.append(Part(phrase.text, phrase.means, state, without, changes))
    return made


def spans(text: str, pieces: Sequence[str]) -> list[tuple[int, int]]:
    """Where each piece stands in a text, one behind the other.

    A piece that stands nowhere behind the one before has an empty place at its end.
    """
    found = []
    end = 0
    for piece in pieces:
        at = text.find(piece, end)
        start, end = (end, end) if at < 0 else (at, at + len(piece))
        found.append((start, end))
    return found


def replaced(text: str, place: tuple[int, int], new: str) -> str:
    """A text with a piece of it said otherwise, or left out together with its comma."""
    start, end = place
    made = _SEPARATED.sub(r"\1 ", f"{text[:start]}{new}{text[end:]}")
    return " ".join(_LOOSE.sub("", made).split())
