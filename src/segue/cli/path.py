"""``segue path A B``: from one track to another by small jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.exporting import NOWHERE, Exported
from segue.cli.narrowing import EVERYTHING, Narrowed, refuse_dials

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
    narrowed: Narrowed = EVERYTHING,
    exported: Exported = NOWHERE,
) -> None:
    """Find a path from one track to another by small jumps, with the reason for each.

    -n counts both ends (10 when nothing is said). Example:
    `segue path "ARTIST – TITLE" "ARTIST – TITLE" -n 12 --out way.m3u8`.
    """
    from segue.cli.journeys import journey

    refuse_dials(narrowed, of="a path")
    with session.open() as segue:
        found = segue.path(
            start,
            end,
            n=10 if narrowed.n is None else narrowed.n,
            lens=narrowed.chosen_lens(),
            filters=narrowed.filters(segue),
            longest=longest,
            apart=apart,
        )
        ends = f"{found[0].track.name} → {found[-1].track.name}"
        exported.write(session, segue, found, title=ends)
    session.answer(found, *journey(found))
