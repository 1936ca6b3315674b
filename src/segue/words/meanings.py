"""What one phrase means, before a catalogue measures it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.recommend.keys import Key
    from segue.words.amounts import Amount
    from segue.words.understood import Named
    from segue.words.vocabulary import Quality

LIKE, UNLIKE, BY = "like", "unlike", "by"
"""What a name is named for."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one phrase means, before it is measured by the catalogue.

    `kind` is that of `segue.words.understood.Phrase`; `more` is 1 or -1 where it compares, and
    `firm` None where nobody says whether it is insisted on.
    """

    kind: str
    text: str
    start: int
    name: str = ""
    quality: Quality | None = None
    amount: Amount | None = None
    named: Named | None = None
    key: Key | None = None
    degree: str = ""
    more: int = 0
    negated: bool = False
    compatible: bool = False
    firm: bool | None = None
    near: tuple[str, ...] = ()
