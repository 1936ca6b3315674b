"""Every error as an answer: a page for people, ``application/problem+json`` for programs.

One function, `answer`, turns whatever went wrong into a response. Problems follow RFC 9457 with
one further member, ``remedy``: what to do about it. No traceback, path of ours or text of an
unforeseen exception leaves the process; those go to the log under a reference that the answer
names.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from segue.errors import InternalError, SegueError, TooOftenError, UnknownCallerError
from segue.serve.addresses import inner, link
from segue.serve.rendering import render, wants_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response

_log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
PROGRAMS = ("/api", "/rest", "/recommend", "/health", "/ready", "/metrics", "/openapi.json")
"""Paths below these speak to programs; all others to people."""

KINDS: dict[str, tuple[str, str]] = {
    "bad-request": ("That cannot be asked", "An option, lens, filter or number makes no sense."),
    "bad-parameter": ("A value does not fit", "A parameter is missing or of the wrong kind."),
    "not-found": ("There is no such thing", "The track, file or page is not there."),
    "not-allowed": ("Not in this way", "The address takes another method."),
    "unknown-caller": ("Who asks is not known", "Sign in, or send a key that is valid."),
    "forbidden": ("Not allowed", "The key does not cover it, or another site sent the form."),
    "bad-file": ("The file cannot be read", "It is not the audio its name says it is."),
    "bad-table": ("The table cannot be read", "It cannot be read as tracks or playlists."),
    "key-reused": ("That key is taken", "It was sent with another request before."),
    "too-large": ("Too large", "It is more than this door takes."),
    "busy": ("Someone else is using it", "A lock is held elsewhere; try again."),
    "unavailable": ("It cannot be used as it is", "It is read-only, too new, or lacks a part."),
    "away": ("The catalogue is away", "Its database server does not answer; ask again shortly."),
    "too-often": ("Too often", "More was asked in a minute than may be; wait and ask again."),
    "user": ("That did not work", "Something about the question or the file must change."),
    "crowded": ("Too much at once", "More came at once than it takes; send it again shortly."),
    "warming-up": ("Still getting ready", "It is being made; ask again in a moment."),
    "internal": ("Something broke here", "A bug of ours; the log has the details."),
}
"""Every kind of problem: its title and what it means. The API's page lists them."""

_BY_STATUS = {400: "bad-request", 403: "forbidden", 404: "not-found", 405: "not-allowed"}


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, ready to be shown: kind (a key of `KINDS`), status, sentence, remedy."""

    kind: str
    status: int
    detail: str
    remedy: str = ""
    errors: tuple[Mapping[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The kind in a few words, the same for all of a kind."""
        return KINDS[self.kind][0]


def explain(error: Exception, request: HTTPConnection) -> Failure:
    """Put an exception into words; logs those that nobody foresaw."""
    if isinstance(error, HTTPException) and isinstance(error.__cause__, SegueError):
        # What the framework makes of an error of ours that came up while it read a body.
        error = error.__cause__
    if isinstance(error, RequestValidationError):
        return _misfit(error.errors())
    if isinstance(error, SegueError) and not isinstance(error, InternalError):
        return _foreseen(error, request, hidden=request.app.state.segue.database.where)
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _refused(error, request)
    reference = secrets.token_hex(4)
    _log.error("reference %s: %s %s failed", reference, _method(request), _route(request),
               exc_info=error)  # fmt: skip
    return Failure(
        kind="internal",
        status=500,
        detail="The server met an error nobody foresaw.",
        remedy=f"Its log has the details under the reference {reference}; please report them.",
    )


def answer(request: Request, error: Exception) -> Response:
    """Answer with what went wrong: a problem for programs, a page for people."""
    failure = explain(error, request)
    if programs(request):
        return JSONResponse(
            problem(failure),
            status_code=failure.status,
            headers=dict(failure.headers),
            media_type=PROBLEM,
        )
    template = "_failure.html" if wants_part(request) else "failure.html"
    return render(
        template, request=request, code=failure.status, headers=failure.headers, failure=failure
    )


def programs(request: HTTPConnection) -> bool:
    """Whether a program asks: at an address of theirs, or for JSON as scripts of ours do."""
    asked = request.headers.get("accept", "")
    return inner(request.scope).startswith(PROGRAMS) or asked == "application/json"


def problem(failure: Failure) -> dict[str, Any]:
    """What went wrong as the body of a problem (RFC 9457)."""
    body: dict[str, Any] = {
        "type": f"{link('docs')}#problem-{failure.kind}",
        "title": failure.title,
        "status": failure.status,
        "detail": failure.detail,
    }
    if failure.remedy:
        body["remedy"] = failure.remedy
    if failure.errors:
        body["errors"] = [dict(error) for error in failure.errors]
    return body


