"""``segue map [SPACE]``: lay the catalogue out on a plane, for the page that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.session import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.cli.session import Session
    from segue.maps.shown import TrackMap


def map_(
    session: Session,
    *,
    space: Annotated[
        str | None,
        typer.Argument(
            metavar="SPACE",
            help="sound, descriptors, attributes, playlists and so on; else the one in which most "
            "tracks stand.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Draw the map of the catalogue: near on it are tracks that are near in a space.

    The map is kept beside the catalogue and shown by `segue serve`. Tracks that come later are put
    among their neighbours. 90,000 tracks take a minute or two.
    """
    with session.open() as segue, session.meter() as meter:
        drawn = segue.draw_map(space or "", on_progress=meter)
    regions = [
        {"name": region.name, "tracks": region.count, "x": region.x, "y": region.y}
        for region in drawn.regions
    ]
    document = {"space": drawn.space, "tracks": len(drawn.rows), "regions": regions}
    session.answer(document, *_lines(drawn))


def _lines(drawn: TrackMap) -> Iterator[str]:
    for region in drawn.regions:
        yield f"{region.count:>9,}  {harmless(region.name)}"
    count = len(drawn.regions)
    noun = "region" if count == 1 else "regions"
    yield f"The map of {drawn.space} shows {len(drawn.rows):,} tracks in {count} {noun}."
