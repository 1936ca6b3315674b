"""What a browser that is signed in sends: 256 random bits, in a cookie no script can read.

The cookie goes back to this server alone, to the path it stands under, and not with forms of other
sites. Over https it is sent over nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.catalogue.sessions import LASTS
from segue.serve.addresses import base

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.responses import Response

NAME = "segue_session"


def token_of(connection: HTTPConnection) -> str:
    """What the browser's cookie holds; "" where there is none."""
    return connection.cookies.get(NAME, "")


def give(response: Response, connection: HTTPConnection, token: str) -> None:
    """Let the browser keep a token."""
    response.set_cookie(
        NAME,
        token,
        max_age=int(LASTS),
        path=base() or "/",
        httponly=True,
        samesite="lax",
        secure=connection.url.scheme in {"https", "wss"},
    )


def take(response: Response, connection: HTTPConnection) -> None:
    """Let the browser forget it."""
    response.delete_cookie(
        NAME,
        path=base() or "/",
        httponly=True,
        samesite="lax",
        secure=connection.url.scheme in {"https", "wss"},
    )
