"""The page of an account: its password, its keys, all that is known, and forgetting it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from segue.catalogue import accounts, keys, passwords, personal, sessions
from segue.errors import BadRequestError, ForbiddenError, NotFoundError, UserError
from segue.serve.access import cookies
from segue.serve.access.caller import address_of, caller_of
from segue.serve.failures import explain
from segue.serve.rendering import link, render
from segue.serve.shelf import Library
from segue.serve.whose import Listener

if TYPE_CHECKING:
    from typing import Any

    from segue.catalogue.keys import Key

router = APIRouter(include_in_schema=False)

_DAY = 86_400.0

SCOPES: dict[str, str] = {
    "read": "Read: put questions, see the library",
    "listen": "Listen: also play, and say what is liked",
    "write": "Write: also bring files, keep playlists, start work",
}
"""What a key may be allowed, each with all before it."""

Secret = Annotated[str, Form(max_length=10_000)]
Done = Literal["", "password", "revoked", "forgotten"]


@router.api_route("/account", methods=["GET", "HEAD"])
def account(
    request: Request, segue: Library, listener: Listener, done: Annotated[Done, Query()] = ""
) -> Response:
    """Everything on one page."""
    return _page(request, segue, listener, done=done)


@router.post("/account/password")
def change_password(
    request: Request,
    segue: Library,
    listener: Listener,
    *,
    current: Secret = "",
    password: Secret = "",
    again: Secret = "",
) -> Response:
    """Set another password; all other browsers are signed out."""
    if caller_of(request).how != "session":
        raise ForbiddenError("nobody is signed in here", remedy="Login is off on this server")
    try:
        if password != again:
            raise BadRequestError("the two new passwords differ", remedy="Type the same twice")
        # As often as at the door: a session that was left open must not serve for guessing.
        throttle = request.app.state.throttle
        throttle.attempt(listener, address_of(request))
        if accounts.check(segue.database, listener, current) is None:
            raise BadRequestError("the present password is another", remedy="Type it again")
        throttle.right(listener, address_of(request))
        accounts.change(segue.database, listener, password)
    except UserError as error:
        return _page(request, segue, listener, failure=error)
    response = _back("password")
    cookies.give(response, request, sessions.begin(segue.database, listener))
    return response


@router.post("/account/keys")
def make_key(
    request: Request,
    segue: Library,
    listener: Listener,
    *,
    label: Annotated[str, Form(max_length=1_000)] = "",
    kind: Annotated[str, Form(max_length=10)] = "api",
    scope: Annotated[str, Form(max_length=10)] = "read",
    days: Annotated[int, Form(ge=0, le=36_500)] = 0,
) -> Response:
    """Make a key; the page that answers is the only one that ever shows it."""
    expires = time.time() + days * _DAY if days else None
    try:
        made = keys.make(
            segue.database,
            label=label,
            listener=listener,
            scopes={scope},
            kind=kind,
            expires=expires,
        )
    except BadRequestError as error:
        return _page(request, segue, listener, failure=error)
    return _page(request, segue, listener, made=made)


@router.post("/account/keys/{key}/revoke")
def revoke_key(segue: Library, listener: Listener, key: str) -> Response:
    """Take one of one's keys away."""
    mine = keys.of(segue.database, listener=listener)
    if key not in {one.id for one in mine}:
        raise NotFoundError("you have no such key, or no more", remedy="See your account")
    keys.revoke(segue.database, key)
    return _back("revoked")


@router.api_route("/account/export", methods=["GET", "HEAD"])
def export(segue: Library, listener: Listener) -> Response:
    """All that is known of who asks, as a file."""
    document = personal.everything(segue.database, listener)
    return Response(
        json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False),
        media_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="segue-listener.json"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/account/forget")
def forget(
    request: Request,
    segue: Library,
    listener: Listener,
    sure: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Delete what was played, said and judged, where the box is ticked that says so."""
    if sure != "yes":
        error = BadRequestError("nothing was deleted", remedy="Tick the box first")
        return _page(request, segue, listener, failure=error)
    personal.forget(segue.database, listener)
    request.app.state.players.forget(listener)
    return _back("forgotten")


def _page(
    request: Request,
    segue: Library,
    listener: str,
    *,
    done: Done = "",
    made: tuple[Key, str] | None = None,
    failure: UserError | None = None,
) -> Response:
    told = None if failure is None else explain(failure, request)
    context: dict[str, Any] = {
        "done": done,
        "made": made,
        "failure": told,
        "keys": keys.of(segue.database, listener=listener),
        "now": time.time(),
        "day": _day,
        "scopes": SCOPES,
        "signed_in": caller_of(request).how == "session",
        "changeable": not segue.database.read_only,
        "shortest": passwords.SHORTEST,
        "longest": passwords.LONGEST,
        "longest_label": keys.LONGEST_LABEL,
        "player": f"{request.url.scheme}://{request.url.netloc}{link().rstrip('/')}",
    }
    headers = {"Cache-Control": "no-store", **({} if told is None else told.headers)}
    code = 200 if told is None else told.status
    return render("account.html", request=request, code=code, headers=headers, **context)


def _day(at: float) -> str:
    """The day of a time, in words."""
    day = time.gmtime(at)
    return f"{day.tm_mday} {time.strftime('%B %Y', day)}"


def _back(done: Done) -> Response:
    return RedirectResponse(link("account", done=done), 303, headers={"Cache-Control": "no-store"})
