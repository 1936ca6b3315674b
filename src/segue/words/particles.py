"""The small words of the grammar: not, very, more, like, by, around, between.

Beside `segue.words.vocabulary` they are all that is known of English. Words are in the normal form
of `segue.names.fold`, without apostrophes.
"""

from __future__ import annotations

NOT: tuple[str, ...] = (
    "not",
    "no",
    "without",
    "never",
    "non",
    "nothing",
    "dont",
    "isnt",
    "arent",
    "avoid",
)
NOT += (
    "except",
    "except for",
    "excluding",
    "minus",
    "neither",
    "anything but",
    "do not",
    "other than",
)
"""What follows is not wanted, up to a comma, "and" or "but"; "or" and "nor" go on."""

DEGREES: dict[str, tuple[str, ...]] = {
    "very": ("very", "really", "extremely", "super", "ultra", "incredibly", "so", "too", "much",
             "far", "way", "a lot", "lots", "totally", "especially", "overly", "many"),
    "quite": ("quite", "fairly", "rather", "pretty", "reasonably", "relatively", "mostly"),
    "a bit": ("a bit", "a little", "a little bit", "slightly", "somewhat", "a touch", "bit"),
}  # fmt: skip
"""How much of the next quality; the first word of each names the degree."""

MORE, LESS = ("more",), ("less", "fewer", "not as", "not so")
"""Compare by the next quality with what is named."""

LIKE: tuple[str, ...] = (
    "like",
    "similar to",
    "sounds like",
    "sounding like",
    "sound like",
    "in the style of",
)
LIKE += ("in the vein of", "reminiscent of", "a la", "akin to", "inspired by", "such as", "as in")
LIKE += ("resembling", "for fans of", "fans of", "something like", "close to", "along the lines of")
"""A name follows: an artist, a title, or both."""

UNLIKE: tuple[str, ...] = (
    "unlike",
    "not like",
    "nothing like",
    "different from",
    "not similar to",
    "dissimilar to",
)
UNLIKE += ("far from",)
"""A name follows to stay away from."""

BY = ("by", "performed by", "sung by", "played by", "songs of", "from the artist", "the artist")
"""Only what these artists have a part in; with "not" nothing of theirs."""

THAN = ("than", "as")
"""After a comparison: what with."""

POLITE = ("would like", "id like", "i like", "i love", "feel like", "in the mood for", "would love")
"""Say nothing of the music, though they hold words that may."""

AROUND = ("around", "about", "circa", "roughly", "approximately", "approx", "near", "ca", "some")
UNDER: tuple[str, ...] = (
    "under",
    "below",
    "less than",
    "at most",
    "up to",
    "max",
    "maximum",
    "no more than",
)
UNDER += ("not more than", "not over", "within", "fewer than", "no longer than", "not longer than")
OVER: tuple[str, ...] = (
    "over",
    "above",
    "more than",
    "at least",
    "min",
    "minimum",
    "no less than",
    "not under",
)
OVER += ("not less than",)
BETWEEN = ("between", "from")
BEFORE = ("before", "pre", "earlier than", "older than")
UNTIL = ("until", "till", "up to", "no later than", "not after")
AFTER = ("after", "post", "later than", "newer than")
SINCE = ("since", "from", "no earlier than", "not before", "starting in", "starting from")
ONWARDS = (
    "on", "onwards", "onward", "and later", "and newer", "to now", "to today", "and up", "or more",
    "or later", "or newer", "or faster", "or higher", "or longer", "or louder",
    "or above", "or over",
)  # fmt: skip
BACKWARDS = (
    "or less", "or earlier", "or older", "or slower", "or lower", "or shorter", "or quieter",
    "or below", "or under", "and older", "and earlier",
)  # fmt: skip
TO = ("to", "and", "until", "till", "through")
"""Words around numbers."""

UNITS: dict[str, tuple[str, float]] = {
    "bpm": ("tempo", 1), "beats per minute": ("tempo", 1), "beats a minute": ("tempo", 1),
    "s": ("seconds", 1), "sec": ("seconds", 1), "secs": ("seconds", 1), "second": ("seconds", 1),
    "seconds": ("seconds", 1), "m": ("seconds", 60), "min": ("seconds", 60),
    "mins": ("seconds", 60),
    "minute": ("seconds", 60), "minutes": ("seconds", 60), "hour": ("seconds", 3600),
    "hours": ("seconds", 3600), "db": ("loudness", 1), "decibels": ("loudness", 1),
}  # fmt: skip
"""What a number counts, and how many of ours one is."""

COUNTED: dict[str, int] = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
"""Numbers people write as words."""

DECADES: dict[str, int] = {
    "twenties": 2020, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960,
    "seventies": 1970, "eighties": 1980, "nineties": 1990, "noughties": 2000, "aughts": 2000,
}  # fmt: skip
"""The first year of a decade that has a name."""

PARTS: dict[str, tuple[int, int]] = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}
"""Which years of a decade, counted from its first."""

COMPATIBLE = ("compatible with", "that mixes with", "mixes with", "mixing with", "harmonic with")
"""A key follows, with those that mix well with it."""

ABOUT = ("about", "titled", "called", "named", "tagged", "with the word", "mentioning")
"""A word of titles and labels follows."""

THEMES = (
    "love", "heartbreak", "breakup", "drinking", "protest", "war", "wedding", "summer", "winter",
    "christmas", "halloween",
)  # fmt: skip
SONGS = ("song", "songs", "ballad", "ballads", "music", "tune", "tunes", "track", "tracks")
"""What songs are about, said before them: "love songs" are not songs by Love."""

GENRE = ("genre", "genres", "style", "styles")
MOOD = ("mood", "moods", "emotion", "emotions")
"""Said before or behind what the catalogue calls so."""

FIRM = ("must be", "only", "strictly", "definitely", "has to be", "have to be", "exactly", "just")
SOFT = ("preferably", "ideally", "if possible", "maybe", "perhaps")
"""Whether the next words are insisted on where few tracks are so."""

SEPARATORS = ("and", "but", "or", "nor", "yet", "while", "though", "although", "plus", "then")
"""Between two things that are said."""

_IGNORED = """
a an the some any song songs music track tracks tune tunes something anything stuff please i im
want wants me give find play show need id would to hear listen listening with of that is are which
be it its in on for my kind sort mood feel feeling feels sound sounds sounding vibe vibes good
nice great best also who has have having from at as this these those we us our bands band artist
artists similar all things thing one ones even still same but time times can you could recommend
suggest playlist mix list get got do does was were will let lets by piece pieces number numbers
key tempo looking put more less years year there their they them where when what how made recorded
recordings recording version versions if not too style genre atmosphere overall bit beat beats day
today tonight now here and or just only very quite
"""
IGNORED = frozenset(_IGNORED.split())
"""Words that say nothing by themselves and are passed over."""
