"""Descriptions in words, read: "slow, minor, acoustic, 1970s, like Portishead but calmer".

A small documented vocabulary (docs/words.md), no model of language: what a word means is written
down, how much of it is measured by the catalogue, and what nobody knows is said. Text becomes
tokens, tokens phrases (`segue.words.reading`), and phrases become seeds, targets and filters
(`segue.words.settling`) that can be shown, changed and sent back (`segue.words.written`).

It is pure: it knows a corpus and a way to look names up, no database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.errors import BadRequestError
from segue.words.reading import read
from segue.words.settling import Settler
from segue.words.tokens import cleaned, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.records import Track
    from segue.words.lexicon import Lexicon
    from segue.words.understood import Understood

LONGEST, MOST = 1_000, 200
"""Most characters and most words of one text."""


def understand(
    text: str,
    lexicon: Lexicon,
    *,
    beside: Sequence[int] = (),
    outside: Sequence[Track] = (),
) -> Understood:
    """What a text in words is understood as.

    Parameters
    ----------
    text
        As a person writes it.
    lexicon
        What words can mean in the catalogue that is asked.
    beside
        Rows of seeds that are named otherwise: what "calmer" is measured by, beside names in the
        text.
    outside
        Such seeds that are in no row: audio files.

    Raises
    ------
    BadRequestError
        It is empty or too long.
    """
    if len(text) > LONGEST or len(text.split()) > MOST:
        raise BadRequestError(
            f"the description has {len(text.split()):,} words in {len(text):,} characters",
            remedy=f"Say it in at most {MOST} words and {LONGEST:,} characters",
        )
    plain = cleaned(text)
    if not plain:
        raise BadRequestError(
            "nothing is said", remedy='Describe what you want: "slow, acoustic, like ARTIST"'
        )
    settler = Settler(lexicon, beside=beside, outside=outside)
    return settler.settle(text, read(plain, tokens(plain), lexicon))
