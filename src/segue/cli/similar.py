"""``segue similar SEED``: tracks like a track or an audio file, with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.exporting import NOWHERE, Exported
from segue.cli.narrowing import EVERYTHING, Listener, Narrowed
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
    listener: Listener = None,
    narrowed: Narrowed = EVERYTHING,
    exported: Exported = NOWHERE,
) -> None:
    """Find tracks like a track or an audio file, with reasons."""
    from segue.cli.render import answer

    wanted = " ".join(seed).strip()
    if not wanted:
        raise BadRequestError("no track is named", remedy="Name one: `segue similar SEED`")
    with session.open() as segue:
        asked = segue.resolve(wanted)
        if listener is not None:
            asked = segue.shifted(asked, listener=listener)
        found = segue.similar(
            asked,
            n=narrowed.n,
            lens=narrowed.chosen_lens(),
            filters=narrowed.filters(segue),
            dials=narrowed.dials(segue.dials()),
        )
        exported.write(session, segue, found, title=f"Like {found.seed.name}")
    session.answer(found, *answer(found))
