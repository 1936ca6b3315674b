"""``segue crawl spotify-playlists``: playlists of Spotify's into the catalogue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.failures import REFUSED
from segue.cli.verb import add
from segue.errors import BadRequestError, UnavailableError

if TYPE_CHECKING:
    from segue.cli.session import Session
    from segue.jobs.crawling import Wanted

app = typer.Typer(
    help="Fetch playlists from a service elsewhere.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_ADDRESS = re.compile(
    r"(?:spotify:|https?://open\.spotify\.com/(?:intl-\w+/)?)(?:playlist|user)[:/]([^/?#:]+).*"
)


def spotify_playlists(
    session: Session,
    *,
    query: Annotated[
        str | None, typer.Option(metavar="WORDS", help="Playlists that a search for words finds.")
    ] = None,
    playlist: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="A playlist, by its id or address; repeat for each."),
    ] = None,
    user: Annotated[
        str | None, typer.Option(metavar="ID", help="A user's public playlists, by id or address.")
    ] = None,
    most: Annotated[
        int, typer.Option(min=1, max=10_000, metavar="N", help="No more playlists than these.")
    ] = 100,
) -> None:
    """Fetch playlists from Spotify, with their tracks.

    Needs an app registered with Spotify (docs/spotify.md). Stopped in any way, the same command
    goes on where it was; after its end, it fetches what has changed since.
    """
    from segue.caching.memory import MemoryCache
    from segue.cli.summary import crawled
    from segue.jobs.crawling import crawl
    from segue.sources.spotify import PATIENT, Spotify, configured

    wanted = _wanted(query, playlist, user)
    settings = session.settings()
    if not configured(settings):
        raise UnavailableError(
            "Spotify is not set up",
            remedy="Register an app with Spotify and set SEGUE_SPOTIFY_ID and"
            " SEGUE_SPOTIFY_SECRET; docs/spotify.md says how",
        )
    spotify = Spotify(settings, cache=MemoryCache(), manners=PATIENT)
    try:
        with session.open(create=True) as segue, session.meter() as on_progress:
            summary = crawl(segue.database, spotify, wanted, most=most, on_progress=on_progress)
    finally:
        spotify.close()
    session.answer({"asked": wanted.asked, "crawl": summary}, crawled(summary))
    if not summary.finished:
        session.note("Not all was fetched; the same command goes on where this one stopped.")
        raise typer.Exit(REFUSED)


add(app, spotify_playlists, name="spotify-playlists")


def _wanted(query: str | None, playlists: list[str] | None, user: str | None) -> Wanted:
    """Which playlists are meant.

    Raises
    ------
    BadRequestError
        None or several ways are named, or one with nothing in it.
    """
    from segue.jobs.crawling import Wanted

    named = [given for given in (query, playlists or None, user) if given is not None]
    if len(named) != 1:
        raise BadRequestError(
            "no playlists are named" if not named else "playlists are named in several ways",
            remedy='Name them in one: --query "road trip", --playlist ID or --user ID',
        )
    if query is not None:
        wanted = Wanted("words", tuple(query.split()))
    elif user is not None:
        wanted = Wanted("user", tuple(filter(None, [plain_id(user)])))
    else:
        wanted = Wanted("playlists", tuple(dict.fromkeys(map(plain_id, playlists or []))))
    if not all(wanted.values) or not wanted.values:
        raise BadRequestError("what is asked for is blank", remedy='Say what: --query "road trip"')
    return wanted


def plain_id(given: str) -> str:
    """An id out of an id, an address or a URI of Spotify's.

    >>> plain_id("https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M?si=8f")
    '37i9dQZF1DXcBWIGoYBM5M'
    """
    found = _ADDRESS.fullmatch(given.strip())
    return found[1] if found else given.strip()
