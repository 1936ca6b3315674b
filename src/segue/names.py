"""Normal forms of names: when two spellings mean one artist or one title.

``fold`` removes what never tells two names apart: case, accents, punctuation, width, spacing.
``split_title`` parts a title from what is said about the recording: a *version* (live, remix,
acoustic, a remaster …), which makes it another recording, and guests (``feat.``) or packaging
(``bonus track``), which do not. The year of a remaster is often left out, so it is told apart.
``title_key`` joins base and version again, so that a song and its live recording never share a
key, while spellings of one recording do.

Other scripts keep their letters: only the combining marks of U+0300–U+036F are dropped, and not
those of Cyrillic (й is no и; but ё is written е), so that a Japanese voicing mark or a Devanagari
vowel sign still tells words apart.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Artists come again and again; titles and albums come in runs. Larger caches cost more, in the
# garbage collector's rounds, than they save.
_MANY = 65_536
_SOME = 8_192

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
    | {"ё": "е"}
)
_APOSTROPHES = re.compile("['’‘`´ʼ]")
_MARKS = re.compile("(?<![\u0400-\u04ff])[\u0300-\u036f]+")
_GAPS = re.compile(r"[\W_]+")
_AND_SIGN = re.compile(r"\s[&+](?=\s)")
_AND_WORD = re.compile(r" (?:und|et|n)(?= )")
_INITIALS = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b")
# Signs that stand for a letter inside a word: Ke$ha, P!nk.
_DRESSED = re.compile(r"(?<=[a-z])\$(?=[a-z])|(?<=\b[a-z])!(?=[a-z])")
_PLAIN = {"$": "s", "!": "i"}

_COLLECTIVE = frozenset(
    {
        "",
        "various",
        "various artists",
        "various artist",
        "va",
        "v a",
        "unknown",
        "unknown artist",
        "artist unknown",
        "no artist",
        "none",
        "nan",
        "null",
        "n a",
        "-",
        "untitled artist",
        "diverse",
        "verschiedene interpreten",
        "varios artistas",
        "varios",
        "artistes divers",
        "original soundtrack",
        "soundtrack",
    }
)

_BRACKETED = re.compile(r"\s*[\(\[\{]([^()\[\]{}]*)[\)\]\}]")
_DASHED = re.compile(r"\s+[-–—~|:]\s+([^-–—~|]+)$")
_GUESTS = re.compile(r"(?:feat|ft|featuring|with|prod|produced by)\b\.?\s", re.IGNORECASE)
_SAYS_MORE = re.compile(r"[(\[{]|\s[-–—~|:]\s|\s(?:feat|ft|featuring)\b", re.IGNORECASE)
_TRAILING_GUESTS = re.compile(r"\s+(?:feat|ft|featuring)\b\.?\s.*$", re.IGNORECASE)
_PACKAGING = re.compile(
    r"bonus(?: track)?|deluxe(?: edition| version)?|original(?: mix| version)?|main version"
    r"|explicit(?: version)?|(?:explicit |original |full )?(?:album|lp) (?:version|mix)"
    r"|official (?:audio|video)|(?:original )?(?:motion picture |television )?soundtrack"
)
_SOURCE = re.compile(r"from\b")
_SCORE = re.compile(r"(?<=^from )(.*) (?:soundtrack|score)(?: version)?$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_VERSION = re.compile(
    r"^(?:recorded |from (?:the )?)?live"
    r"(?!\s(?:your|my|our|and|for|free|life|to|like|it|wire|forever)\b)\b"
    r"|\b(?:remix\w*|mix|remaster\w*|edit|version|versao|acoustic|acustico|unplugged|instrumental"
    r"|karaoke|demo|cover|sessions?|reprise|dub|extended|radio|club|bootleg|rework|mono|stereo"
    r"|orchestral|a cappella|acapella|alternate|alternative|take|outtake|mashup|vip|medley"
    r"|sped up|slowed|reverb|nightcore|rerecorded|re recorded|piano|clean|en vivo|ao vivo"
    r"|concert|tribute|8d)\b"
)
_REMASTER = re.compile(r"\bremaster\w*")
_LAST_THE = re.compile(r",\s+the\s*$", re.IGNORECASE)
_PART = re.compile(r"\bpt\b")
# Words of a version that say nothing about which one it is.
_FILLERS = frozenset({"version", "digital", "digitally", "the", "a", "at", "in", "on", "from"})
_PLACEHOLDER = re.compile(
    r"(?:audio )?(?:track|titel|piste|pista|untitled|unknown|unbekannt|no title|sans titre"
    r"|ohne titel|sin titulo)(?: (?:track|title))? ?\d*$"
)
_BRACKETED_LIVE = re.compile(r"(?:[\(\[]|\s-\s)\s*live\b", re.IGNORECASE)
_ALBUM_END = re.compile(r"(?<=.) (?:ep|single)$")
_ALBUM_KINDS = (
    ("live", re.compile(r"\blive (?:at|in|from|on)\b|^live$|\bunplugged\b|\b(?:en|ao) vivo\b")),
    ("acoustic", re.compile(r"\bacoustic\b|\bacustico\b")),
    ("karaoke", re.compile(r"\bkaraoke\b|\btribute\b|\bmade famous\b|\bin the style of\b")),
    ("instrumental", re.compile(r"\binstrumentals?\b")),
    ("remix", re.compile(r"\bremix(?:es|ed)?\b")),
)


@lru_cache(maxsize=_SOME)
def fold(text: str) -> str:
    """What is left of a name when case, accents, punctuation and spacing do not count.

    Parameters
    ----------
    text
        Any name. A name of punctuation alone ("!!!") is kept as it is, so that it stays a name.

    Returns
    -------
    str
        Words separated by single spaces; empty only for a blank name.
    """
    plain = text.casefold()
    if plain.isascii() and plain.replace(" ", "").isalnum():
        return _AND_WORD.sub(" and", " ".join(plain.split()))
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain).casefold().translate(_LETTERS)
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
        plain = unicodedata.normalize("NFC", plain)
    plain = _AND_SIGN.sub(" and", _APOSTROPHES.sub("", plain))
    if "." in plain:
        plain = _INITIALS.sub(lambda found: found.group().replace(".", ""), plain)
    if "$" in plain or "!" in plain:
        plain = _DRESSED.sub(lambda found: _PLAIN[found.group()], plain)
    return _AND_WORD.sub(" and", _spaced(plain)) or text.strip().casefold()


def _spaced(text: str) -> str:
    """Punctuation to spaces, keeping combining marks that belong to a script's words."""
    if text.isascii():
        return _GAPS.sub(" ", text).strip()
    kept = (c if c.isalnum() or unicodedata.category(c) in {"Mn", "Mc"} else " " for c in text)
    return " ".join("".join(kept).split())


