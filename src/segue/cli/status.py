"""``segue status``: what the catalogue holds and what can be asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from segue.cli.session import Session


def status(
    session: Session,
    *,
    failures: Annotated[
        bool, typer.Option("--failures", help="Why files failed or were skipped, by reason.")
    ] = False,
) -> None:
    """Say what the catalogue holds and how analysis stands."""
    from segue.cli.render import causes
    from segue.cli.render import status as shown

    with session.open() as segue:
        if failures:
            from segue.jobs.standing import causes as why

            found = why(segue.database, settings=segue.settings)
            session.answer({"causes": found}, *causes(found))
            return
        segue.engine()
        stands = segue.status()
    session.answer(stands, *shown(stands))
