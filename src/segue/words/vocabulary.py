"""The words that say what music is like: data, and the page docs/words.md is written from it.

A quality wants one or several numbers of a track high, low or in the middle. What is high is
measured by the catalogue that is asked (`segue.words.scales`): "fast" are its fastest quarter. An
occasion ("for running") stands for the qualities people want then. A quality that `yields` is the
genre instead where the catalogue has a genre of the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HIGH, MIDDLE, LOW = 1, 0, -1
"""Which end of a number is wanted."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What some words want of a track.

    Attributes
    ----------
    words
        All that mean it, the plainest first.
    wants
        Numbers by name, each with `HIGH`, `MIDDLE` or `LOW`.
    comparing
        Words that compare by it ("calmer"), beside "more" and "less" with any of `words`.
    flips
        Whether "no" before it asks for the opposite, and not for all the rest: "no vocals".
    yields
        Whether a genre of the catalogue comes first.
    """

    words: tuple[str, ...]
    wants: tuple[tuple[str, int], ...]
    comparing: tuple[str, ...] = ()
    flips: bool = False
    yields: bool = False


QUALITIES: tuple[Quality, ...] = (
    Quality(
        ("slow", "downtempo", "down tempo", "unhurried", "slow paced", "slowly"),
        (("tempo", LOW),),
        ("slower",),
    ),
    Quality(
        ("fast", "quick", "rapid", "uptempo", "up tempo", "speedy", "fast paced"),
        (("tempo", HIGH),),
        ("faster", "quicker", "speedier"),
    ),
    Quality(("mid tempo", "midtempo", "moderate", "medium paced"), (("tempo", MIDDLE),)),
    Quality(
        (
            "calm",
            "gentle",
            "relaxed",
            "relaxing",
            "chill",
            "chilled",
            "chilled out",
            "mellow",
            "soothing",
            "laid back",
            "calming",
            "easy going",
        ),
        (("energy", LOW),),
        ("calmer", "gentler", "mellower", "more chilled"),
    ),
    Quality(
        ("peaceful", "soft", "serene", "tranquil", "softly"),
        (("energy", LOW), ("loudness", LOW)),
        ("softer",),
    ),
    Quality(
        ("energetic", "intense", "powerful", "lively", "driving", "vigorous", "full of energy"),
        (("energy", HIGH),),
        ("livelier",),
    ),
    Quality(
        ("upbeat", "feel good", "feelgood", "sunny", "uplifting"),
        (("energy", HIGH), ("valence", HIGH)),
        ("sunnier",),
    ),
    Quality(
        ("happy", "cheerful", "joyful", "glad", "bright", "merry", "cheery"),
        (("valence", HIGH),),
        ("happier", "brighter", "merrier"),
    ),
    Quality(
        ("sad", "sombre", "somber", "gloomy", "dark", "sorrowful", "unhappy", "depressing"),
        (("valence", LOW),),
        ("sadder", "darker", "gloomier"),
    ),
    Quality(
        ("melancholic", "melancholy", "wistful", "mournful"), (("valence", LOW), ("energy", LOW))
    ),
    Quality(("angry", "aggressive", "furious"), (("energy", HIGH), ("valence", LOW)), ("angrier",)),
    Quality(
        ("danceable", "groovy", "for dancing", "to dance to", "dancing", "dance", "made to dance"),
        (("danceability", HIGH),),
        ("groovier",),
        yields=True,
    ),
    Quality(("loud", "noisy"), (("loudness", HIGH),), ("louder", "noisier")),
    Quality(("quiet", "hushed", "quietly"), (("loudness", LOW),), ("quieter",)),
    Quality(("acoustic", "unplugged", "organic"), (("acousticness", HIGH),)),
    Quality(("electric", "amplified"), (("acousticness", LOW),)),
    Quality(
        ("instrumental", "instrumentals", "purely instrumental"), (("instrumentalness", HIGH),)
    ),
    Quality(
        (
            "vocals",
            "vocal",
            "sung",
            "singing",
            "voices",
            "voice",
            "lyrics",
            "singer",
            "words",
            "with vocals",
            "with lyrics",
        ),
        (("instrumentalness", LOW),),
        flips=True,
    ),
    Quality(
        ("live", "in concert", "concert", "on stage", "live recording", "live recordings"),
        (("liveness", HIGH),),
    ),
    Quality(("studio", "studio recording", "studio recordings"), (("liveness", LOW),), flips=True),
    Quality(
        ("spoken", "spoken word", "talking", "speech", "talk"), (("speechiness", HIGH),), flips=True
    ),
    Quality(
        ("popular", "well known", "famous", "hits", "hit", "mainstream", "known"),
        (("popularity", HIGH),),
        ("better known",),
    ),
    Quality(
        (
            "obscure",
            "unknown",
            "little known",
            "lesser known",
            "underground",
            "hidden gems",
            "hidden gem",
            "deep cuts",
            "rare",
            "unpopular",
        ),
        (("popularity", LOW),),
        ("rarer",),
    ),
    Quality(("short", "brief"), (("seconds", LOW),), ("shorter", "briefer")),
    Quality(("long", "lengthy", "extended"), (("seconds", HIGH),), ("longer",)),
    Quality(("old", "oldies", "vintage", "retro", "early"), (("year", LOW),), ("older", "earlier")),
    Quality(
        ("new", "recent", "modern", "contemporary", "current"),
        (("year", HIGH),),
        ("newer", "later"),
    ),
)
"""Every quality, in the order of the page."""

OCCASIONS: tuple[Quality, ...] = (
    Quality(
        ("party", "partying", "parties"), (("energy", HIGH), ("danceability", HIGH)), yields=True
    ),
    Quality(
        ("running", "workout", "workouts", "working out", "gym", "jogging", "exercise", "training"),
        (("energy", HIGH), ("tempo", HIGH)),
        yields=True,
    ),
    Quality(
        ("sleep", "sleeping", "bedtime", "falling asleep", "fall asleep"),
        (("energy", LOW), ("loudness", LOW)),
        yields=True,
    ),
    Quality(
        ("focus", "study", "studying", "concentration", "concentrating", "working", "reading"),
        (("instrumentalness", HIGH), ("energy", LOW)),
        yields=True,
    ),
)
"""What people want music for, and what they want of it then: custom, not measurement."""

NUMBERS: dict[str, tuple[str, ...]] = {
    "energy": ("energy", "intensity"),
    "valence": ("valence", "cheerfulness"),
    "danceability": ("danceability",),
    "loudness": ("loudness", "volume"),
    "acousticness": ("acousticness",),
    "instrumentalness": ("instrumentalness",),
    "liveness": ("liveness",),
    "speechiness": ("speechiness",),
    "tempo": ("tempo", "bpm", "speed", "pace"),
    "popularity": ("popularity",),
    "seconds": ("length", "duration"),
    "year": ("year",),
}
"""Numbers of a track by what people call them: "high energy", "energy 0.2", "tempo 100 to 120"."""

ENDS: dict[int, tuple[str, ...]] = {
    HIGH: ("high", "higher", "lots of", "plenty of", "full of"),
    MIDDLE: ("medium", "mid", "middling", "moderate", "average"),
    LOW: ("low", "lower", "little", "hardly any"),
}
"""Words before the name of a number; "higher" and "lower" compare."""

MODES: dict[str, int] = {
    "minor": 0, "in minor": 0, "minor key": 0, "in a minor key": 0, "minor keys": 0,
    "minor mode": 0, "major": 1, "in major": 1, "major key": 1, "in a major key": 1,
    "major keys": 1, "major mode": 1,
}  # fmt: skip
"""The mode alone, whatever the key."""

FLAGS: dict[str, tuple[str, bool]] = {
    "playable": ("playable", True),
    "i can play": ("playable", True),
    "i own": ("playable", True),
    "i have": ("playable", True),
    "in my library": ("playable", True),
    "explicit": ("explicit", True),
    "explicit lyrics": ("explicit", True),
    "swearing": ("explicit", True),
    "clean": ("explicit", False),
    "family friendly": ("explicit", False),
    "kid friendly": ("explicit", False),
    "safe for kids": ("explicit", False),
    "safe for children": ("explicit", False),
}
"""What a track is or is not: a condition of `segue.records.Filters`, and its value."""

GENRES: dict[str, tuple[str, ...]] = {
    "rnb": ("r and b", "rhythm and blues"),
    "rhythm and blues": ("r and b",),
    "r and b": ("r b", "rhythm and blues"),
    "dnb": ("drum and bass",),
    "d and b": ("drum and bass",),
    "electronica": ("electronic",),
    "classical music": ("classical",),
    "rap": ("hip hop", "rap"),
    "country and western": ("country",),
    "chillout": ("chill", "chill out"),
    "lo fi": ("lofi",),
    "trip hop": ("triphop",),
    "kids music": ("kids", "children"),
    "world": ("world music",),
}
"""What else people call a genre; the first of the names that the catalogue has is meant."""

LANGUAGES: dict[str, tuple[str, ...]] = {
    "english": ("en", "eng"), "german": ("de", "deu", "ger"), "french": ("fr", "fra", "fre"),
    "spanish": ("es", "spa"), "italian": ("it", "ita"), "portuguese": ("pt", "por"),
    "dutch": ("nl", "nld", "dut"), "swedish": ("sv", "swe"), "norwegian": ("no", "nor", "nob"),
    "danish": ("da", "dan"), "finnish": ("fi", "fin"), "polish": ("pl", "pol"),
    "russian": ("ru", "rus"), "ukrainian": ("uk", "ukr"), "czech": ("cs", "ces", "cze"),
    "greek": ("el", "ell", "gre"), "turkish": ("tr", "tur"), "arabic": ("ar", "ara"),
    "hebrew": ("he", "heb"), "persian": ("fa", "fas", "per"), "hindi": ("hi", "hin"),
    "chinese": ("zh", "zho", "chi"), "japanese": ("ja", "jpn"), "korean": ("ko", "kor"),
    "vietnamese": ("vi", "vie"), "indonesian": ("id", "ind"), "latin": ("la", "lat"),
}  # fmt: skip
"""Languages by what they are called, with the codes that tags may have."""


def qualities() -> Iterator[tuple[str, Quality]]:
    """Every word or phrase that names a quality or an occasion, with it."""
    for quality in (*QUALITIES, *OCCASIONS):
        for word in quality.words:
            yield word, quality
    for number, names in NUMBERS.items():
        for end, words in ENDS.items():
            wants = ((number, end),)
            plain = [word for word in words if word not in _COMPARING_ENDS]
            made = Quality(tuple(f"{word} {name}" for word in plain for name in names), wants)
            for word in made.words:
                yield word, made


def comparatives() -> Iterator[tuple[str, Quality]]:
    """Every word or phrase that compares by a quality, with it."""
    for quality in (*QUALITIES, *OCCASIONS):
        for word in quality.comparing:
            yield word, quality
    for number, names in NUMBERS.items():
        for word, end in _COMPARING_ENDS.items():
            phrases = tuple(f"{word} {name}" for name in names)
            for phrase in phrases:
                yield phrase, Quality(phrases, ((number, end),))


_COMPARING_ENDS = {"higher": HIGH, "more": HIGH, "lower": LOW, "less": LOW}
