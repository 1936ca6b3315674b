"""What a cell of a table says: text in, one value out, None where nothing is known.

Every parser takes the cell as text and either returns its value, returns None for a cell that
says "unknown" in one of the usual ways, or raises `ValueError` with the second half of a sentence
("is not a number"). Parsers of columns that repeat themselves remember what they have parsed.

Units are those of `segue.records`: seconds, dB, beats a minute, pitch classes.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from segue.sources.credits import split_credit, split_genres

if TYPE_CHECKING:
    from collections.abc import Callable

UNKNOWN = frozenset({"", "nan", "null", "none", "n/a", "na", "<na>", "-", "?", "unknown"})
"""Cells that say nothing, where a number, a date, a flag or an id is expected (case aside)."""

_SHOWN = 60
_DAY = 86_400.0
_REMEMBERED = 65_536

_PITCHES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_KEY_NAME = re.compile(r"([a-h])\s*(#|♯|sharp|b|♭|flat)?\s*-?\s*(major|maj|minor|min|m)?")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?:\d{4})?(?!\d)")
_SPOTIFY = re.compile(r"(?:spotify:track:|https?://open\.spotify\.com/(?:\S+/)?track/)?(\w{1,64})")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
_MUSICBRAINZ = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def shorten(text: str) -> str:
    """A value as a message shows it: quoted, on one line, at most 60 characters of it."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def text(cell: str) -> str | None:
    """A name; None for a blank or for the "nan" that careless exports write."""
    if "\0" in cell:
        raise ValueError("holds a NUL character")
    stripped = cell.strip()
    return None if stripped in {"", "nan", "NaN"} else stripped


def number(cell: str) -> float | None:
    """A finite or infinite number; None where unknown."""
    try:
        value = float(cell)
    except ValueError:
        if cell.strip().casefold() in UNKNOWN:
            return None
        raise ValueError("is not a number") from None
    if "_" in cell:
        raise ValueError("is not a number")
    return value if value == value else None  # noqa: PLR0124 (NaN differs from itself)


def within(
    low: float, high: float, *, per: float = 1.0, zero_is_unknown: bool = False
) -> Callable[[str], float | None]:
    """Make a parser of numbers that lie in [low, high] before they are divided by `per`."""

    @lru_cache(maxsize=_REMEMBERED)
    def parse(cell: str) -> float | None:
        value = number(cell)
        if value is None or (zero_is_unknown and value == 0):
            return None
        if not low <= value <= high:
            raise ValueError(f"is not from {low:g} to {high:g}")
        return value / per

    return parse


fraction = within(0, 1)
percent = within(0, 100, per=100)
popularity = within(0, 100)
# The lower end refuses tempos that somebody scaled to 0..1: they would pass for beats a minute.
tempo = within(10, 1_000, zero_is_unknown=True)
seconds = within(0, 30 * _DAY, zero_is_unknown=True)
milliseconds = within(0, 30 * _DAY * 1_000, per=1_000, zero_is_unknown=True)
_decibels = within(-120, 40)
_beats = within(0, 64, zero_is_unknown=True)
_track_number = within(0, 9_999, zero_is_unknown=True)
_pitch = within(-1, 11)


@lru_cache(maxsize=_REMEMBERED)
def loudness(cell: str) -> float | None:
    """Decibels relative to full scale, with or without the unit: ``-6.85``, ``-6.85db``."""
    plain = cell.strip()
    return _decibels(plain[:-2] if plain[-2:].casefold() == "db" else plain)


@lru_cache(maxsize=_REMEMBERED)
def clock(cell: str) -> float | None:
    """A length as ``minutes:seconds`` or ``hours:minutes:seconds``, in seconds."""
    if cell.strip().casefold() in UNKNOWN:
        return None
    found = _CLOCK.fullmatch(cell.strip())
    if found is None:
        raise ValueError("is not minutes:seconds")
    hours, minutes, rest = found.groups(default="0")
    return int(hours) * 3_600.0 + int(minutes) * 60.0 + float(rest) or None


@lru_cache(maxsize=1_024)
def whole(cell: str) -> int | None:
    """A whole number of beats a bar, also as ``4/4``; 0 is unknown."""
    if cell.strip().casefold() in UNKNOWN:
        return None
    upper, _, lower = cell.partition("/")
    if lower and not lower.strip().isdecimal():
        raise ValueError("is not a time signature")
    return _integer(_beats(upper))


@lru_cache(maxsize=10_000)
def track_number(cell: str) -> int | None:
    """The place on its album, also as ``3/12``; 0 is unknown."""
    if cell.strip().casefold() in UNKNOWN:
        return None
    return _integer(_track_number(cell.partition("/")[0]))


def _integer(value: float | None) -> int | None:
    if value is None:
        return None
    if value != int(value):
        raise ValueError("is not a whole number")
    return int(value)


