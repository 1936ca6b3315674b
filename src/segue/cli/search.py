"""``segue search TEXT``: find tracks by words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.cli.session import Session


def search(
    session: Session,
    *,
    text: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT",
            help="Words of title, artist or album; the last may be unfinished.",
            show_default=False,
        ),
    ],
    n: Annotated[
        int, typer.Option("-n", "--count", metavar="N", min=1, max=500, help="How many.")
    ] = 10,
) -> None:
    """Find tracks by words; case and accents do not count."""
    from segue.cli.render import tracks

    query = " ".join(text)
    if not query.strip():
        raise BadRequestError("no words are given", remedy="Give some: `segue search WORDS`")
    with session.open() as segue:
        found = segue.search(query, n=n)
    session.answer(
        {"query": query, "tracks": found, "count": len(found)}, tracks(found, query=query)
    )
