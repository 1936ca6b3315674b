"""Options that narrow an answer, shared by every verb that recommends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.errors import BadRequestError
from segue.records import Filters

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def filters(
    *,
    genre: Sequence[str] | None,
    exclude_genre: Sequence[str] | None,
    exclude_artist: Sequence[str] | None,
    year: tuple[int | None, int | None],
    seconds: tuple[float | None, float | None],
    explicit: bool | None,
    playable: bool,
) -> Filters:
    """What the options say of what an answer may hold."""
    return Filters(
        genres=tuple(genre or ()),
        exclude_genres=tuple(exclude_genre or ()),
        exclude_artists=tuple(exclude_artist or ()),
        year_from=year[0],
        year_to=year[1],
        seconds_from=seconds[0],
        seconds_to=seconds[1],
        explicit=explicit,
        playable=True if playable else None,
    )


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
