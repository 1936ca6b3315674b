"""Planted cases of linking: pairs that are one recording, and pairs that only look like it.

Every case stands for a way names differ in real collections. `track` is in the catalogue,
`record` arrives without any id. Each pair has an artist of its own, so that cases do not meet each
other, and the kinds that must link outnumber those that must not by nothing regular: a rule that
mixes up the two sides, or always says yes or no, cannot do well.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from segue.records import OutsideId, TrackRecord

_FIRST = ("Ana", "Bjørn", "Chloé", "Dmitri", "Esi", "Farid", "Gwen", "Håkon", "Iva", "Jun", "Kofi")
_LAST = (
    "Abara",
    "Bruun",
    "Castaño",
    "Dvořák",
    "Eklund",
    "Fèvre",
    "García",
    "Hsu",
    "Ibsen",
    "Jäger",
)
_WORDS = (
    *("Harbour", "Lantern", "Window", "Gravel", "Orchard", "Signal", "Winter", "Copper"),
    *("Meadow", "Thunder", "Paper", "Velvet", "Anchor", "Marble", "Cinder", "Willow"),
    *("Saffron", "Tunnel", "Magnet", "Pilgrim", "Feather", "Quarry", "Ribbon", "Sparrow"),
)


@dataclass(frozen=True)
class Case:
    """One pair; `same` says whether it is one recording."""

    kind: str
    track: TrackRecord
    record: TrackRecord
    same: bool


def planted(seed: int = 7, *, each: int = 9) -> list[Case]:
    """`each` pairs of every kind that must link, two fewer of every kind that must not."""
    chance = random.Random(seed)
    cases = []
    for same, kinds, number in ((True, SAME, each), (False, OTHER, each - 2)):
        for kind, change in kinds.items():
            for _ in range(number):
                track, record = change(_song(chance, len(cases)), chance)
                cases.append(Case(kind, _known(track, len(cases)), record, same))
    return cases


def _song(chance: random.Random, number: int) -> TrackRecord:
    title = " ".join(chance.sample(_WORDS, chance.choice((1, 2, 2, 3))))
    artist = f"{chance.choice(_FIRST)} {chance.choice(_LAST)} {_letters(number)}"
    album = f"{chance.choice(_WORDS)} Days {_letters(number)}"
    return TrackRecord(title, (artist,), album, duration=round(chance.uniform(95, 420), 3))


def _letters(number: int) -> str:
    """A number as letters, so that no two artists are one (a0 → "aa", …)."""
    return "".join(chr(97 + int(digit)) for digit in f"{number:04}").title()


def _known(track: TrackRecord, number: int) -> TrackRecord:
    """The track as it stands in the catalogue: with an id, unless its case says otherwise."""
    return replace(track, outside_ids=(OutsideId("spotify", f"planted{number}"),))


Pair = tuple[TrackRecord, TrackRecord]
Kind = Callable[[TrackRecord, random.Random], Pair]


def _both(**said: object) -> Kind:
    """Both sides are the song; the record is changed by what is said."""
    return lambda song, _: (song, replace(song, **said))  # type: ignore[arg-type]


def _record(change: Callable[[TrackRecord], TrackRecord]) -> Kind:
    return lambda song, _: (song, change(song))


def _titles(track: str, record: str) -> Kind:
    """The two titles, ``{}`` standing for the song's own."""
    return lambda song, _: (
        replace(song, title=track.format(song.title)),
        replace(song, title=record.format(song.title)),
    )


def _artists(track: tuple[str, ...], record: tuple[str, ...]) -> Kind:
    """The artists of both, ``{}`` standing for the song's own."""

    def change(song: TrackRecord, _: random.Random) -> Pair:
        (own,) = song.artists
        return (
            replace(song, artists=tuple(name.format(own) for name in track)),
            replace(song, artists=tuple(name.format(own) for name in record)),
        )

    return change


def _durations(low: float, high: float) -> Kind:
    """The record's duration differs by between `low` and `high` seconds, either way."""

    def change(song: TrackRecord, chance: random.Random) -> Pair:
        by = chance.uniform(low, high) * chance.choice((-1, 1))
        return song, replace(song, duration=(song.duration or 0.0) + by)

    return change


