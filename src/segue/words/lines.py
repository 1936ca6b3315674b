"""What stands at a place of a text: a term, the name of an artist or of a track, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.names import fold
from segue.words import particles
from segue.words.amounts import amount, phrase_at
from segue.words.tokens import DASH, MARK, NUMBER, QUOTED, WORD, key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue.words.lexicon import Lexicon, Term
    from segue.words.tokens import Token
    from segue.words.understood import Named

_LONGEST_NAME = 10
_ENDS_NAMES = frozenset({"but", "only", "without", "except", "yet", "though", "preferably"})
_PARTICLES = (
    *particles.NOT, *particles.LIKE, *particles.BY, *particles.MORE, *particles.LESS,
    *(word for words in particles.DEGREES.values() for word in words),
)  # fmt: skip


class Line:
    """A text in tokens, beside what a catalogue knows of them.

    Parameters
    ----------
    text
        Cleaned (`segue.words.tokens.cleaned`).
    tokens
        Of this text.
    lexicon
        What they can mean.
    """

    def __init__(self, text: str, tokens: Sequence[Token], lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.lexicon = lexicon
        self._text = text

    def __len__(self) -> int:
        """How many tokens there are."""
        return len(self.tokens)

    def raw(self, first: int, taken: int) -> str:
        """The text of some tokens as it is written."""
        return self._text[self.tokens[first].start : self.tokens[first + taken - 1].end]

    def phrase(self, at: int, phrases: Iterable[str]) -> int:
        """How many tokens the longest of some phrases takes here; 0 for none."""
        return phrase_at(self.tokens, at, phrases)

    def term(self, at: int, *, kind: str = "") -> tuple[int, Term | None]:
        """The longest term that begins at a token, and how many tokens it takes."""
        words: list[str] = []
        best: tuple[int, Term | None] = (0, None)
        for place, token in enumerate(self.tokens[at : at + 2 * self.lexicon.longest], start=1):
            if token.kind == DASH and token.glued and words:
                continue  # "8-bit"
            if token.kind not in {WORD, NUMBER} or len(words) == self.lexicon.longest:
                break
            words.append(token.word)
            term = self.lexicon.term(fold(" ".join(words)))
            if term is not None and kind in {"", term.kind}:
                best = (place, term)
        return best

    def called(self, at: int, kind: str) -> tuple[int, str]:
        """The longest name of a genre, an emotion or a language here, or a word of labels ("tag").

        Returns
        -------
        int
            How many tokens it takes; 0 for none.
        str
            The name as the catalogue writes it; empty where it has none such in quotes.
        """
        token = self.tokens[at]
        if token.kind == QUOTED:
            if kind == "genre":
                return 1, self.lexicon.genre(key(token.word)) or ""
            if kind == "emotion":
                return 1, self.lexicon.emotions.get(key(token.word), "")
            return 1, token.word
        if kind == "tag":
            known = token.kind == WORD and token.word not in particles.IGNORED
            return (1, token.word) if known else (0, "")
        taken, term = self.term(at, kind=kind)
        return (taken, term.name) if term is not None else (0, "")

    def artist(self, at: int, *, within: bool = False) -> tuple[Named | None, int]:
        """The artist with the longest name here; `within`, also one of whose name it is a part."""
        most = min(_LONGEST_NAME, len(self.tokens) - at)
        whole = self.to_boundary(at, soft=True) if within else 0
        for taken in range(most, 0, -1):
            if taken == 1 and self.tokens[at].word in particles.IGNORED:
                break
            if self.tokens[at + taken - 1].kind == MARK and taken > 1:
                continue
            text = self.raw(at, taken)
            named = self.lexicon.names.artist(text)
            if named is None and within and taken == whole and not self.plain(at, taken):
                named = self.lexicon.names.within(text)
            if named is not None:
                return named, taken
        return None, 0

    def name(self, at: int, *, artists_only: bool = False) -> tuple[Named | None, int]:
        """The artist or the track whose name begins at a token."""
        if at >= len(self.tokens):
            return None, 0
        names = self.lexicon.names
        if self.tokens[at].kind == QUOTED:
            text = self.tokens[at].word
            return names.by_id(text) or names.artist(text) or names.track(text), 1
        named, taken = self.artist(at, within=True)
        if artists_only:
            return named, taken
        for span in (self.to_boundary(at), 0 if named else self.to_boundary(at, soft=True)):
            if span > taken and not self.plain(at, span):
                track = names.track(self.raw(at, span))
                if track is not None:
                    return track, span
        return named, taken

    def to_boundary(self, at: int, *, soft: bool = False) -> int:
        """How many tokens there are to the end of a clause; `soft`, to a term or a joining word."""
        for place in range(at, len(self.tokens)):
            token = self.tokens[place]
            ends = token.kind in {MARK, QUOTED} or token.word in _ENDS_NAMES
            if place > at and (ends or (soft and self.known(place))):
                return place - at
        return len(self.tokens) - at

    def known(self, at: int) -> bool:
        """Whether a token begins something known."""
        token = self.tokens[at]
        if token.kind != WORD:
            return token.kind != NUMBER or amount(self.tokens, at) is not None
        known = token.word in particles.IGNORED or token.word in particles.SEPARATORS
        return known or self.term(at)[0] > 0 or self._is_particle(at)

    def _is_particle(self, at: int) -> bool:
        return self.phrase(at, _PARTICLES) > 0

    def plain(self, at: int, taken: int) -> bool:
        """Whether tokens are terms and words that say nothing, all of them."""
        place = at
        while place < at + taken:
            step = self.term(place)[0]
            if not step and self.tokens[place].kind == WORD:
                step = int(self.tokens[place].word in particles.IGNORED or self._is_particle(place))
            if not step:
                return False
            place += step
        return True
