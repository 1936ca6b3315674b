"""``segue demo``: invented music to try everything with, made here, served at once."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.analyse import run as analyse
from segue.cli.analyse import stoppable
from segue.cli.serve import Host, Port, serve_until_stopped
from segue.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from segue.cli.session import Session
    from segue.library import Segue
    from segue.summaries import ImportSummary

DATABASE = "segue.db"
MUSIC = "music"


def demo(
    session: Session,
    *,
    folder: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where it lives; else the setting `demo_folder`."),
    ] = None,
    tracks: Annotated[
        int, typer.Option(metavar="N", help="How many tracks of music to make, 1 to 120.")
    ] = 120,
    serving: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve it, or stop when it is ready.")
    ] = True,
    host: Host = None,
    port: Port = None,
) -> None:
    """Make invented music to try everything with, and serve it.

    Tables, playlists and listening histories come with it. What is there already is not made again.
    Its catalogue is `segue.db` in its own folder, so your own stays untouched; --database names
    another.
    """
    from segue.serve.access.opening import need_leave
    from segue.serve.run import listening

    settings = session.settings()
    place = (settings.demo_folder if folder is None else folder).expanduser().absolute()
    own = session.with_default(place / DATABASE)
    with ExitStack() as opened:
        bound = None
        if serving:
            # Before the work: a port in use must not be found out a minute later.
            bound = opened.enter_context(
                listening(
                    settings.host if host is None else host,
                    settings.port if port is None else port,
                )
            )
        _make_folder(place)
        segue = opened.enter_context(own.open(create=True))
        if bound is not None:
            need_leave(settings, segue.database, bound=bound)
        said = _prepare(own, segue, place, tracks=tracks, quick=serving)
        if bound is not None:
            # Whole files are read beside it.
            serve_until_stopped(own, segue, bound=bound, folder=place / MUSIC, said=said)
            return
    session.answer(
        said, f"The demo is ready in {place}.", f"Try: segue serve --database {own.database}"
    )


def made(session: Session) -> Segue:
    """The demo's catalogue, open, with all of its music in it and described."""
    place = session.settings().demo_folder.expanduser().absolute()
    own = session.with_default(place / DATABASE)
    _make_folder(place)
    segue = own.open(create=True)
    try:
        _prepare(own, segue, place, tracks=120, quick=True)
    except BaseException:
        segue.close()
        raise
    return segue


def _prepare(
    session: Session, segue: Segue, place: Path, *, tracks: int, quick: bool
) -> dict[str, object]:
    """Bring everything there: music, rows, playlists, histories, files, descriptions."""
    from segue.catalogue import history, playlists
    from segue.catalogue import tracks as rows
    from segue.cli.summary import analysed, imported, scanned
    from segue.jobs.scan import scan
    from segue.sources.demo import write_demo

    database, music = segue.database, place / MUSIC
    session.note(f"Making the demo music in {music}, about a minute the first time.")
    with session.meter() as on_progress:
        world = write_demo(music, tracks=tracks, on_progress=on_progress)
    with session.meter() as on_progress:
        # Rows before files, so that a file meets the track that knows its attributes.
        table = (*world.audio, *world.table)
        summaries: dict[str, ImportSummary] = {
            "tracks": rows.add(database, table, synthetic=True, on_progress=on_progress),
            "playlists": playlists.add(
                database, world.playlists, synthetic=True, on_progress=on_progress
            ),
            "plays": history.add(database, world.plays, on_progress=on_progress),
        }
        looked = scan(database, music, synthetic=True, on_progress=on_progress)
    for what, summary in summaries.items():
        session.note(imported(summary, what=what))
    session.note(scanned(looked, folder=music))
    with stoppable() as stop:
        analysis = analyse(session, segue, quick=quick, stop=stop)
        if stop.is_set():
            raise KeyboardInterrupt
    session.note(analysed(analysis))
    return {
        "folder": place,
        "database": segue.database.url,
        "import": summaries,
        "scan": looked,
        "analysis": analysis,
    }


def _make_folder(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"the demo's folder cannot be made: {error.strerror}",
            where=str(place),
            remedy="Name another with --folder",
        ) from error
