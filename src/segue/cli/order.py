"""``segue order``: tracks put in order for listening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.exporting import NOWHERE, Exported
from segue.cli.narrowing import LensName, Weights, choose_lens, weighed

if TYPE_CHECKING:
    from segue.cli.session import Session


def order(
    session: Session,
    *,
    seeds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SEED]...",
            help='Tracks: ids, audio files, "artist – title", each in quotes of its own.',
            show_default=False,
        ),
    ] = None,
    tracks: Annotated[
        list[str] | None,
        typer.Option(metavar="ID,…", help="Ids of tracks, with commas between; may be repeated."),
    ] = None,
    playlist: Annotated[
        str, typer.Option(metavar="ID|TITLE", help="All tracks of a playlist of the catalogue.")
    ] = "",
    arc: Annotated[
        str,
        typer.Option(
            metavar="NAME|X,Y,…",
            help="How energy goes: rising, falling, wave, given, or points such as 0.2,0.9,0.4:"
            " what counts is which is higher.",
        ),
    ] = "",
    count: Annotated[
        list[str] | None,
        typer.Option(
            "--weigh",
            metavar="WHAT=W",
            help="What tempo, key, likeness or energy counts; 0 leaves it out. Repeat for more.",
        ),
    ] = None,
    lens: LensName = None,
    weights: Weights = None,
    exported: Exported = NOWHERE,
) -> None:
    """Put tracks in order for listening: neighbours that mix, energy along an arc.

    Nothing is added and nothing left out. Example:
    `segue order --playlist "Road trip" --arc wave --out trip.m3u8`.
    """
    from segue.cli.continuing import parted
    from segue.cli.journeys import journey

    with session.open() as segue:
        found = segue.ordered(
            [*(seeds or ()), *parted(tracks or ())],
            playlist=playlist,
            arc=arc,
            weights=_weights(count) if count else None,
            lens=choose_lens(lens, weights),
        )
        exported.write(session, segue, found, title=playlist)
    session.answer(found, *journey(found))


def _weights(count: list[str]) -> dict[str, float]:
    return weighed(
        ",".join(count), where="--weigh", of="a part", example="--weigh tempo=2 --weigh energy=0"
    )
