"""The grammar: from tokens to what each phrase means, from left to right.

At every place the first of these that fits is taken, and of one kind the longest:

1. a quoted name, or a name behind "like", "unlike" or "by";
2. an amount (`segue.words.amounts`) or a key;
3. "more", "less", "not", a degree, "only": they hold for what comes next;
4. a term (`segue.words.lexicon`) or the name of an artist. An artist whose name is made of terms
   only ("Slow Jazz") is not meant, unless "like" or quotes say so;
5. words that say nothing;
6. the rest: a title if there is one of several words, a word of labels, else unknown.

"Not" ends at a comma, at "and" and at "but"; "or" carries it on. Where such a word has nothing to
hold for ("not, calm", "very"), it is unknown, and so are pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.words import particles
from segue.words.amounts import amount, beyond
from segue.words.keying import key_at
from segue.words.lines import Line
from segue.words.meanings import BY, LIKE, UNLIKE, Meaning
from segue.words.tokens import DASH, DECADE, MARK, NUMBER, QUOTED, WORD, key, pictured
from segue.words.vocabulary import FLAGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.words.lexicon import Lexicon, Term
    from segue.words.tokens import Token
    from segue.words.understood import Named

_SUGGESTIONS = 6
_UNSPACED = "\u3000"
"""From here on scripts write without gaps: a title of one word may be a sentence."""

_NOUNS = frozenset({"songs", "song", "tracks", "track", "tunes", "titles", "results", "pieces"})


class Reader:
    """One text being read."""

    def __init__(self, text: str, tokens: Sequence[Token], lexicon: Lexicon) -> None:
        self._text = text
        self._line = Line(text, tokens, lexicon)
        self._at = 0
        self._clause = 0
        self._found: list[Meaning] = []
        self._carried: tuple[str, bool] | None = None
        self._tried: set[tuple[int, int]] = set()
        self._calm()

    def read(self) -> list[Meaning]:
        """What the phrases mean, in order."""
        ways = (
            self._pictured, self._break, self._polite, self._labelled, self._themed, self._naming,
            self._quoted, self._counted, self._compared, self._keyed, self._measured,
            self._modified, self._called, self._ignored, self._rest,
        )  # fmt: skip
        while self._at < len(self._line):
            next(True for way in ways if way())
        self._lone()
        return self._found

    # -- state ------------------------------------------------------------------------------

    def _calm(self) -> None:
        """Forget what was said of the next thing."""
        self._negated = False
        self._degree = ""
        self._more = 0
        self._firm: bool | None = None
        self._begin: int | None = None
        self._held = 0

    def _hold(self, taken: int) -> bool:
        """Take words that hold for what comes next."""
        self._begin = self._at if self._begin is None else self._begin
        self._held += taken
        return self._skip(taken)

    def _lone(self) -> None:
        """Take down what was said of a next thing that did not come.

        "Quite a nice song" says nothing, and so does its "quite".
        """
        if self._begin is None:
            return
        taken = self._at - self._begin
        if self._negated or self._more or taken == self._held:
            text, start = self._line.raw(self._begin, taken), self._line.tokens[self._begin].start
            self._found.append(Meaning("unknown", text, start))

    def _say(self, kind: str, taken: int, **what: object) -> bool:
        """Take down a meaning of the next `taken` tokens."""
        first = self._at if self._begin is None else self._begin
        start, end = self._line.tokens[first].start, self._line.tokens[self._at + taken - 1].end
        said: dict[str, object] = {
            "negated": self._negated,
            "degree": self._degree,
            "more": self._more,
            "firm": self._firm,
        }
        self._found.append(Meaning(kind, self._text[start:end], start, **(said | what)))  # type: ignore[arg-type]
        self._at += taken
        negated, self._carried = self._negated, None
        self._calm()
        if self._or_follows():
            self._negated = negated
        return True

    def _or_follows(self) -> bool:
        return self._word() in {"or", "nor", "/"}

    def _word(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._line.tokens[place].word if place < len(self._line) else ""

    def _kind(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._line.tokens[place].kind if place < len(self._line) else ""

    def _phrase(self, phrases: Sequence[str] | tuple[str, ...], ahead: int = 0) -> int:
        return self._line.phrase(self._at + ahead, phrases)

    def _skip(self, taken: int) -> bool:
        self._at += taken
        return True

    # -- ways to go on ----------------------------------------------------------------------

    def _pictured(self) -> bool:
        if not pictured(self._line.tokens[self._at]) or self._line.artist(self._at)[1] > 1:
            return False
        return self._say("unknown", 1)

    def _themed(self) -> bool:
        """What songs are about: "love songs"."""
        lead = self._phrase(particles.THEMES)
        behind = lead and self._phrase(particles.SONGS, lead)
        if not behind or self._line.term(self._at)[0] or self._line.artist(self._at)[1] > lead:
            return False
        return self._say("tag", lead, name=self._word())

    def _break(self) -> bool:
        """Marks and "and": what was said of the next thing does not go beyond them."""
        word = self._word()
        if self._kind() != MARK and self._kind() != DASH and word not in particles.SEPARATORS:
            return False
        if self._kind() == WORD and self._line.artist(self._at)[1] > 1:
            return False
        keep = self._negated and word in {"or", "nor", "/"}
        if not keep:
            self._lone()
        self._at += 1
        self._calm()
        self._negated = keep
        if word not in {"or", "nor", "/", "and"}:
            self._clause = self._at
        return True

    def _polite(self) -> bool:
        taken = self._phrase(particles.POLITE)
        return bool(taken) and self._skip(taken)

    def _labelled(self) -> bool:
        """A name of a kind that is said: "genre X", "mood X", "about X"."""
        for kind, words in (
            ("genre", particles.GENRE), ("emotion", particles.MOOD), ("tag", particles.ABOUT),
            ("language", ("language",)),
        ):  # fmt: skip
            lead = self._phrase(words)
            if not lead or self._at + lead >= len(self._line):
                continue
            taken, name = self._line.called(self._at + lead, kind)
            if taken:
                return self._say(kind, lead + taken, name=name)
        return False

    def _naming(self) -> bool:
        """The name behind "like", "unlike" and "by"."""
        kinds = ((UNLIKE, particles.UNLIKE), (LIKE, particles.LIKE), (BY, particles.BY))
        lead, how = max((self._phrase(phrases), kind) for kind, phrases in kinds)
        if not lead:
            return False
        if self._more and how == LIKE:
            # "less like X", "more like X"
            how, self._more = UNLIKE if self._more < 0 else LIKE, 0
        named, taken = self._line.name(self._at + lead, artists_only=how == BY)
        if named is not None:
            return self._name_said(named, lead + taken, how=how)
        if self._at + lead >= len(self._line) or self._kind(lead) == MARK:
            return self._say("unknown", lead)
        if how == BY:
            return self._skip(lead)
        return self._nobody(lead, how)

    def _nobody(self, lead: int, how: str) -> bool:
        """A name that nobody has, or something else behind "like"."""
        known = self._line.known(self._at + lead)
        taken = self._line.to_boundary(self._at + lead, soft=not known)
        near = self._line.lexicon.names.near(self._line.raw(self._at + lead, taken))
        if known and not near:
            self._negated |= how == UNLIKE
            return self._skip(lead)
        return self._say("unknown", lead + taken, near=near)

    def _quoted(self) -> bool:
        if self._kind() != QUOTED:
            return False
        named, taken = self._line.name(self._at)
        if named is not None:
            return self._name_said(named, taken)
        text = self._word()
        genre = self._line.lexicon.genre(key(text))
        if genre is not None:
            return self._say("genre", 1, name=genre)
        return self._say("unknown", 1, near=self._line.lexicon.names.near(text))

    def _name_said(self, named: Named, taken: int, *, how: str = "") -> bool:
        """A name, which stands for the same as the one before where nothing else is said."""
        before, negated = self._carried or (LIKE, False)
        how, negated = how or before, self._negated or (negated and not how)
        self._say("name", taken, named=named, name=how, negated=negated)
        self._carried = (how, negated)
        return True

    def _counted(self) -> bool:
        """Amounts, and numbers that only say how many tracks are wanted."""
        found = amount(self._line.tokens, self._at)
        if found is not None:
            return self._say("amount", found.taken, amount=found)
        if self._kind() != NUMBER or self._line.term(self._at)[0]:
            return False
        clause = self._line.to_boundary(self._at)
        counted = any(self._word(ahead) in _NOUNS for ahead in range(clause))
        return counted and self._say("count", 1)

    def _compared(self) -> bool:
        """A comparison with a number: "faster than 120 bpm", "longer than 5 minutes"."""
        taken, term = self._line.term(self._at, kind="comparative")
        if term is None or term.quality is None or self._word(taken) != "than":
            return False
        number, end = term.quality.wants[0]
        found = beyond(self._line.tokens, self._at + taken + 1, number, end)
        if found is None:
            return False
        return self._say("amount", taken + 1 + found.taken, amount=found)

    def _keyed(self) -> bool:
        lead = self._phrase(particles.COMPATIBLE)
        place = self._at + lead
        if place >= len(self._line):
            return False
        found, end = key_at(self._text, self._line.tokens[place].start)
        if found is None:
            return False
        last = place
        while last + 1 < len(self._line) and self._line.tokens[last + 1].end <= end:
            last += 1
        return self._say("key", last + 1 - self._at, key=found, compatible=bool(lead))

    def _measured(self) -> bool:
        """What is said of the next thing: "more", "less", "not", "only"."""
        for phrases, change in (
            (particles.LESS, {"_more": -1}), (particles.NOT, {"_negated": True}),
            (particles.MORE, {"_more": 1}), (particles.FIRM, {"_firm": True}),
            (particles.SOFT, {"_firm": False}),
        ):  # fmt: skip
            taken = self._phrase(phrases)
            if taken:
                for name, value in change.items():
                    setattr(self, name, value)
                return self._hold(taken)
        return False

    def _modified(self) -> bool:
        for degree, words in particles.DEGREES.items():
            taken = self._phrase(words)
            if taken and self._line.term(self._at)[0] <= taken and not self._trails(taken):
                self._degree = degree
                return self._hold(taken)
        if self._found and self._found[-1].more and self._word() in particles.THAN:
            named, taken = self._line.name(self._at + 1)
            if named is not None:
                return self._name_said(named, 1 + taken, how=LIKE)
        return False

    def _trails(self, taken: int) -> bool:
        """Whether words say nothing, behind what they could have held for: "calm too"."""
        behind = self._at > self._clause and self._begin is None
        ends = self._at + taken >= len(self._line) or self._kind(taken) == MARK
        return behind and ends and self._word() in particles.IGNORED

    def _called(self) -> bool:
        """A term, or the name of an artist."""
        taken, term = self._line.term(self._at)
        named, named_taken = self._line.artist(self._at)
        if (
            named is not None
            and named_taken > taken
            and not self._line.plain(self._at, named_taken)
        ):
            return self._name_said(named, named_taken)
        if term is None:
            return False
        return self._term_said(term, taken)

    def _term_said(self, term: Term, taken: int) -> bool:
        if term.kind == "flag":
            name, value = FLAGS[term.name]
            return self._say("flag", taken, name=name, negated=self._negated == value)
        if term.kind == "comparative":
            return self._say("quality", taken, quality=term.quality, more=self._more or 1)
        near: tuple[str, ...] = ()
        if term.kind == "quality":
            text = key(self._line.raw(self._at, taken))
            genre = self._line.lexicon.genre(text)
            near = () if genre is None else (f'genre "{genre}"',)
            behind = self._phrase(particles.GENRE, taken)
            if genre is not None and behind:
                return self._say("genre", taken + behind, name=genre)
        return self._say(term.kind, taken, name=term.name, quality=term.quality, near=near)

    def _ignored(self) -> bool:
        if self._kind() == WORD and self._word() not in particles.IGNORED:
            return False
        if self._kind() in {NUMBER, DECADE}:
            return False
        return self._skip(1)

    def _rest(self) -> bool:
        """A title, a word of labels, or what nobody knows."""
        title = self._title()
        if title is not None:
            return title
        word = self._word()
        if self._kind() == WORD and self._line.lexicon.labelled(word):
            return self._say("tag", 1, name=word)
        taken = 1
        while self._at + taken < len(self._line) and not self._begins(self._at + taken):
            taken += 1
        text = self._line.raw(self._at, taken)
        return self._say("unknown", taken, near=self._suggested(text))

    def _begins(self, at: int) -> bool:
        """Whether something known begins here: an artist by more than one word, too."""
        return self._line.known(at) or self._line.artist(at)[1] > 1

    def _suggested(self, text: str) -> tuple[str, ...]:
        unknown = sum(1 for one in self._found if one.kind == "unknown")
        if unknown >= _SUGGESTIONS or len(text) > 60:
            return ()
        near = self._line.lexicon.near(text)
        if not near and " " in text:
            # Several words in a row that nobody knows: what each looks like.
            each = (self._line.lexicon.near(word)[:1] for word in text.split()[:_SUGGESTIONS])
            near = tuple(dict.fromkeys(one for few in each for one in few))
        said = self._more or self._negated or self._degree
        if said:
            return near
        names = self._line.lexicon.names
        named = names.track(text) or (names.within(text) if text[:1].isupper() else None)
        return near if named is None else (*near, f'like "{named.name}"')

    def _title(self) -> bool | None:
        """A track whose title is the clause, or begins here; None where there is none."""
        spans = [(self._clause, self._at - self._clause + self._line.to_boundary(self._at))]
        spans += [(self._at, self._line.to_boundary(self._at))]
        spans += [(self._at, self._line.to_boundary(self._at, soft=True))]
        for first, taken in dict.fromkeys(spans):
            text = self._line.raw(first, taken)
            if (
                (taken < 2 and text[:1] < _UNSPACED)
                or (first, taken) in self._tried
                or self._line.plain(first, taken)
            ):
                continue
            self._tried.add((first, taken))
            track = self._line.lexicon.names.track(text)
            if track is None:
                continue
            start = self._line.tokens[first].start
            self._found = [one for one in self._found if one.start < start]
            self._begin = first
            return self._name_said(track, taken - (self._at - first), how=LIKE)
        return None


def read(text: str, tokens: Sequence[Token], lexicon: Lexicon) -> list[Meaning]:
    """What the phrases of a cleaned text mean, in order."""
    return Reader(text, tokens, lexicon).read()
