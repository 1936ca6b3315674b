"""``segue radio SEED``: track after track, for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.cli.exporting import NOWHERE, Exported
from segue.cli.narrowing import ANYTHING, Group, Hubs, Sifted, Stops
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
        float | None,
        typer.Option(
            metavar="X", help="0 stays near the seed, 1 goes on from the last tracks; else 0.5."
        ),
    ] = None,
    apart: Annotated[
        int | None,
        typer.Option(metavar="N", help="Tracks of others between two by one artist; else 4."),
    ] = None,
    window: Annotated[
        int | None,
        typer.Option(metavar="N", help="Nothing comes again within so many tracks; else 200."),
    ] = None,
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
    variation: Annotated[
        float | None,
        typer.Option(metavar="X", help="How far chance has a say, 0 to 1; else 0.5."),
    ] = None,
    draw: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Which chance: the same draw plays the same tracks."),
    ] = None,
    n: Stops = 10,
    sifted: Sifted = ANYTHING,
    hubs: Hubs = None,
    group: Group = True,
    exported: Exported = NOWHERE,
) -> None:
    """Play on from a track, for ever: nothing comes again for long, artists take turns.

    Prints the next tracks with their reasons. Example:
    `segue radio "ARTIST – TITLE" --state my.json`, then `segue radio --state my.json --skip ID`.
    """
    from segue.cli.journeys import journey
    from segue.exports.writing import write_whole

    wanted = " ".join(seed or ()).strip()
    own = {
        name: value
        for name, value in {
            "lens": sifted.lens, "weights": sifted.weights, "drift": drift, "apart": apart,
            "window": window, "variation": variation, "draw": draw,
        }.items()
        if value is not None
    }  # fmt: skip
    with session.open() as segue:
        filters = sifted.filters(segue)
        usual = segue.dials()
        dials = replace(
            usual, group=usual.group and group, hubs=usual.hubs if hubs is None else hubs
        )
        on: Radio
        if state is not None and state.exists():
            given = [*(["a seed"] if wanted else []), *(f"--{name}" for name in own)]
            if given:
                raise BadRequestError(
                    f"{state} is of a radio that is on, which has its own; {given[0]} is given",
                    remedy="Leave it out to go on, or name another file to begin anew",
                )
            on = segue.tuned(_read(state), filters=filters, dials=dials)
        elif wanted:
            asked: dict[str, Any] = {name: own[name] for name in own if name not in _LENSES}
            on = segue.radio(
                wanted, lens=sifted.chosen_lens(), filters=filters, dials=dials, **asked
            )
        else:
            where = "" if state is None else f"; there is no file {state} to go on from"
            raise BadRequestError(
                f"no track is named{where}", remedy="Name one: `segue radio SEED`"
            )
        for track in like or ():
            on.like(segue.resolve(track).track.id)
        for track in skip or ():
            on.skip(segue.resolve(track).track.id)
        found = on.take(n)
        if state is not None:
            write_whole(state, _written(on), force=True)
        exported.write(session, segue, found, title=wanted)
    session.answer(found, *journey(found))


_LENSES = ("lens", "weights")


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
