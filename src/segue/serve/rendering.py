"""Templates, and what they may call: links, addresses of static files, words for numbers.

Every value is escaped unless a template is our own text. A missing value is an error, not an
empty string. Links are made in one place, `link`, which quotes what it is given.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

import segue
from segue.serve import words
from segue.serve.addresses import STATIC, base, edition, inner, link, static
from segue.serve.whose import listener_of, opinions_for
from segue.sources.spotify import configured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Scope

_HERE = Path(__file__).parent

PLAYER = "https://open.spotify.com"
"""Where Spotify's player comes from, when somebody asks for it on the page of a track."""

GROUND = {"light": "#fffefb", "dark": "#1c2024"}
"""Colours of the page's head (``--sheet``), which the window's own frame takes."""

__all__ = ["PLAYER", "STATIC", "Static", "base", "embeds", "link", "render", "static", "wants_part"]


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
        # Templates come with the program; a look at the disk for each part of a page is not free.
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(link=link, static=static, version=segue.__version__, ground=GROUND)
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
    page = environment().get_template(template).render(place=inner(request.scope), **told)
    kept = {"Cache-Control": "no-cache", "Vary": "HX-Request, HX-Boosted", **_framing(request)}
    return HTMLResponse(page, status_code=code, headers={**kept, **(headers or {})})


def embeds(request: Request) -> bool:
    """Whether pages may show Spotify's player; all of them or none.

    A page that is swapped in keeps the policy of the one that was loaded first.
    """
    return configured(request.app.state.segue.settings)


def _framing(request: Request) -> dict[str, str]:
    """The policy of a page that may show the player; nothing where the usual one does."""
    if not embeds(request):
        return {}
    # The guard answers failures, and those are pages too.
    from segue.serve.guard import CONTENT_SECURITY_POLICY

    return {"Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-src {PLAYER}"}


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
