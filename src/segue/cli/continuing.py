"""``segue continue``: what goes on a playlist, after a history, under a title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.exporting import NOWHERE, Exported
from segue.cli.narrowing import EVERYTHING, Narrowed
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.cli.session import Session


def continue_(
    session: Session,
    *,
    tracks: Annotated[
        list[str] | None,
        typer.Option(metavar="ID,…", help="Ids of tracks, with commas between; may be repeated."),
    ] = None,
    track: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SEED", help='One track: an id, an audio file or "artist – title"; repeat.'
        ),
    ] = None,
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="What the playlist is called; may stand alone.")
    ] = "",
    playlist: Annotated[
        str, typer.Option(metavar="ID|TITLE", help="A playlist of the catalogue.")
    ] = "",
    listener: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Whose taste shifts the answer; without tracks their history is continued.",
        ),
    ] = None,
    narrowed: Narrowed = EVERYTHING,
    exported: Exported = NOWHERE,
) -> None:
    """Find what goes with several tracks, a playlist, a title or a history, with reasons.

    Nothing that is given is recommended again. Examples: `segue continue --tracks ID,ID,ID`,
    `segue continue --title "Road trip"`, `segue continue --listener NAME`.
    """
    from segue.cli.render import answer

    wanted = [*parted(tracks or ()), *(track or ())]
    with session.open() as segue:
        found = segue.continued(
            wanted,
            title=title,
            playlist=playlist,
            listener=listener,
            n=narrowed.n,
            lens=narrowed.chosen_lens(),
            filters=narrowed.filters(segue),
            dials=narrowed.dials(segue.dials()),
        )
        exported.write(session, segue, found, title=title or playlist)
    session.answer(found, *answer(found))


def parted(lists: Iterable[str]) -> list[str]:
    """Ids of lists with commas between them.

    Raises
    ------
    BadRequestError
        One is empty.
    """
    found = [part.strip() for one in lists for part in one.split(",")]
    if not all(found):
        raise BadRequestError(
            "an id is empty", where="--tracks", remedy="Write ids with one comma between: ID,ID,ID"
        )
    return found
