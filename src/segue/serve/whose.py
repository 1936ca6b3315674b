"""Who listens: the name a browser keeps, and what that listener thinks of tracks.

Several people may share one library. Who is signed in, or sends a key, listens as the account or
the key says. Where login is off, a browser says by a cookie who sits in front of it; without one it
is whoever owns the catalogue, whose name is blank. That cookie is a choice and no password: whoever
can reach the server can name anyone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, unquote

from fastapi import Depends
from fastapi.requests import HTTPConnection  # noqa: TC002 (FastAPI reads annotations)

from segue.catalogue import feedback
from segue.serve.access.caller import caller_of, own
from segue.serve.addresses import base

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

COOKIE = "listener"
LONGEST = 300
"""Most characters of a name."""

_A_YEAR = 365 * 86_400


def listener_of(request: HTTPConnection) -> str:
    """Who asks; where nobody has to say so, the name in the request's cookie.

    "" is the owner, also where the name is no name, and who is not known where login is on.
    """
    caller = caller_of(request)
    if caller.how != "open" or not caller.scopes:
        return caller.listener
    name = unquote(request.cookies.get(COOKIE, ""), errors="replace")
    return " ".join(name.split())[:LONGEST]


Listener = Annotated[str, Depends(listener_of)]
"""Who listens, as a parameter of a route: a name, "" for the owner of the catalogue."""


async def only_own(request: HTTPConnection) -> None:
    """Refuse, as a dependency of routes, a query that asks about another listener.

    Raises
    ------
    ForbiddenError
        It names one, and who asks is known by an account or a key.
    """
    for name in ("listener", "unheard_by"):
        for asked in request.query_params.getlist(name):
            if asked:
                own(caller_of(request), asked)


def remember(response: Response, name: str) -> None:
    """Let the browser keep who listens from now on; a blank name makes it forget."""
    path = base() or "/"
    if name:
        response.set_cookie(
            COOKIE, quote(name), max_age=_A_YEAR, path=path, httponly=True, samesite="lax"
        )
    else:
        response.delete_cookie(COOKIE, path=path, httponly=True, samesite="lax")


def opinions_of(request: HTTPConnection) -> Mapping[str, str]:
    """What the listener thinks of tracks, by id; read once a request, the newest first."""
    known: Mapping[str, str] | None = getattr(request.state, "opinions", None)
    if known is None:
        known = request.state.opinions = _opinions(request)
    return known


def _opinions(connection: HTTPConnection) -> dict[str, str]:
    said = feedback.of(connection.app.state.segue.database, listener_of(connection))
    return {each.track_id: each.kind for each in said}


def opinions_for(request: HTTPConnection) -> Callable[[str], str]:
    """What templates ask with: the opinion that stands of a track by id, "" for none."""

    def opinion_of(track_id: str) -> str:
        return opinions_of(request).get(track_id, "")

    return opinion_of


def opinions_now(connection: HTTPConnection) -> Callable[[str], str]:
    """The same for one part of a page on a line that stays open: read anew for each part.

    Nothing is read for a part that asks of no track.
    """
    known: dict[str, str] | None = None

    def opinion_of(track_id: str) -> str:
        nonlocal known
        if known is None:
            known = _opinions(connection)
        return known.get(track_id, "")

    return opinion_of
