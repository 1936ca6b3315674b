"""``segue mix``: tracks that fit all that is named, near and far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.exporting import NOWHERE, Exported
from segue.cli.narrowing import EVERYTHING, Listener, Narrowed

if TYPE_CHECKING:
    from segue.cli.session import Session


def mix(
    session: Session,
    *,
    seeds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SEED]...",
            help='Tracks: ids, audio files, "artist – title", each in quotes of its own.',
            show_default=False,
        ),
    ] = None,
    less: Annotated[
        list[str] | None,
        typer.Option(metavar="SEED", help="A track to stay away from; repeat for more."),
    ] = None,
    playlist: Annotated[
        str, typer.Option(metavar="ID|TITLE", help="All tracks of a playlist of the catalogue.")
    ] = "",
    words: Annotated[
        str, typer.Option(metavar="TEXT", help="A description, as for `segue wish`.")
    ] = "",
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="What the mix is called: it counts as a seed.")
    ] = "",
    listener: Listener = None,
    narrowed: Narrowed = EVERYTHING,
    exported: Exported = NOWHERE,
) -> None:
    """Find what fits several seeds at once: near to some, far from others, as words say.

    Tracks, audio files, a playlist, a history and words go together in any mixture. Nothing that is
    given is recommended again, and the reason names the seed that a row is nearest to. Example:
    `segue mix "ARTIST – TITLE" song.mp3 --less "ARTIST – TITLE" --words "calmer, 1990s"`.
    """
    from segue.cli.render import answer
    from segue.cli.wording import reading, with_reading

    with session.open() as segue:
        near = [segue.resolve(one) for one in seeds or ()]
        said = segue.understood(words, beside=near) if words.strip() else None
        found = segue.mix(
            near,
            unlike=less or (),
            playlist=playlist,
            listener=listener,
            words=words if said is None else said,
            title=title,
            n=narrowed.n,
            lens=narrowed.chosen_lens(),
            filters=narrowed.filters(segue),
            dials=narrowed.dials(segue.dials()),
        )
        exported.write(session, segue, found, title=title or playlist or words)
    if said is None:
        session.answer(found, *answer(found))
    else:
        session.answer(with_reading(found, said), *reading(said), "", *answer(found))
