"""``segue status``: what the catalogue holds and what can be asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.cli.session import Session


def status(session: Session) -> None:
    """Say what the catalogue holds and how analysis stands."""
    from segue.cli.render import status as shown

    with session.open() as segue:
        segue.engine()
        found = segue.status()
    session.answer(found, *shown(found))
