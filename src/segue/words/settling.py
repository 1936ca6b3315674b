"""From what phrases mean to what a catalogue is asked: words become numbers, one range each.

"Calmer" is measured by what is named: the median of the tracks that speak for the artists and
tracks to be near to. Where nothing is named it means "calm". What contradicts an earlier phrase
("fast", then "slow") is left out and said so, and so is what the catalogue knows of no track.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from segue.names import artist_key, fold
from segue.records import CONTINUOUS, Filters
from segue.words.meanings import BY, LIKE, UNLIKE, Meaning
from segue.words.saying import of_range, quantity
from segue.words.scales import Range
from segue.words.understood import ARTIST, UNKNOWN, UNUSED, Named, Phrase, Target, Understood
from segue.words.vocabulary import HIGH, LOW, MIDDLE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from segue.records import Track
    from segue.words.lexicon import Lexicon
    from segue.words.scales import Scale

NARROWING = ("seconds", "year")
"""Numbers that only narrow an answer: no track is more like another for them."""


@dataclass(slots=True)
class _Bound:
    """A range that is being narrowed, and what was said of it."""

    range: Range
    firm: bool
    said: str


@dataclass(slots=True)
class _Draft:
    """What is understood so far."""

    like: list[Named] = field(default_factory=list)
    unlike: list[Named] = field(default_factory=list)
    bounds: dict[str, _Bound] = field(default_factory=dict)
    emotion: str = ""
    tags: list[str] = field(default_factory=list)
    filters: Filters = field(default_factory=Filters)
    phrases: list[Phrase] = field(default_factory=list)


class Settler:
    """Makes one `Understood` of meanings.

    Parameters
    ----------
    lexicon
        Of the catalogue that is asked.
    beside
        Rows of seeds that are named otherwise than in words: what "calmer" is measured by, too.
    outside
        Such seeds that are in no row.
    """

    def __init__(
        self, lexicon: Lexicon, *, beside: Sequence[int] = (), outside: Sequence[Track] = ()
    ) -> None:
        self._lexicon = lexicon
        self._beside = tuple(beside)
        self._outside = tuple(outside)
        self._draft = _Draft()
        self._compared: list[int] = []

    def settle(self, text: str, meanings: Sequence[Meaning]) -> Understood:
        """What a text is understood as."""
        near = [m.named for m in meanings if m.named is not None and m.name == LIKE]
        self._compared = [
            *self._beside,
            *(row for one in near for row in self._lexicon.names.rows(one)),
        ]
        ways: dict[str, Callable[[Meaning], Phrase]] = {
            "name": self._name, "quality": self._quality, "amount": self._amount,
            "key": self._key, "mode": self._mode, "genre": self._genre, "flag": self._flag,
            "emotion": self._emotion, "tag": self._tag, "language": self._language,
            "count": self._count,
        }  # fmt: skip
        for meaning in meanings:
            said = ways.get(meaning.kind, self._unknown)(meaning)
            self._draft.phrases.append(said)
        draft = self._draft
        targets = tuple(
            Target(number, bound.range.value, bound.range.least, bound.range.most, bound.firm)
            for number, bound in draft.bounds.items()
            if number not in NARROWING
        )
        made = Understood(
            text=text,
            like=tuple(dict.fromkeys(draft.like)),
            unlike=tuple(dict.fromkeys(draft.unlike)),
            targets=targets,
            emotion=draft.emotion,
            tags=tuple(dict.fromkeys(draft.tags)),
            filters=self._narrowed(draft.filters),
            phrases=tuple(draft.phrases),
        )
        seeded = self._beside or self._outside
        return made if seeded else replace(made, lens=lens_of(made, self._lexicon.facets))

    # -- one kind after the other -----------------------------------------------------------

    def _name(self, meaning: Meaning) -> Phrase:
        named, draft = meaning.named, self._draft
        if named is None:
            return self._unknown(meaning)
        by = meaning.name == BY or (meaning.negated and meaning.name != UNLIKE)
        if by and named.kind == ARTIST:
            if meaning.negated:
                draft.filters = _with(draft.filters, exclude_artists=named.name)
                return _phrase(meaning, "artist", f"nothing by {named.name}")
            draft.filters = _with(draft.filters, artists=named.name)
            return _phrase(meaning, "artist", f"only by {named.name}")
        if by or meaning.name == UNLIKE:
            draft.unlike.append(named)
            return _phrase(meaning, named.kind, f"unlike {named.name}")
        draft.like.append(named)
        what = "the artist" if named.kind == ARTIST else "the track"
        return _phrase(meaning, named.kind, f"like {what} {named.name}")

    def _quality(self, meaning: Meaning) -> Phrase:
        quality = meaning.quality
        if quality is None:
            return self._unknown(meaning)
        said: list[str] = []
        problems: list[str] = []
        for number, end in quality.wants:
            scale = self._lexicon.scales[number]
            if not scale.quantiles:
                problems.append(f"the {number} of no track is known")
                continue
            found, how = self._measured(meaning, number, end, scale)
            problem = self._bound(number, found, meaning, firm=bool(meaning.firm))
            if problem:
                problems.append(problem)
            else:
                said.append(f"{of_range(number, found.least, found.most)}{how}")
        if not said:
            return _phrase(meaning, UNUSED, f"left out: {'; '.join(problems)}")
        return _phrase(meaning, "quality", "; ".join((*said, *problems)))

    def _measured(self, meaning: Meaning, number: str, end: int, scale: Scale) -> tuple[Range, str]:
        """The range that is wanted, and how it came about."""
        if meaning.more:
            end = end * meaning.more
            usual = self._lexicon.usual(number, self._compared, tracks=self._outside)
            if usual is not None and end != MIDDLE:
                found = scale.beyond(usual, end, degree=meaning.degree)
                return found, f" (what is named has {quantity(number, usual)})"
            return scale.range(end), " (nothing is named to compare with)"
        if not meaning.negated:
            return scale.range(end, degree=meaning.degree), ""
        if meaning.quality is not None and meaning.quality.flips:
            return scale.range(-end), ""
        return _but(scale.range(end), scale, end), ""

    def _amount(self, meaning: Meaning) -> Phrase:
        amount = meaning.amount
        if amount is None:
            return self._unknown(meaning)
        number, least, most = amount.number, amount.least, amount.most
        value = amount.value
        if meaning.negated:
            if least is not None and most is not None:
                return _phrase(
                    meaning, UNUSED, "left out: only one side can be refused; use under or over"
                )
            step = 1.0 if number == "year" else 0.0
            least, most = (
                (None, least - step) if least is not None else ((most or 0.0) + step, None)
            )
            value = most if most is not None else least or 0.0
        if not self._lexicon.scales[number].quantiles:
            return _phrase(meaning, UNUSED, f"left out: the {number} of no track is known")
        firm = meaning.firm is not False
        problem = self._bound(number, Range(value, least, most), meaning, firm=firm)
        if problem:
            return _phrase(meaning, UNUSED, f"left out: {problem}")
        return _phrase(meaning, "number", of_range(number, least, most))

    def _key(self, meaning: Meaning) -> Phrase:
        key, filters = meaning.key, self._draft.filters
        if key is None:
            return self._unknown(meaning)
        if meaning.negated:
            return _phrase(meaning, UNUSED, "left out: a key cannot be refused")
        if filters.key is not None and (filters.key, filters.mode) != (key.pitch, key.mode):
            return _phrase(meaning, UNUSED, "left out: another key is named before")
        mode = key.mode if key.mode is not None else filters.mode
        if filters.mode is not None and mode != filters.mode:
            return _phrase(meaning, UNUSED, "left out: the other mode is named before")
        self._draft.filters = replace(
            filters,
            key=key.pitch,
            mode=mode,
            compatible_keys=filters.compatible_keys or meaning.compatible,
        )
        mixes = "in a key that mixes with" if meaning.compatible else "in"
        return _phrase(meaning, "key", f"{mixes} {key.name}")

    def _mode(self, meaning: Meaning) -> Phrase:
        mode = int(meaning.name) ^ meaning.negated
        if self._draft.filters.mode not in {None, mode}:
            return _phrase(meaning, UNUSED, "left out: the other mode is named before")
        self._draft.filters = replace(self._draft.filters, mode=mode)
        return _phrase(meaning, "key", "in major" if mode else "in minor")

    def _genre(self, meaning: Meaning) -> Phrase:
        name, filters = meaning.name, self._draft.filters
        if not name:
            return self._unknown(meaning)
        refused = meaning.negated != (meaning.more < 0)
        against = filters.genres if refused else filters.exclude_genres
        if fold(name) in {fold(one) for one in against}:
            return _phrase(meaning, UNUSED, "left out: the opposite is said before")
        if refused:
            self._draft.filters = _with(filters, exclude_genres=name)
            return _phrase(meaning, "genre", f"not of the genre {name}")
        self._draft.filters = _with(filters, genres=name)
        return _phrase(meaning, "genre", f"of the genre {name}")

    def _flag(self, meaning: Meaning) -> Phrase:
        # Whether the flag is wanted is already in `negated`: it is what the phrase refuses.
        value = not meaning.negated
        filters = self._draft.filters
        if getattr(filters, meaning.name) not in {None, value}:
            return _phrase(meaning, UNUSED, "left out: the opposite is said before")
        if meaning.name == "explicit" and not self._lexicon.marked:
            return _phrase(meaning, UNUSED, "left out: no track is marked as explicit or not")
        self._draft.filters = replace(filters, **{meaning.name: value})  # type: ignore[arg-type]
        return _phrase(meaning, "condition", ("" if value else "not ") + meaning.name)

    def _emotion(self, meaning: Meaning) -> Phrase:
        if not meaning.name:
            return self._unknown(meaning)
        if meaning.negated or (self._draft.emotion and self._draft.emotion != meaning.name):
            return _phrase(meaning, UNUSED, "left out: one emotion can be wished for, none refused")
        self._draft.emotion = meaning.name
        return _phrase(meaning, "emotion", f"labelled {meaning.name}")

    def _tag(self, meaning: Meaning) -> Phrase:
        if meaning.negated:
            return _phrase(meaning, UNUSED, "left out: words of labels cannot be refused")
        self._draft.tags.append(meaning.name)
        return _phrase(meaning, "tag", f"with {meaning.name!r} among its labels and titles")

    def _language(self, meaning: Meaning) -> Phrase:
        code = self._lexicon.languages.get(meaning.name, meaning.name)
        if meaning.negated or code not in self._lexicon.languages.values():
            return _phrase(meaning, UNUSED, "left out: no such language, or one cannot be refused")
        self._draft.filters = _with(self._draft.filters, languages=code)
        return _phrase(meaning, "language", f"in the language {code!r}")

    def _count(self, meaning: Meaning) -> Phrase:
        return _phrase(meaning, UNUSED, "left out: how many is said beside the words")

    def _unknown(self, meaning: Meaning) -> Phrase:
        return Phrase(meaning.text, UNKNOWN, "not understood", meaning.near)

    # -- what they have in common -----------------------------------------------------------

    def _bound(self, number: str, found: Range, meaning: Meaning, *, firm: bool) -> str:
        """Narrow a number to a range; a sentence on why not where it contradicts what was said."""
        before = self._draft.bounds.get(number)
        if before is None:
            self._draft.bounds[number] = _Bound(found, firm, meaning.text)
            return ""
        least = _largest(before.range.least, found.least)
        most = _largest(_minus(before.range.most), _minus(found.most))
        most = _minus(most)
        if least is not None and most is not None and least > most:
            return f"“{before.said}” is said before, and no track is both"
        value = found.value
        value = value if least is None else max(value, least)
        value = value if most is None else min(value, most)
        narrowed = Range(value, least, most)
        self._draft.bounds[number] = _Bound(narrowed, firm or before.firm, before.said)
        return ""

    def _narrowed(self, filters: Filters) -> Filters:
        """Filters with the years and lengths that were said."""
        bounds = self._draft.bounds
        if "year" in bounds:
            years = bounds["year"].range
            filters = replace(filters, year_from=_whole(years.least), year_to=_whole(years.most))
        if "seconds" in bounds:
            length = bounds["seconds"].range
            filters = replace(filters, seconds_from=length.least, seconds_to=length.most)
        return filters


def lens_of(said: Understood, facets: Collection[str]) -> dict[str, float] | None:
    """What an answer goes by where no seed is named: the facets of just what is said.

    Parameters
    ----------
    said
        Its targets, key, mode, emotion and tags; None where it names a seed, or none of these.
    facets
        Which single features the catalogue can weigh.
    """
    if said.like:
        return None
    numbers = [t.number for t in said.targets if t.number in (*CONTINUOUS, "tempo")]
    if said.filters.key is not None:
        numbers.append("key")
    elif said.filters.mode is not None:
        numbers.append("mode")
    named = [name for name in numbers if name in facets]
    if numbers and not named:
        named = ["attributes"]
    if said.emotion or said.tags:
        named.append("text")
    return {name: round(1 / len(named), 6) for name in named} or None


def _but(refused: Range, scale: Scale, end: int) -> Range:
    """All the rest of what is refused."""
    if end == MIDDLE:
        # Not in the middle: the upper part, as good as the lower one.
        end = LOW
        return Range(scale.at(5 / 6), refused.most, None)
    if end == HIGH:
        most = refused.least
        return Range(scale.at(0.4) if scale.limits is None else (most or 0) / 2, None, most)
    least = refused.most
    return Range(scale.at(0.6) if scale.limits is None else ((least or 0) + 1) / 2, least, None)


def _with(filters: Filters, **named: str) -> Filters:
    """Filters with one more name in a list, each artist or name once."""
    ((name, value),) = named.items()
    same = artist_key if name.endswith("artists") else fold
    before: tuple[str, ...] = getattr(filters, name)
    if same(value) in {same(one) for one in before}:
        return filters
    return replace(filters, **{name: (*before, value)})  # type: ignore[arg-type]


def _phrase(meaning: Meaning, kind: str, means: str) -> Phrase:
    return Phrase(meaning.text, kind, means, meaning.near)


def _largest(*ends: float | None) -> float | None:
    return max((end for end in ends if end is not None), default=None)


def _minus(end: float | None) -> float | None:
    return None if end is None else -end


def _whole(end: float | None) -> int | None:
    return None if end is None else round(end)
