"""Answers that stay as they are until the catalogue changes: told apart by an ETag.

What is answered follows from the question, the catalogue's **epoch**, the names that callers gave
tracks, the settings, and, where a listener counts, what that listener said and heard. All of that
together makes a tag. Who sends it back as ``If-None-Match`` is told by 304 that nothing has
changed, and nothing is computed for it. Tags are weak (RFC 9110, 8.8.1): two answers of one tag say
the same, but how long each took may differ.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any, ClassVar

from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

import segue as package
from segue.catalogue import naming
from segue.catalogue.listening import edition
from segue.serve.access.caller import caller_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import FastAPI
    from starlette.requests import Request

    from segue.library import Segue

KEPT = {"Cache-Control": "private, no-cache", "Vary": "Authorization, X-Api-Key, Cookie"}
"""Who keeps an answer asks each time whether it still holds, and for whom it was made."""

_DAY = 86_400


class Fresh(APIRoute):
    """A route of GET whose answers depend on the epoch, and on listeners that are named."""

    personal: ClassVar[bool] = False
    """Whether it depends on what the caller says and hears, though nobody is named."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answer 304 where the tag is known, else as always, with the tag."""
        answer = super().get_route_handler()

        async def conditional(request: Request) -> Response:
            tag = await run_in_threadpool(self._tag, request)
            if tag is not None and tag in named(request):
                return Response(status_code=304, headers={"ETag": tag, **KEPT})
            response = await answer(request)
            if tag is None or response.status_code != 200:
                return response
            if "*" in named(request):
                return Response(status_code=304, headers={"ETag": tag, **KEPT})
            response.headers.update({"ETag": tag, **KEPT})
            return response

        return conditional

    def _tag(self, request: Request) -> str | None:
        """What tells answers apart; None while there is no engine to answer."""
        segue: Segue = request.app.state.segue
        if not segue.ready:
            return None
        caller = caller_of(request)
        query = request.query_params
        heard = {query[name] for name in ("listener", "unheard_by") if name in query}
        if self.personal:
            heard.add(query.get("listener", "").strip() or caller.listener)
        shelves = segue.shelves_ready() if self.personal else None
        parts = (
            package.__version__,
            request.scope["path"],
            request.scope["query_string"],
            caller.listener,
            segue.engine().epoch,
            naming.edition(segue.database),
            None if shelves is None else shelves.corpus.epoch,
            _settings(request.app, segue),
            [(name, edition(segue.database, name)) for name in sorted(heard)],
            # What was heard long ago counts less every day.
            int(time.time()) // _DAY if heard else 0,
        )
        return weak(*parts)


def _settings(app: FastAPI, segue: Segue) -> str:
    """The settings as text; written once, they never change."""
    known: str | None = getattr(app.state, "written_settings", None)
    if known is None:
        known = app.state.written_settings = segue.settings.model_dump_json()
    return known


class Personal(Fresh):
    """A route whose answers depend on the caller's opinions too."""

    personal = True


def weak(*parts: object) -> str:
    """A weak tag of everything that an answer depends on."""
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


def named(request: Request) -> set[str]:
    """The tags of ``If-None-Match``, as weak ones: so they are compared (RFC 9110, 13.1.2)."""
    told = ",".join(request.headers.getlist("if-none-match"))
    tags = {tag.strip() for tag in told.split(",")}
    return {tag if tag.startswith("W/") or tag == "*" else f"W/{tag}" for tag in tags if tag}


def documented(operation: dict[str, Any]) -> None:
    """Say in the OpenAPI entry of such a route that it can be asked whether anything changed."""
    operation.setdefault("parameters", []).append(
        {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "description": "`ETag` of an earlier answer: 304 where it still holds.",
            "schema": {"type": "string"},
            "example": 'W/"0f343b0931126a20f133d67c"',
        }
    )
    operation["responses"]["304"] = {"description": "Nothing has changed since that `ETag`."}
    operation["responses"]["200"].setdefault("headers", {})["ETag"] = {
        "description": "Send it back as `If-None-Match`.",
        "schema": {"type": "string"},
    }
