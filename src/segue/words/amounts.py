"""Phrases with numbers: tempo, length, years and decades, and any number of a track by its name.

    amount    = [NAME] [LEAD] quantity [(TO | -) quantity] [ONWARDS] [aiming at NUMBER]
    quantity  = [the] [early | mid | late] DECADE | YEAR | M:SS | NUMBER [UNIT]

The words are those of `segue.words.particles`. A single number means about as much (`WIDTHS`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue.words import particles
from segue.words.tokens import DASH, DECADE, NUMBER, WORD, Token
from segue.words.vocabulary import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTHS: dict[str, tuple[float, float]] = {"tempo": (0.02, 0.05), "seconds": (0.15, 0.15)}
"""How far off a single number may be, as a part of it: plainly said, and with "around"."""

OFF: dict[str, tuple[float, float]] = {"year": (0, 2), "loudness": (1, 2), "popularity": (5, 10)}
"""The same as a difference; `_SHARE_OFF` for what lies in [0, 1]."""

_SHARE_OFF = (0.05, 0.1)

_YEARS = range(1900, 2100)

LIMITS: dict[str, tuple[float, float]] = {
    "loudness": (-60.0, 5.0),
    "tempo": (20.0, 400.0),
    "popularity": (0.0, 100.0),
    "seconds": (0.0, 86_400.0),
    "year": (1000.0, 9999.0),
}
"""Between what numbers of a track lie; all others in [0, 1]."""

_LEADS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("between", particles.BETWEEN),
    ("most", (*particles.UNDER, *particles.UNTIL)),
    ("before", particles.BEFORE),
    ("after", particles.AFTER),
    ("least", (*particles.OVER, *particles.SINCE)),
    ("around", (*particles.AROUND, "~")),
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A range of a number, ends included, None for no end; `taken` tokens say it."""

    number: str
    least: float | None
    most: float | None
    value: float
    taken: int


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number, or the years of a decade: from `low` to `high`, both the same for a number.

    `number` says what it is of, empty where no unit is written; a number of minutes is in seconds,
    and `factor` is 60.
    """

    low: float
    high: float
    number: str
    taken: int
    factor: float = 1.0


def amount(tokens: Sequence[Token], at: int) -> Amount | None:
    """The amount that begins at a token; None where none does."""
    named, number = _name(tokens, at)
    start = at + named
    if named and start < len(tokens) and tokens[start].word in {":", "=", "of", "is"}:
        start += 1
    found = _range(tokens, start, number)
    found = _aimed(tokens, start, number, found)
    if found is None:
        return None
    low, high = LIMITS.get(found.number, (0.0, 1.0))
    ends = [end for end in (found.least, found.most) if end is not None]
    if not all(math.isfinite(end) for end in (*ends, found.value)):
        return None
    value = min(max(found.value, low), high)
    lowest, highest = _reach(found.number, low, high)
    if any(not lowest <= end <= highest for end in ends):
        return None
    return replace(found, value=value, taken=found.taken + start - at)


def beyond(tokens: Sequence[Token], at: int, number: str, end: int) -> Amount | None:
    """What lies on one side of the amount at a token, as "faster than" asks for it.

    Parameters
    ----------
    number
        What the comparison is about: of another number it is none.
    end
        1 for at least as much, -1 for at most.
    """
    found = amount(tokens, at)
    if found is None:
        # "faster than 120" is said of beats a minute.
        plain = [Token(WORD, NUMBERS[number][0], 0, 0), *tokens[at:]]
        found = amount(plain, 0)
        found = found and replace(found, taken=found.taken - 1)
    if found is None or found.number != number:
        return None
    least, most = (found.value, None) if end > 0 else (None, found.value)
    return replace(found, least=least, most=most)


def phrase_at(tokens: Sequence[Token], at: int, phrases: Iterable[str]) -> int:
    """How many tokens the longest of some phrases takes that begins at a token; 0 for none."""
    best = 0
    for phrase in phrases:
        words = phrase.split(" ")
        if len(words) > best and [token.word for token in tokens[at : at + len(words)]] == words:
            best = len(words)
    return best


def _name(tokens: Sequence[Token], at: int) -> tuple[int, str]:
    """How many tokens name a number of tracks, and which one."""
    for number, names in NUMBERS.items():
        taken = phrase_at(tokens, at, names)
        if taken:
            return taken, number
    return 0, ""


def _aimed(tokens: Sequence[Token], start: int, number: str, found: Amount | None) -> Amount | None:
    """A range with the value that is best of it: "energy at most 0.4 aiming at 0.2"."""
    at = start + (found.taken if found is not None else 0)
    aiming = phrase_at(tokens, at, ("aiming at",))
    if not aiming or at + aiming >= len(tokens) or tokens[at + aiming].kind != NUMBER:
        return found
    aim = tokens[at + aiming].word
    if ":" in aim or (found is None and not number):
        return found
    whole = found or Amount(number, None, None, 0.0, 0)
    return replace(whole, value=float(aim), taken=whole.taken + aiming + 1)


def _range(tokens: Sequence[Token], at: int, number: str) -> Amount | None:
    """A range from its first word on; `number` is named before it, or empty."""
    for lead, phrases in _LEADS:
        taken = phrase_at(tokens, at, phrases)
        if taken:
            found = _bounded(tokens, at + taken, lead, number)
            if found is not None:
                return replace(found, taken=found.taken + taken)
    return _bounded(tokens, at, "", number)


def _bounded(tokens: Sequence[Token], at: int, lead: str, number: str) -> Amount | None:
    """What follows a word such as "under"."""
    first = _quantity(tokens, at, number)
    if first is None:
        return None
    after = at + first.taken
    if lead in {"", "between", "around"}:
        found = _second(tokens, after, first, number)
        if found is not None:
            return found
    kind = number or first.number
    plus = phrase_at(tokens, after, ("+",))
    if not kind and plus:
        # "120+ bpm": the unit stands behind the sign.
        kind, factor, more = _unit(tokens, after + plus)
        first = replace(first, low=first.low * factor, high=first.high * factor)
        plus += more
    if not kind or (lead == "between" and kind != "year"):
        return None
    onwards = phrase_at(tokens, after, particles.ONWARDS) or plus
    back = phrase_at(tokens, after, particles.BACKWARDS)
    if onwards and lead in {"", "between", "least"}:
        lead = "least"
    elif back and not lead:
        lead = "most"
    elif lead == "least" and tokens[at - 1].word == "from":
        lead = ""
    said = onwards if lead == "least" else back if lead == "most" else 0
    return _single(replace(first, number=kind, taken=first.taken + said), lead)


def _second(tokens: Sequence[Token], at: int, first: Quantity, number: str) -> Amount | None:
    """A range that goes on with its other end."""
    joined = int(at < len(tokens) and tokens[at].kind == DASH)
    joined = joined or phrase_at(tokens, at, particles.TO)
    second = _quantity(tokens, at + joined, number or first.number) if joined else None
    if second is None:
        return None
    units = {unit for unit in (first.number, second.number, number) if unit}
    if len(units) != 1:
        return None
    if not first.number:
        # "3 to 5 minutes" begin at three minutes.
        first = replace(first, low=first.low * second.factor, high=first.high * second.factor)
    if first.number == "year" and 0 <= second.low < 100:
        century = first.low // 100 * 100
        second = replace(second, low=second.low + century, high=second.high + century)
    ends = (first.low, first.high, second.low, second.high)
    least, most = min(ends), max(ends)
    taken = first.taken + joined + second.taken
    return Amount(units.pop(), least, most, (least + most) / 2, taken)


def _single(quantity: Quantity, lead: str) -> Amount:
    """One number with a word that says which side of it counts."""
    low, high, number, taken = quantity.low, quantity.high, quantity.number, quantity.taken
    step = 1.0 if number == "year" else 0.0
    sides = {
        "most": (None, high, high),
        "before": (None, low - step, low - step),
        "least": (low, None, low),
        "after": (high + step, None, high + step),
    }
    if lead in sides:
        least, most, value = sides[lead]
        return Amount(number, least, most, value, taken)
    off = 0.0
    if low == high:
        wide = lead == "around"
        part = WIDTHS.get(number)
        off = low * part[wide] if part else OFF.get(number, _SHARE_OFF)[wide]
    return Amount(number, round(low - off, 6), round(high + off, 6), (low + high) / 2, taken)


def _quantity(tokens: Sequence[Token], at: int, number: str) -> Quantity | None:
    """A decade, a year, a length or a plain number."""
    the = phrase_at(tokens, at, ("the",))
    decade = _decade(tokens, at + the) if number in {"", "year"} else None
    if decade is not None:
        return replace(decade, taken=decade.taken + the)
    if at >= len(tokens) or tokens[at].kind != NUMBER:
        return _counted(tokens, at)
    token = tokens[at]
    kind, factor, taken = _unit(tokens, at + 1)
    if ":" in token.word:
        minutes, _, seconds = token.word.partition(":")
        low = 60 * float(minutes) + float(seconds)
        return Quantity(low, low, "seconds", 1 + taken)
    low = float(token.word)
    if not kind and number in {"", "year"} and low in _YEARS and len(token.word) == 4:
        return Quantity(low, low, "year", 1)
    if kind == "seconds" and factor == 60:
        low, taken = _with_seconds(tokens, at + 1 + taken, low, taken)
    return Quantity(low * factor, low * factor, kind, 1 + taken, factor)


def _counted(tokens: Sequence[Token], at: int) -> Quantity | None:
    """A number that is a word, where it counts something: "three minutes"."""
    if at >= len(tokens) or tokens[at].word not in particles.COUNTED:
        return None
    kind, factor, taken = _unit(tokens, at + 1)
    joined = phrase_at(tokens, at + 1, particles.TO)
    if not taken and not (joined and _unit(tokens, at + 2 + joined)[2]):
        return None
    low = float(particles.COUNTED[tokens[at].word]) * factor
    return Quantity(low, low, kind, 1 + taken, factor)


def _with_seconds(
    tokens: Sequence[Token], at: int, minutes: float, taken: int
) -> tuple[float, int]:
    """Minutes with the seconds behind them: "3 min 30 s"."""
    if at < len(tokens) and tokens[at].kind == DECADE and tokens[at].glued:
        # "3m30s"
        return minutes + float(tokens[at].word) / 60, taken + 1
    if at < len(tokens) and tokens[at].kind == NUMBER and ":" not in tokens[at].word:
        kind, factor, more = _unit(tokens, at + 1)
        if kind == "seconds" and factor == 1:
            return minutes + float(tokens[at].word) / 60, taken + 1 + more
    return minutes, taken


def _decade(tokens: Sequence[Token], at: int) -> Quantity | None:
    part = tokens[at].word if at < len(tokens) and tokens[at].word in particles.PARTS else ""
    place = at + bool(part)
    if place >= len(tokens):
        return None
    token = tokens[place]
    if token.kind == DECADE:
        year = int(token.word)
        if year < 100:
            year += 1900 if year >= 30 else 2000
    elif token.word in particles.DECADES:
        year = particles.DECADES[token.word]
    else:
        return None
    if year % 10 or year not in _YEARS:
        return None
    first, last = particles.PARTS.get(part, (0, 9))
    return Quantity(year + first, year + last, "year", 1 + bool(part))


def _unit(tokens: Sequence[Token], at: int) -> tuple[str, float, int]:
    """What the unit at a token counts, how many of ours it is, and how many tokens it takes."""
    taken = phrase_at(tokens, at, particles.UNITS)
    if not taken:
        return "", 1.0, 0
    kind, factor = particles.UNITS[" ".join(token.word for token in tokens[at : at + taken])]
    return kind, factor, taken


def _reach(number: str, low: float, high: float) -> tuple[float, float]:
    """Between what the ends of a range may lie, where there is nothing beyond `low` and `high`."""
    if number in WIDTHS:
        return 0.0, math.inf
    off = max(OFF.get(number, _SHARE_OFF))
    return low - off, high + off