SAME: dict[str, Kind] = {
    "the same": _both(),
    "case": _record(lambda song: replace(song, title=song.title.upper())),
    "accents lost": _record(
        lambda song: replace(
            song,
            artists=tuple(
                name.translate(str.maketrans("éèøåñřáíä", "eeoanraia")).replace("Å", "A")
                for name in song.artists
            ),
        )
    ),
    "apostrophes": _titles("{} Don’t Stop", "{} Dont Stop"),
    "punctuation": _titles("{}, Please!", "{} (Please)"),
    "hyphens": _titles("Re-{} – Again", "Re {} Again"),
    "wide letters": _record(
        lambda song: replace(
            song,
            title="".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in song.title),
        )
    ),
    "the artist with the": _artists(("The {}s",), ("{}s",)),
    "the artist's the behind": _artists(("The {}s",), ("{}s, The",)),
    "and for &": _artists(("{} & Sons",), ("{} and Sons",)),
    "n for and": _titles("Rock 'n' {}", "Rock and {}"),
    "initials": _artists(("{} R.E.D.",), ("{} RED",)),
    "a letter dressed up": _artists(("{} Ke$ha",), ("{} Kesha",)),
    "guest in the title": _titles("{} (feat. Nobody Else)", "{}"),
    "guest at the end": _titles("{}", "{} ft. Nobody Else"),
    "guest among artists": _artists(("{}", "Guest of {}"), ("{}",)),
    "guest on the other side": _artists(("{}",), ("{}", "Guest of {}")),
    "other order of artists": _artists(("{}", "Guest of {}"), ("Guest of {}", "{}")),
    "bonus track": _titles("{}", "{} (Bonus Track)"),
    "album version": _titles("{} - Album Version", "{}"),
    "original mix": _titles("{} (Original Mix)", "{}"),
    "from a film": _titles("{} (From “The Lighthouse”)", "{}"),
    "a soundtrack's": _titles('{} - From "The Lighthouse"/Soundtrack Version', "{}"),
    "guest inside a version": _titles("{} (Choir Version featuring Bo)", "{} - Choir Version"),
    "long-player version": _titles("{} - Explicit LP Version", "{}"),
    "same remaster, other words": _titles("{} - 2011 Remaster", "{} (Remastered 2011)"),
    "same remaster, one without its year": _titles("{} - Remastered", "{} - 2011 - Remaster"),
    "same live take, other words": _titles("{} - Live at Köln", "{} (Live in Köln)"),
    "same remix, other brackets": _titles("{} - Vessel Remix", "{} [Vessel Remix]"),
    "part": _titles("{}, Pt. 2", "{} Part 2"),
    "rounded duration": _record(lambda song: replace(song, duration=round(song.duration or 0.0))),
    "near duration": _durations(0.2, 1.9),
    "duration unknown": _both(duration=None),
    "album unknown": _both(album=""),
    "a name and nothing else": _both(album="", duration=None),
    "on a compilation": _both(album="Greatest Hits of Everybody"),
    "album in other words": _record(lambda song: replace(song, album=f"{song.album}!".upper())),
    "another edition of the album": _record(
        lambda song: replace(song, album=f"{song.album} (Deluxe Edition)", duration=None)
    ),
    "cyrillic": _titles("{} Ёлка", "{} елка"),
    "greek": _titles("{} Ελλάδα", "{} ΕΛΛΑΔΑ"),
    "half-width kana": _titles("{} パーフェクト", "{} ﾊﾟｰﾌｪｸﾄ"),
    "decomposed": _titles("{} Été", "{} E\u0301te\u0301"),
    "sharp s": _titles("{} Straße", "{} STRASSE"),
    "ligature": _titles("{} Æther", "{} Aether"),
    "blanks": _record(lambda song: replace(song, title=f"  {song.title.replace(' ', '   ')} ")),
    "live on both, other album": _titles("{} - Live", "{} (Live)"),
}

OTHER: dict[str, Kind] = {
    "live": _titles("{}", "{} (Live at Köln)"),
    "another live take": _titles("{} - Live at Köln", "{} (Live at Bern)"),
    "recorded live, said by the album": _record(
        lambda song: replace(song, album="Live at the Harbour", duration=None)
    ),
    "live, said by the album in brackets": _record(
        lambda song: replace(song, album=f"{song.album} (Live)")
    ),
    "unplugged, said by the album": _both(album="MTV Unplugged"),
    "remaster": _titles("{}", "{} - 2011 Remaster"),
    "another remaster": _titles("{} - 2009 Remaster", "{} - 2011 Remaster"),
    "remix": _titles("{}", "{} (Vessel Remix)"),
    "another remix": _titles("{} (Vessel Remix)", "{} (Quarry Remix)"),
    "acoustic": _titles("{}", "{} - Acoustic"),
    "instrumental": _titles("{} (Instrumental)", "{}"),
    "radio edit": _titles("{} - Radio Edit", "{}"),
    "demo": _titles("{}", "{} (Demo)"),
    "karaoke": _titles("{}", "{} (Karaoke Version)"),
    "sped up": _titles("{}", "{} - sped up"),
    "reprise": _titles("{}", "{} (Reprise)"),
    "re-recorded": _titles("{}", "{} (Ana’s Version)"),
    "in another language": _titles("{}", "{} - Spanish Version"),
    "mono": _titles("{} - Mono", "{} - Stereo"),
    "another part": _titles("{}, Pt. 1", "{}, Pt. 2"),
    "a number more": _titles("{}", "{} 2"),
    "a word more": _titles("{}", "{} Tonight"),
    "a cover": _artists(("{}",), ("Somebody Else than {}",)),
    "a tribute": _artists(("{}",), ("{} Tribute Band",)),
    "a letter apart": _artists(("{} Stone",), ("{} Stones",)),
    "first name only": _record(
        lambda song: replace(song, artists=(song.artists[0].rpartition(" ")[2],))
    ),
    "longer by far": _durations(14.0, 90.0),
    "a little too long": _durations(9.0, 12.0),
    "no duration and another album": _both(duration=None, album="Other Days"),
    "another first artist, no duration": lambda song, _: (
        replace(song, artists=(*song.artists, "Guest")),
        replace(song, artists=("Guest",), duration=None),
    ),
    "various artists": lambda song, _: (
        replace(song, artists=("Various Artists",)),
        replace(song, artists=("Various Artists",)),
    ),
    "nobody": _both(artists=()),
    "nobody on both sides": lambda song, _: (
        replace(song, artists=("",)),
        replace(song, artists=("",), album="Elsewhere"),
    ),
    "unknown artist": lambda song, _: (
        replace(song, artists=("<Unknown>",)),
        replace(song, artists=("Unknown Artist",)),
    ),
    "untitled": _titles("Track 04", "Track 04"),
    "voicing mark": _titles("{} かき", "{} がき"),
    "vowel sign": _titles("{} कि", "{} की"),
    "cyrillic short i": _titles("{} мои", "{} мой"),
    "hangul": _titles("{} 가", "{} 까"),
}


def kinds(cases: list[Case]) -> Iterator[tuple[str, list[Case]]]:
    """Cases by kind, in order."""
    for kind in dict.fromkeys(case.kind for case in cases):
        yield kind, [case for case in cases if case.kind == kind]
