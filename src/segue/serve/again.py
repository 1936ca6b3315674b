"""A question that a restarting database server broke off is asked once more.

`segue.catalogue.steady` waits for the server as long as a read can go on. What cannot, because
somebody wrote in between, is begun from the start here, where nothing was answered yet: a GET or
HEAD changes nothing by being asked twice. Who waited for the server in vain is told at once.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from segue.catalogue.steady import PATIENCE

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_AWAY = "segue.away"
_SAFE = frozenset({"GET", "HEAD"})


def note(request: HTTPConnection) -> None:
    """Say that the catalogue's server went away while this was answered."""
    if (noted := request.scope.get(_AWAY)) is not None:
        noted.append(True)


class Again:
    """Asks once more where the first answer is that the catalogue's server went away.

    Parameters
    ----------
    app
        What answers; it calls `note`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] not in _SAFE:
            await self._app(scope, receive, send)
            return
        noted: list[bool] = []
        began, held = time.monotonic(), False

        async def unless_away(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                held = bool(noted) and time.monotonic() - began < PATIENCE
            if not held:
                await send(message)

        before = dict(scope)
        scope[_AWAY] = noted
        await self._app(scope, receive, unless_away)
        if held:
            scope.clear()
            scope.update(before)
            await self._app(scope, receive, send)
