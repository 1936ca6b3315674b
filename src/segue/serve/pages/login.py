"""Signing in and out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from segue.catalogue import accounts, sessions
from segue.errors import TooOftenError
from segue.serve.access import cookies
from segue.serve.access.caller import address_of, caller_of
from segue.serve.addresses import base
from segue.serve.failures import explain
from segue.serve.rendering import link, render
from segue.serve.shelf import Library

if TYPE_CHECKING:
    from segue.serve.access.throttle import Throttle
    from segue.serve.failures import Failure

router = APIRouter(include_in_schema=False)

LONGEST_PLACE = 4_000
"""Most characters of the address one comes back to."""

_OWN_PLACE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\U0010ffff]*")
"""A path of this server: one slash in front, and nothing that a browser would read otherwise.

A second slash, or a backslash, which browsers take for one, would name another host.
"""

Place = Annotated[str, Query(alias="next", max_length=LONGEST_PLACE)]


@router.api_route("/login", methods=["GET", "HEAD"])
def login(request: Request, segue: Library, wanted: Place = "") -> Response:
    """The form; who is signed in already is led on."""
    if caller_of(request).how == "session":
        return RedirectResponse(_place(wanted), 303)
    return _form(request, segue, wanted=wanted)


@router.post("/login")
def sign_in(
    request: Request,
    segue: Library,
    *,
    name: Annotated[str, Form(max_length=1_000)] = "",
    password: Annotated[str, Form(max_length=10_000)] = "",
    wanted: Annotated[str, Form(alias="next", max_length=LONGEST_PLACE)] = "",
) -> Response:
    """Check a name and a password; where they are right, begin a session and lead back."""
    if not segue.settings.login:
        return RedirectResponse(link(), 303)
    throttle: Throttle = request.app.state.throttle
    address = address_of(request)
    try:
        throttle.attempt(name, address)
    except TooOftenError as error:
        failure = explain(error, request)
        return _form(request, segue, wanted=wanted, name=name, failure=failure, code=429)
    account = accounts.check(segue.database, name, password)
    if account is None:
        return _form(request, segue, wanted=wanted, name=name, wrong=True, code=401)
    throttle.right(name, address)
    # Always a new one: what the browser came with may have been put there by somebody else.
    before = cookies.token_of(request)
    if before:
        sessions.end(segue.database, before)
    response = RedirectResponse(_place(wanted), 303, headers={"Cache-Control": "no-store"})
    cookies.give(response, request, sessions.begin(segue.database, account.name))
    return response


@router.post("/logout")
def sign_out(request: Request, segue: Library) -> Response:
    """End the session of this browser."""
    token = cookies.token_of(request)
    if token:
        sessions.end(segue.database, token)
    # What was seen while signed in is not to be found by the next who sits here.
    cleared = {"Cache-Control": "no-store", "Clear-Site-Data": '"cache"'}
    response = RedirectResponse(link("login") if segue.settings.login else link(), 303, cleared)
    cookies.take(response, request)
    return response


def _form(
    request: Request,
    segue: Library,
    *,
    wanted: str,
    name: str = "",
    wrong: bool = False,
    failure: Failure | None = None,
    code: int = 200,
) -> Response:
    headers = {"Cache-Control": "no-store"}
    if failure is not None:
        headers.update(failure.headers)
    return render(
        "login.html",
        request=request,
        code=code,
        headers=headers,
        needed=segue.settings.login,
        anybody=accounts.any_there(segue.database),
        wanted=wanted,
        name=name[: accounts.LONGEST_NAME],
        wrong=wrong,
        failure=failure,
        longest=accounts.LONGEST_NAME,
    )


def _place(wanted: str) -> str:
    """Where to go on: a path of this server, else the library."""
    return f"{base()}{wanted}" if _OWN_PLACE.fullmatch(wanted) else link()
