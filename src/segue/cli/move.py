"""``segue move``: a catalogue goes over into another database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.cli.session import Session


def move(
    session: Session,
    *,
    to: Annotated[
        str,
        typer.Option(
            metavar="FILE|URL",
            help="Where the catalogue goes: a new file, or an empty database on a server.",
            show_default=False,
        ),
    ],
) -> None:
    """Copy a catalogue into another database: from a file to PostgreSQL, or back.

    All of it comes along, ids, history, accounts and learned models too, or nothing does: begin
    again after a failure. The old catalogue stays and is not written to meanwhile. Stop the server
    and its workers first; afterwards the setting `database` names the new one.
    """
    from segue.catalogue.database import reached
    from segue.catalogue.moving import move as moved
    from segue.cli.beside import left_behind

    settings = session.settings()
    if not to.strip():
        raise BadRequestError("--to names nothing", remedy="Name a file or postgresql://…")
    with session.meter() as on_progress:
        held = moved(settings.database, to, on_progress=on_progress)
    with reached(settings.database) as old, reached(to) as new:
        stays = left_behind(old, new, settings=settings)
        places = {"from": old.where, "to": new.where}
    said = (
        f"{held.counts['tracks']:,} tracks and all that is known of them ({held.rows:,} rows, epoch"
        f" {held.epoch}) are in {places['to']} now, counted on both sides.\n"
        f"Set SEGUE_DATABASE to it; {places['from']} stays as it was, and what is written to it"
        " from now on does not come along."
    )
    notes = [f"{one.folder}: {one.advice}" for one in stays]
    session.answer(
        {**places, "revision": held.revision, "epoch": held.epoch, "counts": held.counts,
         "stays": stays},
        "\n".join([said, *(["Not part of a catalogue:"] if notes else []), *notes]),
    )  # fmt: skip
