"""``segue train map``: any space on a plane."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads it)
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.train.packages import check_packages
from segue.errors import NotFoundError

if TYPE_CHECKING:
    from segue.cli.session import Session

PACKAGES = ("sklearn", "matplotlib")


def map_(
    session: Session,
    *,
    space: Annotated[
        str, typer.Argument(metavar="SPACE", help="attributes, text, latent, together and so on.")
    ],
    tracks: Annotated[
        int,
        typer.Option(metavar="N", min=5, max=5000, help="Most tracks that are drawn."),
    ] = 2000,
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a PNG there, coloured by genre, artist and emotion.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Settles everything that is left to chance.")
    ] = 42,
) -> None:
    """Lay a space out on a plane (t-SNE), near for near; the catalogue keeps the places."""
    check_packages(PACKAGES, extra="attributes")
    from segue.assemble import take_snapshot
    from segue.snapshot import MAP
    from segue.training.latent.maps import mapped

    with session.open() as segue:
        snapshot = take_snapshot(segue.database)
        chosen = snapshot.spaces.get(space)
        if chosen is None:
            raise NotFoundError(
                f"there is no space {space!r}",
                remedy=f"Name one of: {', '.join(sorted(snapshot.spaces))}",
            )
        found = mapped(chosen, tracks=tracks, seed=seed)
        found.store(segue.database, snapshot.corpus)
        if picture is not None:
            picture = picture.expanduser().absolute()
            found.draw(snapshot.corpus, picture)
        ids = [snapshot.corpus.ids[row] for row in found.rows.tolist()]
    places = [
        {"id": track, "x": across, "y": up}
        for track, (across, up) in zip(ids, found.places.round(3).tolist(), strict=True)
    ]
    said = f"{len(ids):,} of {found.placed:,} tracks of the space {space} lie on a plane now."
    where = f" The picture is {picture}." if picture is not None else ""
    document = {"space": space, "kept": MAP + space, "picture": picture, "places": places}
    session.answer(document, said + where)