def _method(request: HTTPConnection) -> str:
    """How it was asked; "WEBSOCKET" on a line that stays open."""
    method: str = request.scope.get("method", "WEBSOCKET")
    return method


def _route(request: HTTPConnection) -> str:
    """The route's pattern, so that no id or query of a listener stands in the log."""
    return getattr(request.scope.get("route"), "path", "an unknown path")


def _kind(cls: type) -> str:
    """What a class of the error tree is called among the kinds: ``BadFileError``, ``bad-file``."""
    name = cls.__name__.removesuffix("Error")
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


def _doors(request: HTTPConnection) -> dict[str, str]:
    """Commands that remedies name, and what does the same for who asks over HTTP.

    Those of who runs the server are not among them: to scan or to train is done where it stands.
    """
    if programs(request):
        return {
            "`segue search WORDS`": f"GET {link('api', 'v1', 'search', q='WORDS')}",
            "`segue similar`": f"GET {link('api', 'v1', 'tracks', 'ID', 'similar')}",
        }
    return {
        "`segue search WORDS`": "the search of the library",
        "`segue similar`": "the page of the track",
    }


def _remedy(text: str, request: HTTPConnection) -> str:
    """What to do about it, as it can be done over HTTP."""
    for command, door in _doors(request).items():
        text = text.replace(command, door)
    return _sentence(text)


def _foreseen(error: SegueError, request: HTTPConnection, *, hidden: str) -> Failure:
    """A refusal of ours in its own words; where our catalogue lies is nobody's business."""
    place = "" if error.where in ("", hidden) else f"{error.where}: "
    return Failure(
        kind=next(kind for kind in map(_kind, type(error).__mro__) if kind in KINDS),
        status=error.status,
        detail=f"{place}{error.what}." if place else _sentence(error.what),
        remedy=_remedy(error.remedy, request),
        headers=_told(error),
    )


def _told(error: SegueError) -> Mapping[str, str]:
    """What else an error says in headers: when to come again, how to say who one is."""
    if isinstance(error, TooOftenError):
        return {"Retry-After": str(error.seconds)}
    if isinstance(error, UnknownCallerError):
        return {"WWW-Authenticate": 'Bearer realm="Segue"'}
    return {"Retry-After": "2"} if error.status == 503 else {}


def _refused(error: HTTPException, request: HTTPConnection) -> Failure:
    """What the framework itself refuses: an unknown path, a wrong method."""
    kind = _BY_STATUS.get(error.status_code, "bad-request")
    detail, remedy = str(error.detail), ""
    if detail == HTTPStatus(error.status_code).phrase:
        if error.status_code == 404:
            detail = f"There is nothing at {shorten(request.url.path)}."
            listed = f"{link('docs')} lists the API."
            remedy = listed if programs(request) else "Search the library instead."
        elif error.status_code == 405:
            detail = f"{shorten(request.url.path)} does not take {_method(request)}."
    return Failure(
        kind=kind,
        status=error.status_code,
        detail=_sentence(detail),
        remedy=remedy,
        headers=error.headers or {},
    )


def _misfit(errors: Sequence[Any]) -> Failure:
    """Values that do not fit their parameters, as one sentence and as a list."""
    listed = [
        {"parameter": _parameter(error["loc"]), "message": _message(error)} for error in errors
    ]
    sentence = "; ".join(f"“{error['parameter']}” {error['message']}" for error in listed)
    return Failure(
        kind="bad-parameter",
        status=422,
        detail=_sentence(sentence),
        remedy=f"{link('docs')} lists every parameter with its range.",
        errors=tuple(listed),
    )


def _parameter(place: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in place[1:]) or "the body"


def _message(error: Mapping[str, Any]) -> str:
    if error["type"] == "missing":
        return "is missing"
    words = str(error["msg"]).removeprefix("Input ").removeprefix("Value error, ")
    return f"{words}, not {shorten(repr(error['input']))}"


def _sentence(text: str) -> str:
    """`text` with a capital and a full stop; empty stays empty."""
    if not text:
        return ""
    capital = text[0].upper() + text[1:]
    return capital if capital.endswith((".", "!", "?")) else f"{capital}."


def shorten(text: str, *, length: int = 80) -> str:
    """`text` cut to `length` characters, with an ellipsis where something is missing."""
    return text if len(text) <= length else text[: length - 1] + "…"
