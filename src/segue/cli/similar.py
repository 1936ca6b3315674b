"""``segue similar SEED``: tracks like a track or an audio file, with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.errors import BadRequestError
from segue.records import Filters

if TYPE_CHECKING:
    from segue.cli.session import Session


def similar(
    session: Session,
    *,
    seed: Annotated[
        list[str],
        typer.Argument(
            metavar="SEED",
            help='A track id, an audio file, "artist – title", or words that find the track.',
            show_default=False,
        ),
    ],
    n: Annotated[
        int | None,
        typer.Option(
            "-n",
            "--count",
            metavar="N",
            min=1,
            max=500,
            help="How many; else the setting `results`.",
        ),
    ] = None,
    lens: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What similar means: hybrid, audio, sound, text, …"),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(metavar="SPACE=W,…", help="A lens of your own: attributes=0.7,text=0.3."),
    ] = None,
    genre: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this genre; repeat for any of several."),
    ] = None,
    exclude_genre: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Nothing of this genre; repeat for more."),
    ] = None,
    exclude_artist: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Nothing by this artist; repeat for more."),
    ] = None,
    year_from: Annotated[int | None, typer.Option(metavar="YEAR", help="First year.")] = None,
    year_to: Annotated[int | None, typer.Option(metavar="YEAR", help="Last year.")] = None,
    seconds_from: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Shortest length.")
    ] = None,
    seconds_to: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Longest length.")
    ] = None,
    explicit: Annotated[
        bool | None,
        typer.Option("--explicit/--no-explicit", help="Only explicit tracks, or none."),
    ] = None,
    playable: Annotated[
        bool, typer.Option("--playable", help="Only tracks that a file of yours holds.")
    ] = False,
    per_artist: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, max=500, help="Most by one artist; else the setting `per_artist`."
        ),
    ] = None,
) -> None:
    """Find tracks like a track or an audio file, with reasons."""
    from segue.cli.render import answer

    filters = Filters(
        genres=tuple(genre or ()),
        exclude_genres=tuple(exclude_genre or ()),
        exclude_artists=tuple(exclude_artist or ()),
        year_from=year_from,
        year_to=year_to,
        seconds_from=seconds_from,
        seconds_to=seconds_to,
        explicit=explicit,
        playable=True if playable else None,
    )
    chosen = choose_lens(lens, weights)
    wanted = " ".join(seed).strip()
    if not wanted:
        raise BadRequestError("no track is named", remedy="Name one: `segue similar SEED`")
    with session.open() as segue:
        found = segue.similar(wanted, n=n, lens=chosen, filters=filters, per_artist=per_artist)
    session.answer(found, *answer(found))


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
