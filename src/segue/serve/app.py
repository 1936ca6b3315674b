"""The application: every route, what surrounds them, and what starts and stops with them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import WebSocketRoute

from segue.errors import AwayError, BadRequestError, SegueError
from segue.serve import api, media, pages, subsonic
from segue.serve.access.middleware import Access
from segue.serve.access.opening import look_through
from segue.serve.access.rates import Rates
from segue.serve.access.sharing import Sharing
from segue.serve.access.throttle import Throttle
from segue.serve.again import Again, note
from segue.serve.api.document import finish, titled
from segue.serve.door import Door
from segue.serve.failures import answer
from segue.serve.guard import Guard
from segue.serve.happenings import News
from segue.serve.hearing import AT_ONCE
from segue.serve.live.pace import Room
from segue.serve.media.artwork import SIZES
from segue.serve.media.converting import Conversions
from segue.serve.media.covers import Covers
from segue.serve.outside import Outside
from segue.serve.places import Places
from segue.serve.questions import only_known
from segue.serve.rendering import STATIC, Static
from segue.serve.sending import LISTENERS, OF_ONE
from segue.serve.watching.lookout import Lookout
from segue.serve.whose import only_own
from segue.serve.work import Beside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from fastapi import APIRouter, FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from segue.library import Segue

PEOPLES = (*pages.routers, media.router)
"""Routers of what people and their browsers ask for; programs have `api.routers`."""


def create_app(segue: Segue, *, beside: Beside | None = None) -> FastAPI:
    """The web application over an open library.

    Parameters
    ----------
    segue
        The library; stays the caller's to close.
    beside
        What stands beside its answers, files that are brought and work; made here when None. The
        work is started and stopped with the application.

    Returns
    -------
    FastAPI
        Answers at once. The engine is built in a thread when the application starts; until it
        stands, ``/ready`` says 503 and pages say that Segue is getting ready.
    """
    beside = Beside.of(segue) if beside is None else beside
    working = beside.runner

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        segue.follow()
        await run_in_threadpool(look_through, segue.settings, segue.database)
        await run_in_threadpool(working.start)
        lookout.start()
        try:
            yield
        finally:
            await run_in_threadpool(working.stop)
            await run_in_threadpool(app.state.covers.close)
            await run_in_threadpool(lookout.stop)

    lookout = Lookout(segue)
    app = titled(lifespan=running)
    app.state.segue = segue
    app.state.beside = beside
    app.state.runner = working
    app.state.room = asyncio.Semaphore(AT_ONCE)
    # Few are written to the disk at a time; more may be on their way, also from slow telephones.
    app.state.arrivals = Door(inside=16, before=60)
    app.state.door = Door(inside=4, before=16, seconds=120.0)
    app.state.conversions = Conversions()
    for kind in (SegueError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _answer)
    app.state.cache = lookout.cache
    app.state.rates = Rates(app.state.cache, per_minute=segue.settings.requests_per_minute)
    app.state.covers = Covers(segue.settings, app.state.cache, sizes=SIZES)
    app.state.throttle = Throttle()
    app.state.players = subsonic.Players()
    app.state.live = Room(segue.settings.live_listeners)
    app.state.told = Places(LISTENERS, each=OF_ONE)
    app.state.news = News(segue.database)
    _surround(app, segue)
    lookout.surround(app)
    _need_room(segue.settings.base_path)
    for router in api.routers:
        app.include_router(router, dependencies=[Depends(only_known), Depends(only_own)])
    for router in PEOPLES:
        app.include_router(router, dependencies=[Depends(only_own)])
    app.include_router(subsonic.router)
    app.mount("/static", Static(directory=STATIC), name="static")
    finish(app)
    return app


def _surround(app: FastAPI, segue: Segue) -> None:
    """What every request passes, from the inside out: who asks, what stands guard, its name."""
    settings = segue.settings
    app.add_middleware(Again)
    app.add_middleware(
        Access,
        database=segue.database,
        login=settings.login,
        rates=app.state.rates,
    )
    app.add_middleware(Guard, allowed_hosts=settings.allowed_hosts, framed_by=settings.framed_by)
    app.add_middleware(Sharing, origins=settings.cors_origins)
    app.add_middleware(
        Outside, base_path=settings.base_path, trusted_proxies=settings.trusted_proxies
    )


def _need_room(base_path: str) -> None:
    """BadRequestError where the base path is called as one of our pages.

    Behind a proxy that takes the base path away, ``/map`` could then mean two pages.
    """
    first = base_path.strip("/").partition("/")[0]
    taken = {path.split("/")[1] for path in paths(*api.routers, *PEOPLES, subsonic.router)}
    if first and first in {"static", "openapi.json", *taken}:
        raise BadRequestError(
            f"the setting SEGUE_BASE_PATH is {base_path!r}, and Segue has a page of that name",
            remedy="Take a path that none of its pages has: /segue",
        )


def paths(*routers: APIRouter) -> Iterator[str]:
    """Every path of requests that routers answer, as patterns, also of routers they took in."""
    for route in (route for router in routers for route in router.routes):
        within = getattr(route, "original_router", None)
        if within is not None:
            yield from paths(within)
        elif not isinstance(route, WebSocketRoute):
            yield str(getattr(route, "path", "/"))


async def _answer(request: Request, error: Exception) -> Response:
    if isinstance(error, AwayError):
        note(request)
    return answer(request, error)
