"""``segue links list|undo``: joins of records by name, and taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.verb import add
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.cli.session import Session

STATES = ("linked", "ambiguous", "undone")

app = typer.Typer(
    help="List what was joined by name, and take a join back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def list_(
    session: Session,
    *,
    state: Annotated[
        str | None, typer.Option(metavar="|".join(STATES), help="Only links in this state.")
    ] = None,
) -> None:
    """List what met a track by its name alone: files, rows, entries."""
    from segue.catalogue.links import listing
    from segue.cli.render import links

    if state is not None and state not in STATES:
        raise BadRequestError(
            f"there is no state {state!r}", where="--state", remedy=f"Use {', '.join(STATES)}"
        )
    with session.open() as segue:
        found = listing(segue.database, state=state)
    session.answer({"links": found, "count": len(found)}, links(found))


def undo(
    session: Session,
    *,
    number: Annotated[
        int, typer.Argument(metavar="LINK", help="A number of the list.", show_default=False)
    ],
) -> None:
    """Take a join back: what came by it becomes a track of its own."""
    from segue.catalogue.links import undo as take_back

    with session.open() as segue:
        track = segue.track(take_back(segue.database, number))
    session.answer(
        {"link": number, "track": track},
        f"Link {number} is undone; what came by it is now the track {track.name} ({track.id}).",
    )


add(app, list_, name="list")
add(app, undo)
