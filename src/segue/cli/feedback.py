"""``segue feedback like|dislike|skip|undo|list``: what a listener thinks of tracks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.verb import add
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.cli.session import Session

app = typer.Typer(
    help="Like, dislike and skip tracks; they shift a listener's answers and can be taken back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Wanted = Annotated[
    list[str],
    typer.Argument(
        metavar="TRACK", help='A track id, "artist – title" or words.', show_default=False
    ),
]
Whose = Annotated[
    str, typer.Option("--listener", metavar="NAME", help="Whose opinion.", show_default=False)
]


def like(session: Session, *, track: Wanted, listener: Whose) -> None:
    """More like this track, for this listener."""
    _give(session, track, listener, "like")


def dislike(session: Session, *, track: Wanted, listener: Whose) -> None:
    """Never this track, and less like it, for this listener."""
    _give(session, track, listener, "dislike")


def skip(session: Session, *, track: Wanted, listener: Whose) -> None:
    """A little less like this track, for this listener."""
    _give(session, track, listener, "skip")


def undo(session: Session, *, track: Wanted, listener: Whose) -> None:
    """Take an opinion back."""
    with session.open() as segue:
        known = segue.resolve(" ".join(track)).track
        undone = segue.undo(known.id, listener=listener)
    words = "is taken back" if undone else "was not there: nothing is changed"
    session.answer(
        {"listener": listener, "track": known, "undone": undone},
        f"The opinion of {listener} on {known.name} {words}.",
    )


def list_(session: Session, *, listener: Whose) -> None:
    """List what a listener likes, dislikes and skips, the newest first."""
    from segue.catalogue import tracks

    with session.open() as segue:
        opinions = segue.feedback(listener)
        known = {t.id: t for t in tracks.many(segue.database, [o.track_id for o in opinions])}
    found = [{"kind": each.kind, "at": each.at, "track": known[each.track_id]} for each in opinions]
    shown = [f"{each.kind}: {known[each.track_id].name} ({each.track_id})" for each in opinions]
    session.answer(
        {"listener": listener, "opinions": found, "count": len(found)},
        *(shown or [f"{listener} has said nothing of any track."]),
    )


def _give(session: Session, track: list[str], listener: str, kind: str) -> None:
    with session.open() as segue:
        known = segue.resolve(" ".join(track)).track
        if not known.id:
            raise BadRequestError(
                f"{known.name} is not in the catalogue",
                remedy="Add it: `segue scan FOLDER`, or name a track that is",
            )
        given = segue.give(known.id, kind, listener=listener)
    session.answer(
        {"listener": listener, "kind": kind, "at": given.at, "track": known},
        f"{listener}: {kind} {known.name}. "
        f"Take it back: `segue feedback undo {known.id} --listener {listener}`",
    )


add(app, like)
add(app, dislike)
add(app, skip)
add(app, undo)
add(app, list_, name="list")
