"""Options that narrow an answer, shared by every verb that recommends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import typer

from segue.errors import BadRequestError
from segue.records import Dials, Filters

Count = Annotated[
    int | None,
    typer.Option(
        "-n", "--count", metavar="N", min=1, max=500, help="How many; else the setting `results`."
    ),
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
Listener = Annotated[
    str | None,
    typer.Option(
        "--listener", metavar="NAME", help="Whose history, likes and dislikes shift the answer."
    ),
]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What every verb that recommends takes beside its seeds."""

    n: Count = None
    lens: LensName = None
    weights: Weights = None
    only_genre: OnlyGenre = None
    exclude_genre: ExcludeGenre = None
    exclude_artist: ExcludeArtist = None
    year_from: YearFrom = None
    year_to: YearTo = None
    seconds_from: SecondsFrom = None
    seconds_to: SecondsTo = None
    explicit: Explicit = None
    playable: Playable = False
    per_artist: PerArtist = None

    def filters(self) -> Filters:
        """What an answer may hold."""
        return Filters(
            genres=tuple(self.only_genre or ()),
            exclude_genres=tuple(self.exclude_genre or ()),
            exclude_artists=tuple(self.exclude_artist or ()),
            year_from=self.year_from,
            year_to=self.year_to,
            seconds_from=self.seconds_from,
            seconds_to=self.seconds_to,
            explicit=self.explicit,
            playable=True if self.playable else None,
        )

    def chosen_lens(self) -> str | dict[str, float] | None:
        """The lens or the weights; see `choose_lens`."""
        return choose_lens(self.lens, self.weights)

    def dials(self, usual: Dials) -> Dials:
        """How rows are chosen: as `usual`, but for what the options say."""
        return usual if self.per_artist is None else replace(usual, per_artist=self.per_artist)


EVERYTHING = Narrowed()
"""Nothing is said of what an answer may hold."""


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
    found: dict[str, float] = {}
    for part in weights.split(","):
        space, equals, number = part.partition("=")
        try:
            weight = float(number)
        except ValueError:
            equals = ""
        if not equals or not space.strip() or space.strip() in found:
            raise BadRequestError(
                f"{part.strip()!r} is no weight of a space of its own",
                where="--weights",
                remedy="Write each space once with its weight: attributes=0.7,text=0.3",
            )
        found[space.strip()] = weight
    return found