@lru_cache(maxsize=10_000)
def key(cell: str) -> tuple[int, int | None] | None:
    """A key as (pitch class, mode): ``7`` has no mode, ``A# Maj`` has; -1 is unknown."""
    found = _KEY_NAME.fullmatch(cell.strip().casefold())
    if found is None:
        try:
            pitch = _integer(_pitch(cell))
        except ValueError as problem:
            raise ValueError(f"{problem}, and no key such as 'F# min'") from None
        return None if pitch is None or pitch < 0 else (pitch, None)
    letter, sign, name = found.groups()
    shift = {"#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}.get(sign or "", 0)
    mode = None if name is None else int(name.startswith("maj"))
    return (_PITCHES[letter] + shift) % 12, mode


@lru_cache(maxsize=1_024)
def mode(cell: str) -> int | None:
    """1 for major, 0 for minor; -1 is unknown."""
    plain = cell.strip().casefold()
    if plain in {"major", "maj", "minor", "min"}:
        return int(plain.startswith("maj"))
    value = number(plain)
    if value not in {None, -1.0, 0.0, 1.0}:
        raise ValueError("is not 0, 1, minor or major")
    return None if value is None or value < 0 else int(value)


@lru_cache(maxsize=1_024)
def flag(cell: str) -> bool | None:
    """Yes or no, true or false, 1 or 0."""
    plain = cell.strip().casefold()
    if plain in {"true", "yes", "1", "1.0", "t", "y", "explicit"}:
        return True
    if plain in {"false", "no", "0", "0.0", "f", "n", "clean", "not explicit"}:
        return False
    if plain in UNKNOWN:
        return None
    raise ValueError("is neither yes nor no")


@lru_cache(maxsize=_REMEMBERED)
def year(cell: str) -> int | None:
    """The year of a date in any usual writing (``2013-04-29``, ``29th April 2013``, ``2013``)."""
    plain = cell.strip()
    if plain.casefold() in UNKNOWN or not plain.strip("0.-/: T"):
        return None
    found = _YEAR.search(plain)
    if found is None or not 1_000 <= int(found[1]) <= 2_100:
        raise ValueError("holds no year from 1000 to 2100")
    return int(found[1])


def names(cell: str) -> tuple[str, ...] | None:
    """Artists: separated by ``;``, a list literal, or one name; guests after "feat." are parted."""
    whole_text = text(cell)
    if whole_text is None:
        return None
    listed = _literal(whole_text)
    return (split_credit(whole_text) if listed is None else listed) or None


def names_by_comma(cell: str) -> tuple[str, ...] | None:
    """Artists separated by commas without a space after them, so that "Tyler, The …" stays one."""
    return _parted(cell, re.compile(r",(?=\S)"))


def genres(cell: str) -> tuple[str, ...] | None:
    """Genres: separated by ``;`` or `` / ``, or a list literal."""
    whole_text = text(cell)
    if whole_text is None:
        return None
    listed = _literal(whole_text)
    return (split_genres(whole_text) if listed is None else listed) or None


def words_by_comma(cell: str) -> tuple[str, ...] | None:
    """Genres or tags separated by commas."""
    return _parted(cell, re.compile(","))


def _parted(cell: str, separator: re.Pattern[str]) -> tuple[str, ...] | None:
    whole_text = text(cell)
    if whole_text is None:
        return None
    parts = (part.strip() for part in separator.split(whole_text))
    return tuple(dict.fromkeys(part for part in parts if part)) or None


def _literal(plain: str) -> tuple[str, ...] | None:
    """The strings of a Python or JSON list written as text; None when it is not one.

    The brackets may be missing ("'A', 'B'"), as some exports leave them off. Only literals are
    understood; nothing of the text is ever run.
    """
    if plain[0] in "'\"" and plain[-1] in "'\"":
        plain = f"[{plain}]"
    if not (plain[0] == "[" and plain[-1] == "]"):
        return None
    try:
        found = ast.literal_eval(plain)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        return None
    return tuple(dict.fromkeys(name for name in (text(item) for item in found) if name))


def own_id(cell: str) -> str | None:
    """The caller's own id, as it stands."""
    found = text(cell)
    return None if found is None or found.casefold() in UNKNOWN else found


def spotify_id(cell: str) -> str | None:
    """A Spotify track id, also from its URI or web address; a local file has none."""
    plain = cell.strip()
    if plain.casefold() in UNKNOWN or plain.startswith("spotify:local:"):
        return None
    found = _SPOTIFY.fullmatch(plain.partition("?")[0])
    if found is None:
        raise ValueError("is not a Spotify track")
    return found[1]


def isrc(cell: str) -> str | None:
    """An International Standard Recording Code (ISO 3901), in capitals without hyphens."""
    plain = cell.strip().upper().replace("-", "").replace(" ", "")
    if plain.casefold() in UNKNOWN:
        return None
    if _ISRC.fullmatch(plain) is None:
        raise ValueError("is not an ISRC")
    return plain


def musicbrainz_id(cell: str) -> str | None:
    """A MusicBrainz recording id, also from its web address."""
    plain = cell.strip().casefold()
    if plain in UNKNOWN:
        return None
    found = _MUSICBRAINZ.search(plain)
    if found is None:
        raise ValueError("is not a MusicBrainz id")
    return found[0]
