"""Invented names: artists, songs, albums, playlists, from word lists and a generator.

No name is meant to be anybody's. Artists are made of syllables that belong to no language or of
two words that do not usually meet; titles lean towards bright or dark words with the song's mood,
so that words carry a little of the hidden taste.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_HEADS = _words(
    "Ve Lo Ka Mi Or Tal Bre Sun Ha Ne Quil Jo Fa Ri Wen Do Il Pe Za Mar Ost Cal Ny Ul Eda"
)
_TAILS = _words(
    "rin mora dell vik sana tu ronde lith wen bara nelle quist pari dova sker mund lio the"
)
_LONGS = _words(
    "Brask Ollivant Penhurst Tarrow Vessel Quayle Lindqvarn Marrowby Estrel Fenwicke Halloran-Pym "
    "Zubrowski-Lane Okonjaye Tamsyl Drevanik Solmeira Castanhel Wrenfield"
)
_THINGS = _words(
    "Lantern Orchard Harbour Meridian Paper Tide Copper Window Heron Signal Velvet Compass Garden "
    "Ember Station Thistle Mirror Anchor Feather Gravel Comet Willow Kettle Prism Ladder Lagoon "
    "Marble Needle Cinder Balcony Ferry Atlas Saffron Pigeon Antenna Walnut"
)
_BRIGHT = _words(
    "Golden Open Early Easy Bright Dancing Summer Little Honey Silver Rising Warm Lucky"
)
_DARK = _words(
    "Hollow Late Silent Grey Broken Winter Distant Fading Cold Sleepless Heavy Lost Dusty"
)
_PLAIN = _words("Northern Paper Second Blue Slow Inner Upper Electric Wooden Narrow Seventh Plain")
_PLACES = _words(
    "Harbour Station Hill Valley Rooftop Corner Shoreline Bridge Garden Attic Avenue Island"
)
_DOINGS = _words(
    "Walking Waiting Falling Leaving Turning Counting Drifting Running Calling Folding"
)
_BANDS = {
    "jazz": "{long} Trio",
    "bossa": "{made} Quarteto",
    "house": "{made} & the Machine Room",
    "drum-and-bass": "{thing} Unit",
    "chiptune": "{made}-8",
    "lofi": "{made} Beats",
}

THEME_WORDS: dict[str, tuple[str, ...]] = {
    "calm": ("slow evening", "quiet hours", "sleep", "soft focus", "rain on the window"),
    "driving": ("workout", "faster", "night drive", "run", "full energy"),
    "glad": ("good mood", "sunny", "kitchen dance", "happy songs", "weekend"),
    "sad": ("blue days", "heartache", "grey sky", "songs to cry to", "alone"),
    "old": ("classics", "throwback", "from the attic", "golden years", "oldies"),
    "new": ("fresh", "new finds", "this year", "discoveries", "just out"),
}


def _pick(rng: Generator, words: Sequence[str]) -> str:
    return words[int(rng.integers(len(words)))]


def _plural(word: str) -> str:
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x")) else f"{word}s"


def artist_name(rng: Generator, style: str, taken: set[str]) -> str:
    """A name nobody in `taken` has; it is added there."""
    while True:
        made = (
            _pick(rng, _HEADS)
            + _pick(rng, _TAILS)
            + (_pick(rng, _TAILS) if rng.random() < 0.2 else "")
        )
        thing = _pick(rng, _THINGS)
        plain = {
            "made": made,
            "long": _pick(rng, _LONGS),
            "thing": thing,
            "things": _plural(thing),
            "adjective": _pick(rng, _PLAIN + _BRIGHT + _DARK),
            "place": _pick(rng, _PLACES),
        }
        forms = (
            "{made}",
            "{made} {long}",
            "The {adjective} {things}",
            "{thing} {place}",
            "{adjective} {made}",
            _BANDS.get(style, "{made} & {thing}"),
        )
        name = _pick(rng, forms).format(**plain)
        if name.casefold() not in taken:
            taken.add(name.casefold())
            return name


def song_title(rng: Generator, *, mood: float, taken: set[str]) -> str:
    """A title its artist has not used; glad songs lean to bright words, sad ones to dark."""
    coloured = _BRIGHT if rng.random() < mood else _DARK
    while True:
        adjective = _pick(rng, coloured if rng.random() < 0.75 else _PLAIN)
        forms = (
            f"{adjective} {_pick(rng, _THINGS)}",
            f"{adjective} {_pick(rng, _PLACES)}",
            f"{_pick(rng, _DOINGS)} by the {_pick(rng, _THINGS)}",
            f"{_pick(rng, _THINGS)} and {_plural(_pick(rng, _THINGS))}",
            f"{_pick(rng, _DOINGS)} {_pick(rng, _PLACES)}",
            f"The {adjective} {_pick(rng, _THINGS)}",
            f"{_pick(rng, _HEADS)}{_pick(rng, _TAILS)}",
        )
        title = _pick(rng, forms)
        if title not in taken:
            taken.add(title)
            return title


def album_title(rng: Generator, *, style: str) -> str:
    """A title for a record; piano and ambient ones like plain numbers."""
    if style in {"nocturne", "ambient", "jazz"} and rng.random() < 0.35:
        return f"{_pick(rng, _THINGS)} Studies, Vol. {int(rng.integers(1, 5))}"
    return f"{_pick(rng, _BRIGHT + _DARK + _PLAIN)} {_pick(rng, _THINGS + _PLACES)}"


def playlist_title(rng: Generator, *, theme: str, genre: str, artist: str) -> str:
    """How a person would name a playlist of this theme.

    `theme` is ``genre``, ``artist``, a key of `THEME_WORDS`, or ``mixed`` (a name that says
    nothing, as many real ones do).
    """
    if theme == "genre":
        return _pick(rng, ("{0}", "{0} mix", "best of {0}", "my {0}", "{0} for friends")).format(
            genre
        )
    if theme == "artist":
        return _pick(rng, ("{0} and friends", "if you like {0}", "{0} radio")).format(artist)
    if theme in THEME_WORDS:
        mood = _pick(rng, THEME_WORDS[theme])
        return mood if rng.random() < 0.6 else f"{mood} ({genre})"
    return _pick(rng, ("mix {0}", "playlist {0}", "stuff", "untitled {0}", "car {0}")).format(
        int(rng.integers(1, 60))
    )
