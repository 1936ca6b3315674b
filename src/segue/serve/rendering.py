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
from segue.serve.whose import listener_of, opinions_for

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
def edition() -> str:
    """A digest of all static files: a part of their addresses, so that they can be kept long.

    It stands in the path and not in the query, so that a script that imports another by a
    relative address gets the one of the same edition, and the one the page loaded.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static(name: str) -> str:
    """The address of a static file of this edition."""
    return f"/static/{edition()}/{name}"


def wants_part(request: Request) -> bool:
    """Whether htmx asks for a part of the page, and not for a page that it swaps in whole."""
    given = request.headers
    return "hx-request" in given and not (
        "hx-boosted" in given or "hx-history-restore-request" in given
    )


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
    told = {"listener": listener_of(request), "opinion_of": opinions_for(request), **context}
    page = environment().get_template(template).render(path=request.url.path, **told)
    kept = {"Cache-Control": "no-cache", "Vary": "HX-Request, HX-Boosted", **(headers or {})}
    return HTMLResponse(page, status_code=code, headers=kept)


class Static(StaticFiles):
    """Static files; kept for a year where the address names their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with how long it may be kept."""
        first, _, rest = path.replace("\\", "/").partition("/")
        dated = first == edition()
        response = await super().get_response(rest if dated else path, scope)
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if dated else "no-cache"
        )
        return response
