"""Addresses of this server: links, and the path that all of them lie under.

Segue may stand at the root of a host or under a path of it, as ``https://home.example/segue``.
The path is known once a request has come in (`segue.serve.outside`) and holds for as long as that
request is answered, also in the threads that work for it.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Scope

STATIC = Path(__file__).parent / "static"

_SHORT = 100
"""Most characters of what is quoted once and remembered."""

_BASE: ContextVar[str] = ContextVar("segue_base_path", default="")


def base() -> str:
    """The path that everything lies under, without a slash at its end; empty at the root."""
    return _BASE.get()


@contextmanager
def under(path: str) -> Iterator[None]:
    """Let every address that is made within lie under `path`."""
    before = _BASE.set(path)
    try:
        yield
    finally:
        _BASE.reset(before)


def inner(scope: Scope) -> str:
    """The path of a request below `base`, as the routes know it."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def link(*parts: str, **query: object) -> str:
    """An address of this server: path parts and query values quoted, empty values left out.

    >>> link("tracks", "a/b", lens="hybrid", genre=None)
    '/tracks/a%2Fb?lens=hybrid'
    >>> with under("/segue"):
    ...     link("mix", track=["a", "b"])
    '/segue/mix?track=a&track=b'
    """
    path = base() + "/" + "/".join([_quoted(part) for part in parts])
    asked = [
        f"{_quoted(name)}={_quoted(str(each))}".replace("%20", "+")
        for name, value in query.items()
        if value is not None and value != ""
        for each in (value if isinstance(value, list | tuple) else (value,))
    ]
    return f"{path}?{'&'.join(asked)}" if asked else path


def _quoted(part: str) -> str:
    return _kept(part) if len(part) <= _SHORT else quote(part, safe="")


# A page of rows says the same few names and ids many times over.
@lru_cache(maxsize=4_096)
def _kept(part: str) -> str:
    return quote(part, safe="")


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
    return f"{base()}/static/{edition()}/{name}"
