"""Options that narrow an answer, shared by every verb that recommends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.errors import BadRequestError
from segue.records import Between, Dials, Filters
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.library import Segue
    from segue.recommend.keys import Key

Count = Annotated[
    int | None,
    typer.Option(
        "-n", "--count", metavar="N", min=1, max=500, help="How many; else the setting `results`."
    ),
]
Stops = Annotated[
    int, typer.Option("-n", "--count", metavar="N", min=1, max=100, help="How many tracks.")
]
LensName = Annotated[
    str | None,
    typer.Option("--lens", metavar="NAME", help="What similar means: balanced, hybrid, text, …"),
]
Weights = Annotated[
    str | None,
    typer.Option(
        "--weights", metavar="SPACE=W,…", help="A lens of your own: attributes=0.7,text=0.3."
    ),
]
OnlyGenre = Annotated[
    list[str] | None,
    typer.Option(
        "--only-genre", metavar="NAME", help="Only this genre; repeat for any of several."
    ),
]
ExcludeGenre = Annotated[
    list[str] | None,
    typer.Option("--exclude-genre", metavar="NAME", help="Nothing of this genre; repeat for more."),
]
OnlyArtist = Annotated[
    list[str] | None,
    typer.Option("--only-artist", metavar="NAME", help="Only by this artist; repeat for more."),
]
ExcludeArtist = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude-artist", metavar="NAME", help="Nothing by this artist; repeat for more."
    ),
]
YearFrom = Annotated[int | None, typer.Option("--year-from", metavar="YEAR", help="First year.")]
YearTo = Annotated[int | None, typer.Option("--year-to", metavar="YEAR", help="Last year.")]
SecondsFrom = Annotated[
    float | None, typer.Option("--seconds-from", metavar="SECONDS", help="Shortest length.")
]
SecondsTo = Annotated[
    float | None, typer.Option("--seconds-to", metavar="SECONDS", help="Longest length.")
]
TempoFrom = Annotated[
    float | None,
    typer.Option("--tempo-from", metavar="BPM", help="Slowest tempo; half and double count too."),
]
TempoTo = Annotated[float | None, typer.Option("--tempo-to", metavar="BPM", help="Fastest tempo.")]
ExactTempo = Annotated[
    bool, typer.Option("--exact-tempo", help="Half and double the tempo do not count.")
]
InKey = Annotated[
    str | None, typer.Option("--in-key", metavar="KEY", help='Only in this key: "A minor", F#, 8A.')
]
Compatible = Annotated[
    bool, typer.Option("--compatible", help="With --in-key: in keys that mix well with it too.")
]
Language = Annotated[
    list[str] | None,
    typer.Option(
        "--language", metavar="CODE", help="Only in this language, as tagged: en, deu; repeat."
    ),
]
Folder = Annotated[
    list[str] | None,
    typer.Option("--folder", metavar="PATH", help="Only files in this folder or below; repeat."),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="NAME=FROM..TO",
        help="Only where an attribute lies between: energy=0.2..0.6, popularity=50..; repeat.",
    ),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="TRACK",
        help='Not this track, by its id or "artist – title"; repeat for more.',
    ),
]
UnheardBy = Annotated[
    str | None,
    typer.Option("--unheard-by", metavar="NAME", help="Nothing that this listener has played."),
]
Explicit = Annotated[
    bool | None,
    typer.Option("--explicit/--no-explicit", help="Only explicit tracks, or none."),
]
Playable = Annotated[
    bool, typer.Option("--playable", help="Only tracks that a file of yours holds.")
]
PerArtist = Annotated[
    int | None,
    typer.Option(
        "--per-artist",
        metavar="N",
        min=1,
        max=500,
        help="Most by one artist; else the setting `per_artist`.",
    ),
]
PerAlbum = Annotated[
    int | None,
    typer.Option(
        "--per-album",
        metavar="N",
        min=1,
        max=500,
        help="Most of one album; else the setting `per_album`.",
    ),
]
Group = Annotated[
    bool,
    typer.Option("--group/--no-group", help="Whether versions of a recording share a row."),
]
Hubs = Annotated[
    float | None,
    typer.Option(
        "--hubs",
        metavar="X",
        help="How much of their favour is taken from tracks that are near to everything, 0 to 1.",
    ),
]
Diversity = Annotated[
    float | None,
    typer.Option("--diversity", metavar="X", help="How much unlike each other rows are, 0 to 1."),
]
Variation = Annotated[
    float | None,
    typer.Option("--variation", metavar="X", help="How far chance reorders rows, 0 to 1."),
]
Draw = Annotated[
    int | None,
    typer.Option("--draw", metavar="N", min=0, help="Which of the orders that --variation draws."),
]
Recent = Annotated[
    list[str] | None,
    typer.Option(
        "--recent", metavar="ID", help="Offered lately, so that it steps back; the newest first."
    ),
]
Listener = Annotated[
    str | None,
    typer.Option(
        "--listener", metavar="NAME", help="Whose history, likes and dislikes shift the answer."
    ),
]


@dataclass(frozen=True, slots=True)
class Sifted:
    """By which lens, and what an answer may hold: what journeys take, too."""

    lens: LensName = None
    weights: Weights = None
    only_genre: OnlyGenre = None
    exclude_genre: ExcludeGenre = None
    only_artist: OnlyArtist = None
    exclude_artist: ExcludeArtist = None
    year_from: YearFrom = None
    year_to: YearTo = None
    seconds_from: SecondsFrom = None
    seconds_to: SecondsTo = None
    tempo_from: TempoFrom = None
    tempo_to: TempoTo = None
    exact_tempo: ExactTempo = False
    in_key: InKey = None
    compatible: Compatible = False
    language: Language = None
    folder: Folder = None
    where: Where = None
    explicit: Explicit = None
    playable: Playable = False
    without: Without = None
    unheard_by: UnheardBy = None

    def filters(self, segue: Segue) -> Filters:
        """What an answer may hold; `segue` knows who has heard what.

        Raises
        ------
        BadRequestError
            A key or a range cannot be read, or it is said how a tempo counts that is not asked for.
        NotFoundError
            A listener or a track to leave out is unknown.
        """
        if self.exact_tempo and self.tempo_from is None and self.tempo_to is None:
            raise BadRequestError(
                "--exact-tempo says how a tempo counts, and none is asked for",
                remedy="Name one with --tempo-from or --tempo-to",
            )
        key = self._key()
        heard = frozenset() if self.unheard_by is None else segue.heard(self.unheard_by)
        return Filters(
            genres=tuple(self.only_genre or ()),
            exclude_genres=tuple(self.exclude_genre or ()),
            artists=tuple(self.only_artist or ()),
            exclude_artists=tuple(self.exclude_artist or ()),
            year_from=self.year_from,
            year_to=self.year_to,
            seconds_from=self.seconds_from,
            seconds_to=self.seconds_to,
            tempo_from=self.tempo_from,
            tempo_to=self.tempo_to,
            octaves=not self.exact_tempo,
            key=None if key is None else key.pitch,
            mode=None if key is None else key.mode,
            compatible_keys=self.compatible,
            explicit=self.explicit,
            playable=True if self.playable else None,
            languages=tuple(self.language or ()),
            folders=tuple(str(Path(each).expanduser().absolute()) for each in self.folder or ()),
            between=tuple(between(each) for each in self.where or ()),
            exclude_tracks=heard.union(segue.known(each) for each in self.without or ()),
        )

    def _key(self) -> Key | None:
        from segue.recommend.keys import key_named

        return None if self.in_key is None else key_named(self.in_key)

    def chosen_lens(self) -> str | dict[str, float] | None:
        """The lens or the weights; see `choose_lens`."""
        return choose_lens(self.lens, self.weights)


@dataclass(frozen=True, slots=True)
class Narrowed(Sifted):
    """What every verb that recommends takes beside its seeds."""

    n: Count = None
    per_artist: PerArtist = None
    per_album: PerAlbum = None
    group: Group = True
    hubs: Hubs = None
    diversity: Diversity = None
    variation: Variation = None
    draw: Draw = None
    recent: Recent = None

    def dials(self, usual: Dials) -> Dials:
        """How rows are chosen: as `usual`, but for what the options say.

        Raises
        ------
        BadRequestError
            It is said which draw of a chance that has no say.
        """
        if self.draw is not None and not (self.variation or usual.variation):
            raise BadRequestError(
                "--draw says which chance, and chance has no say",
                remedy="Say how much it has with --variation",
            )
        said = {
            "per_artist": self.per_artist,
            "per_album": self.per_album,
            "hubs": self.hubs,
            "diversity": self.diversity,
            "variation": self.variation,
            "draw": self.draw,
            "recent": tuple(map(TrackId, self.recent)) if self.recent else None,
        }
        given: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        return replace(usual, group=usual.group and self.group, **given)


EVERYTHING = Narrowed()
"""Nothing is said of what an answer may hold."""

ANYTHING = Sifted()
"""The same, of a journey."""


def choose_lens(lens: str | None, weights: str | None) -> str | dict[str, float] | None:
    """A lens by name, weights by space, or None for the one that suits the seed.

    Raises
    ------
    BadRequestError
        Both are given, or the weights are not ``space=number`` pairs.
    """
    if weights is None:
        return lens
    if lens is not None:
        raise BadRequestError(
            "both a lens and weights are given", remedy="Give one of --lens and --weights"
        )
    return weighed(weights, where="--weights", of="a space", example="attributes=0.7,text=0.3")


def weighed(text: str, *, where: str, of: str, example: str) -> dict[str, float]:
    """Weights as they are typed, by name.

    Raises
    ------
    BadRequestError
        They are no ``name=number`` pairs with commas between, or a name comes twice.
    """
    found: dict[str, float] = {}
    for part in text.split(","):
        space, equals, number = part.partition("=")
        try:
            weight = float(number)
        except ValueError:
            equals = ""
        if not equals or not space.strip() or space.strip() in found:
            raise BadRequestError(
                f"{part.strip()!r} is no weight of {of} of its own",
                where=where,
                remedy=f"Write each once with its weight: {example}",
            )
        found[space.strip()] = weight
    return found


def between(text: str) -> Between:
    """A range of an attribute as it is typed: energy=0.2..0.6, tempo=120.., energy=..0.4.

    Raises
    ------
    BadRequestError
        It is none.
    """
    name, equals, ends = text.partition("=")
    low, dots, high = ends.partition("..")
    try:
        least, most = (float(end) if end.strip() else None for end in (low, high))
    except ValueError:
        dots = ""
    if not (name.strip() and equals and dots and (low.strip() or high.strip())):
        raise BadRequestError(
            f"{text!r} is no range",
            where="--where",
            remedy="Write energy=0.2..0.6, or popularity=50.. with an open end",
        )
    return Between(name.strip().replace(" ", "_"), least, most)
