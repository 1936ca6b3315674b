"""``segue path A B``: from one track to another by small jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.exporting import NOWHERE, Exported
from segue.cli.narrowing import ANYTHING, Sifted, Stops

if TYPE_CHECKING:
    from segue.cli.session import Session

_SEED = 'A track id, an audio file or "artist – title", in quotes of its own.'


def path(
    session: Session,
    *,
    start: Annotated[str, typer.Argument(metavar="FROM", help=_SEED, show_default=False)],
    end: Annotated[str, typer.Argument(metavar="TO", help=_SEED, show_default=False)],
    longest: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="The largest jump: 0.01 is nearer than 99 of 100 random pairs."
            " Else as small as can be.",
        ),
    ] = None,
    apart: Annotated[
        int, typer.Option(metavar="N", help="Tracks of others between two by one artist.")
    ] = 2,
    n: Stops = 10,
    sifted: Sifted = ANYTHING,
    exported: Exported = NOWHERE,
) -> None:
    """Find a path from one track to another by small jumps, with the reason for each.

    -n counts both ends. Example:
    `segue path "ARTIST – TITLE" "ARTIST – TITLE" -n 12 --out way.m3u8`.
    """
    from segue.cli.journeys import journey

    with session.open() as segue:
        found = segue.path(
            start,
            end,
            n=n,
            lens=sifted.chosen_lens(),
            filters=sifted.filters(segue),
            longest=longest,
            apart=apart,
        )
        ends = f"{found[0].track.name} → {found[-1].track.name}"
        exported.write(session, segue, found, title=ends)
    session.answer(found, *journey(found))
