"""``segue similar SEED``: tracks like a track or an audio file, with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli import narrowing
from segue.cli.narrowing import choose_lens
from segue.errors import BadRequestError

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
    n: narrowing.Count = None,
    lens: narrowing.LensName = None,
    weights: narrowing.Weights = None,
    listener: narrowing.Listener = None,
    genre: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this genre; repeat for any of several."),
    ] = None,
    exclude_genre: narrowing.ExcludeGenre = None,
    exclude_artist: narrowing.ExcludeArtist = None,
    year_from: narrowing.YearFrom = None,
    year_to: narrowing.YearTo = None,
    seconds_from: narrowing.SecondsFrom = None,
    seconds_to: narrowing.SecondsTo = None,
    explicit: narrowing.Explicit = None,
    playable: narrowing.Playable = False,
    per_artist: narrowing.PerArtist = None,
) -> None:
    """Find tracks like a track or an audio file, with reasons."""
    from segue.cli.render import answer

    filters = narrowing.filters(
        genre=genre,
        exclude_genre=exclude_genre,
        exclude_artist=exclude_artist,
        year=(year_from, year_to),
        seconds=(seconds_from, seconds_to),
        explicit=explicit,
        playable=playable,
    )
    chosen = choose_lens(lens, weights)
    wanted = " ".join(seed).strip()
    if not wanted:
        raise BadRequestError("no track is named", remedy="Name one: `segue similar SEED`")
    with session.open() as segue:
        asked = segue.resolve(wanted)
        if listener is not None:
            asked = segue.shifted(asked, listener=listener)
        found = segue.similar(asked, n=n, lens=chosen, filters=filters, per_artist=per_artist)
    session.answer(found, *answer(found))