@lru_cache(maxsize=_MANY)
def artist_key(name: str) -> str:
    """The normal form of one artist's name; "the" in front, or behind a comma, does not count."""
    key = fold(_LAST_THE.sub("", name))
    return key[4:] if key.startswith("the ") and len(key) > 4 else key


@lru_cache(maxsize=_MANY)
def is_collective(name: str) -> bool:
    """Whether a name stands for nobody in particular: blank, "Various Artists", "Unknown".

    Two tracks credited to such a name do not share an artist.
    """
    return not name.strip() or fold(name.strip("<>[]() ")) in _COLLECTIVE


@lru_cache(maxsize=_MANY)
def artist_keys(names: tuple[str, ...]) -> tuple[str, ...]:
    """Normal forms of the real artists among `names`, in order, each once."""
    return tuple(dict.fromkeys(artist_key(name) for name in names if not is_collective(name)))


@lru_cache(maxsize=_SOME)
def split_title(title: str) -> tuple[str, str]:
    """Part a title into its base and its version, both folded.

    Returns
    -------
    base
        The song: bracketed words that say nothing about the recording stay in it.
    version
        What makes this recording another one, words sorted; empty for the plain recording.
    """
    if not _SAYS_MORE.search(title):
        return _base(title), ""
    versions: list[str] = []
    rest = _BRACKETED.sub(lambda found: _keep(found.group(0), found.group(1), versions), title)
    while (found := _DASHED.search(rest)) is not None:
        if _keep(found.group(0), found.group(1), versions):
            break
        rest = rest[: found.start()]
    base = _base(_TRAILING_GUESTS.sub("", rest)) or _base(title)
    words = {word for version in versions for word in version.split()}
    if "remaster" in words:
        words = {word for word in words if not _YEAR.fullmatch(word)}
    return base, " ".join(sorted(words - _FILLERS or words))


def _base(title: str) -> str:
    base = fold(title)
    return _PART.sub("part", base) if "pt" in base else base


def _keep(whole: str, inside: str, versions: list[str]) -> str:
    """The part of a title to keep: nothing for guests, packaging and versions (noted down)."""
    if _GUESTS.match(inside.strip()):
        return ""
    words = _REMASTER.sub("remaster", fold(_TRAILING_GUESTS.sub("", inside)))
    words = _SCORE.sub(r"\1", words)
    if _PACKAGING.fullmatch(words):
        return ""
    if _VERSION.search(words) or _YEAR.fullmatch(words):
        versions.append(words)
        return ""
    return "" if _SOURCE.match(words) else whole


def title_key(title: str) -> str:
    """Base and version as one key: equal for spellings of one recording, else different."""
    return joined_key(*split_title(title))


def remaster_years(title: str) -> frozenset[str]:
    """The years a title gives its remaster; empty when it names none, or is no remaster.

    They are no part of the key, because many spellings leave them out.
    """
    return frozenset(_YEAR.findall(title)) if "remaster" in title.lower() else frozenset()


def joined_key(base: str, version: str) -> str:
    """The key of what `split_title` parted."""
    return f"{base} | {version}" if version else base


def performance_key(key: str) -> str:
    """The key of a title without its remaster; a live remaster is still live.

    >>> performance_key(title_key("Echoes (Live) [2016 Remaster]"))
    'echoes | live'
    """
    if "remaster" not in key:
        return key
    base, _, version = key.partition(" | ")
    return joined_key(base, " ".join(word for word in version.split() if word != "remaster"))


def is_placeholder(title: str) -> bool:
    """Whether a title names nothing: blank, "Track 01", "Untitled", "Unknown title"."""
    key = fold(title)
    return not key or _PLACEHOLDER.match(key) is not None


@lru_cache(maxsize=_SOME)
def album_kind(album: str) -> str:
    """What an album's name says of all its recordings: "live", "acoustic", …; "" for nothing."""
    if _BRACKETED_LIVE.search(album):
        return "live"
    key = fold(album)
    return next((kind for kind, pattern in _ALBUM_KINDS if pattern.search(key)), "")


@lru_cache(maxsize=_SOME)
def album_base(album: str) -> str:
    """An album's normal form without what stands in brackets (its edition) or "EP", "Single"."""
    plain = fold(_BRACKETED.sub("", album)) or fold(album)
    return _ALBUM_END.sub("", plain)
