"""``segue radio SEED``: track after track, for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.exporting import NOWHERE, Exported
from segue.cli.narrowing import EVERYTHING, Narrowed, refuse_dials
from segue.errors import BadRequestError, BadTableError

if TYPE_CHECKING:
    from pathlib import Path

    from segue.cli.session import Session
    from segue.library.journeys import Radio


def radio(
    session: Session,
    *,
    seed: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SEED]",
            help='A track id, an audio file, "artist – title", or words that find the track.',
            show_default=False,
        ),
    ] = None,
    drift: Annotated[
        float,
        typer.Option(metavar="X", help="0 stays near the seed, 1 goes on from the last tracks."),
    ] = 0.5,
    apart: Annotated[
        int, typer.Option(metavar="N", help="Tracks of others between two by one artist.")
    ] = 4,
    window: Annotated[
        int, typer.Option(metavar="N", help="Nothing comes again within so many tracks.")
    ] = 200,
    like: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="More like this; repeat for more.")
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Less like this, and never it again; repeat for more."),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What the radio remembers: made at first, renewed each time. With it, no SEED"
            " and no option of the radio's own is needed again.",
        ),
    ] = None,
    narrowed: Narrowed = EVERYTHING,
    exported: Exported = NOWHERE,
) -> None:
    """Play on from a track, for ever: nothing comes again for long, artists take turns.

    Prints the next tracks (-n, 10 when nothing is said) with their reasons. Example:
    `segue radio "ARTIST – TITLE" --state my.json`, then `segue radio --state my.json --skip ID`.
    """
    from segue.cli.journeys import journey
    from segue.exports.writing import write_whole
    from segue.recommend.journey.radio import VARIATION

    refuse_dials(narrowed, of="a radio", but=("hubs", "group", "variation", "draw"))
    wanted = " ".join(seed or ()).strip()
    with session.open() as segue:
        filters = narrowed.filters(segue)
        dials = narrowed.dials(segue.dials())
        on: Radio
        if state is not None and state.exists():
            if wanted:
                raise BadRequestError(
                    f"{state} is of a radio that is on, and a seed is named",
                    remedy="Leave the seed out to go on, or name another file to begin anew",
                )
            on = segue.tuned(_read(state), filters=filters, dials=dials)
        elif wanted:
            on = segue.radio(
                wanted,
                lens=narrowed.chosen_lens(),
                filters=filters,
                drift=drift,
                apart=apart,
                window=window,
                variation=VARIATION if narrowed.variation is None else narrowed.variation,
                draw=narrowed.draw or 0,
                dials=dials,
            )
        else:
            raise BadRequestError("no track is named", remedy="Name one: `segue radio SEED`")
        for track in like or ():
            on.like(segue.resolve(track).track.id)
        for track in skip or ():
            on.skip(segue.resolve(track).track.id)
        found = on.take(10 if narrowed.n is None else narrowed.n)
        if state is not None:
            write_whole(state, _written(on), force=True)
        exported.write(session, segue, found, title=wanted)
    session.answer(found, *journey(found))


def _written(on: Radio) -> str:
    import json

    from segue.cli.document import plain

    return json.dumps(plain(on.state), ensure_ascii=False) + "\n"


def _read(path: Path) -> dict[str, object]:
    import json

    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadTableError(
            "this is no state of a radio", where=str(path), remedy="Begin another with a seed"
        ) from error
    if not isinstance(found, dict):
        raise BadTableError(
            "this is no state of a radio", where=str(path), remedy="Begin another with a seed"
        )
    return found
