"""Templates, and what they may call: links, addresses of static files, words for numbers.

Every value is escaped unless a template is our own text. A missing value is an error, not an
empty string. Links are made in one place, `link`, which quotes what it is given.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

import segue
from segue.serve import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Scope

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


def link(*parts: str, **query: object) -> str:
    """An address of this server: path parts and query values quoted, empty values left out.

    >>> link("tracks", "a/b", lens="hybrid", genre=None)
    '/tracks/a%2Fb?lens=hybrid'
    """
    path = "/" + "/".join(quote(part, safe="") for part in parts)
    given = {name: value for name, value in query.items() if value not in (None, "", ())}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


@cache
def static(name: str) -> str:
    """The address of a static file, with a digest of its content, so that it can be kept long."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def environment() -> Environment:
    """The templates, with the functions they may call."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(link=link, static=static, version=segue.__version__)
    made.filters.update(words.FILTERS)
    return made


def render(
    template: str,
    *,
    request: Request,
    code: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,  # noqa: ANN401 (whatever the template names)
) -> Response:
    """One page, or one part of a page where htmx asked for a part."""
    page = environment().get_template(template).render(path=request.url.path, **context)
    kept = {"Cache-Control": "no-cache", "Vary": "HX-Request", **(headers or {})}
    return HTMLResponse(page, status_code=code, headers=kept)


class Static(StaticFiles):
    """Static files; kept for a year where the address names their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with how long it may be kept."""
        response = await super().get_response(path, scope)
        dated = scope["query_string"].decode("latin-1") == static(path).partition("?")[2]
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if dated else "no-cache"
        )
        return response
