"""``segue migrate``: bring the tables of a catalogue to the shape this Segue works with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.failures import REFUSED

if TYPE_CHECKING:
    from segue.catalogue.migrating import Standing
    from segue.cli.session import Session


def migrate(
    session: Session,
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Only say how it stands, and exit with 2 where something is to be done."
        ),
    ] = False,
) -> None:
    """Bring a catalogue of an older Segue up to date, in one transaction.

    Opening a catalogue does so unasked; this is for doing it while nobody is served. A SQLite file
    is copied first. A catalogue of a newer Segue is left as it is.
    """
    from segue.catalogue import migrating

    url = session.settings().database
    stands = migrating.standing(url) if check else migrating.migrate(url)
    session.answer(
        {
            "where": stands.where,
            "from": stands.found,
            "to": stands.today,
            "steps": stands.steps,
            "copy": stands.copy,
            "done": not check or not stands.steps,
        },
        _said(stands, check=check),
    )
    if check and stands.steps:
        raise typer.Exit(REFUSED)


def _said(stands: Standing, *, check: bool) -> str:
    if not stands.steps:
        return f"{stands.where} is up to date (revision {stands.today})."
    way = f"from revision {stands.found} to {stands.today} ({', '.join(stands.steps)})"
    if check:
        copied = f"; it is copied to {stands.copy} first" if stands.copy else ""
        return f"{stands.where} has to go {way}{copied}. Run: segue migrate"
    copied = f" As it was before, it stands in {stands.copy}." if stands.copy else ""
    return f"{stands.where} went {way}.{copied}"
