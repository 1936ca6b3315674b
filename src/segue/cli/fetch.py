"""``segue fetch DATASET``: public data sets from those who publish them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.cli.session import Session
    from segue.sources.fetched import Fetched
    from segue.sources.fetched_sets import DataSet


def fetch(
    session: Session,
    *,
    dataset: Annotated[
        str | None,
        typer.Argument(
            metavar="DATASET", help="Which; without it, they are listed.", show_default=False
        ),
    ] = None,
    into: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where it is put; made if it is not there.")
    ] = Path("datasets"),
    accept: Annotated[
        bool, typer.Option("--accept-licence", help="Say that you accept its terms; ask nothing.")
    ] = False,
    mirror: Annotated[
        str,
        typer.Option("--from", metavar="URL", help="A mirror that holds the same file."),
    ] = "",
    any_version: Annotated[
        bool, typer.Option("--any-version", help="Take a file that is not the known one, too.")
    ] = False,
) -> None:
    """Fetch a public data set from its publisher, under its publisher's terms.

    A fetch that was stopped goes on where it was. The file is checked against the known digest
    before it is given its name. Nothing is imported; the answer says how.
    """
    from segue.sources.fetched import fetched, place_of
    from segue.sources.fetched_sets import DATA_SETS, named

    if dataset is None:
        session.answer({"datasets": DATA_SETS}, "\n\n".join(map(_described, DATA_SETS)))
        return
    found = named(dataset)
    folder = into.expanduser().absolute()
    if not place_of(found, folder).exists() and (found.address or mirror):
        _agree(session, found, accept=accept)
    with session.meter() as on_progress:
        came = fetched(
            found, folder, address=mirror, any_version=any_version, on_progress=on_progress
        )
    leads_to = found.leads_to.replace("FILE", str(came.path))
    session.answer(
        {"name": found.name, "licence": found.licence, "fetched": came, "leads_to": leads_to},
        f"{_said(found, came)}\nTo go on: {leads_to}",
    )


def _agree(session: Session, data_set: DataSet, *, accept: bool) -> None:
    """Show the terms, and go on only if they are accepted.

    Raises
    ------
    BadRequestError
        They are not, or nobody can be asked.
    """
    session.note(_described(data_set))
    if accept:
        return
    if sys.stdin.isatty() and not session.as_json:
        session.note("Do you accept these terms? [y/N]")
        if sys.stdin.readline().strip().lower() in {"y", "yes"}:
            return
    raise BadRequestError(
        f"the terms of {data_set.title} are not accepted: {data_set.licence.rstrip('.')}",
        where=data_set.publisher,
        remedy="Read them there, and accept them with --accept-licence",
    )


def _described(data_set: DataSet) -> str:
    size = f"{data_set.size / 1e6:,.0f} MB" if data_set.size else "to be fetched by hand"
    return (
        f"{data_set.name}: {data_set.title}, {size}\n  {data_set.holds}\n"
        f"  Terms: {data_set.licence}\n  From: {data_set.publisher}"
    )


def _said(data_set: DataSet, came: Fetched) -> str:
    where = f"{came.path} ({came.bytes / 1e6:,.1f} MB)"
    kind, value = came.digest
    how = {
        True: f"Its {kind} is the known one.",
        False: f"It is another version than the known one: its {kind} is {value}.",
        None: f"No digest of it is published; its {kind} is {value}.",
    }[came.known]
    verb = "is there" if came.there else "has come"
    return f"{data_set.title} {verb}: {where}. {how}"
